"""The samples of a page: sizes and values, before and after it says which function any g is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nn3doc.equations.evaluate import (
    SMOOTH,
    Drawer,
    Evaluator,
    Mode,
    TooLarge,
    modes_for,
    walk_meaning,
)
from nn3doc.equations.meaning import Key, Term, operation_of
from nn3doc.equations.model import Definition, DefinitionError, PageModel, Statement
from nn3doc.equations.notation import Family, Notation, Size, filled
from nn3doc.equations.report import Equation
from nn3doc.equations.verdict.worked_example import PAGE_END, WorkedExample

FEW: tuple[Mode, ...] = ("tame", "positive")  # draws of what is large
MOST_POINTS = 16
_FAR = 1e4  # numbers beyond are no points: they are 10^{-8} or counts

MOST_LAYERS = 200  # whose sizes are numbered beforehand


class Samples:
    """What the statements of a page are worked out with, and what that has confirmed so far.

    Args:
        book: What the page says.
        seeds: Which draws; the first takes 0/1 targets as real numbers.
        equations: The page's formulas, by the `place` of their statements.
        example: The numbers of its worked example.

    Attributes:
        tested: Definitions that a claim or the page's code rests on.
        skipped: Definitions that could not be worked out for a statement.
        memo: The evaluators of each kind of draws; statements share what is worked out in them.
        closures: What each symbol and each function rests on, see `closures`.
    """

    def __init__(
        self,
        book: PageModel,
        seeds: Sequence[int] = (1, 2),
        equations: Sequence[Equation] = (),
        example: WorkedExample | None = None,
    ) -> None:
        self.book = book
        self.seeds = tuple(seeds)
        self.equations = list(equations)
        self.example = example or WorkedExample(book)
        self.tested: set[Definition] = set()
        self.skipped: list[DefinitionError] = []
        self.memo: dict[tuple[object, ...], list[Evaluator]] = {}
        self.closures: dict[Key | tuple[str, str], frozenset[Definition]] = {}

    def of(self, book: PageModel) -> Samples:
        """The same for another book: nothing that was worked out is taken over."""
        return Samples(book, self.seeds, self.equations, self.example)

    def at(self, statement: Statement) -> Draws:
        """The draws for a statement: any g is any function until the page says which it is.

        What is assumed further below, or for another sentence only, is not assumed for it.
        """
        order = statement.order if statement.own else PAGE_END
        return Draws(self, order, self.book.constraints_at(statement))

    def at_end(self) -> Draws:
        """The draws that hold once the page has said all it says."""
        return Draws(self, PAGE_END, self.book.constraints_at(None))


@dataclass(frozen=True, eq=False)
class Draws:
    """The evaluators that hold for one place of a page.

    Attributes:
        samples: Those of the page.
        order: The place: which function any g is by then.
        constraints: What is assumed there.
    """

    samples: Samples
    order: int
    constraints: dict[str, tuple[str, ...]]

    @cached_property
    def evaluators(self) -> list[Evaluator]:
        """Those for a smooth claim, one for each seed."""
        return self._sample(SMOOTH, ())

    def alias(self, key: str) -> str:
        """The function that a function is, as the page says it up to here."""
        return self.samples.book.alias(key, self.order)

    def fitting(
        self, *terms: Term, searching: bool = False, numbers: tuple[float, ...] = ()
    ) -> list[Evaluator]:
        """The evaluators for some terms.

        Args:
            terms: What is compared.
            searching: Whether a counterexample may be hard to hit, as that of an inequality; so it
                is where a term has kinks.
            numbers: Further numbers where they may change: those that code compares with.
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
        samples = self.samples
        names = size_names(samples.book.notation)
        found = self._evaluator(samples.seeds[0], names, FEW, (), mirrored=False)
        found.drawer.dimensions.update(sizes)
        return found

    def few(self) -> list[Evaluator]:
        """Evaluators of few draws, for what is too large to be worked out in many at once."""
        return self._sample(FEW, ())

    def able(self, *terms: Term) -> list[Evaluator]:
        """The evaluators for which some terms are not too large."""
        try:
            for evaluator in self.evaluators:
                for term in terms:
                    evaluator(term)
        except TooLarge as error:
            if not error.only_together:
                raise
            return self.few()
        return self.evaluators

    def below(self, *terms: Term) -> Iterator[Term]:
        """Terms, and all that they are made of: definitions of symbols, bodies of functions."""
        return walk_meaning(self.samples.book, self.alias, *terms)

    def _sample(self, modes: tuple[Mode, ...], points: tuple[float, ...]) -> list[Evaluator]:
        """One evaluator for each seed; every second one has its sizes in the opposite order."""
        samples = self.samples
        aliases = tuple(map(self.alias, samples.book.aliases))
        key = (aliases, tuple(sorted(self.constraints.items())), modes, points)
        if key not in samples.memo:
            names = size_names(samples.book.notation)
            samples.memo[key] = [
                self._evaluator(seed, names, modes, points, mirrored=place % 2 == 1)
                for place, seed in enumerate(samples.seeds)
            ]
        return samples.memo[key]

    def _evaluator(
        self,
        seed: int,
        names: Sequence[str],
        modes: Sequence[Mode],
        points: Sequence[float],
        mirrored: bool,
    ) -> Evaluator:
        notation = self.samples.book.notation

        def members(family: Family) -> int:
            assert family.members is not None
            return notation.size(family.members, {}).value(drawer.dimension)

        drawer = Drawer(
            seed,
            names,
            constraints=self.constraints,
            members=members,
            modes=modes,
            points=points,
            mirrored=mirrored,
        )
        return Evaluator(self.samples.book, drawer, aliases=self.alias)

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


def size_names(notation: Notation) -> list[str]:
    """The names of a page's sizes, those with layers for each layer."""
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
