"""What dots leave out: the pattern of a sum or a matrix, found from the cells that are written.

`w_{1,1} & w_{1,2} & \\cdots & w_{1,n}` is the cell `w_{1,c}` for c = 1, …, n. What changes between
the first cell and the second is the index, and the last cell says how far it goes; every other cell
that is written must be as the pattern says.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import replace
from typing import Any

from nn3doc.equations.tex.tree import Dots, Matrix, Name, Node, Number, Sum, mapped, rebuilt, same

Limits = tuple[str, Node, Node]  # letter, first and last value
ROW, COLUMN = "·row", "·column"


class ElidedError(ValueError):
    """Dots whose pattern cannot be found, or a cell that breaks it."""

    def __init__(self, message: str, node: Node, cure: str) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.cure = cure


def series(
    first: Node, second: Node | None, last: Node, letter: str
) -> tuple[Node, Node, Node] | None:
    """The pattern of `first, second, …, last`.

    Args:
        first: First member.
        second: Second member; None where only the first is written.
        last: Last member.
        letter: Name for the index that is found.

    Returns:
        The member with the index in it, the first and the last value of the index; None if nothing
        changes from first to last.

    Raises:
        ElidedError: The members do not follow one pattern.
    """
    try:
        body, ends = _pattern_of(first, last, letter)
    except _OtherFormError:
        raise ElidedError(
            "the last of these does not go on as they begin",
            last,
            "Only the index may change from the first to the last.",
        ) from None
    if not ends:
        return None
    if second is not None and not _goes_on(first, second, body, letter):
        raise ElidedError(
            "the second of these does not go on as they begin",
            second,
            "Only the index may change, by one.",
        )
    low, high = ends[0]
    fraction = any(isinstance(end, Number) and not end.text.isdigit() for end in (low, high))
    if fraction or any(not same(one, low) or not same(other, high) for one, other in ends):
        raise ElidedError(
            "the last of these does not go on as they begin", last, "Use one index throughout."
        )
    return body, low, high


def _goes_on(first: Node, second: Node, body: Node, letter: str) -> bool:
    """Whether the second member has the next number wherever the pattern has the index."""
    try:
        nearer, steps = _pattern_of(first, second, letter)
    except _OtherFormError:
        return False
    return same(nearer, body) and all(_is_next(one, other) for one, other in steps)


def grid(
    matrix: Matrix,
) -> tuple[list[list[Node]], Limits | None, Limits | None]:
    """The cells of a matrix; where dots leave rows or columns out, one pattern for all of them.

    Returns:
        Rows of cells, and over what `ROW` and `COLUMN` run in them: if rows are left out there is
        one row of patterns, if columns are left out there is one column of them.

    Raises:
        ElidedError: Rows of different lengths, an empty cell, or a broken pattern.
    """
    rows = [
        row
        for row in matrix.rows
        if not (any(_is_stroke(cell) for cell in row) and all(_is_dots(cell) for cell in row))
    ]
    rows = [row for row in rows if any(cell is not None for cell in row)]
    if not rows:
        raise ElidedError("this matrix is empty", matrix, "Write its cells.")
    dots_rows = [n for n, row in enumerate(rows) if all(_is_dots(cell) for cell in row)]
    plain = [row for n, row in enumerate(rows) if n not in dots_rows]
    width = len(plain[0]) if plain else 0
    for row in plain:
        if len(row) != width:
            last = next((c for c in reversed(row) if c is not None), matrix)
            raise ElidedError(
                f"this row has {len(row)} cells, the first has {width}",
                last,
                "Rows have one length.",
            )
    dots_columns = [c for c in range(width) if any(isinstance(row[c], Dots) for row in plain)]
    if len(dots_rows) > 1 or len(dots_columns) > 1 or not plain:
        raise ElidedError("dots stand in more than one row or column", matrix, "Once is enough.")
    cells: list[list[Node]] = []
    for row in plain:
        kept: list[Node] = []
        for c, cell in enumerate(row):
            if c in dots_columns:
                if not isinstance(cell, Dots):
                    raise ElidedError(
                        "dots are expected in this column",
                        cell or matrix,
                        "They go through all rows.",
                    )
                continue
            if cell is None:
                raise ElidedError("a cell of this matrix is empty", matrix, "Write 0 for zero.")
            kept.append(cell)
        cells.append(kept)
    rows_before = dots_rows[0] if dots_rows else None
    columns_before = dots_columns[0] if dots_columns else None
    return _patterns(cells, rows_before, columns_before, matrix)


def _patterns(
    cells: list[list[Node]], rows_before: int | None, columns_before: int | None, matrix: Matrix
) -> tuple[list[list[Node]], Limits | None, Limits | None]:
    found, row_limits, column_limits = cells, None, None
    if rows_before is not None:
        columns = [[row[c] for row in cells] for c in range(len(cells[0]))]
        one_row = []
        for column in columns:
            body, limits = _pattern(column, rows_before, ROW, matrix)
            if limits is None or (row_limits and not same_limits(limits, row_limits)):
                raise ElidedError(
                    "what these dots leave out cannot be told",
                    column[-1],
                    "The row must stand in every cell.",
                )
            row_limits = limits
            one_row.append(body)
        found = [one_row]
    if columns_before is not None:
        one_column = []
        for row in found:
            body, limits = _pattern(row, columns_before, COLUMN, matrix)
            if limits is None or (column_limits and not same_limits(limits, column_limits)):
                raise ElidedError(
                    "what these dots leave out cannot be told",
                    row[-1],
                    "The column must stand in every cell.",
                )
            column_limits = limits
            one_column.append([body])
        found = one_column
    _hold_cells(cells, found, (row_limits, rows_before), (column_limits, columns_before))
    return found, row_limits, column_limits


def _pattern(
    members: SequenceOf[Node], before: int, letter: str, matrix: Matrix
) -> tuple[Node, Limits | None]:
    if not 0 < before < len(members):
        raise ElidedError(
            "dots stand at the edge of this matrix", matrix, "Write the first and the last."
        )
    second = members[1] if before > 1 else None
    result = series(members[0], second, members[-1], letter)
    if result is None:
        return members[0], None
    body, low, high = result
    return body, (letter, low, high)


def _hold_cells(
    cells: list[list[Node]],
    patterns: list[list[Node]],
    rows: tuple[Limits | None, int | None],
    columns: tuple[Limits | None, int | None],
) -> None:
    """Every written cell is what the pattern says."""
    row_values = _labels(rows, len(cells))
    column_values = _labels(columns, len(cells[0]))
    for r, row in enumerate(cells):
        for c, cell in enumerate(row):
            pattern = patterns[0 if rows[0] else r][0 if columns[0] else c]
            expected = _fill(_fill(pattern, ROW, row_values[r]), COLUMN, column_values[c])
            if not same(expected, cell):
                raise ElidedError(
                    "this cell breaks the pattern of the matrix",
                    cell,
                    "Compare its indices with those of its neighbours.",
                )


def _labels(limits: tuple[Limits | None, int | None], count: int) -> list[Node | None]:
    run, before = limits
    if run is None or before is None:
        return [None] * count
    _, low, high = run
    assert isinstance(low, Number)
    first = int(low.text)
    labels: list[Node | None] = [replace(low, text=str(first + n)) for n in range(before)]
    after = count - before
    labels += [_less(high, after - 1 - n) for n in range(after)]
    return labels


def _less(node: Node, count: int) -> Node:
    if count == 0:
        return node
    if isinstance(node, Number):
        return replace(node, text=str(int(node.text) - count))
    one = Number(node.end, node.end, str(count))
    return Sum(node.start, node.end, (node, one), (1, -1))


def _fill(node: Node, letter: str, value: Node | None) -> Node:
    """A pattern with the index put to a value; as it is where there is none."""
    if value is None:
        return node
    return rebuilt(
        node, lambda inner: value if isinstance(inner, Name) and inner.letter == letter else inner
    )


def same_limits(one: Limits, other: Limits) -> bool:
    """Whether two indices run over the same."""
    return same(one[1], other[1]) and same(one[2], other[2])


def _is_dots(cell: Node | None) -> bool:
    return cell is None or isinstance(cell, Dots)


def _is_stroke(cell: Node | None) -> bool:
    """The strokes above and below columns: `| & | & & |`."""
    return isinstance(cell, Dots) and cell.tex == "|"


def _is_next(one: Number, other: Node) -> bool:
    return (
        isinstance(other, Number)
        and other.text.isdigit()
        and one.text.isdigit()
        and int(other.text) == int(one.text) + 1
    )


class _OtherFormError(Exception):
    """Two members differ in more than a number."""


def _pattern_of(one: Node, other: Node, letter: str) -> tuple[Node, list[tuple[Number, Node]]]:
    """A member with the index put where another differs from it, and both values at each place.

    Raises:
        _OtherFormError: They differ where the first has no number.
    """
    ends: list[tuple[Number, Node]] = []

    def merged(left: Any, right: Any) -> Any:
        if same(left, right):
            return left
        if isinstance(left, Number) and isinstance(right, Node):
            ends.append((left, right))
            return Name(left.start, left.end, letter)
        if isinstance(left, Node) and type(left) is type(right):
            return mapped(merged, left, right)
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
            return tuple(map(merged, left, right))
        raise _OtherFormError

    return merged(one, other), ends
