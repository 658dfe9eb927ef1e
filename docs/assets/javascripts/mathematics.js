// Formulas are copied as the TeX they were written in: $…$ within text, $$…$$ as displays.
(() => {
  const written = (formula) => {
    const isDisplay = formula.parentElement?.classList.contains("scroll");
    return isDisplay ? `$$${formula.dataset.tex}$$` : `$${formula.dataset.tex}$`;
  };

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const at = range.commonAncestorContainer;
    const within = (at.nodeType === Node.ELEMENT_NODE ? at : at.parentElement)?.closest("svg[data-tex]");
    if (within) {
      event.clipboardData.setData("text/plain", within.dataset.tex);
      event.preventDefault();
      return;
    }
    // A selection may begin or end in the middle of a formula: all of it is meant.
    for (const [end, set] of [["startContainer", "setStartBefore"], ["endContainer", "setEndAfter"]]) {
      const node = range[end];
      const formula = (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("svg[data-tex]");
      if (formula) range[set](formula);
    }
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    const formulas = copy.querySelectorAll("svg[data-tex]");
    if (!formulas.length) return;
    for (const formula of formulas) formula.replaceWith(written(formula));
    for (const link of copy.querySelectorAll(".equation > .number, .headerlink, button")) link.remove();
    // Only what is in the document is laid out, and only that has line breaks where a reader sees them.
    copy.className = "copied";
    document.body.append(copy);
    event.clipboardData.setData("text/plain", copy.innerText.trim());
    copy.remove();
    event.preventDefault();
  });
})();
