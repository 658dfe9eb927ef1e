// What the pages do beyond the theme. Every page is complete without it.
//
// `document$` is the theme's: it fires for the first page, and again when instant navigation has
// brought another one.
(() => {
  // Boxes that scroll carry tabindex="0" from the build, so that a keyboard reaches them without
  // JavaScript. Those that have nothing to scroll are then only stops on the way: take them out.
  const boxes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const wide = target.scrollWidth > target.clientWidth + 1;
      if (wide) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    }
  });

  const copyButton = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.setAttribute("aria-label", "Copy this code");
    button.title = "Copy";
    return button;
  };

  const copied = async (event) => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    const code = button.parentElement.querySelector("pre");
    await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
    button.dataset.copied = "";
    button.setAttribute("aria-label", "Copied");
    setTimeout(() => {
      delete button.dataset.copied;
      button.setAttribute("aria-label", "Copy this code");
    }, 1500);
  };
  document.addEventListener("click", copied);

  document$.subscribe(() => {
    boxes.disconnect();
    for (const box of document.querySelectorAll("article [tabindex='0']")) boxes.observe(box);
    for (const block of document.querySelectorAll(".highlight:not(.language-output)")) {
      if (!block.querySelector(".copy")) block.append(copyButton());
    }
  });
})();
