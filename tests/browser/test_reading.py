"""What readers do: turn pages, search, copy, print; from disk, and without JavaScript."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def from_disk(site: Path) -> str:
    return site.as_uri() + "/"


def test_turning_every_page_keeps_the_window_and_brings_all_of_the_page(
    open_tab: Callable[..., Any], pages: list[str]
) -> None:
    tab = open_tab()
    tab.go(pages[0])
    tab.page.evaluate("window.kept = true")
    for name in pages[1:]:
        tab.page.locator(".turn__link--next").click()
        tab.page.wait_for_url(f"**/{name}")
        tab.page.locator(f'.contents__link[aria-current][href$="{name}"]').wait_for()
        heading = tab.page.locator("article h1").first
        assert heading.is_visible()
        assert "$" not in heading.inner_text()
        for block in tab.page.locator(".highlight:not(.language-output)").all()[:1]:
            block.locator(".copy").wait_for(state="attached")
        assert tab.problems == [], name
        assert tab.elsewhere() == [], name
    assert tab.page.evaluate("window.kept") is True


SHEETS = """
    window.again = [];
    new MutationObserver(changes => {
        for (const { target, attributeName } of changes)
            if (target.matches("link[rel=stylesheet]")) window.again.push(attributeName);
    }).observe(document, { attributes: true, subtree: true });
"""


def test_the_sheet_is_applied_once_whatever_the_theme_does_to_its_link(
    open_tab: Callable[..., Any], pages: list[str]
) -> None:
    tab = open_tab()
    tab.page.add_init_script(SHEETS)
    tab.go(pages[0])
    tab.page.evaluate("window.sheet = document.querySelector('link[rel=stylesheet]')")
    tab.page.locator(".turn__link--next").click()
    tab.page.wait_for_url(f"**/{pages[1]}")
    assert tab.page.evaluate("window.again") == []
    assert tab.page.evaluate("window.sheet === document.querySelector('link[rel=stylesheet]')")
    # The observer does see it when a link is changed.
    tab.page.evaluate("window.sheet.setAttribute('href', window.sheet.href)")
    assert tab.page.evaluate("new Promise(resolve => setTimeout(() => resolve(again), 50))") == [
        "href"
    ]


def search(tab: Any, words: str) -> str:
    tab.page.locator(".md-search__input").click()
    tab.page.keyboard.type(words)
    tab.page.locator(".md-search-result__item").first.wait_for()
    return str(tab.page.locator(".md-search-result__meta").inner_text())


def test_search_finds_pages_and_shows_the_words_on_them(open_tab: Callable[..., Any]) -> None:
    tab = open_tab()
    tab.go("index.html")
    before = [url for url in tab.requests if "search" in url]
    assert before == []  # the index is fetched when it is first used
    assert re.search(r"\d+ matching documents", search(tab, "sigmoid"))
    tab.page.keyboard.press("Enter")
    tab.page.locator("article mark:visible").first.wait_for()
    assert tab.problems == []


def test_from_disk_every_page_opens_and_search_works(
    open_tab: Callable[..., Any], from_disk: str, pages: list[str]
) -> None:
    tab = open_tab(base=from_disk)
    for name in pages:
        tab.go(name, until="load")
        assert tab.page.locator("article h1").first.is_visible()
    assert re.search(r"\d+ matching documents", search(tab, "sigmoid"))
    assert tab.problems == []
    assert tab.elsewhere() == []


def test_light_or_dark_is_remembered_and_nothing_else(open_tab: Callable[..., Any]) -> None:
    tab = open_tab()
    tab.go("index.html")
    assert tab.page.evaluate("document.body.dataset.mdColorScheme") == "default"
    for _ in range(2):  # as the system has it, light, dark
        tab.page.locator("label.md-header__button[for^=__palette]:visible").click()
    assert tab.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    tab.go("notation.html")
    assert tab.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert tab.page.evaluate("Object.keys(localStorage)") == ["/.__palette"]
    assert tab.page.evaluate("Object.keys(sessionStorage)") == []
    assert tab.page.context.cookies() == []


def test_a_click_copies_the_code_and_not_what_it_printed(open_tab: Callable[..., Any]) -> None:
    tab = open_tab()
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.go("dataset.html")
    block = tab.page.locator(".highlight:has(+ .language-output)").first
    block.locator(".copy").click()
    block.locator(".copy[data-copied]").wait_for()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == block.locator("code").inner_text().rstrip("\n")


def test_an_address_with_an_anchor_leads_to_its_heading(open_tab: Callable[..., Any]) -> None:
    name = "backpropagation.html"
    tab = open_tab()
    tab.go(name)
    anchor = tab.page.locator("article h2 .headerlink").nth(1).evaluate("link => link.hash")
    tab = open_tab()
    tab.go(name + anchor)
    top = tab.page.locator(f"article {anchor}").evaluate("box => box.getBoundingClientRect().top")
    assert 40 <= top <= 300  # below the bar


def test_the_keyboard_gets_past_the_contents_at_once(open_tab: Callable[..., Any]) -> None:
    tab = open_tab()
    tab.go("notation.html")
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.matches('.md-skip')")
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("location.hash") != ""


def test_the_keyboard_opens_the_contents_on_a_phone(open_tab: Callable[..., Any]) -> None:
    tab = open_tab(width=360)
    tab.go("notation.html")
    tab.page.locator("label.md-header__button[for=__drawer]").focus()
    tab.page.keyboard.press("Enter")
    link = tab.page.locator(".contents__link", has_text="Backpropagation").first
    link.wait_for(state="visible")
    link.click()
    tab.page.wait_for_url("**/backpropagation.html")


def test_without_javascript_every_page_is_complete_and_still(
    open_tab: Callable[..., Any], pages: list[str]
) -> None:
    tab = open_tab(javascript=False)
    for name in pages:
        tab.go(name, until="load")
        assert tab.page.locator("article h1").first.is_visible(), name
        assert tab.page.locator(".contents__link").first.is_visible(), name
        assert tab.page.locator("article").inner_text().strip() != "", name
    assert tab.problems == []
    assert not any(url.endswith(".js") for url in tab.requests)


def test_without_javascript_a_page_is_dark_for_who_wants_dark(open_tab: Callable[..., Any]) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        tab = open_tab(scheme=scheme, javascript=False)
        tab.go("index.html")
        body = tab.page.locator("body")
        grounds[scheme] = body.evaluate("body => getComputedStyle(body).backgroundColor")
    assert grounds == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}


def test_the_whole_lesson_is_on_one_page_to_print(
    open_tab: Callable[..., Any], pages: list[str]
) -> None:
    tab = open_tab(width=1000)
    tab.go("print.html")
    sections = tab.page.locator("section.page")
    assert sections.evaluate_all("found => found.map(one => one.id + '.html')") == pages
    assert tab.page.locator("nav, script, .copy").count() == 0
    lost = tab.page.evaluate("""() => [...document.querySelectorAll("a[href^='#']")]
        .map(link => link.getAttribute("href").slice(1))
        .filter(anchor => !document.getElementById(anchor))""")
    assert lost == []
    assert tab.problems == []
    assert tab.sideways() == 0


def test_a_wrong_address_gets_a_page_with_the_contents(open_tab: Callable[..., Any]) -> None:
    tab = open_tab()
    tab.go("404.html")
    assert tab.page.locator("h1").inner_text() == "Page not found"
    assert tab.page.locator("article a").count() >= 10
