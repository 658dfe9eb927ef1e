"""Readings of functions of their arguments: those of the page, and those known on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nn3doc.equations.meaning.arithmetic import marked
from nn3doc.equations.meaning.context import Context, read, reading, spelled, without_marks
from nn3doc.equations.meaning.operations import (
    FUNCTIONS,
    FUNCTIONS_OF_NUMBERS,
    Operation,
    operation_of,
)
from nn3doc.equations.meaning.terms import Term, is_square, is_vector, term_of
from nn3doc.equations.notation import ONE, Family, NotationError, Shape, show
from nn3doc.equations.tex import (
    At,
    Call,
    Group,
    Mark,
    Name,
    Node,
    Product,
    Relation,
    Scripted,
    bare,
    same,
    whole_number,
)


@reading(Call)
def call(context: Context, node: Call) -> Term:
    """A function of its arguments; a function of a number is applied to every entry.

    What stands above the function is read from left to right: first derivatives, `f''` or
    `f^{(2)}`, then the inverse, then powers and the transpose of the value.
    """
    if (functions := composed(node.function)) is not None:
        marks = node.function.marks if isinstance(node.function, Scripted) else ()
        order, rest = _order(context, marks)
        value = _composition(context, functions, order, node)
        return _with_marks(context, value, rest, node, of_entries=True)
    symbol, marks = _function_symbol(context, node.function)
    order, rest = _order(context, marks)
    reference = context.reference(symbol)
    if reference is not None and reference.family.key in context.notation.applied and not order:
        value = _applied(context, replace(node, function=symbol), reference.family.key)
        return marked(context, value, rest, node)
    if reference is None or reference.family.kind != "function":
        return _known_function(context, symbol, order, rest, node)
    value = _own_function(context, replace(node, function=symbol), reference.family, order)
    return _with_marks(context, value, rest, node, of_entries=_is_of_entries(context, node, value))


def composed(function: Node) -> tuple[Node, ...] | None:
    """The functions of `(f \\circ g)`; None for anything else."""
    group = function.base if isinstance(function, Scripted) else function
    if not isinstance(group, Group) or not isinstance(group.inner, Product):
        return None
    if isinstance(function, Scripted) and function.sub:
        return None
    return group.inner.factors if group.inner.operation == "odot" else None


def _function_symbol(context: Context, function: Node) -> tuple[Node, tuple[Mark, ...]]:
    """The symbol of a function, and the marks that do not belong to it."""
    if not isinstance(function, Scripted):
        return function, ()
    for count in range(len(function.marks) + 1):
        symbol = without_marks(function, count)
        reference = context.notation.reference(symbol)
        if (
            reference is not None
            and not reference.rest
            and (
                reference.family.kind == "function"
                or reference.family.key in context.notation.applied
            )
        ):
            return symbol, function.marks[len(function.marks) - count :]
    return without_marks(function, len(function.marks)), function.marks


def _order(context: Context, marks: tuple[Mark, ...]) -> tuple[int, tuple[Mark, ...]]:
    """How often a function is differentiated, and the marks behind that."""
    count = 0
    while count < len(marks) and marks[count].kind == "prime":
        count += 1
    order = count
    if not count and marks and marks[0].kind == "paren":
        number = whole_number(marks[0].value)
        if number is not None and number > 0:
            order, count = number, 1
    context.account(*marks[:count])
    return order, marks[count:]


def _with_marks(
    context: Context, value: Term, marks: tuple[Mark, ...], node: Call, of_entries: bool
) -> Term:
    """Powers and transposes of what a function gives: `f^2(x)` is the square of f(x)."""
    for mark in marks:
        if mark.kind != "power" or mark.value is None:
            value = marked(context, value, (mark,), node)
            continue
        whole = whole_number(mark.value)
        if (whole is not None and whole < 0) or not (value.shape == () or of_entries):
            own = (
                context.notation.reference(_function_symbol(context, node.function)[0]) is not None
            )
            raise two_ways(node.function, mark, whole, own)
        exponent = read(context, mark.value)
        if exponent.shape != ():
            raise NotationError("an exponent is a number", mark.value, question="fits")
        context.account(mark)
        value = term_of("power", (value, exponent), value.shape, node)
    return value


def two_ways(function: Node, mark: Mark, whole: int | None, own: bool) -> NotationError:
    """A power of a function that may be one of the function or one of its values."""
    name = function_name(function)
    cure = f"Write ({name}(…))^n with brackets around the value."
    if whole is not None and whole < 0:
        power = "" if whole == -1 else f"^{-whole}"
        cure = f"Write \\frac{{1}}{{{name}(…){power}}}"
        cure += f", or define the inverse: {name}^{{-1}}(y) = …." if whole == -1 and own else "."
    return NotationError(f"this power of {name} can be read in two ways", mark, cure, "read")


def _is_of_entries(context: Context, call: Call, value: Term) -> bool:
    """Whether a function of numbers is applied entry by entry."""
    if composed(call.function) is not None:
        return True
    symbol, _ = _function_symbol(context, call.function)
    reference = context.notation.reference(symbol)
    if reference is None or reference.family.kind != "function":
        return operation_of(value).of_entries
    return context.definitions.function(reference.family.letter, symbol).shape == ()


def hold_one_power(context: Context, call: Call, value: Term, mark: Mark) -> None:
    """`\\tanh(Z)^2` is a matrix by itself or the square of every entry: it says which.

    Raises:
        NotationError: Both readings are possible.
    """
    square = len(value.shape) == 2 and value.shape[0] == value.shape[1]
    if mark.kind == "power" and square and _is_of_entries(context, call, value):
        name = function_name(call.function)
        raise NotationError(
            "this power can be read in two ways",
            mark,
            f"Write {name}^2(…) for a power of every entry, ({name}(…))^2 for one of the matrix.",
            "read",
        )


def _composition(context: Context, functions: tuple[Node, ...], order: int, node: Call) -> Term:
    """`(f \\circ g)(x)` is f(g(x)); its derivative is f'(g(x)) times g'(x)."""
    span = (node.start, node.end)
    inner, places = node.arguments, []
    for function in reversed(functions):
        places.append((function, inner))
        inner = (Call(*span, function, inner),)
    if order == 0:
        return read(context, inner[0])
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
    entries = read(context, node.arguments[0]).shape != ()
    return read(context, Product(*span, "odot" if entries else "juxtaposition", factors))


def _known_function(
    context: Context, symbol: Node, order: int, marks: tuple[Mark, ...], node: Call
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
    rows = FUNCTIONS.get(word, ())
    inverse = rows[0].inverse if rows and not order else ""
    if inverse and marks and marks[0].kind == "power" and whole_number(marks[0].value) == -1:
        context.account(marks[0])
        word, marks, rows = inverse, marks[1:], FUNCTIONS[inverse]
    value = _built_in(word, tuple(read(context, argument) for argument in node.arguments), node)
    if order:
        if word not in FUNCTIONS_OF_NUMBERS:
            raise NotationError("a prime needs a function of one number", node, question="fits")
        value = term_of("prime", (value,), value.shape, node, order)
    if isinstance(symbol, Scripted) and len(symbol.sub) == 1 and rows[0].has_base:
        context.account(*symbol.sub)
        number = read(context, symbol.sub[0])
        if number.shape != ():
            raise NotationError(f"the base of \\{word} is a number", symbol.sub[0], question="fits")
        below = term_of(rows[0].name, (number,), (), node)
        value = term_of("divide", (value, below), value.shape, node)
    return _with_marks(context, value, marks, node, operation_of(value).of_entries)


def _own_function(context: Context, node: Call, family: Family, order: int) -> Term:
    """A function of the page, or its derivative."""
    function = node.function
    known = context.definitions.function(family.letter, function)
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
        return read(context, At(node.start, node.end, own, places))
    arguments = tuple(read(context, argument) for argument in node.arguments)
    if len(arguments) != len(known.parameters):
        raise NotationError(
            f"{family.tex} has {len(known.parameters)} argument"
            f"{'s' * (len(known.parameters) != 1)}, not {len(arguments)}",
            node,
            question="fits",
        )
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
    if order and (len(arguments) != 1 or known.shapes[0] != () or known.shape != ()):
        raise NotationError("a prime needs a function of one number", node, question="fits")
    return term_of("call", arguments, lifted or known.shape, node, (family.key, order))


def _applied(context: Context, node: Call, key: str) -> Term:
    """A value that is written with the symbols it depends on; other values may be put in."""
    parameters = context.notation.applied[key]
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
        if not same(bare(argument), bare(parameter)) or spelled(parameter) in context.formals
    ]
    if not changed:
        return read(context, node.function)
    return read(context, At(node.start, node.end, node.function, tuple(changed)))


BUILT_IN = FUNCTIONS.keys() | {"vec"}  # which no argument fits: its message says so

_Made = Callable[[Operation, tuple[Term, ...], Call], Term | None]
_MADE: dict[str, _Made] = {}


def _made(*operations: str) -> Callable[[_Made], _Made]:
    """Registers what makes terms of functions known on every page; None if arguments do not fit."""

    def register(function: _Made) -> _Made:
        _MADE.update(dict.fromkeys(operations, function))
        return function

    return register


def _built_in(word: str, arguments: tuple[Term, ...], node: Call) -> Term:
    rows = FUNCTIONS.get(word, ())
    if len(arguments) != 1 and not any(row.several for row in rows):
        raise NotationError(f"\\{word} has one argument", node, question="fits")
    for row in rows:
        made = _MADE[row.name](row, arguments, node)
        if made is not None:
            return made
    raise NotationError(f"\\{word} is applied to {show(arguments[0].shape)}", node, question="fits")


@_made(*FUNCTIONS_OF_NUMBERS)
def _of_number(row: Operation, arguments: tuple[Term, ...], node: Call) -> Term:
    return term_of(row.name, arguments, arguments[0].shape, node)


@_made("maximum", "minimum")
def _of_several(row: Operation, arguments: tuple[Term, ...], node: Call) -> Term:
    if len(arguments) < 2:
        raise NotationError(
            f"\\{row.named} of one value",
            node,
            f"Write \\{row.named}(a, b), or \\{row.named}_i.",
            "fits",
        )
    shape = next((a.shape for a in arguments if a.shape != ()), ())
    if any(a.shape not in ((), shape) for a in arguments):
        raise NotationError(f"\\{row.named} of different shapes", node, question="fits")
    return term_of(row.name, arguments, shape, node)


@_made("trace", "determinant")
def _of_square(row: Operation, arguments: tuple[Term, ...], node: Call) -> Term | None:
    return term_of(row.name, arguments, (), node) if is_square(arguments[0].shape) else None


@_made("diagonal")
def _diagonal(_: Operation, arguments: tuple[Term, ...], node: Call) -> Term | None:
    shape = arguments[0].shape
    if not is_vector(shape):
        return None
    size = shape[0] if shape[1] == ONE else shape[1]
    return term_of("diagonal", arguments, (size, size), node)


@_made("diagonal_of")
def _diagonal_of(_: Operation, arguments: tuple[Term, ...], node: Call) -> Term | None:
    shape = arguments[0].shape
    return term_of("diagonal_of", arguments, (shape[0], ONE), node) if is_square(shape) else None


assert _MADE.keys() == {row.name for rows in FUNCTIONS.values() for row in rows}


def function_name(node: Node) -> str:
    """The letter of a function, for messages."""
    base = node.base if isinstance(node, Scripted) else node
    return base.letter if isinstance(base, Name) else "f"
