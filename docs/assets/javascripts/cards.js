// What a card says, as nodes: of a symbol, of an equation's evidence, of the equation of a line. All of
// it stands in the page from the build; it is shown as text or as copies of those nodes, so nothing
// that an author wrote can act.
const cards = (() => {
  const { built, equations, rowOf } = lights;

  const make = (tag, className, ...inside) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...inside);
    return element;
  };

  const copies = (cell) => [...cell.cloneNode(true).childNodes];

  const PARTS = { entry: "An entry of ", row: "A row of ", column: "A column of " };

  const symbolCard = (id, symbol) => {
    const row = rowOf(id);
    if (!row) return null;
    const [name, meaning, shape, python] = row.cells;
    const head = make("p", "answer-head");
    const part = PARTS[symbol?.dataset.part];
    const link = name.querySelector("a");
    if (symbol) head.append(places.drawn(symbol), " ");
    else head.append(...[...(link ?? name).childNodes].map((node) => node.cloneNode(true)), " ");
    const what = make("span", "answer-meaning");
    if (part) what.append(part, ...[...(link ?? name).childNodes].map((node) => node.cloneNode(true)), ", ");
    what.append(...copies(meaning));
    head.append(what);
    const facts = make("p", "answer-facts");
    if (shape.childNodes.length) facts.append(make("span", "", ...copies(shape)));
    if (python.childNodes.length) facts.append(make("span", "", ...copies(python)));
    if (link) {
      const further = make("a", "", "Notation");
      further.href = link.href;
      facts.append(make("span", "", further));
    }
    return facts.childNodes.length ? [head, facts] : [head];
  };

  // Text with what stands between backticks as code.
  const sentence = (text) => {
    const pieces = text.split("`");
    return pieces.length % 2 ? pieces.map((piece, place) => (place % 2 ? make("code", "", piece) : piece)) : [text];
  };

  const evidenceCard = (equation, mark) => {
    const found = equations()[equation.id];
    if (!found) return null;
    const head = make("p", "answer-head", mark.cloneNode(true).firstChild, ` ${found.title}`);
    const said = make("p", "");
    for (const text of found.said) said.append(...sentence(text), " ");
    const list = make("ul", "", ...found.witnesses.map((text) => make("li", "", ...sentence(text))));
    const further = make("a", "", "All evidence");
    further.href = mark.href;
    const facts = make("p", "answer-facts", make("span", "", `Built on ${built()}`), make("span", "", further));
    return [head, said, ...(found.witnesses.length ? [list] : []), facts];
  };

  const words = (element) => {
    const copy = element.cloneNode(true);
    for (const formula of copy.querySelectorAll("svg[aria-label]")) formula.replaceWith(` ${formula.getAttribute("aria-label")} `);
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  // What a screen reader says of a symbol.
  const spoken = (id, symbol) => {
    const [name, meaning, shape, python] = rowOf(id).cells;
    const label = (cell) => words(cell);
    const part = PARTS[symbol?.dataset.part];
    return [
      part ? `${part}${label(name)}` : label(name),
      label(meaning),
      label(shape) && `shape ${label(shape)}`,
      label(python) && `in Python ${label(python)}`,
    ].filter(Boolean).join(", ");
  };

  const lineCard = (equation) => {
    const link = make("a", "", `Equation ${equation.querySelector(".number:not(.unnumbered)")?.textContent ?? ""}`.trim());
    link.href = `#${equation.id}`;
    const formula = equation.querySelector("svg.m").cloneNode(true);
    formula.querySelectorAll("rect").forEach((rect) => rect.remove());
    return [make("p", "answer-formula", formula), make("p", "answer-facts", make("span", "", link))];
  };

  return { evidenceCard, lineCard, make, spoken, symbolCard, words };
})();
