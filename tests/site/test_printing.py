"""All pages on one: anchors stay apart, links lead to places on it."""

import pytest

from nn3doc.site.pages.printing import one_page


@pytest.mark.parametrize(
    ("content", "printed"),
    [
        ('<h1 id="top">A</h1>', '<h1 id="a--top">A</h1>'),
        ('<a href="#top">up</a>', '<a href="#a--top">up</a>'),
        ('<a href="b.html">b</a>', '<a href="#b">b</a>'),
        ('<a href="b.html#x">b</a>', '<a href="#b--x">b</a>'),
        ('<a href="a.html#x">a</a>', '<a href="#a--x">a</a>'),
        ('<a href="data.ipynb">d</a>', '<a href="data.ipynb">d</a>'),
        (
            '<a href="https://example.org/b.html#x">o</a>',
            '<a href="https://example.org/b.html#x">o</a>',
        ),
        ('<use xlink:href="#glyph"/>', '<use xlink:href="#a--glyph"/>'),
        ('<path clip-path="url(#cut)">', '<path clip-path="url(#a--cut)">'),
        ('<svg aria-labelledby="t d">', '<svg aria-labelledby="a--t a--d">'),
        ("<details><summary>s</summary></details>", "<details open><summary>s</summary></details>"),
        (
            "<details open><summary>s</summary></details>",
            "<details open><summary>s</summary></details>",
        ),
        ("<p>text</p>", "<p>text</p>"),
    ],
)
def test_anchors_and_links(content: str, printed: str) -> None:
    whole = one_page({"a.html": content, "b.html": ""})
    assert whole == (
        f'<section class="page" id="a">{printed}</section>\n<section class="page" id="b"></section>'
    )
