// Formulas answer. Pointing at a symbol, tapping it or going to it by arrow keys shows what it means
// and lights up its other occurrences, in formulas and in code; pointing at an equation lights up the
// lines of code that compute it, and the other way round; the mark beside an equation opens its
// evidence.
//
// All that is shown stands in the page from the build (nn3doc/site/checks/answers.py): the table of symbols
// and the evidence. Nothing on the page moves: what is lit gets a ground, and the card lies above it.
// Here is what opens and closes; places.js, lights.js and cards.js tell where, what belongs together,
// and what is said.
(() => {
  const DELAY = 120; // milliseconds: a pointer that only passes by gets no answer
  const LINGER = 250; // time to get from a symbol into its card

  const { placeOf, symbolAt, symbolsOf } = places;
  const { article, darken, equationsOf, light, lightSymbol, linesOf, rowOf, symbolOfName } = lights;
  const { evidenceCard, lineCard, make, spoken, symbolCard, words } = cards;

  // What is open, and whether it was opened to stay.
  let card = null;
  let open = null; // {anchor, pinned, mark}
  let cursor = null; // the symbol that arrow keys are at
  let timer = 0;
  const voice = make("div", "answer-voice");
  voice.setAttribute("aria-live", "polite");

  const isPhone = () => matchMedia("(max-width: 37.5em), (pointer: coarse)").matches;

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
    show("The equation of this line", lineCard(first), { anchor: line, place: line.getBoundingClientRect(), ...options });
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
