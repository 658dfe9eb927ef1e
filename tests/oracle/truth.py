"""Whether a relation is true: both sides in 50 digits, at many points of the domain.

Nothing of the checker is used here: the values are those of SymPy and mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import mpmath
from sympy import (
    Abs,
    Add,
    Expr,
    Heaviside,
    Matrix,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    exp,
    lambdify,
    log,
)

from tests.oracle.domains import Point

DIGITS = 50
SAME = mpmath.mpf(10) ** -20
# Float64 has 16 digits: a checker that computes in it can be asked for a difference in the sixth.
VISIBLE = 1e-6
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    r"\le": lambda left, right: left <= right,
    r"\ge": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    r"\ne": lambda left, right: left != right,
}


class Truth(NamedTuple):
    """What the points say of a relation.

    Attributes:
        holds: Whether it is true at every point; None if that cannot be said.
        where: A point at which it is false, with the values of both sides.
    """

    holds: bool | None
    where: str = ""


def truth(
    left: Any, relation: str, right: Any, symbols: tuple[Symbol, ...], points: Iterable[Point]
) -> Truth:
    """Whether a relation is true wherever both sides have a value.

    Args:
        left: An expression or a matrix of expressions.
        relation: One of `RELATIONS`.
        right: Another of the same shape.
        symbols: The letters in both.
        points: Where to look; the first eight must give both sides a value.
    """
    if isinstance(left, Matrix):
        verdicts = [
            truth(one, relation, other, symbols, points)
            for one, other in zip(left, right, strict=True)
        ]
        wrong = [verdict for verdict in verdicts if verdict.holds is False]
        unclear = any(verdict.holds is None for verdict in verdicts)
        return wrong[0] if wrong else Truth(None if unclear else True)
    sides = _function(symbols, left), _function(symbols, right)
    unclear = False
    for number, point in enumerate(points):
        values = [_value(side, point) for side in sides]
        if values[0] is None or values[1] is None:
            unclear = unclear or number < 8
            continue
        difference = abs(values[0] - values[1])
        same = difference <= SAME * (1 + abs(values[0]) + abs(values[1]))
        if RELATIONS[relation](0 if same else values[0], 0 if same else values[1]):
            continue
        if (
            _equal_exactly(left, right, symbols, point)
            if same
            else _visible(difference, left, right, symbols, point)
        ):
            place = ", ".join(f"{s} = {v}" for s, v in zip(symbols, point, strict=True))
            shown = [mpmath.nstr(value, 20) for value in values]
            return Truth(False, f"at {place}: {shown[0]} and {shown[1]}")
        unclear = True
    return Truth(None if unclear else True)


def _function(symbols: tuple[Symbol, ...], side: Expr) -> Callable[..., Any]:
    """An expression as a function in mpmath; with derivatives worked out and steps as cases."""
    plain = side.doit() if hasattr(side, "doit") else side
    if plain.has(Heaviside):
        plain = plain.rewrite(Piecewise)
    function: Callable[..., Any] = lambdify(symbols, plain, "mpmath")
    return function


def _value(side: Callable[..., Any], point: Point) -> Any:
    """The value at a point; None if it is no finite real number."""
    with mpmath.workdps(DIGITS):
        try:
            value = mpmath.mpmathify(side(*[mpmath.mpf(v.p) / v.q for v in point]))
        except (ValueError, ZeroDivisionError, OverflowError, TypeError):
            return None
        if isinstance(value, mpmath.mpc):
            if abs(value.imag) > SAME * (1 + abs(value.real)):
                return None
            value = value.real
        return value if mpmath.isfinite(value) else None


def _equal_exactly(left: Expr, right: Expr, symbols: tuple[Symbol, ...], point: Point) -> bool:
    """Whether both sides are the same at a point, which makes `<` false and `\\ne`, too."""
    at_point = dict(zip(symbols, point, strict=True))
    return bool((left - right).subs(at_point) == 0)


def _visible(
    difference: Any, left: Expr, right: Expr, symbols: tuple[Symbol, ...], point: Point
) -> bool:
    """Whether float64 can show a difference at a point."""
    measures = [_measure(side, symbols, point) for side in (left, right)]
    return bool(difference > VISIBLE * max(measures))


def _measure(side: Expr, symbols: tuple[Symbol, ...], point: Point) -> float:
    """How large the numbers are that a side is made of: what rounding is relative to."""
    plain = side.doit() if hasattr(side, "doit") else side
    values = {symbol: float(value) for symbol, value in zip(symbols, point, strict=True)}
    try:
        return _parts(plain, values)[1]
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return math.inf


def _parts(node: Any, values: dict[Symbol, float]) -> tuple[float, float]:
    """The value of a node and the magnitude of what is added up in it."""
    if isinstance(node, Symbol):
        return values[node], abs(values[node])
    if not node.args or node.is_number:
        return float(node), abs(float(node))
    if isinstance(node, Piecewise):
        for branch, condition in node.args:
            if bool(condition.subs(values)):
                return _parts(branch, values)
        raise ValueError("no branch")
    below = [_parts(argument, values) for argument in node.args]
    numbers, sizes = [value for value, _ in below], [size for _, size in below]
    if isinstance(node, Add):
        return math.fsum(numbers), math.fsum(sizes)
    if isinstance(node, Mul):
        return math.prod(numbers), math.prod(sizes)
    if isinstance(node, Pow):
        value = numbers[0] ** numbers[1]
        if isinstance(value, complex):
            raise ValueError("no real number")
        relative = sizes[0] / abs(numbers[0]) if numbers[0] else 1.0
        steepness = 1 + abs(numbers[1]) * (relative - 1)
        if node.args[1].is_number:
            return value, abs(value) * steepness
        return value, abs(value) * (steepness + sizes[1] * abs(math.log(abs(numbers[0]))))
    if isinstance(node, exp):
        return math.exp(numbers[0]), math.exp(numbers[0]) * (1 + sizes[0])
    if isinstance(node, log):
        return math.log(numbers[0]), abs(math.log(numbers[0])) + sizes[0] / abs(numbers[0])
    if isinstance(node, Max | Min | Abs):
        value = float(node.func(*[Rational(number) for number in numbers]))
        return value, max(sizes)
    value = float(node.func(*numbers))
    return value, abs(value) + math.fsum(sizes)
