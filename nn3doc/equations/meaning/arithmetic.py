"""Sums, products, quotients, roots and powers: what is written decides, never what would fit."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as SequenceOf

from nn3doc.equations.meaning.context import Context, read, read_sized, reading, unread
from nn3doc.equations.meaning.derivatives import chain, four_indices
from nn3doc.equations.meaning.indices import size_term
from nn3doc.equations.meaning.operations import is_added_to_entries, operation_of
from nn3doc.equations.meaning.terms import Term, as_number, is_square, is_vector, term_of
from nn3doc.equations.notation import ONE, NotationError, Shape, Size, UnknownSizeError, show
from nn3doc.equations.tex import (
    At,
    BigOperator,
    Binder,
    Derivative,
    Dots,
    ElidedError,
    Fraction,
    Group,
    Mark,
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
    whole_number,
)


@reading(Number)
def number(context: Context, node: Number) -> Term:
    """A numeral; a large one that is a size of the page is that size."""
    if context.numeral is not None:
        return Term("number", (), (), node, context.numeral(node))
    if node.text.isdigit() and int(node.text) in context.notation.literals:
        return size_term(context, context.notation.literals[int(node.text)], node)
    return Term("number", (), (), node, float(node.text))


@reading(Group)
def group(context: Context, node: Group) -> Term:
    """Brackets change nothing."""
    return read(context, node.inner)


@reading(Sum)
def sum_of(context: Context, node: Sum) -> Term:
    """Terms of one shape; only a number and a declared column are repeated."""
    parts: list[tuple[Term, int]] = []
    later: list[tuple[int, Node]] = []  # what takes its size from the other terms
    terms, signs = list(node.terms), list(node.signs)
    place = 0
    while place < len(terms):
        following = terms[place + 1 : place + 3]
        if any(isinstance(term, Dots) for term in following):
            found = _elided_sum(context, terms, signs, place)
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
            parts.append((read(context, terms[place]), signs[place]))
        except UnknownSizeError:
            if len(terms) == 1:
                raise
            later.append((len(parts), terms[place]))
            parts.append((Term("number", (), (), terms[place], 0.0), signs[place]))
        place += 1
    if later:
        shape = next((term.shape for term, _ in parts if len(term.shape) == 2), None)
        for at, postponed in later:
            parts[at] = (read_sized(context, postponed, shape or context.room), parts[at][1])
    return total(parts, node)


def _elided_sum(
    context: Context, terms: list[Node], signs: list[int], place: int
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
        context.account_all(term)
    span = (terms[place].start, terms[dots + 1].end)
    return read(context, BigOperator(*span, "sum", (binder,), body)), dots + 2 - place


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
        if (
            term.shape == ()
            and any(len(other.shape) == 2 for other, _ in parts)
            and (is_added_to_entries(term))
        ):
            continue
        if first is None or (first.column and _repeats(first.shape, term.shape)):
            first, shape = term, term.shape
        elif term.shape != shape and not (term.column and _repeats(term.shape, shape)):
            hint = "Only a symbol for a number, or one declared with a literal 1 as a size, is repeated."
            raise NotationError(
                f"a sum of {show(shape)} and {show(term.shape)}",
                term.node,
                hint if is_vector(term.shape) or term.shape == () else "",
                "fits",
            )
    terms, signs = tuple(term for term, _ in parts), tuple(sign for _, sign in parts)
    return term_of("add", terms, shape, node, signs)


def _repeats(column: Shape, shape: Shape) -> bool:
    return (
        len(shape) == 2
        and len(column) == 2
        and all(one in (other, ONE) for one, other in zip(column, shape, strict=True))
    )


@reading(Product)
def product_of(context: Context, node: Product) -> Term:
    """Juxtaposition scales or multiplies matrices; each sign has its own meaning."""
    composed = chain(context, node)
    if composed is not None:
        return composed
    if node.operation == "juxtaposition":
        node = _with_calls(context, node)
    return product(node, _factors(context, node))


def _factors(context: Context, node: Product) -> list[Term]:
    """The factors of a product; I and **1** fit between their neighbours."""
    found: list[Term | None] = []
    for factor in node.factors:
        try:
            found.append(read(context, factor))
        except UnknownSizeError:
            if all(
                isinstance(bare(other), Number) for other in node.factors if (other is not factor)
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
            term = read_sized(
                context, node.factors[place], room if before or after else context.room
            )
        result.append(term)
    return result


def _with_calls(context: Context, node: Product) -> Product:
    """A derivative of a function, followed by a place: `\\frac{\\partial f}{\\partial x}(0, 1)`."""
    factors: list[Node] = []
    for factor in node.factors:
        before = factors[-1] if factors else None
        if isinstance(before, Derivative) and _is_place(context, before, factor):
            places = _places(context, before, factor)
            factors[-1] = At(before.start, factor.end, before, places)
        else:
            factors.append(factor)
    return Product(node.start, node.end, node.operation, tuple(factors))


def _is_place(context: Context, derivative: Derivative, factor: Node) -> bool:
    of = derivative.of
    if not isinstance(of, Name | Scripted) or not isinstance(factor, Tuple | Group):
        return False
    reference = context.notation.reference(of)
    return reference is not None and reference.family.kind == "function"


def _places(context: Context, derivative: Derivative, factor: Node) -> tuple[Node, ...]:
    reference = context.notation.reference(derivative.of)
    assert reference is not None
    function = context.definitions.function(reference.family.letter, derivative.of)
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
    one, two = left.shape, right.shape
    if node.operation not in _OF_ANY_SHAPES and () in (one, two):
        return term_of("multiply", (left, right), two if one == () else one, node)
    return _PRODUCTS[node.operation](node, left, right)


def _quotient(node: Product, left: Term, right: Term) -> Term:
    if right.shape != () and left.shape != right.shape:
        raise NotationError(
            f"a quotient of {show(left.shape)} and {show(right.shape)}",
            node,
            "Divide by a number.",
            "fits",
        )
    return term_of("divide", (left, right), left.shape, node)


def _entry_by_entry(node: Product, left: Term, right: Term) -> Term:
    if left.shape != right.shape:
        numbers = () in (left.shape, right.shape)
        raise NotationError(
            f"\\odot between {show(left.shape)} and {show(right.shape)}",
            node,
            "Between a number and a matrix write nothing."
            if numbers
            else "Entry by entry, both sides have one shape.",
            "fits",
        )
    return term_of("multiply", (left, right), left.shape, node)


def _dot(node: Product, left: Term, right: Term) -> Term:
    if not is_vector(left.shape) or left.shape != right.shape:
        raise NotationError(
            f"\\cdot between {show(left.shape)} and {show(right.shape)}",
            node,
            "Write \\odot for the product entry by entry, nothing for the matrix product.",
            "fits",
        )
    return term_of("dot", (left, right), (), node)


def _times(node: Product, left: Term, right: Term) -> Term:
    raise NotationError(
        f"\\times between {show(left.shape)} and {show(right.shape)}",
        node,
        "Write nothing for the matrix product.",
        "fits",
    )


def _matrix_product(node: Product, left: Term, right: Term) -> Term:
    one, two = left.shape, right.shape
    if one[1] != two[0]:
        raise NotationError(
            f"a matrix product of {show(one)} and {show(two)}",
            node,
            f"The inner sizes {one[1]} and {two[0]} differ.",
            "fits",
        )
    return term_of("matmul", (left, right), as_number((one[0], two[1])), node)


# The readings of each sign between two factors. A number times anything scales it, except here:
_OF_ANY_SHAPES = ("slash", "odot")
_PRODUCTS: dict[str, Callable[[Product, Term, Term], Term]] = {
    "juxtaposition": _matrix_product,
    "cdot": _dot,
    "odot": _entry_by_entry,
    "times": _times,
    "slash": _quotient,
}


@reading(Fraction)
def fraction(context: Context, node: Fraction) -> Term:
    """A quotient of numbers; entry by entry for two matrices of one shape."""
    above, below = read(context, node.numerator), read(context, node.denominator)
    if below.shape == () or above.shape == below.shape:
        return term_of("divide", (above, below), above.shape, node)
    if above.shape == () and operation_of(above).plain:
        return term_of("divide", (above, below), below.shape, node)
    raise NotationError(
        f"a quotient of {show(above.shape)} and {show(below.shape)}",
        node,
        "Both have one shape, or the denominator is a number.",
        "fits",
    )


@reading(Root)
def root(context: Context, node: Root) -> Term:
    """A root, entry by entry."""
    inner = read(context, node.inner)
    if node.degree is None:
        return term_of("sqrt", (inner,), inner.shape, node)
    degree = read(context, node.degree)
    if degree.shape != ():
        raise NotationError("the degree of a root is a number", node.degree, question="fits")
    return term_of("root", (inner, degree), inner.shape, node)


def marked(context: Context, base: Term, marks: tuple[Mark, ...], node: Node) -> Term:
    """Transposes and powers, from left to right."""
    for mark in marks:
        if mark.kind == "transpose":
            base = transposed(base, mark, node)
        elif mark.kind == "power" and mark.value is not None:
            base = power(context, base, mark.value, node)
        else:
            raise unread(mark)
        context.account(mark)
    return base


def transposed(base: Term, mark: Mark, node: Node) -> Term:
    """Rows for columns; a number has none."""
    if base.shape == ():
        raise NotationError("a number is transposed", mark, "Leave the transpose out.", "fits")
    if len(base.shape) != 2:
        raise NotationError("only a matrix can be transposed", node, question="fits")
    shape = (base.shape[1], base.shape[0])
    return term_of("transpose", (base,), shape, node, column=base.column)


def power(context: Context, base: Term, exponent: Node, node: Node) -> Term:
    """A power of a number; of a square matrix, by a whole number; the inverse."""
    value = read(context, exponent)
    if value.shape != ():
        raise NotationError("an exponent is a number", exponent, question="fits")
    if base.shape == ():
        return term_of("power", (base, value), (), node)
    whole = whole_number(exponent)
    if is_square(base.shape) and whole is not None:
        indices = base.indices | value.indices
        return Term("matrix_power", (base,), base.shape, node, whole, indices)
    raise NotationError(
        f"a power of a matrix needs a square one; this one is {show(base.shape)}",
        node,
        "For a power of every entry write A \\odot A.",
        "fits",
    )
