"""Brackets, bars, braces below and above: whatever encloses (see `tex`)."""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.tex.cursor import SIZE_MARKS
from nn3doc.equations.tex.scripts import Scripts
from nn3doc.equations.tex.tokens import TexError, Token
from nn3doc.equations.tex.tree import (
    At,
    Bars,
    Dots,
    Group,
    Inner,
    Node,
    Number,
    Product,
    Sequence,
    Set,
    Shaped,
    Sum,
    Tuple,
    same,
    stepped,
)

OPEN = {"(": ")", "[": "]", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\lbrack": r"\rbrack"}


BARS = {
    "|": "|",
    r"\lvert": r"\rvert",
    r"\vert": r"\vert",
    r"\Vert": r"\Vert",
    r"\lVert": r"\rVert",
}


def sequence(items: tuple[Node, ...]) -> Sequence:
    """`1, 2, \\dots, n` without its dots: what stands between is the next number.

    Raises:
        TexError: It is another one.
    """
    first, *others, last = items
    place = first
    for item in others:
        if not _follows(place, item):
            raise TexError(
                "what the dots leave out cannot be told here",
                first.start,
                last.end,
                "Write the first number, the next, dots and the last: 1, 2, \\dots, n.",
            )
        place = item
    return Sequence(first.start, last.end, first, last)


def _follows(first: Node, following: Node) -> bool:
    """Whether one number or letter is the other and 1, or less 1."""
    (one, step), (other, further) = stepped(first), stepped(following)
    return abs(further - step) == 1 and (
        one is other if one is None or other is None else same(one, other)
    )


class Brackets(Scripts):
    """Whatever has an opening and a closing mark."""

    def _brackets(self, bare: bool = False) -> Node:
        """Brackets = open sum ("," sum)* close scripts; open may have `\\left` or `\\big` before."""
        start = self.token.start
        if self.token.text == r"\left" or self.token.text in SIZE_MARKS:
            self.advance()
            if self.at("char", "."):
                return self._evaluated(start)
            if self.token.text in BARS:
                return self._bars(start)
        opening = self.advance()
        if opening.text not in OPEN:
            raise TexError("a bracket is expected here", opening.start, opening.end)
        saved, self.closing_bars = self.closing_bars, [r"\Vert"] if self._is_divided() else []
        items = self._items(opening)
        self.closing_bars = saved
        closing = self._close(opening, OPEN[opening.text], len(items) == 2)
        end = self._end()
        result: Node
        if opening.text in (r"\{", r"\lbrace") and not (bare and len(items) == 1):
            if len(items) == 1 and not isinstance(items[0], Sequence | Number | Tuple):
                result = Group(start, end, items[0])
            else:
                result = Set(start, end, tuple(items))
        elif len(items) == 1 and not isinstance(items[0], Sequence):
            result = Group(start, end, items[0])
        else:
            result = Tuple(start, end, tuple(items), opening.text[-1] + closing.text[-1])
        return result if bare else self.scripts(result)

    def _items(self, opening: Token) -> list[Node]:
        items: list[Node] = []
        while True:
            while self.at("command", r"\quad") or self.at("row"):
                self.advance()
            if self.token.kind == "end":
                raise TexError(
                    f"this {opening.text} is never closed",
                    opening.start,
                    opening.end,
                    f"Close it with {OPEN[opening.text]}.",
                )
            items.append(self.sum())
            if self.token.text in (",", ";", r"\mid") or (
                self.token.text == r"\Vert" and self.closing_bars == [r"\Vert"]
            ):
                self.advance()
            else:
                break
        if len(items) > 2 and isinstance(items[-2], Dots):
            return [sequence((*items[:-2], items[-1]))]
        return items

    def _is_divided(self) -> bool:
        """Whether a lone `\\|` divides the arguments here: `KL(p \\| q)`."""
        depth, bars, place = 0, 0, self.position
        while depth >= 0 and self.tokens[place].kind != "end":
            text = self.tokens[place].text
            if text in ("(", "[", "{", r"\{"):
                depth += 1
            elif text in (")", "]", "}", r"\}"):
                depth -= 1
            elif text == r"\Vert" and depth == 0:
                bars += 1
            place += 1
        return bars == 1

    def _close(self, opening: Token, closing: str, interval: bool = False) -> Token:
        if self.token.text == r"\right" or self.token.text in SIZE_MARKS:
            self.advance()
        allowed = {closing} | ({")", "]"} if interval else set())
        if self.token.text not in allowed:
            if self.token.kind == "end":
                raise TexError(
                    f"this {opening.text} is never closed",
                    opening.start,
                    opening.end,
                    f"Close it with {closing}.",
                )
            if self.token.text in (")", "]", r"\}", "}"):
                raise TexError(
                    f"this {self.token.text} closes a {opening.text}",
                    self.token.start,
                    self.token.end,
                    f"Write {closing}.",
                )
            raise self.unexpected()
        return self.advance()

    def _evaluated(self, start: int) -> Node:
        """At = "\\left." sum "\\right|" "_" subscript."""
        self.advance()
        inner = self.sum()
        self.expect(r"\right")
        if self.token.text not in BARS:
            raise self.unexpected("| is expected here")
        self.advance()
        return self._places(inner, start)

    def _postfix(self, inner: Node) -> Node:
        """`F \\big|_{x = 0}`."""
        if self.token.text in SIZE_MARKS and self.peek().text == "|" and self.peek(2).text == "_":
            self.advance()
            self.advance()
            return self._places(inner, inner.start)
        return inner

    def _places(self, inner: Node, start: int) -> Node:
        self.expect("_", "_{x = …} (at which place)")
        self.expect("{")
        places = [self.condition()]
        while self.at("char", ","):
            self.advance()
            places.append(self.condition())
        self.expect("}")
        return At(start, self._end(), inner, tuple(places))

    def _bars(self, start: int | None = None) -> Node:
        """Bars = "|" sum "|" | "\\|" sum "\\|", with scripts."""
        opening = self.advance()
        double = opening.text in (r"\Vert", r"\lVert")
        if opening.text == "|" and self.at("char", "|"):
            self.advance()
            double = True
        closing = BARS[opening.text]
        self.closing_bars.append(closing)
        inner = self.sum()
        self.closing_bars.pop()
        if self.token.text == r"\right" or self.token.text in SIZE_MARKS:
            self.advance()
        for _ in range(2 if double and opening.text == "|" else 1):
            if self.token.text != closing:
                one, other = opening.text, closing
                if opening.end - opening.start == 2:  # the tokens know it as \Vert
                    one = other = r"\|"
                raise TexError(
                    f"this {one} is never closed",
                    opening.start,
                    opening.end,
                    f"Close it with {other}.",
                )
            self.advance()
        return self.scripts(
            Bars(opening.start if start is None else start, self._end(), inner, double)
        )

    def _inner(self) -> Node:
        """Inner = "\\langle" sum "," sum "\\rangle"."""
        opening = self.advance()
        left = self.sum()
        self.expect(",")
        right = self.sum()
        self.expect(r"\rangle")
        return Inner(opening.start, self._end(), left, right)

    def _brace(self) -> Node:
        """Brace = "\\underbrace" argument ["_" label]; its label stands on the side of the brace."""
        command = self.advance()
        start = command.start
        inner = self._argument()
        if self.token.text == ("_" if command.text == r"\underbrace" else "^"):
            self.advance()
            return self._labelled(inner, start)
        return Group(start, self._end(), inner) if isinstance(inner, Sum) else inner

    def _underset(self) -> Node:
        """Underset = "\\underset" label argument."""
        start = self.advance().start
        before = self.position
        self.skip_group()
        inner = self._argument()
        after = self.position
        self.position = before
        result = self._labelled(inner, start)
        self.position = after
        return replace(result, end=self._end())

    def _labelled(self, inner: Node, start: int) -> Node:
        before = self.position
        words = self.words()
        if words is None:
            self.position = before
            first = self.token
            try:
                label: Node | None = self._argument()
            except TexError:
                label = None
                self.position = before
                self.skip_group()
            if isinstance(label, Product) and label.operation == "times":
                label = Tuple(label.start, label.end, label.factors, "()")
            if not isinstance(label, Tuple):
                raise TexError(
                    "what stands here is neither words nor sizes",
                    first.start,
                    self._end(),
                    "Write words as \\text{…}, sizes as (n, m), and an equation on its own.",
                )
            return Shaped(start, self._end(), inner, label)
        return Group(start, self._end(), inner) if isinstance(inner, Sum) else inner
