"""Readings of derivatives: of a number, of an entry, of a vector by a vector, of a chain of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nn3doc.equations.meaning.context import spelled
from nn3doc.equations.meaning.products import four_indices, is_constant, is_vector
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.notation import Notation, NotationError, Reference, Room, Shape, Size, show
from nn3doc.equations.tex import (
    At,
    Bars,
    Call,
    Derivative,
    Mark,
    Matrix,
    Name,
    Node,
    Product,
    Relation,
    Scripted,
    Tuple,
    bare,
    same,
)

if TYPE_CHECKING:
    from nn3doc.equations.meaning.context import Definitions


def function_name(node: Node) -> str:
    """The letter of a function, for messages."""
    base = node.base if isinstance(node, Scripted) else node
    return base.letter if isinstance(base, Name) else "f"


def _is_transposed(variable: Node) -> bool:
    """Whether what is differentiated by is written transposed, as one of two is in a Hessian."""
    plain = bare(variable)
    return isinstance(plain, Scripted) and [m.kind for m in plain.marks] == ["transpose"]


class Derivatives(ABC):
    """Derivatives, and values at a place."""

    definitions: Definitions
    notation: Notation
    bound: dict[str, Index]
    formals: dict[str, Term]
    formal_keys: dict[tuple[str, tuple[int | None, ...]], Term]
    layers: dict[str, int]
    uid: str
    jacobian: bool
    _made: int

    @abstractmethod
    def term(self, node: Node) -> Term:
        """The meaning of an expression; see `shapes`."""

    @abstractmethod
    def sized(self, node: Node, room: Shape | Room) -> Term:
        """An expression where I or **1** has the size that fits; see `shapes_sums`."""

    @abstractmethod
    def name(self, node: Node) -> Term:
        """A symbol with its scripts; see `shapes_symbols`."""

    @abstractmethod
    def norm(self, node: Bars, sub: tuple[Node, ...] = (), whole: Node | None = None) -> Term:
        """An absolute value, a norm, a determinant; see `shapes`."""

    @abstractmethod
    def condition(self, node: Node) -> Term:
        """A comparison of numbers; see `shapes`."""

    @abstractmethod
    def compared(self, node: Node) -> Term:
        """A side of a comparison; see `shapes`."""

    @abstractmethod
    def reference(self, node: Node) -> Reference | None:
        """The symbol that a name with scripts stands for; see `shapes_indices`."""

    @abstractmethod
    def size(self, node: Node) -> Size:
        """A size; see `shapes_indices`."""

    @abstractmethod
    def account(self, *scripts: Node) -> None:
        """Notes that marks and subscripts mean something; see `shapes_indices`."""

    @abstractmethod
    def marked(self, base: Term, marks: tuple[Mark, ...], node: Node) -> Term:
        """Transposes and powers; see `shapes_symbols`."""

    @abstractmethod
    def call(self, node: Call) -> Term:
        """A function of its arguments; see `shapes_operations`."""

    def derivative(self, node: Derivative) -> Term:
        """A derivative, of any order; the innermost variable stands last."""
        by = list(node.by)
        if not by:
            return self._whole_gradient(node)
        if len(by) == 2 and _is_transposed(by[1]) and not _is_transposed(by[0]):
            by.reverse()  # the row by v^T, differentiated by u: the column by u, by v^T
        of = self._differentiated(node.of)
        result: Term | None = None
        while by:
            place = self._variable(by.pop(), second=result is not None)
            result = self._differentiate(of, place, node)
            of = result
        assert result is not None
        return result

    def _whole_gradient(self, node: Derivative) -> Term:
        """`\\nabla f(x)`: by all that f is a function of, taken at x; twice, the Hessian."""
        of, order = bare(node.of), 1
        if isinstance(of, Derivative) and of.style == "nabla" and not of.by:
            of, order = bare(of.of), 2
        function = of.function if isinstance(of, Call) else of
        reference = self.reference(function)
        parameters: tuple[Node, ...] = ()
        if reference is not None and reference.rest:
            raise NotationError(
                "\\nabla does not say by what it differentiates", node, "Write \\nabla_W.", "known"
            )
        if reference is not None and reference.family.kind == "function":
            known = self.definitions.function(reference.family.letter, function)
            if known.shape == () and len(known.shapes) == 1 and isinstance(of, Call):
                return self._gradient_at(of, reference.family.key, order, node)
            parameters = known.parameters
        elif reference is not None:
            parameters = self.notation.applied.get(reference.family.key, ())
        if not parameters:
            raise NotationError(
                "\\nabla does not say by what it differentiates", node, "Write \\nabla_W.", "known"
            )
        result = self._partials(function, parameters, order, node)
        arguments = of.arguments if isinstance(of, Call) else parameters
        places = tuple(
            Relation(argument.start, argument.end, (parameter, argument), ("=",))
            for parameter, argument in zip(parameters, arguments, strict=False)
            if not same(bare(argument), bare(parameter))
        )
        return self.at(At(node.start, node.end, result, places)) if places else self.term(result)

    def _gradient_at(self, call: Call, key: str, order: int, node: Derivative) -> Term:
        place = self.term(call.arguments[0])
        inner = self.call(call)
        if inner.shape != ():
            raise NotationError("only a number has a gradient", node, question="fits")
        shape = place.shape
        if order == 2 and shape != ():
            shape = (shape[0] * shape[1],) * 2
        return Term("call", (place,), shape, node, (key, order), place.indices)

    def _partials(
        self, function: Node, parameters: tuple[Node, ...], order: int, node: Derivative
    ) -> Node:
        """All partial derivatives: a column, or the matrix of the second ones."""
        span = (node.start, node.end)
        if len(parameters) == 1:
            return Derivative(*span, "nabla", function, parameters * order)
        rows = tuple(
            tuple(
                Derivative(*span, "partial", function, by)
                for by in ([(one,)] if order == 1 else [(one, other) for other in parameters])
            )
            for one in parameters
        )
        return Matrix(*span, rows, "bmatrix")

    def _differentiated(self, node: Node) -> Term:
        if isinstance(node, Name | Scripted):
            reference = self.notation.reference(node)
            if reference is not None and reference.family.kind == "function":
                known = self.definitions.function(reference.family.letter, node)
                return self.call(Call(node.start, node.end, node, known.parameters))
        term = self.term(node)
        if is_constant(term):
            raise NotationError(
                "a constant is differentiated",
                node,
                "Put brackets around all that the derivative is taken of.",
                "read",
            )
        return term

    def _variable(self, node: Node, second: bool) -> Term:
        plain = bare(node)
        if second and isinstance(plain, Scripted) and _is_transposed(plain):
            self.account(*plain.marks)
            plain = (
                plain.base
                if not plain.sub
                else Scripted(plain.start, plain.end, plain.base, plain.sub, ())
            )
        term = self.term(plain)
        inner = term
        while inner.operation == "gather":
            inner = inner.arguments[0]
        if inner.operation not in ("family", "formal"):
            raise NotationError(
                "only a symbol can be differentiated by", node, "Name it first: u = …", "read"
            )
        return term

    def _differentiate(self, of: Term, by: Term, node: Derivative) -> Term:
        shape, kind = self._derivative_shape(of, by, node.style)
        indices = of.indices | by.indices
        return Term("derivative", (of, by), shape, node, kind, indices)

    def _derivative_shape(self, of: Term, by: Term, style: str) -> tuple[Shape, str]:
        one, two = of.shape, by.shape
        if len(one) == 4:
            raise four_indices(of)
        if one == ():
            return two, "gradient"
        if two == ():
            return one, "gradient"
        columns = is_vector(one) and is_vector(two)
        if style == "nabla":
            if not columns:
                raise four_indices(by)
            return (two[0] * two[1], one[0] * one[1]), "transposed"
        if one == two and not self.jacobian and self.definitions.is_elementwise(of, by):
            return one, "elementwise"
        if columns:
            return (one[0] * one[1], two[0] * two[1]), "jacobian"
        return (*one, *two), "tensor"

    def _chain(self, node: Product) -> Term | None:
        """A product of derivatives only, each by what the next is of: composed linear maps."""
        factors = [bare(factor) for factor in node.factors]
        links = [factor for factor in factors if isinstance(factor, Derivative)]
        if node.operation not in ("juxtaposition", "cdot") or len(links) != len(factors):
            return None
        if any(len(link.by) != 1 or link.style == "nabla" for link in links):
            return None
        for one, other in zip(links, links[1:], strict=False):
            if not same(bare(one.by[0]), bare(other.of)):
                return None
        pairs = [
            (self._differentiated(link.of), self._variable(link.by[0], second=False))
            for link in links
        ]
        if all(of.shape == () and by.shape == () for of, by in pairs):
            return None
        shape, kind = self._derivative_shape(pairs[0][0], pairs[-1][1], "partial")
        indices = frozenset().union(*(of.indices | by.indices for of, by in pairs))
        terms = tuple(term for pair in pairs for term in pair)
        return Term("chain", terms, shape, node, kind, indices)

    def at(self, node: At) -> Term:
        """A value with symbols put to other values."""
        places: list[Term] = []
        values: list[Term] = []
        symbols: list[Node] = []
        for relation in node.places:
            if not isinstance(relation, Relation) or relation.operators != ("=",):
                raise NotationError("a place is written x = …", relation, question="read")
            left, right = relation.sides
            lefts = left.items if isinstance(left, Tuple) else (left,)
            rights = right.items if isinstance(right, Tuple) else (right,)
            if len(lefts) != len(rights):
                raise NotationError("as many values as symbols", relation, question="fits")
            for symbol, value in zip(lefts, rights, strict=True):
                symbols.append(symbol)
                with self._as_symbols([symbol]):
                    place = self._variable(symbol, second=False)
                given = self.sized(value, place.shape or (None, None))
                zero = given.operation == "number" and given.data == 0
                if place.shape != given.shape and not zero:
                    raise NotationError(
                        f"{show(given.shape)} for a symbol that is {show(place.shape)}",
                        value,
                        question="fits",
                    )
                places.append(place)
                values.append(given)
        with self._as_symbols(symbols):
            inner = self.term(node.inner)
        indices = frozenset().union(inner.indices, *(value.indices for value in values))
        return Term("at", (inner, *places, *values), inner.shape, node, len(places), indices)

    @contextmanager
    def _as_symbols(self, symbols: Iterable[Node]) -> Iterator[None]:
        """Inside, some symbols are those of the page, also where a function's argument is so called.

        A place binds its symbol: in `f(x) = \\left. x^2 \\right|_{x = 3}` the x of the square is 3.
        """
        hidden = {spelled(bare(symbol)) for symbol in symbols}
        formals, keys = self.formals, self.formal_keys
        self.formals = {name: term for name, term in formals.items() if name not in hidden}
        self.formal_keys = {
            key: term for key, term in keys.items() if spelled(term.node) not in hidden
        }
        try:
            yield
        finally:
            self.formals, self.formal_keys = formals, keys
