"""What a reader may see and the checker does not read is told, and fails a page strictly."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nn3doc.commands import main
from nn3doc.equations.text.markdown import formulas
from nn3doc.equations.unread.mathematics import unread, unread_file

# What stands on the page, and what of it is told.
TOLD: dict[str, tuple[str, list[str]]] = {
    "blanks inside the dollar signs": ("Here $ 1 + 1 = 3 $ stands.", ["$ 1 + 1 = 3 $"]),
    "a blank behind the first": ("Here $ x = 3$ stands.", ["$ x = 3$"]),
    "a blank before the last": ("Here $x = 3 $ stands.", ["$x = 3 $"]),
    "a line's end inside": ("Here $\nx = 3\n$ stands.", ["$\nx = 3\n$"]),
    "a number behind the last": ("Here $1 + 1 = 3$0 stands.", ["$1 + 1 = 3$"]),
    "a formula with money's form": ("So $5 = 6 $7 stands.", ["$5 = 6 $"]),
    "two on a line": ("$ a $ and $ b $", ["$ a $", "$ b $"]),
    "doubled backslashes, inline": (r"Here \\(1 + 1 = 3\\) stands.", [r"\\(1 + 1 = 3\\)"]),
    "doubled backslashes, display": ("\\\\[\n1 + 1 = 3\n\\\\]", ["\\\\[\n1 + 1 = 3\n\\\\]"]),
    "a directive": ("```{note}\nHere $1 + 1 = 3$.\n```\n", ["$1 + 1 = 3$"]),
    "a directive in one": (
        "````{note}\n```{tip}\n$a = b$\n```\n$ c $\n````\n",
        ["$a = b$", "$ c $"],
    ),
    "an unknown directive": ("```{theorem} Name\n$1 + 1 = 3$\n```\n", ["$1 + 1 = 3$"]),
    "a directive of colons": (":::{math}\n1 + 1 = 3\n:::\n", [":::{math}\n1 + 1 = 3\n:::"]),
    "a role": ("Here {math}`1 + 1 = 3` stands.", ["{math}`1 + 1 = 3`"]),
    "a role of reStructuredText": ("Here :math:`1 + 1 = 3` stands.", [":math:`1 + 1 = 3`"]),
    "a directive of reStructuredText": (".. math:: 1 + 1 = 3\n", [".. math:: 1 + 1 = 3"]),
    "a script": (
        'A <script type="math/tex">1 + 1 = 3</script>',
        ['<script type="math/tex">1 + 1 = 3</script>'],
    ),
    "MathML": ("A <math><mi>x</mi></math> here", ["<math><mi>x</mi></math>"]),
    "an environment in a line": (
        r"A \begin{equation} 1 + 1 = 3 \end{equation}",
        [r"\begin{equation} 1 + 1 = 3 \end{equation}"],
    ),
    "an environment that needs dollar signs": (
        "\\begin{aligned} 1 + 1 &= 3 \\end{aligned}",
        ["\\begin{aligned} 1 + 1 &= 3 \\end{aligned}"],
    ),
    "a macro of AsciiDoc": ("Here stem:[1 + 1 = 3].", ["stem:[1 + 1 = 3]"]),
    "a short code": ("{{< katex >}}\n", ["{{< katex >}}"]),
    "a tag": ("[math]1 + 1 = 3[/math]", ["[math]1 + 1 = 3[/math]"]),
    "a fence of another tool": ("```katex\n1 + 1 = 3\n```\n", ["```katex\n1 + 1 = 3\n```"]),
}

NOT_TOLD = {
    "money": "It costs $5, or $6 today, and 7$ or 8$ elsewhere.",
    "one sign": "It costs $ 5.",
    "signs in two paragraphs": "A $ here.\n\nA $ there.",
    "escaped signs": r"\$ 1 + 1 = 3 \$",
    "code": "`$ 1 = 2 $` and ``{math}`a` ``\n\n```python\nx = '$ a $'\n```\n",
    "a directive that is code": "```{code-block} tex\n$a$\n```\n\n```{python}\n'$a$'\n```\n",
    "what is read": "$a$ \\(b\\) $$ c $$ \\[ d \\]\n\n:::{note}\n$a$\n:::\n\n```{math}\na\n```\n",
    "a comment": "<!-- $ 1 = 2 $ \\\\(a\\\\) -->",
    "rows in a display": "$$\n\\begin{aligned} a \\\\[2pt] b \\\\(c) \\end{aligned}\n$$",
    "front matter": "---\ntitle: $ a $\n---\n",
}


@pytest.mark.parametrize(("text", "expected"), TOLD.values(), ids=TOLD)
def test_what_may_be_mathematics_is_told(text: str, expected: list[str]) -> None:
    assert [text[one.start : one.end].strip("\n") for one in unread(text)] == expected
    assert all(not one.failing and one.notes for one in unread(text))
    assert all(one.failing for one in unread(text, failing=True))


@pytest.mark.parametrize("text", NOT_TOLD.values(), ids=NOT_TOLD)
def test_what_is_none_is_not_told(text: str) -> None:
    assert unread(text) == []


def test_the_dollar_signs_of_gitlab_are_read() -> None:
    (region,) = formulas("Here $`1 + 1 = 3`$ stands.")
    assert region.body == "1 + 1 = 3"


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["check", *arguments])
        return code, *capsys.readouterr()

    return run


Check = Callable[..., tuple[int, str, str]]


def test_the_last_line_counts_it_and_strictly_it_fails(check: Check) -> None:
    Path("page.md").write_text("Here $ 1 + 1 = 3 $ stands.\n", encoding="utf-8")
    last = (
        "no formulas on 1 page; 0 comparisons, no difference; 0 failed; 0 unchecked;"
        " 1 seen but not read"
    )
    code, out, _ = check("page.md")
    assert (code, out.splitlines()[-1]) == (0, last)
    assert out.startswith("page.md:1:6: warning: mathematics that is not read: dollar signs with")
    code, out, _ = check("page.md", "--strict")
    assert (code, out.splitlines()[-1]) == (1, last)
    code, out, _ = check("page.md", "--json", "--strict")
    assert (code, json.loads(out)["summary"]["unread"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.rst", "Here :math:`1 + 1 = 3` stands.\n"),
        ("a.py", '"""Adds: $1 + 1 = 3$."""\n'),
        ("a.txt", "Here $1 + 1 = 3$ stands.\n"),
        ("a.tex", "\\begin{equation}\n1 + 1 = 3\n\\end{equation}\n"),
        ("a.adoc", "stem:[1 + 1 = 3]\n"),
    ],
)
def test_a_file_that_is_no_page(name: str, text: str, check: Check) -> None:
    Path("page.md").write_text("So $1 + 1 = 2$.\n", encoding="utf-8")
    Path(name).write_text(text, encoding="utf-8")
    code, out, _ = check(".")
    assert code == 0
    assert out.startswith(f"{name}:1:")
    assert "warning: this file is no page: its mathematics is not read" in out
    assert out.splitlines()[-1].startswith("1 formula on 1 page: 1 holds; ")
    assert out.splitlines()[-1].endswith("; 0 unchecked; 1 seen but not read")
    assert check(".", "--strict")[0] == 1
    refused = f"nn3doc check: {name}: this is no Markdown page (*.md) and is not read\n"
    assert check(name) == (2, "", refused)


@pytest.mark.parametrize("text", ["import os\n", "print(f'${x} and ${y}')\n", "It costs $5.\n"])
def test_a_file_without_mathematics_is_not_told(text: str) -> None:
    assert unread_file("a.py", text) is None


@pytest.mark.parametrize("name", ["a.qmd", "a.Rmd", "a.mdx", "a.mkd", "a.markdown"])
def test_other_names_of_markdown_are_read(name: str, check: Check) -> None:
    Path(name).write_text("So $1 + 1 = 3$.\n", encoding="utf-8")
    code, out, _ = check(".")
    assert (code, out.splitlines()[0]) == (1, f"{name}:1:13: 3 stands here, it is 2")


def test_raw_cells_of_a_notebook(check: Check) -> None:
    cells = [{"cell_type": "raw", "metadata": {}, "source": ["Here $1 + 1 = 3$."]}]
    Path("a.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert check("a.ipynb")[1].splitlines()[-1].endswith("; 1 seen but not read")


def test_what_only_code_tests_is_told_without_code(check: Check) -> None:
    page = (
        "For a number $x$, let $$\\mathrm{twice}(x) = 2 x$$\n\n"
        "```python\ndef twice(x):\n    return x + x\n```\n"
    )
    Path("page.md").write_text(page, encoding="utf-8")
    assert check("page.md", "--strict")[0] == 0
    code, out, _ = check("page.md", "--no-code")
    assert code == 0
    assert "warning: untested definition: nothing restates it" in out
    assert "The page's code was not asked (--no-code)." in out
    assert check("page.md", "--no-code", "--strict")[0] == 1
