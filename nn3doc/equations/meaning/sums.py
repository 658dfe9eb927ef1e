"""Sums, products, quotients and big operators."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from dataclasses import replace

from nn3doc.equations.meaning.operations import OPERATIONS
from nn3doc.equations.meaning.products import product, total
from nn3doc.equations.meaning.symbols import Symbols
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.notation import (
    INDEX_LETTERS,
    ONE,
    NotationError,
    Range,
    Room,
    Shape,
    Size,
    UnknownSizeError,
    as_index,
    membership,
    show,
)
from nn3doc.equations.tex import (
    At,
    BigOperator,
    Binder,
    Derivative,
    Dots,
    ElidedError,
    Fraction,
    Group,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    Sum,
    Tuple,
    bare,
    series,
    stepped,
    walk,
)

_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


MOST_TERMS = 100  # of a sum over layers


class Sums(Symbols):
    """Sums and products of all kinds."""

    def sum(self, node: Sum) -> Term:
        """Terms of one shape; only a number and a declared column are repeated."""
        parts: list[tuple[Term, int]] = []
        later: list[tuple[int, Node]] = []  # what takes its size from the other terms
        terms, signs = list(node.terms), list(node.signs)
        place = 0
        while place < len(terms):
            following = terms[place + 1 : place + 3]
            if any(isinstance(term, Dots) for term in following):
                found = self._elided_sum(terms, signs, place)
                if found is not None:
                    term, used = found
                    parts.append((term, signs[place]))
                    place += used
                    continue
            if isinstance(terms[place], Dots):
                raise NotationError(
                    "what these dots leave out cannot be told",
                    terms[place],
                    "Write a_1 + a_2 + \\cdots + a_n, or \\sum.",
                    "read",
                )
            try:
                parts.append((self.term(terms[place]), signs[place]))
            except UnknownSizeError:
                if len(terms) == 1:
                    raise
                later.append((len(parts), terms[place]))
                parts.append((Term("number", (), (), terms[place], 0.0), signs[place]))
            place += 1
        if later:
            shape = next((term.shape for term, _ in parts if len(term.shape) == 2), None)
            for at, postponed in later:
                parts[at] = (self.sized(postponed, shape or self.room), parts[at][1])
        return total(parts, node)

    def sized(self, node: Node, room: Shape | Room) -> Term:
        """An expression where I or **1** has the size that fits."""
        outer, self.room = self.room, (room[0], room[1])
        try:
            return self.term(node)
        finally:
            self.room = outer

    def _elided_sum(
        self, terms: list[Node], signs: list[int], place: int
    ) -> tuple[Term, int] | None:
        dots = place + 1 if isinstance(terms[place + 1], Dots) else place + 2
        if dots + 1 >= len(terms) or any(sign != signs[place] for sign in signs[place : dots + 2]):
            return None
        second = terms[place + 1] if dots == place + 2 else None
        letter = f"·{terms[place].start}"
        try:
            found = series(terms[place], second, terms[dots + 1], letter)
        except ElidedError as error:
            if second is not None:
                return None
            raise NotationError(error.message, error.node, error.cure, "read") from error
        if found is None:
            return None
        body, low, high = found
        index = Name(terms[place].start, terms[place].end, letter)
        binder = Binder(index.start, index.end, index, low, high, None)
        for term in terms[place : dots + 2]:  # each is one of the pattern's
            self.account_all(term)
        span = (terms[place].start, terms[dots + 1].end)
        return self.big(BigOperator(*span, "sum", (binder,), body)), dots + 2 - place

    def product(self, node: Product) -> Term:
        """Juxtaposition scales or multiplies matrices; each sign has its own meaning."""
        chain = self._chain(node)
        if chain is not None:
            return chain
        if node.operation == "juxtaposition":
            node = self._with_calls(node)
        return product(node, self._factors(node))

    def _factors(self, node: Product) -> list[Term]:
        """The factors of a product; I and **1** fit between their neighbours."""
        found: list[Term | None] = []
        for factor in node.factors:
            try:
                found.append(self.term(factor))
            except UnknownSizeError:
                if all(
                    isinstance(bare(other), Number)
                    for other in node.factors
                    if (other is not factor)
                ):
                    raise
                found.append(None)
        result: list[Term] = []
        for place, term in enumerate(found):
            if term is None:
                before = [t for t in result if len(t.shape) == 2]
                after = [t for t in found[place + 1 :] if t is not None and len(t.shape) == 2]
                room: tuple[Size, ...] | tuple[Size | None, Size | None] = (
                    before[-1].shape[1] if before else None,
                    after[0].shape[0] if after else None,
                )
                if node.operation == "odot" and (before or after):
                    room = (before or after)[0].shape
                term = self.sized(node.factors[place], room if before or after else self.room)
            result.append(term)
        return result

    def _with_calls(self, node: Product) -> Product:
        """A derivative of a function, followed by a place: `\\frac{\\partial f}{\\partial x}(0, 1)`."""
        factors: list[Node] = []
        for factor in node.factors:
            before = factors[-1] if factors else None
            if isinstance(before, Derivative) and self._is_place(before, factor):
                places = self._places(before, factor)
                factors[-1] = At(before.start, factor.end, before, places)
            else:
                factors.append(factor)
        return Product(node.start, node.end, node.operation, tuple(factors))

    def _is_place(self, derivative: Derivative, factor: Node) -> bool:
        of = derivative.of
        if not isinstance(of, Name | Scripted) or not isinstance(factor, Tuple | Group):
            return False
        reference = self.notation.reference(of)
        return reference is not None and reference.family.kind == "function"

    def _places(self, derivative: Derivative, factor: Node) -> tuple[Node, ...]:
        reference = self.notation.reference(derivative.of)
        assert reference is not None
        function = self.definitions.function(reference.family.letter, derivative.of)
        values = factor.items if isinstance(factor, Tuple) else (bare(factor),)
        if len(values) != len(function.parameters):
            raise NotationError(
                f"{reference.family.tex} has {len(function.parameters)} arguments",
                factor,
                question="fits",
            )
        return tuple(
            Relation(value.start, value.end, (parameter, value), ("=",))
            for parameter, value in zip(function.parameters, values, strict=True)
        )

    def fraction(self, node: Fraction) -> Term:
        """A quotient of numbers; entry by entry for two matrices of one shape."""
        above, below = self.term(node.numerator), self.term(node.denominator)
        indices = above.indices | below.indices
        if below.shape == () or above.shape == below.shape:
            return Term("divide", (above, below), above.shape, node, None, indices)
        if above.shape == () and above.operation in ("number", "size"):
            return Term("divide", (above, below), below.shape, node, None, indices)
        raise NotationError(
            f"a quotient of {show(above.shape)} and {show(below.shape)}",
            node,
            "Both have one shape, or the denominator is a number.",
            "fits",
        )

    def root(self, node: Root) -> Term:
        """A root, entry by entry."""
        inner = self.term(node.inner)
        if node.degree is None:
            return Term("apply", (inner,), inner.shape, node, "sqrt", inner.indices)
        degree = self.term(node.degree)
        if degree.shape != ():
            raise NotationError("the degree of a root is a number", node.degree, question="fits")
        indices = inner.indices | degree.indices
        return Term("root", (inner, degree), inner.shape, node, None, indices)

    def big(self, node: BigOperator, binder: int = 0) -> Term:
        """A sum, product, maximum or minimum over one index after the other."""
        if binder == 0:
            node = self._without_sizes(node)
        if binder == len(node.binders):
            return self.term(node.body)
        said = node.binders[binder]
        letter = as_index(said.index)
        if not letter:
            raise NotationError("an index is expected here", said.index)
        if self._is_concrete(letter, node):
            return self._unrolled(node, binder, letter)
        self._made += 1
        index = Index(f"{letter}#{self.uid}.{self._made}", letter, None, said.index)
        outer_bound, outer_layer = self.bound.get(letter), self.layers.pop(letter, None)
        conditions = list(said.conditions)
        self._limits(index, said, conditions)
        self.bound[letter] = index
        try:
            body = self.big(node, binder + 1)
            tests = [self.condition(condition) for condition in conditions]
        finally:
            del self.bound[letter]
            if outer_bound is not None:
                self.bound[letter] = outer_bound
            if outer_layer is not None:
                self.layers[letter] = outer_layer
        if index.name not in body.indices:
            raise NotationError(
                f"the sum over {letter} has no {letter} in what it sums",
                node,
                "Put brackets around what belongs to it, or write the number of terms.",
                "known",
            )
        if index.range is None:
            raise NotationError(
                f"nothing says how far {letter} runs",
                said.index,
                "Write its first and its last value.",
            )
        indices = body.indices.union(*(test.indices for test in tests)) - {index.name}
        if node.operator in ("argmax", "argmin"):
            raise NotationError(
                f"\\{node.operator} cannot be checked", node, "Say it by \\max or \\min.", "read"
            )
        return Term(node.operator, (body, *tests), body.shape, node, index, indices)

    def _without_sizes(self, node: BigOperator) -> BigOperator:
        """The K of `\\sum_{k \\le K}` is a size: only k is bound."""
        kept = [
            binder
            for binder in node.binders
            if not binder.implied
            or (isinstance(binder.index, Name) and self._may_bind(binder.index))
        ]
        if len(kept) == len(node.binders):
            return node
        conditions = tuple(c for binder in node.binders for c in binder.conditions)
        kept = [replace(binder, conditions=()) for binder in kept]
        kept[-1] = replace(kept[-1], conditions=conditions)
        return replace(node, binders=tuple(kept))

    def _may_bind(self, index: Name) -> bool:
        taken = {**self.bound, **self.layers}
        return self._is_new_index(index) and index.letter not in taken

    def _limits(self, index: Index, said: Binder, conditions: list[Node]) -> None:
        """How far an index runs; a limit that moves with another index is a condition too."""
        if said.within is not None:
            self._members(index, said)
        if said.high is None and said.low is None:
            return
        if said.high is None:
            raise NotationError(
                f"nothing says how far {index.letter} runs",
                said.index,
                "Write its first and its last value.",
            )
        ends: list[Size | None] = []
        for limit, sign in ((said.low, ">="), (said.high, "<=")):
            end, moves = (ONE, False) if limit is None else self._limit(limit, sign)
            if moves:
                assert limit is not None
                left = Name(said.index.start, said.index.end, index.letter)
                conditions.append(Relation(said.start, said.end, (left, limit), (sign,)))
            ends.append(end)
        low, high = ends
        if low is None or high is None:  # its range is that of the symbol it is an index of
            if low is not None and low != ONE:
                raise self._unknown_limit(said.low or said)
            return
        steps = (high - low).number
        if steps is not None and steps < 0:
            raise NotationError("this sum has no term", said, "Correct its limits.", "vacuous")
        index.range, index.explicit = Range(low, high), True
        index.said = "as the sum says"

    def _limit(self, node: Node, sign: str) -> tuple[Size | None, bool]:
        """A limit as a size, at its outermost, and whether it moves with another index."""
        moving: dict[str, Index] = {}
        for name in walk(node):
            if isinstance(name, Name) and name.letter not in self.layers:
                found = self.bound.get(name.letter) or self.free.get(name.letter)
                if found is None and (
                    name.letter in self.notation.indices
                    or (name.letter in INDEX_LETTERS and self.notation.reference(name) is None)
                ):
                    found = self._new_free(name)
                if found is not None:
                    moving[name.letter] = found
        if not moving:
            return self.size(node), False
        letter, index = next(iter(moving.items()))
        rest, offset = stepped(bare(node))
        if not isinstance(rest, Name) or rest.letter != letter:
            raise self._unknown_limit(node)
        if index.range is not None:
            end = index.range.low if sign == ">=" else index.range.high
            return end + Size.of(offset), True
        if offset * (1 if sign == ">=" else -1) < 0:
            raise self._unknown_limit(node)
        return None, True

    def _unknown_limit(self, node: Node) -> NotationError:
        return NotationError(
            "how far this sum goes cannot be told",
            node,
            "Say in the notation which values this index has.",
            "known",
        )

    def _members(self, index: Index, said: Binder) -> None:
        within = said.within
        assert within is not None
        listed = membership(within)
        if listed is not None and listed.sequence is not None:
            low, high = (self.size(end) for end in listed.sequence)
            index.range, index.explicit, index.said = Range(low, high), True, "as the sum says"
            return
        reference = self.reference(within) if isinstance(within, Name | Scripted) else None
        if reference is None and isinstance(within, Name | Scripted):
            raise self.unknown(within)
        if reference is None:
            raise NotationError(
                "a sum over this set cannot be read",
                within,
                "Name the set, or write its first and its last number.",
                "read",
            )
        if reference.family.kind != "set":
            raise NotationError(f"{reference.family.tex} is no set", within, question="fits")
        index.members = reference.family.letter
        known = self.notation.index_sets.get(index.letter)
        if known is None or known == index.members:
            index.range = Range(ONE, Size.of(f"|{index.members}|"))
            index.said = "as the sum says"

    def _is_concrete(self, letter: str, node: BigOperator) -> bool:
        """Whether an index is gone through one by one: it fills a layer's place somewhere below."""
        for inner in walk(node):
            if isinstance(inner, Scripted):
                reference = self.notation.reference(inner)
                if reference is None:
                    continue
                for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
                    if slot in self.notation.concrete and any(
                        as_index(part) == letter for part in walk(argument)
                    ):
                        return True
        return False

    def _unrolled(self, node: BigOperator, binder: int, letter: str) -> Term:
        said = node.binders[binder]
        limits = (said.low, said.high)
        if said.high is None and (said.low is not None or said.within is not None):
            raise NotationError(
                f"nothing says how far {letter} runs",
                said.index,
                "Write its first and its last value.",
            )
        if said.low is None or said.high is None:
            declared = self.notation.indices.get(letter)
            if declared is None:
                raise NotationError(
                    f"nothing says how far {letter} runs",
                    said.index,
                    "Write its first and its last value.",
                )
            limits = (declared[0], said.high or declared[1])
        low, high = (self.notation.integer(limit, self.layers) for limit in limits if limit)
        for limit in limits:
            self.account_all(limit or said)
        if high - low > MOST_TERMS:
            raise NotationError(
                f"this sum has {high - low + 1:,} terms, written out layer by layer",
                node,
                f"At most {MOST_TERMS} are.",
                "read",
            )
        outer = self.layers.get(letter)
        parts = []
        try:
            for value in range(low, high + 1):
                self.layers[letter] = value
                if all(self._is_met(condition) for condition in said.conditions):
                    parts.append(self.big(node, binder + 1))
        finally:
            self.layers.pop(letter, None)
            if outer is not None:
                self.layers[letter] = outer
        moves = said.conditions or any(
            as_index(name) in self.layers for limit in limits if limit for name in walk(limit)
        )
        if not parts and moves and node.operator in ("sum", "prod"):  # \sum_{s=1}^{t} for t = 0
            self.account_all(node)
            return Term("number", (), (), node, float(node.operator == "prod"))
        if not parts:
            raise NotationError("this sum has no term", node, "Correct its limits.", "vacuous")
        return self._joined(parts, node)

    def _joined(self, parts: list[Term], node: BigOperator) -> Term:
        """The members of a big operator, written out one by one.

        Raises:
            NotationError: Nothing says how two members of this operator are joined.
        """
        row = OPERATIONS.get(node.operator)
        joined_by = row.joined_by if row is not None else ""
        if joined_by == "add":
            return total([(part, 1) for part in parts], node)
        if joined_by == "multiply":
            return product(
                Product(node.start, node.end, "juxtaposition", (node.body,) * len(parts)), parts
            )
        if joined_by in ("maximum", "minimum"):
            if any(part.shape != parts[0].shape for part in parts):
                raise NotationError(f"\\{node.operator} of different shapes", node, question="fits")
            indices = frozenset().union(*(part.indices for part in parts))
            return Term("extreme", tuple(parts), parts[0].shape, node, node.operator, indices)
        raise NotationError(
            f"\\{node.operator} cannot be checked", node, "Say it by \\max or \\min.", "read"
        )

    def _is_met(self, condition: Node) -> bool:
        """Whether a condition below a big operator is met by the layers that are chosen."""
        assert isinstance(condition, Relation)
        values = [self.notation.integer(side, self.layers) for side in condition.sides]
        self.account_all(condition)
        return all(
            _COMPARED[sign](one, other)
            for sign, (one, other) in zip(
                condition.operators, itertools.pairwise(values), strict=True
            )
        )
