"""Pages as tests: everything on them is collected, and what is wrong fails at its own place."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sybil import Example
from sybil.example import SybilFailure

from nn3doc.equations.sybil import (
    DocstringDocument,
    PageDocument,
    docstring_regions,
    docstring_tests,
    page_regions,
    page_tests,
)

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

# --- nothing is left out ------------------------------------------------------------------------

# Counted line by line, with nothing of the scanner that collects them.
OPENING = re.compile(
    r"^[ \t>]*(?:[-*+] |\d+[.)] )?(?P<ticks>`{3,}|~{3,})\s*\{?\s*\.?(?P<name>[\w-]*)"
)
PYTHON = {"python", "py", "python3", "py3", "pycon", "doctest"}


def python_lines(text: str) -> list[int]:
    """The lines of a page that open a fence with Python or a block of hidden code."""
    found, closing = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip(" \t>")
        if closing:
            closing = "" if bare == closing else closing
        elif opening := OPENING.match(line):
            closing = opening["ticks"]
            if opening["name"].lower() in PYTHON:
                found.append(number)
        elif bare.startswith("<!-- invisible-code"):
            found.append(number)
    return found


def display_lines(text: str) -> list[int]:
    """The lines of a page that open a display with a line of nothing but `$$`."""
    marks, closing = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip(" \t>")
        if closing:
            closing = "" if bare == closing else closing
        elif opening := OPENING.match(line):
            closing = opening["ticks"]
        elif bare == "$$":
            marks.append(number)
    return marks[::2]


def collected(path: Path, kind: Callable[[Example], bool]) -> list[int]:
    document = page_tests(path.parent, ["*.md"]).parse(path)
    return [example.line for example in document.examples() if kind(example)]


def is_code(example: Example) -> bool:
    return hasattr(example.parsed, "source")


def is_display(example: Example) -> bool:
    return getattr(example.parsed, "kind", "") == "display"


def test_the_pages_are_there() -> None:
    assert len(PAGES) > 5
    assert sum(len(python_lines(path.read_text(encoding="utf-8"))) for path in PAGES) > 50


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_fence_of_every_page_is_collected(path: Path) -> None:
    assert collected(path, is_code) == python_lines(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_display_of_every_page_is_collected(path: Path) -> None:
    assert collected(path, is_display) == display_lines(path.read_text(encoding="utf-8"))


SPELLINGS = [
    "```python",
    "```py",
    '```python title="a.py"',
    "```{.python}",
    "``` { .python }",
    "~~~python",
    "````python",
    "```pycon",
    "  ```python",
    "- ```python",
    "> ```python",
    "```Python",
    '```python source="json.dumps"',
]


@pytest.mark.parametrize("opening", SPELLINGS)
def test_a_fence_is_counted_and_collected_whatever_its_spelling(
    opening: str, tmp_path: Path
) -> None:
    ticks = re.sub(r"[^`~]", "", opening)
    front = opening.partition(ticks)[0]
    page = tmp_path / "page.md"
    page.write_text(f"Text.\n\n{opening}\n{front.replace('-', ' ')}{ticks}\n", encoding="utf-8")
    assert python_lines(page.read_text(encoding="utf-8")) == [3]
    assert collected(page, is_code) == [3]


# --- what an example says -----------------------------------------------------------------------

NOTATION = dedent(
    """\
    | Symbol | Python | Shape | Meaning |
    | --- | --- | --- | --- |
    | $x$ | `x` | $\\mathbb{R}$ | a number |
    | $y$ | `y` | $\\mathbb{R}$ | another |

    """
)


def outcomes(path: Path, order: Callable[[list[Example]], list[Example]] = list) -> dict[str, str]:
    """What the examples of a page say when they are run in some order: `line:column` → message."""
    document = page_tests(path.parent, ["*.md"]).parse(path)
    said = {}
    for example in order(list(document.examples())):
        try:
            example.evaluate()
            said[f"{example.line}:{example.column}"] = ""
        except SybilFailure as failure:
            said[f"{example.line}:{example.column}"] = failure.result.strip("\n")
    return said


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes a page behind the notation table, which is 5 lines long."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = tmp_path / "page.md"
        path.write_text(NOTATION + dedent(text), encoding="utf-8")
        return path

    return write


CODE = """\
    ```python
    a = 1
    print(a)
    ```

    ```output
    1
    ```

    ```python
    a = a + 1
    print(a)
    ```

    ```output
    3
    ```

    ```python
    print(a)
    ```

    ```output
    2
    ```
    """
WRONG_OUTPUT = """\
page.md:21:1: the code above prints something else
   21 | 3
      | ^
  the page shows: 3
  it prints:      2"""

ORDERS: dict[str, Callable[[list[Example]], list[Example]]] = {
    "as written": list,
    "from the end": lambda examples: examples[::-1],
    "the last one alone": lambda examples: examples[-1:],
    "twice": lambda examples: [*examples, *examples],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_code_gives_the_same_in_any_order(
    order: Callable[[list[Example]], list[Example]], page: Callable[[str], Path]
) -> None:
    said = outcomes(page(CODE), order)
    expected = {"6:1": "", "15:1": WRONG_OUTPUT, "24:1": ""}
    assert {place: said[place] for place in expected if place in said} == {
        place: text for place, text in expected.items() if place in said
    }
    assert "24:1" in said


def test_an_example_that_needs_failed_code_fails_too(page: Callable[[str], Path]) -> None:
    said = outcomes(
        page(
            """\
            ```python
            b = missing
            ```

            ```python
            c = b
            ```
            """
        )
    )
    assert said["10:1"] == (
        "page.md:11:5: not checked: it needs b, which the code on line 7 failed to assign\n"
        "   11 | c = b\n"
        "      |     ^"
    )


def test_each_formula_fails_at_its_own_place(page: Callable[[str], Path]) -> None:
    said = outcomes(
        page(
            """\
            Let $y = x + 1$, so that $y - x = 1$ and $y - 2 = x$.

            $$
            y - x = 2
            $$
            """
        )
    )
    failing = {place: text.splitlines()[0] for place, text in said.items() if text}
    assert sorted(failing) == ["6:42", "8:1"]
    assert failing["6:42"].startswith("page.md:6:")
    assert failing["8:1"].startswith("page.md:9:")


def test_code_above_a_formula_is_what_it_is_held_against(page: Callable[[str], Path]) -> None:
    text = """\
        ```python
        x = 2
        y = {value}
        ```

        $$
        y = x^2 + 1
        $$

        And so $x^2 = y - 1$.
        """
    assert set(outcomes(page(text.replace("{value}", "5"))).values()) == {""}
    wrong = outcomes(page(text.replace("{value}", "4")))
    assert [place for place, said in wrong.items() if said] == ["11:1"]


@pytest.mark.parametrize(
    ("content", "first"),
    [
        (b"a\xe9b", "page.md:1:2: this page is not UTF-8: the byte 0xe9 cannot be read"),
        (b"Text\n\n$$\na\n", "page.md:3:1: this display is never closed"),
        (b"Text\n\n```python\na\n", "page.md:3:1: this fence is never closed"),
    ],
    ids=["bytes", "display", "fence"],
)
def test_a_page_that_cannot_be_read_fails_as_itself(
    content: bytes, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "page.md"
    path.write_bytes(content)
    said = outcomes(path)
    assert list(said) == ["1:1"]
    assert said["1:1"].splitlines()[0] == first


@pytest.mark.parametrize("first", ["$y = x$", "$$\ny = x\n$$", "```python\ny = 1\n```"])
def test_a_page_may_begin_with_what_is_checked(first: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(first, encoding="utf-8")
    examples = list(page_tests(tmp_path, ["*.md"]).parse(path).examples())
    assert [example.parsed is None for example in examples] == [True, False]


def test_a_page_that_is_right_says_nothing(page: Callable[[str], Path]) -> None:
    path = page("Let $y = x + 1$, so that $y - x = 1$.\n")
    assert set(outcomes(path).values()) == {""}


# --- docstrings ---------------------------------------------------------------------------------


def test_docstrings_of_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "module_with_docstrings.py"
    path.write_text(
        dedent(
            '''\
            """A module: $ and `$$` mean nothing here.

            >>> double(2)
            4
            """


            def double(x):
                """Twice, as in

                >>> y = double(3)
                >>> y
                7

                or in a fence:

                ```python
                print(double(y))
                ```

                ```output
                12
                ```
                """
                return 2 * x  # >>> not(a doctest)
            '''
        ),
        encoding="utf-8",
    )
    document = docstring_tests(tmp_path, ["*.py"]).parse(path)
    said = {}
    for example in document.examples():
        try:
            example.evaluate()
            said[example.line] = ""
        except SybilFailure as failure:
            said[example.line] = failure.result.strip("\n")
    assert said == {
        3: "",
        11: "module_with_docstrings.py:12:5: this prints something else\n"
        "   12 | >>> y\n"
        "      | ^^^^^\n"
        "  the page shows: 7\n"
        "  it prints:      6",
        17: "",
    }


PIECES = [
    *("```", "```python", "```output", "~~~", ">", "- ", "    ", "\n", "\n\n", "x = 1", ">>> 1"),
    *("<!-- invisible-code-block: python\n", "<!-- unchecked: a -->", "-->", "$", "$$", "`", "\\["),
    *("\\]", "\\begin{align}", "\\end{align}", "---", "<pre>", "</pre>", "x", "|"),
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_fuzz_examples_never_overlap(text: str) -> None:
    for document, regions in (
        (PageDocument(text, "page.md"), page_regions),
        (DocstringDocument(f'"""\n{text}\n"""'.replace("\\", "/"), "page.py"), docstring_regions),
    ):
        for region in regions(document):
            document.add(region)  # raises where two overlap
        assert len(list(document.examples())) == len(document.regions)


# --- through pytest -----------------------------------------------------------------------------

CONFTEST = """\
from pathlib import Path
from nn3doc.equations.sybil import collect
pytest_collect_file = collect(Path(__file__).parent, pages=["*.md"])
"""


def pytest_says(folder: Path, *arguments: str) -> str:
    """What pytest prints in a folder, without anything of this repository's settings."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


def test_pytest_runs_pages_on_two_cores_and_one_example_alone(
    page: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    page(CODE)
    (tmp_path / "other.md").write_text(NOTATION + "Let $y = x$.\n", encoding="utf-8")
    both = pytest_says(tmp_path, "-n2", "--dist=load")
    assert WRONG_OUTPUT in both
    assert re.search(r"1 failed, \d+ passed", both)
    alone = pytest_says(tmp_path, "page.md::line:24,column:1")
    assert re.search(r"^1 passed", alone, re.MULTILINE)


def test_the_formulas_of_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cells = [
        {"cell_type": "markdown", "source": [NOTATION, "\n", "Let $y = x + 1$."]},
        {"cell_type": "code", "source": "raise SystemExit('not run here')", "outputs": []},
        {"cell_type": "markdown", "source": "So $y - x = 2$ and $y - x = 1$."},
    ]
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    said = outcomes(path)
    failing = [text.splitlines()[0] for text in said.values() if text]
    assert failing == ["page.ipynb:13:13: the two sides differ"]
    assert len(said) == 8
