"""Holds two values against each other, and tells what their difference looks like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from nn3doc.equations.arrays import Array, aligned
from nn3doc.equations.terms import Term
from nn3doc.equations.values import Evaluator

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Comparison:
    """How two sides compare.

    Attributes:
        holds: Whether they are equal.
        finite: Whether both are finite everywhere.
        difference: The largest relative difference.
        instances: How many numbers were compared.
        left: The left value.
        right: The right value.
    """

    holds: bool
    finite: bool
    difference: float
    instances: int
    left: Tensor
    right: Tensor


def compare(evaluator: Evaluator, left: Term, right: Term, operator: str = "=") -> Comparison:
    """Evaluates two sides and compares them, relative to the size of what they are made of."""
    one, two = evaluator(left), evaluator(right)
    a, b = (tensor.detach() for tensor in aligned(one, two))
    a, b = torch.broadcast_tensors(a, b)
    finite = bool(torch.isfinite(a).all() and torch.isfinite(b).all())
    if not finite:
        return Comparison(False, False, float("inf"), a.numel(), a, b)
    if operator in ("<", "<=", ">", ">="):
        slack = TOLERANCE * float(torch.maximum(a.abs(), b.abs()).max())
        gap = a - b if operator in ("<", "<=") else b - a
        return Comparison(float(gap.max()) <= slack, True, 0.0, a.numel(), a, b)
    if operator == "!=":
        return Comparison(bool((a != b).all()), True, 0.0, a.numel(), a, b)
    gap = float((a - b).abs().max())
    size = float(torch.maximum(a.abs(), b.abs()).max())
    if gap == 0:
        return Comparison(True, True, 0.0, a.numel(), a, b)
    if gap / size > TOLERANCE:  # two sides that cancel to nothing are measured by their parts
        size = max(size, _magnitude(evaluator, left), _magnitude(evaluator, right))
    return Comparison(gap / size <= TOLERANCE, True, gap / size, a.numel(), a, b)


def _magnitude(evaluator: Evaluator, term: Term) -> float:
    """How large the parts of a sum are before they cancel."""
    if term.operation in ("add", "sum") and term.arguments:
        parts = term.arguments if term.operation == "add" else term.arguments[:1]
        return max(_magnitude(evaluator, part) for part in parts)
    if term.operation == "at":  # at another place it is not what it is at this one
        places = (evaluator(part).tensor.detach() for part in (term, term.arguments[0]))
        return max(float(place.abs().max()) for place in places)
    if term.operation in ("multiply", "divide", "matmul", "dot"):
        sizes = [_magnitude(evaluator, part) for part in term.arguments]
        if term.operation != "divide":
            return sizes[0] * sizes[1]
        smallest = float(evaluator(term.arguments[1]).tensor.detach().abs().min())
        return sizes[0] / smallest if smallest else 0.0
    return float(evaluator(term).tensor.detach().abs().max())


def told(comparison: Comparison, sizes: Iterable[tuple[str, int]]) -> list[str]:
    """What the difference looks like: a factor everywhere, a sign, a transpose."""
    a, b = comparison.left, comparison.right
    if not comparison.finite:
        which = [n for n, t in (("left", a), ("right", b)) if not bool(torch.isfinite(t).all())]
        return [f"the {' and the '.join(which)} side is not finite: a division by 0, or a logarithm "
                "or a root of a negative number"]  # fmt: skip
    ratio = _ratio(a, b)
    if ratio is None:
        if a.shape[-1] == a.shape[-2] > 1 and _close(a, b.mT):
            return ["they are equal after transposing one: is a transpose missing?"]
        gap = b - a
        if float((gap - gap.flatten()[0]).abs().max()) <= TOLERANCE * float(gap.abs().max()):
            return [f"right - left = {_number(float(gap.flatten()[0]))} everywhere"]
        place = int((a - b).abs().flatten().argmax())
        return [f"for example left = {_number(float(a.flatten()[place]))}, "
                f"right = {_number(float(b.flatten()[place]))}"]  # fmt: skip
    if abs(ratio + 1) < 1e-9:
        return ["right / left = -1 everywhere: is a sign wrong?"]
    for name, size in sizes:
        if size > 1 and abs(ratio - size) < 1e-9 * size:
            return [f"right / left = {size} everywhere, which is {name}: "
                    f"is a factor \\frac{{1}}{{{name}}} missing?"]  # fmt: skip
        if size > 1 and abs(ratio * size - 1) < 1e-9:
            return [f"right / left = 1/{size} everywhere, which is 1/{name}: "
                    f"is a factor \\frac{{1}}{{{name}}} too much?"]  # fmt: skip
        if size > 1 and abs(ratio + size) < 1e-9 * size:
            return [f"right / left = -{size} everywhere, which is -{name}"]
    if a.numel() == 1:
        return [f"for example left = {_number(float(a))}, right = {_number(float(b))}"]
    return [f"right / left = {_number(ratio)} everywhere: is a factor missing?"]


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


__all__ = ["TOLERANCE", "Array", "Comparison", "compare", "told"]
