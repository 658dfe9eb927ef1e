"""Start tags are changed; all else of a page stays byte for byte."""

import pytest

from nn3doc.site.pages.tags import Attributes, change_tags, text_of


def seen(page: str) -> list[tuple[str, Attributes]]:
    found: list[tuple[str, Attributes]] = []
    change_tags(page, lambda name, attributes: found.append((name, attributes)))
    return found


@pytest.mark.parametrize(
    ("page", "tags"),
    [
        ("a < b and b > c", []),
        ("<p>text</p>", [("p", {})]),
        ('<a href="x">', [("a", {"href": "x"})]),
        ("<a href='x' hidden>", [("a", {"href": "x", "hidden": None})]),
        ("<input type=text/>", [("input", {"type": "text/"})]),
        ("<br/>", [("br", {})]),
        ('<p title="a &lt; &quot;b&quot;">', [("p", {"title": 'a < "b"'})]),
        ('<p title="1 > 0"><b>', [("p", {"title": "1 > 0"}), ("b", {})]),
        ('<use xlink:href="#a"/>', [("use", {"xlink:href": "#a"})]),
        ("<p\n  class='a'\n  id=b>", [("p", {"class": "a", "id": "b"})]),
        ("<!-- <p> --><b>", [("b", {})]),
        ("<script>if (a<b) document.write('<p>')</script><b>", [("b", {})]),
        ('<style type="text/css">a>b{}</style>', []),
    ],
)
def test_sees_tags_and_only_tags(page: str, tags: list[tuple[str, Attributes]]) -> None:
    assert seen(page) == tags


@pytest.mark.parametrize(
    "page",
    [
        "<p class='a'  id=b>x &amp; y</p><!-- <p> --><br/>\n<hr />",
        "<script>a<b>c</script>",
        "no tags at all",
        "",
        '<p title="unclosed>text <b>bold</b>',
    ],
)
def test_leaves_alone_what_is_not_changed(page: str) -> None:
    assert change_tags(page, lambda name, attributes: None) == page


def test_writes_attributes_so_that_they_read_the_same() -> None:
    value = """<script> "quotes" 'single' & ampersand"""
    changed = change_tags("<p>", lambda name, attributes: {"title": value, "hidden": None})
    assert seen(changed) == [("p", {"title": value, "hidden": None})]
    assert "<script>" not in changed


def test_looks_only_at_tags_that_have_what_is_asked_for() -> None:
    page = '<p title="a"><b title="a" id="b"><i id="c">'
    assert change_tags(page, lambda name, _: {}, having=["title"]) == '<p><b><i id="c">'


def test_keeps_a_tag_that_closes_itself() -> None:
    assert change_tags('<use href="#a"/>', lambda name, _: {"href": "#b"}) == '<use href="#b"/>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Forward <em>propagation</em>", "Forward propagation"),
        ("a &lt; b", "a < b"),
        ("one\n  line", "one line"),
        ("<!-- no -->yes<script>no</script>", "yes"),
    ],
)
def test_text_of_html(html: str, text: str) -> None:
    assert text_of(html) == text


def test_a_drawing_without_it_is_passed_over_whole() -> None:
    drawing = '<svg><g title="a"><path id="b"/></g></svg>'
    asked = ["title"]
    assert change_tags(drawing, lambda *_: {}, asked) == '<svg><g><path id="b"/></g></svg>'
    assert change_tags(f"{drawing}<b>", lambda *_: {}, ["<b>"]) == f"{drawing}<b>"
    assert seen("<svg><g></svg><b>") == [("svg", {}), ("g", {}), ("b", {})]
    assert seen("<svg><g><b>") == [("svg", {}), ("g", {}), ("b", {})]  # it is never closed
