"""Question 4: values of all symbols of a page, for one sample of draws.

The value rules (`rules`) are functions of an evaluator and a term, registered here by the operation
that they work out. The evaluator knows what they need: the values of symbols, drawn, given or worked
out from their definitions, and the sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import Array, MissingValue, Work, hold_size, without_value
from nn3doc.equations.evaluate.assembling import assemble
from nn3doc.equations.evaluate.samples import Drawer, standing_value, with_eigenvector
from nn3doc.equations.meaning import (
    OPERATIONS,
    Index,
    Key,
    Operation,
    Term,
    operation_of,
    walk_terms,
)
from nn3doc.equations.model import Definition, PageModel
from nn3doc.equations.notation import ONE, NotationError, Size

#: Results of what `overflows` beyond this, or its inverse, are unknown: products of a few of them,
#: and derivatives, would leave the range of float64.
LARGEST = 1e75
#: Sides of a comparison this close, relative to them, are near to where it turns.
CLOSE = 1e-4
#: How far a result is moved to see what its rounding could do; see `comparing`.
NOISE = 2.0**-44


#: Cases, and for each of their branches and for none whether it was taken: `(branches + 1, …)`.
Branches = tuple[Term, Tensor]


def add_branches(known: list[Branches], new: Branches) -> None:
    """Adds which branches of cases were taken to what is known of the same cases."""
    term, taken = new
    for place, (other, before) in enumerate(known):
        if other.node is term.node:  # the same cases, in another layer perhaps
            known[place] = term, before | taken
            return
    known.append(new)


@dataclass
class Marks:
    """What was met while a value was worked out.

    Attributes:
        tied: In which draws a value lay exactly at a kink, where it has no derivative: `(draws,)`.
        close: In which draws the sides of a comparison were close to each other: `(draws,)`.
        branches: Each `cases`, and in which draws each of its branches was taken, and none:
            `(branches + 1, draws)`.
    """

    tied: Tensor
    close: Tensor
    branches: list[Branches] = field(default_factory=list)

    def add(self, other: Marks) -> None:
        """Adds what was met elsewhere."""
        self.tied, self.close = self.tied | other.tied, self.close | other.close
        for one in other.branches:
            add_branches(self.branches, one)

    def tie(self, draws: Tensor) -> None:
        """Values are equal where a kink is, in some draws."""
        self.tied = self.tied | draws

    def near(self, draws: Tensor) -> None:
        """Two sides of a comparison are close to each other, in some draws."""
        self.close = self.close | draws


class Evaluator:
    """Values of all symbols of a page, in all draws of one sample.

    Args:
        book: The page's definitions.
        drawer: Draws the values of symbols that nothing defines, and the sizes.
        given: Values that are given instead (a worked example, what a snippet has assigned), each
            `(draws, …)`.
        only_given: Whether nothing is drawn: a symbol without a value is a `MissingValue`.
        aliases: Which function another one is: any g is the sigmoid once the page says so.
        noise: A seed: every rounded result is moved by up to `NOISE`, relative to it; None for
            results as they are.
        standing: Whether I, **1** and **0** are what they are although nothing is drawn.
        parts: Takes up how large each part of each sum is, in each draw; None if nobody asks.
        outer: Whose values all symbols have that do not rest on those that are given here.
    """

    def __init__(
        self,
        book: PageModel,
        drawer: Drawer,
        given: Mapping[Key, Tensor] | None = None,
        only_given: bool = False,
        aliases: Callable[[str], str] | None = None,
        noise: int | None = None,
        standing: bool = False,
        parts: list[Tensor] | None = None,
        outer: Evaluator | None = None,
    ) -> None:
        self.alias = aliases or (lambda key: key)
        self.book = book
        self.drawer = drawer
        self.memo: dict[Key, Tensor] = dict(given or {})
        self.only_given = only_given
        self.formals: dict[str, Array] = {}
        self.working: set[Key] = set()
        self.asked: set[Key] = set()
        self.marks = self._no_marks()
        self.differentiated = False
        self.noise = noise
        self._generator = torch.Generator().manual_seed(noise or 0)
        self._met: dict[Key, Marks] = {}
        self.standing = standing
        self.work: Work = Work() if outer is None else outer.work
        self.parts = parts
        self._within = _NOTHING
        self._outer = outer
        self._changed = frozenset(given or ())

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return self.drawer.draws

    def _no_marks(self) -> Marks:
        none = torch.zeros(self.draws, dtype=torch.bool)
        return Marks(none, none)

    def begin(self) -> None:
        """Forgets what was met, before a claim is worked out."""
        self.marks, self.differentiated = self._no_marks(), False

    def note_ties(self, tied: Tensor) -> None:
        """Remembers in which draws values are equal where a kink is: `(draws or 1, …)`."""
        if bool(tied.any()):
            self.marks.tie(tied.flatten(1).any(1))

    def note_branches(self, term: Term, taken: list[Tensor]) -> None:
        """Remembers which branches of cases were taken, and in which draws none was."""
        rows = torch.broadcast_tensors(*taken)
        found = torch.stack([row.flatten(1).any(1).expand(self.draws) for row in rows])
        add_branches(self.marks.branches, (term, found))

    def note_parts(self, tensors: Iterable[Tensor]) -> None:
        """Remembers how large the parts of a sum are, if somebody asks."""
        if self.parts is not None:
            self.parts += [tensor.detach().abs().flatten(1).amax(1) for tensor in tensors]

    def note_close(self, left: Tensor, right: Tensor) -> None:
        """Remembers in which draws two sides of a comparison are close to each other."""
        near = (left - right).abs() <= CLOSE * torch.maximum(left.abs(), right.abs())
        if bool(near.any()):
            self.marks.near(near.flatten(1).any(1))

    def note_derivative(self) -> None:
        """Remembers that a derivative was taken: at a kink there is none."""
        self.differentiated = True

    def symbol(self, key: Key) -> Tensor:
        """The value of a symbol: draws, one axis for each index slot, then rows and columns."""
        self.asked.add(key)
        known = self.memo.get(key)
        if known is not None:
            if key in self._met:
                self.marks.add(self._met[key])
            return known
        if self._outer is not None and not self.book.rests_on(key, self._changed):
            return self._outer.symbol(key)
        definition = self.book.definition(key)
        value = self._free(key) if definition is None else self._worked_out(key, *definition)
        self.memo[key] = value
        return value

    def _free(self, key: Key) -> Tensor:
        """The value of a symbol that nothing defines."""
        family = self.book.family(key[0])
        if self.standing and not family.parts:
            standing = standing_value(family.letter, self.shape_of(key))
            if standing is not None:
                return standing.expand(self.draws, *standing.shape).clone().requires_grad_()
        if self.only_given:
            raise MissingValue(key[0])
        numbers = self.shape_of(key)
        hold_size(*numbers, draws=self.draws)
        value = self.drawer.draw(key, family, numbers)
        if key[0] in self.book.eigen:
            vector, number = self.book.eigen[key[0]]
            value = with_eigenvector(value, self.symbol(vector), self.symbol(number))
        return value

    def _worked_out(self, key: Key, term: Term, definition: Definition) -> Tensor:
        if key in self.working:
            raise NotationError(
                "this symbol is defined through itself",
                term.node,
                "Write what it is without it.",
            )
        with self._alone(key) as marks:
            array = self(term)
            value = assemble(self.book, definition, key, self, array).clone()
            self._met[key] = marks
        self.marks.add(marks)
        if not value.requires_grad:
            value.requires_grad_()
        return value

    @contextmanager
    def _alone(self, key: Key) -> Iterator[Marks]:
        """While a symbol is worked out: what is met counts for it, and no arguments are known."""
        formals, self.formals = self.formals, {}
        outer, self.marks = self.marks, self._no_marks()
        self.working.add(key)
        try:
            yield self.marks
        finally:
            self.working.discard(key)
            self.formals, self.marks = formals, outer

    def shape_of(self, key: Key) -> list[int]:
        """The axes of a symbol's value in one draw."""
        sizes = [*self.book.slot_sizes(key), *(self.book.shape_of_key(key) or (ONE, ONE))]
        return [self.size(size) for size in sizes]

    def size(self, size: Size) -> int:
        """A size as a number."""
        return size.value(self.drawer.dimension)

    def limits(self, index: Index) -> tuple[int, int]:
        """First and last value of an index."""
        if index.range is None:
            raise NotationError(
                f"nothing says how far {index.letter} runs",
                index.node,
                "Write its first and its last value.",
            )
        low, high = self.size(index.range.low), self.size(index.range.high)
        hold_size(high - low + 1)
        return low, high

    def __call__(self, term: Term) -> Array:
        """The value of a term."""
        return self._value(term, operation_of(term)) if self.noise is None else self._noisy(term)

    def _value(self, term: Term, row: Operation) -> Array:
        with self.work:
            array = RULES[row.name](self, term)
        tensor = array.tensor
        hold_size(*tensor.shape[1:], draws=tensor.shape[0])
        if row.overflows:
            size = tensor.detach().abs()
            unknown = (size > LARGEST) | ((size < 1 / LARGEST) & (size > 0))
            array = Array(array.names, without_value(tensor, unknown))
        return array

    def _noisy(self, term: Term) -> Array:
        """The value of a term, moved as far as rounding could: what it is made of, and itself.

        Sums are moved in their parts, so that what cancels is seen to be uncertain.
        """
        row, within = operation_of(term), self._within
        alone = not within.rounded and is_plain(term)
        with self._inside(_NOTHING if alone else row):
            array = self._value(term, row)
        moves = not alone and (within.rounded or row.rounded)
        if not moves or _is_exact(term) or array.tensor.dtype == torch.bool:
            return array
        tensor = array.tensor
        shape = [self.draws, *tensor.shape[1:]]
        noise = torch.rand(shape, generator=self._generator, dtype=torch.float64)
        noise = NOISE * (2 * noise - 1)
        if within.mixes:
            largest = tensor.detach().abs().amax((-2, -1), keepdim=True)
            return Array(array.names, tensor + noise * largest)
        return Array(array.names, tensor * (1 + noise))

    @contextmanager
    def _inside(self, row: Operation) -> Iterator[None]:
        """While the arguments of an operation are worked out."""
        within, self._within = self._within, row
        try:
            yield
        finally:
            self._within = within

    def with_formals(self, formals: Mapping[str, Array], term: Term) -> Array:
        """The value of a function's right side."""
        outer, self.formals = self.formals, dict(formals)
        try:
            return self(term)
        finally:
            self.formals = outer

    def with_values(self, changed: Mapping[Key, Tensor], term: Term) -> Array:
        """The value of a term with symbols put to other values, and what rests on them."""
        inner = self.changed(changed)
        result = inner.with_formals(self.formals, term)
        self.marks.add(inner.marks)
        self.differentiated |= inner.differentiated
        return result

    def changed(self, values: Mapping[Key, Tensor]) -> Evaluator:
        """The same draws with symbols put to other values; all that rests on them is worked out anew."""
        given = {
            key: value if value.requires_grad else value.requires_grad_()
            for key, value in values.items()
        }
        return self._like(given, self.noise, self.parts, self)

    def with_leaves(self, values: Mapping[Key, Tensor]) -> Evaluator:
        """Draws of the same kinds in which some free symbols have other values."""
        kept = {key: value for key, value in self.memo.items() if self.book.definition(key) is None}
        given = {key: value.detach().clone().requires_grad_() for key, value in values.items()}
        return Evaluator(self.book, self.drawer, {**kept, **given}, aliases=self.alias)

    def noisy(self, seed: int, parts: list[Tensor] | None = None) -> Evaluator:
        """The same draws, every rounded result moved a little.

        Args:
            seed: What the moves are drawn with.
            parts: Takes up how large each part of each sum is, in each draw; None if nobody asks.
        """
        if self._outer is not None:
            given = {key: self.memo[key] for key in self._changed}
            return self._like(given, seed, parts, self._outer.noisy(seed, parts))
        result = self._like({}, seed, parts)
        for key, value in self.memo.items():
            if self.book.definition(key) is None:
                result.memo[key] = result.as_assumed(key, value)
        return result

    def _like(
        self,
        given: Mapping[Key, Tensor],
        noise: int | None,
        parts: list[Tensor] | None,
        outer: Evaluator | None = None,
    ) -> Evaluator:
        """The same draws, nothing worked out so far."""
        return Evaluator(
            self.book,
            self.drawer,
            given,
            self.only_given,
            self.alias,
            noise,
            self.standing,
            parts,
            outer,
        )

    def as_assumed(self, key: Key, value: Tensor) -> Tensor:
        """A drawn value, moved if it is as the page assumes it up to rounding only."""
        constraints = self.drawer.constraints.get(key[0], ())
        rounded = key[0] in self.book.eigen or any(
            name in ("unit", "orthogonal") or name.startswith("sums to one") for name in constraints
        )
        if not rounded:
            return value
        largest = value.detach().abs().flatten(1).amax(1).reshape(-1, *[1] * (value.ndim - 1))
        noise = torch.rand(value.shape, generator=self._generator, dtype=torch.float64)
        return (value.detach() + NOISE * (2 * noise - 1) * largest).requires_grad_()


_NOTHING = Operation("", rounded=False)

# --- value rules ----------------------------------------------------------------------------------

Rule = Callable[[Evaluator, Term], Array]
RULES: dict[str, Rule] = {}
_R = TypeVar("_R", bound=Rule)


def value_rule(*names: str) -> Callable[[_R], _R]:
    """Registers the value rule of operations of the table.

    Raises:
        KeyError: The table has no such operation, or it has a rule already.
    """

    def register(rule: _R) -> _R:
        for name in names:
            if name not in OPERATIONS or name in RULES:
                raise KeyError(name)
            RULES[name] = rule
        return rule

    return register


# --- terms, and what they rest on -----------------------------------------------------------------


def walk_meaning(book: PageModel, alias: Callable[[str], str], *terms: Term) -> Iterator[Term]:
    """Terms, and all they are made of: definitions of symbols, right sides of functions.

    Args:
        book: The page's definitions.
        alias: Which function another one is.
        terms: Where to begin.
    """
    seen: set[object] = set()
    waiting = list(terms)
    while waiting:
        for term in walk_terms(waiting.pop()):
            yield term
            if term.operation == "family" and term.data not in seen:
                seen.add(term.data)
                definition = book.definition(term.data)
                if definition is not None:
                    waiting.append(definition[0])
            elif term.operation == "call" and (name := alias(term.data[0])) not in seen:
                seen.add(name)
                body = book.function_definition(name).body
                if body is not None:
                    waiting.append(body)


def is_plain(term: Term) -> bool:
    """Whether a term is made of numerals only, such as `-\\frac{3}{2}`.

    Its rounding matters in a sum. Alone, in a comparison, it is the number that is written: a value
    drawn at `0.1` is 0.1.
    """
    if term.operation == "number":
        return True
    return bool(term.arguments) and operation_of(term).folds and all(map(is_plain, term.arguments))


def _is_exact(term: Term) -> bool:
    """Whether a numeral is the same in float64: 3 and 0.5 are, 0.1 is not."""
    return term.operation == "number" and (float(term.data) * 1024).is_integer()
