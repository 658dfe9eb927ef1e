"""Questions 2 and 3: gives every operation of a formula its one reading and its symbolic shape.

Where two readings are possible and differ, it is an error that says what to write. Nothing is
evaluated here. Layers are whole numbers by now (`A^{[l-1]}` is `A^{[0]}`), entries are not: an
index stays an index.
"""

from __future__ import annotations

from collections.abc import Callable

from nn3doc.equations.meaning.calls import Operations
from nn3doc.equations.meaning.context import plain_text
from nn3doc.equations.meaning.products import as_number, is_vector
from nn3doc.equations.meaning.sums import Sums
from nn3doc.equations.meaning.terms import Term
from nn3doc.equations.notation import INDEX_LETTERS, NotationError, Size, show
from nn3doc.equations.tex import (
    At,
    Bars,
    BigOperator,
    Call,
    Cases,
    Derivative,
    Dots,
    ElidedError,
    Fraction,
    Group,
    Indicator,
    Inner,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    Sequence,
    Shaped,
    Sum,
    Tuple,
    grid,
)


class Elaborator(Sums):
    """Makes terms of trees, for one choice of the concrete indices (layers)."""

    def term(self, node: Node) -> Term:
        """The meaning of an expression.

        Raises:
            NotationError: A symbol is not known, or shapes do not fit.
        """
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise NotationError(
                "this cannot stand in an expression",
                node,
                "Write a number, a vector or a matrix.",
                "read",
            )
        self._open += 1
        try:
            result = handler(self, node)
        finally:
            self._open -= 1
        if not self._open:
            self.hold_accounted(node)
        return result

    def matrix(self, node: Matrix) -> Term:
        """A matrix cell by cell; dots are unfolded from the cells around them."""
        try:
            rows, row_range, col_range = grid(node)
        except ElidedError as error:
            raise NotationError(error.message, error.node, error.cure, "read") from error
        if row_range is None and col_range is None:
            result = self.stacked([[self.term(cell) for cell in row] for row in rows], node)
        else:
            result = self.unfolded(node, rows, row_range, col_range)
            self.account_all(node)  # each cell is one of the pattern's
        if node.brackets != "vmatrix":
            return result
        if len(result.shape) != 2 or result.shape[0] != result.shape[1]:
            raise NotationError(
                "bars around a matrix that is not square",
                node,
                "Write \\begin{bmatrix} for the matrix itself.",
                "fits",
            )
        return Term("determinant", (result,), (), node, None, result.indices)

    def vector(self, node: Tuple) -> Term:
        """`[a, b]` is a row; `(n_1, m)` stands for anything of these sizes."""
        if node.brackets == "()" and len(node.items) == 2:
            shape = tuple(self.size(item) for item in node.items)
            column = any(isinstance(item, Number) and item.text == "1" for item in node.items)
            return Term("sizes", (), as_number(shape), node, column=column)
        if node.brackets != "[]":
            raise NotationError(
                "this list is no value",
                node,
                "Write \\begin{bmatrix} … \\end{bmatrix} for a vector.",
                "fits",
            )
        return self.stacked([[self.term(item) for item in node.items]], node)

    def norm(self, node: Bars, sub: tuple[Node, ...] = (), whole: Node | None = None) -> Term:
        """An absolute value, a norm, a determinant, or the size of a set."""
        if not node.double:
            reference = self.notation.reference(node.inner)
            if reference is not None and reference.family.kind == "set":
                return self.size_term(Size.of(f"|{reference.family.letter}|"), node)
        inner = self.term(node.inner)
        matrix = len(inner.shape) == 2 and not is_vector(inner.shape)
        kind = "2"
        if sub and node.double:
            self.account(sub[0])
            kind = {"F": "F", "2": "2", "1": "1", r"\infty": "inf"}.get(plain_text(sub[0]), "")
        if not kind:
            raise NotationError("I know the norms 1, 2 and F", sub[0], question="read")
        if not node.double:
            if inner.shape == ():
                return Term("apply", (inner,), (), node, "abs", inner.indices)
            if len(inner.shape) == 2 and inner.shape[0] == inner.shape[1]:
                return Term("determinant", (inner,), (), node, None, inner.indices)
            raise NotationError(
                "bars around a vector", node, "Write \\|…\\| for its length.", "fits"
            )
        if kind in ("1", "inf") and matrix:
            raise NotationError(
                "this norm of a matrix can be read in two ways", node, "Write the sum.", "fits"
            )
        if sub and kind == "2" and matrix and not self.notation.entry_norm:
            kind = "spectral"
        return Term(
            "norm", (inner,), (), whole or node, "2" if kind == "F" else kind, inner.indices
        )

    def inner(self, node: Inner) -> Term:
        """The inner product of two vectors of one shape."""
        left, right = self.term(node.left), self.term(node.right)
        if not is_vector(left.shape) or left.shape != right.shape:
            raise NotationError(
                f"an inner product of {show(left.shape)} and {show(right.shape)}",
                node,
                "It needs two vectors of one shape.",
                "fits",
            )
        return Term("dot", (left, right), (), node, None, left.indices | right.indices)

    def cases(self, node: Cases) -> Term:
        """Values with their conditions, the first that is met."""
        values = [self.term(value) for value in node.values]
        if any(value.shape != () for value in values):
            raise NotationError("the cases are numbers", node, question="fits")
        tests = [None if c is None else self.condition(c) for c in node.conditions]
        terms = (*values, *(test for test in tests if test is not None))
        indices = frozenset().union(*(term.indices for term in terms))
        return Term("cases", terms, (), node, len(values), indices)

    def indicator(self, node: Indicator) -> Term:
        """1 where a condition is met, 0 elsewhere."""
        test = self.condition(node.condition)
        return Term("indicator", (test,), (), node, None, test.indices)

    def condition(self, node: Node) -> Term:
        """A comparison of numbers."""
        if not isinstance(node, Relation):
            raise NotationError(
                "a condition is expected here, such as j \\ne k", node, question="read"
            )
        sides = [self.compared(side) for side in node.sides]
        if any(side.shape != () for side in sides):
            raise NotationError("only numbers are compared here", node, question="fits")
        if any(operator not in ("=", "!=", "<", ">", "<=", ">=") for operator in node.operators):
            raise NotationError(
                "this condition cannot be read", node, "Write =, \\ne, <, >, \\le or \\ge.", "read"
            )
        indices = frozenset().union(*(side.indices for side in sides))
        return Term("compare", tuple(sides), (), node, node.operators, indices)

    def compared(self, node: Node) -> Term:
        """A side of a comparison: an index is a number there."""
        known = {**self.bound, **self.free, **self.layers}
        if isinstance(node, Name) and (
            node.letter in known
            or (node.letter in INDEX_LETTERS and self.notation.reference(node) is None)
        ):
            return self.index_value(node)
        return self.term(node)

    def shaped(self, node: Shaped) -> Term:
        """A value with its sizes beside it: a claim, held by `page`."""
        inner = self.term(node.inner)
        self.account_all(node.sizes)
        self.claims.append((inner, node.sizes))
        return inner

    def misplaced(self, node: Node) -> Term:
        """What is a statement, not a value."""
        raise NotationError(
            "this cannot stand in an expression",
            node,
            "Write a number, a vector or a matrix.",
            "read",
        )


# Each takes an elaborator and a node of its own kind.
_HANDLERS: dict[type[Node], Callable[..., Term]] = {
    Number: Elaborator.number,
    Name: Elaborator.name,
    Scripted: Elaborator.name,
    Group: Elaborator.group,
    Sum: Elaborator.sum,
    Product: Elaborator.product,
    Fraction: Elaborator.fraction,
    Root: Elaborator.root,
    BigOperator: Elaborator.big,
    Matrix: Elaborator.matrix,
    Tuple: Elaborator.vector,
    Bars: Elaborator.norm,
    Inner: Elaborator.inner,
    Cases: Elaborator.cases,
    Indicator: Elaborator.indicator,
    Shaped: Elaborator.shaped,
    Call: Operations.call,
    Derivative: Operations.derivative,
    At: Operations.at,
    Dots: Elaborator.misplaced,
    Relation: Elaborator.misplaced,
    Sequence: Elaborator.misplaced,
}
