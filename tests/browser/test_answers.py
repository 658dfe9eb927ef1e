"""Formulas answer: by pointer, by touch, by keyboard; and without a script by plain links."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

PAGE = "backpropagation.html"
HERE = "#eq-dz2"  # dZ^{[2]} = \hat Y - Y, beside its line of code
MEANING = "capital Z layer 2"  # how the meaning of dZ^{[2]} ends for a screen reader


@pytest.fixture
def opened(open_tab: Callable[..., Any]) -> Callable[..., Any]:
    """Opens a page of the lesson in a tab of its own."""

    def at_page(**options: Any) -> Any:
        tab = open_tab(**options)
        tab.go(PAGE, until="load" if options.get("javascript") is False else "networkidle")
        return tab

    return at_page


@pytest.fixture
def page(opened: Callable[..., Any]) -> Page:
    found: Page = opened().page
    found.locator(HERE).scroll_into_view_if_needed()
    return found


def card(page: Page) -> Locator:
    return page.locator(".answer")


def symbol(page: Page, name: str = "dZ-2", within: str = HERE) -> Locator:
    return page.locator(f'{within} [data-symbol="{name}"]').first


def place(target: Locator) -> tuple[float, float]:
    """A point on the ink of a symbol's first letter: what a browser takes for its box is wider."""
    target.scroll_into_view_if_needed()
    x, y = target.evaluate("""symbol => {
        const text = symbol.matches("text") ? symbol : symbol.querySelector("text");
        const start = text.getStartPositionOfChar(0);
        const {x, y} = start.matrixTransform(text.getScreenCTM());
        return [x + 5, y - 4];
    }""")
    return x, y


def point(page: Page, target: Locator) -> None:
    page.mouse.move(*place(target))


def told(page: Page) -> list[str]:
    """The paragraphs of the card, formulas as a screen reader says them."""
    expect(card(page)).to_be_visible()
    found: list[str] = card(page).evaluate("""card => [...card.querySelectorAll("p")].map(line => {
        const copy = line.cloneNode(true);
        for (const formula of copy.querySelectorAll("svg"))
            formula.replaceWith(` ${formula.getAttribute("aria-label") ?? ""} `);
        return copy.textContent.replace(/\\s+/g, " ").trim();
    })""")
    return found


def test_a_symbol_pointed_at_tells_what_it_is(page: Page) -> None:
    point(page, symbol(page))
    what, facts = told(page)
    assert what == "m times the derivative of capital J by capital Z layer 2"
    assert facts.startswith("open n sub 2, m close equals open 1, 4 close")
    assert facts.endswith("dZ2Notation")
    link = card(page).locator("a").get_attribute("href") or ""
    assert link.endswith("/notation.html#symbol-dZ-l")


def test_an_entry_is_told_as_an_entry(page: Page) -> None:
    point(page, page.locator('.equation [data-symbol="dZ-2"][data-part="entry"]').first)
    assert told(page)[0].startswith("An entry of d capital Z layer 2 , m times the derivative")


def test_other_occurrences_light_up_in_formulas_and_in_code(page: Page) -> None:
    point(page, symbol(page))
    expect(card(page)).to_be_visible()
    everywhere = page.locator('article svg.m [data-symbol="dZ-2"]').count()
    assert everywhere > 10
    assert page.locator("rect.lit").count() == everywhere
    lit = page.locator("article pre .n.lit").all_inner_texts()
    assert len(lit) > 3
    assert set(lit) == {"dZ2"}
    page.mouse.move(5, 5)
    expect(page.locator(".lit")).to_have_count(0)
    expect(card(page)).to_have_count(0)


def test_a_name_in_code_answers_as_its_symbol_does(page: Page) -> None:
    page.locator(".step pre .n", has_text="dZ2").first.hover()
    assert told(page)[0].endswith(MEANING)
    assert page.locator("rect.lit").count() > 10


def test_an_equation_lights_its_line_of_code(page: Page) -> None:
    page.locator(f"{HERE} .scroll").hover(position={"x": 2, "y": 2})
    expect(page.locator(".step [data-line].lit").first).to_have_text("dZ2 = A2 - Y\n")
    page.mouse.move(5, 5)
    expect(page.locator(".lit")).to_have_count(0)


def test_a_line_of_code_lights_its_equation(page: Page) -> None:
    page.locator(".step [data-line] .o").first.hover()
    expect(page.locator(f"{HERE}.lit")).to_have_count(1)


def boxes(page: Page) -> Any:
    return page.evaluate("""() => [...document.querySelectorAll("article, article *")]
        .filter(element => !element.matches("rect"))
        .map(element => { const {x, y, width, height} = element.getBoundingClientRect();
                          return [element.tagName, x, y, width, height]; })""")


def test_nothing_moves(page: Page) -> None:
    place(symbol(page))
    before = boxes(page)
    point(page, symbol(page))
    expect(card(page)).to_be_visible()
    assert boxes(page) == before
    page.locator(f"{HERE} .check").click()
    expect(card(page)).to_contain_text("Checked")
    assert boxes(page) == before
    page.keyboard.press("Escape")
    assert boxes(page) == before


def test_the_mark_opens_the_evidence(page: Page) -> None:
    mark = page.locator(f"{HERE} .check")
    expect(mark).to_have_attribute("aria-expanded", "false")
    mark.click()
    expect(mark).to_have_attribute("aria-expanded", "true")
    text = card(page).inner_text()
    for words in (
        "Checked: it holds",
        "Both sides compared in ",
        "dZ2 in backward_propagation gives the same (line ",
        "Built on ",
    ):
        assert words in text
    page.mouse.click(5, 300)
    expect(card(page)).to_have_count(0)
    expect(mark).to_have_attribute("aria-expanded", "false")


def test_an_unchecked_equation_says_why(page: Page) -> None:
    mark = page.locator(".check.unchecked").first
    reason = mark.locator("xpath=..").locator("p.unchecked").inner_text()
    mark.click()
    expect(card(page)).to_contain_text(reason.removeprefix("Not checked: ").rstrip("."))


def test_the_keyboard_goes_from_symbol_to_symbol(page: Page) -> None:
    voice = page.locator(".answer-voice")
    page.locator(f"{HERE} .check").focus()
    page.keyboard.press("ArrowRight")
    expect(voice).to_contain_text("d capital Z layer 2, m times the derivative of capital J by")
    expect(voice).to_contain_text("in Python dZ2")
    page.keyboard.press("ArrowRight")
    expect(voice).to_contain_text("capital Y hat, outputs of the network")
    page.keyboard.press("Enter")
    expect(card(page).locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(page.locator(f"{HERE} .check")).to_be_focused()


def test_the_keyboard_goes_on_to_formulas_in_the_text(page: Page) -> None:
    page.locator(f"{HERE} .check").focus()
    page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator("article p svg.m:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)


def test_the_mark_opens_by_keyboard_and_gets_the_focus_back(page: Page) -> None:
    mark = page.locator(f"{HERE} .check")
    mark.focus()
    page.keyboard.press("Enter")
    expect(card(page).locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()


def test_on_a_phone_a_tap_opens_a_sheet_at_the_bottom(opened: Callable[..., Any]) -> None:
    phone = opened(width=360).page
    phone.mouse.click(*place(symbol(phone)))
    expect(phone.locator(".answer.sheet")).to_be_visible()
    sheet = card(phone).bounding_box()
    assert sheet
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, 360, 800)
    assert sheet["height"] <= 360
    phone.mouse.click(350, 80)
    expect(card(phone)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_while_a_card_is_open(opened: Callable[..., Any], scheme: str) -> None:
    tab = opened(scheme=scheme)
    tab.page.locator("details.symbols summary").click()
    tab.page.mouse.click(*place(symbol(tab.page)))
    assert told(tab.page)
    assert tab.axe() == []
    tab.page.locator(f"{HERE} .check").click()
    expect(card(tab.page)).to_contain_text("Checked")
    assert tab.axe() == []
    assert tab.problems == []


def test_it_goes_on_after_instant_navigation(open_tab: Callable[..., Any]) -> None:
    tab = open_tab()
    tab.go("loss-and-cost.html")
    tab.page.locator(".turn__link--next").click()
    tab.page.locator(HERE).wait_for()
    point(tab.page, symbol(tab.page))
    assert told(tab.page)[0].endswith(MEANING)
    assert tab.problems == []


def test_it_works_from_a_folder_on_disk(open_tab: Callable[..., Any], site: Path) -> None:
    tab = open_tab(base=site.as_uri() + "/")
    tab.go(PAGE, until="load")
    point(tab.page, symbol(tab.page))
    assert told(tab.page)[0].endswith(MEANING)
    assert tab.problems == []


def test_without_javascript_evidence_and_symbols_are_links(opened: Callable[..., Any]) -> None:
    bare = opened(javascript=False).page
    bare.locator("details.symbols summary").click()
    row = bare.locator('tr[data-row="dZ-2"]')
    assert "times the derivative of" in row.inner_text()
    row.locator("a").click()
    expect(bare.locator("tr:target")).to_contain_text("times the derivative of")
    bare.go_back()
    bare.locator(f"{HERE} .check").click()
    expect(bare.locator("dt:target")).to_contain_text(r"dZ^{[2]} = \hat Y - Y")
    expect(bare.locator("dt:target + dd")).to_contain_text("backward_propagation")
