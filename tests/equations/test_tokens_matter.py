r"""Nothing that is written is dropped: each token of a formula changes what it means, or is refused.

Every formula of the site, of the constructs and of the examples for users is written otherwise at one
token: without it, with another one of its kind, with a mark behind it. What comes out is refused, or it
is read as something else: the typed terms of its sides differ. Only what prints nothing, and what
separates, may leave the meaning as it was.

A run takes a sample, the same every time; `NN3DOC_ALL_TOKENS=1` takes everything.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nn3doc.equations.files import read_page
from nn3doc.equations.meaning import calls
from nn3doc.equations.meaning.context import Context
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.model.definitions import DefinitionError, Statement
from nn3doc.equations.notation.symbols import NotationError
from nn3doc.equations.page import inspect_file, inspect_page
from nn3doc.equations.tex.parser import parse
from nn3doc.equations.tex.tokens import SIZES, TexError, Token, tokenize
from nn3doc.equations.tex.tree import Node, Relation, bare, rebuilt
from nn3doc.equations.verdict import Checked, assignments, reader
from tests.equations.test_constructs import SECTIONS
from tests.equations.test_constructs import page as construct

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = re.compile(r'^(`{4,})markdown check="passes"[^\n]*\n(.*?)^\1$', re.DOTALL | re.MULTILINE)
SAMPLE = 1 if os.environ.get("NN3DOC_ALL_TOKENS") else 12

# What prints nothing or only separates; a line of `aligned` that goes on; one of several dots of a matrix.
TRANSPARENT = frozenset(
    [
        r"\left",
        r"\right",
        r"\quad",
        ",",
        ";",
        ".",
        "&",
        r"\\",
        r"\label",
        r"\eqref",
        r"\vdots",
        r"\ddots",
    ]
    + ["\\" + size for size in SIZES]
)
ALIKE = frozenset(  # between numbers
    [r"\cdot put to \odot", r"\odot put to \cdot", r"\cdot left out"]
)
# Another token of its kind.
OTHERS = {
    "+": "-",
    "-": "+",
    "=": r"\le ",
    "<": ">",
    ">": "<",
    r"\le": r"\ge ",
    r"\ge": r"\le ",
    r"\ne": "=",
    "'": "^*",
    r"\odot": r"\cdot ",
    r"\cdot": r"\odot ",
    r"\sum": r"\prod ",
    r"\prod": r"\sum ",
    r"\max": r"\min ",
    r"\min": r"\max ",
    r"\log": r"\exp ",
    r"\exp": r"\log ",
    r"\sin": r"\cos ",
    r"\cos": r"\sin ",
    r"\tanh": r"\sin ",
    "^": "_",
    "_": "^",
    "T": "2",
    r"\top": "2",
    r"\hat": r"\tilde ",
    r"\partial": "d",
    r"\leftarrow": "=",
    r"\frac": r"\sqrt ",
    r"\approx": "=",
    ":=": r"\le ",
}
MARKS = ["'", "^{2}", "_{3}", "^{*}", "^{(2)}", "^{-1}", r"^{\top}", "^{[7]}"]


@dataclass(frozen=True)
class Page:
    """A page, checked, by a name."""

    name: str
    checked: Checked


@dataclass(frozen=True)
class Edit:
    """A formula written otherwise at one token."""

    token: Token
    tex: str
    kind: str


@cache
def pages() -> tuple[Page, ...]:
    found = [
        Page(path.name, inspect_file(path, read_page(path)[0], code=False))
        for path in sorted(DOCS.glob("*.md"))
    ]
    found += [Page(title, inspect_page(construct(title), code=False)) for title in SECTIONS]
    text = (DOCS / "check-your-own.md").read_text(encoding="utf-8")
    for number, example in enumerate(EXAMPLE.finditer(text), start=1):
        if "builds_on" not in example[2]:
            found.append(Page(f"example {number}", inspect_page(example[2], code=False)))
    return tuple(found)


def edits(tex: str) -> Iterator[Edit]:
    """The formula without each token, with another one in its place, and with a mark behind it."""
    tokens = tokenize(tex)[:-1]
    letters = [token.text for token in tokens if token.kind == "letter"]
    for place, token in enumerate(tokens):
        if token.kind == "text" or _names_only(tokens, place):
            continue
        before, after = tex[: token.start], tex[token.end :]
        yield Edit(token, f"{before} {after}", "left out")
        other = OTHERS.get(token.text, "")
        if token.kind == "number":
            other = "3" if token.text != "3" else "2"
        if not other and token.kind == "letter":
            other = next((letter for letter in letters if letter.lower() != token.text.lower()), "")
        if other:
            yield Edit(token, f"{before}{other}{after}", f"put to {other.strip()}")
        if token.kind in ("letter", "number") or token.text in (")", "]", "}", r"\|"):
            mark = MARKS[zlib.crc32(f"{tex}{place}".encode()) % len(MARKS)]
            yield Edit(token, f"{before}{tex[token.start : token.end]}{mark}{after}", f"and {mark}")


def _names_only(tokens: list[Token], place: int) -> bool:
    """Whether a token stands in what names a colour, an environment or a label."""
    start = place
    while start >= 0 and tokens[start].text != "{":
        if tokens[start].text in ("}", "^", "_"):
            return False
        start -= 1
    named = (r"\textcolor", r"\color", r"\class", r"\cssId", r"\begin", r"\end")
    return start > 0 and tokens[start - 1].text in named


def meaning(tex: str, page: Page, original: Statement | None) -> Any:
    """What a formula says: the terms of its sides where they can be read, else their trees.

    Raises:
        TexError: It is refused.
        NotationError: So it is.
    """
    book = page.checked.book
    formula = parse(tex, book.notation.lexicon)
    return [_statement(node, book, original) for node in formula.statements]


def _statement(node: Node, book: Any, original: Statement | None) -> Any:
    plain = _without_places(node)
    if original is None or not isinstance(node, Relation):
        return plain
    statement = Statement(node, original.place, original.order, True, original.ranges)
    said: list[Any] = [node.operators]
    for layers in assignments(book, statement)[:3]:
        elaborator = reader(book, statement, layers, False)
        terms = [_canonical(elaborator.term(side)) for side in node.sides]
        said.append((sorted(layers.items()), terms, elaborator.claims and plain))
    return said


def _without_places(node: Node) -> Node:
    return rebuilt(node, lambda inner: bare(replace(inner, start=0, end=0)))


def _canonical(value: Any) -> Any:
    """A term as plain data."""
    if isinstance(value, Index):
        return ("index", value.letter, str(value.range), value.members)
    if isinstance(value, Term):
        arguments = [_canonical(argument) for argument in value.arguments]
        return (value.operation, value.shape, _canonical(value.data), arguments)
    if isinstance(value, tuple):
        return tuple(_canonical(item) for item in value)
    return value


def survivors(among: Iterable[Page], sample: int = SAMPLE) -> tuple[int, list[str]]:
    """How many edits were tried, and those that leave the meaning as it was."""
    tried, found, met = 0, [], set()
    for page in among:
        statements: dict[int, Statement] = {}
        for statement in page.checked.book.statements:
            if statement.own:
                statements.setdefault(statement.place, statement)
        for place, region in enumerate(page.checked.regions):
            if region.unchecked is not None or (region.body, page.name[:7]) in met:
                continue
            met.add((region.body, page.name[:7]))
            first = statements.get(place)
            for original in (first, None):
                try:
                    known = meaning(region.body, page, original)
                    break
                except (TexError, NotationError, DefinitionError):
                    continue
            else:
                continue
            for edit in edits(region.body):
                if zlib.crc32(f"{page.name}{edit.tex}".encode()) % sample:
                    continue
                tried += 1
                if edit.token.text in TRANSPARENT:
                    continue
                try:
                    now = meaning(edit.tex, page, original)
                except (TexError, NotationError, DefinitionError):
                    continue
                if now == known and f"{edit.token.text} {edit.kind}" not in ALIKE:
                    found.append(f"{page.name}: {edit.token.text} {edit.kind}: {edit.tex}")
    return tried, found


def test_each_token_means_something() -> None:
    tried, found = survivors(pages())
    assert found == []
    assert tried > 2000


def test_a_dropped_mark_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that forgets the powers of functions, and does not notice."""
    monkeypatch.setattr(calls, "_with_marks", lambda context, value, *rest, **more: value)
    monkeypatch.setattr(Context, "hold_accounted", lambda self, node: None)
    page = inspect_page(r"Let $x \in \mathbb{R}$. Then $\sin^2(x) = 1 - \cos^2(x)$.", code=False)
    _, found = survivors([Page("page.md", page)], sample=1)
    assert any(r"\sin^3(x)" in one for one in found)


def test_a_dropped_subscript_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that forgets a script cannot pass: whatever nothing has taken up is refused."""
    monkeypatch.setattr(calls, "_with_marks", lambda context, value, *rest, **more: value)
    report = inspect_page(r"Let $x \in \mathbb{R}$. Then $\sin^2(x) = \sin(x)$.", code=False).report
    assert [finding.message for finding in report.all_findings] == [
        "I do not know what this mark means here"
    ]
