r"""The table of operations: all that is known of each one, in one row.

A formula is read as a tree of terms, and each term is one of these operations. Whoever asks
something of an operation asks here: the readings (which functions there are), the checks of a
derivative (does it work entry by entry?), of an approximation (which degree has it?), of draws
(where has it a kink?), of comparisons (does float64 round it?), of sums over layers (how are two
members joined?). The value rules in `evaluate` are registered by the names of this table.

Every default is the careful answer: an operation does not work entry by entry, has no degree and
cannot be written out over layers unless its row says that it can; and its result is rounded.
`tests/equations/test_operations.py` checks that this table, the value rules, what readers make,
what mutations change and the documented constructs are one set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nn3doc.equations.meaning.terms import Term

#: How the degree of a result, as a polynomial, follows from the degrees of its parts:
#: `largest` of them, their `sum`, the `first` one's if the others have degree 0, the first one's
#: times an `exponent`, or that of the function's `body`.
Degree = Literal["largest", "sum", "first", "exponent", "body"]


@dataclass(frozen=True)
class Operation:
    """One row.

    Attributes:
        name: Its name in terms and value rules.
        written: An example of how it is written in TeX; "" for what only readers make.
        word: For a function of a number: the control word or upright name it is written with.
        entrywise: Whether an entry of the result depends on the same entry of each argument and
            on nothing else of it.
        degree: How degrees follow; None refuses an approximation that needs it.
        rounded: Whether float64 rounds its result; what only moves or chooses values does not.
        kink: Whether it is another expression, or jumps, where its arguments are equal (or 0):
            there it has no derivative, and on either side of it a claim may differ.
        joined_by: The operation that joins two members where it is written out over layers;
            "" refuses that.
        overflows: Whether it can leave the range of float64 for values of ordinary size.
        mixes: Whether rounding moves an entry of its result as if the arguments were moved relative
            to their largest entry, as in an elimination, rather than each to itself.
        counts: Whether a side made of such operations alone, functions of numbers besides, can be one
            of sizes: it is compared for numbers of them, exactly, not for drawn values.
        folds: Whether of numerals it is one number: its rounding matters in a sum only.
        differentiates: Whether it is a derivative by symbols.
    """

    name: str
    written: str = ""
    word: str = ""
    entrywise: bool = False
    degree: Degree | None = None
    rounded: bool = True
    kink: bool = False
    joined_by: str = ""
    overflows: bool = False
    mixes: bool = False
    counts: bool = False
    folds: bool = False
    differentiates: bool = False


_ROWS = (
    # Values.
    Operation("number", "0.5", entrywise=True, degree="largest", counts=True),
    Operation("constant", r"I, \mathbf{1}", entrywise=True, degree="largest", rounded=False),
    Operation("size", "n", entrywise=True, degree="largest", rounded=False, counts=True),
    Operation("sizes", "(n, m)"),
    Operation("index", "i", entrywise=True, degree="largest", rounded=False),
    Operation("family", "W^{[1]}", entrywise=True, rounded=False),
    Operation("formal", "f(x) = x^2", entrywise=True, rounded=False),
    Operation("gather", "u_i", degree="first", rounded=False),
    # Arithmetic.
    Operation("add", "a + b", entrywise=True, degree="largest", counts=True, folds=True),
    Operation("multiply", r"a b, u \odot v", entrywise=True, degree="sum", counts=True, folds=True),
    Operation(
        "divide",
        r"\frac{a}{b}",
        entrywise=True,
        degree="first",
        overflows=True,
        counts=True,
        folds=True,
    ),
    Operation(
        "power", "a^2", entrywise=True, degree="exponent", overflows=True, counts=True, folds=True
    ),
    Operation("root", r"\sqrt[3]{a}", entrywise=True, counts=True),
    Operation("matmul", "A B", degree="sum"),
    Operation("dot", r"u \cdot v", degree="sum"),
    Operation("transpose", "A^T", degree="first", rounded=False),
    Operation("matrix_power", "A^2, A^{-1}", overflows=True, mixes=True),
    Operation("trace", r"\operatorname{tr}(A)", degree="first"),
    Operation("determinant", r"\det(A)", mixes=True),
    Operation("diagonal", r"\operatorname{diag}(u)", degree="first", rounded=False),
    Operation("diagonal_of", r"\operatorname{diag}(A)", degree="first", rounded=False),
    Operation("norm", r"\|u\|"),
    # Functions of a number, of a matrix entry by entry.
    Operation("log", r"\log(a)", "log", entrywise=True),
    Operation("ln", r"\ln(a)", "ln", entrywise=True),
    Operation("exp", r"\exp(a), e^{a}", "exp", entrywise=True, overflows=True),
    Operation("sin", r"\sin(a)", "sin", entrywise=True),
    Operation("cos", r"\cos(a)", "cos", entrywise=True),
    Operation("tan", r"\tan(a)", "tan", entrywise=True),
    Operation("tanh", r"\tanh(a)", "tanh", entrywise=True),
    Operation("sinh", r"\sinh(a)", "sinh", entrywise=True, overflows=True),
    Operation("cosh", r"\cosh(a)", "cosh", entrywise=True, overflows=True),
    Operation("cot", r"\cot(a)", "cot", entrywise=True),
    Operation("arcsin", r"\arcsin(a)", "arcsin", entrywise=True),
    Operation("arccos", r"\arccos(a)", "arccos", entrywise=True),
    Operation("arctan", r"\arctan(a)", "arctan", entrywise=True),
    Operation("sqrt", r"\sqrt{a}", "sqrt", entrywise=True),
    Operation("sign", r"\operatorname{sign}(a)", "sign", entrywise=True, rounded=False, kink=True),
    Operation("abs", "|a|", "abs", entrywise=True, rounded=False, kink=True),
    # Choices.
    Operation("maximum", r"\max(a, b)", entrywise=True, rounded=False, kink=True),
    Operation("minimum", r"\min(a, b)", entrywise=True, rounded=False, kink=True),
    Operation("compare", "a > b", entrywise=True, rounded=False, kink=True),
    Operation("indicator", r"\mathbb{1}(a > b)", entrywise=True, rounded=False),
    Operation(
        "cases",
        r"\begin{cases} a & \text{if } a > b \\ b & \text{otherwise} \end{cases}",
        entrywise=True,
        rounded=False,
    ),
    # Over an index.
    Operation("sum", r"\sum_i u_i", degree="first", joined_by="add"),
    Operation("prod", r"\prod_i u_i", joined_by="multiply", overflows=True),
    Operation("max", r"\max_i u_i", rounded=False, kink=True, joined_by="maximum"),
    Operation("min", r"\min_i u_i", rounded=False, kink=True, joined_by="minimum"),
    # Matrices.
    Operation("stack", r"\begin{bmatrix} a & b \end{bmatrix}", degree="largest", rounded=False),
    Operation("beside", r"\begin{bmatrix} A & B \end{bmatrix}", degree="largest", rounded=False),
    Operation(
        "unfold",
        r"\begin{bmatrix} u_1 & \cdots & u_n \end{bmatrix}",
        degree="largest",
        rounded=False,
    ),
    # Functions of the page, and derivatives.
    Operation("call", "f(a)", degree="body", rounded=False),
    Operation("prime", r"\sin'(a)"),
    Operation("at", r"\left. f \right|_{x = 0}", rounded=False),
    Operation("derivative", r"\frac{\partial J}{\partial w}", differentiates=True),
    Operation(
        "chain", r"\frac{\partial J}{\partial a} \frac{\partial a}{\partial w}", differentiates=True
    ),
)

OPERATIONS = {row.name: row for row in _ROWS}
#: Control words of functions of a number; the name of the operation is the word.
FUNCTIONS_OF_NUMBERS = frozenset(row.word for row in _ROWS if row.word)
_EXTREMES = {"max": "maximum", "min": "minimum"}


def operation_of(term: Term) -> Operation:
    """The row of a term's operation.

    Raises:
        KeyError: The table has none: whoever makes such a term adds a row first.
    """
    if term.operation == "apply":
        return OPERATIONS[term.data]
    if term.operation == "extreme":
        return OPERATIONS[_EXTREMES[term.data]]
    return OPERATIONS[term.operation]
