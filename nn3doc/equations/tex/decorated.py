"""Letters whose marks are part of their name: the index `k'`, the function `f^{-1}`.

The `k'` of `\\sum_{k'} z_{k'}` is an index of its own, not k.

The reader gives such an index one letter, `k'` or `i^*`, wherever it stands in its formula. Its range
is that of the letter without the mark, where the notation gives that one a range.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nn3doc.equations.tex.tree import Mark, Name, Node, Scripted, rebuilt, walk, whole_number

_DECORATIONS = {"prime": "'", "star": "^*"}


def undecorated(letter: str) -> str:
    """The letter of an index without its marks: k of `k'`."""
    return letter.replace("^*", "").rstrip("'")


def index_name(node: Node) -> Node:
    """An index with marks as a name of its own; any other node as it is."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.sub:
        return node
    letter, rest = _named(node.base, node.marks)
    return node if rest else Name(node.start, node.end, letter)


def _named(base: Name, marks: tuple[Mark, ...]) -> tuple[str, tuple[Mark, ...]]:
    """The name that a letter and its first marks make, and the marks behind them."""
    count = 0
    while count < len(marks) and marks[count].kind in _DECORATIONS:
        count += 1
    decoration = "".join(_DECORATIONS[mark.kind] for mark in marks[:count])
    return base.letter + decoration, marks[count:]


def with_index_names(statements: Iterable[Node]) -> tuple[Node, ...]:
    """The statements of a formula, each index with a mark put to a name of its own."""
    found = tuple(statements)
    letters = {letter for statement in found for letter in _decorated_letters(statement)}
    if not letters:
        return found
    return tuple(rebuilt(one, lambda node: _renamed(node, letters)) for one in found)


def _decorated_letters(node: Node) -> set[str]:
    """The decorated letters that stand where an index does."""
    letters: set[str] = set()
    for inner in walk(node):
        if isinstance(inner, Name) and undecorated(inner.letter) != inner.letter:
            letters.add(inner.letter)  # below a big operator
        if not isinstance(inner, Scripted):
            continue
        places = [*inner.sub, *(m.value for m in inner.marks if m.kind != "power" and m.value)]
        for name in (index_name(part) for place in places for part in walk(place)):
            if isinstance(name, Name) and undecorated(name.letter) != name.letter:
                letters.add(name.letter)
    return letters


def _renamed(node: Node, letters: set[str]) -> Node:
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.sub:
        return node
    letter, rest = _named(node.base, node.marks)
    if letter not in letters:
        return node
    name = Name(node.start, rest[0].start if rest else node.end, letter)
    return replace(node, base=name, marks=rest) if rest else name


def is_inverse(node: Node) -> bool:
    """Whether something is `f^{-1}`, a letter with this one mark."""
    return (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and not node.sub
        and [mark.kind for mark in node.marks] == ["power"]
        and whole_number(node.marks[0].value) == -1
    )


def inverse_letter(letter: str) -> str:
    """The letter of the inverse of a function: it is a function of its own."""
    return letter + "^{-1}"
