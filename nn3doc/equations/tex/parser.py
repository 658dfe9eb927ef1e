"""Reads the TeX of one formula into a tree, or says where and why it cannot.

The grammar refuses what it does not know and what can be read in two ways; it never guesses. Each
function's docstring is its production, so grammar and code stay together.

    formula   = (statement | bracketed) (separator (statement | bracketed))*
    separator = "," | ";" | "." | "\\\\" | "\\quad" | "\\text{…}" | an arrow
    statement = listing "\\in" sum | sum (relation sum)* | function ":" map

Every letter is one symbol unless the lexicon names a longer one (`dW`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from nn3doc.equations.tex.binders import with_all_bound
from nn3doc.equations.tex.brackets import sequence
from nn3doc.equations.tex.cursor import hold_words
from nn3doc.equations.tex.decorated import with_index_names
from nn3doc.equations.tex.factors import FactorParser
from nn3doc.equations.tex.tokens import (
    ARROWS,
    RELATIONS,
    TexError,
    Token,
    hold_commas,
    joined,
    tokenize,
    without_plain_braces,
)
from nn3doc.equations.tex.tree import (
    Colon,
    Condition,
    Dots,
    Formula,
    Listing,
    MapType,
    Node,
    Relation,
    Shaped,
    Tuple,
)

__all__ = ["Lexicon", "TexError", "parse", "parse_symbol"]

_ALIGNING = frozenset(
    "aligned align align* alignedat split gather gather* gathered equation equation* multline"
    " multline* eqnarray eqnarray*".split()
)
_CONTINUES = frozenset(["+", "-", r"\cdot", r"\odot", r"\times", r"\circ", "/"])
_CONDITIONS = ("if", "when", "for", "whenever", "near", "around", "close to")


@dataclass(frozen=True)
class Lexicon:
    """What a page's notation says about letters.

    Attributes:
        names: Symbols of several letters, each in its canonical spelling: `dW`.
        functions: Letters that are functions, so that `f(x)` is not a product.
    """

    names: frozenset[str] = field(default_factory=frozenset)
    functions: frozenset[str] = field(default_factory=frozenset)


@lru_cache(maxsize=20_000)  # a page is read again with every page that builds on it
def parse(tex: str, lexicon: Lexicon | None = None) -> Formula:
    """The tree of a formula.

    Args:
        tex: What stands between the dollar signs.
        lexicon: Longer names and functions.

    Raises:
        TexError: The TeX is not well formed, or its meaning is not certain.
    """
    return _Parser(tex, lexicon or Lexicon()).formula()


def parse_symbol(tex: str) -> Node:
    """The one symbol of a table's cell: all its letters are one name, `dW^{[l]}`.

    Raises:
        TexError: There is something else than one symbol with its scripts.
    """
    parser = _Parser(tex, Lexicon())
    return parser.whole_symbol()


class _Parser(FactorParser):
    """A formula's statements; what they are made of is in `FactorParser`."""

    def __init__(self, tex: str, lexicon: Lexicon) -> None:
        tokens, self.labels, self.references = _without_labels(tokenize(tex))
        tokens = without_plain_braces(tokens)
        hold_commas(tokens)
        super().__init__(tex, _without_alignment(tokens), lexicon.names, lexicon.functions)

    def formula(self) -> Formula:
        """Formula = statement (separator statement)*."""
        statements: list[Node] = []
        word = ""
        while True:
            new_word = self._separators()
            word = new_word if new_word is not None else word
            if self.at("end"):
                break
            bracketed = self.attempt(self._in_brackets)
            if isinstance(bracketed, Formula):
                statements.extend(bracketed.statements)
                continue
            statement = self._statement()
            if word.startswith(_CONDITIONS):
                statement = Condition(statement.start, statement.end, statement, word.split()[0])
            statements.append(statement)
            if not self.at("end") and not self._at_separator():
                raise self.unexpected()
        return Formula(
            0,
            len(self.tex),
            with_all_bound(with_index_names(statements)),
            tuple(self.labels),
            tuple(self.references),
        )

    def whole_symbol(self) -> Node:
        """Symbol = letter+ scripts."""
        first = self.token
        letters = self.letters()
        if not letters:
            raise TexError("a symbol is expected here", first.start, first.end)
        last = letters[-1]
        name = self.name(joined(letter.text for letter in letters), first.start, last.end)
        result = self.scripts(name)
        if not self.at("end"):
            raise self.unexpected("only one symbol with its scripts can stand here")
        return with_index_names([result])[0]

    def _at_separator(self) -> bool:
        token = self.token
        return (
            token.kind in ("row", "text")
            or (token.kind == "char" and token.text in (",", ";", ".", "&"))
            or token.text in (r"\quad", r"\forall")
            or (token.kind == "command" and token.text[1:] in ARROWS and token.text != r"\colon")
        )

    def _separators(self) -> str | None:
        """Steps over separators; the last words that stood between, lower case, or None."""
        word: str | None = None
        while self._at_separator():
            token = self.advance()
            said = hold_words(token) if token.kind == "text" else ""
            if said == "or" or token.text == r"\lor":
                raise TexError(
                    "one statement or another cannot be checked",
                    token.start,
                    token.end,
                    "Write each on its own, or say it in the text.",
                )
            if token.kind == "text":
                if said not in ("and", ""):
                    word = said
            elif token.text == r"\forall":
                word = "for all"
            elif token.kind in ("row", "command") and token.text != r"\quad":
                word = ""
        return word

    def _statement(self) -> Node:
        """Statement = listing "\\in" sum | sum (relation sum)* ["," dots "," sum]."""
        listing = self.attempt(self._listing)
        if listing is not None:
            return listing
        sides = [self.sum()]
        operators: list[str] = []
        if self.at("char", ":") or self.at("command", r"\colon"):
            return self._typed(sides[0])
        while self._at_relation():
            operators.append(self._relation())
            sides.append(self.sum())
        if operators:
            sides[-1] = self._sequence(sides[-1])
            return Relation(sides[0].start, sides[-1].end, tuple(sides), tuple(operators))
        if isinstance(sides[0], Dots):
            raise TexError("dots alone say nothing", sides[0].start, sides[0].end)
        return sides[0]

    def _in_brackets(self) -> Node | None:
        """Bracketed = "(" statement ("," statement)* ")", such as `(l = 1, \\dots, L)`."""
        if not self.at("char", "("):
            return None
        opening = self.advance()
        inner: list[Node] = []
        while not self.at("char", ")"):
            self._separators()
            inner.append(self._statement())
            if not isinstance(inner[-1], Relation):
                return None
            self._separators()
        closing = self.advance()
        whole = Formula(opening.start, closing.end, tuple(inner), (), ())
        return whole if self.at("end") or self._at_separator() else None

    def _listing(self) -> Node | None:
        """Listing = sum ("," sum)+ "\\in" sum."""
        items = [self.sum()]
        while self.at("char", ","):
            self.advance()
            while self.at("command", r"\quad"):
                self.advance()
            if self.at("end"):
                return None
            items.append(self.sum())
        if len(items) < 2 or not self.at("command", r"\in"):
            return None
        self.advance()
        inside = self.sum()
        names = Listing(items[0].start, items[-1].end, tuple(items))
        return Relation(names.start, inside.end, (names, inside), ("in",))

    def _typed(self, subject: Node) -> Node:
        """Typed = sum ":" (tuple | sum "\\to" sum)."""
        colon = self.advance()
        target = self.sum()
        if self.at("command", r"\to") or self.at("command", r"\rightarrow"):
            self.advance()
            result = self.sum()
            kind = MapType(target.start, result.end, target, result)
            return Relation(subject.start, kind.end, (subject, kind), ("colon",))
        if isinstance(target, Tuple):
            return Shaped(subject.start, target.end, subject, target)
        raise TexError(
            "behind a colon I expect sizes, (n, m), or a map, A \\to B",
            colon.start,
            target.end,
            "For a definition write := or =.",
        )

    def _sequence(self, first: Node) -> Node:
        """Sequence = sum ("," sum)* "," dots "," sum."""
        rest = self.attempt(self._rest_of_sequence)
        if not isinstance(rest, Listing):
            return first
        return sequence((first, *rest.items))

    def _rest_of_sequence(self) -> Node | None:
        items: list[Node] = []
        for _ in range(4):
            if not self.at("char", ","):
                return None
            self.advance()
            items.append(self.sum())
            if isinstance(items[-1], Dots):
                if not self.at("char", ","):
                    return None
                self.advance()
                items[-1] = self.sum()
                return Listing(items[0].start, items[-1].end, tuple(items))
        return None

    def _at_relation(self) -> bool:
        token = self.token
        if token.text in (r"\overset", r"\underset"):
            return self.over_relation()
        return token.text.lstrip("\\") in RELATIONS or token.text == r"\stackrel"

    def _relation(self) -> str:
        """Relation = "=" | ":=" | "\\in" | … | "\\stackrel{…}" relation."""
        token = self.advance()
        if token.text in (r"\stackrel", r"\overset", r"\underset"):
            label = self.token
            words = self.words()
            if words is None:
                raise TexError(
                    "what stands above this sign may change its meaning",
                    label.start,
                    self._end(),
                    "Write words as \\text{…}, or say it in the text.",
                )
            braced = self.at("char", "{")
            if braced:
                self.advance()
            if not self._at_relation():
                raise self.unexpected("a relation such as = is expected here")
            inner = self._relation()
            if braced:
                self.expect("}")
            defined = words.strip(" .").lower() in ("def", "definition")
            return ":=" if defined and inner == "=" else inner
        return RELATIONS[token.text.lstrip("\\")]

    def attempt(self, production: Callable[[], Node | None]) -> Node | None:
        """What a production reads; if it does not fit, nothing is consumed and it is None."""
        position = self.position
        try:
            result = production()
        except TexError:
            result = None
        if result is None:
            self.position = position
        return result

    def condition(self) -> Node:
        """Condition = sum relation sum: inside an indicator, below a sum, in a case."""
        left = self.sum()
        sides, operators = [left], []
        while self._at_relation():
            operators.append(self._relation())
            sides.append(self.sum())
        if not operators:
            raise TexError("a condition is expected here, such as j \\ne k", left.start, left.end)
        sides[-1] = self._sequence(sides[-1])
        return Relation(left.start, sides[-1].end, tuple(sides), tuple(operators))

    def subscript_item(self) -> Node:
        """Item = ":" | text | sum."""
        token = self.token
        if self.at("char", ":"):
            self.advance()
            return Colon(token.start, token.end)
        return self.sum()


def _without_labels(
    tokens: list[Token],
) -> tuple[list[Token], list[tuple[str, int]], list[tuple[str, int]]]:
    """Takes `\\label{…}`, `\\eqref{…}` and `\\ref{…}` out; they say nothing mathematical."""
    result: list[Token] = []
    labels: list[tuple[str, int]] = []
    references: list[tuple[str, int]] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.text in (r"\label", r"\eqref", r"\ref") and token.kind == "command":
            name = tokens[position + 1]
            (labels if token.text == r"\label" else references).append((name.text, name.start))
            position += 2
        else:
            result.append(token)
            position += 1
    return result, labels, references


def _without_alignment(tokens: list[Token]) -> list[Token]:
    """Flattens `aligned` and its kind: a row that goes on with a relation or a sign continues."""
    result: list[Token] = []
    stack: list[tuple[str, Token]] = []
    ampersands = 0
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind == "command" and token.text in (r"\begin", r"\end"):
            name, after = _environment(tokens, position)
            if token.text == r"\begin":
                stack.append((name, token))
            elif not stack or stack[-1][0] != name:
                opened = f"\\begin{{{stack[-1][0]}}}" if stack else "nothing"
                raise TexError(
                    f"\\end{{{name}}} closes {opened}", token.start, tokens[after - 1].end
                )
            else:
                stack.pop()
            if name not in _ALIGNING:
                result.extend(tokens[position:after])
            else:
                ampersands = 0
                if name == "alignedat" and token.text == r"\begin":
                    after += 3
            position = after
            continue
        inner = stack[-1][0] if stack else ""
        if inner in _ALIGNING or not inner:
            if token.kind == "row":
                ampersands = 0
                if not _continues(tokens, position, result):
                    result.append(token)
                else:
                    while tokens[position + 1].text in ("&", r"\quad"):
                        position += 1
                        ampersands = 1
            elif token.kind == "char" and token.text == "&" and not inner:
                raise TexError(
                    "& stands in no environment",
                    token.start,
                    token.end,
                    "Write it in \\begin{aligned} … \\end{aligned}, or leave it out.",
                )
            elif token.kind == "char" and token.text == "&":
                ampersands += 1
                if ampersands % 2 == 0 and not _continues(tokens, position, result):
                    result.append(Token("row", "\\\\", token.start, token.end))
            else:
                result.append(token)
        else:
            result.append(token)
        position += 1
    if stack:
        name, opening = stack[-1]
        raise TexError(
            f"\\begin{{{name}}} is never closed",
            opening.start,
            opening.end,
            f"Close it with \\end{{{name}}}.",
        )
    return result


def _environment(tokens: list[Token], position: int) -> tuple[str, int]:
    """The name in `\\begin{name}` and the position behind it."""
    name, place = "", position + 1
    if tokens[place].text != "{":
        raise TexError("a { is missing here", tokens[place].start, tokens[place].end)
    place += 1
    while tokens[place].text != "}":
        if tokens[place].kind == "end":
            raise TexError("this { is never closed", tokens[position].start, tokens[position].end)
        name += tokens[place].text
        place += 1
    return name, place + 1


def _continues(tokens: list[Token], position: int, before: list[Token]) -> bool:
    """Whether what follows a row's end or an `&` goes on with what stands before it."""
    place = position + 1
    while tokens[place].text in ("&", r"\quad"):
        place += 1
    following, preceding = tokens[place], before[-1] if before else None
    if preceding is None:
        return True
    starts = following.text in _CONTINUES or following.text.lstrip("\\") in RELATIONS
    open_end = preceding.text in _CONTINUES or preceding.text.lstrip("\\") in RELATIONS
    return starts or open_end or preceding.text in ("(", "[", "{")
