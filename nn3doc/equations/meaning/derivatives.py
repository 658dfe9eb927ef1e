"""Readings of derivatives: of a number, of an entry, of a vector by a vector, of a chain of them."""

from __future__ import annotations

from nn3doc.equations.meaning.context import Context, read, read_sized, reading
from nn3doc.equations.meaning.operations import is_constant, operation_of, without_entry
from nn3doc.equations.meaning.terms import Term, is_vector, term_of
from nn3doc.equations.notation import NotationError, Shape, show
from nn3doc.equations.tex import (
    At,
    Call,
    Derivative,
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


def _is_transposed(variable: Node) -> bool:
    """Whether what is differentiated by is written transposed, as one of two is in a Hessian."""
    plain = bare(variable)
    return isinstance(plain, Scripted) and [m.kind for m in plain.marks] == ["transpose"]


@reading(Derivative)
def derivative(context: Context, node: Derivative) -> Term:
    """A derivative, of any order; the innermost variable stands last."""
    by = list(node.by)
    if not by:
        return _whole_gradient(context, node)
    if len(by) == 2 and _is_transposed(by[1]) and not _is_transposed(by[0]):
        by.reverse()  # the row by v^T, differentiated by u: the column by u, by v^T
    of = _differentiated(context, node.of)
    result: Term | None = None
    while by:
        place = _variable(context, by.pop(), second=result is not None)
        result = _differentiate(context, of, place, node)
        of = result
    assert result is not None
    return result


def _whole_gradient(context: Context, node: Derivative) -> Term:
    """`\\nabla f(x)`: by all that f is a function of, taken at x; twice, the Hessian."""
    of, order = bare(node.of), 1
    if isinstance(of, Derivative) and of.style == "nabla" and not of.by:
        of, order = bare(of.of), 2
    function = of.function if isinstance(of, Call) else of
    reference = context.reference(function)
    parameters: tuple[Node, ...] = ()
    if reference is not None and reference.rest:
        raise NotationError(
            "\\nabla does not say by what it differentiates", node, "Write \\nabla_W.", "known"
        )
    if reference is not None and reference.family.kind == "function":
        known = context.definitions.function(reference.family.letter, function)
        if known.shape == () and len(known.shapes) == 1 and isinstance(of, Call):
            return _gradient_at(context, of, reference.family.key, order, node)
        parameters = known.parameters
    elif reference is not None:
        parameters = context.notation.applied.get(reference.family.key, ())
    if not parameters:
        raise NotationError(
            "\\nabla does not say by what it differentiates", node, "Write \\nabla_W.", "known"
        )
    result = _partials(function, parameters, order, node)
    arguments = of.arguments if isinstance(of, Call) else parameters
    places = tuple(
        Relation(argument.start, argument.end, (parameter, argument), ("=",))
        for parameter, argument in zip(parameters, arguments, strict=False)
        if not same(bare(argument), bare(parameter))
    )
    return (
        at(context, At(node.start, node.end, result, places)) if places else read(context, result)
    )


def _gradient_at(context: Context, call: Call, key: str, order: int, node: Derivative) -> Term:
    place = read(context, call.arguments[0])
    if read(context, call).shape != ():
        raise NotationError("only a number has a gradient", node, question="fits")
    shape = place.shape
    if order == 2 and shape != ():
        shape = (shape[0] * shape[1],) * 2
    return term_of("call", (place,), shape, node, (key, order))


def _partials(function: Node, parameters: tuple[Node, ...], order: int, node: Derivative) -> Node:
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


def _differentiated(context: Context, node: Node) -> Term:
    if isinstance(node, Name | Scripted):
        reference = context.notation.reference(node)
        if reference is not None and reference.family.kind == "function":
            known = context.definitions.function(reference.family.letter, node)
            return read(context, Call(node.start, node.end, node, known.parameters))
    term = read(context, node)
    if is_constant(term):
        raise NotationError(
            "a constant is differentiated",
            node,
            "Put brackets around all that the derivative is taken of.",
            "read",
        )
    return term


def _variable(context: Context, node: Node, second: bool) -> Term:
    plain = bare(node)
    if second and isinstance(plain, Scripted) and _is_transposed(plain):
        context.account(*plain.marks)
        plain = (
            plain.base
            if not plain.sub
            else Scripted(plain.start, plain.end, plain.base, plain.sub, ())
        )
    term = read(context, plain)
    if not operation_of(without_entry(term)).variable:
        raise NotationError(
            "only a symbol can be differentiated by", node, "Name it first: u = …", "read"
        )
    return term


def _differentiate(context: Context, of: Term, by: Term, node: Derivative) -> Term:
    shape, kind = _derivative_shape(context, of, by, node.style)
    return term_of("derivative", (of, by), shape, node, kind)


def _derivative_shape(context: Context, of: Term, by: Term, style: str) -> tuple[Shape, str]:
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
    if one == two and not context.jacobian and context.definitions.is_elementwise(of, by):
        return one, "elementwise"
    if columns:
        return (one[0] * one[1], two[0] * two[1]), "jacobian"
    return (*one, *two), "tensor"


def chain(context: Context, node: Product) -> Term | None:
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
        (_differentiated(context, link.of), _variable(context, link.by[0], second=False))
        for link in links
    ]
    if all(of.shape == () and by.shape == () for of, by in pairs):
        return None
    shape, kind = _derivative_shape(context, pairs[0][0], pairs[-1][1], "partial")
    return term_of("chain", tuple(term for pair in pairs for term in pair), shape, node, kind)


@reading(At)
def at(context: Context, node: At) -> Term:
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
            with context.as_symbols([symbol]):
                place = _variable(context, symbol, second=False)
            given = read_sized(context, value, place.shape or (None, None))
            zero = given.operation == "number" and given.data == 0
            if place.shape != given.shape and not zero:
                raise NotationError(
                    f"{show(given.shape)} for a symbol that is {show(place.shape)}",
                    value,
                    question="fits",
                )
            places.append(place)
            values.append(given)
    with context.as_symbols(symbols):
        inner = read(context, node.inner)
    indices = frozenset().union(inner.indices, *(value.indices for value in values))
    return Term("at", (inner, *places, *values), inner.shape, node, len(places), indices)


def four_indices(term: Term) -> NotationError:
    """A matrix by a matrix is no matrix."""
    return NotationError(
        "the derivative of a matrix by a matrix has four indices and is no matrix",
        term.node,
        "Write it for entries, or as part of a chain of derivatives.",
        "fits",
    )
