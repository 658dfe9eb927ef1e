// Where the symbols of a formula are: the ink of their glyphs, as the font has it.
const places = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const PAD = 70; // thousandths of an em, around a lit symbol

  // The symbols of a formula. The formulas in the table of symbols have none: it is an answer itself.
  const symbolsOf = (formula) => [...formula.querySelectorAll("[data-symbol]")].filter((part) => !part.closest("details.symbols"));

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

  // A ground behind a symbol.
  const ground = (symbol, className) => {
    const [left, top, right, bottom] = boxOf(symbol);
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", className);
    for (const [name, value] of Object.entries({ x: left - PAD, y: top - PAD, width: right - left + 2 * PAD, height: bottom - top + 2 * PAD, rx: PAD })) {
      rect.setAttribute(name, value);
    }
    symbol.ownerSVGElement.prepend(rect);
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

  return { boxOf, drawn, ground, placeOf, symbolAt, symbolsOf };
})();
