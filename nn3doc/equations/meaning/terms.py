"""The meaning of a formula: operations that have one reading, each with its symbolic shape.

A `Term` is what the elaborator (`shapes`) makes of a tree and what the evaluator (`values`) works
out. Entries of a matrix are not gone through one by one: an index is an axis, named by its
`Index`, so `w_{j,k}` for all j and k is one value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nn3doc.equations.notation import Range, Shape
from nn3doc.equations.tex import Node

#: A symbol without the values of its scripts' letters: its family and, for each slot, the value or None.
Key = tuple[str, tuple[int | None, ...]]


@dataclass(eq=False)
class Index:
    """An index that is free in a statement or bound by a sum.

    Attributes:
        name: One name in all the page.
        letter: How it is written.
        range: Over what it runs; None until its first use says so.
        node: Where it was met first.
        explicit: Whether its range is written, as in `\\sum_{i=1}^{m}`.
        members: For `i \\in \\mathcal{B}`: the letter of the set.
        said: Where the range comes from, for messages.
    """

    name: str
    letter: str
    range: Range | None
    node: Node
    explicit: bool = False
    members: str = ""
    said: str = ""


@dataclass(frozen=True)
class Term:
    """One operation.

    Attributes:
        operation: Its name; `values` has one function for each.
        arguments: What it is applied to.
        shape: (), (rows, columns), or four sizes for a matrix by a matrix.
        node: What was written.
        data: What else the operation needs.
        indices: Names of the indices it depends on.
        column: Whether it is a symbol declared with a literal 1 as a size.
    """

    operation: str
    arguments: tuple[Term, ...]
    shape: Shape
    node: Node
    data: Any = None
    indices: frozenset[str] = field(default_factory=frozenset)
    column: bool = False


def walk_terms(term: Term) -> Iterator[Term]:
    """A term and all terms below it."""
    yield term
    for argument in term.arguments:
        yield from walk_terms(argument)
