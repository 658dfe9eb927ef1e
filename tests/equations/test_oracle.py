"""Pairs made and judged by SymPy: the checker's verdicts must agree; `nox -s oracle` tries more."""

from random import Random
from typing import Any

import pytest
from sympy import Abs, Integer, Max, Rational, Symbol, exp, sqrt, tanh

from nn3doc.equations.page import inspect_page
from nn3doc.equations.verdict.checked import Checked
from tests.oracle import judge as judging
from tests.oracle.domains import REALS, points
from tests.oracle.judge import Judged, judge
from tests.oracle.make import CONSTRUCTS, pair, pairs
from tests.oracle.table import table, wrong
from tests.oracle.truth import truth

SEED = 2
COUNT = 12 * len(CONSTRUCTS)
x, y = Symbol("x", real=True), Symbol("y", real=True)


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return [judge(one) for one in pairs(COUNT, SEED)]


@pytest.mark.parametrize(
    "construct", [pair(SEED, number).construct for number in range(len(CONSTRUCTS))]
)
def test_verdicts_agree(construct: str, judged: list[Judged]) -> None:
    found = [one for one in judged if one.pair.construct == construct]
    assert wrong(found, examples=1) == ""


def test_most_pairs_are_read(judged: list[Judged]) -> None:
    assert sum(one.outcome == "unread" for one in judged) < COUNT / 20
    assert {one.pair.right for one in judged} == {True, False}


def test_a_comparer_that_accepts_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def accepting(text: str, **arguments: Any) -> Checked:
        checked = inspect_page(text, **arguments)
        for equation in checked.report.equations:
            differing = [finding for finding in equation.findings if finding.kind == "holds"]
            equation.findings = [f for f in equation.findings if f not in differing]
            if differing:
                equation.verdict = "holds"
        return checked

    monkeypatch.setattr(judging, "inspect_page", accepting)
    found = [judge(one) for one in pairs(2 * len(CONSTRUCTS), SEED)]
    assert {one.outcome for one in found if not one.pair.right} <= {"wrong", "unread"}
    assert sum(one.outcome == "wrong" for one in found) >= len(CONSTRUCTS) - 3


def test_a_pair_depends_on_nothing_but_its_seed_and_number() -> None:
    assert pair(SEED, 30) == list(pairs(31, SEED))[30]
    assert pair(SEED, 30).page != pair(SEED + 1, 30).page


def test_the_table_counts_every_pair(judged: list[Judged]) -> None:
    *rows, last = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table(judged).splitlines()[2:]
    ]
    assert last[:2] == ["all", f"{COUNT:,}"]
    assert sum(int(row[1]) for row in rows) == COUNT
    assert all(int(row[1]) == sum(map(int, row[2:])) for row in rows)


# --- the truth ----------------------------------------------------------------------------------

TRUTHS: list[tuple[Any, str, Any, bool | None]] = [
    ((x + y) ** 2, "=", x**2 + 2 * x * y + y**2, True),
    ((x + y) ** 2, "=", x**2 + y**2, False),
    (sqrt(x**2), "=", Abs(x), True),
    (sqrt(x**2), "=", x, False),
    (Max(x, 40, evaluate=False), "=", Integer(40), False),
    ((x - 30) ** 2, r"\ge", Integer(0), True),
    ((x - 30) ** 2, ">", Integer(0), False),  # at one place only
    ((x - 30) ** 2, r"\ge", Rational(1, 100), False),
    (x, "<", x, False),
    (x, r"\ne", x + 1, True),
    (exp(x), r"\ge", 1 + x, True),
    (exp(x), ">", 1 + x, False),
    (1 / x, "=", x / x**2, True),  # where both have a value
    (sqrt(x - 100), "=", x, None),  # nowhere near
    (tanh(x), "<", Integer(1), None),  # true, but beyond what 20 digits can show
    (x**2 + 40 + Rational(1, 10**9), "=", x**2 + 40, None),  # false, but beyond what float64 can
]


@pytest.mark.parametrize(("left", "relation", "right", "holds"), TRUTHS)
def test_truth(left: Any, relation: str, right: Any, holds: bool | None) -> None:
    numbers = [Rational(30), Rational(40)]
    found = truth(left, relation, right, (x, y), points(REALS, (x, y), numbers, Random(1)))
    assert found.holds is holds
    assert bool(found.where) == (holds is False)
