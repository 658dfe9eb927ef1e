"""Symbolic sizes: whole-number polynomials such as `n_2`, `n_x - 1`, `2 d`, `784`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Monomial = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """A polynomial in named sizes, in one canonical order, so that equal sizes compare equal."""

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: int | str) -> Size:
        """The size that a number or a name stands for."""
        if isinstance(value, int):
            return Size((((), value),)) if value else Size(())
        return Size((((value,), 1),))

    def __add__(self, other: Size) -> Size:
        return _collect([*self.terms, *other.terms])

    def __sub__(self, other: Size) -> Size:
        return _collect([*self.terms, *((names, -count) for names, count in other.terms)])

    def __mul__(self, other: Size) -> Size:
        return _collect(
            (tuple(sorted(one + two)), count * times)
            for one, count in self.terms
            for two, times in other.terms
        )

    @property
    def number(self) -> int | None:
        """Its value where no name is in it."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and self.terms[0][0] == ():
            return self.terms[0][1]
        return None

    @property
    def names(self) -> frozenset[str]:
        """The named sizes in it."""
        return frozenset(name for names, _ in self.terms for name in names)

    def replace(self, known: Mapping[str, Size]) -> Size:
        """The same with names put to other sizes."""
        if not self.names & known.keys():
            return self
        result = Size(())
        for names, count in self.terms:
            product = Size.of(count)
            for name in names:
                product = product * known.get(name, Size.of(name))
            result = result + product
        return result

    def value(self, dimension: Callable[[str], int]) -> int:
        """Its value with each named size put to a number."""
        total = 0
        for names, count in self.terms:
            for name in names:
                count *= dimension(name)
            total += count
        return total

    def __str__(self) -> str:
        parts: list[str] = []
        for names, count in self.terms:
            body = " ".join(names)
            size = abs(count)
            text = body if body and size == 1 else f"{size} {body}".strip()
            sign = "-" if count < 0 else "+"
            if not parts:
                parts.append(text if count > 0 else f"-{text}")
            else:
                parts.append(f"{sign} {text}")
        return " ".join(parts) or "0"


ONE = Size.of(1)
Shape = tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """All whole numbers from `low` to `high`, both included."""

    low: Size
    high: Size

    def __str__(self) -> str:
        return f"{self.low}, …, {self.high}"


def show(shape: Shape | None) -> str:
    """A shape as it is written: `(n_1, m)`; a number is `()`."""
    if shape is None:
        return "unknown"
    if not shape:
        return "a number"
    return "(" + ", ".join(str(size) for size in shape) + ")"


def _collect(terms: Iterable[tuple[Monomial, int]]) -> Size:
    counts: dict[Monomial, int] = {}
    for names, count in terms:
        counts[names] = counts.get(names, 0) + count
    kept = [(names, count) for names, count in counts.items() if count]
    return Size(tuple(sorted(kept, key=lambda term: (-len(term[0]), term[0]))))
