"""Every page, opened directly, light and dark, wide and narrow."""

from collections.abc import Callable
from typing import Any

import pytest

WIDE, PHONE = 1280, 360


@pytest.fixture(scope="module", params=["light", "dark"])
def tab(open_tab: Callable[..., Any], name: str, request: pytest.FixtureRequest) -> Any:
    """One page in one scheme; the tests of this file look at it one after the other."""
    tab = open_tab(scheme=request.param)
    tab.go(name)
    return tab


def test_nothing_goes_wrong_as_it_loads(tab: Any) -> None:
    assert tab.problems == []  # errors of scripts, refusals of the security policy, missing files


def test_nothing_is_asked_of_another_host(tab: Any) -> None:
    assert tab.elsewhere() == []


def test_few_files_are_asked_for(tab: Any) -> None:
    assert len(tab.requests) <= 8


def test_axe_finds_no_fault(tab: Any) -> None:
    assert tab.axe() == []


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_page_does_not_scroll_sideways(tab: Any, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    assert tab.sideways() == 0


def test_what_is_wider_than_the_phone_scrolls_in_a_box_that_the_keyboard_reaches(tab: Any) -> None:
    tab.page.set_viewport_size({"width": PHONE, "height": 800})
    # The script looks at boxes at the end of a frame: two frames, and it has.
    out_of_reach = tab.page.evaluate("""() => new Promise(resolve => requestAnimationFrame(() =>
        requestAnimationFrame(() => {
        const boxes = [...document.querySelectorAll("article *")].filter(box =>
            box.scrollWidth > box.clientWidth + 1
            && ["auto", "scroll"].includes(getComputedStyle(box).overflowX)
            && box.checkVisibility({contentVisibilityAuto: true}));
        resolve(boxes.filter(box => box.tabIndex < 0).map(box => box.outerHTML.slice(0, 120)));
    })))""")
    tab.page.set_viewport_size({"width": WIDE, "height": 800})
    assert out_of_reach == []


def test_the_marks_and_numbers_of_equations_are_as_large_as_a_finger_needs(tab: Any) -> None:
    small = tab.page.evaluate("""() => [...document.querySelectorAll(".equation > a")]
        .map(mark => mark.getBoundingClientRect())
        .filter(({ width, height }) => width < 24 || height < 23.5)
        .map(({ width, height }) => [width, height])""")
    assert small == []


def test_the_scheme_is_the_one_of_the_system(tab: Any, request: pytest.FixtureRequest) -> None:
    dark = tab.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    scheme = tab.page.evaluate("document.body.dataset.mdColorScheme")
    assert scheme == ("slate" if dark else "default")
    bars = tab.page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert bars == ("dark" if dark else "light")  # of what the browser draws: its scroll bars


def test_a_line_of_prose_has_some_seventy_characters(tab: Any) -> None:
    characters = tab.page.evaluate("""() => {
        const lines = [];
        for (const paragraph of document.querySelectorAll("article > p")) {
            const height = parseFloat(getComputedStyle(paragraph).lineHeight);
            const count = Math.round(paragraph.getBoundingClientRect().height / height);
            if (count >= 4 && !paragraph.querySelector("svg, code, mjx-container"))
                lines.push(paragraph.textContent.length / (count - 0.5));
        }
        return lines;
    }""")
    assert all(55 <= line <= 80 for line in characters), characters
