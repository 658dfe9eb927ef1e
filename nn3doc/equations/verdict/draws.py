"""The samples of a page: sizes and values, before and after it says which function any g is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from nn3doc.equations.evaluate import SMOOTH, Drawer, Evaluator, Mode, modes_for, walk_meaning
from nn3doc.equations.meaning import Key, Term, operation_of
from nn3doc.equations.model import DefinitionError, PageModel, Statement
from nn3doc.equations.notation import Family, Size, filled
from nn3doc.equations.report import Equation
from nn3doc.equations.verdict.worked_example import Numbers

FEW: tuple[Mode, ...] = ("tame", "positive")  # draws of what is large
MOST_POINTS = 16
_FAR = 1e4  # numbers beyond are no points: they are 10^{-8} or counts

MOST_LAYERS = 200  # whose sizes are numbered beforehand


class Draws:
    """Evaluators for the statements of a page."""

    def __init__(self, book: PageModel, seeds: Sequence[int] = (1, 2)) -> None:
        self.book = book
        self.seeds = tuple(seeds)
        self.equations: list[Equation] = []
        self.evaluators: list[Evaluator] = []
        self.numbers = Numbers(book)
        self.tested: set[int] = set()
        self.skipped: list[DefinitionError] = []
        self._samples: dict[tuple[object, ...], list[Evaluator]] = {}
        self.needs_values = False  # the last comparison: only as some symbols are 0 or 1
        self._order = 10**9
        self._constraints: dict[str, tuple[str, ...]] = {}
        self._closures: dict[Key | tuple[str, str], frozenset[int]] = {}

    def use_for(self, statement: Statement) -> None:
        """The draws that hold for a statement."""
        self._use_regime(statement.order if statement.own else 10**9, statement)

    def use_all(self) -> None:
        """The draws that hold once the page has said all it says."""
        self._use_regime(10**9)

    def _use_regime(self, order: int, statement: Statement | None = None) -> None:
        """The draws for a statement: any g is any function until the page says which it is.

        What is assumed further below, or for another sentence only, is not assumed for it.
        """
        self._order = order
        self._constraints = self.book.constraints_at(statement)
        self.evaluators = self._sample(SMOOTH, ())

    def _sample(self, modes: tuple[Mode, ...], points: tuple[float, ...]) -> list[Evaluator]:
        """One evaluator for each seed; every second one has its sizes in the opposite order."""
        order = self._order
        aliases = tuple(self.book.alias(name, order) for name in self.book.aliases)
        assumed = tuple(sorted(self._constraints.items()))
        key = (aliases, assumed, modes, points)
        if key not in self._samples:
            names = self._size_names()
            self._samples[key] = [
                self._evaluator(seed, names, modes, points, mirrored=place % 2 == 1, order=order)
                for place, seed in enumerate(self.seeds)
            ]
        return self._samples[key]

    def _evaluator(
        self,
        seed: int,
        names: list[str],
        modes: tuple[Mode, ...],
        points: tuple[float, ...],
        mirrored: bool,
        order: int,
    ) -> Evaluator:
        drawer = Drawer(
            seed,
            names,
            constraints=self._constraints,
            modes=modes,
            points=points,
            mirrored=mirrored,
        )
        drawer.members = partial(self._members, drawer=drawer)
        return Evaluator(self.book, drawer, aliases=lambda key: self.book.alias(key, order))

    def draws(
        self, *terms: Term, searching: bool = False, numbers: tuple[float, ...] = ()
    ) -> list[Evaluator]:
        """The samples for some terms.

        Args:
            terms: What is compared.
            numbers: Further numbers where they may change: those that code compares with.
            searching: Whether a counterexample may be hard to hit, as that of an inequality; so it
                is where a term has kinks.
        """
        rows = [operation_of(term) for term in self.below(*terms)]
        searching = searching or any(row.kink for row in rows)
        if not searching and not numbers:
            return self.evaluators
        points = self._points(*terms) if searching else ()
        points = tuple(dict.fromkeys([*points, *(number for number in numbers if number)]))
        return self._sample(modes_for(points), points)

    def sized(self, sizes: Mapping[str, int]) -> Evaluator:
        """A few draws in which some sizes have other numbers."""
        found = self._evaluator(
            self.seeds[0], self._size_names(), FEW, (), mirrored=False, order=self._order
        )
        found.drawer.dimensions.update(sizes)
        return found

    def few(self) -> list[Evaluator]:
        """Samples of few draws, for what is too large to be worked out in many at once."""
        return self._sample(FEW, ())

    def _points(self, *terms: Term) -> tuple[float, ...]:
        """The numbers where claims about some terms may change: numerals, and quotients of two."""
        found: dict[float, None] = {}
        for term in self.below(*terms):
            if term.operation == "number" and 0 < abs(float(term.data)) <= _FAR:
                found[abs(float(term.data))] = None
        plain = list(found)
        if len(plain) <= 4:
            for one, other in itertools.permutations(plain, 2):
                found[one / other] = None
        found[1.0] = None
        signed = [value for number in found for value in (number, -number)]
        return tuple(signed[:MOST_POINTS])

    def below(self, *terms: Term) -> Iterator[Term]:
        """Terms, and all that they are made of: definitions of symbols, bodies of functions."""
        order = self._order
        return walk_meaning(self.book, lambda key: self.book.alias(key, order), *terms)

    def _members(self, family: Family, drawer: Drawer) -> int:
        assert family.members is not None
        return self.book.notation.size(family.members, {}).value(drawer.dimension)

    def _size_names(self) -> list[str]:
        notation = self.book.notation
        names: dict[str, None] = {}
        for family in notation.all():
            if family.kind != "size":
                continue
            values: list[list[str]] = []
            for slot in family.slots:
                low, high = notation.numbers_of(family, slot)
                high = min(high, low + MOST_LAYERS)  # further ones are named when they are met
                values.append([str(value) for value in range(low, high + 1)])
            for chosen in itertools.islice(itertools.product(*values), MOST_LAYERS):
                size = notation.canonical(Size.of(filled(family, chosen)))
                names.update(dict.fromkeys(sorted(size.names)))
        return list(names)
