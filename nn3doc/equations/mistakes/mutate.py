"""Plants every single mistake in every equation of a page and counts what the checks catch.

A mistake that changes nothing, such as swapping two numbers that are multiplied, is recognised: for
other draws than those of the check, with 0/1 targets and with real ones, both sides have the values
that they had. What is neither caught nor recognised has survived, and a reviewed file may explain
it; otherwise it is a hole in the page.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from nn3doc.equations.evaluate import Evaluator, MissingValue, TooLarge, aligned, rounding
from nn3doc.equations.meaning import Term, walk_terms
from nn3doc.equations.mistakes.edits import KINDS, NEVER_THE_SAME, OF_DECLARATIONS, Edit, edits
from nn3doc.equations.mistakes.variants import Variant, Variants
from nn3doc.equations.model import DefinitionError, Statement, is_numeric
from nn3doc.equations.notation import NotationError
from nn3doc.equations.report import Equation, own_mistake
from nn3doc.equations.sources import table_spans
from nn3doc.equations.tex import Node, Number, Relation, walk
from nn3doc.equations.verdict import Checked, Samples, assignments, reader

OTHER_SEEDS = (11, 12, 13, 14)


@dataclass(frozen=True)
class Mutant:
    """One planted mistake.

    Attributes:
        page: The page.
        line: Line of the formula.
        kind: Kind of the mistake, or of the change of code.
        original: What was written.
        mutated: What was planted.
        fate: `caught`, `equivalent`, `explained` or `survived`.
        by: What caught it; or the reason why it is no mistake; of a survivor, how the checker itself
            failed on it, if it did.
    """

    page: str
    line: int
    kind: str
    original: str
    mutated: str
    fate: str
    by: str


@dataclass
class Tally:
    """What became of the planted mistakes."""

    mutants: list[Mutant] = field(default_factory=list)

    @property
    def survivors(self) -> list[Mutant]:
        """Those that neither the checks nor the program nor a person has explained."""
        return [mutant for mutant in self.mutants if mutant.fate == "survived"]

    def table(self) -> str:
        """How many were planted and what became of them, by kind, as a Markdown table."""
        fates = ("caught", "equivalent", "explained", "survived")
        counts = Counter((mutant.kind, mutant.fate) for mutant in self.mutants)
        kinds = [kind for kind in KINDS if any(m.kind == kind for m in self.mutants)]
        kinds += sorted({m.kind for m in self.mutants} - set(kinds))
        lines = [
            "| mistake | planted | caught | no change of meaning | explained | survived |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        for kind in (*kinds, "all"):
            row = [
                sum(n for (k, f), n in counts.items() if f == fate and kind in (k, "all"))
                for fate in fates
            ]
            lines.append(f"| {kind} | {sum(row):,} | " + " | ".join(f"{n:,}" for n in row) + " |")
        return "\n".join(lines) + "\n"


def mutate_page(
    checked: Checked,
    path: str,
    explained: Sequence[dict[str, str]] = (),
    places: Iterable[int] | None = None,
) -> Tally:
    """Plants every single mistake in every equation of a page that holds.

    Args:
        checked: The page, checked, without a finding.
        path: Its path.
        explained: Survivors with a reason: `page`, `original`, `mutated`, `reason`.
        places: Numbers of the formulas to go through; None for all.
    """
    variants = Variants(checked, path)
    reasons = {
        (e["original"], e["mutated"]): e["reason"]
        for e in explained
        if Path(e["page"]).name == Path(path).name
    }
    tally = Tally()
    tables = table_spans(checked.report.text)
    for place in range(len(checked.checker.equations)) if places is None else places:
        equation = checked.checker.equations[place]
        for edit in edits(equation.tex, checked.book.notation, _kinds(equation, tables)):
            tally.mutants.append(_plant(variants, checked, path, place, equation, edit, reasons))
    return tally


def _kinds(equation: Equation, tables: Sequence[tuple[int, int]]) -> Sequence[str]:
    """Which mistakes can be planted in a formula; none in what the notation table introduces."""
    if equation.verdict in ("holds", "defines"):
        return KINDS
    in_table = any(start <= equation.start < end for start, end in tables)
    return OF_DECLARATIONS if equation.verdict == "declares" and not in_table else ()


def _plant(
    variants: Variants,
    checked: Checked,
    path: str,
    place: int,
    equation: Equation,
    edit: Edit,
    reasons: dict[tuple[str, str], str],
) -> Mutant:
    mutated = edit.apply(equation.tex)
    original, shown = flat(equation.tex), flat(mutated)
    try:
        outcome = variants.whole(place, mutated)
    except Exception as error:  # a mistake of the checker catches nothing
        found = own_mistake(error, 0, 0)
        return Mutant(path, equation.line, edit.kind, original, shown, "survived", found.notes[0])
    if outcome.by == "checker":
        fate, by = "survived", outcome.caught
    elif outcome.caught:
        fate, by = "caught", outcome.by
    elif (original, shown) in reasons:
        fate, by = "explained", reasons[original, shown]
    elif edit.kind not in NEVER_THE_SAME and same_meaning(checked, variants, place, outcome):
        fate, by = "equivalent", "same values"
    else:
        fate, by = "survived", ""
    return Mutant(path, equation.line, edit.kind, original, shown, fate, by)


def flat(tex: str) -> str:
    """TeX on one line."""
    return " ".join(tex.split())


def same_meaning(checked: Checked, variants: Variants, place: int, outcome: Variant) -> bool:
    """Whether a changed formula says the same: each side has its old value for other draws."""
    before = [r.statement for r in checked.results if r.statement.place == place]
    after = [r.statement for r in outcome.results]
    if len(before) != len(after):
        return False
    equations = checked.checker.equations
    old, new = (
        Samples(book, OTHER_SEEDS, equations, variants.numbers.copy(book))
        for book in (checked.book, outcome.book)
    )
    return all(
        _same_statement(old, one, new, other) for one, other in zip(before, after, strict=True)
    )


def _same_statement(old: Samples, one: Statement, new: Samples, other: Statement) -> bool:
    left, right = one.node, other.node
    if left == right:
        return True
    if not isinstance(left, Relation) or not isinstance(right, Relation):
        return False
    if left.operators != right.operators:
        return False
    try:
        cases = assignments(old.book, one)
        if cases != assignments(new.book, other):
            return False
        for layers in cases:
            for a, b in zip(left.sides, right.sides, strict=True):
                if not _same_side((old, one, a), (new, other, b), layers):
                    return False
    except (NotationError, DefinitionError, MissingValue, TooLarge, KeyError):
        return False  # what cannot be worked out is not known to be the same
    return True


def _same_side(
    one: tuple[Samples, Statement, Node],
    other: tuple[Samples, Statement, Node],
    layers: dict[str, int],
) -> bool:
    terms: list[Term] = []
    for samples, statement, node in (one, other):
        terms.append(reader(samples.book, statement, layers, False).term(node))
    if terms[0].shape != terms[1].shape:
        return _same_numbers(one, terms[0], other, terms[1])
    if any(term.operation == "sizes" for whole in terms for term in walk_terms(whole)):
        return True  # an equation between sizes says only what fits
    node = one[1].node
    if isinstance(node, Relation) and node.operators[0] == "<-" and one[2] is node.sides[0]:
        if terms[0].data != terms[1].data:
            return False  # another symbol is given a value
    first, second = (samples.at(statement).evaluators for samples, statement, _ in (one, other))
    if is_numeric(one[2]) and is_numeric(other[2]):
        slack = _rounding(one[2], one[1].node)
        return _equal(first[0], terms[0], second[0], terms[1], slack)
    pairs = zip(first, second, strict=True)
    return all(_equal(before, terms[0], after, terms[1]) for before, after in pairs)


def _same_numbers(
    one: tuple[Samples, Statement, Node],
    left: Term,
    other: tuple[Samples, Statement, Node],
    right: Term,
) -> bool:
    """Sides of a statement about the worked example, with its numbers: a 1 × 1 matrix transposed."""
    node = one[1].node
    if not isinstance(node, Relation) or not any(is_numeric(side) for side in node.sides):
        return False
    values = [
        checker.example.evaluator()(term).tensor.detach()
        for checker, term in ((one[0], left), (other[0], right))
    ]
    return values[0].shape == values[1].shape and bool((values[0] == values[1]).all())


def _rounding(side: Node, relation: Node) -> float:
    """Half of the last digit of what a calculation gives: what is less cannot be seen on the page."""
    assert isinstance(relation, Relation)
    last = relation.sides[-1]
    decimals = [n.decimals or 0 for n in walk(last) if isinstance(n, Number)]
    return 0.5 * 10.0 ** -max(decimals, default=0) if side is not last and decimals else 0.0


def _equal(first: Evaluator, one: Term, second: Evaluator, other: Term, slack: float = 0.0) -> bool:
    left, right = first(one), second(other)
    if set(left.names) != set(right.names):
        return False
    a, b = torch.broadcast_tensors(*(tensor.detach() for tensor in aligned(left, right)))
    known = torch.isfinite(a) & torch.isfinite(b)
    if bool((torch.isfinite(a) ^ torch.isfinite(b)).all(0).any()):
        return False  # an entry that only one of them ever has
    gap, size = (a - b).abs(), torch.maximum(a.abs(), b.abs())
    far = known & (gap > 1e-9 * size) & (gap > slack)
    if not bool(far.any()):
        return True
    # What differs by rounding only is the same.
    return not bool((far & (gap > rounding((first, one), (second, other), a, b, far))).any())


def read_explained(path: Path) -> list[dict[str, str]]:
    """The reviewed survivors of a file.

    Raises:
        ValueError: The file is no TOML, or an entry lacks one of its four texts.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from error
    entries = said.get("survivor", [])
    for number, entry in enumerate(entries, start=1):
        for name in ("page", "original", "mutated", "reason"):
            if not isinstance(entry.get(name), str) or not entry[name].strip():
                raise ValueError(f"{path}: survivor {number} has no {name}")
    return list(entries)


__all__ = ["Mutant", "Tally", "flat", "mutate_page", "read_explained", "same_meaning"]
