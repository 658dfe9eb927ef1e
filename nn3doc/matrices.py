r"""Writes large matrices as TeX, their middle left out as dots.

A cell is given by a template in which the words `row` and `col` stand for its place.

Examples:
    >>> print(bvector("x_{row}^{(i)}", "n_x"))
    \begin{bmatrix}
    x_{1}^{(i)} \\
    x_{2}^{(i)} \\
    \vdots \\
    x_{n_x-1}^{(i)} \\
    x_{n_x}^{(i)}
    \end{bmatrix}

    A size is a number or a name. With a number the entry before the last is that number less one:

    >>> print(bvector_row("y^{(col)}", 60000))
    \begin{bmatrix}
    y^{(1)} & y^{(2)} & \cdots & y^{(59999)} & y^{(60000)}
    \end{bmatrix}

    A number so small that nothing is left to leave out shows every entry:

    >>> print(bmatrix("w_{row,col}", 2, 3))
    \begin{bmatrix}
    w_{1,1} & w_{1,2} & w_{1,3} \\
    w_{2,1} & w_{2,2} & w_{2,3}
    \end{bmatrix}
"""

import re

__all__ = ["bmatrix", "bvector", "bvector_row"]

#: `row` or `col` as a word of its own (not in `\rightarrow`), with the `_` or `^` that may stand
#: right before it.
_WORD = re.compile(r"(?P<script>[_^]?)(?<![A-Za-z\\])(?P<word>row|col)(?![A-Za-z])")

#: The index of an entry, or None where entries are left out.
_Index = str | None


def bvector(template: str, row: int | str) -> str:
    r"""Writes a column: its entries 1, 2, ⋮, `row`−1, `row`.

    Args:
        template: TeX of an entry; the word `row` in it becomes the entry's number.
        row: How many entries, at least 1: a number, or a name such as `n_x`.

    Returns:
        A `bmatrix` in TeX, one row a line.

    Raises:
        ValueError: The size is below 1 or no TeX, or the template has no `row` or is no TeX of one
            cell.
    """
    _check_template(template, needs=("row",), refuses=("col",))
    return _write(template, _indices("row", row, compress=False), ["1"])


def bvector_row(template: str, col: int | str) -> str:
    r"""Writes a row: its entries 1, 2, ⋯, `col`−1, `col`.

    Args:
        template: TeX of an entry; the word `col` in it becomes the entry's number.
        col: How many entries, at least 1: a number, or a name such as `m`.

    Returns:
        A `bmatrix` in TeX, its entries on one line.

    Raises:
        ValueError: The size is below 1 or no TeX, or the template has no `col` or is no TeX of one
            cell.
    """
    _check_template(template, needs=("col",), refuses=("row",))
    return _write(template, ["1"], _indices("col", col, compress=False))


def bmatrix(template: str, row: int | str, col: int | str, compress: bool = False) -> str:
    r"""Writes a matrix: rows 1, 2, ⋮, `row`−1, `row` of columns 1, 2, ⋯, `col`−1, `col`.

    Examples:
        >>> print(bmatrix("w_{row,col}", "n_1", 784, compress=True))
        \begin{bmatrix}
        w_{1,1} & w_{1,2} & \cdots & w_{1,784} \\
        w_{2,1} & w_{2,2} & \cdots & w_{2,784} \\
        \vdots & \vdots & \ddots & \vdots \\
        w_{n_1,1} & w_{n_1,2} & \cdots & w_{n_1,784}
        \end{bmatrix}

    Args:
        template: TeX of an entry; the words `row` and `col` in it become the numbers of its row and
            column. One of the two is enough: `b_{row}` makes a matrix of equal columns.
        row: How many rows, at least 1: a number, or a name such as `n_x`.
        col: How many columns, at least 1: a number, or a name such as `m`.
        compress: Leave out row `row`−1 and column `col`−1, too.

    Returns:
        A `bmatrix` in TeX, one row a line.

    Raises:
        ValueError: A size is below 1 or no TeX, or the template has neither word or is no TeX of
            one cell.
    """
    _check_template(template, needs=("row", "col"), refuses=())
    return _write(template, _indices("row", row, compress), _indices("col", col, compress))


def _write(template: str, rows: list[_Index], columns: list[_Index]) -> str:
    lines = [" & ".join(_cell(template, row, column) for column in columns) for row in rows]
    return "\n".join([r"\begin{bmatrix}", " \\\\\n".join(lines), r"\end{bmatrix}"])


def _cell(template: str, row: _Index, column: _Index) -> str:
    if row is None:
        return r"\vdots" if column is not None else r"\ddots"
    if column is None:
        return r"\cdots"
    index = {"row": row, "col": column}

    def fill(match: re.Match[str]) -> str:
        script, text = match["script"], index[match["word"]]
        # `x_row` means the whole index: TeX would take only its first character
        return f"{script}{{{text}}}" if script and len(text) > 1 else f"{script}{text}"

    return _WORD.sub(fill, template)


def _indices(name: str, size: object, compress: bool) -> list[_Index]:
    """The indices shown along one side, with None where some are left out."""
    if isinstance(size, str) and size.strip().isdecimal():
        size = int(size)
    if isinstance(size, str):
        last = size.strip()
        problem = _tex_problem(last)
        if problem:
            raise ValueError(
                f"{name} is {size!r}, {problem}; expected a number or a name, such as 60000 or n_x"
            )
        return ["1", "2", None, last] if compress else ["1", "2", None, f"{last}-1", last]
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError(
            f"{name} is {size!r}; expected a whole number, at least 1, or a name such as 'n_x'"
        )
    at_the_end = 1 if compress else 2
    if size <= 2 + at_the_end:
        return [str(number) for number in range(1, size + 1)]
    return ["1", "2", None, *(str(number) for number in range(size - at_the_end + 1, size + 1))]


def _check_template(template: object, needs: tuple[str, ...], refuses: tuple[str, ...]) -> None:
    if not isinstance(template, str):
        raise ValueError(f"template is {template!r}; expected a text such as 'x_{{row}}^{{(col)}}'")
    problem = _tex_problem(template)
    if problem:
        raise ValueError(f"template is {template!r}, {problem}; expected the TeX of one entry")
    words = {match["word"] for match in _WORD.finditer(template)}
    for word in refuses:
        if word in words:
            shape = "a column has only rows" if word == "col" else "a row has only columns"
            raise ValueError(
                f"template is {template!r}; expected no word {word} in it, since {shape}: "
                "write bmatrix for both"
            )
    if not words:
        raise ValueError(
            f"template is {template!r}; expected the word {' or '.join(needs)} in it, "
            "which becomes the number of the entry"
        )


def _tex_problem(tex: str) -> str:
    """Says why a text cannot be one cell of a matrix; nothing if it can."""
    if not tex.strip():
        return "which is empty"
    depth = 0
    for token in re.findall(r"\\.|.", tex, re.DOTALL):
        depth += (token == "{") - (token == "}")
        if depth < 0:
            return "with a } too many"
        if token in ("&", r"\\", "%", "\n"):
            named = "a line break" if token == "\n" else token
            return f"with {named}, which would end the cell"
    return "with a { that is not closed" if depth else ""
