"""Mathematics on a page: where formulas, numbers and remarks come out, and what is refused."""

import re
from pathlib import Path

import markdown
import pytest

from nn3doc.site.formulas.mathematics import Mathematics, shared_mathematics
from nn3doc.site.formulas.site_formulas import MathematicsError


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Site:
    """A folder with pages in it, converted as a site builder would."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.cache = cache

    def write(self, **pages: str) -> None:
        (self.root / "docs").mkdir(exist_ok=True)
        for name, text in pages.items():
            (self.root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")

    @property
    def mathematics(self) -> Mathematics:
        return shared_mathematics((self.root / "docs").resolve(), self.cache.resolve())

    def convert(self, text: str, **options: object) -> str:
        places = {"docs_dir": str(self.root / "docs"), "cache": str(self.cache)}
        return markdown.markdown(
            text,
            extensions=[
                *("admonition", "attr_list", "md_in_html", "tables"),
                *("pymdownx.superfences", "pymdownx.details"),
                "nn3doc.site.formulas.math_extension",
            ],
            extension_configs={"nn3doc.site.formulas.math_extension": {**places, **options}},
        )

    def page(self, name: str) -> str:
        text = (self.root / "docs" / f"{name}.md").read_text(encoding="utf-8")
        return self.convert(re.sub(r"\A---\n.*?---\n", "", text, flags=re.DOTALL))


@pytest.fixture
def site(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    return Site(tmp_path, cache)


def brief(html: str) -> str:
    """HTML with every formula as the TeX it was made from."""
    return re.sub(r'<svg [^>]*data-tex="([^"]*)".*?</svg>', r"⟨\1⟩", html, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("so $x$ is", "<p>so ⟨x⟩ is</p>"),
        (r"so \(x\) is", "<p>so ⟨x⟩ is</p>"),
        ("so $x$, and", '<p>so <span class="together">⟨x⟩,</span> and</p>'),
        ("so ($x$).", '<p>so <span class="together">(⟨x⟩).</span></p>'),
        ("**$x$**", "<p><strong>⟨x⟩</strong></p>"),
        ("$a_1$ and _b_ and $c_1$", "<p>⟨a_1⟩ and <em>b</em> and ⟨c_1⟩</p>"),
        ("$a < b$", "<p>⟨a &lt; b⟩</p>"),
        ("`$x$` costs $5 and $6", "<p><code>$x$</code> costs $5 and $6</p>"),
        ("- one $x$\n- two", "<ul>\n<li>one ⟨x⟩</li>\n<li>two</li>\n</ul>"),
        ("## $x$ times", "<h2>⟨x⟩ times</h2>"),
        ("<!-- note -->", "<!-- note -->"),
        ("one\n\n<!-- invisible-code-block: python\nx = 1\n-->\n\ntwo", "<p>one</p>\n<p>two</p>"),
    ],
)
def test_an_inline_formula_stands_in_its_line(site: Site, text: str, html: str) -> None:
    assert brief(site.convert(text)) == html


def test_bars_in_a_formula_divide_no_table(site: Site) -> None:
    html = brief(site.convert("| a | b |\n| --- | --- |\n| $|x|$ | 1 |"))
    assert "<td>⟨|x|⟩</td>\n<td>1</td>" in html


DISPLAY = (
    '<div class="equation" id="eq-2d7116"><div class="scroll">⟨x⟩</div>'
    '<a class="number unnumbered" href="#eq-2d7116" aria-label="Link to this equation">#</a></div>'
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("$$\nx\n$$", DISPLAY),
        ("$$ x $$", DISPLAY),
        (r"\[ x \]", DISPLAY),
        ("one\n$$\nx\n$$\ntwo", f"<p>one</p>\n{DISPLAY}\n\n<p>two</p>"),
        ("one\n\n$$\nx\n$$\n\ntwo", f"<p>one</p>\n{DISPLAY}\n\n<p>two</p>"),
        ("> one\n>\n> $$\n> x\n> $$", f"<blockquote>\n<p>one</p>\n{DISPLAY}\n\n</blockquote>"),
        ("- one\n\n    $$\n    x\n    $$", f"<ul>\n<li>\n<p>one</p>\n{DISPLAY}\n\n</li>\n</ul>"),
        (
            '!!! note "N"\n    $$\n    x\n    $$\n\n    two',
            '<div class="admonition note">\n<p class="admonition-title">N</p>\n'
            f"{DISPLAY}\n\n<p>two</p>\n</div>",
        ),
        (
            '<div class="step" markdown>\n\n$$\nx\n$$\n\ntwo\n\n</div>',
            f'<div class="step">\n{DISPLAY}\n\n<p>two</p>\n</div>',
        ),
    ],
)
def test_a_display_is_a_block_of_its_own(site: Site, text: str, html: str) -> None:
    without = re.sub(r"\n+", "\n", brief(site.convert(text)))
    assert without == re.sub(r"\n+", "\n", html)


def test_a_display_that_may_not_fit_is_a_box_that_a_keyboard_reaches(site: Site) -> None:
    html = brief(site.convert("$$\n" + " + ".join("abcdefghijk") + "\n$$"))
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Equation">' in html


def test_the_same_display_twice_has_two_addresses(site: Site) -> None:
    html = site.convert("$$\nx\n$$\n\n$$\nx\n$$")
    assert re.findall(r'id="([^"]*)"', html) == ["eq-2d7116", "eq-2d7116-2"]


def test_numbers_are_those_of_page_and_equation(site: Site) -> None:
    (site.root / "mkdocs.yml").write_text(
        "site_name: !ENV [NAME, x]\n"
        "nav:\n  - Home: second.md\n  # first.md\n  - More:\n      - first.md\n",
        encoding="utf-8",
    )
    site.write(
        first="$$\n\\label{eq:a}\na\n$$\n\n$$\nplain\n$$\n\n$$\n\\label{eq:b}\nb\n$$",
        second="---\ntitle: t\n---\nSee $\\eqref{eq:a}$ and $\\eqref{eq:c}$.\n\n"
        "$$\nc \\label{eq:c}\n$$",
        third="$$\nd \\label{eq:d}\n$$\n\n$d = \\eqref{eq:a}$",
    )
    first, second, third = (brief(site.page(name)) for name in ("first", "second", "third"))
    assert re.findall(r'<div class="equation" id="([^"]*)".*?<a[^>]*>(.*?)</a>', first) == [
        ("eq-a", "(2.1)"),
        ("eq-a116c9", "#"),
        ("eq-b", "(2.2)"),
    ]
    assert 'See <a href="first.md#eq-a">(2.1)</a> and <a href="#eq-c">(1.1)</a>.' in second
    assert 'aria-label="Link to equation (1.1)">(1.1)</a>' in second
    assert 'id="eq-d"' in third
    assert ">(3.1)</a>" in third
    site.mathematics.site.follow([{"Home": "third.md"}, {"More": ["second.md", "first.md"]}])
    assert ">(1.1)</a>" in brief(site.page("third"))
    assert ">(3.1)</a>" in brief(site.page("first"))


def test_a_number_within_a_formula_is_text(site: Site) -> None:
    site.write(one="$$\na \\label{eq:a}\n$$\n\nby $b \\overset{\\eqref{eq:a}}{=} c$")
    html = site.page("one")
    assert 'aria-label="b equals with (1.1) above c"' in html


def test_why_a_formula_is_not_checked_is_shown(site: Site) -> None:
    html = brief(site.convert("so $x$ <!-- unchecked: it is\n a <b>name</b> -->, and"))
    assert html == (
        '<p>so <span class="together">⟨x⟩<button type="button" class="unchecked"'
        ' popovertarget="unchecked-7ec600-1"'
        ' aria-label="Why this formula is not checked">?</button>'
        '<span class="unchecked" id="unchecked-7ec600-1" popover>'
        "Not checked: it is a &lt;b&gt;name&lt;/b&gt;</span>,</span> and</p>"
    )
    html = brief(site.convert("$$\nx\n$$\n<!-- unchecked: a sketch -->"))
    assert html.endswith('#</a><p class="unchecked">Not checked: a sketch</p></div>')


def test_nothing_an_author_writes_becomes_html(site: Site) -> None:
    html = site.convert(r'$\text{"><script>alert(1)</script>}$')
    assert "<script" not in html
    assert 'data-tex="\\text{&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;}"' in html


def test_a_page_can_bring_its_styles_with_it(site: Site) -> None:
    assert "<style>@font-face{font-family:nn3doc-mathematics;" in site.convert("$x$", embed=True)


def test_marks_on_symbols_change_nothing_but_what_can_be_addressed(site: Site) -> None:
    plain = site.convert("$W + b$")
    site.mathematics.annotator = lambda file, region: region.body.replace("W", r"\data{sym=W}{W}")
    marked = site.convert("$W + b$")
    opening = re.compile(r"<svg[^>]*>")
    assert opening.findall(marked) == opening.findall(plain)
    assert '<text data-sym="W" x="0">' in marked


def test_tex_in_a_marked_formula_is_refused_at_its_own_place(site: Site) -> None:
    site.mathematics.annotator = lambda file, region: region.body.replace("W", r"\data{sym=W}{W}")
    site.write(one="so $W + \\foo$")
    with pytest.raises(MathematicsError) as error:
        site.page("one")
    assert str(error.value).splitlines()[2] == "      |         ^^^^"


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        (
            {"a": "---\ntitle: t\n---\n\nso $x + \\foo{y}$\n"},
            r"""
            docs/a.md:5:9: MathJax cannot typeset this: Undefined control sequence \foo
                5 | so $x + \foo{y}$
                  |         ^^^^""",
        ),
        (
            {"a": "one\n\n$$\na \\\\\n  \\begin{bmatrix} b \\end{aligned}\n$$\n"},
            r"""
            docs/a.md:5:21: MathJax cannot typeset this: \begin{bmatrix} ended with \end{aligned}
                5 | \begin{bmatrix} b \end{aligned}
                  |                   ^^^^^^^^^^^^^""",
        ),
        (
            {"a": "$\\frac{a}{b$"},
            r"""
            docs/a.md:1:11: MathJax cannot typeset this: Missing close brace
                1 | $\frac{a}{b$
                  |           ^""",
        ),
        (
            {"a": "$\\foo$ and $\\bar$", "b": "$a^2^3$"},
            r"""
            docs/a.md:1:2: MathJax cannot typeset this: Undefined control sequence \foo
                1 | $\foo$ and $\bar$
                  |  ^^^^

            docs/a.md:1:13: MathJax cannot typeset this: Missing argument for \bar
                1 | $\foo$ and $\bar$
                  |             ^^^^

            docs/b.md:1:6: MathJax cannot typeset this: Double exponent: use braces to clarify
                1 | $a^2^3$
                  |      ^""",
        ),
        (
            {"a": "so $\\textcolor{blue}{x}$"},
            r"""
            docs/a.md:1:16: blue is no colour of these pages
                1 | so $\textcolor{blue}{x}$
                  |                ^^^^
              The colours are loss, output, back, hidden and input: \textcolor{loss}{…}""",
        ),
        (
            {"a": "one\n\n$$\nx\n\ntwo\n"},
            r"""
            docs/a.md:3:1: this display is never closed
                3 | $$
                  | ^^
              Close it with $$.""",
        ),
        (
            {"a": "$$\n\\label{eq:cost}\nx\n$$", "b": "see $\\eqref{eq:cots}$"},
            r"""
            docs/b.md:1:6: no equation has the label eq:cots
                1 | see $\eqref{eq:cots}$
                  |      ^^^^^^^^^^^^^^^
              Did you mean eq:cost?""",
        ),
        (
            {"a": "see $\\eqref{eq:cost}$"},
            r"""
            docs/a.md:1:6: no equation has the label eq:cost
                1 | see $\eqref{eq:cost}$
                  |      ^^^^^^^^^^^^^^^
              Write \label{eq:cost} into the display that is meant.""",
        ),
        (
            {"a": "$$\n\\label{eq:x}\nx\n$$", "b": "$$\n\\label{eq:x}\ny\n$$"},
            r"""
            docs/b.md:2:1: two equations have the label eq:x
                2 | \label{eq:x}
                  | ^^^^^^^^^^^^
              The other one is (1.1) in a.md.""",
        ),
        (
            {"a": "$$\n\\label{eq:x}\nx \\label{eq:y}\n$$"},
            r"""
            docs/a.md:3:3: this display has a label already, and a display has one number
                3 | x \label{eq:y}
                  |   ^^^^^^^^^^^^
              Split it into two displays, or leave out one \label.""",
        ),
        (
            {"a": "so $\\label{eq:x} x$"},
            r"""
            docs/a.md:1:5: an inline formula has no number
                1 | so $\label{eq:x} x$
                  |     ^^^^^^^^^^^^
              Write the formula as a display, between $$ and $$, or leave out the \label.""",
        ),
        (
            {"a": "$$\n\\label{cost}\nx\n$$"},
            r"""
            docs/a.md:2:1: cost is no label for an equation
                2 | \label{cost}
                  | ^^^^^^^^^^^^
              Write \label{eq:name}, the name of letters, digits and hyphens.""",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else "+".join(value),
)
def test_what_cannot_be_set_stops_the_build(
    site: Site, pages: dict[str, str], message: str
) -> None:
    site.write(**pages)
    with pytest.raises(MathematicsError) as error:
        site.mathematics.prepare()
    expected = "\n".join(line[12:] for line in message.strip("\n").split("\n"))
    assert str(error.value) == expected


def test_a_page_that_cannot_be_read_stops_the_build_with_what_the_check_says(site: Site) -> None:
    site.write(one="$x$")
    page = site.root / "docs" / "two.md"
    page.write_bytes("One\n\nGr\xf6\xdfe $x$\n".encode("latin-1"))
    with pytest.raises(MathematicsError) as error:
        site.mathematics.prepare()
    assert str(error.value) == (
        "docs/two.md:3:3: this page is not UTF-8: the byte 0xf6 cannot be read\n"
        "    3 | Gr��e $x$\n"
        "      |   ^\n"
        "  Save the page as UTF-8."
    )
    page.write_bytes(b" " * 10_000_001)
    with pytest.raises(MathematicsError) as error:
        site.mathematics.prepare()
    assert str(error.value) == (
        "docs/two.md: this page is too large: at most 10,000,000 bytes are read"
    )
    page.unlink()
    page.mkdir()  # a folder is no page, whatever its name
    site.mathematics.prepare()


def test_what_is_wrong_is_told_until_it_is_mended(site: Site) -> None:
    site.write(one="$\\foo$")
    for _ in range(2):
        with pytest.raises(MathematicsError):
            site.mathematics.prepare()
    site.write(one="$x$")
    site.mathematics.prepare()


def test_a_page_that_was_changed_is_read_again(site: Site) -> None:
    site.write(one="$$\n\\label{eq:x}\nx\n$$", two="$\\eqref{eq:x}$")
    assert ">(1.1)</a>" in site.page("two")
    site.write(one="$$\n\\label{eq:w}\nw\n$$\n\n$$\n\\label{eq:x}\nx\n$$")
    assert ">(1.2)</a>" in site.page("two")


def test_two_builds_of_the_same_pages_are_the_same(site: Site, tmp_path: Path) -> None:
    site.write(one="$a + b$", two="$$\nb^2 \\label{eq:b}\n$$")

    def built() -> list[str]:
        mathematics = Mathematics(site.root / "docs", tmp_path / "cache")
        mathematics.prepare()
        pages = []
        for name, file in mathematics.site.files.items():
            mathematics.begin(name, file.body)
            pages += [
                mathematics.inline(file, region)
                if region.kind == "inline"
                else mathematics.display(file, region)
                for region in file.formulas
            ]
        return [*pages, mathematics.style()]

    assert built() == built()
