"""Readings of calls, derivatives, products and matrices (see `shapes` for the rest)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn3doc.equations.elided import Limits
from nn3doc.equations.families import NotationError
from nn3doc.equations.reading import spelled
from nn3doc.equations.sizes import ONE, Range, Shape, Size, show
from nn3doc.equations.terms import Index, Term
from nn3doc.equations.tree import (
    At,
    Call,
    Group,
    Matrix,
    Node,
    Number,
    Relation,
    bare,
    same,
)

if TYPE_CHECKING:
    pass
from nn3doc.equations.shapes_derivatives import Derivatives, function_name, without_primes
from nn3doc.equations.shapes_products import as_number, is_constant, is_vector, product, total

ELEMENTWISE = frozenset(
    "log ln exp sin cos tan tanh sinh cosh cot arcsin arccos arctan sign abs sqrt".split()
)


class Operations(Derivatives):
    """Calls and matrices; `shapes.Elaborator` has the rest."""

    def call(self, node: Call) -> Term:
        """A function of its arguments; a function of a number is applied to every entry."""
        function = node.function
        name, marks = function_name(function)
        word = name.lstrip("\\").removeprefix("mathrm{").removesuffix("}")
        reference = self.notation.reference(without_primes(function))
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
            # An argument of the function that this stands in is another value than the symbol.
            if not same(bare(argument), bare(parameter)) or spelled(parameter) in self.formals
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

    def stacked(self, rows: list[list[Term]], node: Node) -> Term:
        """A matrix of numbers; columns side by side; rows one below the other."""
        cells = [cell for row in rows for cell in row]
        indices = frozenset().union(*(cell.indices for cell in cells))
        shapes = {cell.shape for cell in cells}
        if shapes == {()}:
            shape = (Size.of(len(rows)), Size.of(len(rows[0])))
            column = len(rows[0]) == 1 and all(is_constant(cell) for cell in cells)
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
        raise NotationError("the cells of this matrix do not fit together", node,
                            "Beside each other they need one height, below each other one width.",
                            "fits")  # fmt: skip

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
                                "Where dots leave cells out, each is a number.",
                                "fits")  # fmt: skip
        result = (height or shape[0], width or shape[1])
        bound = {index.name for index in made if index is not None}
        repeated = body.operation == "gather" and body.arguments[0].column
        return Term("unfold", (body,), result, node, (row, column), body.indices - bound, repeated)


def _count(index: Index) -> Size:
    assert index.range is not None
    return index.range.high - index.range.low + ONE


__all__ = ["Group", "Number", "Operations", "as_number", "is_vector", "product", "total"]
