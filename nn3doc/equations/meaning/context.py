"""What the elaborator asks of a page, and small questions about trees."""

from __future__ import annotations

from typing import Protocol

from nn3doc.equations.meaning.terms import Term
from nn3doc.equations.notation import Family, Notation, NotationError, Range, Reference, Shape
from nn3doc.equations.tex import Mark, Name, Node, Number, Product, Scripted


class Definitions(Protocol):
    """What the elaborator asks of a page."""

    @property
    def notation(self) -> Notation:
        """What its symbols are."""

    def shape_of(self, family: Family, arguments: tuple[int | None, ...], node: Node) -> Shape:
        """The shape of one member of a family, declared or from its definition."""

    def function(self, letter: str, node: Node) -> FunctionLike:
        """How a function is applied."""

    def is_elementwise(self, term: Term, by: Term) -> bool:
        """Whether a term depends on another entry by entry."""

    def is_defined(self, family: Family) -> bool:
        """Whether the page defines a family somewhere."""

    def slot_range(self, family: Family, slot: str) -> Range | None:
        """Over what an index slot runs, where a definition says it."""


class FunctionLike(Protocol):
    """A function as the elaborator sees it."""

    parameters: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    indirect: bool


def spelled(node: Node) -> str:
    """One spelling for a symbol and its scripts, wherever it stands."""
    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Scripted):
        sub = ",".join(spelled(item) for item in node.sub)
        marks = ",".join(f"{m.kind}:{spelled(m.value) if m.value else ''}" for m in node.marks)
        return f"{spelled(node.base)}_{{{sub}}}^{{{marks}}}"
    return f"<{type(node).__name__}@{node.start}>"


def split_items(sub: tuple[Node, ...]) -> tuple[Node, ...]:
    """Subscripts one by one: `jk` is two."""
    result: list[Node] = []
    for item in sub:
        if isinstance(item, Product) and item.operation == "juxtaposition":
            result.extend(item.factors)
        else:
            result.append(item)
    return tuple(result)


def without_rest(node: Node, reference: Reference) -> Node:
    """A symbol without the marks that are operations."""
    if not reference.rest or not isinstance(node, Scripted):
        return node
    return without_marks(node, len(reference.rest))


def without_marks(node: Scripted, count: int) -> Node:
    """A symbol without its last marks."""
    marks = node.marks[: len(node.marks) - count]
    if not marks and not node.sub:
        return node.base
    return Scripted(node.start, node.end, node.base, node.sub, marks)


def unread(script: Node) -> NotationError:
    """A mark or a subscript that no reading takes up."""
    return NotationError(
        "I do not know what this mark means here"
        if isinstance(script, Mark)
        else "I do not know what this subscript means here",
        script,
        "Declare the symbol with it, in the notation table or by \\in.",
    )


def plain_text(node: Node) -> str:
    """A letter or a numeral as it is written; "" for anything else."""
    return node.letter if isinstance(node, Name) else node.text if isinstance(node, Number) else ""
