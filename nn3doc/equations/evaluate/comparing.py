"""Compares two values in all draws, and describes what their difference looks like.

Two sides are equal if they differ by no more than rounding can explain. How much that is depends on
what was added up on the way: at x = 40 the value of 1 - σ(x) is all rounding. So where two sides do
not agree at once, both are worked out a few times more with every rounded result moved by a little
(`Evaluator.noisy`, the method of Monte Carlo arithmetic: D. S. Parker, "Monte Carlo arithmetic",
1997). What moves by that much is not known more exactly, and nothing is compared to an absolute number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import aligned
from nn3doc.equations.evaluate.evaluator import (
    NOISE,
    Branches,
    Evaluator,
    add_branches,
    is_plain,
    walk_meaning,
)
from nn3doc.equations.evaluate.samples import ORDINARY
from nn3doc.equations.meaning import Key, Term, walk_terms
from nn3doc.equations.notation import NotationError
from nn3doc.equations.tex import Cases, Node

TOLERANCE = 1e-9  # for words about a difference: a ratio, a sign
AGREE = 1e-11  # two values this close, relative to them, are equal without a further question
REPLICAS = 4
MORE_REPLICAS = range(REPLICAS + 1, 8 * REPLICAS + 1)  # for what a few leave in doubt
DOUBTFUL = 1e-4  # a difference up to this, relative to the values, may be one of rounding
BEYOND_DOUBT = 1e7  # a difference this many times what one replica moved is none of rounding
MARGIN = 8.0  # how much more than what was seen rounding may do
SMALLEST = 1e-140  # below this, products on the way may have left the range of float64
EXTREME = 1e9  # numerals beyond this, or below its inverse, are looked at more closely
NEARBY = 2.0**-8  # how far close by is, relative to a value
CERTAIN = 1e-3  # rounding below this part of what was put in leaves a difference to be seen

#: Relations of order: the sign of `left - right` that breaks one, and whether it excludes equality.
ORDERED = {"<": (1, True), "<=": (1, False), ">": (-1, True), ">=": (-1, False)}


@dataclass(frozen=True)
class Comparison:
    """How two sides compare.

    Attributes:
        holds: Whether the relation holds in all draws.
        finite: Whether both have a value, each entry in some draw.
        difference: The largest relative difference of what is equal.
        instances: How many numbers were compared.
        left: The left value, in the draw that a message tells of.
        right: The right value in it.
        draw: The number of that draw.
        needs_values: Whether it holds only because some symbols are exactly one of two numbers.
        undecided: Whether rounding hides any difference there could be, in every draw.
        unmet: Cases of which some draw meets none.
        one_sided: Whether in an ordinary draw one side has a value and the other has none.
        missed: A case that no draw reaches, and no search.
        reached: Each `cases`, and which of its branches were taken in some draw that counts.
    """

    holds: bool
    finite: bool
    difference: float
    instances: int
    left: Tensor
    right: Tensor
    draw: int = 0
    needs_values: bool = False
    undecided: bool = False
    unmet: Node | None = None
    missed: Node | None = None
    one_sided: bool = False
    reached: tuple[Branches, ...] = ()


def unreached(comparisons: Iterable[Comparison]) -> tuple[Term, int] | None:
    """The first branch of cases that no draw of any sample takes, and its number."""
    found: list[Branches] = []
    for comparison in comparisons:
        for one in comparison.reached:
            add_branches(found, one)
    for term, taken in found:
        missing = (~taken).nonzero().flatten().tolist()
        if missing:
            return term, missing[0]
    return None


def _reached(evaluator: Evaluator, draws: Tensor) -> tuple[Branches, ...]:
    """For each `cases` as the author writes them: which branches are taken in some of the draws."""
    return tuple(
        (term, taken[:-1, draws].any(1))
        for term, taken in evaluator.marks.branches
        if isinstance(term.node, Cases)
    )


def both(evaluator: Evaluator, left: Term, right: Term) -> tuple[Tensor, Tensor]:
    """The values of two sides with the same axes, in all draws."""
    return _together((evaluator, left), (evaluator, right))


def _together(one: tuple[Evaluator, Term], two: tuple[Evaluator, Term]) -> tuple[Tensor, Tensor]:
    left, right = one[0](one[1]), two[0](two[1])
    a, b = torch.broadcast_tensors(*(tensor.detach() for tensor in aligned(left, right)))
    draws = one[0].draws
    return a.expand(draws, *a.shape[1:]), b.expand(draws, *b.shape[1:])


def compare(evaluator: Evaluator, left: Term, right: Term, operator: str = "=") -> Comparison:
    """Works out two sides in all draws and compares them.

    A draw in which an entry has no value (a logarithm of a negative number), or has a derivative
    taken at a kink, says nothing of that entry; but each entry must have a value in some draw.
    """
    operator = "=" if operator == ":=" else operator
    evaluator.begin()
    a, b = both(evaluator, left, right)
    if not a.numel():
        raise NotationError(
            "nothing is compared here: a size is 0", right.node, "Correct the size.", "vacuous"
        )
    reals = evaluator.drawer.of_mode("reals")
    if bool(reals.all()):
        reals = torch.zeros_like(reals)
    lead = [1] * (a.ndim - 1)
    valid = torch.isfinite(a) & torch.isfinite(b)
    if evaluator.differentiated:
        valid = valid & ~evaluator.marks.tied.reshape(-1, *lead)
    size = torch.maximum(a.abs(), b.abs())
    valid = valid & ((size == 0) | (size > SMALLEST))
    counted = valid & ~reals.reshape(-1, *lead)
    result = Comparison(
        True,
        True,
        0.0,
        int(counted.sum()),
        a[0],
        b[0],
        reached=_reached(evaluator, counted.flatten(1).any(1)),
    )
    for term, taken in evaluator.marks.branches:
        none = taken[-1] & ~reals
        if bool(none.any()):
            place = int(none.nonzero()[0])
            return replace(
                result, holds=False, unmet=term.node, draw=place, left=a[place], right=b[place]
            )
    if not bool(counted.any(0).all()):
        place = _first((~torch.isfinite(a) | ~torch.isfinite(b)) & ~reals.reshape(-1, *lead))
        return replace(
            result,
            holds=False,
            finite=False,
            difference=float("inf"),
            draw=place,
            left=a[place],
            right=b[place],
        )
    alone = (torch.isfinite(a) != torch.isfinite(b)) & evaluator.drawer.of_mode("tame").reshape(
        -1, *lead
    )
    if not evaluator.differentiated and bool(alone.any()):
        place = _first(alone)
        return replace(
            result, holds=False, one_sided=True, draw=place, left=a[place], right=b[place]
        )
    gap = (a - b).abs()
    close = (gap <= AGREE * size) | ~valid
    strict = operator in ("<", ">", "!=")
    if operator == "=" and bool(close.all()) and not _has_extremes(evaluator, left, right):
        relative = torch.where(valid & (size > 0), gap / size, 0.0)
        return replace(result, difference=float(relative.max()))
    if operator in ORDERED:
        sign = ORDERED[operator][0]
        if not bool((valid & (sign * (a - b) >= -AGREE * size)).any()):
            return result
    one_suffices = counted & ~close if operator == "=" else None
    slack = rounding((evaluator, left), (evaluator, right), a, b, one_suffices)
    if bool((counted & ~close & (gap > slack) & (gap <= DOUBTFUL * size)).any()):
        # A sum is rounded up or down, and a few replicas may all have met the same.
        more = rounding((evaluator, left), (evaluator, right), a, b, seeds=MORE_REPLICAS)
        slack = torch.maximum(slack, more)
    equal = gap <= slack
    if operator == "=":
        wrong = valid & ~close & ~equal
    elif operator == "!=":
        wrong = torch.zeros_like(valid)
    else:
        wrong = valid & (ORDERED[operator][0] * (a - b) > slack)
    if strict:  # where float64 cannot tell less from equal, far out, nothing is said
        sure = (slack == 0) | ordinary(evaluator).reshape(-1, *lead)
        if bool((valid & equal & ~sure).any()):
            sure = sure | _touching(evaluator, left, right)
        # Nor close to where an assumption ends, such as b for 1/a > 1/b with a < b.
        sure = sure & ~evaluator.marks.close.reshape(-1, *lead)
        wrong = wrong | (valid & equal & sure & torch.isfinite(slack))
    bad = wrong & counted
    if bool(bad.any()):
        whole = bad.flatten(1).any(1) & valid.flatten(1).all(1)
        place = int(whole.nonzero()[0]) if bool(whole.any()) else _first(bad)
        return replace(result, holds=False, draw=place, left=a[place], right=b[place])
    needs = bool((wrong & ~counted).any())
    if operator != "=":
        return replace(result, needs_values=needs)
    scale = torch.maximum(size, slack / MARGIN / NOISE)  # the size of what was added up
    relative = torch.where(counted & (scale > 0), gap / scale, 0.0)
    smallest = _put_in(evaluator, left, right).reshape(-1, *lead)
    certain = counted & (slack <= CERTAIN * torch.maximum(size, smallest))
    if bool(close.all()):  # what is added may be lost beside something very large
        certain = certain & (slack <= _smallest_part(evaluator, left, right).reshape(-1, *lead))
        hidden = not bool(certain.any(0).all())
    else:
        hidden = not bool((certain | (close & (size > 0))).any(0).all()) and bool((slack > 0).any())
    return replace(
        result,
        holds=not hidden,
        undecided=hidden,
        difference=float(relative.max()),
        needs_values=needs,
    )


def rounding(
    one: tuple[Evaluator, Term],
    two: tuple[Evaluator, Term],
    a: Tensor,
    b: Tensor,
    counted: Tensor | None = None,
    seeds: Sequence[int] = range(1, REPLICAS + 1),
) -> Tensor:
    """How far two values may differ by rounding alone, each entry in each draw.

    Args:
        one: What one side is, and the draws it is worked out in.
        two: The same for the other.
        a: The value of the one.
        b: That of the other, with the same axes.
        counted: Entries of which one suffices: as soon as it differs beyond all doubt, no more is
            worked out.
        seeds: Of the replicas.
    """
    moved = torch.zeros_like(a)
    for seed in seeds:
        first = one[0].noisy(seed)
        second = first if two[0] is one[0] else two[0].noisy(seed)
        left, right = _together((first, one[1]), (second, two[1]))
        here = (left - a).abs() + (right - b).abs()
        moved = torch.maximum(moved, torch.where(here.isnan(), torch.inf, here))
        if counted is not None and bool((counted & ((a - b).abs() > BEYOND_DOUBT * moved)).any()):
            break
    return MARGIN * moved


def leaves(evaluator: Evaluator) -> dict[Key, Tensor]:
    """The values that were drawn or given for what was worked out."""
    return {
        key: evaluator.memo[key]
        for key in evaluator.asked
        if key in evaluator.memo and evaluator.book.definition(key) is None
    }


def ordinary(evaluator: Evaluator) -> Tensor:
    """In which draws all that was put in is of ordinary size."""
    result = torch.ones(evaluator.draws, dtype=torch.bool)
    for value in leaves(evaluator).values():
        result = result & (value.detach().abs().flatten(1).amax(1) <= ORDINARY)
    return result


def _touching(evaluator: Evaluator, left: Term, right: Term) -> Tensor:
    """Where two sides that are equal differ close by: they touch, and rounding does not hide more.

    Far out, two sides may be equal in float64 and not in truth, as 1 and tanh(20); then they are so
    close by, too.
    """
    moved: dict[Key, Tensor] = {}
    for key, value in leaves(evaluator).items():
        family = evaluator.book.family(key[0])
        if not family.domain.values and family.members is None:
            away = value.detach().abs().clamp(min=1.0) * NEARBY
            moved[key] = value.detach() + away
    near = evaluator.with_leaves(moved)
    a, b = both(near, left, right)
    slack = rounding((near, left), (near, right), a, b)
    return torch.isfinite(a - b) & ((a - b).abs() > slack / CERTAIN)


def _put_in(evaluator: Evaluator, left: Term, right: Term) -> Tensor:
    """The smallest of what was put in, in each draw: values of symbols, and numerals."""
    smallest = torch.full((evaluator.draws,), torch.inf, dtype=torch.float64)
    for value in leaves(evaluator).values():
        largest = value.detach().abs().flatten(1).amax(1)
        smallest = torch.where(largest > 0, torch.minimum(smallest, largest), smallest)
    for term in (*walk_terms(left), *walk_terms(right)):
        if term.operation == "number" and term.data:
            smallest = smallest.clamp(max=abs(float(term.data)))
    return torch.where(smallest.isinf(), 1.0, smallest)


def _has_extremes(evaluator: Evaluator, left: Term, right: Term) -> bool:
    """Whether a claim has numerals so large or small that what stands beside them may be lost."""
    for term in walk_meaning(evaluator.book, evaluator.alias, left, right):
        if is_plain(term):
            size = float(evaluator(term).tensor.detach().abs().max())
            if size and not 1 / EXTREME < size < EXTREME:
                return True
    return False


def _smallest_part(evaluator: Evaluator, left: Term, right: Term) -> Tensor:
    """The smallest of what is added somewhere, in each draw."""
    parts: list[Tensor] = []
    both(evaluator.noisy(1, parts), left, right)
    smallest = torch.full((evaluator.draws,), torch.inf, dtype=torch.float64)
    for part in parts:
        smallest = torch.minimum(smallest, part)
    return smallest


def _first(mask: Tensor) -> int:
    """The first draw in which something is so; 0 if there is none."""
    return int(mask.flatten(1).any(1).int().argmax())


def describe(
    comparison: Comparison, evaluator: Evaluator, operator: str, where: Node
) -> tuple[str, list[str], Node]:
    """What is wrong with a claim that does not hold: the message, more of it, and the place."""
    sizes = list(evaluator.drawer.dimensions.items())
    values = _values_in(evaluator, comparison.draw)
    if comparison.unmet is not None:
        notes = [f"at {values}" if values else "", "Add a last case with \\text{otherwise}."]
        return "for some values none of the cases is met", notes, comparison.unmet
    if comparison.one_sided:
        left, right = (torch.isfinite(side) for side in (comparison.left, comparison.right))
        has, lacks = ("left", "right") if bool((left & ~right).any()) else ("right", "left")
        said = f"at {values} only the {has} one has" if values else f"only the {has} one has"
        note = f"Say for which values it is meant: {_meant(evaluator)}."
        return f"for some values the {lacks} side has no value", [said, note], where
    if comparison.missed is not None:
        note = "Leave it out, or widen the sets of its symbols."
        return "no value that was tried reaches this case", [note], comparison.missed
    if not comparison.finite:
        return "a side is not finite", told(comparison, sizes), where
    if comparison.undecided:
        note = "What differs is smaller than the rounding of what is added up."
        return "double precision cannot tell whether the two sides are equal", [note], where
    if operator == "=":
        notes = told(comparison, sizes)
        if values and not _is_first(evaluator, comparison.draw):
            notes = [f"at {values}: {notes[0]}", *notes[1:]]
        return "the two sides differ", notes, where
    note = example(comparison.left, comparison.right)
    notes = [f"at {values}: {note.removeprefix('for example ')}" if values else note]
    return f"the left side is not {operator} the right one everywhere", notes, where


def _meant(evaluator: Evaluator) -> str:
    """How an author restricts a symbol, by the example of one that was put in."""
    symbols = sorted(evaluator.book.family(key[0]).tex for key in leaves(evaluator))
    return f"Let {symbols[0]} > 0" if symbols else "Let x > 0"


def _is_first(evaluator: Evaluator, draw: int) -> bool:
    """Whether a draw is of ordinary size, so that its values add nothing to what differs."""
    return evaluator.drawer.modes[draw] in ("tame", "positive")


def _values_in(evaluator: Evaluator, draw: int) -> str:
    """The numbers that were put in, `x = 2, y = 0.5`; "" if there are too many, or none is a number."""
    found = []
    for key, value in leaves(evaluator).items():
        if value[draw].numel() == 1:
            number = float(value[draw].detach())
            found.append(f"{evaluator.book.family(key[0]).tex} = {_number(number)}")
    return ", ".join(sorted(found)) if len(found) <= 4 else ""


def told(comparison: Comparison, sizes: Iterable[tuple[str, int]]) -> list[str]:
    """What the difference looks like: a factor everywhere, a sign, a transpose."""
    a, b = comparison.left, comparison.right
    if not comparison.finite:
        which = [n for n, t in (("left", a), ("right", b)) if not bool(torch.isfinite(t).all())]
        return [
            f"the {' and the '.join(which)} side is not finite: a division by 0, or a logarithm "
            "or a root of a negative number"
        ]
    known = torch.isfinite(a) & torch.isfinite(b)
    if not bool(known.all()):  # entries without a value in this draw
        return [example(torch.where(known, a, 0.0), torch.where(known, b, 0.0))]
    ratio = _ratio(a, b)
    if ratio is None:
        if a.shape[-1] == a.shape[-2] > 1 and _close(a, b.mT):
            return ["they are equal after transposing one: is a transpose missing?"]
        gap = b - a
        if float((gap - gap.flatten()[0]).abs().max()) <= TOLERANCE * float(gap.abs().max()):
            return [f"right - left = {_number(float(gap.flatten()[0]))} everywhere"]
        return [example(a, b)]
    if abs(ratio + 1) < 1e-9:
        return ["right / left = -1 everywhere: is a sign wrong?"]
    for name, size in sizes:
        if size > 1 and abs(ratio - size) < 1e-9 * size:
            return [
                f"right / left = {size} everywhere, which is {name}: "
                f"is a factor \\frac{{1}}{{{name}}} missing?"
            ]
        if size > 1 and abs(ratio * size - 1) < 1e-9:
            return [
                f"right / left = 1/{size} everywhere, which is 1/{name}: "
                f"is a factor \\frac{{1}}{{{name}}} too much?"
            ]
        if size > 1 and abs(ratio + size) < 1e-9 * size:
            return [f"right / left = -{size} everywhere, which is -{name}"]
    if a.numel() == 1:
        return [example(a, b)]
    return [f"right / left = {_number(ratio)} everywhere: is a factor missing?"]


def example(a: Tensor, b: Tensor) -> str:
    """The two numbers that differ most."""
    place = int((a - b).abs().flatten().argmax())
    left, right = (_number(float(side.flatten()[place])) for side in (a, b))
    return f"for example left = {left}, right = {right}"


def _ratio(a: Tensor, b: Tensor) -> float | None:
    kept = a.abs() > 1e-12 * float(a.abs().max())
    if a.numel() < 2 and a.numel() != 1 or not bool(kept.any()):
        return None
    ratios = b[kept] / a[kept]
    first = float(ratios[0])
    if float((ratios - first).abs().max()) > 1e-9 * abs(first) or not _close(a * first, b):
        return None
    return first or None


def _close(a: Tensor, b: Tensor) -> bool:
    size = float(torch.maximum(a.abs(), b.abs()).max())
    return float((a - b).abs().max()) <= 1e-9 * size


def _number(value: float) -> str:
    return f"{value:.4g}"
