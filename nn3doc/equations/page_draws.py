"""The draws of a page: sizes and values, before and after it says which function any g is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial

from nn3doc.equations.book import Book
from nn3doc.equations.definitions import Definition, DefinitionError, Statement
from nn3doc.equations.draw import Drawer
from nn3doc.equations.families import Family, NotationError, filled
from nn3doc.equations.numbers import Numbers
from nn3doc.equations.report import Equation
from nn3doc.equations.sizes import Size
from nn3doc.equations.terms import Term, walk_terms
from nn3doc.equations.values import Evaluator, Key

MORE_DRAWS = 5  # for each seed, where a page has kinks: |x|, max, cases


_KINKS = frozenset(["extreme", "max", "min", "cases", "indicator", "compare"])

MOST_LAYERS = 200  # whose sizes are numbered beforehand


class Draws:
    """Evaluators for the statements of a page."""

    def __init__(self, book: Book, seeds: Sequence[int] = (1, 2)) -> None:
        self.book = book
        self.seeds = tuple(seeds)
        self.equations: list[Equation] = []
        self.evaluators: list[Evaluator] = []
        self.positive: list[Evaluator] = []
        self.numbers = Numbers(book)
        self.tested: set[int] = set()
        self.skipped: list[DefinitionError] = []
        self._regimes: dict[tuple[str, ...], tuple[list[Evaluator], list[Evaluator]]] = {}
        self._more: dict[int, tuple[list[Evaluator], list[Evaluator]]] = {}
        self._kinks: dict[str, bool] = {}
        self._order = 10**9
        self._closures: dict[Key | tuple[str, str], frozenset[int]] = {}

    def use_for(self, statement: Statement) -> None:
        """The draws that hold for a statement."""
        self._use_regime(statement.order if statement.own else 10**9)

    def use_all(self) -> None:
        """The draws that hold once the page has said all it says."""
        self._use_regime(10**9)

    def _use_regime(self, order: int) -> None:
        """The draws for a statement: any g is any function until the page says which it is."""
        self._order = order
        key = tuple(self.book.alias(name, order) for name in self.book.aliases)
        if key not in self._regimes:
            self._regimes[key] = self._make_draws(order, self.seeds)
        self.evaluators, self.positive = self._regimes[key]

    def draws(self, *terms: Term) -> list[tuple[Evaluator, Evaluator]]:
        """The draws for some terms, each with one of positive numbers; more on both sides of a kink."""
        pairs = list(zip(self.evaluators, self.positive, strict=True))
        if not any(self._has_kink(term) for term in terms):
            return pairs
        place = id(self.evaluators)
        if place not in self._more:
            seeds = [seed * 1000 + n for seed in self.seeds for n in range(MORE_DRAWS)]
            self._more[place] = self._make_draws(self._order, seeds)
        return pairs + list(zip(*self._more[place], strict=True))

    def _has_kink(self, term: Term) -> bool:
        """Whether a term, or what it is made of, is another expression on either side of a point."""
        for inner in walk_terms(term):
            if inner.operation in _KINKS or (
                inner.operation == "apply" and inner.data in ("abs", "sign")
            ):
                return True
            if inner.operation == "family":
                if self._definition_kink(f"{inner.data}", self.book.find(inner.data), inner.data):
                    return True
            elif inner.operation == "call":
                key = self.book.alias(inner.data[0], 10**9)
                if key not in self._kinks:
                    self._kinks[key] = False
                    body = self.book.function_definition(key).body
                    self._kinks[key] = body is not None and self._has_kink(body)
                if self._kinks[key]:
                    return True
        return False

    def _definition_kink(self, name: str, definition: Definition | None, key: Key) -> bool:
        if name not in self._kinks:
            self._kinks[name] = False
            if definition is not None:
                self._kinks[name] = self._has_kink(self.book.elaborated(definition, key)[0])
        return self._kinks[name]

    def _make_draws(
        self, order: int, seeds: Sequence[int]
    ) -> tuple[list[Evaluator], list[Evaluator]]:
        names = self._size_names()
        plain: list[Evaluator] = []
        positives: list[Evaluator] = []
        for place, seed in enumerate(seeds):
            for positive in (False, True):
                drawer = Drawer(
                    seed, names, as_reals=place % 2 == 0, positive=positive,
                    constraints=self.book.constraints, members=lambda family: 0,
                )  # fmt: skip
                drawer.members = partial(self._members, drawer=drawer)
                evaluator = Evaluator(
                    self.book, drawer, aliases=lambda key: self.book.alias(key, order)
                )
                (positives if positive else plain).append(evaluator)
        return plain, positives

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
                limits = notation.slot_range(family, slot)
                try:
                    low, high = (notation.integer(n, {}) for n in limits) if limits else (1, 3)
                except NotationError:
                    low, high = 1, 3
                high = min(high, low + MOST_LAYERS)  # further ones are named when they are met
                values.append([str(value) for value in range(low, high + 1)])
            for chosen in itertools.islice(itertools.product(*values), MOST_LAYERS):
                size = notation.canonical(Size.of(filled(family, chosen)))
                names.update(dict.fromkeys(sorted(size.names)))
        return list(names)
