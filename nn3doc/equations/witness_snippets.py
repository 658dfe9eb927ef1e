"""Question 5 for snippets: is what the code of a page assigns what its equations say?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch

from nn3doc.equations.definitions import DefinitionError, Statement
from nn3doc.equations.evaluate.arrays import TooLarge
from nn3doc.equations.evaluate.comparing import Comparison, both, told
from nn3doc.equations.evaluate.evaluator import Evaluator, Key, MissingValue
from nn3doc.equations.evaluate.samples import Drawer
from nn3doc.equations.families import NotationError
from nn3doc.equations.own_mistakes import guarded
from nn3doc.equations.report import Finding, Witness
from nn3doc.equations.snippet_values import Snippets, given_values, same_snippet
from nn3doc.equations.tree import Relation

if TYPE_CHECKING:
    from nn3doc.equations.page import Checked
    from nn3doc.equations.statements import Result

SNIPPET_TOLERANCE = 1e-4  # snippets compute in float32


def ask_snippets(checked: Checked, snippets: Snippets, names: dict[str, Key]) -> None:
    """Compares what the snippets of a page have assigned with its equations.

    Args:
        checked: The page as checked so far.
        snippets: What its snippets have assigned.
        names: Which Python name stands for which symbol.
    """
    for result in checked.results:
        equation = checked.checker.equations[result.statement.place]
        place = equation.body_start, equation.body_start + len(equation.tex)
        with guarded(equation.findings.append, *place):
            _ask_snippets(checked, result, snippets, names)


def _ask_snippets(
    checked: Checked, result: Result, snippets: Snippets, names: dict[str, Key]
) -> None:
    """An equation directly below the snippet that assigned its left side, with that snippet's values."""
    statement = result.statement
    if result.verdict not in ("defines", "holds") or not isinstance(statement.node, Relation):
        return
    equation = checked.checker.equations[statement.place]
    assigned = snippets.values_at(equation.start)
    if not assigned or not result.states:
        return
    latest = max(line for _, line in assigned.values())
    by_key = {key: name for name, key in names.items()}
    fresh = [by_key[key] for key in result.states if by_key.get(key) in assigned
             and same_snippet(checked.report.text, assigned[by_key[key]][1], latest)]  # fmt: skip
    if not fresh:
        return
    found = _evaluate_given(checked, statement, assigned, names)
    if found is None:
        return
    comparison, line = found, assigned[fresh[0]][1]
    if comparison.difference <= SNIPPET_TOLERANCE:
        equation.witnesses.append(
            Witness("snippet", fresh[0], checked.report.path, line, comparison.difference)
        )
        checked.checker.tested |= result.defines
        return
    where = statement.node.sides[1]
    equation.findings.append(
        Finding(
            "code", f"the snippet above assigned another {fresh[0]}, line {line}",
            equation.body_start + where.start, equation.body_start + where.end,
            tuple(note.replace("left", "snippet").replace("right", "equation")
                  for note in told(comparison, [])),
        )
    )  # fmt: skip
    equation.verdict = "failed"


def _evaluate_given(
    checked: Checked, statement: Statement, assigned: Mapping[str, tuple[object, int]],
    names: dict[str, Key],
) -> Comparison | None:  # fmt: skip
    values, sizes = given_values(checked.book, assigned, names)
    drawer = Drawer(0, given=sizes)
    evaluator = Evaluator(
        checked.book, drawer, {key: value[None] for key, value in values.items()}, only_given=True, use_definitions=False,
        aliases=lambda key: checked.book.alias(key, 10**9),
    )  # fmt: skip
    node = statement.node
    assert isinstance(node, Relation)
    worst: Comparison | None = None
    try:
        for layers in checked.checker.assignments(statement):
            elaborator = checked.checker.elaborator(statement, layers, False)
            sides = [elaborator.term(side) for side in node.sides[:2]]
            with torch.no_grad():
                a, b = (side[0] for side in both(evaluator, *sides))
            size = float(torch.maximum(a.abs(), b.abs()).max())
            gap = float((a - b).abs().max())
            comparison = Comparison(False, bool(torch.isfinite(a - b).all()),
                                    gap / size if gap else 0.0, a.numel(), a, b)  # fmt: skip
            if worst is None or comparison.difference > worst.difference:
                worst = comparison
    except (MissingValue, KeyError, NotationError, DefinitionError, TooLarge, RuntimeError):
        return worst
    return worst
