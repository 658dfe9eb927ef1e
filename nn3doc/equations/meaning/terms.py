"""The meaning of a formula: operations that have one reading, each with its symbolic shape.

A `Term` is what the readings make of a tree and what the evaluator works out. Entries of a matrix
are not gone through one by one: an index is an axis, named by its `Index`, so `w_{j,k}` for all j
and k is one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nn3doc.equations.notation import ONE, Range, Shape
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
        operation: Its name; `evaluate` has one rule for each.
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


def term_of(
    operation: str,
    arguments: tuple[Term, ...],
    shape: Shape,
    node: Node,
    data: Any = None,
    bound: Iterable[str] = (),
    column: bool = False,
) -> Term:
    """A term that depends on the indices its arguments depend on, without those it binds."""
    indices = frozenset().union(*[argument.indices for argument in arguments]).difference(bound)
    return Term(operation, arguments, shape, node, data, indices, column)


def walk_terms(term: Term) -> Iterator[Term]:
    """A term and all terms below it."""
    yield term
    for argument in term.arguments:
        yield from walk_terms(argument)


def is_vector(shape: Shape) -> bool:
    """Whether a shape is one column or one row."""
    return len(shape) == 2 and ONE in shape


def is_square(shape: Shape) -> bool:
    """Whether a shape is that of a square matrix."""
    return len(shape) == 2 and shape[0] == shape[1]


def as_number(shape: Shape) -> Shape:
    """A 1 × 1 matrix is a number."""
    return () if shape == (ONE, ONE) else shape
