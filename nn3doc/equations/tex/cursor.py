"""A position in the tokens of a formula; what every part of the grammar stands on (see `tex`)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from nn3doc.equations.tex.tokens import RELATIONS, SIZES, TexError, Token
from nn3doc.equations.tex.tree import Node

MAX_DEPTH = 40


_SPELLED = frozenset(
    [r"\mathrm", r"\operatorname", r"\mathsf", r"\mathit"]
)  # words, letter by letter
_IN_WORDS = frozenset(
    ["!", "*", r"\star", "(", ")", ",", ".", ":", "-"]
)  # remarks, not mathematics

_TURNING = re.compile(
    r"\b(not|unless|except|neither|nor|cannot|never|iff|only if|false|wrong|without)\b|n't\b|n’t\b"
)


SIZE_MARKS = frozenset("\\" + size for size in SIZES)


class Cursor(ABC):
    """A position in a list of tokens."""

    def __init__(
        self, tex: str, tokens: list[Token], names: frozenset[str], functions: frozenset[str]
    ) -> None:
        self.tex = tex
        self.tokens = tokens
        self.names = names
        self.functions = functions
        self.position = 0
        self.depth = 0
        self.closing_bars: list[str] = []

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def at(self, kind: str, text: str | None = None) -> bool:
        """Whether the next token is this one."""
        return self.token.kind == kind and (text is None or self.token.text == text)

    def advance(self) -> Token:
        """Takes the next token."""
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def expect(self, text: str, what: str = "") -> Token:
        """Takes the next token, which must be this one."""
        if self.token.text != text:
            raise self.unexpected(f"{what or text} is expected here")
        return self.advance()

    def unexpected(self, message: str = "") -> TexError:
        """The next token does not fit."""
        token = self.token
        if token.kind == "end":
            last = self.tokens[self.position - 1] if self.position else token
            return TexError(message or "the formula ends too early", max(last.end - 1, 0), last.end)
        return TexError(message or f"I cannot read {token.text} here", token.start, token.end)

    def skip_group(self) -> None:
        """Steps over one argument."""
        if not self.at("char", "{"):
            self.advance()
            return
        depth = 0
        while True:
            token = self.advance()
            if token.kind == "end":
                raise self.unexpected("} is expected here")
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if depth == 0:
                return

    def over_relation(self) -> bool:
        """Whether an `\\overset` here puts something above a relation."""
        before = self.position
        self.advance()
        self.skip_group()
        if self.at("char", "{"):
            self.advance()
        relation = self.token.text.lstrip("\\") in RELATIONS
        self.position = before
        return relation

    def words(self) -> str | None:
        """Steps over one argument; its text where it is words only: `\\text{old}`, `(3)`, `!`."""
        first = self.position
        self.skip_group()
        inside = [token for token in self.tokens[first : self.position] if token.text not in "{}"]
        spelled = any(token.text in _SPELLED for token in inside)
        said = ""
        for place, token in enumerate(inside):
            bracketed = token.kind == "number" and {"(", ")"} == {
                inside[place - 1].text,
                inside[(place + 1) % len(inside)].text,
            }
            if token.kind == "text" or (spelled and token.kind == "letter") or bracketed:
                said += token.text
            elif token.text not in _SPELLED and token.text not in _IN_WORDS:
                return None
        return said

    def _end(self) -> int:
        return self.tokens[self.position - 1].end

    # What the grammar's other parts need of each other.

    @abstractmethod
    def sum(self) -> Node:
        """Sum = [sign] term (sign term)*."""

    @abstractmethod
    def term(self) -> Node:
        """Term = product (operation product)*."""

    @abstractmethod
    def factor(self) -> Node:
        """Factor = atom scripts | call | big operator | derivative."""

    @abstractmethod
    def starts_factor(self) -> bool:
        """Whether the next token begins a factor."""

    @abstractmethod
    def condition(self) -> Node:
        """Condition = sum relation sum."""

    @abstractmethod
    def subscript_item(self) -> Node:
        """Item = ":" | text | sum."""


def hold_words(token: Token) -> str:
    """The words of a text, lower case: they may say when a statement holds, not turn it around.

    Raises:
        TexError: They do.
    """
    said = token.text.strip(" ~,.;:()").lower()
    if _TURNING.search(said):
        raise TexError(
            "these words change what the formula says",
            token.start,
            token.end,
            "Say it outside of the formula, or by a sign such as \\ne.",
        )
    return said
