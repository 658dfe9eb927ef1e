// Formulas answer. Pointing at a symbol, tapping it or going to it by arrow keys shows what it means
// and lights up its other occurrences, in formulas and in code; pointing at an equation lights up the
// lines of code that compute it, and the other way round; the mark beside an equation opens its
// evidence.
//
// All that is shown stands in the page from the build (nn3doc/site/answers.py): the table of symbols
// and the evidence. It is shown as text or as copies of those nodes, so nothing that an author wrote
// can act. Nothing on the page moves: what is lit gets a ground, and the card lies above the page.
(() => {
  const DELAY = 120; // milliseconds: a pointer that only passes by gets no answer
  const LINGER = 250; // time to get from a symbol into its card
  const PAD = 70; // thousandths of an em, around a lit symbol
  const SVG = "http://www.w3.org/2000/svg";

  const make = (tag, className, ...inside) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...inside);
    return element;
  };

  // What is open, and whether it was opened to stay.
  let card = null;
  let open = null; // {anchor, pinned, mark}
  let cursor = null; // the symbol that arrow keys are at
  let timer = 0;
  const voice = make("div", "answer-voice");
  voice.setAttribute("aria-live", "polite");

  const article = () => document.querySelector("article");
  const isPhone = () => matchMedia("(max-width: 37.5em), (pointer: coarse)").matches;
  const symbolsOf = (formula) => [...formula.querySelectorAll("[data-symbol]")].filter((part) => !part.closest("details.symbols"));
  const rowOf = (id) => document.querySelector(`tr[data-row="${CSS.escape(id)}"]`);

  // What the page tells of its equations; read when it is first asked for.
  let told = null;
  const equations = () => {
    const element = document.getElementById("told-of-equations");
    if (told?.element !== element) told = { element, ...JSON.parse(element?.content.textContent ?? '{"equations":{}}') };
    return told.equations;
  };

  // --- where symbols are: the ink of their glyphs, as the font has it -------------------------

  const pen = document.createElement("canvas").getContext("2d");
  const inks = new Map();
  const ink = (character) => {
    if (!inks.has(character)) {
      pen.font = "1000px nn3doc-mathematics";
      const found = pen.measureText(character);
      inks.set(character, [-found.actualBoundingBoxLeft, -found.actualBoundingBoxAscent, found.actualBoundingBoxRight, found.actualBoundingBoxDescent]);
    }
    return inks.get(character);
  };

  // The box of a symbol, in units of its formula: [left, top, right, bottom].
  const boxOf = (symbol) => {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const add = (left, top, right, bottom) => {
      box[0] = Math.min(box[0], left);
      box[1] = Math.min(box[1], top);
      box[2] = Math.max(box[2], right);
      box[3] = Math.max(box[3], bottom);
    };
    for (const part of symbol.matches("text, path") ? [symbol] : symbol.querySelectorAll("text, path")) {
      if (part.matches("path")) {
        const { x, y, width, height } = part.getBBox();
        add(x, y, x + width, y + height);
        continue;
      }
      const xs = part.getAttribute("x").split(" ").map(Number);
      const ys = (part.getAttribute("y") ?? "0").split(" ").map(Number);
      [...part.textContent].forEach((character, place) => {
        const [left, top, right, bottom] = ink(character);
        const x = xs[place];
        const y = ys[Math.min(place, ys.length - 1)];
        add(x + left, y + top, x + right, y + bottom);
      });
    }
    return box;
  };

  // The same on the screen.
  const placeOf = (symbol) => {
    const formula = symbol.ownerSVGElement;
    const [left, top, right, bottom] = boxOf(symbol);
    const frame = formula.getBoundingClientRect();
    const view = formula.viewBox.baseVal;
    const scale = frame.width / view.width;
    return new DOMRect(frame.left + (left - view.x) * scale, frame.top + (top - view.y) * scale, (right - left) * scale, (bottom - top) * scale);
  };

  // The symbol of a formula at a point, or next to it.
  const symbolAt = (formula, x, y, reach) => {
    let best = null;
    let nearest = reach;
    for (const symbol of symbolsOf(formula)) {
      const place = placeOf(symbol);
      const distance = Math.hypot(Math.max(place.left - x, 0, x - place.right), Math.max(place.top - y, 0, y - place.bottom));
      if (distance <= nearest) [best, nearest] = [symbol, distance];
    }
    return best;
  };

  // --- light ----------------------------------------------------------------------------------

  const ground = (symbol, className) => {
    const [left, top, right, bottom] = boxOf(symbol);
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", className);
    for (const [name, value] of Object.entries({ x: left - PAD, y: top - PAD, width: right - left + 2 * PAD, height: bottom - top + 2 * PAD, rx: PAD })) {
      rect.setAttribute(name, value);
    }
    symbol.ownerSVGElement.prepend(rect);
  };

  const darken = () => {
    for (const rect of document.querySelectorAll("svg.m > rect.lit")) rect.remove();
    for (const part of document.querySelectorAll(".lit")) part.classList.remove("lit");
  };

  const namesIn = (id) => (rowOf(id)?.dataset.names ?? "").split(" ").filter(Boolean);

  const lightSymbol = (id, here) => {
    for (const symbol of article().querySelectorAll(`svg.m [data-symbol="${CSS.escape(id)}"]`)) {
      ground(symbol, symbol === here ? "lit here" : "lit");
    }
    const names = new Set(namesIn(id));
    if (!names.size) return;
    for (const part of article().querySelectorAll("pre .n, :not(pre) > code")) {
      if (names.has(part.textContent)) part.classList.add("lit");
    }
  };

  const linesOf = (name) =>
    (equations()[name]?.lines ?? []).flatMap((line) => {
      const [file, number] = line.split(/:(?=\d+$)/);
      return [...article().querySelectorAll(`[data-file="${CSS.escape(file)}"] [data-line="${number}"]`)];
    });

  const equationsOf = (line) => {
    const wanted = `${line.closest("[data-file]").dataset.file}:${line.dataset.line}`;
    return Object.entries(equations())
      .filter(([, { lines }]) => lines.includes(wanted))
      .map(([name]) => document.getElementById(name))
      .filter(Boolean);
  };

  const light = (parts) => parts.forEach((part) => part.classList.add("lit"));

  // --- the card -------------------------------------------------------------------------------

  const close = () => {
    clearTimeout(timer);
    darken();
    card?.remove();
    if (open?.mark) {
      open.mark.setAttribute("aria-expanded", "false");
      if (card?.contains(document.activeElement) || document.activeElement === document.body) open.mark.focus({ preventScroll: true });
    }
    card = null;
    open = null;
  };

  const leave = () => {
    cursor = null;
    close();
  };

  // Below what it is about, or above where there is no room; of a display, of all of it. An equation's
  // evidence ends where its mark does: the code beside it stays in sight.
  const lay = (inner) => {
    if (isPhone()) {
      card.classList.add("sheet");
      return;
    }
    const gap = 8;
    const outer = open.anchor.closest(".equation")?.getBoundingClientRect();
    const place = outer && outer.height < 200 ? outer : inner;
    const { width, height } = card.getBoundingClientRect();
    const wanted = open.anchor.matches("a.check") ? inner.right - width : inner.left - 2 * gap;
    const left = Math.max(Math.min(wanted, innerWidth - width - gap), gap);
    const below = place.bottom + gap;
    const top = below + height + gap <= innerHeight ? below : Math.max(place.top - gap - height, gap);
    card.style.left = `${Math.round(left)}px`;
    card.style.top = `${Math.round(top)}px`;
  };

  const show = (name, content, { anchor, place, pinned = false, mark = null }) => {
    card = make("div", "answer md-typeset", ...content);
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", name);
    if (pinned) {
      const button = make("button", "answer-close", "×");
      button.type = "button";
      button.setAttribute("aria-label", "Close");
      button.addEventListener("click", leave);
      card.append(button);
    }
    open = { anchor, pinned, mark };
    document.body.append(card, voice);
    lay(place);
  };

  // A copy of a symbol, as large as its ink.
  const drawn = (symbol) => {
    const [left, top, right, bottom] = boxOf(symbol);
    const copy = document.createElementNS(SVG, "svg");
    copy.setAttribute("class", "m");
    copy.setAttribute("aria-hidden", "true");
    copy.setAttribute("viewBox", `${left} ${top} ${right - left} ${bottom - top}`);
    copy.setAttribute("width", `${(right - left) / 1000}em`);
    copy.setAttribute("height", `${(bottom - top) / 1000}em`);
    copy.append(symbol.cloneNode(true));
    return copy;
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
    if (symbol) head.append(drawn(symbol), " ");
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
    const facts = make("p", "answer-facts", make("span", "", `Built on ${told.built}`), make("span", "", further));
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

  // --- answers --------------------------------------------------------------------------------

  const answerSymbol = (symbol, options = {}) => {
    const id = symbol.dataset.symbol;
    const content = symbolCard(id, symbol);
    if (!content) return;
    close();
    lightSymbol(id, symbol);
    const equation = symbol.closest(".equation");
    if (equation) light(linesOf(equation.id));
    show(words(rowOf(id).cells[0]), content, { anchor: symbol, place: placeOf(symbol), ...options });
  };

  const answerName = (name, id, options = {}) => {
    const content = symbolCard(id, article().querySelector(`svg.m [data-symbol="${CSS.escape(id)}"]:not([data-part])`));
    if (!content) return;
    close();
    lightSymbol(id);
    const line = name.closest("[data-line]");
    if (line) light(equationsOf(line));
    show(name.textContent, content, { anchor: name, place: name.getBoundingClientRect(), ...options });
  };

  // The symbol that a name in code stands for: of one layer rather than of any.
  const symbolOfName = (text) => {
    if (!text) return null;
    const rows = [...document.querySelectorAll("tr[data-names]")].filter((row) => row.dataset.names.split(" ").includes(text));
    return (rows.find((row) => row.dataset.names === text) ?? rows[0])?.dataset.row ?? null;
  };

  const answerEquation = (equation) => {
    const lines = linesOf(equation.id);
    close();
    if (!lines.length) return;
    light([equation, ...lines]);
    open = { anchor: equation, pinned: false, mark: null };
  };

  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  // A line lights its equation; if that is out of sight, it shows it.
  const answerLine = (line, options = {}) => {
    const found = equationsOf(line);
    close();
    if (!found.length) return;
    light([line, ...found]);
    open = { anchor: line, pinned: false, mark: null };
    const [first] = found;
    if (found.some(isInView)) return;
    const link = make("a", "", `Equation ${first.querySelector(".number:not(.unnumbered)")?.textContent ?? ""}`.trim());
    link.href = `#${first.id}`;
    const formula = first.querySelector("svg.m").cloneNode(true);
    formula.querySelectorAll("rect").forEach((rect) => rect.remove());
    show("The equation of this line", [make("p", "answer-formula", formula), make("p", "answer-facts", make("span", "", link))], { anchor: line, place: line.getBoundingClientRect(), ...options });
  };

  const answerMark = (mark, byKeyboard) => {
    const equation = mark.closest(".equation");
    const content = evidenceCard(equation, mark);
    if (!content) return false;
    const wasOpen = open?.mark === mark;
    leave();
    if (wasOpen) return true;
    light(linesOf(equation.id));
    mark.setAttribute("aria-expanded", "true");
    show(mark.getAttribute("aria-label"), content, { anchor: mark, place: mark.getBoundingClientRect(), pinned: true, mark });
    if (byKeyboard) card.querySelector("a").focus({ preventScroll: true });
    return true;
  };

  // --- pointer --------------------------------------------------------------------------------

  // What of the page a pointer is at, and how it answers.
  const target = (element, x, y, reach) => {
    if (!element.closest?.("article") || element.closest("details.symbols")) return null;
    const formula = element.closest("svg.m");
    const symbol = formula && symbolAt(formula, x, y, reach);
    if (symbol) return { anchor: symbol, answer: (options) => answerSymbol(symbol, options) };
    const name = element.closest("pre .n, code");
    const id = name?.closest("pre") && name.matches("code") ? null : symbolOfName(name?.textContent);
    if (id) return { anchor: name, answer: (options) => answerName(name, id, options) };
    const line = element.closest("[data-line]");
    if (line) return { anchor: line, answer: (options) => answerLine(line, options) };
    const equation = element.closest(".equation");
    if (equation && !element.closest("a")) return { anchor: equation, answer: () => answerEquation(equation) };
    return null;
  };

  let waiting = null;
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons || open?.pinned || cursor) return;
    if (card?.contains(event.target)) {
      clearTimeout(timer);
      waiting = open.anchor;
      return;
    }
    const found = target(event.target, event.clientX, event.clientY, 3);
    if ((found?.anchor ?? null) === waiting) return;
    waiting = found?.anchor ?? null;
    clearTimeout(timer);
    if (found) timer = setTimeout(() => open?.anchor !== found.anchor && found.answer(), DELAY);
    else if (open) timer = setTimeout(close, LINGER);
  });

  document.addEventListener("pointerleave", () => {
    waiting = null;
    clearTimeout(timer);
    if (open && !open.pinned) timer = setTimeout(close, LINGER);
  });

  let pressed = { x: 0, y: 0 };
  document.addEventListener("pointerdown", (event) => {
    pressed = { x: event.clientX, y: event.clientY };
  });

  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.("a.check");
    if (mark && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      if (answerMark(mark, event.detail === 0)) event.preventDefault();
      return;
    }
    if (card?.contains(event.target)) {
      if (event.target.closest("a")) leave();
      return;
    }
    const byTouch = event.pointerType === "touch";
    const found = event.target.closest?.("a, button, summary, label") ? null : target(event.target, event.clientX, event.clientY, byTouch ? 16 : 3);
    const before = open?.anchor;
    leave();
    const isDrag = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 6;
    if (!found || isDrag || (byTouch && before === found.anchor)) return;
    if (byTouch) getSelection().removeAllRanges(); // a click selects a formula, to be copied
    found.answer({ pinned: true });
  });

  // A card that was opened to stay goes with the page until what it is about is out of sight.
  document.addEventListener("scroll", () => {
    if (!open || card?.classList.contains("sheet")) return;
    const stays = (open.pinned || cursor) && card && isInView(open.anchor);
    if (stays) lay(open.anchor.matches("[data-symbol]") ? placeOf(open.anchor) : open.anchor.getBoundingClientRect());
    else leave();
  }, { passive: true });

  // --- keyboard -------------------------------------------------------------------------------

  // Within an equation: left and right go from symbol to symbol; then up and down from formula to
  // formula, those in the text too; Enter goes into the card, Escape leaves.
  const go = (symbol) => {
    const formula = symbol.ownerSVGElement;
    const box = formula.closest(".scroll");
    answerSymbol(symbol);
    cursor = symbol;
    if (box) {
      const [place, frame] = [placeOf(symbol), box.getBoundingClientRect()];
      if (place.left < frame.left) box.scrollLeft -= frame.left - place.left + 16;
      if (place.right > frame.right) box.scrollLeft += place.right - frame.right + 16;
      lay(placeOf(symbol));
    }
    document.body.append(voice);
    voice.textContent = spoken(symbol.dataset.symbol, symbol);
  };

  const enter = (formula, last = false) => {
    const symbols = symbolsOf(formula);
    if (!symbols.length) return false;
    if (!formula.closest(".equation")?.contains(document.activeElement)) {
      formula.setAttribute("tabindex", "-1");
      formula.focus();
    }
    go(symbols.at(last ? -1 : 0));
    return true;
  };

  const nextFormula = (step) => {
    const formulas = [...article().querySelectorAll("svg.m")].filter((formula) => formula.checkVisibility() && symbolsOf(formula).length);
    return formulas[formulas.indexOf(cursor.ownerSVGElement) + step];
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && open) {
      leave();
      event.preventDefault();
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || card?.contains(document.activeElement)) return;
    const formula = document.activeElement?.closest?.("article .equation, article svg.m")?.closest(".equation, svg.m");
    if (!formula) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && !cursor) {
      const first = formula.matches("svg") ? formula : formula.querySelector("svg.m");
      if (enter(first, step < 0)) event.preventDefault();
    } else if (step) {
      const symbols = symbolsOf(cursor.ownerSVGElement);
      const next = symbols[symbols.indexOf(cursor) + step];
      if (next) go(next);
      event.preventDefault();
    } else if (cursor && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = nextFormula(event.key === "ArrowDown" ? 1 : -1);
      if (next) enter(next);
      event.preventDefault();
    } else if (cursor && event.key === "Enter") {
      const symbol = cursor;
      answerSymbol(symbol, { pinned: true, mark: document.activeElement });
      card.querySelector("a, button").focus({ preventScroll: true });
      event.preventDefault();
    }
  });

  document.addEventListener("focusout", (event) => {
    if (cursor && !card?.contains(event.relatedTarget) && event.relatedTarget && event.relatedTarget !== cursor.ownerSVGElement && !cursor.closest(".equation")?.contains(event.relatedTarget)) leave();
  });

  document$.subscribe(() => {
    leave();
    for (const mark of document.querySelectorAll("article a.check")) {
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-expanded", "false");
    }
  });
})();
