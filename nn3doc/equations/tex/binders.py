"""The indices of a formula: what a big operator binds, with ranges and conditions; indices with marks.

    below = item ("," item)*
    item  = index+ | index "=" first | index "\\in" set | first "\\le" index "\\le" last | condition

A condition such as `i < j` binds its first letter, if nothing has bound it yet. It binds the other
one too where what is summed has that letter and it stands nowhere else in the formula: then nothing
else says what it is.

The `k'` of `\\sum_{k'} z_{k'}` is an index of its own, not k: it gets one letter, `k'` or `i^*`,
wherever it stands in its formula. Its range is that of the letter without the mark, where the notation
gives that one a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nn3doc.equations.tex.tokens import TexError
from nn3doc.equations.tex.tree import (
    BigOperator,
    Binder,
    Mark,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sum,
    children,
    rebuilt,
    walk,
)
from nn3doc.equations.tex.tree import Sequence as SequenceNode

_DECORATIONS = {"prime": "'", "star": "^*"}
_UPWARDS = {"<": "<", "<=": "<=", ">": "<", ">=": "<="}


def binders_of(operator: str, below: Sequence[Node], above: Node | None) -> tuple[Binder, ...]:
    """The indices of a big operator.

    Raises:
        TexError: Something else than an index stands there, or an index is its own limit.
    """
    binders: list[Binder] = []
    conditions: list[Node] = []
    for item in below:
        bound = {binder.index.letter for binder in binders if isinstance(binder.index, Name)}
        made, condition = _item(operator, item, bound)
        binders.extend(made)
        if condition is not None:
            conditions.append(condition)
    if not binders:
        raise _no_index(operator, below[0])
    if above is not None:
        first = binders[0]
        if len(binders) != 1 or first.high is not None or first.within is not None:
            raise TexError("an upper limit belongs to one index", above.start, above.end)
        if operator not in ("sum", "prod") and first.low is None:
            raise TexError(
                "this can be read as a limit and as a power",
                above.start,
                above.end,
                f"Write \\{operator}_{{i=1}}^{{n}}, or brackets around all that has the power.",
            )
        binders[0] = replace(first, high=above)
    for binder in binders:
        _check_limits(binder)
    binders[-1] = replace(binders[-1], conditions=tuple(conditions))
    return tuple(binders)


def _item(operator: str, item: Node, bound: set[str]) -> tuple[list[Binder], Node | None]:
    """The indices that one item binds, and what it demands of them."""
    if not isinstance(item, Relation):
        factors = item.factors if isinstance(item, Product) else (item,)
        return [_binder(_index(operator, factor)) for factor in factors], None
    sides = tuple(index_name(side) for side in item.sides)
    item = replace(item, sides=sides)
    left, right = sides[0], sides[-1]
    if item.operators == ("=",):
        index = _index(operator, left)
        if index.letter in bound:
            return [], item
        low, high = (right.first, right.last) if isinstance(right, SequenceNode) else (right, None)
        return [replace(_binder(index), low=low, high=high, end=item.end)], None
    if item.operators == ("in",):
        return [replace(_binder(_index(operator, left)), within=right, end=item.end)], None
    if len(sides) > 2:
        return _chain(operator, item)
    if isinstance(left, Name) and left.letter not in bound:
        return [_binder(left)], item
    if not bound and isinstance(left, Number | Sum):
        return [_binder(_index(operator, right))], item
    if not bound:
        raise _no_index(operator, left)
    return [], item


def _chain(operator: str, item: Relation) -> tuple[list[Binder], Node | None]:
    """`1 \\le i \\le n`, `1 \\le i < j \\le n`: indices between a first and a last value."""
    sides, operators = item.sides, item.operators
    if any(one not in _UPWARDS for one in operators) or (len({one[0] for one in operators}) != 1):
        raise TexError(
            f"how far the index of \\{operator} runs cannot be read here",
            item.start,
            item.end,
            f"Write \\{operator}_{{i=1}}^{{n}}, and each condition behind a comma.",
        )
    if operators[0][0] == ">":
        sides = sides[::-1]
        operators = tuple(_UPWARDS[one] for one in reversed(operators))
    low = _shifted(sides[0], 1) if operators[0] == "<" else sides[0]
    high = _shifted(sides[-1], -1) if operators[-1] == "<" else sides[-1]
    inner = [_index(operator, side) for side in sides[1:-1]]
    binders = [replace(_binder(index), low=low, high=high) for index in inner]
    if len(inner) == 1:
        return binders, None
    span = (inner[0].start, inner[-1].end)
    if inner[0].start > inner[-1].start:
        span = (inner[-1].start, inner[0].end)
    return binders, Relation(*span, tuple(inner), operators[1:-1])


def _shifted(limit: Node, step: int) -> Node:
    one = Number(limit.start, limit.end, "1")
    return Sum(limit.start, limit.end, (limit, one), (1, step))


def _index(operator: str, node: Node) -> Name:
    name = index_name(node)
    if not isinstance(name, Name):
        raise _no_index(operator, node)
    return name


def _no_index(operator: str, node: Node) -> TexError:
    return TexError(
        f"an index is expected below \\{operator}",
        node.start,
        node.end,
        f"Write the index with its range, such as \\{operator}_{{i=1}}^{{n}}.",
    )


def _binder(index: Name) -> Binder:
    return Binder(index.start, index.end, index, None, None, None)


def _check_limits(binder: Binder) -> None:
    """An index is not its own limit."""
    letter = binder.index.letter if isinstance(binder.index, Name) else ""
    for limit in (binder.low, binder.high, binder.within):
        for node in walk(limit) if limit is not None else ():
            if isinstance(node, Name) and node.letter == letter:
                raise TexError(
                    f"the index {letter} is its own limit",
                    limit.start if limit else 0,
                    node.end,
                    "Use another letter for the index.",
                )


def with_all_bound(statements: Iterable[Node]) -> tuple[Node, ...]:
    """The statements of a formula, where `\\sum_{i < j}` binds j too if nothing else has a j.

    Args:
        statements: What the formula says, read.
    """
    found = tuple(statements)
    operators = [n for s in found for n in walk(s) if isinstance(n, BigOperator) and _compared(n)]
    if not operators:
        return found
    free = {name for statement in found for name in _free_names(statement)}
    wanted: dict[tuple[int, int], list[str]] = {}
    for big in operators:
        around = {b.index.letter for b in _enclosing(found, big) if isinstance(b.index, Name)}
        inside = {name.letter for name in walk(big.body) if isinstance(name, Name)}
        letters = [name for name in _compared(big) if name in inside - free - around]
        if letters:
            wanted[big.start, big.end] = letters

    def change(node: Node) -> Node:
        letters = wanted.get((node.start, node.end), [])
        if not isinstance(node, BigOperator) or not letters:
            return node
        *others, last = node.binders
        sides = [side for c in last.conditions if isinstance(c, Relation) for side in c.sides]
        names = {side.letter: side for side in sides if isinstance(side, Name)}
        more = [replace(_binder(names[letter]), implied=True) for letter in letters]
        more[-1] = replace(more[-1], conditions=last.conditions)
        return replace(node, binders=(*others, replace(last, conditions=()), *more))

    return tuple(rebuilt(statement, change) for statement in found)


def _free_names(node: Node) -> Iterator[str]:
    """The letters that no big operator around them binds or may bind."""
    bound: set[str] = set()
    if isinstance(node, BigOperator):
        bound = {b.index.letter for b in node.binders if isinstance(b.index, Name)}
        bound |= set(_compared(node))
    if isinstance(node, Name):
        yield node.letter
    for child in children(node):
        yield from (name for name in _free_names(child) if name not in bound)


def _compared(big: BigOperator) -> list[str]:
    """The letters that stand in a condition of a big operator and that it does not bind."""
    bound = {b.index.letter for b in big.binders if isinstance(b.index, Name)}
    sides = (
        s for b in big.binders for c in b.conditions if isinstance(c, Relation) for s in c.sides
    )
    return list(
        dict.fromkeys(s.letter for s in sides if isinstance(s, Name) and s.letter not in bound)
    )


def _enclosing(statements: Iterable[Node], big: BigOperator) -> Iterator[Binder]:
    for statement in statements:
        for node in walk(statement):
            if (
                isinstance(node, BigOperator)
                and node is not big
                and any(inner is big for inner in walk(node))
            ):
                yield from node.binders


def undecorated(letter: str) -> str:
    """The letter of an index without its marks: k of `k'`."""
    return letter.replace("^*", "").rstrip("'")


def index_name(node: Node) -> Node:
    """An index with marks as a name of its own; any other node as it is."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.sub:
        return node
    letter, rest = _decorated_name(node.base, node.marks)
    return node if rest else Name(node.start, node.end, letter)


def _decorated_name(base: Name, marks: tuple[Mark, ...]) -> tuple[str, tuple[Mark, ...]]:
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
    letter, rest = _decorated_name(node.base, node.marks)
    if letter not in letters:
        return node
    name = Name(node.start, rest[0].start if rest else node.end, letter)
    return replace(node, base=name, marks=rest) if rest else name
