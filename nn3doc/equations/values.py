"""Question 4: works terms out in float64, all entries at once, derivatives by autograd.

A value is a tensor whose last two axes are rows and columns; the axes before them are the indices
it depends on, by name. A number has rows = columns = 1. So an equation for all j, k and i is one
comparison, and no loop over entries is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from nn3doc.equations.arithmetic import Arithmetic
from nn3doc.equations.arrays import (
    ELEMENTWISE,
    Array,
    TooLarge,
    aligned,
    aligned_to,
    hold_size,
    reorder,
    scalar,
    with_two_axes,
)
from nn3doc.equations.definitions import Function
from nn3doc.equations.draw import Drawer, opaque, with_eigenvector
from nn3doc.equations.families import Family, NotationError
from nn3doc.equations.linear_maps import hessian, jacobian, read_map
from nn3doc.equations.sizes import ONE, Shape, Size
from nn3doc.equations.terms import Index, Term
from nn3doc.equations.tree import Node

MAX_DERIVED = 20_000


Key = tuple[str, tuple[int | None, ...]]


class MissingValue(Exception):
    """A symbol has no value in this environment."""


class Book(Protocol):
    """What the evaluator asks of a page."""

    eigen: dict[str, tuple[Key, Key]]

    def definition(self, key: Key) -> tuple[Term, Callable[[Evaluator, Array], Tensor]] | None:
        """The right side that defines a symbol, and how its value is put together."""

    def function_definition(self, key: str) -> Function:
        """A function by the key of its family."""

    def family(self, key: str) -> Family:
        """A family by its key."""

    def slot_sizes(self, key: Key) -> tuple[Size, ...]:
        """Sizes of a family's index axes."""

    def shape_of_key(self, key: Key) -> Shape:
        """Shape of one member of a family."""


class Evaluator(Arithmetic):
    """Values of all symbols of a page, for one draw.

    Args:
        book: The page's definitions.
        drawer: Draws the values of symbols that nothing defines, and the sizes.
        given: Values that are given instead (a worked example, what a snippet has assigned).
        only_given: Whether nothing is drawn: a symbol without a value is a `MissingValue`.
        use_definitions: Whether symbols that are not given are worked out by their definitions.
        aliases: Which function another one is: any g is the sigmoid once the page says so.
    """

    def __init__(
        self, book: Book, drawer: Drawer, given: Mapping[Key, Tensor] | None = None,
        only_given: bool = False, use_definitions: bool = True,
        aliases: Callable[[str], str] | None = None,
    ) -> None:  # fmt: skip
        self.alias = aliases or (lambda key: key)
        self.book = book
        self.drawer = drawer
        self.memo: dict[Key, Tensor] = dict(given or {})
        self.only_given = only_given
        self.use_definitions = use_definitions
        self.formals: dict[str, Array] = {}
        self.working: set[Key] = set()
        self.asked: set[Key] = set()

    def symbol(self, key: Key) -> Tensor:
        """The value of a symbol: one axis for each index slot, then rows and columns."""
        self.asked.add(key)
        known = self.memo.get(key)
        if known is not None:
            return known
        definition = self.book.definition(key) if self.use_definitions else None
        if definition is not None:
            if key in self.working:
                raise NotationError("this symbol is defined through itself", definition[0].node,
                                    "Write what it is without it.")  # fmt: skip
            self.working.add(key)
            outer, self.formals = self.formals, {}
            try:
                value = definition[1](self, self(definition[0]))
            finally:
                self.working.discard(key)
                self.formals = outer
            value = value.clone()
            if not value.requires_grad:
                value.requires_grad_()
        elif self.only_given:
            raise MissingValue(key[0])
        else:
            family = self.book.family(key[0])
            sizes = [*self.book.slot_sizes(key), *(self.book.shape_of_key(key) or (ONE, ONE))]
            numbers = [self.size(size) for size in sizes]
            hold_size(*numbers)
            value = self.drawer.draw(key, family, numbers)
            if key[0] in self.book.eigen:
                vector, number = self.book.eigen[key[0]]
                value = with_eigenvector(value, self.symbol(vector), self.symbol(number))
        self.memo[key] = value
        return value

    def size(self, size: Size) -> int:
        """A size as a number."""
        return size.value(self.drawer.dimension)

    def limits(self, index: Index) -> tuple[int, int]:
        """First and last value of an index."""
        if index.range is None:
            raise NotationError(f"nothing says how far {index.letter} runs", index.node,
                                "Write its first and its last value.")  # fmt: skip
        low, high = self.size(index.range.low), self.size(index.range.high)
        hold_size(high - low + 1)
        return low, high

    def __call__(self, term: Term) -> Array:
        """The value of a term."""
        array = _OPERATIONS[term.operation](self, term)
        hold_size(array.tensor.numel())
        return array

    def number(self, term: Term) -> Array:
        return scalar(float(term.data))

    def constant(self, term: Term) -> Array:
        rows, columns = (self.size(size) for size in term.shape or (ONE, ONE))
        if term.data is None:
            return Array((), torch.eye(rows, dtype=torch.float64))
        return Array((), torch.full((rows, columns), term.data, dtype=torch.float64))

    def sizes(self, term: Term) -> Array:
        raise NotationError("sizes stand here, no value", term.node,
                            "For a vector write \\begin{bmatrix} … \\end{bmatrix}.", "fits")  # fmt: skip

    def size_value(self, term: Term) -> Array:
        return scalar(float(self.size(term.data)))

    def index(self, term: Term) -> Array:
        low, high = self.limits(term.data)
        values = torch.arange(low, max(high + 1, low), dtype=torch.float64)
        return Array((term.data.name,), values.reshape(-1, 1, 1))

    def family(self, term: Term) -> Array:
        value = self.symbol(term.data)
        if not term.arguments:
            return Array((), value)
        places: list[Term | None] = [*term.arguments, None, None]
        return self.take(value, (), places)

    def formal(self, term: Term) -> Array:
        if term.data not in self.formals:
            raise MissingValue(str(term.data))
        return self.formals[term.data]

    def gather(self, term: Term) -> Array:
        base = self(term.arguments[0])
        has_row, has_col, _ = term.data
        rest = list(term.arguments[1:])
        places = [rest.pop(0) if has else None for has in (has_row, has_col)]
        taken = self.take(base.tensor, base.names, places)
        return Array(taken.names, with_two_axes(taken.tensor, term))

    def take(self, tensor: Tensor, lead: tuple[str, ...], places: list[Term | None]) -> Array:
        """Entries of a tensor: its first axes are `lead`, the others have a place or are kept."""
        count = len(lead)
        plain: list[str] = []
        for axis, place in enumerate(places):
            if place is None:
                continue
            index = place.data if place.operation == "index" else None
            if index is None or index.name in lead or index.name in plain or self.limits(
                index
            ) != (1, tensor.shape[count + axis]):  # fmt: skip
                return self._take_any(tensor, lead, places)
            plain.append(index.name)
        named = [count + axis for axis, place in enumerate(places) if place is not None]
        kept = [count + axis for axis, place in enumerate(places) if place is None]
        return Array((*lead, *plain), tensor.permute(*range(count), *named, *kept))

    def _take_any(self, tensor: Tensor, lead: tuple[str, ...], places: list[Term | None]) -> Array:
        count = len(lead)
        given = [(axis, self(place)) for axis, place in enumerate(places) if place is not None]
        names = list(lead)
        for _, array in given:
            names += [name for name in array.names if name not in names]
        kept = [count + axis for axis, place in enumerate(places) if place is None]
        order = [*range(count), *(count + axis for axis, _ in given), *kept]
        moved = tensor.permute(*order)
        at: list[Tensor] = []
        for place in range(count):
            shape = [1] * len(names)
            shape[place] = tensor.shape[place]
            at.append(torch.arange(tensor.shape[place]).reshape(shape))
        for axis, array in given:
            position = aligned_to(array, tuple(names)).reshape(
                [*aligned_to(array, tuple(names)).shape[:-2]]
            )
            whole = position.detach().round().long() - 1
            size = tensor.shape[count + axis]
            if bool(((whole < 0) | (whole >= size)).any()):
                node = places[axis]
                assert node is not None
                raise NotationError(
                    f"this index leaves its range 1, …, {size}",
                    node.node,
                    "Say for which values the equation holds.",
                    "known",
                )
            at.append(whole)
        return Array(tuple(names), moved[tuple(at)] if at else moved)

    def prime(self, term: Term) -> Array:
        inner = term.arguments[0]
        array = self(inner.arguments[0])
        place = array.tensor * 1
        if not place.requires_grad:
            place.requires_grad_()
        result = ELEMENTWISE[inner.data](place)
        for _ in range(term.data):
            result = _slope(result, place)
        return Array(array.names, result)

    def big(self, term: Term) -> Array:
        index: Index = term.data
        names, tensors = self.all(term.arguments)
        body, tests = tensors[0], tensors[1:]
        axis = names.index(index.name)
        neutral = {"sum": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}[term.operation]
        if (mask := self._members(index)) is not None:
            tests.append(aligned_to(mask, names))
        for test in tests:
            body = torch.where(test, body, torch.tensor(neutral, dtype=torch.float64))
        if term.operation == "sum":
            result = body.sum(axis)
        elif term.operation == "prod":
            result = body.prod(axis)
        else:
            result = body.amax(axis) if term.operation == "max" else body.amin(axis)
        return Array((*names[:axis], *names[axis + 1 :]), result)

    def _members(self, index: Index) -> Array | None:
        """Which values of an index are in its set, where the set is a part of them."""
        if not index.members or index.range is None:
            return None
        size = Size.of(f"|{index.members}|")
        if index.range.high == size:
            return None
        chosen = self.drawer.subset(index.members, self.size(index.range.high), self.size(size))
        return Array((index.name,), chosen.reshape(-1, 1, 1))

    def stack(self, term: Term) -> Array:
        names, tensors = self.all(term.arguments)
        rows, columns = term.data
        cells = [cell[..., 0, 0] for cell in torch.broadcast_tensors(*tensors)]
        matrix = torch.stack(cells, dim=-1)
        return Array(names, matrix.reshape(*matrix.shape[:-1], rows, columns))

    def beside(self, term: Term) -> Array:
        names, tensors = self.all(term.arguments)
        lead = torch.broadcast_shapes(*(tensor.shape[:-2] for tensor in tensors))
        whole = [tensor.expand(*lead, *tensor.shape[-2:]) for tensor in tensors]
        return Array(names, torch.cat(whole, dim=term.data))

    def unfold(self, term: Term) -> Array:
        body = self(term.arguments[0])
        names, tensor = body.names, body.tensor
        row, column = term.data
        for index, by_row in ((row, True), (column, False)):
            if index is None:
                continue
            low, high = self.limits(index)
            if index.name in names:
                axis = names.index(index.name)
                names = (*names[:axis], *names[axis + 1 :])
                tensor = tensor.movedim(axis, -3)
            else:
                tensor = tensor.unsqueeze(-3).expand(
                    *tensor.shape[:-2], high - low + 1, *tensor.shape[-2:]
                )
            tensor = tensor.squeeze(-2) if by_row else tensor.squeeze(-1).mT
        return Array(names, tensor)

    def call(self, term: Term) -> Array:
        key, primes = term.data
        names, tensors = self.all(term.arguments)
        if not primes:
            return self._called(key, names, tensors)
        place = tensors[0] * 1
        if not place.requires_grad:
            place.requires_grad_()
        result = self._called(key, names, [place]).tensor
        if not result.requires_grad:
            return Array(names, torch.zeros_like(place))
        if primes == 2 and term.arguments[0].shape != () and term.shape != term.arguments[0].shape:
            return Array(names, hessian(result, place))
        for _ in range(primes):
            result = _slope(result, place)
        return Array(names, result)

    def _called(self, key: str, names: tuple[str, ...], tensors: list[Tensor]) -> Array:
        key = self.alias(key)
        function = self.book.function_definition(key)
        if function.body is None:
            family = self.book.family(key)
            shape = [self.size(size) for size in function.target] or None
            return Array(names, opaque(self.drawer, family, tensors, shape))
        outer = self.formals
        self.formals = {
            name: Array(names, tensor)
            for name, tensor in zip(function.parameter_names, tensors, strict=True)
        }
        try:
            result = self(function.body)
        finally:
            self.formals = outer
        return (
            Array(names, aligned_to(result, names)) if set(result.names) <= set(names) else result
        )

    def at(self, term: Term) -> Array:
        count = term.data
        places, values = term.arguments[1 : 1 + count], term.arguments[1 + count :]
        inner = Evaluator(self.book, self.drawer, self.leaves(), self.only_given,
                          self.use_definitions, self.alias)  # fmt: skip
        for place, value in zip(places, values, strict=True):
            if place.operation != "family" or place.arguments:
                raise NotationError("only a whole symbol can be put to a value", place.node,
                                    "Leave its index out.", "read")  # fmt: skip
            given = self(value)
            if given.names:
                raise NotationError("the value has an index", value.node,
                                    "Put in a number or a whole symbol.", "read")  # fmt: skip
            value_ = given.tensor.detach().expand(self.symbol(place.data).shape)
            inner.memo[place.data] = value_.clone().requires_grad_()
        inner.formals = self.formals
        return inner(term.arguments[0])

    def leaves(self) -> dict[Key, Tensor]:
        """The values that were drawn or given, not worked out."""
        return {k: v for k, v in self.memo.items() if self.book.definition(k) is None}

    def derivative(self, term: Term) -> Array:
        full = self._linear_map(term.arguments[0], term.arguments[1])
        return read_map(full, term)

    def chain(self, term: Term) -> Array:
        pairs = list(zip(term.arguments[::2], term.arguments[1::2], strict=True))
        result = self._linear_map(*pairs[0])
        for of, by in pairs[1:]:
            following = self._linear_map(of, by)
            names = [*result.names, *(n for n in following.names if n not in result.names)]
            left = aligned_to(result, tuple(names), 4)
            right = aligned_to(following, tuple(names), 4)
            result = Array(tuple(names), torch.einsum("...abcd,...cdef->...abef", left, right))
        return read_map(result, term)

    def _linear_map(self, of: Term, by: Term) -> Array:
        """The derivative of every entry of a value by every entry of another: four last axes."""
        places: list[list[Term | None]] = []
        base = by
        while base.operation == "gather":
            has_row, has_col, _ = base.data
            rest = list(base.arguments[1:])
            places.append([rest.pop(0) if has else None for has in (has_row, has_col)])
            base = base.arguments[0]
        if len(places) > 1:
            raise NotationError(
                "an entry of an entry", by.node, "Write all its indices at once.", "fits"
            )
        row, col = places[0] if places else (None, None)
        lead: list[Term | None] = []
        if base.operation == "formal":
            variable = self.formals[base.data]
            if variable.names:
                raise NotationError("differentiate the function where it is defined", by.node,
                                    "Or write its derivative with a prime.")  # fmt: skip
            source = variable.tensor
        else:
            source = self.symbol(base.data)
            lead = list(base.arguments)
        value = self(of)
        if value.tensor.numel() * source.numel() > MAX_DERIVED * 100 or (
            value.tensor.numel() > MAX_DERIVED
        ):
            raise TooLarge("this derivative has too many entries")
        full = jacobian(value.tensor, source)
        names = (*value.names, "·r", "·c")
        taken = self.take(full, names, [*lead, row, col])
        tensor, found = taken.tensor, list(taken.names)
        kept = with_two_axes(tensor, by) if by.operation == "gather" else tensor
        order = [place for place, name in enumerate(found) if name not in ("·r", "·c")]
        rows, columns = found.index("·r"), found.index("·c")
        return Array(
            tuple(found[place] for place in order),
            kept.permute(*order, rows, columns, kept.ndim - 2, kept.ndim - 1),
        )


def _slope(value: Tensor, place: Tensor) -> Tensor:
    """The derivative of every entry by the entry it is made of; 0 where it is made of none."""
    if not value.requires_grad:  # the second derivative of a straight line
        return torch.zeros_like(place)
    (found,) = torch.autograd.grad(value.sum(), place, create_graph=True, materialize_grads=True)
    return found


_OPERATIONS: dict[str, Callable[[Evaluator, Term], Array]] = {
    "number": Evaluator.number, "size": Evaluator.size_value,
    "constant": Evaluator.constant, "sizes": Evaluator.sizes, "index": Evaluator.index,
    "family": Evaluator.family, "formal": Evaluator.formal, "gather": Evaluator.gather,
    "add": Evaluator.add, "multiply": Evaluator.multiply, "divide": Evaluator.divide,
    "matmul": Evaluator.matmul, "dot": Evaluator.dot, "transpose": Evaluator.transpose,
    "power": Evaluator.power, "matrix_power": Evaluator.matrix_power, "root": Evaluator.root,
    "apply": Evaluator.apply, "extreme": Evaluator.extreme,
    "prime": Evaluator.prime, "norm": Evaluator.norm,
    "trace": Evaluator.trace, "determinant": Evaluator.determinant,
    "diagonal": Evaluator.diagonal, "diagonal_of": Evaluator.diagonal_of,
    "compare": Evaluator.compare, "indicator": Evaluator.indicator, "cases": Evaluator.cases,
    "sum": Evaluator.big, "prod": Evaluator.big, "max": Evaluator.big, "min": Evaluator.big,
    "stack": Evaluator.stack, "beside": Evaluator.beside, "unfold": Evaluator.unfold,
    "call": Evaluator.call, "at": Evaluator.at, "derivative": Evaluator.derivative,
    "chain": Evaluator.chain,
}  # fmt: skip


__all__ = ["Any", "Array", "Evaluator", "MissingValue", "Node", "TooLarge", "aligned", "reorder"]
