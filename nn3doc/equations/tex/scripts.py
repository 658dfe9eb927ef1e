"""Letters with their accents, fonts, subscripts and superscripts (see `tex`).

scripts  = ("_" argument | "^" argument | "'"*)*
argument = "{" sum "}" | one token
"""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.tex.cursor import Cursor
from nn3doc.equations.tex.tokens import ACCENTS, FONTS, GREEK, TexError, Token
from nn3doc.equations.tex.tree import (
    Mark,
    MarkKind,
    Name,
    Node,
    Number,
    Scripted,
    Set,
    Sum,
    Text,
    Tuple,
)

_SAME_ACCENT = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}


_SAME_FONT = {
    "boldsymbol": "mathbf",
    "bm": "mathbf",
    "operatorname": "mathrm",
    "textbf": "mathbf",
    "textrm": "mathrm",
    "textit": "mathit",
}


_TRANSPOSES = frozenset(["T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}"])


_SIGNS = frozenset(["+", "*", ">", "<", "ge", "geq", "le", "leq", "gt", "lt"])


def _takes_whole_power(base: Node) -> bool:
    """Where a power is one expression even if it starts with a bracket: ℝ^{(…)}, e^{(…)}, sets."""
    if isinstance(base, Set | Tuple | Number):
        return True
    return isinstance(base, Name) and (base.letter == "e" or base.letter.startswith(r"\mathbb{"))


class Scripts(Cursor):
    """Letters and what stands above and below them."""

    def _argument(self, split: bool = False) -> Node:
        """Argument = "{" sum "}" | one token; `\\frac12` splits the 12 as TeX does."""
        if not self.at("char", "{"):
            if split and self.token.kind == "number" and self.token.text.isdigit():
                self._split_number()
            return self._one_token()
        self.advance()
        if self.at("char", "}"):
            raise self.unexpected("the braces are empty")
        inner = self.sum()
        self.expect("}", "} (what stands before it is read)")
        return inner

    def _split_number(self) -> None:
        token = self.token
        if len(token.text) > 1 and token.end - token.start == len(token.text):
            middle = token.start + 1
            self.tokens[self.position : self.position + 1] = [
                Token("number", token.text[0], token.start, middle),
                Token("number", token.text[1:], middle, token.end),
            ]

    def _one_token(self) -> Node:
        token = self.token
        if token.kind == "number" and len(token.text) > 1:
            raise TexError(
                f"TeX takes only the {token.text[0]} of {token.text} here",
                token.start,
                token.end,
                f"Write {{{token.text}}}.",
            )
        if token.kind in ("number", "letter") or token.text[1:] in GREEK:
            self.advance()
            if token.kind == "number":
                return Number(token.start, token.end, token.text)
            return Name(token.start, token.end, token.text)
        if token.kind == "command":
            return self.factor()
        raise self.unexpected("an argument in braces is expected here")

    def letters(self) -> list[Token]:
        """The letters that follow side by side, accents and fonts applied; nothing is decided."""
        found: list[Token] = []
        while (letter := self._letter()) is not None:
            found.append(letter)
        return found

    def _letter(self) -> Token | None:
        token = self.token
        if token.kind == "letter":
            return self.advance()
        if token.kind != "command":
            return None
        word = token.text[1:]
        if word in GREEK:
            return self.advance()
        if word in ACCENTS:
            self.advance()
            inner = self._decorated(token)
            accent = _SAME_ACCENT.get(word, word)
            return replace(token, kind="letter", text=f"\\{accent}{{{inner}}}", end=self._end())
        if word in FONTS:
            self.advance()
            inner = self._decorated(token)
            font = _SAME_FONT.get(word, word)
            text = inner if font == "mathit" else f"\\{font}{{{inner}}}"
            return replace(token, kind="letter", text=text, end=self._end())
        return None

    def _decorated(self, command: Token) -> str:
        """The letters below an accent or in a font: `{y}`, ` y`, `{\\mathbf{y}}`, `{sigmoid}`."""
        braces = self.at("char", "{")
        if braces:
            self.advance()
        text = ""
        while not self.at("char", "}"):
            token = self.token
            if token.text in ("^", "_"):
                raise TexError(
                    f"{command.text} goes around the letter only",
                    command.start,
                    token.end,
                    f"Close its brace before the {token.text}.",
                )
            if token.kind == "number" or token.text in ("-", "*"):
                text += self.advance().text
            else:
                letter = self._letter()
                if letter is None:
                    raise self.unexpected(f"a letter is expected behind {command.text}")
                text += letter.text
            if not braces:
                return text
        self.advance()
        return text

    def name(self, letter: str, start: int, end: int) -> Name:
        """A name node."""
        return Name(start, end, letter)

    def _position_of(self, letter: Token) -> int:
        """Where the last token of a letter stands in the list."""
        place = self.position - 1
        while self.tokens[place].end > letter.end:
            place -= 1
        return place

    def scripts(self, base: Node) -> Node:
        """Scripts = ("_" argument | "'"* ["^" argument])*, each at most once."""
        sub: tuple[Node, ...] | None = None
        marks: tuple[Mark, ...] | None = None
        while True:
            token = self.token
            if self.at("char", "_"):
                if sub is not None:
                    raise TexError("a second _", token.start, token.end, "Write _{a,b}.")
                self.advance()
                sub = self._subscript()
            elif self.at("char", "^") or self.at("char", "'"):
                primes = marks if marks and all(mark.kind == "prime" for mark in marks) else ()
                if primes and token.text == "^":  # f'^2: the square of the derivative
                    marks = (*primes, *self._superscript(base))
                    continue
                if marks is not None:
                    raise TexError(
                        "a second ^",
                        token.start,
                        token.end,
                        "Put both into one: ^{[1]T}; or brackets around what stands before it.",
                    )
                marks = self._primes() if token.text == "'" else self._superscript(base)
            else:
                break
        if sub is None and marks is None:
            return base
        return Scripted(base.start, self._end(), base, sub or (), marks or ())

    def _primes(self) -> tuple[Mark, ...]:
        marks = []
        while self.at("char", "'"):
            token = self.advance()
            marks.append(Mark(token.start, token.end, "prime"))
        return tuple(marks)

    def _subscript(self) -> tuple[Node, ...]:
        if not self.at("char", "{"):
            if self.token.text in ("+", "-", "*"):  # a part of the name: ℝ_+
                sign = self.advance()
                return (Text(sign.start, sign.end, sign.text),)
            if self.token.text == r"\infty":  # the largest entry: \|x\|_\infty
                sign = self.advance()
                return (Name(sign.start, sign.end, sign.text),)
            return (self._one_token(),)
        self.advance()
        items: list[Node] = []
        if self.token.text.lstrip("\\") in _SIGNS:  # ℝ_{>0}, ℝ_{++}
            first = self.token
            while not self.at("char", "}") and not self.at("end"):
                self.advance()
            last = self.expect("}")
            return (Text(first.start, last.start, self.tex[first.start : last.start]),)
        while True:
            if self.at("text"):
                token = self.advance()
                items.append(Text(token.start, token.end, token.text))
            else:
                items.append(self.subscript_item())
            if self.at("char", ","):
                self.advance()
            elif self.at("char", "}"):
                self.advance()
                return tuple(items)
            else:
                raise self.unexpected()

    def _superscript(self, base: Node) -> tuple[Mark, ...]:
        caret = self.advance()
        if not self.at("char", "{"):
            token = self.token
            if token.text in _TRANSPOSES:
                self.advance()
                return (Mark(token.start, token.end, "transpose"),)
            if simple := self._simple_mark():
                return (simple,)
            value = self._one_token()
            return (Mark(value.start, value.end, "power", value),)
        self.advance()
        whole = _takes_whole_power(base)
        marks: list[Mark] = []
        while not self.at("char", "}"):
            token = self.token
            if self.at("end"):
                raise TexError("this ^{ is never closed", caret.start, caret.end + 1)
            if not whole and token.text in ("[", "(", r"\langle"):
                marks.append(self._bracket_mark())
            elif self._at_transpose():
                letter = (
                    self.advance()
                    if token.kind != "command" or token.text in (r"\top", r"\intercal")
                    else self._letter()
                )
                marks.append(Mark(token.start, letter.end if letter else token.end, "transpose"))
            elif token.text == "-" and self.peek().text in _TRANSPOSES and self.peek(2).text == "}":
                minus, letter = self.advance(), self.advance()
                one = Number(minus.start, minus.end, "1")
                inverse = Sum(minus.start, minus.end, (one,), (-1,))
                marks.append(Mark(minus.start, minus.end, "power", inverse))
                marks.append(Mark(letter.start, letter.end, "transpose"))
            elif simple := self._simple_mark():
                marks.append(simple)
            else:
                value = self.sum()
                marks.append(Mark(value.start, value.end, "power", value))
                if not self.at("char", "}") and not self._at_transpose():
                    raise self.unexpected()
        self.advance()
        if not marks:
            raise TexError("an empty exponent", caret.start, caret.end)
        return tuple(marks)

    def _at_transpose(self) -> bool:
        """`T` is a transpose only where it ends the superscript: `^{T-1}` is a power."""
        if self.token.text in (r"\top", r"\intercal"):
            return True
        if self.token.text == "T":
            return self.peek().text == "}"
        return self.token.text in (r"\mathsf", r"\mathrm") and [
            self.peek(ahead).text for ahead in (1, 2, 3)
        ] == ["{", "T", "}"]

    def _simple_mark(self) -> Mark | None:
        token = self.token
        kinds: dict[str, MarkKind] = {
            r"\prime": "prime",
            "'": "prime",
            "*": "star",
            r"\star": "star",
            r"\ast": "star",
        }
        if token.text not in kinds:
            return None
        self.advance()
        return Mark(token.start, token.end, kinds[token.text])

    def _bracket_mark(self) -> Mark:
        opening = self.advance()
        closing = {"[": "]", "(": ")", r"\langle": r"\rangle"}[opening.text]
        kinds: dict[str, MarkKind] = {"[": "bracket", "(": "paren", r"\langle": "angle"}
        value = self.sum()
        self.expect(closing)
        return Mark(opening.start, self._end(), kinds[opening.text], value)
