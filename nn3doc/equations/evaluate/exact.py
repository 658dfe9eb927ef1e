"""Numbers to fifty digits: a step between plain numbers is decided, not estimated.

Every value is an interval that contains the true one. Two sides are equal if their intervals meet,
and different if they do not: at fifty digits what is written in a page leaves no third case.
Nothing that depends on a matrix, a random value or an index is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from mpmath import iv, mp, nstr

from nn3doc.equations.meaning import Term
from nn3doc.equations.model import Function
from nn3doc.equations.notation import Size
from nn3doc.equations.tex import Name, Node, Number

Key = tuple[str, tuple[int | None, ...]]
Interval = Any  # mpmath has no types

iv.dps = mp.dps = 50
MOST_DIGITS = 10_000  # of a power: 10^{10^{10}} is not written out


class Definitions(Protocol):
    """What is asked of a page."""

    def definition(self, key: Key) -> tuple[Term, object] | None:
        """The right side that defines a symbol."""

    def function_definition(self, key: str) -> Function:
        """A function by the key of its family."""


class UndecidedError(Exception):
    """A value that is not worked out here."""


_FUNCTIONS: dict[str, Callable[[Interval], Interval]] = {
    "exp": iv.exp,
    "log": iv.log,
    "ln": iv.log,
    "sin": iv.sin,
    "cos": iv.cos,
    "tan": iv.tan,
    "sqrt": iv.sqrt,
    "abs": abs,
    "cot": lambda x: 1 / iv.tan(x),
    "sinh": lambda x: (iv.exp(x) - iv.exp(-x)) / 2,
    "cosh": lambda x: (iv.exp(x) + iv.exp(-x)) / 2,
    "tanh": lambda x: 1 - 2 / (iv.exp(2 * x) + 1),
}
_DEFINED_FROM_ZERO = frozenset(["log", "ln", "sqrt"])


class Exact:
    """Works out scalar terms in intervals.

    Args:
        definitions: The page's definitions.
        values: Numbers of symbols that nothing defines.
        sizes: Numbers of sizes.
    """

    def __init__(
        self, definitions: Definitions, values: Mapping[Key, Interval], sizes: Mapping[str, int]
    ) -> None:
        self._definitions = definitions
        self._values = dict(values)
        self._sizes = sizes
        self._formals: dict[str, Interval] = {}

    def __call__(self, term: Term) -> Interval:
        """The value of a term.

        Raises:
            UndecidedError: It is no number, it has no value here, or it is not worked out so.
        """
        if term.shape != () or term.indices:
            raise UndecidedError
        rule = _RULES.get(term.operation)
        if rule is None:
            raise UndecidedError
        return rule(self, term)

    def _number(self, term: Term) -> Interval:
        return _constant(term.node, term.data)

    def _size(self, term: Term) -> Interval:
        size: Size = term.data
        if not size.names <= self._sizes.keys():
            raise UndecidedError
        return iv.mpf(size.value(lambda name: self._sizes[name]))

    def _add(self, term: Term) -> Interval:
        parts = [self(argument) for argument in term.arguments]
        return sum((part * sign for part, sign in zip(parts, term.data, strict=True)), iv.mpf(0))

    def _multiply(self, term: Term) -> Interval:
        left, right = term.arguments
        return self(left) * self(right)

    def _divide(self, term: Term) -> Interval:
        left, right = (self(argument) for argument in term.arguments)
        if 0 in right:
            raise UndecidedError
        return left / right

    def _power(self, term: Term) -> Interval:
        base, exponent = (self(argument) for argument in term.arguments)
        whole = exponent.a == exponent.b and int(exponent.a) == exponent.a
        if abs(float(exponent.b)) > MOST_DIGITS or (not whole and base.a <= 0):
            raise UndecidedError
        if not whole:
            return iv.exp(exponent * iv.log(base))
        count = int(exponent.a)
        if count < 0 and 0 in base:
            raise UndecidedError
        return base**count

    def _root(self, term: Term) -> Interval:
        base, degree = (self(argument) for argument in term.arguments)
        if base.a <= 0:
            raise UndecidedError
        return iv.exp(iv.log(base) / degree)

    def _apply(self, term: Term) -> Interval:
        argument = self(term.arguments[0])
        if term.operation in _DEFINED_FROM_ZERO and argument.a <= 0:
            raise UndecidedError
        if term.operation == "exp" and abs(float(argument.b)) > MOST_DIGITS:
            raise UndecidedError
        return _FUNCTIONS[term.operation](argument)

    def _family(self, term: Term) -> Interval:
        if term.arguments:
            raise UndecidedError
        if term.data not in self._values:
            found = self._definitions.definition(term.data)
            if found is None:
                raise UndecidedError
            outer, self._formals = self._formals, {}
            try:
                self._values[term.data] = self(found[0])
            finally:
                self._formals = outer
        return self._values[term.data]

    def _formal(self, term: Term) -> Interval:
        if term.data not in self._formals:
            raise UndecidedError
        return self._formals[term.data]

    def _call(self, term: Term) -> Interval:
        key, primes = term.data
        function = self._definitions.function_definition(key)
        if primes or function.body is None:
            raise UndecidedError
        given = [self(argument) for argument in term.arguments]
        outer = self._formals
        self._formals = dict(zip(function.parameter_names, given, strict=True))
        try:
            return self(function.body)
        finally:
            self._formals = outer


def _constant(node: Node, value: float) -> Interval:
    """A numeral to the digits that are written; π and e to fifty."""
    if isinstance(node, Number):
        return iv.mpf(node.text)
    if isinstance(node, Name) and node.letter in (r"\pi", "e"):
        return +iv.pi if node.letter == r"\pi" else iv.exp(1)
    if float(value).is_integer():
        return iv.mpf(int(value))
    raise UndecidedError


_RULES: dict[str, Callable[[Exact, Term], Interval]] = {
    "number": Exact._number,
    "size": Exact._size,
    "add": Exact._add,
    "multiply": Exact._multiply,
    "divide": Exact._divide,
    "power": Exact._power,
    "root": Exact._root,
    "family": Exact._family,
    "formal": Exact._formal,
    "call": Exact._call,
    **dict.fromkeys(_FUNCTIONS, Exact._apply),
}


def related(left: Interval, operator: str, right: Interval, rounding: float = 0.0) -> bool:
    """Whether a relation is true of two values, one of them rounded.

    Args:
        left: The one.
        operator: `=`, `~`, `!=`, `<` …
        right: The other.
        rounding: By how much they may differ and still be equal as written.
    """
    gap = left - right
    allowed = iv.mpf(rounding * (1 + 1e-12))  # an exact half is within; the caller judges it
    equal = gap.a <= allowed.b and gap.b >= -allowed.b
    if operator == "!=":
        return 0 not in gap
    if operator in ("<", "<="):
        return bool(gap.b < 0) or (operator == "<=" and 0 in gap)
    if operator in (">", ">="):
        return bool(gap.a > 0) or (operator == ">=" and 0 in gap)
    return bool(equal)


def shortest(value: Interval, digits: int = 6) -> str:
    """A value with some digits, without zeros at its end."""
    return str(nstr(mp.mpf(value.mid), digits)).removesuffix(".0")


__all__ = ["Exact", "Interval", "UndecidedError", "related", "shortest"]
