"""Forms of relations: written out for sizes that are numbers, or by cases."""

from __future__ import annotations

from nn3doc.equations.tex import (
    At,
    Binder,
    Cases,
    Dots,
    Matrix,
    Node,
    Number,
    Relation,
    Scripted,
    Tuple,
    walk,
)


def written_out(node: Node) -> bool:
    """Whether a relation is written for sizes that are numbers: a whole matrix, `\\sum_{j=1}^{3}`."""
    for inner in walk(node):
        if isinstance(inner, Matrix):
            down = any(all(isinstance(c, Dots) for c in row) for row in inner.rows)
            across = any(isinstance(c, Dots) for c in inner.rows[0])
            if not (down and across):
                return True
        if isinstance(inner, Binder) and isinstance(inner.high, Number):
            return True
        if isinstance(inner, Tuple) and any(isinstance(item, Number) for item in inner.items):
            return True
        if isinstance(inner, Scripted) and any(
            isinstance(item, Number) and item.text not in ("0", "1") for item in inner.sub
        ):
            return True
    return False


def by_cases(node: Relation) -> list[Relation] | None:
    """A claim by cases that leave some out, as one claim for each: with y put to 1, with y put to 0."""
    if len(node.sides) != 2 or not isinstance(node.sides[1], Cases):
        return None
    left, cases = node.sides[0], node.sides[1]
    claims = []
    for value, condition in zip(cases.values, cases.conditions, strict=True):
        if not (isinstance(condition, Relation) and condition.operators == ("=",)):
            return None
        places = (condition,)
        sides = (At(left.start, left.end, left, places), At(value.start, value.end, value, places))
        claims.append(Relation(node.start, value.end, sides, node.operators))
    return claims
