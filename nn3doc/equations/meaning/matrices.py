"""Readings of matrices and vectors: cell by cell, with dots; their norms and inner products."""

from __future__ import annotations

from nn3doc.equations.meaning.context import Context, plain_text, read, reading
from nn3doc.equations.meaning.indices import size_term
from nn3doc.equations.meaning.operations import is_constant
from nn3doc.equations.meaning.terms import Index, Term, as_number, is_square, is_vector, term_of
from nn3doc.equations.notation import ONE, NotationError, Range, Size, show
from nn3doc.equations.tex import (
    Bars,
    ElidedError,
    Inner,
    Limits,
    Matrix,
    Node,
    Number,
    Shaped,
    Tuple,
    grid,
)


@reading(Matrix)
def matrix(context: Context, node: Matrix) -> Term:
    """A matrix cell by cell; dots are unfolded from the cells around them."""
    try:
        rows, row_range, col_range = grid(node)
    except ElidedError as error:
        raise NotationError(error.message, error.node, error.cure, "read") from error
    if row_range is None and col_range is None:
        result = stacked([[read(context, cell) for cell in row] for row in rows], node)
    else:
        result = unfolded(context, node, rows, row_range, col_range)
        context.account_all(node)  # each cell is one of the pattern's
    if node.brackets != "vmatrix":
        return result
    if not is_square(result.shape):
        raise NotationError(
            "bars around a matrix that is not square",
            node,
            "Write \\begin{bmatrix} for the matrix itself.",
            "fits",
        )
    return term_of("determinant", (result,), (), node)


def stacked(rows: list[list[Term]], node: Node) -> Term:
    """A matrix of numbers; columns side by side; rows one below the other."""
    cells = tuple(cell for row in rows for cell in row)
    shapes = {cell.shape for cell in cells}
    if shapes == {()}:
        shape = (Size.of(len(rows)), Size.of(len(rows[0])))
        column = len(rows[0]) == 1 and all(is_constant(cell) for cell in cells)
        data = (len(rows), len(rows[0]))
        return term_of("stack", cells, as_number(shape), node, data, column=column)
    # Cells that are matrices or vectors stand beside each other, or one below the other.
    for axis, is_line in ((1, len(rows) == 1), (0, all(len(row) == 1 for row in rows))):
        across = {shape[1 - axis] for shape in shapes if len(shape) == 2}
        if is_line and all(len(shape) == 2 for shape in shapes) and len(across) == 1:
            length = sum((cell.shape[axis] for cell in cells), Size(()))
            (width,) = across
            whole = (width, length) if axis else (length, width)
            return term_of("beside", cells, whole, node, axis - 2)
    raise NotationError(
        "the cells of this matrix do not fit together",
        node,
        "Beside each other they need one height, below each other one width.",
        "fits",
    )


def unfolded(
    context: Context,
    node: Matrix,
    rows: list[list[Node]],
    over_rows: Limits | None,
    over_columns: Limits | None,
) -> Term:
    """A matrix with dots: its pattern for every row and every column."""
    row = None if over_rows is None else _repeated(context, node, over_rows)
    column = None if over_columns is None else _repeated(context, node, over_columns)
    bound = [index for index in (row, column) if index is not None]
    with context.binding(*bound):
        cells = [[read(context, cell) for cell in line] for line in rows]
    body = cells[0][0] if len(cells) == len(cells[0]) == 1 else stacked(cells, node)
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
    repeated = body.operation == "gather" and body.arguments[0].column
    names = [index.name for index in bound]
    return term_of("unfold", (body,), result, node, (row, column), names, repeated)


def _repeated(context: Context, node: Matrix, limits: Limits) -> Index:
    letter, low, high = limits
    name = context.new_name(letter)
    last = context.size(high)
    if last.number is not None:
        last = context.notation.examples.get(last.number, last)
    range_ = Range(context.size(low), context.notation.canonical(last))
    return Index(name, letter, range_, node, True, said="as the matrix says")


def _count(index: Index) -> Size:
    assert index.range is not None
    return index.range.high - index.range.low + ONE


@reading(Tuple)
def vector(context: Context, node: Tuple) -> Term:
    """`[a, b]` is a row; `(n_1, m)` stands for anything of these sizes."""
    if node.brackets == "()" and len(node.items) == 2:
        shape = tuple(context.size(item) for item in node.items)
        column = any(isinstance(item, Number) and item.text == "1" for item in node.items)
        return Term("sizes", (), as_number(shape), node, column=column)
    if node.brackets != "[]":
        raise NotationError(
            "this list is no value",
            node,
            "Write \\begin{bmatrix} … \\end{bmatrix} for a vector.",
            "fits",
        )
    return stacked([[read(context, item) for item in node.items]], node)


@reading(Bars)
def bars(context: Context, node: Bars) -> Term:
    """An absolute value, a norm, a determinant, or the size of a set."""
    if node.double:
        return norm(context, node, (), node)
    reference = context.notation.reference(node.inner)
    if reference is not None and reference.family.kind == "set":
        return size_term(context, Size.of(f"|{reference.family.letter}|"), node)
    inner = read(context, node.inner)
    if inner.shape == ():
        return term_of("abs", (inner,), (), node)
    if is_square(inner.shape):
        return term_of("determinant", (inner,), (), node)
    raise NotationError("bars around a vector", node, "Write \\|…\\| for its length.", "fits")


_NORMS = {"F": "F", "2": "2", "1": "1", r"\infty": "inf"}


def norm(context: Context, node: Bars, sub: tuple[Node, ...], whole: Node) -> Term:
    """A norm, with the subscript that says which one."""
    inner = read(context, node.inner)
    matrix = len(inner.shape) == 2 and not is_vector(inner.shape)
    context.account(*sub[:1])
    kind = _NORMS.get(plain_text(sub[0]), "") if sub else "2"
    if not kind:
        raise NotationError("I know the norms 1, 2 and F", sub[0], question="read")
    if kind in ("1", "inf") and matrix:
        raise NotationError(
            "this norm of a matrix can be read in two ways", node, "Write the sum.", "fits"
        )
    if sub and kind == "2" and matrix and not context.notation.entry_norm:
        kind = "spectral"
    return term_of("norm", (inner,), (), whole, "2" if kind == "F" else kind)


@reading(Inner)
def inner(context: Context, node: Inner) -> Term:
    """The inner product of two vectors of one shape."""
    left, right = read(context, node.left), read(context, node.right)
    if not is_vector(left.shape) or left.shape != right.shape:
        raise NotationError(
            f"an inner product of {show(left.shape)} and {show(right.shape)}",
            node,
            "It needs two vectors of one shape.",
            "fits",
        )
    return term_of("dot", (left, right), (), node)


@reading(Shaped)
def shaped(context: Context, node: Shaped) -> Term:
    """A value with its sizes beside it: a claim, held by `page`."""
    inner = read(context, node.inner)
    context.account_all(node.sizes)
    context.claims.append((inner, node.sizes))
    return inner
