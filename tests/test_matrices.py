"""Elided matrices as TeX: what is written, entry by entry, and what is refused."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn3doc.matrices import bmatrix, bvector, bvector_row


def rows(tex: str) -> list[list[str]]:
    """The cells of a bmatrix."""
    lines = tex.splitlines()
    assert lines[0] == r"\begin{bmatrix}"
    assert lines[-1] == r"\end{bmatrix}"
    assert all(line.endswith(r" \\") for line in lines[1:-2])
    return [line.removesuffix(r" \\").split(" & ") for line in lines[1:-1]]


def whole(message: str) -> str:
    """A pattern that matches this message and nothing else."""
    return rf"^{re.escape(message)}$"


COLUMNS = [
    ("n_x", ["x_{1}", "x_{2}", r"\vdots", "x_{n_x-1}", "x_{n_x}"]),
    (" n_x ", ["x_{1}", "x_{2}", r"\vdots", "x_{n_x-1}", "x_{n_x}"]),
    ("n_{l-1}", ["x_{1}", "x_{2}", r"\vdots", "x_{n_{l-1}-1}", "x_{n_{l-1}}"]),
    (60000, ["x_{1}", "x_{2}", r"\vdots", "x_{59999}", "x_{60000}"]),
    ("60000", ["x_{1}", "x_{2}", r"\vdots", "x_{59999}", "x_{60000}"]),
    (5, ["x_{1}", "x_{2}", r"\vdots", "x_{4}", "x_{5}"]),
    (4, ["x_{1}", "x_{2}", "x_{3}", "x_{4}"]),
    (3, ["x_{1}", "x_{2}", "x_{3}"]),
    (2, ["x_{1}", "x_{2}"]),
    (1, ["x_{1}"]),
]


@pytest.mark.parametrize(("size", "entries"), COLUMNS)
def test_a_column_is_written_one_entry_a_line(size: int | str, entries: list[str]) -> None:
    assert rows(bvector("x_{row}", size)) == [[entry] for entry in entries]


@pytest.mark.parametrize(("size", "entries"), COLUMNS)
def test_a_row_is_the_same_on_one_line(size: int | str, entries: list[str]) -> None:
    expected = [entry.replace(r"\vdots", r"\cdots") for entry in entries]
    assert rows(bvector_row("x_{col}", size)) == [expected]


@pytest.mark.parametrize(
    ("row", "col", "compress", "expected"),
    [
        (
            "n",
            "m",
            False,
            r"""
\begin{bmatrix}
a_{1,1} & a_{1,2} & \cdots & a_{1,m-1} & a_{1,m} \\
a_{2,1} & a_{2,2} & \cdots & a_{2,m-1} & a_{2,m} \\
\vdots & \vdots & \ddots & \vdots & \vdots \\
a_{n-1,1} & a_{n-1,2} & \cdots & a_{n-1,m-1} & a_{n-1,m} \\
a_{n,1} & a_{n,2} & \cdots & a_{n,m-1} & a_{n,m}
\end{bmatrix}""",
        ),
        (
            784,
            60000,
            True,
            r"""
\begin{bmatrix}
a_{1,1} & a_{1,2} & \cdots & a_{1,60000} \\
a_{2,1} & a_{2,2} & \cdots & a_{2,60000} \\
\vdots & \vdots & \ddots & \vdots \\
a_{784,1} & a_{784,2} & \cdots & a_{784,60000}
\end{bmatrix}""",
        ),
        (
            2,
            "m",
            True,
            r"""
\begin{bmatrix}
a_{1,1} & a_{1,2} & \cdots & a_{1,m} \\
a_{2,1} & a_{2,2} & \cdots & a_{2,m}
\end{bmatrix}""",
        ),
        (
            "n",
            1,
            True,
            r"""
\begin{bmatrix}
a_{1,1} \\
a_{2,1} \\
\vdots \\
a_{n,1}
\end{bmatrix}""",
        ),
        (
            4,
            3,
            True,
            r"""
\begin{bmatrix}
a_{1,1} & a_{1,2} & a_{1,3} \\
a_{2,1} & a_{2,2} & a_{2,3} \\
\vdots & \vdots & \vdots \\
a_{4,1} & a_{4,2} & a_{4,3}
\end{bmatrix}""",
        ),
        (
            4,
            3,
            False,
            r"""
\begin{bmatrix}
a_{1,1} & a_{1,2} & a_{1,3} \\
a_{2,1} & a_{2,2} & a_{2,3} \\
a_{3,1} & a_{3,2} & a_{3,3} \\
a_{4,1} & a_{4,2} & a_{4,3}
\end{bmatrix}""",
        ),
        (1, 1, False, "\n\\begin{bmatrix}\na_{1,1}\n\\end{bmatrix}"),
    ],
)
def test_a_matrix(row: int | str, col: int | str, compress: bool, expected: str) -> None:
    assert bmatrix("a_{row,col}", row, col, compress=compress) == expected.removeprefix("\n")


@pytest.mark.parametrize(
    ("template", "last"),
    [
        ("x_{row}^{(col)}", "x_{n_x}^{(m)}"),
        ("x_row^{(col)}", "x_{n_x}^{(m)}"),  # braces where TeX would take one character only
        ("x_col^row", "x_m^{n_x}"),
        ("w_{row,col}", "w_{n_x,m}"),
        ("w_{row col}", "w_{n_x m}"),
        (r"\frac{row}{col}", r"\frac{n_x}{m}"),
        (r"\hat{y}_{row} \rightarrow y_{col}", r"\hat{y}_{n_x} \rightarrow y_{m}"),  # words only
        ("arrow + row + color + col", "arrow + n_x + color + m"),
        ("b_{row}", "b_{n_x}"),  # one of the two words is enough
    ],
)
def test_the_words_of_a_template_become_indices(template: str, last: str) -> None:
    assert rows(bmatrix(template, "n_x", "m"))[-1][-1] == last


@given(st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_what_is_shown_is_right_and_dots_stand_for_something(
    n: int, m: int, compress: bool
) -> None:
    def shown(count: int) -> list[int]:
        last = [count] if compress else [count - 1, count]
        return sorted({index for index in (1, 2, *last) if 1 <= index <= count})

    cells = rows(bmatrix("row:col", n, m, compress))
    entries = [[cell for cell in line if ":" in cell] for line in cells]
    expected = [[f"{row}:{column}" for column in shown(m)] for row in shown(n)]
    assert [line for line in entries if line] == expected
    assert (r"\vdots" in {line[0] for line in cells}) == (len(shown(n)) < n)
    assert (r"\cdots" in cells[0]) == (len(shown(m)) < m)
    assert len({len(line) for line in cells}) == 1


FAULTS: list[tuple[object, object, str]] = [
    ("x_{row}", 0, "row is 0; expected a whole number, at least 1, or a name such as 'n_x'"),
    ("x_{row}", -1, "row is -1; expected a whole number, at least 1, or a name such as 'n_x'"),
    ("x_{row}", "0", "row is 0; expected a whole number, at least 1, or a name such as 'n_x'"),
    ("x_{row}", 2.0, "row is 2.0; expected a whole number, at least 1, or a name such as 'n_x'"),
    ("x_{row}", True, "row is True; expected a whole number, at least 1, or a name such as 'n_x'"),
    ("x_{row}", None, "row is None; expected a whole number, at least 1, or a name such as 'n_x'"),
    ("x_{row}", "", "row is '', which is empty; expected a number or a name, such as 60000 or n_x"),
    (
        "x_{row}",
        "n_{x",
        "row is 'n_{x', with a { that is not closed; "
        "expected a number or a name, such as 60000 or n_x",
    ),
    (3, "n", "template is 3; expected a text such as 'x_{row}^{(col)}'"),
    ("", "n", "template is '', which is empty; expected the TeX of one entry"),
    (
        "x_{row",
        "n",
        "template is 'x_{row', with a { that is not closed; expected the TeX of one entry",
    ),
    ("x_row}", "n", "template is 'x_row}', with a } too many; expected the TeX of one entry"),
    (
        "x_{row} & 0",
        "n",
        "template is 'x_{row} & 0', with &, which would end the cell; "
        "expected the TeX of one entry",
    ),
    (
        "x_{row}\\\\",
        "n",
        r"template is 'x_{row}\\\\', with \\, which would end the cell; "
        "expected the TeX of one entry",
    ),
    (
        "x_{j}",
        "n",
        "template is 'x_{j}'; expected the word row in it, which becomes the number of the entry",
    ),
    (
        "x_{row}^{(col)}",
        "n",
        "template is 'x_{row}^{(col)}'; expected no word col in it, since a column has only rows: "
        "write bmatrix for both",
    ),
]


@pytest.mark.parametrize(("template", "size", "message"), FAULTS, ids=[row[-1] for row in FAULTS])
def test_what_is_said_of_a_size_or_template_that_cannot_be(
    template: str, size: int | str, message: str
) -> None:
    with pytest.raises(ValueError, match=whole(message)):
        bvector(template, size)


def test_a_row_and_a_matrix_refuse_likewise() -> None:
    message = (
        "template is 'x_{row}'; expected no word row in it, since a row has only columns: "
        "write bmatrix for both"
    )
    with pytest.raises(ValueError, match=whole(message)):
        bvector_row("x_{row}", 3)

    message = "col is 0; expected a whole number, at least 1, or a name such as 'n_x'"
    with pytest.raises(ValueError, match=whole(message)):
        bvector_row("x_{col}", 0)
    with pytest.raises(ValueError, match=whole(message)):
        bmatrix("x_{col}", "n", 0)

    message = (
        "template is 'x'; expected the word row or col in it, which becomes the number of the entry"
    )
    with pytest.raises(ValueError, match=whole(message)):
        bmatrix("x", 3, 3)


def test_an_escaped_sign_is_part_of_a_cell() -> None:
    assert rows(bvector(r"\&\%\{_{row}", 1)) == [[r"\&\%\{_{1}"]]


def test_the_module_needs_no_torch() -> None:
    code = "import sys, nn3doc.matrices; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
