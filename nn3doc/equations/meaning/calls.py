"""Readings of calls, derivatives, products and matrices (see `shapes` for the rest)."""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.meaning.context import spelled, without_marks
from nn3doc.equations.meaning.derivatives import Derivatives, function_name
from nn3doc.equations.meaning.operations import FUNCTIONS_OF_NUMBERS
from nn3doc.equations.meaning.products import as_number, is_constant, is_vector, product, total
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.notation import ONE, Family, NotationError, Range, Shape, Size, show
from nn3doc.equations.tex import (
    At,
    Call,
    Group,
    Limits,
    Mark,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    bare,
    same,
    whole_number,
)

BUILT_IN = FUNCTIONS_OF_NUMBERS | {"max", "min", "tr", "det", "diag", "vec"}
INVERSES = {
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "arcsin": "sin",
    "arccos": "cos",
    "arctan": "tan",
    "log": "exp",
    "ln": "exp",
    "exp": "log",
}


def composed(function: Node) -> tuple[Node, ...] | None:
    """The functions of `(f \\circ g)`; None for anything else."""
    group = function.base if isinstance(function, Scripted) else function
    if not isinstance(group, Group) or not isinstance(group.inner, Product):
        return None
    if isinstance(function, Scripted) and function.sub:
        return None
    return group.inner.factors if group.inner.operation == "odot" else None


def two_ways(function: Node, mark: Mark, whole: int | None, own: bool) -> NotationError:
    """A power of a function that may be one of the function or one of its values."""
    name = function_name(function)
    cure = f"Write ({name}(…))^n with brackets around the value."
    if whole is not None and whole < 0:
        power = "" if whole == -1 else f"^{-whole}"
        cure = f"Write \\frac{{1}}{{{name}(…){power}}}"
        cure += f", or define the inverse: {name}^{{-1}}(y) = …." if whole == -1 and own else "."
    return NotationError(f"this power of {name} can be read in two ways", mark, cure, "read")


class Operations(Derivatives):
    """Calls and matrices; `shapes.Elaborator` has the rest."""

    def call(self, node: Call) -> Term:
        """A function of its arguments; a function of a number is applied to every entry.

        What stands above the function is read from left to right: first derivatives, `f''` or
        `f^{(2)}`, then the inverse, then powers and the transpose of the value.
        """
        if (functions := composed(node.function)) is not None:
            marks = node.function.marks if isinstance(node.function, Scripted) else ()
            order, rest = self._order(marks)
            value = self._composition(functions, order, node)
            return self._with_marks(value, rest, node, of_entries=True)
        symbol, marks = self._function_symbol(node.function)
        order, rest = self._order(marks)
        reference = self.reference(symbol)
        if reference is not None and reference.family.key in self.notation.applied and not order:
            value = self._applied(replace(node, function=symbol), reference.family.key)
            return self.marked(value, rest, node)
        if reference is None or reference.family.kind != "function":
            return self._known_function(symbol, order, rest, node)
        value = self._own_function(replace(node, function=symbol), reference.family, order)
        return self._with_marks(value, rest, node, of_entries=self._is_of_entries(node, value))

    def _function_symbol(self, function: Node) -> tuple[Node, tuple[Mark, ...]]:
        """The symbol of a function, and the marks that do not belong to it."""
        if not isinstance(function, Scripted):
            return function, ()
        for count in range(len(function.marks) + 1):
            symbol = without_marks(function, count)
            reference = self.notation.reference(symbol)
            if (
                reference is not None
                and not reference.rest
                and (
                    reference.family.kind == "function"
                    or reference.family.key in self.notation.applied
                )
            ):
                return symbol, function.marks[len(function.marks) - count :]
        return without_marks(function, len(function.marks)), function.marks

    def _order(self, marks: tuple[Mark, ...]) -> tuple[int, tuple[Mark, ...]]:
        """How often a function is differentiated, and the marks behind that."""
        count = 0
        while count < len(marks) and marks[count].kind == "prime":
            count += 1
        order = count
        if not count and marks and marks[0].kind == "paren":
            number = whole_number(marks[0].value)
            if number is not None and number > 0:
                order, count = number, 1
        self.account(*marks[:count])
        return order, marks[count:]

    def _with_marks(
        self, value: Term, marks: tuple[Mark, ...], node: Call, of_entries: bool
    ) -> Term:
        """Powers and transposes of what a function gives: `f^2(x)` is the square of f(x)."""
        for mark in marks:
            if mark.kind != "power" or mark.value is None:
                value = self.marked(value, (mark,), node)
                continue
            whole = whole_number(mark.value)
            if (whole is not None and whole < 0) or not (value.shape == () or of_entries):
                own = self.notation.reference(self._function_symbol(node.function)[0]) is not None
                raise two_ways(node.function, mark, whole, own)
            exponent = self.term(mark.value)
            if exponent.shape != ():
                raise NotationError("an exponent is a number", mark.value, question="fits")
            self.account(mark)
            indices = value.indices | exponent.indices
            value = Term("power", (value, exponent), value.shape, node, None, indices)
        return value

    def _is_of_entries(self, call: Call, value: Term) -> bool:
        """Whether a function of numbers is applied entry by entry."""
        if composed(call.function) is not None:
            return True
        symbol, _ = self._function_symbol(call.function)
        reference = self.notation.reference(symbol)
        if reference is None or reference.family.kind != "function":
            return value.operation in ("apply", "prime", "extreme", "power", "divide")
        return self.definitions.function(reference.family.letter, symbol).shape == ()

    def hold_one_power(self, call: Call, value: Term, mark: Mark) -> None:
        """`\\tanh(Z)^2` is a matrix by itself or the square of every entry: it says which.

        Raises:
            NotationError: Both readings are possible.
        """
        square = len(value.shape) == 2 and value.shape[0] == value.shape[1]
        if mark.kind == "power" and square and self._is_of_entries(call, value):
            name = function_name(call.function)
            raise NotationError(
                "this power can be read in two ways",
                mark,
                f"Write {name}^2(…) for a power of every entry, ({name}(…))^2 for one of the matrix.",
                "read",
            )

    def _composition(self, functions: tuple[Node, ...], order: int, node: Call) -> Term:
        """`(f \\circ g)(x)` is f(g(x)); its derivative is f'(g(x)) times g'(x)."""
        span = (node.start, node.end)
        inner, places = node.arguments, []
        for function in reversed(functions):
            places.append((function, inner))
            inner = (Call(*span, function, inner),)
        if order == 0:
            return self.term(inner[0])
        if order > 1 or any(isinstance(function, Scripted) for function in functions):
            raise NotationError(
                "only the first derivative of a composition is read",
                node.function,
                "Define the composition as a function of its own.",
                "read",
            )
        prime = (Mark(node.function.end, node.function.end, "prime"),)
        factors = tuple(
            Call(*span, Scripted(function.start, function.end, function, (), prime), arguments)
            for function, arguments in reversed(places)
        )
        entries = self.term(node.arguments[0]).shape != ()
        return self.term(Product(*span, "odot" if entries else "juxtaposition", factors))

    def _known_function(
        self, symbol: Node, order: int, marks: tuple[Mark, ...], node: Call
    ) -> Term:
        """A function that is known on every page, such as \\log or \\max."""
        base = symbol.base if isinstance(symbol, Scripted) else symbol
        name = base.letter if isinstance(base, Name) else ""
        word = name.removeprefix("\\").removeprefix("mathrm{").removesuffix("}")
        if not name.startswith("\\") or word not in BUILT_IN:
            raise NotationError(
                f"unknown function {name or 'here'}",
                symbol,
                f"Define it, {name or 'f'}(x) = …, or give it a row in the notation table.",
                "known",
            )
        inverse = INVERSES.get(word) if not order else None
        if inverse and marks and marks[0].kind == "power" and whole_number(marks[0].value) == -1:
            self.account(marks[0])
            word, marks = inverse, marks[1:]
        value = self._built_in(word, node)
        if order:
            if value.operation != "apply":
                raise NotationError("a prime needs a function of one number", node, question="fits")
            value = Term("prime", (value,), value.shape, node, order, value.indices)
        if isinstance(symbol, Scripted) and symbol.sub and word == "log" and len(symbol.sub) == 1:
            self.account(*symbol.sub)
            number = self.term(symbol.sub[0])
            if number.shape != ():
                raise NotationError("the base of \\log is a number", symbol.sub[0], question="fits")
            below = Term("apply", (number,), (), node, "log", number.indices)
            indices = value.indices | number.indices
            value = Term("divide", (value, below), value.shape, node, None, indices)
        return self._with_marks(value, marks, node, of_entries=word != "diag")

    def _own_function(self, node: Call, family: Family, order: int) -> Term:
        """A function of the page, or its derivative."""
        function = node.function
        known = self.definitions.function(family.letter, function)
        if (
            known.indirect
            and not order
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
        if order and (len(arguments) != 1 or known.shapes[0] != () or known.shape != ()):
            raise NotationError("a prime needs a function of one number", node, question="fits")
        return Term("call", tuple(arguments), lifted or shape, node, (family.key, order), indices)

    def _applied(self, node: Call, key: str) -> Term:
        """A value that is written with the symbols it depends on; other values may be put in."""
        parameters = self.notation.applied[key]
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
                raise NotationError(
                    f"\\{word} of one value", node, f"Write \\{word}(a, b), or \\{word}_i.", "fits"
                )
            shape = next((a.shape for a in arguments if a.shape != ()), ())
            if any(a.shape not in ((), shape) for a in arguments):
                raise NotationError(f"\\{word} of different shapes", node, question="fits")
            return Term("extreme", tuple(arguments), shape, node, word, indices)
        if len(arguments) != 1:
            raise NotationError(f"\\{word} has one argument", node, question="fits")
        if word in FUNCTIONS_OF_NUMBERS:
            return Term("apply", (first,), first.shape, node, word, indices)
        square = len(first.shape) == 2 and first.shape[0] == first.shape[1]
        if word in ("tr", "det") and square:
            return Term(
                {"tr": "trace", "det": "determinant"}[word], (first,), (), node, None, indices
            )
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
            return Term(
                "stack",
                tuple(cells),
                as_number(shape),
                node,
                (len(rows), len(rows[0])),
                indices,
                column,
            )
        if len(rows) == 1 and all(len(s) == 2 for s in shapes) and len({s[0] for s in shapes}) == 1:
            width = Size(())
            for cell in cells:
                width = width + cell.shape[1]
            return Term("beside", tuple(cells), (cells[0].shape[0], width), node, -1, indices)
        if (
            all(len(row) == 1 for row in rows)
            and all(len(s) == 2 for s in shapes)
            and (len({s[1] for s in shapes}) == 1)
        ):
            height = Size(())
            for cell in cells:
                height = height + cell.shape[0]
            return Term("beside", tuple(cells), (height, cells[0].shape[1]), node, -2, indices)
        raise NotationError(
            "the cells of this matrix do not fit together",
            node,
            "Beside each other they need one height, below each other one width.",
            "fits",
        )

    def unfolded(
        self,
        node: Matrix,
        rows: list[list[Node]],
        over_rows: Limits | None,
        over_columns: Limits | None,
    ) -> Term:
        """A matrix with dots: its pattern for every row and every column."""
        made: list[Index | None] = []
        for limits in (over_rows, over_columns):
            if limits is None:
                made.append(None)
                continue
            letter, low, high = limits
            self._made += 1
            last = self.size(high)
            if last.number is not None:
                last = self.notation.examples.get(last.number, last)
            range_ = Range(self.size(low), self.notation.canonical(last))
            index = Index(
                f"{letter}#{self.uid}.{self._made}",
                letter,
                range_,
                node,
                True,
                said="as the matrix says",
            )
            made.append(index)
            self.bound[letter] = index
        try:
            body = (
                self.stacked([[self.term(cell) for cell in row] for row in rows], node)
                if (len(rows) * len(rows[0]) > 1)
                else self.term(rows[0][0])
            )
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
            raise NotationError(
                "the cells of this matrix do not fit together",
                node,
                "Where dots leave cells out, each is a number.",
                "fits",
            )
        result = (height or shape[0], width or shape[1])
        bound = {index.name for index in made if index is not None}
        repeated = body.operation == "gather" and body.arguments[0].column
        return Term("unfold", (body,), result, node, (row, column), body.indices - bound, repeated)


def _count(index: Index) -> Size:
    assert index.range is not None
    return index.range.high - index.range.low + ONE


__all__ = ["Group", "Number", "Operations", "as_number", "is_vector", "product", "total"]
