"""The readings of products, sums and indices: what each gives, and what is refused."""

import pytest

from nn3doc.equations.page import inspect_page
from nn3doc.equations.report.findings import Report

DECLARED = r"""Let $A \in \mathbb{R}^{n \times m}$, $B \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$,
$c \in \mathbb{R}$ and $f \colon \mathbb{R}^m \to \mathbb{R}$.

"""

SHAPES = {
    "A B": "(n, n)",
    "A B x": "(n, 1)",
    "c A": "(n, m)",
    "x^T A": "(1, m)",
    "x^T x": "a number",
    r"x \cdot x": "a number",
    r"A \odot B^T": "(n, m)",
    r"\|x\|": "a number",
    r"\operatorname{diag}(x)": "(n, n)",
    r"\operatorname{tr}(A B)": "a number",
    r"\sum_{i=1}^{n} x_i A": "(n, m)",
    r"\frac{\partial c^2}{\partial c}": "a number",
    r"\frac{\partial x^T x}{\partial x}": "(n, 1)",
    r"\frac{\partial B x}{\partial x}": "(m, n)",
    r"\nabla_x (B x)": "(n, m)",
    r"\frac{\partial A}{\partial B}": "(n, m, m, n)",
    r"x + \mathbf{1}": "(n, 1)",
    "x + c": "(n, 1)",
    r"A - \frac{2}{c}": "(n, m)",
    r"\|A\|_2": "a number",
    r"A B + c I": "(n, n)",
}

# formula: (message, what is at fault, notes)
REFUSED = {
    "A + B": ("a sum of (n, m) and (m, n)", "B", ()),
    r"A \odot B": (
        r"\odot between (n, m) and (m, n)",
        r"A \odot B",
        ("Entry by entry, both sides have one shape.",),
    ),
    r"A \cdot B": (
        r"\cdot between (n, m) and (m, n)",
        r"A \cdot B",
        (r"Write \odot for the product entry by entry, nothing for the matrix product.",),
    ),
    "A x": (
        "a matrix product of (n, m) and (n, 1)",
        "A x",
        ("The inner sizes m and n differ.",),
    ),
    "x + x^T x": (
        "a sum of (n, 1) and a number",
        "x^T x",
        ("Only a symbol for a number, or one declared with a literal 1 as a size, is repeated.",),
    ),
    "A^2": (
        "a power of a matrix needs a square one; this one is (n, m)",
        "A^2",
        (r"For a power of every entry write A \odot A.",),
    ),
    r"c^\top": ("a number is transposed", r"\top", ("Leave the transpose out.",)),
    r"\frac{A}{x}": (
        "a quotient of (n, m) and (n, 1)",
        r"\frac{A}{x}",
        ("Both have one shape, or the denominator is a number.",),
    ),
    r"\sum_{i=1}^n c": (
        "the sum over i has no i in what it sums",
        r"\sum_{i=1}^n c",
        ("Put brackets around what belongs to it, or write the number of terms.",),
    ),
    "|x|": ("bars around a vector", "|x|", (r"Write \|…\| for its length.",)),
    r"\langle x, A \rangle": (
        "an inner product of (n, 1) and (n, m)",
        r"\langle x, A \rangle",
        ("It needs two vectors of one shape.",),
    ),
    "A_{ij} + B_{ij}": (
        "the index i runs over 1, …, m here, in B, but over 1, …, n in A",
        "i",
        ("Use another letter, or the right symbol.",),
    ),
    r"\operatorname{tr}(A)": (r"\tr is applied to (n, m)", r"\operatorname{tr}(A)", ()),
    "f(x)": ("f is applied to (n, 1), expected (m, 1)", "x", ()),
    r"\nabla c": (
        r"\nabla does not say by what it differentiates",
        r"\nabla c",
        (r"Write \nabla_W.",),
    ),
    "q + 1": (
        "unknown symbol q",
        "q",
        (r"Declare it in the notation table or by \in, or define it by =.",),
    ),
}


def checked(formula: str) -> Report:
    return inspect_page(f"{DECLARED}${formula}$\n", code=False).report


@pytest.mark.parametrize("formula", SHAPES)
def test_a_formula_has_one_shape(formula: str) -> None:
    report = checked(formula)
    assert report.all_findings == []
    assert report.equations[-1].shapes == (SHAPES[formula],)


@pytest.mark.parametrize("formula", REFUSED)
def test_what_does_not_fit_is_refused(formula: str) -> None:
    report = checked(formula)
    (finding,) = report.all_findings
    at = report.text[finding.start : finding.end]
    assert (finding.message, at, finding.notes) == REFUSED[formula]
