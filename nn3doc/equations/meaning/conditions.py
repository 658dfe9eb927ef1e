"""Readings of conditions, and of what depends on them: indicators and cases."""

from __future__ import annotations

from nn3doc.equations.meaning.context import Context, read, reading
from nn3doc.equations.meaning.indices import index_value
from nn3doc.equations.meaning.terms import Term, term_of
from nn3doc.equations.notation import INDEX_LETTERS, NotationError
from nn3doc.equations.tex import Cases, Indicator, Name, Node, Relation


@reading(Cases)
def cases(context: Context, node: Cases) -> Term:
    """Values with their conditions, the first that is met."""
    values = [read(context, value) for value in node.values]
    if any(value.shape != () for value in values):
        raise NotationError("the cases are numbers", node, question="fits")
    tests = [condition(context, test) for test in node.conditions if test is not None]
    return term_of("cases", (*values, *tests), (), node, len(values))


@reading(Indicator)
def indicator(context: Context, node: Indicator) -> Term:
    """1 where a condition is met, 0 elsewhere."""
    return term_of("indicator", (condition(context, node.condition),), (), node)


def condition(context: Context, node: Node) -> Term:
    """A comparison of numbers."""
    if not isinstance(node, Relation):
        raise NotationError("a condition is expected here, such as j \\ne k", node, question="read")
    sides = tuple(compared(context, side) for side in node.sides)
    if any(side.shape != () for side in sides):
        raise NotationError("only numbers are compared here", node, question="fits")
    if any(operator not in ("=", "!=", "<", ">", "<=", ">=") for operator in node.operators):
        raise NotationError(
            "this condition cannot be read", node, "Write =, \\ne, <, >, \\le or \\ge.", "read"
        )
    return term_of("compare", sides, (), node, node.operators)


def compared(context: Context, node: Node) -> Term:
    """A side of a comparison: an index is a number there."""
    if isinstance(node, Name) and (
        node.letter in context.layers
        or context.index(node.letter) is not None
        or (node.letter in INDEX_LETTERS and context.notation.reference(node) is None)
    ):
        return index_value(context, node)
    return read(context, node)
