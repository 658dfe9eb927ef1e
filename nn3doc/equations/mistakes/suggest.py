"""Did you mean …: the single change that makes a failing equation hold.

Single edits are tried, the likeliest kinds first; the first one with which the equation holds is
offered. How many are tried is bounded by a number, not by a clock, so that a page always gets the
same answer.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from nn3doc.equations.mistakes.edits import MENDING, Edit, edits
from nn3doc.equations.mistakes.variants import Variants
from nn3doc.equations.report import Equation, Finding, guarded
from nn3doc.equations.tex import Lexicon, Relation, bare, parse, same, walk
from nn3doc.equations.verdict import Checked

MOST_TRIED = 90
MOST_EQUATIONS = 20
_MENDABLE = frozenset(["holds", "fits", "known", "vacuous"])


def add_suggestions(checked: Checked) -> None:
    """Adds what was probably meant to the findings of a page, where one change mends a formula."""
    variants = Variants(checked)
    tried = 0
    for place, equation in enumerate(checked.checker.equations):
        found = [f for f in equation.findings if f.failing]
        if len(found) != 1 or found[0].kind not in _MENDABLE or tried >= MOST_EQUATIONS:
            continue
        if found[0].message.startswith("this is too large"):
            continue  # and each of the changes would take as long
        tried += 1
        edit = None
        where = found[0].start, found[0].end
        with guarded(equation.findings.append, *where, failing=False):  # it fails as it is
            edit = mend(variants, checked, place, equation)
        if edit is not None:
            equation.findings = [
                _with(finding, edit) if finding is found[0] else finding
                for finding in equation.findings
            ]


def mend(variants: Variants, checked: Checked, place: int, equation: Equation) -> Edit | None:
    """The first single change with which a formula holds; None if there is none."""
    for edit in edits(equation.tex, checked.book.notation, MENDING)[:MOST_TRIED]:
        if says_nothing(edit.apply(equation.tex), checked.book.notation.lexicon):
            continue
        outcome = variants.own(place, edit.apply(equation.tex))
        if (
            not outcome.caught
            and outcome.results
            and all(
                result.verdict in ("holds", "declares", "reads", "states")
                for result in outcome.results
            )
            and any(result.verdict == "holds" for result in outcome.results)
        ):
            return edit
    return None


def says_nothing(tex: str, lexicon: Lexicon) -> bool:
    """Whether a formula has the same on both sides of a relation: it would hold of anything."""
    for node in walk(parse(tex, lexicon)):
        if isinstance(node, Relation):
            pairs = pairwise(bare(side) for side in node.sides)
            if any(same(left, right) for left, right in pairs):
                return True
    return False


def _with(finding: Finding, edit: Edit) -> Finding:
    return replace(finding, suggestion=" ".join(edit.written.split()))


__all__ = ["MOST_TRIED", "add_suggestions", "mend"]
