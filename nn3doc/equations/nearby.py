"""`f(x) \\approx P(x) \\text{ near } x = 0`: an approximation, held to the order that it claims.

A side that is a polynomial of degree k in the symbols that come near their place claims to be right
up to terms of degree k: what is left over vanishes like h^(k + 1), as h goes to 0. This is measured
by halving h. Where neither side is a polynomial (a difference quotient), what is left over vanishes.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nn3doc.equations.book import Book
from nn3doc.equations.compare import Comparison, compare
from nn3doc.equations.terms import Term
from nn3doc.equations.values import Evaluator, Key

STEP = 1 / 128
EXACT = 1e-13  # what rounding leaves over, relative to the sides


def degree(term: Term, variables: frozenset[Key], book: Book) -> int | None:
    """The degree of a term as a polynomial in some symbols; None where it is none."""
    if term.operation == "family":
        if term.data in variables:
            return 1
        found = book.find(term.data)
        return 0 if found is None else degree(book.elaborated(found, term.data)[0], variables, book)
    parts = [degree(argument, variables, book) for argument in term.arguments]
    if all(part == 0 for part in parts):
        return 0
    if term.operation == "power":
        exponent = term.arguments[1]
        whole = exponent.operation == "number" and float(exponent.data).is_integer()
        return None if not whole or parts[0] is None else parts[0] * int(exponent.data)
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if term.operation in ("multiply", "matmul", "dot"):
        return sum(known)
    if term.operation in ("add", "transpose", "gather", "sum", "trace", "stack", "unfold"):
        return max(known)
    if term.operation == "divide":
        return known[0] if known[1] == 0 else None
    return None


def order_claimed(left: Term, right: Term, places: Sequence[Term], book: Book) -> int:
    """Up to terms of which degree two sides claim to agree."""
    variables = frozenset(place.data for place in places)
    degrees = [degree(side, variables, book) for side in (left, right)]
    return max((each for each in degrees if each is not None), default=0)


def hold_near(
    evaluator: Evaluator, left: Term, right: Term, places: Sequence[tuple[Term, Term]], order: int
) -> Comparison:
    """Whether two sides agree near a place up to terms of a degree.

    Args:
        evaluator: The draw.
        left: One side.
        right: The other.
        places: Symbols, each with the value that it comes near.
        order: The degree.
    """
    results = [compare(_moved(evaluator, places, h), left, right) for h in (STEP, STEP / 2)]
    far, near = results
    if not (far.finite and near.finite):
        return far
    gaps = [float((result.left - result.right).abs().max()) for result in results]
    size = max(float(far.left.abs().max()), float(far.right.abs().max()))
    holds = gaps[1] <= EXACT * size or gaps[1] <= gaps[0] * 2.0 ** -(order + 0.5)
    return Comparison(holds, True, 0.0, far.instances, near.left, near.right)


def _moved(evaluator: Evaluator, places: Sequence[tuple[Term, Term]], h: float) -> Evaluator:
    """The same draw with symbols put close to their places."""
    inner = Evaluator(
        evaluator.book, evaluator.drawer, evaluator.leaves(), evaluator.only_given,
        evaluator.use_definitions, evaluator.alias,
    )  # fmt: skip
    for symbol, value in places:
        at: Tensor = evaluator(value).tensor.detach()
        at = at.expand(evaluator.symbol(symbol.data).shape)
        generator = evaluator.drawer.generator(f"near {symbol.data}")
        direction = 0.5 + torch.rand(at.shape, generator=generator, dtype=torch.float64)
        inner.memo[symbol.data] = (at + h * direction).requires_grad_()
    return inner
