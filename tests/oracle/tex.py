"""SymPy's TeX, with the few things written that it has no usual form for."""

from __future__ import annotations

from random import Random
from typing import Any

from sympy import Add, Heaviside, Integer, Rational
from sympy.printing.latex import LatexPrinter

# Forms that SymPy itself offers; a page may be written in any of them.
_STYLES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"mul_symbol": "dot"},
    {"ln_notation": True},
    {"fold_func_brackets": True},
    {"root_notation": False},
    {"mat_str": "bmatrix", "mat_delim": ""},
    {"mat_str": "pmatrix", "mat_delim": ""},
)


class _Printer(LatexPrinter):
    """The printer of SymPy; a step is written as an indicator: `\\mathbb{1}(x > 3)`."""

    def _print_Heaviside(self, node: Heaviside, exp: str | None = None) -> str:
        argument, edge = node.args
        relation = r"\geq" if edge == 1 else ">"
        left, right = argument, Integer(0)
        if isinstance(argument, Add):
            number, rest = argument.as_coeff_Add()
            left, right = rest, -number
        written = rf"\mathbb{{1}}({self._print(left)} {relation} {self._print(right)})"
        return written if exp is None else rf"{written}^{{{exp}}}"


def style(random: Random) -> dict[str, Any]:
    """One of the forms of TeX that SymPy writes."""
    return random.choice(_STYLES)


def tex(expression: Any, form: dict[str, Any]) -> str:
    """An expression in TeX."""
    printer = _Printer(dict(form))
    written: str = printer.doprint(expression)
    return written


def number_tex(value: Rational) -> str:
    """A number as a person writes it: 2.5 for 5/2, if it has few digits."""
    decimal = f"{float(value):.4f}".rstrip("0").rstrip(".")
    return decimal if Rational(decimal) == value else tex(value, {})
