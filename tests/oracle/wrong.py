"""Wrong neighbours of an expression: one change somewhere in its tree."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from sympy import (
    Abs,
    Add,
    Basic,
    Derivative,
    Expr,
    GreaterThan,
    Heaviside,
    Integer,
    LessThan,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    StrictGreaterThan,
    StrictLessThan,
    Sum,
    Symbol,
    cos,
    exp,
    log,
    sin,
    sqrt,
    tanh,
)
from sympy.core.relational import Relational

# What a function may be taken for.
_FUNCTIONS: dict[type, tuple[Any, ...]] = {
    sin: (cos, lambda x: -sin(x), tanh),
    cos: (sin, lambda x: -cos(x)),
    tanh: (sin, lambda x: x),
    exp: (lambda x: 1 + x, lambda x: exp(-x), lambda x: exp(2 * x)),
    log: (lambda x: log(1 + x), lambda x: -log(x), lambda x: log(2 * x)),
    Abs: (lambda x: x, lambda x: -x),
}
_RELATIONS = {
    StrictGreaterThan: (GreaterThan, StrictLessThan),
    GreaterThan: (StrictGreaterThan, LessThan),
    StrictLessThan: (LessThan, StrictGreaterThan),
    LessThan: (StrictLessThan, GreaterThan),
}
_OPAQUE = (Derivative, Sum)  # their binders are no numbers to be changed


def neighbour(expression: Expr, symbols: tuple[Symbol, ...], random: Random) -> Expr:
    """The expression with one random change.

    Args:
        expression: The expression.
        symbols: The letters that one may be taken for another of.
        random: Where the choice comes from.
    """
    places = [
        (path, node)
        for path, node in _places(expression, ())
        if next(_changes(node, symbols, random), None) is not None
    ]
    path, node = random.choice(places)
    return _replaced(expression, path, random.choice(list(_changes(node, symbols, random))))


def _places(node: Basic, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Basic]]:
    yield path, node
    if not isinstance(node, _OPAQUE):
        # The second argument of a step is its value at the edge, and no number of the page.
        for number, child in enumerate(node.args[: 1 if isinstance(node, Heaviside) else None]):
            yield from _places(child, (*path, number))


def _changes(node: Basic, symbols: tuple[Symbol, ...], random: Random) -> Iterator[Basic]:
    if isinstance(node, Rational):
        yield from (node + 1, node - 1, -node, 2 * node, node + Rational(1, 1000))
        if node.q > 1:
            yield Rational(node.p + 1, node.q)
    elif isinstance(node, Symbol):
        yield from (other for other in symbols if other != node)
        yield from (-node, node + 1)
    elif isinstance(node, Add | Mul):
        for number, part in enumerate(node.args):
            rest = [*node.args[:number], *node.args[number + 1 :]]
            yield node.func(*rest)
            yield node.func(*rest, -part)
    elif isinstance(node, Pow):
        yield from (node.base, Pow(node.base, node.exp + 1))
    elif isinstance(node, Max | Min):
        yield (Min if isinstance(node, Max) else Max)(*node.args, evaluate=False)
        yield from node.args
    elif isinstance(node, Heaviside):
        # The other one at the edge itself; the other side of it.
        yield Heaviside(node.args[0], 1 - node.args[1])
        yield Heaviside(-node.args[0], node.args[1])
    elif isinstance(node, Piecewise):
        branches = [(branch, condition) for branch, condition in node.args]
        values = [branch for branch, _ in branches]
        turned = [*values[1:], values[0]]
        yield Piecewise(*zip(turned, [c for _, c in branches], strict=True), evaluate=False)
        for number, (branch, condition) in enumerate(branches):
            for other in (-branch, branch + 1):
                changed = [*branches]
                changed[number] = (other, condition)
                yield Piecewise(*changed, evaluate=False)
    elif isinstance(node, Relational):
        for kind in _RELATIONS.get(type(node), ()):
            yield kind(*node.args, evaluate=False)
    elif isinstance(node, Expr):
        for function in _FUNCTIONS.get(type(node), ()):
            yield function(node.args[0])


def _replaced(node: Basic, path: tuple[int, ...], new: Basic) -> Any:
    """The tree with another node at a place; Max, Min and Piecewise are left as they are written."""
    if not path:
        return new
    arguments = list(node.args)
    arguments[path[0]] = _replaced(arguments[path[0]], path[1:], new)
    if isinstance(node, Max | Min | Piecewise):
        return node.func(*arguments, evaluate=False)
    return node.func(*arguments)


def root(expression: Expr) -> Expr:
    """The square root of the square, which is the absolute value."""
    return sqrt(Pow(expression, Integer(2), evaluate=False), evaluate=False)
