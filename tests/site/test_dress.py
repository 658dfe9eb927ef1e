"""What Material leaves undone in tables, code and check boxes."""

import pytest

from nn3doc.site.pages.dress import dress, dress_page


@pytest.mark.parametrize(
    ("content", "dressed"),
    [
        (
            '<h2 id="a">Shapes<a class="headerlink" href="#a">#</a></h2>'
            "<table><tr><td>1</td></tr></table>",
            '<h2 id="a">Shapes<a class="headerlink" href="#a">#</a></h2>'
            '<div class="scroll" role="group" aria-label="Table: Shapes" tabindex="0">'
            '<table class="data"><tr><td>1</td></tr></table></div>',
        ),
        (
            "<table></table>",
            '<div class="scroll" role="group" aria-label="Table" tabindex="0">'
            '<table class="data"></table></div>',
        ),
        (
            '<h2>A "quoted" &lt;b&gt;</h2><table></table>',
            '<h2>A "quoted" &lt;b&gt;</h2><div class="scroll" role="group"'
            ' aria-label="Table: A &quot;quoted&quot; &lt;b&gt;" tabindex="0">'
            '<table class="data"></table></div>',
        ),
        (
            "<table><tr><th> </th><th>a</th></tr></table>",
            '<div class="scroll" role="group" aria-label="Table" tabindex="0">'
            '<table class="data"><tr><td></td><th>a</th></tr></table></div>',
        ),
        ('<table class="mine"></table>', '<table class="mine"></table>'),
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("a <SCRIPT src=x>", "a &lt;SCRIPT src=x>"),
        ("<style>p{top:0}</style>", "&lt;style>p{top:0}&lt;/style>"),
        ('<img src="x" onerror="alert(1)">', '<img src="x">'),
        ('<IMG SRC="x" OnError="alert(1)">', '<IMG SRC="x">'),
        ('<svg><g onload="alert(1)"></g></svg>', "<svg><g></g></svg>"),
        ('<a HREF=" JavaScript:alert(1)">', "<a>"),
        ('<a href="&#106;avascript&#58;alert(1)">', "<a>"),
        ('<b title="x" data-on="1">', '<b title="x" data-on="1">'),
        ('<a href=" JavaScript:alert(1)">a</a>', "<a>a</a>"),
        ("<pre><code>x</code></pre>", '<pre tabindex="0"><code>x</code></pre>'),
        ('<td style="text-align: right;">', '<td class="right">'),
        ('<td class="a" style="text-align: center;">', '<td class="a center">'),
    ],
)
def test_dress(content: str, dressed: str) -> None:
    assert dress(content) == dressed


def test_two_tables_under_one_heading_have_names_of_their_own() -> None:
    dressed = dress("<h2>Shapes</h2><table></table><table></table>")
    assert 'aria-label="Table: Shapes"' in dressed
    assert 'aria-label="Table: Shapes (2)"' in dressed


def test_check_boxes_are_valid() -> None:
    page = '<input type="checkbox" autocomplete="off"><input type="text" autocomplete="off">'
    assert dress_page(page) == '<input type="checkbox"><input type="text" autocomplete="off">'
