"""Fractions, derivatives, roots, big operators, matrices (see `tex`)."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from dataclasses import replace
from typing import Literal

from nn3doc.equations.tex.binders import binders_of
from nn3doc.equations.tex.brackets import Brackets
from nn3doc.equations.tex.cursor import hold_words
from nn3doc.equations.tex.tokens import ACCENTS, BIG, FONTS, FUNCTIONS, GREEK, TexError
from nn3doc.equations.tex.tree import (
    BigOperator,
    Cases,
    Derivative,
    Dots,
    Fraction,
    Matrix,
    Name,
    Node,
    Number,
    Root,
    Scripted,
)

_MATRICES = frozenset("matrix bmatrix pmatrix vmatrix Bmatrix smallmatrix array cases".split())


_OTHERWISE = frozenset(
    ["otherwise", "else", "elsewhere", "in all other cases", "in any other case"]
)


def _split_order(variable: Node) -> tuple[int, Node]:
    """`x^2` below a derivative is x twice."""
    if isinstance(variable, Scripted) and variable.marks and variable.marks[-1].kind == "power":
        power = variable.marks[-1].value
        if isinstance(power, Number) and power.text.isdigit() and power.text != "0":
            rest = variable.marks[:-1]
            if not rest and not variable.sub:
                return int(power.text), variable.base
            return int(power.text), replace(variable, marks=rest, end=variable.end)
    return 1, variable


def _cases(rows: SequenceOf[tuple[Node | None, ...]], start: int, end: int) -> Node:
    values: list[Node] = []
    conditions: list[Node | None] = []
    for row in rows:
        if not row or row[0] is None:
            raise TexError("a case has no value", start, end)
        values.append(row[0])
        conditions.append(row[1] if len(row) > 1 else None)
    if any(condition is None for condition in conditions[:-1]):
        raise TexError("only the last case may have no condition", start, end)
    return Cases(start, end, tuple(values), tuple(conditions))


class Operators(Brackets):
    """What a control word stands for that takes arguments."""

    def _fraction(self) -> Node:
        """Fraction = "\\frac" argument argument; a derivative where both begin with d or ∂."""
        start = self.token.start
        if (style := self._differential()) is not None:
            return self._derivative(style)
        self.advance()
        numerator = self._argument(split=True)
        denominator = self._argument(split=True)
        return self.scripts(Fraction(start, self._end(), numerator, denominator))

    def _differential(self) -> str | None:
        """Whether the fraction here is a derivative: `partial`, `total` or None."""
        if self.peek().text != "{":
            return None
        place = self.position + 1
        above = self._differential_at(place + 1, above=True)
        depth = 0
        while True:
            token = self.tokens[place]
            if token.kind == "end":
                return None
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            place += 1
            if depth == 0:
                break
        if self.tokens[place].text != "{":
            return None
        below = self._differential_at(place + 1, above=False)
        return above if above is not None and above == below else None

    def _differential_at(self, place: int, above: bool) -> str | None:
        last = len(self.tokens) - 1  # the end of the formula, which a brace may be missing before
        token, following = self.tokens[min(place, last)], self.tokens[min(place + 1, last)]
        if token.text == r"\partial":
            return "partial"
        if token.text == r"\mathrm" and [t.text for t in self.tokens[place + 1 : place + 4]] == [
            "{",
            "d",
            "}",
        ]:
            return "total"
        if token.text == "d" and (
            following.kind == "letter"
            or following.text[1:] in GREEK | FONTS | ACCENTS
            or (above and following.text in ("}", "^", "(", "["))
            or (above and following.text[1:] in FUNCTIONS)
            or following.text == r"\textcolor"
        ):
            return "total"
        return None

    def _take_differential(self, once: bool = False) -> int:
        """Steps over `d` or `\\partial`, with its order; below, the order is the variable's."""
        if self.at("command", r"\mathrm"):
            self.advance()
            self.skip_group()
        else:
            self.advance()
        if not self.at("char", "^"):
            return 1
        self.advance()
        order = self._argument()
        if once:
            raise TexError(
                "below, the order of a derivative stands at the variable",
                order.start,
                order.end,
                "Write \\partial x^2.",
            )
        if not isinstance(order, Number) or not order.text.isdigit():
            raise TexError("the order of a derivative is a number", order.start, order.end)
        return int(order.text)

    def _derivative(self, style: str) -> Node:
        """Derivative = "\\frac{∂^n F}{∂G …}" | "\\frac{∂}{∂G}" term."""
        start = self.advance().start
        self.expect("{")
        order = self._take_differential()
        of = None if self.at("char", "}") else self.sum()
        self.expect("}")
        self.expect("{")
        by: list[Node] = []
        below = self.token
        while not self.at("char", "}"):
            if self.token.text not in ((r"\partial",) if style == "partial" else ("d", r"\mathrm")):
                raise self.unexpected(f"{'∂' if style == 'partial' else 'd'} is expected here")
            self._take_differential(once=True)
            variable = self.factor()
            times, variable = _split_order(variable)
            by.extend([variable] * times)
        self.advance()
        if len(by) != order:
            raise TexError(
                f"the order is {order} above and {len(by)} below", below.start, self._end()
            )
        if of is None:
            if not self.starts_factor():
                raise self.unexpected("what is differentiated is missing")
            of = self.term()
        kind: Literal["partial", "total"] = "partial" if style == "partial" else "total"
        result = Derivative(start, self._end(), kind, of, tuple(by))
        return self._postfix(self.scripts(result) if self.token.text in ("^", "_") else result)

    def _inline_partial(self) -> Node:
        """Partial = "\\partial" factor "/" "\\partial" factor | "\\partial_x" factor."""
        start = self.token.start
        if self.peek().text == "_":
            self.advance()
            self.advance()
            by = self._subscript()
            of = self.factor()
            return Derivative(start, of.end, "partial", of, by)
        order = self._take_differential()
        of = self.factor()
        if not self.at("char", "/"):
            raise self.unexpected("/ \\partial is expected here")
        self.advance()
        by_list: list[Node] = []
        while self.at("command", r"\partial"):
            self._take_differential(once=True)
            times, variable = _split_order(self.factor())
            by_list.extend([variable] * times)
        if len(by_list) != order:
            raise TexError(
                f"the order is {order} above and {len(by_list)} below", start, self._end()
            )
        return Derivative(start, self._end(), "partial", of, tuple(by_list))

    def _nabla(self) -> Node:
        """Nabla = "\\nabla" ["_" variable] ["^2"] factor, the scripts in either order."""
        start = self.advance().start
        by: tuple[Node, ...] = ()
        times = 1
        written = ""
        while self.token.text in ("_", "^"):
            script = self.advance()
            if script.text in written:
                raise TexError(f"a second {script.text}", script.start, script.end)
            written += script.text
            if script.text == "_":
                if self.at("char", "{"):
                    by = (self._argument(),)
                else:  # \nabla_w^2: the 2 belongs to the \nabla
                    symbol = self.factor()
                    power, variable = _split_order(symbol)
                    if power > 2:
                        raise TexError("only \\nabla^2 can be read", symbol.start, symbol.end)
                    times, by = max(times, power), (variable,)
            else:
                exponent = self._argument()
                if not isinstance(exponent, Number) or exponent.text != "2":
                    raise TexError("only \\nabla^2 can be read", exponent.start, exponent.end)
                times = 2
        of = self.factor()
        if not by and times == 2:
            of = Derivative(start, of.end, "nabla", of, ())
        return Derivative(start, of.end, "nabla", of, by * times)

    def _root(self) -> Node:
        """Root = "\\sqrt" ["[" sum "]"] argument."""
        start = self.advance().start
        degree = None
        if self.at("char", "["):
            self.advance()
            degree = self.sum()
            self.expect("]")
        inner = self._argument(split=True)
        return self.scripts(Root(start, self._end(), inner, degree))

    def _big_operator(self, function: Name | None = None) -> Node:
        """Big = "\\sum" "_" binders ["^" argument] term: it reaches to the first + or -."""
        token = self.advance() if function is None else None
        operator = BIG[token.text[1:]] if token else (function.letter[1:] if function else "")
        start = token.start if token else (function.start if function else 0)
        below: list[Node] | None = None
        above: Node | None = None
        while self.token.text in ("_", "^"):
            script = self.advance()
            if (below if script.text == "_" else above) is not None:
                raise TexError(
                    f"a second {script.text}",
                    script.start,
                    script.end,
                    f"Write \\{operator} once for each index.",
                )
            if script.text == "_":
                below = self._below()
            else:
                above = self._argument()
        if below is None:
            raise TexError(
                f"\\{operator} does not say over which index it runs",
                start,
                self._end(),
                f"Write \\{operator}_{{i=1}}^{{n}}.",
            )
        binders = binders_of(operator, below, above)
        if not self.starts_factor():
            raise self.unexpected(f"what \\{operator} runs over is missing")
        body = self.term()
        return BigOperator(start, body.end, operator, binders, body)

    def _below(self) -> list[Node]:
        if not self.at("char", "{"):
            return [self._one_token()]
        self.advance()
        if self.at("command", r"\substack"):
            self.advance()
            self.expect("{")
            items = self._conditions()
            self.expect("}")
        else:
            items = self._conditions()
        self.expect("}")
        return items

    def _conditions(self) -> list[Node]:
        items: list[Node] = []
        while True:
            before = self.position
            try:
                items.append(self.condition())
            except TexError as error:
                self.position = before
                items.append(self.sum())
                if not (self.token.text in (",", ":", "}") or self.at("row")):
                    raise error from None
            if self.at("char", ",") or self.at("row") or self.at("char", ":"):
                self.advance()
            else:
                return items

    def _matrix(self) -> Node:
        """Matrix = "\\begin{bmatrix}" cell ("&" cell)* ("\\\\" …)* "\\end{bmatrix}"."""
        start = self.advance().start
        self.expect("{")
        name = ""
        while not self.at("char", "}"):
            if self.at("end"):
                raise self.unexpected("} is expected here")
            name += self.advance().text
        self.advance()
        if name not in _MATRICES:
            raise TexError(
                f"I cannot read the environment {name} here",
                start,
                self._end(),
                "Matrices stand in bmatrix or pmatrix.",
            )
        if name == "array":
            self.skip_group()
        rows: list[tuple[Node | None, ...]] = []
        row: list[Node | None] = []
        saved, self.closing_bars = self.closing_bars, []
        while True:
            row.append(self._condition() if name == "cases" and row else self._cell())
            if self.at("char", "&"):
                self.advance()
                continue
            rows.append(tuple(row))
            row = []
            if self.at("row"):
                self.advance()
            if self.at("command", r"\end"):
                break
            if self.tokens[self.position - 1].kind != "row":
                raise self.unexpected()
        self.closing_bars = saved
        self.advance()
        self.skip_group()
        if name == "cases":
            return _cases(rows, start, self._end())
        return Matrix(start, self._end(), tuple(rows), name)

    def _cell(self) -> Node | None:
        """Cell = [sum] ","*; words cannot stand in it."""
        while self.at("command", r"\quad"):
            self.advance()
        if self._at_end_of_cell():
            return None
        if self.at("char", "|") and self.peek().text in ("&", r"\end", "\\\\"):
            token = self.advance()
            return Dots(token.start, token.end, "|")
        result = self.sum()
        while self.token.text in (",", ".", r"\quad"):
            self.advance()
        return result

    def _condition(self) -> Node | None:
        """Condition = words [condition words] | "otherwise"; None for the latter."""
        first, words = self.token, self._words_of_case()
        if self._at_end_of_cell():
            if words and words not in _OTHERWISE:
                raise TexError(
                    "these words are no condition",
                    first.start,
                    self._end(),
                    "Write \\text{otherwise}, or a condition such as x > 0.",
                )
            return None
        result = self.condition()
        self._words_of_case()
        return result

    def _words_of_case(self) -> str:
        said = []
        while self.at("text") or self.token.text in (",", ".", r"\quad"):
            token = self.advance()
            if token.kind == "text":
                said.append(hold_words(token))
        return " ".join(said).strip()

    def _at_end_of_cell(self) -> bool:
        return self.at("char", "&") or self.at("row") or self.at("command", r"\end")
