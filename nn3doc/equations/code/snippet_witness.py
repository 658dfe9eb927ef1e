"""Question 5 for snippets: is what the code of a page assigns what its equations say?

Each value that the code gives a symbol is worked out once more from the page's definitions, at the
values that stood when it was bound (see `snippet_claims`), wherever the equation stands: above the
code, below it, or on a page that this one builds on. A symbol that the code read has the value that
was read; any other one that is defined is worked out, and one that is not defined has the value that
the code gave it. What cannot be worked out so is compared with nothing, which is counted.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from nn3doc.equations.code.runs import Snippets
from nn3doc.equations.code.snippet_claims import Claimed, claims_of
from nn3doc.equations.evaluate import (
    MARGIN,
    NOISE,
    REPLICAS,
    Comparison,
    Drawer,
    Evaluator,
    MissingValue,
    TooLarge,
    assemble,
    both,
    to_python,
    told,
)
from nn3doc.equations.meaning import Key, Term
from nn3doc.equations.model import Definition, DefinitionError, PageModel, python_sizes
from nn3doc.equations.notation import NotationError
from nn3doc.equations.report import Equation, Finding, Witness, guarded
from nn3doc.equations.tex import Node, Relation
from nn3doc.equations.text import Lines
from nn3doc.equations.verdict import (
    MisfitError,
    as_symbol,
    as_tensor,
    assignments,
    hold_sizes,
    reader,
)

if TYPE_CHECKING:
    from nn3doc.equations.verdict import Checked, Outcome

_MEND = "Mend this line or the equation: they are to say the same."


@dataclass(frozen=True)
class _Precision:
    """How exactly code computes.

    Attributes:
        epsilon: The rounding of one operation.
        tolerance: Which difference is none, relative to the largest entry.
    """

    epsilon: float
    tolerance: float


_PRECISIONS = {
    torch.float64: _Precision(2.0**-52, 1e-6),  # code may keep a logarithm from 0 by adding 1e-8
    torch.float32: _Precision(2.0**-23, 1e-4),
    torch.float16: _Precision(2.0**-10, 1e-2),
    torch.bfloat16: _Precision(2.0**-7, 5e-2),
}


@dataclass(frozen=True)
class _Compared:
    """A value of the code beside what the page makes of its inputs.

    Attributes:
        found: The value of the code; None where it has another number of axes.
        expected: What the page says.
        difference: The largest difference, relative to the largest entry.
        agrees: Whether it is none.
        used: The definitions that were worked out for it.
        sizes: The sizes.
        definition: The definition it was compared with; None where that is another equation.
        where: The equation's side that says it.
        place: The number of its formula; None where it stands on another page.
    """

    found: Tensor | None
    expected: Tensor
    difference: float
    agrees: bool
    used: frozenset[Definition]
    sizes: Mapping[str, int]
    definition: Definition | None
    where: Node
    place: int | None


def ask_snippets(checked: Checked, snippets: Snippets, names: dict[str, Key]) -> None:
    """Compares what the code of a page assigns with its equations.

    Args:
        checked: The page as checked so far.
        snippets: What its code did.
        names: Which Python name stands for which symbol.
    """
    sizes = python_sizes(checked.book)
    wrong: set[tuple[str, int]] = set()

    def stands_for(name: str, value: object) -> bool:
        """Whether a name stands for its symbol: an entry may go by the name of the whole."""
        if name not in names:
            return False
        try:
            return value is None or as_symbol(checked.book, names[name], value, {}) is not None
        except (MisfitError, NotationError, DefinitionError):
            return False

    for claim in claims_of(snippets.events, stands_for, sizes):
        key = names.get(claim.name)
        if key is None or not wrong.isdisjoint(
            [(claim.name, claim.line), (claim.name, claim.first_line)]
        ):
            continue
        with guarded(checked.report.findings.append, *_line_span(checked, claim.line)):
            if snippets.is_unchecked(claim.piece) or not _is_asked(checked, claim, key):
                continue
            compared = _compared(checked, claim, key, names)
            if compared is None:
                defined = checked.book.find(key) is not None and claim.literal is None
                if claim.before is None and claim.lasting and defined:
                    checked.report.snippets_alone += ((claim.name, claim.line),)
                continue
            checked.report.snippets_compared += (
                compared.found.numel() if compared.found is not None else 1
            )
            if compared.agrees:
                _confirm(checked, claim, key, compared)
            elif not _is_told(checked, claim):
                wrong.add((claim.name, claim.line))
                _disagree(checked, claim, key, compared)


def _is_asked(checked: Checked, claim: Claimed, key: Key) -> bool:
    """Whether the page says what a value is to be."""
    book = checked.book
    try:
        updated, defined = book.find(key, updates=True), book.find(key)
    except (NotationError, DefinitionError):
        return False  # which is told at the formula
    if claim.before is not None:
        return updated is not None
    if updated is not None and claim.line != claim.first_line:
        return False  # each of its updates was compared
    if defined is None and not any(_states(checked, key)):
        return False
    return bool(claim.inputs) or (claim.literal is None and not claim.complete) or claim.lasting


def _states(checked: Checked, key: Key) -> Iterator[Outcome]:
    """The equations that have a symbol on their left side."""
    for result in checked.results:
        if key in result.states and result.verdict in ("defines", "holds"):
            if isinstance(result.statement.node, Relation):
                yield result


# --- what the page says -----------------------------------------------------------------------


def _compared(
    checked: Checked, claim: Claimed, key: Key, names: Mapping[str, Key]
) -> _Compared | None:
    """A value beside what the page makes of its inputs; None where that cannot be worked out."""
    for with_defined in (False, True):
        if not claim.clear or (with_defined and not claim.complete):
            return None
        try:
            values, sizes = _given(checked, claim, key, names, with_defined)
            return _worked_out(checked, claim, key, values, sizes)
        except (MissingValue, KeyError):
            continue
        except (MisfitError, NotationError, DefinitionError, TooLarge):
            return None
        except (RuntimeError, ValueError, OverflowError, ZeroDivisionError):
            return None
    return None


def _given(
    checked: Checked, claim: Claimed, key: Key, names: Mapping[str, Key], with_defined: bool
) -> tuple[dict[Key, Tensor], dict[str, int]]:
    """The values of the symbols that a value was made from, and the sizes that follow.

    Args:
        checked: The page.
        claim: The value.
        key: Its symbol.
        names: Which name stands for which symbol.
        with_defined: Whether symbols that the page defines, and the code did not read, have the
            values that the code gave them, too.

    Raises:
        MisfitError: The values have other shapes than the symbols.
    """
    book = checked.book
    values: dict[Key, Tensor] = {}
    sizes: dict[str, int] = {}
    inputs = dict(claim.inputs)
    if claim.before is not None:
        inputs[claim.name] = claim.before
    for name, value in inputs.items():
        if name in names:
            values[names[name]] = as_symbol(book, names[name], value, sizes)
    if claim.before is None:
        with contextlib.suppress(MisfitError):  # which is then told
            as_symbol(book, key, claim.value, sizes)
    for name, value in claim.around.items() if claim.complete else ():
        other = names.get(name)
        if other is None or other in values or other == key:
            continue
        if book.find(other) is not None and not with_defined:
            continue
        if claim.constant and not book.shape_of_key(other):
            continue  # a number of the code may stand for it: f(3.0), where f has a parameter x
        try:
            values[other] = as_symbol(book, other, value, sizes)
        except (MisfitError, NotationError, DefinitionError):
            continue
    for name, size in python_sizes(book).items():
        hold_sizes(size, inputs.get(name, claim.around.get(name)), sizes)
    for known, number in checked.checker.example.sizes.items():
        sizes.setdefault(known, number)
    return values, sizes


def _evaluator(
    book: PageModel, values: Mapping[Key, Tensor], sizes: Mapping[str, int], noise: int | None
) -> Evaluator:
    """Works out what follows from given values, and from nothing else."""
    given = {key: value[None].clone().requires_grad_() for key, value in values.items()}
    return Evaluator(
        book,
        Drawer(None, given=dict(sizes)),
        given,
        only_given=True,
        aliases=lambda name: book.alias(name, 10**9),
        noise=noise,
        standing=True,
    )


def _worked_out(
    checked: Checked, claim: Claimed, key: Key, values: dict[Key, Tensor], sizes: dict[str, int]
) -> _Compared | None:
    """Compares a value with the page's definition, update, or an equation of its symbol."""
    book = checked.book
    update = claim.before is not None
    definition = book.find(key, updates=update)
    if definition is None:
        return _with_equation(checked, claim, key, values, sizes)

    def side(noise: int | None) -> tuple[Tensor, Evaluator]:
        evaluator = _evaluator(book, values, sizes, noise)
        if update:
            assert definition is not None
            term = book.elaborated(definition, key)[0]
            array = evaluator(term)
            value = assemble(book, definition, key, evaluator, array)
        else:
            value = evaluator.symbol(key)
        return value.detach()[0], evaluator

    expected, evaluator = side(None)
    if evaluator.differentiated and any(book.find(one) for one in values):
        # A derivative sees how its symbols hang together, which given values do not show.
        given = values
        values = {one: value for one, value in given.items() if book.find(one) is None}
        expected, evaluator = side(None)
        if not _consistent(evaluator, given, claim):
            return None
    if not _rests_on(claim, key, values, evaluator):
        return None
    try:
        found = as_symbol(book, key, claim.value, dict(sizes))
    except MisfitError:
        found = None
    if found is not None and found.shape != expected.shape:
        found = None
    if found is None and claim.in_loop:
        return None  # an entry or a row that goes by the name of the whole
    difference, agrees = _agreement(claim, found, expected, lambda seed: side(seed)[0])
    used = frozenset(
        one
        for other in evaluator.asked
        if other not in values
        for one in [book.find(other)]
        if one is not None
    )
    own = definition.statement.own
    return _Compared(
        found,
        expected,
        difference,
        agrees,
        used | {definition},
        evaluator.drawer.dimensions,
        definition,
        definition.right,
        definition.statement.place if own else None,
    )


def _consistent(evaluator: Evaluator, given: Mapping[Key, Tensor], claim: Claimed) -> bool:
    """Whether the values that the code read follow from those that nothing defines."""
    tolerance = _precision(claim).tolerance
    for key, value in given.items():
        worked_out = evaluator.symbol(key).detach()[0]
        size = float(torch.maximum(value.abs(), worked_out.abs()).max())
        if not float((value - worked_out).abs().max()) <= tolerance * size:
            return False
    return True


def _rests_on(claim: Claimed, key: Key, values: Mapping[Key, Tensor], evaluator: Evaluator) -> bool:
    """Whether a value is one that the page speaks of, and no example or first value."""
    asked = evaluator.asked & values.keys()
    if claim.before is not None:  # an update, and no other change: it reads what the page reads
        return claim.complete and bool(claim.inputs if asked - {key} else _has_changed(claim))
    if claim.literal is not None:
        return claim.lasting and bool(asked)
    return bool(claim.inputs)


def _has_changed(claim: Claimed) -> bool:
    """Whether an update gives another value, and not the same one in another kind."""
    one, other = as_tensor(claim.before), as_tensor(claim.value)
    return one is None or other is None or one.shape != other.shape or not torch.equal(one, other)


def _with_equation(
    checked: Checked, claim: Claimed, key: Key, values: dict[Key, Tensor], sizes: dict[str, int]
) -> _Compared | None:
    """Compares a value of a symbol that has equations and no definition, as z in z + 1 = x."""
    book = checked.book
    found = as_symbol(book, key, claim.value, sizes)
    for result in _states(checked, key):
        statement = result.statement
        node = statement.node
        assert isinstance(node, Relation)
        if node.operators[0] not in ("=", ":="):
            continue
        for layers in assignments(book, statement):
            elaborator = reader(book, statement, layers, False)
            terms = [elaborator.term(side) for side in node.sides[:2]]
            if terms[0].operation != "family" or terms[0].data != key:
                continue

            def side(noise: int | None, terms: Sequence[Term] = terms) -> Tensor:
                evaluator = _evaluator(book, {**values, key: found}, sizes, noise)
                return both(evaluator, *terms)[1][0]

            expected = side(None)
            if expected.shape != found.shape or not claim.inputs:
                continue
            difference, agrees = _agreement(claim, found, expected, side)
            return _Compared(
                found,
                expected,
                difference,
                agrees,
                frozenset(result.defines),
                sizes,
                None,
                node.sides[1],
                statement.place,
            )
    return None


# --- comparing --------------------------------------------------------------------------------


def _agreement(
    claim: Claimed, found: Tensor | None, expected: Tensor, side: object
) -> tuple[float, bool]:
    """The relative difference, and whether the rounding of the code explains it."""
    if found is None:
        return float("inf"), False
    if not bool((found.isfinite() & expected.isfinite()).all()):
        same = (found == expected) | (found.isnan() & expected.isnan())
        return (0.0, True) if bool(same.all()) else (float("inf"), False)
    gap = (found - expected).abs()
    size = float(torch.maximum(found.abs(), expected.abs()).max())
    difference = float(gap.max()) / size if size else 0.0
    precision = _precision(claim)
    digits = claim.rounds if claim.literal is None else claim.literal or None
    allowed = torch.full_like(gap, precision.tolerance * size)
    if digits is not None:
        allowed = allowed + 0.5 * 10.0**-digits
    if bool((gap <= allowed).all()):
        return difference, True
    assert callable(side)
    moved = torch.zeros_like(gap)
    for seed in range(1, REPLICAS + 1):
        moved = torch.maximum(moved, (side(seed) - expected).abs())
    slack = MARGIN * moved * max(1.0, precision.epsilon / NOISE)
    return difference, bool((gap <= allowed + slack).all())


def _precision(claim: Claimed) -> _Precision:
    """That of the least exact of a value and what it was made from."""
    kinds = [_dtype(value) for value in (claim.value, *claim.inputs.values(), claim.before)]
    known = [_PRECISIONS[kind] for kind in kinds if kind in _PRECISIONS]
    if not known or all(kind is torch.float64 for kind in kinds if kind is not None):
        # Python's numbers: a tensor of float32 may have been on the way.
        mixed = "torch" in claim.reads and not any(
            getattr(value, "dtype", None) == torch.float64 for value in claim.inputs.values()
        )
        exact = not mixed or getattr(claim.value, "dtype", None) == torch.float64
        return _PRECISIONS[torch.float64 if exact else torch.float32]
    return max(known, key=lambda one: one.epsilon)


def _dtype(value: object) -> torch.dtype | None:
    """The dtype of floating-point numbers, as torch names it; None for anything else."""
    dtype = getattr(value, "dtype", None)
    if dtype is None:
        return torch.float64 if isinstance(value, float | list | tuple) else None
    return next((one for one in _PRECISIONS if str(dtype).rpartition(".")[2] == str(one)[6:]), None)


# --- what is said of it -----------------------------------------------------------------------


def _confirm(checked: Checked, claim: Claimed, key: Key, compared: _Compared) -> None:
    checked.checker.tested |= compared.used
    for result in checked.results:
        states = result.updates if claim.before is not None else result.states
        if key not in states or result.verdict == "failed":
            continue
        equation = checked.checker.equations[result.statement.place]
        known = [
            witness
            for witness in equation.witnesses
            if (witness.kind, witness.name, witness.line) == ("snippet", claim.name, claim.line)
        ]
        if not known:
            path = checked.report.path
            witness = Witness("snippet", claim.name, path, claim.line, compared.difference)
            equation.witnesses.append(witness)


def _disagree(checked: Checked, claim: Claimed, key: Key, compared: _Compared) -> None:
    """One finding: at the equation where it stands on this page, otherwise at the line of code."""
    notes = [f"line {claim.line} has: {_line(checked, claim.line)}"]
    if claim.first_line != claim.line:
        notes.append(f"line {claim.first_line} bound it: {_line(checked, claim.first_line)}")
    if compared.found is None:
        family = checked.book.family(key[0])
        wanted = to_python(compared.expected, checked.book.shape_of_key(key), family)
        value = as_tensor(claim.value)
        there = f"has the shape {tuple(value.shape)}" if value is not None else "has no shape"
        here = tuple(wanted.shape) if wanted.ndim else "it is a number"
        notes.append(f"there {claim.name} {there}, here {here}")
    else:
        notes += _told(compared)
    equation = _equation(checked, compared)
    if equation is not None:
        message = f"the code computes {claim.name} otherwise, line {claim.line}"
        start, end = (equation.body_start + n for n in (compared.where.start, compared.where.end))
        equation.findings.append(Finding("code", message, start, end, (*notes, _MEND)))
        equation.verdict = "failed"
        return
    name = checked.book.family(key[0]).tex
    message = f"the code computes {claim.name} otherwise than the page that defines {name}"
    start, end = _line_span(checked, claim.line)
    checked.report.findings.append(Finding("code", message, start, end, (*notes[1:], _MEND)))


def _is_told(checked: Checked, claim: Claimed) -> bool:
    """Whether a function that made the value has a finding of its own: one cause is told once."""
    findings = [
        *checked.report.findings,
        *(finding for equation in checked.report.equations for finding in equation.findings),
    ]
    at_fault = {
        finding.message.partition(" ")[0].rpartition(".")[2]
        for finding in findings
        if finding.kind == "code" and finding.failing
    }
    return not at_fault.isdisjoint(claim.reads)


def _equation(checked: Checked, compared: _Compared) -> Equation | None:
    return None if compared.place is None else checked.checker.equations[compared.place]


def _told(compared: _Compared) -> list[str]:
    """What the difference looks like, in words for page and code."""
    expected, found = compared.expected, compared.found
    assert found is not None
    ratio = _ratio(expected, found)
    if ratio is not None:
        found = expected * ratio
    finite = bool((found.isfinite() & expected.isfinite()).all())
    comparison = Comparison(False, finite, compared.difference, found.numel(), expected, found)
    words = {"left": "page", "right": "code"}
    return [
        re.sub(r"\b(left|right)\b", lambda match: words[match.group()], note)
        for note in told(comparison, list(compared.sizes.items()))
    ]


def _ratio(expected: Tensor, found: Tensor) -> float | None:
    """The one number that code / page is, without the rounding of the code."""
    kept = expected.abs() > 1e-6 * float(expected.abs().max())
    if not bool(kept.any()) or not bool((found.isfinite() & expected.isfinite()).all()):
        return None
    ratios = found[kept] / expected[kept]
    middle = float(ratios.median())
    if not middle or float((found - middle * expected).abs().max()) > 1e-5 * float(
        found.abs().max()
    ):
        return None
    for number in range(1, 100):
        for whole in (number, 1 / number):
            if abs(abs(middle) - whole) < 1e-5 * whole:
                return whole if middle > 0 else -whole
    return float(f"{middle:.5g}")


def _line(checked: Checked, line: int) -> str:
    lines = checked.report.text.split("\n")
    return lines[line - 1].strip(" \t\r>") if 0 < line <= len(lines) else ""


def _line_span(checked: Checked, line: int) -> tuple[int, int]:
    lines = Lines(checked.report.text)
    text = checked.report.text
    if not 0 < line <= text.count("\n") + 1:
        return 0, 0
    start = lines.start(line)
    return start, start + len(lines.line(line))


__all__ = ["ask_snippets"]
