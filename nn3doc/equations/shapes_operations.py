"""Readings of calls, derivatives, products and matrices (see `shapes` for the rest)."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from typing import TYPE_CHECKING

from nn3doc.equations.constants import Room
from nn3doc.equations.elided import Limits
from nn3doc.equations.notation import Notation, NotationError
from nn3doc.equations.sizes import ONE, Range, Shape, Size, show
from nn3doc.equations.terms import Index, Term
from nn3doc.equations.tree import (
    At,
    Call,
    Derivative,
    Group,
    Mark,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Tuple,
    bare,
    same,
)

if TYPE_CHECKING:
    from nn3doc.equations.shapes import Definitions

ELEMENTWISE = frozenset(
    "log ln exp sin cos tan tanh sinh cosh cot arcsin arccos arctan sign abs sqrt".split()
)
_CONSTANT = frozenset(["number", "size"])


def is_vector(shape: Shape) -> bool:
    """Whether a shape is one column or one row."""
    return len(shape) == 2 and ONE in shape


def as_number(shape: Shape) -> Shape:
    """A 1 × 1 matrix is a number."""
    return () if shape == (ONE, ONE) else shape


def total(parts: SequenceOf[tuple[Term, int]], node: Node) -> Term:
    """A sum: one shape; a number is added to every entry, a declared column to every column.

    Raises:
        NotationError: Two terms have different shapes.
    """
    shape: Shape = ()
    first: Term | None = None
    for term, _ in parts:
        if len(term.shape) == 4:
            raise four_indices(term)
        if term.shape == () and term.operation in _CONSTANT | {"divide"} and _is_constant(term):
            continue
        if first is None or (first.column and _repeats(first.shape, term.shape)):
            first, shape = term, term.shape
        elif term.shape != shape and not (term.column and _repeats(term.shape, shape)):
            hint = "Only a symbol declared with a literal 1 as a size, such as a bias, is repeated."
            raise NotationError(
                f"a sum of {show(shape)} and {show(term.shape)}",
                term.node,
                hint if is_vector(term.shape) or term.shape == () else "",
                "fits",
            )
    indices = frozenset().union(*(term.indices for term, _ in parts))
    terms = tuple(term for term, _ in parts)
    return Term("add", terms, shape, node, tuple(sign for _, sign in parts), indices)


def _is_constant(term: Term) -> bool:
    return term.operation in _CONSTANT or (
        term.operation in ("divide", "multiply", "add", "power")
        and all(_is_constant(argument) for argument in term.arguments)
    )


def _repeats(column: Shape, shape: Shape) -> bool:
    return (
        len(shape) == 2
        and len(column) == 2
        and all(one in (other, ONE) for one, other in zip(column, shape, strict=True))
    )


def four_indices(term: Term) -> NotationError:
    """A matrix by a matrix is no matrix."""
    return NotationError(
        "the derivative of a matrix by a matrix has four indices and is no matrix",
        term.node,
        "Write it for entries, or as part of a chain of derivatives.",
        "fits",
    )


def product(node: Product, factors: list[Term]) -> Term:
    """A product; which one is decided by what is written, never by what would fit.

    Raises:
        NotationError: The shapes do not fit the product that is written.
    """
    for factor in factors:
        if len(factor.shape) == 4:
            raise four_indices(factor)
    left = factors[0]
    for right in factors[1:]:
        left = _pair(node, left, right)
    return left


def _pair(node: Product, left: Term, right: Term) -> Term:
    indices = left.indices | right.indices
    one, two = left.shape, right.shape
    numbers = one == () or two == ()
    if node.operation == "slash":
        if two == () or one == two:
            return Term("divide", (left, right), one, node, None, indices)
        raise NotationError(f"a quotient of {show(one)} and {show(two)}", node,
                            "Divide by a number.", "fits")  # fmt: skip
    if node.operation == "odot":
        if one != two:
            swap = "Between a number and a matrix write nothing." if numbers else ""
            raise NotationError(
                f"\\odot between {show(one)} and {show(two)}",
                node,
                swap or "Entry by entry, both sides have one shape.",
                "fits",
            )
        return Term("multiply", (left, right), one, node, None, indices)
    if numbers:
        return Term("multiply", (left, right), two if one == () else one, node, None, indices)
    if node.operation == "cdot":
        if is_vector(one) and one == two:
            return Term("dot", (left, right), (), node, None, indices)
        raise NotationError(
            f"\\cdot between {show(one)} and {show(two)}",
            node,
            "Write \\odot for the product entry by entry, nothing for the matrix product.",
            "fits",
        )
    if node.operation == "times":
        raise NotationError(
            f"\\times between {show(one)} and {show(two)}",
            node,
            "Write nothing for the matrix product.",
            "fits",
        )
    if one[1] != two[0]:
        raise NotationError(
            f"a matrix product of {show(one)} and {show(two)}",
            node,
            f"The inner sizes {one[1]} and {two[0]} differ.",
            "fits",
        )
    return Term("matmul", (left, right), as_number((one[0], two[1])), node, None, indices)


class Operations:
    """Calls, derivatives, matrices; `shapes.Elaborator` has the rest."""

    definitions: Definitions
    notation: Notation
    bound: dict[str, Index]
    layers: dict[str, int]
    uid: str
    jacobian: bool
    _made: int

    def term(self, node: Node) -> Term:
        """The meaning of an expression; see `shapes`."""
        raise NotImplementedError

    def sized(self, node: Node, room: Shape | Room) -> Term:
        """An expression where I or **1** has the size that fits; see `shapes`."""
        raise NotImplementedError

    # --- calls ------------------------------------------------------------------------------

    def call(self, node: Call) -> Term:
        """A function of its arguments; a function of a number is applied to every entry."""
        function = node.function
        name, marks = _function_name(function)
        word = name.lstrip("\\").removeprefix("mathrm{").removesuffix("}")
        reference = self.notation.reference(_without_primes(function))
        if reference is not None and reference.family.key in self.notation.applied:
            return self._applied(node, self.notation.applied[reference.family.key])
        if reference is None or reference.family.kind != "function":
            if name.startswith("\\") and word in ELEMENTWISE | {"max", "min", "tr", "det", "diag",
                                                                "vec"}:  # fmt: skip
                return self._built_in(word, node)
            raise NotationError(
                f"unknown function {name}",
                function,
                f"Define it, {name}(x) = …, or give it a row in the notation table.",
                "known",
            )
        family = reference.family
        known = self.definitions.function(family.letter, function)
        if (
            known.indirect
            and not marks
            and any(
                not same(bare(argument), bare(parameter))
                for argument, parameter in zip(node.arguments, known.parameters, strict=False)
            )
            and len(node.arguments) == len(known.parameters)
        ):
            own = Call(node.start, node.end, function, known.parameters)
            places = tuple(
                Relation(argument.start, argument.end, (parameter, argument), ("=",))
                for parameter, argument in zip(known.parameters, node.arguments, strict=True)
            )
            return self.at(At(node.start, node.end, own, places))
        arguments = [self.term(argument) for argument in node.arguments]
        if len(arguments) != len(known.parameters):
            raise NotationError(
                f"{family.tex} has {len(known.parameters)} argument"
                f"{'s' * (len(known.parameters) != 1)}, not {len(arguments)}",
                node,
                question="fits",
            )
        shape = known.shape
        lifted: Shape = ()
        for argument, wanted, place in zip(arguments, known.shapes, node.arguments, strict=True):
            if argument.shape == wanted:
                continue
            if wanted == () and known.shape == () and lifted in ((), argument.shape):
                lifted = argument.shape
                continue
            raise NotationError(
                f"{family.tex} is applied to {show(argument.shape)}, expected {show(wanted)}",
                place,
                question="fits",
            )
        indices = frozenset().union(*(argument.indices for argument in arguments))
        primes = len([mark for mark in marks if mark.kind == "prime"])
        if primes and (len(arguments) != 1 or known.shapes[0] != () or known.shape != ()):
            raise NotationError("a prime needs a function of one number", node, question="fits")
        return Term("call", tuple(arguments), lifted or shape, node, (family.key, primes), indices)

    def _applied(self, node: Call, parameters: tuple[Node, ...]) -> Term:
        """A value that is written with the symbols it depends on; other values may be put in."""
        if len(node.arguments) != len(parameters):
            raise NotationError(
                f"this is defined with {len(parameters)} argument"
                f"{'s' * (len(parameters) != 1)}, not {len(node.arguments)}",
                node,
                question="fits",
            )
        changed = [
            Relation(argument.start, argument.end, (parameter, argument), ("=",))
            for parameter, argument in zip(parameters, node.arguments, strict=True)
            if not same(bare(argument), bare(parameter))
        ]
        if not changed:
            return self.term(node.function)
        return self.at(At(node.start, node.end, node.function, tuple(changed)))

    def _built_in(self, word: str, node: Call) -> Term:
        arguments = [self.term(argument) for argument in node.arguments]
        indices = frozenset().union(*(argument.indices for argument in arguments))
        first = arguments[0]
        if word in ("max", "min"):
            if len(arguments) < 2:
                raise NotationError(f"\\{word} of one value", node,
                                    f"Write \\{word}(a, b), or \\{word}_i.", "fits")  # fmt: skip
            shape = next((a.shape for a in arguments if a.shape != ()), ())
            if any(a.shape not in ((), shape) for a in arguments):
                raise NotationError(f"\\{word} of different shapes", node, question="fits")
            return Term("extreme", tuple(arguments), shape, node, word, indices)
        if len(arguments) != 1:
            raise NotationError(f"\\{word} has one argument", node, question="fits")
        if word in ELEMENTWISE:
            return Term("apply", (first,), first.shape, node, word, indices)
        square = len(first.shape) == 2 and first.shape[0] == first.shape[1]
        if word in ("tr", "det") and square:
            return Term({"tr": "trace", "det": "determinant"}[word], (first,), (), node, None,
                        indices)  # fmt: skip
        if word == "diag" and is_vector(first.shape):
            size = first.shape[0] if first.shape[1] == ONE else first.shape[1]
            return Term("diagonal", (first,), (size, size), node, None, indices)
        if word == "diag" and square:
            return Term("diagonal_of", (first,), (first.shape[0], ONE), node, None, indices)
        raise NotationError(f"\\{word} is applied to {show(first.shape)}", node, question="fits")

    # --- derivatives ------------------------------------------------------------------------

    def derivative(self, node: Derivative) -> Term:
        """A derivative, of any order; the innermost variable stands last."""
        by = list(node.by)
        if not by:
            return self._whole_gradient(node)
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
        reference = self.notation.reference(function)
        parameters: tuple[Node, ...] = ()
        if reference is not None and reference.family.kind == "function":
            known = self.definitions.function(reference.family.letter, function)
            if known.shape == () and len(known.shapes) == 1 and isinstance(of, Call):
                return self._gradient_at(of, reference.family.key, order, node)
            parameters = known.parameters
        elif reference is not None:
            parameters = self.notation.applied.get(reference.family.key, ())
        if not parameters:
            raise NotationError("\\nabla does not say by what it differentiates", node,
                                "Write \\nabla_W.", "known")  # fmt: skip
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
        if _is_constant(term):
            raise NotationError(
                "a constant is differentiated",
                node,
                "Put brackets around all that the derivative is taken of.",
                "read",
            )
        return term

    def _variable(self, node: Node, second: bool) -> Term:
        plain = bare(node)
        if second and isinstance(plain, Scripted) and [m.kind for m in plain.marks] == [
            "transpose"
        ]:  # fmt: skip
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
        inner = self.term(node.inner)
        places: list[Term] = []
        values: list[Term] = []
        for relation in node.places:
            if not isinstance(relation, Relation) or relation.operators != ("=",):
                raise NotationError("a place is written x = …", relation, question="read")
            left, right = relation.sides
            lefts = left.items if isinstance(left, Tuple) else (left,)
            rights = right.items if isinstance(right, Tuple) else (right,)
            if len(lefts) != len(rights):
                raise NotationError("as many values as symbols", relation, question="fits")
            for symbol, value in zip(lefts, rights, strict=True):
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
        indices = frozenset().union(inner.indices, *(value.indices for value in values))
        return Term("at", (inner, *places, *values), inner.shape, node, len(places), indices)

    # --- matrices ---------------------------------------------------------------------------

    def stacked(self, rows: list[list[Term]], node: Node) -> Term:
        """A matrix of numbers; columns side by side; rows one below the other."""
        cells = [cell for row in rows for cell in row]
        indices = frozenset().union(*(cell.indices for cell in cells))
        shapes = {cell.shape for cell in cells}
        if shapes == {()}:
            shape = (Size.of(len(rows)), Size.of(len(rows[0])))
            column = len(rows[0]) == 1 and all(_is_constant(cell) for cell in cells)
            return Term("stack", tuple(cells), as_number(shape), node,
                        (len(rows), len(rows[0])), indices, column)  # fmt: skip
        if len(rows) == 1 and all(len(s) == 2 for s in shapes) and len({s[0] for s in shapes}) == 1:
            width = Size(())
            for cell in cells:
                width = width + cell.shape[1]
            return Term("beside", tuple(cells), (cells[0].shape[0], width), node, -1, indices)
        if all(len(row) == 1 for row in rows) and all(len(s) == 2 for s in shapes) and (
            len({s[1] for s in shapes}) == 1
        ):  # fmt: skip
            height = Size(())
            for cell in cells:
                height = height + cell.shape[0]
            return Term("beside", tuple(cells), (height, cells[0].shape[1]), node, -2, indices)
        raise NotationError("the cells of this matrix do not fit together", node, question="fits")

    def unfolded(
        self, node: Matrix, rows: list[list[Node]], over_rows: Limits | None,
        over_columns: Limits | None,
    ) -> Term:  # fmt: skip
        """A matrix with dots: its pattern for every row and every column."""
        made: list[Index | None] = []
        for limits in (over_rows, over_columns):
            if limits is None:
                made.append(None)
                continue
            letter, low, high = limits
            self._made += 1
            last = self.notation.size(high, self.layers)
            if last.number is not None:
                last = self.notation.examples.get(last.number, last)
            range_ = Range(self.notation.size(low, self.layers), self.notation.canonical(last))
            index = Index(f"{letter}#{self.uid}.{self._made}", letter, range_, node, True,
                          said="as the matrix says")  # fmt: skip
            made.append(index)
            self.bound[letter] = index
        try:
            body = self.stacked([[self.term(cell) for cell in row] for row in rows], node) if (
                len(rows) * len(rows[0]) > 1
            ) else self.term(rows[0][0])  # fmt: skip
        finally:
            for index_ in made:
                if index_ is not None:
                    self.bound.pop(index_.letter, None)
        row, column = made
        height = _count(row) if row else None
        width = _count(column) if column else None
        shape = body.shape or (ONE, ONE)
        fits = (height is None or shape[0] == ONE) and (width is None or shape[1] == ONE)
        if not fits or len(shape) != 2:
            raise NotationError("the cells of this matrix do not fit together", node,
                                question="fits")  # fmt: skip
        result = (height or shape[0], width or shape[1])
        bound = {index.name for index in made if index is not None}
        repeated = body.operation == "gather" and body.arguments[0].column
        return Term("unfold", (body,), result, node, (row, column), body.indices - bound, repeated)


def _count(index: Index) -> Size:
    assert index.range is not None
    return index.range.high - index.range.low + ONE


def _function_name(node: Node) -> tuple[str, tuple[Mark, ...]]:
    if isinstance(node, Scripted) and isinstance(node.base, Name):
        return node.base.letter, node.marks
    return (node.letter, ()) if isinstance(node, Name) else ("this", ())


def _without_primes(node: Node) -> Node:
    """A function's symbol without the primes that say how often it is differentiated."""
    if not isinstance(node, Scripted):
        return node
    marks = tuple(mark for mark in node.marks if mark.kind != "prime")
    if not marks and not node.sub:
        return node.base
    return Scripted(node.start, node.end, node.base, node.sub, marks)


__all__ = ["Group", "Number", "Operations", "as_number", "is_vector", "product", "total"]
