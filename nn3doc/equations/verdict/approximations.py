"""`f(x) \\approx P(x) \\text{ near } x = 0`: an approximation, compared to the order that it claims.

A side that is a polynomial of degree k in the symbols that come near their place claims to be right
up to terms of degree k: what is left over vanishes like h^(k + 1), as h goes to 0. This is measured
by halving h. Where neither side depends on the symbols as a polynomial, such as a difference
quotient, what is left over vanishes. A side whose degree cannot be told is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from nn3doc.equations.evaluate import Comparison, Evaluator, both
from nn3doc.equations.meaning import Key, Term, operation_of
from nn3doc.equations.model import PageModel
from nn3doc.equations.notation import NotationError

STEP = 1 / 128
EXACT = 1e-13  # what rounding leaves over, relative to the sides


class NoPolynomial(Exception):
    """A term that is no polynomial, or of which it cannot be told: the operation that says so."""

    def __init__(self, term: Term) -> None:
        super().__init__(operation_of(term).name)
        self.term = term


def degree(
    term: Term,
    variables: frozenset[Key],
    book: PageModel,
    formals: Mapping[str, int] | None = None,
) -> int:
    """The degree of a term as a polynomial in some symbols.

    Args:
        term: The term.
        variables: The symbols.
        book: What the page defines.
        formals: The degrees of a function's arguments, in its body.

    Raises:
        NoPolynomial: It depends on them in another way, or in one that cannot be told.
    """
    if term.operation == "family":
        if term.data in variables:
            return 1
        found = book.find(term.data)
        below = (
            0 if found is None else degree(book.elaborated(found, term.data)[0], variables, book)
        )
        return max([below, *(degree(part, variables, book, formals) for part in term.arguments)])
    if term.operation == "formal":
        return (formals or {}).get(term.data, 0)
    parts = [degree(argument, variables, book, formals) for argument in term.arguments]
    rule = operation_of(term).degree
    if rule == "body":
        return _of_call(term, parts, variables, book)
    if all(part == 0 for part in parts):
        return 0
    if rule == "largest":
        return max(parts)
    if rule == "sum":
        return sum(parts)
    if rule == "first" and not any(parts[1:]):
        return parts[0]
    if rule == "exponent" and parts[1] == 0:
        largest = _largest(term.arguments[1])
        if largest is not None:
            return parts[0] * largest
    raise NoPolynomial(term)


def _of_call(term: Term, parts: list[int], variables: frozenset[Key], book: PageModel) -> int:
    key, primes = term.data
    function = book.function_definition(key)
    if function.body is None:
        if any(parts):
            raise NoPolynomial(term)
        return 0
    given = dict(zip(function.parameter_names, parts, strict=True))
    found = degree(function.body, variables, book, given)
    if found and primes:
        raise NoPolynomial(term)
    return found


def _largest(exponent: Term) -> int | None:
    """The largest value of an exponent that is a whole number; None for any other."""
    if exponent.operation == "number" and float(exponent.data).is_integer() and exponent.data >= 0:
        return int(exponent.data)
    if exponent.operation == "index" and exponent.data.range is not None:
        largest: int | None = exponent.data.range.high.number
        return largest
    return None


def order_claimed(
    evaluator: Evaluator,
    left: Term,
    right: Term,
    places: Sequence[tuple[Term, Term]],
    book: PageModel,
) -> int:
    """Up to terms of which degree two sides claim to agree.

    Args:
        evaluator: Draws, to see which denominators vanish at the place.
        left: One side.
        right: The other.
        places: Symbols, each with the value that it comes near.
        book: What the page defines.

    Raises:
        NotationError: A side may be a polynomial, and its degree cannot be told.
    """
    variables = frozenset(place.data for place, _ in places)
    found: list[int] = []
    smooth: list[NoPolynomial] = []
    for side in (left, right):
        try:
            found.append(degree(side, variables, book))
        except NoPolynomial as error:
            smooth.append(error)
    if not found and not any(_vanishes(evaluator, error.term, places) for error in smooth):
        raise NotationError(
            "the order of this approximation cannot be told: neither side is a polynomial",
            right.node,
            "Write one side as a polynomial in what comes near its place, 1 + x + \\frac{x^2}{2}.",
            "read",
        )
    return max(found, default=0)


def _vanishes(evaluator: Evaluator, term: Term, places: Sequence[tuple[Term, Term]]) -> bool:
    """Whether a term is a quotient by what is 0 at the place, as of differences."""
    if term.operation != "divide":
        return False
    below = _moved(evaluator, places, 0.0)(term.arguments[1]).tensor
    return bool((below.detach() == 0).all())


def hold_near(
    evaluator: Evaluator, left: Term, right: Term, places: Sequence[tuple[Term, Term]], order: int
) -> Comparison:
    """Whether two sides agree near a place up to terms of a degree.

    Args:
        evaluator: The draws.
        left: One side.
        right: The other.
        places: Symbols, each with the value that it comes near.
        order: The degree.
    """
    pairs = [both(_moved(evaluator, places, h), left, right) for h in (STEP, STEP / 2)]
    (_, _), (a, b) = pairs
    finite = torch.stack([torch.isfinite(one - two) for one, two in pairs]).all(0)
    valid = finite.flatten(1).all(1)
    if not bool(valid.any()):
        return Comparison(False, False, float("inf"), a[0].numel(), a[0], b[0])
    gaps = [(one - two).abs().flatten(1).amax(1) for one, two in pairs]
    size = torch.maximum(*(side.abs().flatten(1).amax(1) for side in pairs[0]))
    good = (gaps[1] <= EXACT * size) | (gaps[1] <= gaps[0] * 2.0 ** -(order + 0.5))
    bad = valid & ~good
    place = int(bad.nonzero()[0]) if bool(bad.any()) else int(valid.nonzero()[0])
    count = int(valid.sum()) * a[0].numel()
    return Comparison(not bool(bad.any()), True, 0.0, count, a[place], b[place], place)


def _moved(evaluator: Evaluator, places: Sequence[tuple[Term, Term]], h: float) -> Evaluator:
    """The same draws with symbols put close to their places."""
    changed: dict[Key, Tensor] = {}
    for symbol, value in places:
        shape = evaluator.shape_of(symbol.data)
        at = evaluator(value).tensor.detach().expand(evaluator.draws, *shape)
        direction = 0.5 + evaluator.drawer.uniform(f"near {symbol.data}", shape)
        changed[symbol.data] = at + h * direction
    return evaluator.changed(changed)
