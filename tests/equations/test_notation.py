"""What a page says of its symbols: the notation table, sets, and what it assumes."""

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.page import inspect_page
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.messages import render

TABLE = r"""| Symbol | Entry | Shape | Meaning |
| --- | --- | --- | --- |
| $n$ | | $\mathbb{N}$ | units |
| $m$ | | $\mathbb{N}$ | examples |
"""

# row of the table: message
BAD_ROWS = {
    r"| W | | $\mathbb{R}^{n \times m}$ | |": "the symbol of this row is not in dollar signs",
    r"| $W$ | | a matrix | |": "I cannot read 'a matrix' as a shape",
    r"| $W$ | $w_j$ | $\mathbb{R}^{n \times m}$ | |": "a matrix has two indices",
    r"| $W^T$ | | $\mathbb{R}^{n \times m}$ | |": "a transposed symbol cannot be declared",
}

# text: formulas that hold because of it, and would not without
ASSUMED = {
    r"Let $Q \in \mathbb{R}^{n \times n}$. Let $Q = Q^\top$.": r"Q + Q^\top = 2 Q",
    r"Let $v \in \mathbb{R}^n$. Let $\|v\| = 1$.": r"v^\top v = 1",
    r"Let $p \in \mathbb{R}^n$. Let $\sum_{i=1}^n p_i = 1$.": r"\sum_{k=1}^n (1 + p_k) = n + 1",
    r"Let $c \in \mathbb{R}$. Let $c > 0$.": r"|c| = c",
    r"Let $c \in \mathbb{R}$. Let $c < 0$.": r"|c| = -c",
    r"Let $A \in \mathbb{R}^{n \times n}$, $v \in \mathbb{R}^n$, $s \in \mathbb{R}$. "
    r"Let $A v = s v$.": r"A A v = s^2 v",
}


def checked(text: str) -> Report:
    return inspect_page(text, code=False).report


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_row_that_cannot_be_read_is_told(row: str) -> None:
    report = checked(f"{TABLE}{row}\n")
    assert [finding.message for finding in report.all_findings] == [BAD_ROWS[row]]


@pytest.mark.parametrize("text", ASSUMED)
def test_what_a_page_assumes_holds_on_it(text: str) -> None:
    claim = ASSUMED[text]
    assert checked(f"{text} Then ${claim}$.\n").ok
    without = text.rpartition(" Let ")[0]
    assert not checked(f"{without} Then ${claim}$.\n").ok


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"$x \in \mathbb{R}^n$ and $x \in \mathbb{R}^{n \times n}$", "x is (n, 1), not (n, n)"),
        (r"$x \in \mathbb{R}^n$ and $x_j^{(i)}$", "x does not stand with these scripts"),
        ("$y = x + 1$", "unknown symbol x"),
    ],
)
def test_what_contradicts_it_is_refused(text: str, message: str) -> None:
    report = checked(text)
    assert [f.message for f in report.all_findings if f.failing] == [message]


TABLE_OF_SIZES = r"""
| Symbol | Python | Shape | Meaning |
| --- | --- | --- | --- |
| $a$, $b$ | `rows`, `columns` | $\mathbb{N}$ | sizes |
| $u$ and $v$ | | $\mathbb{R}^{a}$ | two columns |
| $w$ | | $\mathbb{R}^{SIZE}$ | another |

$$
(u + v)^T w = u^T w + v^T w
$$
"""


def test_a_row_may_declare_several_symbols() -> None:
    report = check_page(TABLE_OF_SIZES.replace("SIZE", "a"))
    assert render(report) == ""
    told = {use.key: (use.meaning, use.shape) for use in report.equations[-1].symbols}
    assert told["u"] == told["v"] == ("two columns", "(a, 1)")
    report = check_page(TABLE_OF_SIZES.replace("SIZE", "b"))
    assert "a matrix product of (1, a) and (b, 1)" in render(report)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ("k", "page.md:6:24: I cannot read this as a size"),
        ("2.5", "page.md:6:24: a size is a whole number"),
    ],
)
def test_a_size_in_the_table_that_is_none_is_told_there(size: str, told: str) -> None:
    report = check_page(TABLE_OF_SIZES.replace("SIZE", size))
    assert render(report).splitlines()[0] == told
