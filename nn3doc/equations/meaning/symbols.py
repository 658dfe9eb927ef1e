"""Readings of symbols with their scripts: members of a family, entries, constants."""

from __future__ import annotations

from nn3doc.equations.meaning.arithmetic import marked
from nn3doc.equations.meaning.calls import hold_one_power
from nn3doc.equations.meaning.conditions import compared
from nn3doc.equations.meaning.context import (
    Context,
    read,
    reading,
    spelled,
    split_items,
    unknown,
    without_marks,
    without_rest,
)
from nn3doc.equations.meaning.indices import index_term, index_value, layer, size_term, slot_range
from nn3doc.equations.meaning.matrices import bars, norm
from nn3doc.equations.meaning.terms import Term, as_number, term_of
from nn3doc.equations.notation import (
    FILLED,
    NUMBERS,
    ONE,
    NotationError,
    Range,
    Reference,
    Shape,
    is_sized,
    sized_shape,
    taken_apart,
)
from nn3doc.equations.tex import Bars, Call, Colon, Name, Node, Scripted, whole_number


@reading(Name, Scripted)
def symbol(context: Context, node: Name | Scripted) -> Term:
    """A symbol with its scripts."""
    formal = _formal(context, node)
    if formal is not None:
        return formal
    if isinstance(node, Scripted) and _is_on_value(context, node):
        return _scripted(context, node)
    if isinstance(node, Name) and (node.letter in context.layers or context.index(node.letter)):
        return index_value(context, node)
    reference = context.reference(node)
    if reference is not None:
        return marked(context, _referenced(context, node, reference), reference.rest, node)
    known = _constant(context, node)
    if known is None:
        raise unknown(context, node)
    return known


def _formal(context: Context, node: Name | Scripted) -> Term | None:
    """An argument of the function that is read, or a power of one."""
    formal = context.formals.get(spelled(node))
    if formal is not None:
        context.account_all(node)
        return formal
    for count in range(1, len(node.marks) + 1) if isinstance(node, Scripted) else ():
        assert isinstance(node, Scripted)
        formal = context.formals.get(spelled(without_marks(node, count)))
        if formal is not None:
            kept = len(node.marks) - count
            context.account(*node.sub, *node.marks[:kept])
            return marked(context, formal, node.marks[kept:], node)
    return None


def _is_on_value(context: Context, node: Scripted) -> bool:
    """Whether scripts are operations on the value of their base, not parts of a symbol."""
    if not isinstance(node.base, Name):
        return True
    if context.notation.reference(node) is None and _is_known_alone(context, node.base):
        return True
    # A power of a bound index, whatever else has its letter.
    return not node.sub and node.base.letter in context.bound


def _is_known_alone(context: Context, base: Name) -> bool:
    if base.letter in context.formals or base.letter in context.bound:
        return True
    if base.letter in context.layers:
        return True
    if base.letter == "e" and not context.notation.families.get("e"):
        return True
    reference = context.notation.reference(base)
    return reference is not None and reference.family.kind in ("index", "function")


def _referenced(context: Context, node: Node, reference: Reference) -> Term:
    """What a symbol of the notation stands for, without the marks that are operations."""
    family = reference.family
    if family.kind == "index":
        return index_value(context, reference.node)
    if family.kind == "function":
        raise _without_argument(reference, node)
    if family.kind == "set":
        raise NotationError("a set is no number", node, "Write |…| for its size.", "fits")
    if family.kind == "size":
        size = context.notation.size(without_rest(node, reference), context.layers)
        return size_term(context, size, reference.node)
    value = _value(context, reference)
    _hold_entry_power(reference)
    return value


def _without_argument(reference: Reference, node: Node) -> NotationError:
    return NotationError(
        f"{reference.family.tex} is a function and has no argument here",
        node,
        f"Write {reference.family.tex}(…).",
        "fits",
    )


def _hold_entry_power(reference: Reference) -> None:
    """`A_{i,j}^{-1}` is 1 over an entry, or an entry of the inverse: it says which.

    Raises:
        NotationError: Both readings are possible.
    """
    mark = reference.rest[0] if reference.rest else None
    if mark is None or not reference.is_entry or reference.spelled is not None:
        return
    sides = reference.family.shape or ()
    if (
        whole_number(mark.value) == -1
        and len(sides) == 2
        and not any(whole_number(side) == 1 for side in sides)
    ):
        letter = reference.family.letter
        raise NotationError(
            "this power can be read in two ways",
            mark,
            f"Write ({letter}^{{-1}})_{{…}} for an entry of the inverse, or \\frac{{1}}{{…}}.",
            "read",
        )


def _constant(context: Context, node: Node) -> Term | None:
    """e, π, δ_ij, I and vectors of ones, where the page says nothing else of them."""
    letter, sub, marks = taken_apart(node)
    if letter in NUMBERS and not sub:
        number = Term("number", (), (), node, NUMBERS[letter])
        return marked(context, number, marks, node)
    if letter == r"\delta" and len(places := split_items(sub)) == 2:
        context.account(*sub)
        sides = tuple(compared(context, place) for place in places)
        test = term_of("compare", sides, (), node, ("=",))
        return marked(context, term_of("indicator", (test,), (), node), marks, node)
    if not is_sized(letter) or len(sub) > 1:
        return None
    size = context.size(sub[0]) if sub else None
    context.account(*sub)
    flipped = any(mark.kind == "transpose" for mark in marks)
    room = context.room[::-1] if flipped else context.room
    shape = sized_shape(letter, size, room, node)
    value = FILLED.get(letter)
    return marked(context, Term("constant", (), as_number(shape), node, value), marks, node)


def _value(context: Context, reference: Reference) -> Term:
    """A symbol of the table as a value, or an entry of it."""
    family = reference.family
    concrete: list[int | None] = []
    batch: list[Term] = []
    for slot, node in zip(family.slots, reference.arguments, strict=True):
        if slot in context.notation.concrete:
            concrete.append(layer(context, family, slot, node))
        else:
            concrete.append(None)
            batch.append(index_term(context, node, slot_range(context, family, slot), family.tex))
    arguments = tuple(concrete)
    base = context.formal_keys.get((family.key, arguments))
    if base is None or batch:
        shape = context.definitions.shape_of(family, arguments, reference.node)
        key = (family.key, arguments)
        base = term_of("family", tuple(batch), shape, reference.node, key, column=family.column)
    if not reference.is_entry:
        return base
    if base.shape == () and family.shape is not None and len(family.shape) == 2:
        for place in (reference.row, reference.col):  # a 1 × 1 matrix is its only entry
            if place is not None and not isinstance(place, Colon):
                index_term(context, place, Range(ONE, ONE), family.tex)
        return base
    return _entry(context, base, reference.row, reference.col, reference.node, family.tex)


def _entry(
    context: Context, base: Term, row: Node | None, col: Node | None, node: Node, tex: str
) -> Term:
    """An entry, a row or a column of a matrix; an entry of a vector."""
    shape = base.shape
    if len(shape) != 2:
        raise NotationError(
            "only a matrix or a vector has entries", node, "Leave the index out.", "fits"
        )
    context.account(*(place for place in (row, col) if place is not None))
    one_row, one_col = shape[0] == ONE, shape[1] == ONE
    if row is not None and col is None and one_row and not one_col:
        row, col = None, row
    at = []
    for place, size in ((row, shape[0]), (col, shape[1])):
        at.append(
            None
            if place is None or isinstance(place, Colon)
            else index_term(context, place, Range(ONE, size), tex)
        )
    kept = [isinstance(place, Colon) for place in (row, col)]
    result: Shape
    if at[0] is not None and at[1] is not None:
        result = ()
    elif at[0] is not None:
        if one_col:
            result = ()
        else:
            result = (ONE, shape[1]) if kept[1] else (shape[1], ONE)
    elif at[1] is not None:
        result = () if one_row else (shape[0], ONE)
    else:
        return base
    places = tuple(term for term in at if term is not None)
    data = (at[0] is not None, at[1] is not None, kept[1])
    return term_of("gather", (base, *places), result, node, data)


def _scripted(context: Context, node: Scripted) -> Term:
    """Scripts on brackets, calls, norms: operations on a value."""
    base = node.base
    if isinstance(base, Bars):
        value = norm(context, base, node.sub, node) if base.double else bars(context, base)
        return marked(context, value, node.marks, node)
    if isinstance(base, Name) and base.letter == "e" and spelled(base) not in context.formals:
        return _exponential(context, node)
    if isinstance(base, Name):
        reference = context.notation.reference(base)
        if (
            reference is not None
            and reference.family.kind == "function"
            and (base.letter not in context.bound)
        ):
            raise _without_argument(reference, node)
    inner = read(context, base)
    if isinstance(base, Call) and node.marks and inner.shape != () and not node.sub:
        hold_one_power(context, base, inner, node.marks[0])
    if node.sub:
        context.account(*node.sub)
        places = list(split_items(node.sub))
        if len(places) > 2:
            raise NotationError("a matrix has two indices", node, question="fits")
        col = places[1] if len(places) == 2 else None
        inner = _entry(context, inner, places[0], col, node, "this")
    return marked(context, inner, node.marks, node)


def _exponential(context: Context, node: Scripted) -> Term:
    mark = node.marks[0] if node.marks else None
    if (
        node.sub
        or len(node.marks) != 1
        or mark is None
        or mark.kind != "power"
        or (mark.value is None)
    ):
        raise unknown(context, node)
    context.account(mark)
    exponent = read(context, mark.value)
    return term_of("exp", (exponent,), exponent.shape, node)
