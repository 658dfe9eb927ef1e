"""Source of the package on a page: which lines, how they come out, and what is refused."""

import subprocess
import sys
from pathlib import Path

import markdown
import pytest

from nn3doc.equations.text.excerpts import SourceError, excerpt
from nn3doc.site.code.source_extension import check_sources
from nn3doc.site.formulas.mathematics import shared_mathematics
from nn3doc.site.formulas.site_formulas import MathematicsError

MODULE = '''\
"""A module."""

raise SystemExit("it is read, never run")


def gradient(W2, dZ2, A1):
    """The gradient.

    Longer.
    """
    # The shape of A1 stays.
    m = A1.shape[1]
    dZ1 = (W2.T @ dZ2) * (A1 * (1 - A1))
    if m > 1:
        dW1, db1 = (
            dZ1 / m,
            dZ1.sum() / m,
        )
    é = "é"; y = W2.T
    return dW1, db1


class Net:
    def step(self):
        return 1
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lesson").mkdir()
    (tmp_path / "lesson" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "lesson" / "net.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    return tmp_path


def shown(
    name: str, show: str = "", *, docstring: bool = False, signature: bool = True
) -> list[str]:
    found = excerpt(f"lesson.net.{name}", show.split(), docstring=docstring, signature=signature)
    return [f"{line.number} {line.text}" for line in found.lines]


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("show", "lines"),
    [
        ("m", ["12 m = A1.shape[1]"]),
        ("dZ1", ["13 dZ1 = (W2.T @ dZ2) * (A1 * (1 - A1))"]),
        ("dZ1 m", ["12 m = A1.shape[1]", "13 dZ1 = (W2.T @ dZ2) * (A1 * (1 - A1))"]),
        ("db1", ["15 dW1, db1 = (", "16     dZ1 / m,", "17     dZ1.sum() / m,", "18 )"]),
        ("return", ["20 return dW1, db1"]),
    ],
)
def test_the_statements_that_assign_a_name(show: str, lines: list[str]) -> None:
    assert shown("gradient", show) == lines


@pytest.mark.usefixtures("package")
def test_a_whole_function() -> None:
    body = MODULE.splitlines()
    assert shown("gradient") == [
        "6 def gradient(W2, dZ2, A1):",
        *(f"{number} {body[number - 1]}" for number in range(11, 21)),
    ]
    assert shown("gradient", docstring=True) == [
        f"{number} {body[number - 1]}".rstrip() if body[number - 1] else f"{number} "
        for number in range(6, 21)
    ]
    assert shown("gradient", signature=False)[0] == "11 # The shape of A1 stays."
    assert shown("Net.step") == ["24 def step(self):", "25     return 1"]


@pytest.mark.usefixtures("package")
def test_colours_of_expressions_count_characters() -> None:
    colours = [("back", "W2.T"), ("hidden", "A1*(1-A1)")]
    found = excerpt("lesson.net.gradient", ["dZ1", "y"], colours=colours)
    assert [
        (line.text[start:end], colour)
        for line in found.lines
        for start, end, colour in line.colours
    ] == [("W2.T", "back"), ("A1 * (1 - A1)", "hidden"), ("W2.T", "back")]


def test_nothing_is_imported_to_show_the_network() -> None:
    code = (
        "import sys; from nn3doc.equations.text import excerpt;"
        "excerpt('nn3doc.network.backward_propagation'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("name", "show", "colours", "message", "note"),
    [
        ("lessen.net.f", "", {}, "there is no package lessen", ""),
        ("lesson.net", "", {}, "lesson.net is a module, not a function", ""),
        (
            "lesson.net.gradiant",
            "",
            {},
            "lesson/net.py has no function gradiant",
            "Its functions are gradient. Did you mean gradient?",
        ),
        (
            "lesson.net.Net",
            "",
            {},
            "lesson/net.py has no function Net",
            "Its functions are gradient.",
        ),
        (
            "lesson.net.gradient",
            "dZ2",
            {},
            "gradient assigns no dZ2",
            "Its names are dW1, dZ1, db1, m, y, é. Did you mean dZ1?",
        ),
        ("lesson.net.gradient", "", {"back": "W2 @"}, "W2 @ is no expression", ""),
        ("lesson.net.gradient", "", {"back": "W9"}, "the lines shown have no W9", ""),
    ],
)
def test_what_is_not_there(
    name: str, show: str, colours: dict[str, str], message: str, note: str
) -> None:
    with pytest.raises(SourceError) as error:
        excerpt(name, show.split(), colours=colours.items())
    assert (str(error.value), error.value.note) == (message, note)


def convert(root: Path, text: str) -> str:
    places = {"docs_dir": str(root / "docs"), "cache": str(root / "cache")}
    names = ("nn3doc.site.formulas.math_extension", "nn3doc.site.code.source_extension")
    return markdown.markdown(
        text,
        extensions=["md_in_html", "attr_list", "pymdownx.superfences", "pymdownx.details", *names],
        extension_configs=dict.fromkeys(names, places),
    )


FENCE = (
    '```python source="lesson.net.gradient" show="dZ1" color="back: W2.T; hidden: A1 * (1 - A1)"'
)


def test_a_fence_is_filled_when_the_page_is_made(package: Path) -> None:
    (package / "docs" / "reference.md").write_text("", encoding="utf-8")
    html = convert(package, f"one\n\n{FENCE}\n```\n\ntwo")
    assert html == (
        '<p>one</p>\n<div class="source">'
        '<p><a href="reference.md#lesson.net.gradient"><code>gradient</code></a>'
        " lesson/net.py, line 13</p>\n"
        '<div class="language-python highlight" data-file="lesson/net.py" data-first="13"'
        ' data-function="lesson.net.gradient"><pre><span></span><code><span data-line="13">'
        '<span class="n">dZ1</span> <span class="o">=</span> <span class="p">(</span>'
        '<span class="c-back"><span class="n">W2</span><span class="o">.</span>'
        '<span class="n">T</span></span> <span class="o">@</span> <span class="n">dZ2</span>'
        '<span class="p">)</span> <span class="o">*</span> <span class="p">(</span>'
        '<span class="c-hidden"><span class="n">A1</span> <span class="o">*</span>'
        ' <span class="p">(</span><span class="mi">1</span> <span class="o">-</span>'
        ' <span class="n">A1</span><span class="p">)</span></span><span class="p">)</span>\n</span>'
        "</code></pre></div>\n</div>\n<p>two</p>"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<div class="step" markdown>\n\n$$\nx\n$$\n\n', "\n\n</div>"),
        ('??? success "Answer"\n    ', ""),
        ("- ", ""),
    ],
)
def test_a_fence_is_filled_wherever_it_stands(package: Path, before: str, after: str) -> None:
    indent = " " * 4 if before.endswith(("    ", "- ")) else ""
    html = convert(package, f"{before}{FENCE}\n{indent}```{after}")
    assert "<code>gradient</code> lesson/net.py, line 13" in html
    assert '<span data-line="13">' in html
    assert "source=" not in html


@pytest.mark.parametrize(
    ("fence", "message"),
    [
        (
            '```python source="lesson.net.gradiant"\n```',
            """
            docs/page.md:5:19: lesson/net.py has no function gradiant
                5 | ```python source="lesson.net.gradiant"
                  |                   ^^^^^^^^^^^^^^^^^^^
              Its functions are gradient. Did you mean gradient?""",
        ),
        (
            '```python source="lesson.net.gradient" show="dZ1 dZ9"\n```',
            """
            docs/page.md:5:50: gradient assigns no dZ9
                5 | ```python source="lesson.net.gradient" show="dZ1 dZ9"
                  |                                                  ^^^
              Its names are dW1, dZ1, db1, m, y, é. Did you mean dZ1?""",
        ),
        (
            '```python source="lesson.net.gradient" color="red: W2"\n```',
            """
            docs/page.md:5:47: red is no colour of these pages
                5 | ```python source="lesson.net.gradient" color="red: W2"
                  |                                               ^^^
              They are loss, output, back, hidden, input.""",
        ),
        (
            '```python source="lesson.net.gradient" shows="dZ1"\n```',
            """
            docs/page.md:5:40: there is no option shows
                5 | ```python source="lesson.net.gradient" shows="dZ1"
                  |                                        ^^^^^
              The options are source, show, docstring, signature, color.""",
        ),
        (
            '```python source="lesson.net.gradient"\nx = 1\n```',
            """
            docs/page.md:6:1: a fence with source= is filled when the page is made
                6 | x = 1
                  | ^^^^^
              Leave its body empty.""",
        ),
    ],
)
def test_what_cannot_be_shown_stops_the_build(package: Path, fence: str, message: str) -> None:
    body = f"\n{fence}\n"
    text = f"---\ntitle: t\n---\n{body}"
    (package / "docs" / "page.md").write_text(text, encoding="utf-8")
    mathematics = shared_mathematics((package / "docs").resolve(), (package / "cache").resolve())
    for act in (lambda: check_sources(mathematics, body), lambda: convert(package, body)):
        with pytest.raises(MathematicsError) as error:
            act()
        expected = "\n".join(line[12:] for line in message.strip("\n").split("\n"))
        assert str(error.value) == expected
