"""Sums and products: which one is decided by what is written, never by what would fit."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from typing import TYPE_CHECKING

from nn3doc.equations.meaning.terms import Term
from nn3doc.equations.notation import ONE, NotationError, Shape, show
from nn3doc.equations.tex import Node, Product

if TYPE_CHECKING:
    pass


_CONSTANT = frozenset(["number", "size"])


def is_vector(shape: Shape) -> bool:
    """Whether a shape is one column or one row."""
    return len(shape) == 2 and ONE in shape


def as_number(shape: Shape) -> Shape:
    """A 1 × 1 matrix is a number."""
    return () if shape == (ONE, ONE) else shape


def total(parts: SequenceOf[tuple[Term, int]], node: Node) -> Term:
    """A sum: one shape; a number is added to every entry, a declared column to every column.

    Raises:
        NotationError: Two terms have different shapes.
    """
    shape: Shape = ()
    first: Term | None = None
    for term, _ in parts:
        if len(term.shape) == 4:
            raise four_indices(term)
        if (
            term.shape == ()
            and any(len(other.shape) == 2 for other, _ in parts)
            and (is_added_to_entries(term))
        ):
            continue
        if first is None or (first.column and _repeats(first.shape, term.shape)):
            first, shape = term, term.shape
        elif term.shape != shape and not (term.column and _repeats(term.shape, shape)):
            hint = "Only a symbol for a number, or one declared with a literal 1 as a size, is repeated."
            raise NotationError(
                f"a sum of {show(shape)} and {show(term.shape)}",
                term.node,
                hint if is_vector(term.shape) or term.shape == () else "",
                "fits",
            )
    indices = frozenset().union(*(term.indices for term, _ in parts))
    terms = tuple(term for term, _ in parts)
    return Term("add", terms, shape, node, tuple(sign for _, sign in parts), indices)


def is_added_to_entries(term: Term) -> bool:
    """Whether a number is added to every entry: `v + \\epsilon`, `v - 1`, `v + \\frac{c}{2}`.

    It is made of numbers and symbols for numbers only. Of what is worked out, such as `u^T u`, it is
    more likely that a factor is missing.
    """
    if term.operation in _CONSTANT or (term.operation == "family" and not term.arguments):
        return term.shape == ()
    return term.operation in ("divide", "multiply", "add", "power") and all(
        is_added_to_entries(argument) for argument in term.arguments
    )


def is_constant(term: Term) -> bool:
    """Whether a term is made of numbers and sizes only."""
    return term.operation in _CONSTANT or (
        term.operation in ("divide", "multiply", "add", "power")
        and all(is_constant(argument) for argument in term.arguments)
    )


def _repeats(column: Shape, shape: Shape) -> bool:
    return (
        len(shape) == 2
        and len(column) == 2
        and all(one in (other, ONE) for one, other in zip(column, shape, strict=True))
    )


def four_indices(term: Term) -> NotationError:
    """A matrix by a matrix is no matrix."""
    return NotationError(
        "the derivative of a matrix by a matrix has four indices and is no matrix",
        term.node,
        "Write it for entries, or as part of a chain of derivatives.",
        "fits",
    )


def product(node: Product, factors: list[Term]) -> Term:
    """A product; which one is decided by what is written, never by what would fit.

    Raises:
        NotationError: The shapes do not fit the product that is written.
    """
    for factor in factors:
        if len(factor.shape) == 4:
            raise four_indices(factor)
    left = factors[0]
    for right in factors[1:]:
        left = _pair(node, left, right)
    return left


def _pair(node: Product, left: Term, right: Term) -> Term:
    indices = left.indices | right.indices
    one, two = left.shape, right.shape
    numbers = one == () or two == ()
    if node.operation == "slash":
        if two == () or one == two:
            return Term("divide", (left, right), one, node, None, indices)
        raise NotationError(
            f"a quotient of {show(one)} and {show(two)}", node, "Divide by a number.", "fits"
        )
    if node.operation == "odot":
        if one != two:
            swap = "Between a number and a matrix write nothing." if numbers else ""
            raise NotationError(
                f"\\odot between {show(one)} and {show(two)}",
                node,
                swap or "Entry by entry, both sides have one shape.",
                "fits",
            )
        return Term("multiply", (left, right), one, node, None, indices)
    if numbers:
        return Term("multiply", (left, right), two if one == () else one, node, None, indices)
    if node.operation == "cdot":
        if is_vector(one) and one == two:
            return Term("dot", (left, right), (), node, None, indices)
        raise NotationError(
            f"\\cdot between {show(one)} and {show(two)}",
            node,
            "Write \\odot for the product entry by entry, nothing for the matrix product.",
            "fits",
        )
    if node.operation == "times":
        raise NotationError(
            f"\\times between {show(one)} and {show(two)}",
            node,
            "Write nothing for the matrix product.",
            "fits",
        )
    if one[1] != two[0]:
        raise NotationError(
            f"a matrix product of {show(one)} and {show(two)}",
            node,
            f"The inner sizes {one[1]} and {two[0]} differ.",
            "fits",
        )
    return Term("matmul", (left, right), as_number((one[0], two[1])), node, None, indices)
