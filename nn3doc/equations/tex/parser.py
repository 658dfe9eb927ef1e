"""Reads the TeX of one formula into a tree, or says where and why it cannot.

    formula   = (statement | bracketed) (separator (statement | bracketed))*
    separator = "," | ";" | "." | "\\\\" | "\\quad" | "\\text{…}" | an arrow
    statement = listing "\\in" expression | expression (relation expression)* | function ":" map

Every letter is one symbol unless the lexicon names a longer one (`dW`). What an expression is made of
is in `grammar`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from nn3doc.equations.tex.binders import with_all_bound, with_index_names
from nn3doc.equations.tex.cursor import Cursor, DeepError
from nn3doc.equations.tex.grammar import (
    at_relation,
    expression,
    letters,
    plain_words,
    relations,
    scripts,
)
from nn3doc.equations.tex.tokens import ARROWS, TexError, joined, tokens_of
from nn3doc.equations.tex.tree import (
    Condition,
    Dots,
    Formula,
    Listing,
    MapType,
    Name,
    Node,
    Relation,
    Shaped,
    Tuple,
)

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
    known = lexicon or Lexicon()
    tokens, labels, references = tokens_of(tex)
    statements = _formula(Cursor(tex, tokens, known.names, known.functions))
    return Formula(0, len(tex), with_all_bound(with_index_names(statements)), labels, references)


def parse_symbol(tex: str) -> Node:
    """The one symbol of a table's cell: all its letters are one name, `dW^{[l]}`.

    Raises:
        TexError: There is something else than one symbol with its scripts.
    """
    tokens, _, _ = tokens_of(tex)
    cursor = Cursor(tex, tokens, frozenset(), frozenset())
    first = cursor.token
    found = [letter for letter, _ in letters(cursor)]
    if not found:
        raise TexError("a symbol is expected here", first.start, first.end)
    name = Name(first.start, found[-1].end, joined(letter.text for letter in found))
    result = scripts(cursor, name)
    if not cursor.at("end"):
        raise cursor.unexpected("only one symbol with its scripts can stand here")
    return with_index_names([result])[0]


def _formula(cursor: Cursor) -> list[Node]:
    """Formula = (statement | bracketed) (separator (statement | bracketed))*."""
    statements: list[Node] = []
    word = ""
    while True:
        new_word = _separators(cursor)
        word = new_word if new_word is not None else word
        if cursor.at("end"):
            return statements
        bracketed = cursor.attempt(_in_brackets)
        if bracketed is not None:
            statements.extend(bracketed)
            continue
        statement = _statement(cursor)
        if word.startswith(_CONDITIONS):
            statement = Condition(statement.start, statement.end, statement, word.split()[0])
        statements.append(statement)
        if not cursor.at("end") and not _at_separator(cursor):
            raise cursor.unexpected()


def _at_separator(cursor: Cursor) -> bool:
    token = cursor.token
    return (
        token.kind in ("row", "text")
        or (token.kind == "char" and token.text in (",", ";", ".", "&"))
        or token.text in (r"\quad", r"\forall")
        or (token.kind == "command" and token.text[1:] in ARROWS and token.text != r"\colon")
    )


def _separators(cursor: Cursor) -> str | None:
    """Steps over separators; the last words that stood between, lower case, or None."""
    word: str | None = None
    while _at_separator(cursor):
        token = cursor.advance()
        words = plain_words(token) if token.kind == "text" else ""
        if words == "or" or token.text == r"\lor":
            raise TexError(
                "one statement or another cannot be checked",
                token.start,
                token.end,
                "Write each on its own, or say it in the text.",
            )
        if token.kind == "text":
            if words not in ("and", ""):
                word = words
        elif token.text == r"\forall":
            word = "for all"
        elif token.kind in ("row", "command") and token.text != r"\quad":
            word = ""
    return word


def _statement(cursor: Cursor) -> Node:
    """Statement = listing | typed | expression relations | expression."""
    start = cursor.token
    try:
        first = expression(cursor)
    except DeepError as error:
        raise TexError(error.message, start.start, start.end, error.cure) from None
    if cursor.at("char", ","):
        listing = cursor.attempt(lambda ahead: _listing(ahead, first))
        if listing is not None:
            return listing
    if cursor.at("char", ":") or cursor.at("command", r"\colon"):
        return _typed(cursor, first)
    if at_relation(cursor):
        return relations(cursor, first)
    if isinstance(first, Dots):
        raise TexError("dots alone say nothing", first.start, first.end)
    return first


def _in_brackets(cursor: Cursor) -> list[Node] | None:
    """Bracketed = "(" statement ("," statement)* ")", such as `(l = 1, \\dots, L)`."""
    if not cursor.at("char", "("):
        return None
    cursor.advance()
    inner: list[Node] = []
    while not cursor.at("char", ")"):
        _separators(cursor)
        inner.append(_statement(cursor))
        if not isinstance(inner[-1], Relation):
            return None
        _separators(cursor)
    cursor.advance()
    return inner if cursor.at("end") or _at_separator(cursor) else None


def _listing(cursor: Cursor, first: Node) -> Node | None:
    """Listing = expression ("," expression)+ "\\in" expression."""
    items = [first]
    while cursor.at("char", ","):
        cursor.advance()
        while cursor.at("command", r"\quad"):
            cursor.advance()
        if cursor.at("end"):
            return None
        items.append(expression(cursor))
    if not cursor.at("command", r"\in"):
        return None
    cursor.advance()
    inside = expression(cursor)
    names = Listing(first.start, items[-1].end, tuple(items))
    return Relation(names.start, inside.end, (names, inside), ("in",))


def _typed(cursor: Cursor, subject: Node) -> Node:
    """Typed = expression ":" (tuple | expression "\\to" expression)."""
    colon = cursor.advance()
    target = expression(cursor)
    if cursor.at("command", r"\to") or cursor.at("command", r"\rightarrow"):
        cursor.advance()
        result = expression(cursor)
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
