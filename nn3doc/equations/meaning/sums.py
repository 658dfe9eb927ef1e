"""Readings of big operators: over one index after the other, or written out layer by layer."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from dataclasses import replace

from nn3doc.equations.meaning.arithmetic import product, total
from nn3doc.equations.meaning.conditions import condition
from nn3doc.equations.meaning.context import Context, read, reading, unknown
from nn3doc.equations.meaning.indices import is_new_index, new_free
from nn3doc.equations.meaning.operations import OPERATIONS
from nn3doc.equations.meaning.terms import Index, Term, term_of
from nn3doc.equations.notation import (
    INDEX_LETTERS,
    ONE,
    NotationError,
    Range,
    Size,
    as_index,
    membership,
)
from nn3doc.equations.tex import (
    BigOperator,
    Binder,
    Name,
    Node,
    Product,
    Relation,
    Scripted,
    bare,
    stepped,
    walk,
)

_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MOST_TERMS = 100  # of a sum over layers


@reading(BigOperator)
def big(context: Context, node: BigOperator) -> Term:
    """A sum, product, maximum or minimum over one index after the other."""
    return _over(context, _without_sizes(context, node), 0)


def _over(context: Context, node: BigOperator, place: int) -> Term:
    """A big operator over its binders from one place on."""
    if place == len(node.binders):
        return read(context, node.body)
    binder = node.binders[place]
    letter = as_index(binder.index)
    if not letter:
        raise NotationError("an index is expected here", binder.index)
    if _is_concrete(context, letter, node):
        return _unrolled(context, node, place, letter)
    with context.hiding(letter):
        index, conditions = _index(context, binder, letter)
        with context.binding(index):
            body = _over(context, node, place + 1)
            tests = [condition(context, test) for test in conditions]
    if index.name not in body.indices:
        raise NotationError(
            f"the sum over {letter} has no {letter} in what it sums",
            node,
            "Put brackets around what belongs to it, or write the number of terms.",
            "known",
        )
    if index.range is None:
        raise _endless(binder, letter)
    if node.operator not in OPERATIONS:
        raise _uncheckable(node)
    return term_of(node.operator, (body, *tests), body.shape, node, index, [index.name])


def _endless(binder: Binder, letter: str) -> NotationError:
    return NotationError(
        f"nothing says how far {letter} runs", binder.index, "Write its first and its last value."
    )


def _uncheckable(node: BigOperator) -> NotationError:
    return NotationError(
        f"\\{node.operator} cannot be checked", node, "Say it by \\max or \\min.", "read"
    )


def _without_sizes(context: Context, node: BigOperator) -> BigOperator:
    """The K of `\\sum_{k \\le K}` is a size: only k is bound."""
    kept = [
        binder
        for binder in node.binders
        if not binder.implied
        or (isinstance(binder.index, Name) and _may_bind(context, binder.index))
    ]
    if len(kept) == len(node.binders):
        return node
    conditions = tuple(c for binder in node.binders for c in binder.conditions)
    kept = [replace(binder, conditions=()) for binder in kept]
    kept[-1] = replace(kept[-1], conditions=conditions)
    return replace(node, binders=tuple(kept))


def _may_bind(context: Context, index: Name) -> bool:
    is_taken = index.letter in context.bound or index.letter in context.layers
    return not is_taken and is_new_index(context, index)


def _index(context: Context, binder: Binder, letter: str) -> tuple[Index, list[Node]]:
    """The index that is bound, with its range, and the conditions it has to meet."""
    name, members = context.new_name(letter), ""
    range_: Range | None = None
    explicit = False
    if binder.within is not None:
        range_, members = _members(context, binder.within, letter)
        explicit = range_ is not None and not members
    limits, moving = _limits(context, binder, letter)
    if limits is not None:
        range_, explicit = limits, True
    source = "as the sum says" if range_ is not None else ""
    index = Index(name, letter, range_, binder.index, explicit, members, source)
    return index, [*binder.conditions, *moving]


def _limits(context: Context, binder: Binder, letter: str) -> tuple[Range | None, list[Node]]:
    """How far an index runs; a limit that moves with another index is a condition too."""
    if binder.high is None and binder.low is None:
        return None, []
    if binder.high is None:
        raise _endless(binder, letter)
    conditions: list[Node] = []
    ends: list[Size | None] = []
    for limit, sign in ((binder.low, ">="), (binder.high, "<=")):
        end, moves = (ONE, False) if limit is None else _limit(context, limit, sign)
        if moves:
            assert limit is not None
            left = Name(binder.index.start, binder.index.end, letter)
            conditions.append(Relation(binder.start, binder.end, (left, limit), (sign,)))
        ends.append(end)
    low, high = ends
    if low is None or high is None:  # its range is that of the symbol it is an index of
        if low is not None and low != ONE:
            raise _unknown_limit(binder.low or binder)
        return None, conditions
    steps = (high - low).number
    if steps is not None and steps < 0:
        raise NotationError("this sum has no term", binder, "Correct its limits.", "vacuous")
    return Range(low, high), conditions


def _limit(context: Context, node: Node, sign: str) -> tuple[Size | None, bool]:
    """A limit as a size, at its outermost, and whether it moves with another index."""
    moving: dict[str, Index] = {}
    for name in walk(node):
        if isinstance(name, Name) and name.letter not in context.layers:
            found = context.index(name.letter)
            if found is None and (
                name.letter in context.notation.indices
                or (name.letter in INDEX_LETTERS and context.notation.reference(name) is None)
            ):
                found = new_free(context, name)
            if found is not None:
                moving[name.letter] = found
    if not moving:
        return context.size(node), False
    letter, index = next(iter(moving.items()))
    rest, offset = stepped(bare(node))
    if not isinstance(rest, Name) or rest.letter != letter:
        raise _unknown_limit(node)
    if index.range is not None:
        end = index.range.low if sign == ">=" else index.range.high
        return end + Size.of(offset), True
    if offset * (1 if sign == ">=" else -1) < 0:
        raise _unknown_limit(node)
    return None, True


def _unknown_limit(node: Node) -> NotationError:
    return NotationError(
        "how far this sum goes cannot be told",
        node,
        "Say in the notation which values this index has.",
        "known",
    )


def _members(context: Context, within: Node, letter: str) -> tuple[Range | None, str]:
    """The range of an index within a set, and the letter of the set where it has one."""
    listed = membership(within)
    if listed is not None and listed.sequence is not None:
        low, high = (context.size(end) for end in listed.sequence)
        return Range(low, high), ""
    if not isinstance(within, Name | Scripted):
        raise NotationError(
            "a sum over this set cannot be read",
            within,
            "Name the set, or write its first and its last number.",
            "read",
        )
    reference = context.reference(within)
    if reference is None:
        raise unknown(context, within)
    if reference.family.kind != "set":
        raise NotationError(f"{reference.family.tex} is no set", within, question="fits")
    members = reference.family.letter
    if context.notation.index_sets.get(letter, members) != members:
        return None, members
    return Range(ONE, Size.of(f"|{members}|")), members


def _is_concrete(context: Context, letter: str, node: BigOperator) -> bool:
    """Whether an index is gone through one by one: it fills a layer's place somewhere below."""
    for inner in walk(node):
        if isinstance(inner, Scripted):
            reference = context.notation.reference(inner)
            if reference is None:
                continue
            for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
                if slot in context.notation.concrete and any(
                    as_index(part) == letter for part in walk(argument)
                ):
                    return True
    return False


def _unrolled(context: Context, node: BigOperator, place: int, letter: str) -> Term:
    binder = node.binders[place]
    limits = _layers(context, binder, letter)
    low, high = (context.notation.integer(limit, context.layers) for limit in limits)
    for limit in limits:
        context.account_all(limit)
    if high - low > _MOST_TERMS:
        raise NotationError(
            f"this sum has {high - low + 1:,} terms, written out layer by layer",
            node,
            f"At most {_MOST_TERMS} are.",
            "read",
        )
    parts = []
    for value in range(low, high + 1):
        with context.choosing(letter, value):
            if all(_is_met(context, test) for test in binder.conditions):
                parts.append(_over(context, node, place + 1))
    if parts:
        return _joined(parts, node)
    moves = binder.conditions or any(
        as_index(name) in context.layers for limit in limits for name in walk(limit)
    )
    row = OPERATIONS.get(node.operator)
    if not moves or row is None or row.empty is None:
        raise NotationError("this sum has no term", node, "Correct its limits.", "vacuous")
    context.account_all(node)  # \sum_{s=1}^{t} for t = 0
    return Term("number", (), (), node, row.empty)


def _layers(context: Context, binder: Binder, letter: str) -> tuple[Node, Node]:
    """The first and the last layer, as they are written or declared."""
    if binder.low is not None and binder.high is not None:
        return binder.low, binder.high
    declared = context.notation.indices.get(letter)
    is_open = binder.high is None and (binder.low is not None or binder.within is not None)
    if is_open or declared is None:
        raise _endless(binder, letter)
    return declared[0], binder.high or declared[1]


def _joined(parts: list[Term], node: BigOperator) -> Term:
    """The members of a big operator, written out one by one.

    Raises:
        NotationError: Nothing says how two members of this operator are joined.
    """
    row = OPERATIONS.get(node.operator)
    if row is None or not row.joined_by:
        raise _uncheckable(node)
    return _JOINED[row.joined_by](row.joined_by, parts, node)


def _added(_: str, parts: list[Term], node: BigOperator) -> Term:
    return total([(part, 1) for part in parts], node)


def _multiplied(_: str, parts: list[Term], node: BigOperator) -> Term:
    factors = (node.body,) * len(parts)
    return product(Product(node.start, node.end, "juxtaposition", factors), parts)


def _chosen(joined_by: str, parts: list[Term], node: BigOperator) -> Term:
    if any(part.shape != parts[0].shape for part in parts):
        raise NotationError(f"\\{node.operator} of different shapes", node, question="fits")
    return term_of(joined_by, tuple(parts), parts[0].shape, node)


_JOINED: dict[str, Callable[[str, list[Term], BigOperator], Term]] = {
    "add": _added,
    "multiply": _multiplied,
    "maximum": _chosen,
    "minimum": _chosen,
}


def _is_met(context: Context, test: Node) -> bool:
    """Whether a condition below a big operator is met by the layers that are chosen."""
    assert isinstance(test, Relation)
    values = [context.notation.integer(side, context.layers) for side in test.sides]
    context.account_all(test)
    return all(
        _COMPARED[sign](one, other)
        for sign, (one, other) in zip(test.operators, itertools.pairwise(values), strict=True)
    )
