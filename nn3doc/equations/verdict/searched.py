"""Two sides compared in all draws of a statement, and in those that a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nn3doc.equations.evaluate import (
    ORDERED,
    Comparison,
    Evaluator,
    TooLarge,
    climb,
    closeness,
    compare,
    towards,
    unreached,
    violation,
)
from nn3doc.equations.meaning import Term
from nn3doc.equations.tex import Cases
from nn3doc.equations.verdict.samples import Draws


@dataclass(frozen=True)
class Compared:
    """How two sides compare in all evaluators.

    Attributes:
        failed: The comparison that does not hold, and where; None if all hold.
        instances: How many numbers were compared.
        difference: The largest relative difference of what is equal.
        needs_values: Whether it holds only as some symbols are exactly one of two numbers.
    """

    failed: tuple[Evaluator, Comparison] | None
    instances: int
    difference: float
    needs_values: bool


def compare_sides(draws: Draws, left: Term, right: Term, operator: str) -> Compared:
    """Compares two sides; in few draws where they are too large for many at once.

    Raises:
        TooLarge: They are too large for one.
    """
    try:
        fitting = draws.fitting(left, right, searching=operator != "=")
        return _compare_in(fitting, left, right, operator)
    except TooLarge as error:
        if not error.only_together:
            raise
        return _compare_in(draws.few(), left, right, operator)


def _compare_in(
    evaluators: Sequence[Evaluator], left: Term, right: Term, operator: str
) -> Compared:
    difference = 0.0
    comparisons: list[Comparison] = []
    for evaluator in evaluators:
        comparison = compare(evaluator, left, right, operator)
        comparisons.append(comparison)
        if not comparison.holds and comparison.finite:
            break
        if comparison.finite:
            difference = max(difference, comparison.difference)
    else:
        # Where sizes are such that nothing has a value, such as the inverse of X^T X for more
        # columns than rows, the other evaluators decide.
        known = [(e, c) for e, c in zip(evaluators, comparisons, strict=True) if c.finite]
        if known:
            comparisons = [comparison for _, comparison in known]
            evaluator, comparison = _searched(
                [evaluator for evaluator, _ in known], comparisons, left, right, operator
            )
    return Compared(
        None if comparison.holds else (evaluator, comparison),
        sum(one.instances for one in comparisons),
        difference,
        any(one.needs_values for one in comparisons),
    )


def _searched(
    evaluators: Sequence[Evaluator],
    comparisons: list[Comparison],
    left: Term,
    right: Term,
    operator: str,
) -> tuple[Evaluator, Comparison]:
    """What a search finds where the draws alone break nothing; `comparisons` takes up its steps."""
    if operator in ORDERED or operator == "!=":
        height = (
            closeness(left, right)
            if operator == "!="
            else violation(left, right, ORDERED[operator][0])
        )
        for evaluator in evaluators:
            moved = climb(evaluator, height)
            comparison = compare(moved, left, right, operator)
            if not comparison.holds:
                return moved, comparison
    missing = unreached(comparisons)
    if missing is None:
        return evaluators[0], comparisons[0]
    for evaluator in evaluators:
        moved = towards(evaluator, *missing)
        comparison = compare(moved, left, right, operator)
        comparisons.append(comparison)
        if not comparison.holds:
            return moved, comparison
    missing = unreached(comparisons)
    if missing is None:
        return evaluators[0], comparisons[0]
    term, branch = missing
    assert isinstance(term.node, Cases)
    case = term.node.values[branch]
    return evaluators[0], replace(comparisons[0], holds=False, missed=case)
