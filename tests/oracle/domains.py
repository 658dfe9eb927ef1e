"""Where the letters of a pair live: how a page says so, and points to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from sympy import Rational, Symbol

Point = tuple[Rational, ...]
LETTERS = (*"abcpqrstuvwxyz", r"\alpha", r"\beta", r"\theta", r"\lambda")
_NEAR = Rational(1, 100)


@dataclass(frozen=True)
class Domain:
    """A set of numbers.

    Attributes:
        tex: How a page declares one letter of it; `{}` is the letter.
        least: Its lower end.
        most: Its upper end; where there is none, as far as the points go.
        ends: Whether the ends belong to it.
        members: Its elements, if they are few.
        assumptions: What SymPy is told of a symbol of this set.
    """

    tex: str
    least: Rational = Rational(-60)
    most: Rational = Rational(60)
    ends: bool = True
    members: tuple[int, ...] = ()
    assumptions: tuple[str, ...] = ("real",)

    def __contains__(self, value: Rational) -> bool:
        if self.members:
            return value in self.members
        if self.ends:
            return bool(self.least <= value <= self.most)
        return bool(self.least < value < self.most)

    def symbol(self, letter: str) -> Symbol:
        """A letter of this set, as SymPy is to know it."""
        return Symbol(letter, **dict.fromkeys(self.assumptions, True))

    def declare(self, symbols: Iterable[Symbol]) -> str:
        """The sentence of a page that says where these letters live."""
        return "Let " + " and ".join(f"${self.tex.format(symbol.name)}$" for symbol in symbols)

    def draw(self, random: Random, scale: int) -> Rational:
        """A random element, at most `scale` from the middle."""
        if self.members:
            return Rational(random.choice(self.members))
        least, most = max(self.least, Rational(-scale)), min(self.most, Rational(scale))
        return least + (most - least) * Rational(random.randint(1, 9999), 10000)


REALS = Domain(r"{} \in \mathbb{{R}}")
POSITIVE = Domain("{} > 0", least=Rational(0), ends=False, assumptions=("positive",))
UNIT = Domain("{} \\in (0, 1)", Rational(0), Rational(1), ends=False, assumptions=("positive",))
BETWEEN = Domain(r"{} \in [-1, 1]", Rational(-1), Rational(1))
LARGE = Domain(
    r"{} \in [2, 50]", Rational(2), Rational(50), assumptions=("positive",)
)  # a range that begins far from 0
BITS = Domain(r"{} \in \{{0, 1\}}", members=(0, 1))
SIGNS = Domain(r"{} \in \{{-1, 1\}}", members=(-1, 1))
THREE = Domain(r"{} \in \{{0, 1, 2\}}", members=(0, 1, 2))
COUNTS = Domain(
    r"{} \in \mathbb{{N}}", members=tuple(range(1, 9)), assumptions=("positive", "integer")
)


def points(
    domain: Domain, symbols: tuple[Symbol, ...], numbers: Iterable[Rational], random: Random
) -> list[Point]:
    """Points of a domain: random ones near and far, equal ones, and those where something turns.

    Args:
        domain: The set.
        symbols: The letters.
        numbers: The numbers that stand in the expressions: a letter gets each of them, and what is
            just below and just above.
        random: Where the random ones come from.
    """
    size = len(symbols)
    found = [
        tuple(domain.draw(random, scale) for _ in symbols) for scale in (2, 2, 2, 2, 10, 10, 60, 60)
    ]
    if size > 1:
        found += [(domain.draw(random, scale),) * size for scale in (2, 10, 60)]
    special = {Rational(0), Rational(1), Rational(-1), domain.least, domain.most}
    for number in numbers:
        if abs(number) <= 60:
            special |= {number, -number, number - _NEAR, number + _NEAR}
    for value in sorted(value for value in special if value in domain):
        for place in range(size):
            point = [domain.draw(random, 3) for _ in symbols]
            point[place] = value
            found.append(tuple(point))
        if size > 1:
            found.append((value,) * size)
    return found
