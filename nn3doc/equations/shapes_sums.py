"""Sums, products, quotients and big operators."""

from __future__ import annotations

from nn3doc.equations.constants import (
    Room,
    UnknownSizeError,
)
from nn3doc.equations.elided import ElidedError, series
from nn3doc.equations.families import NotationError
from nn3doc.equations.meaning.operations import OPERATIONS
from nn3doc.equations.membership import membership
from nn3doc.equations.notation import as_index
from nn3doc.equations.shapes_products import product, total
from nn3doc.equations.shapes_symbols import Symbols
from nn3doc.equations.sizes import ONE, Range, Shape, Size, show
from nn3doc.equations.terms import Index, Term
from nn3doc.equations.tree import (
    At,
    BigOperator,
    Binder,
    Derivative,
    Dots,
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
    walk,
)

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
                if all(isinstance(bare(other), Number) for other in node.factors if (
                    other is not factor
                )):  # fmt: skip
                    raise
                found.append(None)
        result: list[Term] = []
        for place, term in enumerate(found):
            if term is None:
                before = [t for t in result if len(t.shape) == 2]
                after = [t for t in found[place + 1 :] if t is not None and len(t.shape) == 2]
                room: tuple[Size, ...] | tuple[Size | None, Size | None] = (
                    before[-1].shape[1] if before else None, after[0].shape[0] if after else None
                )  # fmt: skip
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
        return Term("root", (inner, degree), inner.shape, node, None, inner.indices)

    def big(self, node: BigOperator, binder: int = 0) -> Term:
        """A sum, product, maximum or minimum over one index after the other."""
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
            raise NotationError(f"nothing says how far {letter} runs", said.index,
                                "Write its first and its last value.")  # fmt: skip
        indices = body.indices.union(*(test.indices for test in tests)) - {index.name}
        if node.operator in ("argmax", "argmin"):
            raise NotationError(f"\\{node.operator} cannot be checked", node,
                                "Say it by \\max or \\min.", "read")  # fmt: skip
        return Term(node.operator, (body, *tests), body.shape, node, index, indices)

    def _limits(self, index: Index, said: Binder, conditions: list[Node]) -> None:
        if said.within is not None:
            self._members(index, said)
        if said.high is None and said.low is None:
            return
        low = self.notation.size(said.low, self.layers) if said.low is not None else ONE
        if said.high is None:
            return
        inner = [n for n in walk(said.high) if as_index(n) in {**self.bound, **self.free}]
        if inner:
            left = Name(said.index.start, said.index.end, index.letter)
            conditions.append(Relation(said.start, said.end, (left, said.high), ("<=",)))
            return
        high = self.notation.size(said.high, self.layers)
        steps = (high - low).number
        if steps is not None and steps < 0:
            raise NotationError("this sum has no term", said, "Correct its limits.", "vacuous")
        index.range, index.explicit = Range(low, high), True
        index.said = "as the sum says"

    def _members(self, index: Index, said: Binder) -> None:
        within = said.within
        assert within is not None
        listed = membership(within)
        if listed is not None and listed.sequence is not None:
            low, high = (self.notation.size(end, self.layers) for end in listed.sequence)
            index.range, index.explicit, index.said = Range(low, high), True, "as the sum says"
            return
        reference = self.notation.reference(within)
        if reference is None:
            raise self.unknown(within)
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
        if said.low is None or said.high is None:
            declared = self.notation.indices.get(letter)
            if declared is None:
                raise NotationError(f"nothing says how far {letter} runs", said.index,
                                "Write its first and its last value.")  # fmt: skip
            limits = declared
        low, high = (self.notation.integer(limit, self.layers) for limit in limits if limit)
        if high - low > MOST_TERMS:
            raise NotationError(
                f"this sum has {high - low + 1:,} terms, written out layer by layer", node,
                f"At most {MOST_TERMS} are.", "read",
            )  # fmt: skip
        outer = self.layers.get(letter)
        parts = []
        try:
            for value in range(low, high + 1):
                self.layers[letter] = value
                parts.append(self.big(node, binder + 1))
        finally:
            self.layers.pop(letter, None)
            if outer is not None:
                self.layers[letter] = outer
        if not parts and node.operator == "sum" and any(
            as_index(name) in self.layers for limit in limits if limit for name in walk(limit)
        ):  # fmt: skip
            return Term("number", (), (), node, 0.0)  # \sum_{s=1}^{t} for t = 0
        if not parts:
            raise NotationError("this sum has no term", node, "Correct its limits.", "vacuous")
        return self._joined(parts, node)

    def _joined(self, parts: list[Term], node: BigOperator) -> Term:
        """The members of a big operator, written out one by one.

        Raises:
            NotationError: Nothing says how two members of this operator are joined.
        """
        joined_by = OPERATIONS[node.operator].joined_by
        if joined_by == "add":
            return total([(part, 1) for part in parts], node)
        if joined_by == "multiply":
            return product(
                Product(node.start, node.end, "juxtaposition", (node.body,) * len(parts)), parts
            )
        if joined_by in ("maximum", "minimum"):
            if any(part.shape != parts[0].shape for part in parts):
                raise NotationError(
                    f"\\{node.operator} of different shapes", node, question="fits"
                )
            indices = frozenset().union(*(part.indices for part in parts))
            return Term("extreme", tuple(parts), parts[0].shape, node, node.operator, indices)
        raise NotationError(
            f"\\{node.operator} over layers cannot be read", node, "Write its members.", "read"
        )
