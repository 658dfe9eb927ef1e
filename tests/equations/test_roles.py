"""The part that a formula plays: the words in front of it, and the tables for authors."""

from pathlib import Path

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.model.roles import WORDS, Prose, roles_table, words_table
from nn3doc.equations.tex.tokens import RELATIONS
from nn3doc.equations.text.markdown import scan
from nn3doc.equations.verdict.relations import MEANINGS, meanings_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "check-your-own.md"


@pytest.mark.parametrize("table", [roles_table, words_table, meanings_table])
def test_the_page_for_authors_has_the_table_of_the_module(table: object) -> None:
    assert callable(table)
    assert table() in PAGE.read_text(encoding="utf-8")


def test_every_relation_that_is_read_has_a_row() -> None:
    assert set(RELATIONS.values()) | {"colon"} == set(MEANINGS)


def test_no_word_stands_twice() -> None:
    assert len({word.text for word in WORDS}) == len(WORDS)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Let $x$", "introduces"),
        ("Let $a \\in A$ be a number, and $x$", "introduces"),
        ("Let $a$. Then $x$", "concludes"),
        ("Let $a$, so $x$", "concludes"),
        ("For all $a$ we have $x$", "concludes"),
        ("With a small constant $x$ it works", "introduces"),
        ("The result of the whole calculation is $x$", ""),
        ("For $a$ and $x$ this is so", "restricts"),
        ("For $a$, $x$.", ""),
        ("For $a$,\n\n$$x$$\n", ""),
        ("For $a$ let\n\n$$x$$\n", "introduces"),
        ("This is used for training: $x$", ""),
        ("Let $a$.\n\n- $x$", ""),
        ("Let $a$ be small, e.g. less than 1, and $x$", "introduces"),
        ("# Let\n\n$$x$$\n", ""),
        ("Choose $a$ such that $x$", "introduces"),
        ("It holds that $x$", "concludes"),
    ],
)
def test_words_in_front_of_a_formula(text: str, mode: str) -> None:
    regions = scan(text)
    last = [region for region in regions if region.body == "x"][-1]
    assert Prose(text, regions).words(last, 0).mode == mode


def test_words_inside_a_formula() -> None:
    text = r"$a = b \text{ where } z \implies y$"
    (region,) = scan(text)
    prose = Prose(text, [region])
    at = region.body.index
    assert [prose.words(region, at(letter)).mode for letter in "azy"] == [
        "",
        "introduces",
        "concludes",
    ]


def test_the_report_names_the_part_of_each_statement() -> None:
    text = (
        "Let $x \\in \\mathbb{R}$ with $x > 0$ and $y = x^2$. Then $\\sqrt{y} = x$. With $x = 2$ we get "
        "$y = 4$. A step is $x \\leftarrow x - y$, and $x$ is new.\n"
    )
    report = check_page(text, code=False)
    assert report.ok
    assert [equation.roles for equation in report.equations] == [
        ("declaration",),
        ("assumption",),
        ("definition",),
        ("claim",),
        ("example value",),
        ("claim",),
        ("update",),
        ("mention",),
    ]
