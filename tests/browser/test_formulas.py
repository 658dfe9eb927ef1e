"""Formulas as the browser shows them: typeset, in the site's own font, in colours to be read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nn3doc.equations.text.markdown import scan

DOCS = Path(__file__).resolve().parents[2] / "docs"
FACTORS = ["loss", "output", "back", "hidden", "input"]


@pytest.fixture(scope="module")
def tab(open_tab: Callable[..., Any], name: str) -> Any:
    tab = open_tab()
    tab.go(name)
    return tab


def test_every_formula_of_the_page_is_typeset(tab: Any, name: str) -> None:
    source = DOCS / name.replace(".html", ".md")
    wanted = 0
    if source.exists():
        regions = scan(source.read_text(encoding="utf-8"))
        formulas = [one for one in regions if one.kind in ("inline", "display")]
        wanted = sum("\\eqref" not in one.body for one in formulas)
    found = tab.page.locator("article svg.m").count()
    listed = tab.page.locator("article .symbols svg.m").count()
    # Not fewer; pages whose parts are written at build (counts, examples, docstrings) have more.
    assert found - listed >= wanted


def test_no_formula_is_left_as_tex(tab: Any) -> None:
    left = tab.page.evaluate(r"""() => {
        const article = document.querySelector("article");
        const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const text = walker.currentNode;
            if (!text.parentElement.closest("code, pre, svg") && /\$|\\[a-zA-Z]+/.test(text.data))
                found.push(text.data.trim().slice(0, 80));
        }
        return found;
    }""")
    assert left == []


def test_every_formula_has_a_size_and_a_text_for_screen_readers(tab: Any) -> None:
    amiss = tab.page.evaluate("""() => {
      const formulas = [...document.querySelectorAll("article svg.m")];
      return formulas.filter(one => {
        const box = one.getBoundingClientRect();
        const open = !one.closest("details:not([open]), [popover]");
        return (open && !(box.width > 2 && box.height > 2))
            || one.getAttribute("role") !== "img" || !one.getAttribute("aria-label").trim();
      }).map(one => one.dataset.tex);
    }""")
    assert amiss == []


def test_formulas_stand_in_the_sites_own_font(tab: Any) -> None:
    if tab.page.locator("svg.m text").count():
        loaded = tab.page.evaluate(
            "[...document.fonts].filter(font => font.family.includes('nn3doc'))"
            ".map(font => font.status)"
        )
        assert loaded == ["loaded"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("factor", FACTORS)
def test_a_factor_has_its_colour_of_the_palette_in_formulas(
    open_tab: Callable[..., Any], scheme: str, factor: str, backpropagation: dict[str, Any]
) -> None:
    # The contrast of the palette itself is computed in tests/site/test_colours.py.
    colours = backpropagation[scheme].page.evaluate(
        """factor => {
            const swatch = document.createElement("i");
            swatch.style.setProperty("color", `var(--c-${factor})`);
            document.querySelector("article").append(swatch);
            const wanted = getComputedStyle(swatch).color;
            const parts = document.querySelectorAll(`svg.m .c-${factor}`);
            return [wanted, [...new Set([...parts].map(part => getComputedStyle(part).fill))]];
        }""",
        factor,
    )
    wanted, found = colours
    assert found == [wanted]


@pytest.fixture(scope="module")
def backpropagation(open_tab: Callable[..., Any]) -> dict[str, Any]:
    tabs = {scheme: open_tab(scheme=scheme) for scheme in ("light", "dark")}
    for tab in tabs.values():
        tab.go("backpropagation.html")
    return tabs
