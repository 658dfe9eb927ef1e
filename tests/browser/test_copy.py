"""Formulas are copied as the TeX they were written in."""

from collections.abc import Callable
from typing import Any

import pytest

# Selects what a reader would, copies, and gives the text that reaches the clipboard.
COPY = """
(select) => {
  const event = new ClipboardEvent("copy", {clipboardData: new DataTransfer(), bubbles: true});
  const selection = getSelection();
  const range = document.createRange();
  const formula = document.querySelector("#eq-z svg");
  const prose = document.querySelector("article p:has(> svg)");
  if (select === "formula") range.selectNodeContents(formula);
  if (select === "display") range.selectNode(formula.closest(".equation"));
  if (select === "paragraph") range.selectNodeContents(prose);
  if (select === "from within a formula") {
    range.setStart(prose.querySelector("svg text"), 0);
    range.setEnd(prose, prose.childNodes.length);
  }
  if (select === "words") range.selectNodeContents(document.querySelector("h1").firstChild);
  selection.removeAllRanges();
  selection.addRange(range);
  document.dispatchEvent(event);
  return event.clipboardData.getData("text/plain");
}
"""


@pytest.fixture(scope="module")
def copied(open_tab: Callable[..., Any]) -> Callable[[str], str]:
    tab = open_tab()
    tab.go("forward-propagation.html")
    return lambda select: str(tab.page.evaluate(COPY, select))


def test_a_formula_is_copied_as_its_tex(copied: Callable[[str], str]) -> None:
    assert copied("formula") == "Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}"


def test_a_display_is_copied_with_its_marks_and_without_its_number(
    copied: Callable[[str], str],
) -> None:
    assert copied("display").startswith("$$Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}$$")
    assert "(5." not in copied("display")


def test_formulas_in_copied_prose_are_tex(copied: Callable[[str], str]) -> None:
    assert copied("paragraph").startswith(
        "The values of layer $l$ are called its activations. They stand in the matrix $A^{[l]}$,"
    )


def test_a_formula_that_is_selected_in_part_is_copied_whole(copied: Callable[[str], str]) -> None:
    assert copied("from within a formula").startswith("$l$ are called its activations.")


def test_words_alone_are_left_to_the_browser(copied: Callable[[str], str]) -> None:
    assert copied("words") == ""
