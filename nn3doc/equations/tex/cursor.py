"""A position in the tokens of a formula: the one state that the productions of the grammar share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from nn3doc.equations.tex.tokens import TexError, Token
from nn3doc.equations.tex.tree import Node

MAX_DEPTH = 40

Read = TypeVar("Read")


class DeepError(TexError):
    """Something is nested too deep; no place in it is more at fault than another."""


@dataclass(slots=True)
class Cursor:
    """A position in a list of tokens.

    Attributes:
        tex: The formula.
        tokens: Its tokens; the last one has the kind `end`.
        names: Symbols of several letters.
        functions: Letters that are functions.
        position: Which token is next.
        depth: How many expressions and factors are open around it.
        closing_bars: The bars that close what is open, the innermost last: there a bar ends a product.
        expressions: What was read at a position within these bars, or why not, and where it ended.
    """

    tex: str
    tokens: list[Token]
    names: frozenset[str]
    functions: frozenset[str]
    position: int = 0
    depth: int = 0
    closing_bars: tuple[str, ...] = ()
    expressions: dict[tuple[int, tuple[str, ...]], tuple[Node | TexError, int]] = field(
        default_factory=dict
    )

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.position]

    @property
    def end(self) -> int:
        """Where the last token that was taken ends."""
        return self.tokens[self.position - 1].end

    def peek(self, ahead: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def at(self, kind: str, text: str | None = None) -> bool:
        """Whether the next token is this one."""
        token = self.tokens[self.position]
        return token.kind == kind and (text is None or token.text == text)

    def advance(self) -> Token:
        """Takes the next token."""
        token = self.tokens[self.position]
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

    def split_number(self) -> None:
        """Puts two tokens for a numeral, its first digit and the others: `\\frac12` as TeX reads it."""
        token = self.token
        if len(token.text) > 1 and token.end - token.start == len(token.text):
            middle = token.start + 1
            self.tokens[self.position : self.position + 1] = [
                Token("number", token.text[0], token.start, middle),
                Token("number", token.text[1:], middle, token.end),
            ]
            self.expressions.clear()  # behind it every position is another one now

    def move_to(self, position: int) -> None:
        """Goes on at another token."""
        self.position = position

    def once(self, production: Callable[[Cursor], Node]) -> Node:
        """The expression here, read once: an attempt that steps back would double the time each level.

        Args:
            production: What reads it.
        """
        key = self.position, self.closing_bars
        if key not in self.expressions:
            result: Node | TexError
            try:
                result = production(self)
            except TexError as error:
                result = error
            self.expressions[key] = result, self.position
        result, self.position = self.expressions[key]
        if isinstance(result, TexError):
            raise result
        return result

    def attempt(self, production: Callable[[Cursor], Read | None]) -> Read | None:
        """What a production reads; if it does not fit, nothing is consumed and it is None."""
        position = self.position
        try:
            result = production(self)
        except TexError:
            result = None
        if result is None:
            self.position = position
        return result

    @contextmanager
    def elsewhere(self, position: int) -> Iterator[None]:
        """Reads at another token and comes back."""
        here, self.position = self.position, position
        try:
            yield
        finally:
            self.position = here

    @contextmanager
    def nested(self, most: int) -> Iterator[None]:
        """One level deeper.

        Raises:
            DeepError: There are more levels than `most`; Python could not follow for ever.
        """
        self.depth += 1
        try:
            if self.depth > most:
                raise DeepError(
                    f"this formula is nested more than {MAX_DEPTH} deep",
                    self.token.start,
                    self.token.end,
                    "Name a part of it.",
                )
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def closed_by(self, *bars: str) -> Iterator[None]:
        """Inside, these bars close what is open; those from outside only where they are given."""
        outside, self.closing_bars = self.closing_bars, bars
        try:
            yield
        finally:
            self.closing_bars = outside
