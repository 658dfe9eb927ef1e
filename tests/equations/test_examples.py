"""The examples on the pages do what they promise, and what is said of them is what the checker says."""

from pathlib import Path

import pytest

from nn3doc.equations.examples import Told, examples, shown, told_of_page

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ["check-your-own.md", "what-changed.md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_do_what_they_promise(page: str) -> None:
    path = DOCS / page
    told = told_of_page(path.read_text(encoding="utf-8"), path)
    assert len(told) >= 7
    assert [one.problem for one in told if one.problem] == []
    assert all(one.text for one in told)


def told(page: str, tmp_path: Path) -> list[Told]:
    """What is said of the examples of a page."""
    path = tmp_path / "page.md"
    path.write_text(page, encoding="utf-8")
    return told_of_page(page, path)


RIGHT = "For $x \\in \\mathbb{R}$, $2 x = x + x$.\n"
WRONG = "For $x \\in \\mathbb{R}$, $3 x = x + x$.\n"
SAID = """\
page.md:1:32: the two sides differ
    1 | For $x \\in \\mathbb{R}$, $3 x = x + x$.
      |                                ^^^^^
"""


def test_a_page_that_passes(tmp_path: Path) -> None:
    (one,) = told(f'```markdown check="passes"\n{RIGHT}```\n', tmp_path)
    said = (
        "2 formulas on 1 page: 1 holds, 1 declares; 43 comparisons, no difference; 0 failed; "
        "0 unchecked"
    )
    assert one == Told(said)


def test_a_page_that_fails(tmp_path: Path) -> None:
    (one,) = told(f'```markdown check="fails"\n{WRONG}```\n', tmp_path)
    assert one.text.startswith(SAID)
    assert one.problem == ""


@pytest.mark.parametrize(
    ("promise", "body", "problem"),
    [
        ("fails", RIGHT, "nothing is found"),
        ("passes", WRONG, "this does otherwise:\n" + SAID),
        ("warns", RIGHT, "this does otherwise:\n"),
        ("perhaps", RIGHT, 'check="perhaps" is not known for markdown'),
    ],
)
def test_a_broken_promise_is_told(promise: str, body: str, problem: str, tmp_path: Path) -> None:
    (one,) = told(f'```markdown check="{promise}"\n{body}```\n', tmp_path)
    assert one.problem.startswith(problem)


NOTATION = """\
````markdown check="warns" name="notation"
| Symbol | Shape |
| --- | --- |
| $x$ | $\\mathbb{R}$ |

$$
s = 2 x
$$
````
"""


def test_pairs_have_the_notation_and_the_definitions_of_the_page(tmp_path: Path) -> None:
    page = f'{NOTATION}\n```markdown check="cures"\n$s^T = x$\n$s = x + x$\n```\n'
    assert told(page, tmp_path)[1] == Told(
        "page.md:1:4: a number is transposed\n"
        "    1 | $s^T = x$\n"
        "      |    ^\n"
        "  Leave the transpose out.\n"
        "   ok | $s = x + x$"
    )


def test_pairs_that_are_none(tmp_path: Path) -> None:
    page = f'{NOTATION}\n```markdown check="cures"\n$s = 2 x$\n$s = t$\n```\n'
    assert told(page, tmp_path)[1].problem == (
        "nothing is found in $s = 2 x$\n"
        "this fails:\n"
        "page.md:1:6: unknown symbol t\n"
        "    1 | $s = t$\n"
        "      |      ^\n"
        "  Declare it in the notation table or by \\in, or define it by =."
    )


def test_a_display_keeps_its_line_and_the_notation_of_its_page(tmp_path: Path) -> None:
    page = f'{RIGHT}\n```tex check="fails"\nx^T = 1\n```\n'
    (one,) = told(page, tmp_path)
    assert one == Told(
        "page.md:4:3: a number is transposed\n"
        "    4 | x^T = 1\n"
        "      |   ^\n"
        "  Leave the transpose out.\n"
    )


def test_what_is_said_stands_behind_the_example() -> None:
    page = 'A\n\n````markdown check="fails"\n```x\n```\n````\n\nB\n'
    assert shown(page, [Told("said\n")]) == (
        "A\n\n````markdown\n```x\n```\n````\n\n````text\nsaid\n````\n\nB\n"
    )


def test_pairs_are_shown_as_what_is_said_of_them() -> None:
    page = 'A\n\n```markdown check="cures"\n$a$\n$b$\n```\n\nB\n'
    assert shown(page, [Told("said")]) == "A\n\n````text\nsaid\n````\n\nB\n"


def test_a_page_that_cannot_be_read_has_no_examples() -> None:
    assert examples("$$\n") == []
