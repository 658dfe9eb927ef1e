"""Forms of statements: a range, an application, a layer that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nn3doc.equations.meaning import plain_text
from nn3doc.equations.notation import Family, Notation, Part, Reference, filled, membership
from nn3doc.equations.tex import (
    At,
    Bars,
    BigOperator,
    Binder,
    Call,
    Cases,
    Dots,
    Group,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    Sequence,
    Shaped,
    Sum,
    Tuple,
    bare,
    children,
    walk,
    whole_number,
)


def layer_limits(node: Node, letter: str, notation: Notation) -> tuple[int, int] | None:
    """For which values of a concrete index every symbol of a statement exists."""
    low: int | None = None
    high: int | None = None
    for inner in _outermost(node):
        reference = notation.reference(inner)
        if reference is None:
            continue
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            if slot not in notation.concrete:
                continue
            offset = _offset(argument, letter)
            limits = notation.slot_range(reference.family, slot)
            if offset is None or limits is None:
                continue
            first, last = (notation.integer(limit, {}) - offset for limit in limits)
            low = first if low is None else max(low, first)
            high = last if high is None else min(high, last)
    return None if low is None or high is None else (low, high)


def concrete_letters(node: Node, notation: Notation) -> list[str]:
    """The letters that fill a concrete slot somewhere in a statement and are bound by no sum."""
    bound = {
        binder.index.letter
        for binder in walk(node)
        if isinstance(binder, Binder) and isinstance(binder.index, Name)
    }
    found: dict[str, None] = {}
    for inner in _outermost(node):
        reference = notation.reference(inner)
        if reference is None:
            continue
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            if slot in notation.concrete:
                for name in walk(argument):
                    if isinstance(name, Name) and name.letter not in bound:
                        families = notation.families.get(name.letter, ())
                        if not families or any(f.kind == "index" for f in families):
                            found[name.letter] = None
    return list(found)


def _outermost(node: Node) -> Iterator[Node]:
    for inner in walk(node):
        if isinstance(inner, Scripted | Name):
            yield inner


def _offset(node: Node, letter: str) -> int | None:
    """The c where a slot is filled with `l + c`; None where l is not in it."""
    node = bare(node)
    if isinstance(node, Name):
        return 0 if node.letter == letter else None
    if not any(isinstance(name, Name) and name.letter == letter for name in walk(node)):
        return None
    if isinstance(node, Sum):
        offset = 0
        for term, sign in zip(node.terms, node.signs, strict=True):
            if isinstance(term, Number) and term.text.isdigit():
                offset += sign * int(term.text)
            elif not (isinstance(term, Name) and term.letter == letter and sign == 1):
                return None
        return offset
    return None


def symbols_in(node: Node) -> Iterator[Node]:
    """The symbols of an expression with all their scripts, and those in the scripts."""
    if isinstance(node, Scripted) and isinstance(node.base, Name):
        yield node
        for part in (*node.sub, *(mark.value for mark in node.marks)):
            if part is not None:
                yield from symbols_in(part)
    elif isinstance(node, Name):
        yield node
    else:
        for child in children(node):
            yield from symbols_in(child)


def without_set(node: Node) -> list[Node]:
    """`A = B \\in S` says two things: that A is B, and in which set it is."""
    if not isinstance(node, Relation) or len(node.operators) < 2 or node.operators[-1] != "in":
        return [node]
    last = node.sides[-2]
    return [
        Relation(node.start, last.end, node.sides[:-1], node.operators[:-1]),
        Relation(last.start, node.end, node.sides[-2:], ("in",)),
    ]


def whole_letters(node: Node) -> set[str]:
    """The letters that a formula writes without a subscript."""
    found: set[str] = set()

    def look(inner: Node) -> None:
        if isinstance(inner, Name):
            found.add(inner.letter)
        elif isinstance(inner, Scripted):
            if not inner.sub or not isinstance(inner.base, Name):
                look(inner.base)
            for part in (*inner.sub, *(mark.value for mark in inner.marks)):
                if part is not None:
                    look(part)
        else:
            for child in children(inner):
                look(child)

    look(node)
    return found


def compares_indices(node: Node) -> bool:
    """`i \\ne j`: for which values of the indices something is said."""
    return (
        isinstance(node, Relation)
        and set(node.operators) <= {"!=", "<", ">", "<=", ">="}
        and (all(isinstance(side, Name | Number | Sum) for side in node.sides))
    )


def range_of(node: Node) -> tuple[str, Node, Node] | None:
    """`l = 1, …, L` or `l \\in \\{1, …, L\\}`."""
    if not isinstance(node, Relation) or len(node.operators) != 1:
        return None
    left, right = node.sides
    if not isinstance(left, Name):
        return None
    if node.operators[0] == "=" and isinstance(right, Sequence):
        return left.letter, right.first, right.last
    if node.operators[0] == "in" and (said := membership(right)) and said.sequence:
        return left.letter, *said.sequence
    return None


def is_partial(node: Node) -> bool:
    """Whether a definition by cases leaves some out: a later one for all of them replaces it."""
    return (
        isinstance(node, Cases)
        and node.conditions[-1] is not None
        and all(
            isinstance(condition, Relation) and condition.operators == ("=",)
            for condition in node.conditions
        )
    )


def as_application(node: Node) -> tuple[Node, tuple[Node, ...]] | None:
    """The function and the arguments of `f(x)`, however it was read."""
    if isinstance(node, Scripted) and isinstance(node.base, Call) and not node.marks:
        node = node.base  # f(x)_i: entry by entry
    if isinstance(node, Call) and isinstance(node.function, Name | Scripted):
        return node.function, node.arguments
    behind = isinstance(node, Shaped) and node.start == node.inner.start  # not below a brace
    if isinstance(node, Shaped) and behind and isinstance(node.inner, Name | Scripted):
        return node.inner, node.sizes.items
    if isinstance(node, Product) and node.operation == "juxtaposition" and len(node.factors) == 2:
        function, argument = node.factors
        if isinstance(function, Name | Scripted) and isinstance(argument, Group):
            return function, (argument.inner,)
        if isinstance(function, Name | Scripted) and isinstance(argument, Tuple):
            return function, argument.items
    return None


def is_pattern(reference: Reference, notation: Notation) -> bool:
    """Whether a left side is a symbol with plain indices, each once."""
    letters: list[str] = []
    for node in (*reference.arguments, reference.row, reference.col):
        if isinstance(node, Name):
            letters.append(node.letter)
        elif node in (reference.row, reference.col) and node is not None:
            return False
        elif (
            node is not None
            and not isinstance(node, Number)
            and stepped_index(node, notation) is None
        ):
            families = [n for n in walk(node) if isinstance(n, Name)]
            if any(not notation.families.get(n.letter) for n in families):
                return False
    return len(set(letters)) == len(letters)


def is_member(member: Family, family: Family) -> bool:
    """Whether one symbol is another with numbers in its slots."""
    return len(member.parts) == len(family.parts) and all(
        one == other
        or (other.slot and one.place == other.place and one.fixed.strip("()").isdigit())
        for one, other in zip(member.parts, family.parts, strict=True)
    )


def stepped_index(node: Node, notation: Notation) -> tuple[str, int] | None:
    """The index in a slot and how many steps further it is: `t + 1`; None where there is none."""
    for name in walk(node):
        if isinstance(name, Name):
            families = notation.families.get(name.letter)
            if families and not any(family.kind == "index" for family in families):
                return None
            offset = _offset(node, name.letter)
            return None if offset is None else (name.letter, offset)
    return None


def is_numeric(node: Node, notation: Notation | None = None) -> bool:
    """Whether an expression has numbers in it and no symbols.

    Args:
        node: The expression.
        notation: What the page declares: with an e of its own, `e^2` is no number.
    """
    numbers = False
    for inner in walk(node):
        if isinstance(inner, Name) and notation is not None and notation.families.get(inner.letter):
            return False
        if isinstance(inner, Number):
            numbers = True
        elif (
            isinstance(inner, Name)
            and inner.letter not in _CONSTANTS
            and not (inner.letter == "e" and id(inner) in _bases_of_powers(node))
        ):
            return False  # a lone e is somebody's symbol
    return numbers


_CONSTANTS = frozenset([r"\pi", r"\log", r"\ln", r"\exp", r"\sqrt"])


def _bases_of_powers(node: Node) -> set[int]:
    return {
        id(inner.base)
        for inner in walk(node)
        if isinstance(inner, Scripted)
        and inner.marks
        and not inner.sub
        and all(mark.kind == "power" for mark in inner.marks)
    }


def is_entry_norm(node: Relation) -> bool:
    """`\\|A\\|_2^2 := \\sum_{i,j} a_{ij}^2`: the page says which norm of a matrix it writes so."""
    left, right = node.sides[0], bare(node.sides[1])
    if isinstance(right, Root) and right.degree is None:
        right = bare(right.inner)
    squared = isinstance(left, Scripted) and not isinstance(node.sides[1], Root)
    if not isinstance(left, Scripted) or not isinstance(left.base, Bars) or not left.base.double:
        return False
    powers = [whole_number(mark.value) for mark in left.marks if mark.kind == "power"]
    body = right.body if isinstance(right, BigOperator) and right.operator == "sum" else None
    while isinstance(body, BigOperator) and body.operator == "sum":
        body = body.body
    return (
        [plain_text(item) for item in left.sub] == ["2"]
        and powers == ([2] if squared else [])
        and isinstance(body, Scripted)
        and [whole_number(mark.value) for mark in body.marks] == [2]
    )


PREFIXES = frozenset(["d", r"\mathrm{d}", r"\Delta", r"\delta"])


MAY_NAME = re.compile(r"\(|to\b|d|\\Delta|\\delta")


INVERSES = {
    r"\log": r"\exp",
    r"\ln": r"\exp",
    r"\exp": r"\log",
    r"\cos": r"\arccos",
    r"\sin": r"\arcsin",
    r"\tan": r"\arctan",
}


def tex_of(letter: str, parts: tuple[Part, ...]) -> str:
    """How a symbol is written."""
    family = Family(letter, parts, "value", (), letter)
    return filled(family, family.slots)


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
