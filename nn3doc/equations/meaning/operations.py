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
        word: For a function of a number, of a matrix entry by entry: the control word or upright
            name it is written with.
        named: The same for a function of several numbers or of a whole matrix; where two rows have
            one word, as `\\operatorname{diag}`, its argument decides.
        several: Whether it is a function of two arguments and more.
        inverse: The word of the function that `^{-1}` behind the word stands for.
        has_base: Whether a subscript of the word is a base, as in `\\log_2`.
        entrywise: Whether an entry of the result depends on the same entry of each argument and
            on nothing else of it.
        degree: How degrees follow; None refuses an approximation that needs it.
        rounded: Whether float64 rounds its result; what only moves or chooses values does not.
        kink: Whether it is another expression, or jumps, where its arguments are equal (or 0):
            there it has no derivative, and on either side of it a claim may differ.
        joined_by: The operation that joins two members where it is written out over layers;
            "" refuses that.
        overflows: Whether it can leave the range of float64 for values of ordinary size.
        plain: Whether it is a number of no symbol's value: a numeral or a size.
        variable: Whether it is a symbol, so that one can differentiate by it or put a value for it.
        folds: Whether of numerals it is one number, and of these and of symbols for numbers one that
            may be added to every entry: `v + \\frac{c}{2}`.
        counts: Whether a side made of such operations alone, functions of numbers besides, can be one
            of sizes: it is compared for numbers of them, exactly, not for drawn values.
        of_entries: Whether functions of numbers give it, applied to every entry of a matrix, so that
            a power of it may be one of each entry: `f(Z)`, `f'(Z)`, `f^2(Z)`, `\\log_2(Z)`.
        empty: The value over no index at all, where it has one.
        mixes: Whether rounding moves an entry of its result as if the arguments were moved relative
            to their largest entry, as in an elimination, rather than each to itself.
        differentiates: Whether it is a derivative by symbols.
    """

    name: str
    written: str = ""
    word: str = ""
    named: str = ""
    several: bool = False
    inverse: str = ""
    has_base: bool = False
    entrywise: bool = False
    degree: Degree | None = None
    rounded: bool = True
    kink: bool = False
    joined_by: str = ""
    empty: float | None = None
    plain: bool = False
    variable: bool = False
    folds: bool = False
    counts: bool = False
    of_entries: bool = False
    overflows: bool = False
    mixes: bool = False
    differentiates: bool = False


def _function(
    word: str,
    written: str = "",
    *,
    inverse: str = "",
    has_base: bool = False,
    rounded: bool = True,
    kink: bool = False,
    overflows: bool = False,
) -> Operation:
    """The row of a function of a number, which has the name it is written with."""
    return Operation(
        word,
        written or rf"\{word}(a)",
        word,
        inverse=inverse,
        has_base=has_base,
        entrywise=True,
        rounded=rounded,
        kink=kink,
        of_entries=True,
        overflows=overflows,
    )


_ROWS = (
    # Values.
    Operation("number", "0.5", entrywise=True, degree="largest", counts=True, plain=True),
    Operation("constant", r"I, \mathbf{1}", entrywise=True, degree="largest", rounded=False),
    Operation(
        "size", "n", entrywise=True, degree="largest", rounded=False, counts=True, plain=True
    ),
    Operation("sizes", "(n, m)"),
    Operation("index", "i", entrywise=True, degree="largest", rounded=False),
    Operation("family", "W^{[1]}", entrywise=True, rounded=False, variable=True),
    Operation("formal", "f(x) = x^2", entrywise=True, rounded=False, variable=True),
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
        of_entries=True,
    ),
    Operation(
        "power",
        "a^2",
        entrywise=True,
        degree="exponent",
        overflows=True,
        counts=True,
        folds=True,
        of_entries=True,
    ),
    Operation("root", r"\sqrt[3]{a}", entrywise=True, counts=True),
    Operation("matmul", "A B", degree="sum"),
    Operation("dot", r"u \cdot v", degree="sum"),
    Operation("transpose", "A^T", degree="first", rounded=False),
    Operation("matrix_power", "A^2, A^{-1}", overflows=True, mixes=True),
    Operation("trace", r"\operatorname{tr}(A)", named="tr", degree="first"),
    Operation("determinant", r"\det(A)", named="det", mixes=True),
    Operation("diagonal", r"\operatorname{diag}(u)", named="diag", degree="first", rounded=False),
    Operation(
        "diagonal_of", r"\operatorname{diag}(A)", named="diag", degree="first", rounded=False
    ),
    Operation("norm", r"\|u\|"),
    # Functions of a number, of a matrix entry by entry.
    _function("log", inverse="exp", has_base=True),
    _function("ln", inverse="exp"),
    _function("exp", r"\exp(a), e^{a}", inverse="log", overflows=True),
    _function("sin", inverse="arcsin"),
    _function("cos", inverse="arccos"),
    _function("tan", inverse="arctan"),
    _function("tanh"),
    _function("sinh", overflows=True),
    _function("cosh", overflows=True),
    _function("cot"),
    _function("arcsin", inverse="sin"),
    _function("arccos", inverse="cos"),
    _function("arctan", inverse="tan"),
    _function("sqrt", r"\sqrt{a}"),
    _function("sign", r"\operatorname{sign}(a)", rounded=False, kink=True),
    _function("abs", "|a|", rounded=False, kink=True),
    # Choices.
    Operation(
        "maximum",
        r"\max(a, b)",
        named="max",
        several=True,
        entrywise=True,
        rounded=False,
        kink=True,
        of_entries=True,
    ),
    Operation(
        "minimum",
        r"\min(a, b)",
        named="min",
        several=True,
        entrywise=True,
        rounded=False,
        kink=True,
        of_entries=True,
    ),
    Operation("compare", "a > b", entrywise=True, rounded=False, kink=True),
    Operation("indicator", r"\mathbb{1}(a > b)", entrywise=True, rounded=False),
    Operation(
        "cases",
        r"\begin{cases} a & \text{if } a > b \\ b & \text{otherwise} \end{cases}",
        entrywise=True,
        rounded=False,
    ),
    # Over an index.
    Operation("sum", r"\sum_i u_i", degree="first", joined_by="add", empty=0.0),
    Operation("prod", r"\prod_i u_i", joined_by="multiply", overflows=True, empty=1.0),
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
    Operation("prime", r"\sin'(a)", of_entries=True),
    Operation("at", r"\left. f \right|_{x = 0}", rounded=False),
    Operation("derivative", r"\frac{\partial J}{\partial w}", differentiates=True),
    Operation(
        "chain", r"\frac{\partial J}{\partial a} \frac{\partial a}{\partial w}", differentiates=True
    ),
)

OPERATIONS = {row.name: row for row in _ROWS}
#: The rows of each word, in the order in which they are tried.
FUNCTIONS: dict[str, tuple[Operation, ...]] = {}
for _row in _ROWS:
    if _word := _row.word or _row.named:
        FUNCTIONS[_word] = (*FUNCTIONS.get(_word, ()), _row)
#: Words of functions of a number; the name of the operation is the word.
FUNCTIONS_OF_NUMBERS = frozenset(row.word for row in _ROWS if row.word)


def operation_of(term: Term) -> Operation:
    """The row of a term's operation.

    Raises:
        KeyError: The table has none: whoever makes such a term adds a row first.
    """
    return OPERATIONS[term.operation]


def is_constant(term: Term) -> bool:
    """Whether a term is made of numbers and sizes only."""
    row = operation_of(term)
    return row.plain or (row.folds and all(map(is_constant, term.arguments)))


def is_added_to_entries(term: Term) -> bool:
    """Whether a number is added to every entry: `v + \\epsilon`, `v - 1`, `v + \\frac{c}{2}`.

    It is made of numbers and symbols for numbers only. Of what is worked out, such as `u^T u`, it is
    more likely that a factor is missing.
    """
    row = operation_of(term)
    if row.plain or (term.operation == "family" and not term.arguments):
        return term.shape == ()
    return row.folds and all(map(is_added_to_entries, term.arguments))


def without_entry(term: Term) -> Term:
    """The whole of which a term takes an entry, a row or a column; any other term itself."""
    while term.operation == "gather":
        term = term.arguments[0]
    return term
