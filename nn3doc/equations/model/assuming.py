"""What statements assume of symbols, where the words in front of them let them."""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.meaning import Key
from nn3doc.equations.model.declaring import constrain, declare_number
from nn3doc.equations.model.definitions import Assumption, Statement
from nn3doc.equations.model.draft import Draft
from nn3doc.equations.model.patterns import symbols_in
from nn3doc.equations.model.roles import DRAWN, NUMBERS_ONLY, SIGNED, Assumed, assumptions
from nn3doc.equations.notation import Family, NotationError, Reference
from nn3doc.equations.tex import BigOperator, Name, Node, Product, Relation, same


def assume(draft: Draft, statement: Statement) -> bool:
    """Takes what a statement assumes of symbols that nothing defines, if its words let it."""
    node = statement.node
    assert isinstance(node, Relation)
    if len(node.sides) > 3 or statement.mode == "concludes":
        return False
    if statement.mode and _assume_eigenvector(draft, node):
        return True
    found = assumptions(node)
    references = [draft.reference(one.symbol) for one in found]
    kinds = {one.family.kind for one in references if one is not None}
    if not found or not kinds <= {"value", "size"}:
        return False
    new = [one for one, known in zip(found, references, strict=True) if known is None]
    if new:
        if len(new) < len(found) or any(one.kind not in NUMBERS_ONLY for one in new):
            return False
        for one in new:
            declare_number(draft, one, statement)
        return True
    if not statement.mode:
        return False
    made: list[Assumption] = []
    for one, reference in zip(found, references, strict=True):
        assert reference is not None
        if reference.family.key in draft.definitions or reference.rest:
            return False
        kind = one.kind
        if kind == "sums to one":
            kind = _summed(draft, node.sides[0], reference)
        if not kind or not _take(draft, one, kind, reference, statement, made):
            return False
    draft.assumed += made
    return True


def _take(
    draft: Draft,
    one: Assumed,
    kind: str,
    reference: Reference,
    statement: Statement,
    made: list[Assumption],
) -> bool:
    """Takes one thing that is assumed of one symbol: for its draws, or for what is compared."""
    family, node = reference.family, statement.node
    assert isinstance(node, Relation)
    if family.kind == "size" and kind not in (*NUMBERS_ONLY, "compared"):
        return False
    ends = (*reference.arguments, *(end for end in (reference.row, reference.col) if end))
    whole = all(isinstance(end, Name) for end in ends)
    together = statement.in_table or (
        draft.introduced.get(family.key, -1) == statement.sentence >= 0
    )
    if whole and together and _take_for_draws(draft, one, kind, family, statement):
        return True
    if kind in NUMBERS_ONLY or kind == "compared":
        entries = not reference.is_entry and family.shape not in ((), None)
        if not entries and not any(isinstance(end, Name) for end in ends):
            kind = "compared"
        elif kind not in SIGNED or not whole:
            return False  # a condition on every entry that draws do not know
    keys = frozenset([family.key])
    if kind == "compared":
        known = [draft.reference(inner) for inner in symbols_in(node)]
        keys = frozenset(one.family.key for one in known if one is not None)
    in_sentence = statement.mode == "restricts" and not together
    made.append(Assumption(statement, keys, kind, node, in_sentence))
    return True


def _take_for_draws(
    draft: Draft, one: Assumed, kind: str, family: Family, statement: Statement
) -> bool:
    """Takes what the sentence that declares a symbol assumes of it: it holds for all its draws."""
    if kind == "between" and not family.domain.values:
        low = max(one.low, family.domain.low)
        high = min(one.high, family.domain.high)
        if low >= high:
            raise NotationError(
                "these bounds leave no number",
                statement.node,
                "Correct one of its bounds.",
                "holds",
            )
        draft.declared_sets.setdefault(family.key, family.domain)
        draft.symbols.add(replace(family, domain=replace(family.domain, low=low, high=high)))
        return True
    if kind in DRAWN and family.kind == "value":
        if kind not in draft.constraints.get(family.key, ()):
            constrain(draft, family, kind, statement)
        return True
    return False


def _assume_eigenvector(draft: Draft, node: Relation) -> bool:
    found = _eigen_symbols(draft, node)
    if found is None or found[0][0] in draft.eigen:
        return False
    draft.eigen[found[0][0]] = found[1:]
    return True


def _eigen_symbols(draft: Draft, node: Relation) -> tuple[Key, Key, Key] | None:
    """Matrix, vector and number of `A v = \\lambda v`."""
    left, right = node.sides[0], node.sides[-1]
    if node.operators != ("=",) or not isinstance(left, Product) or not isinstance(right, Product):
        return None
    if (
        len(left.factors) != 2
        or len(right.factors) != 2
        or not same(left.factors[1], right.factors[1])
    ):
        return None
    keys: list[Key] = []
    sizes: list[tuple[Node, ...] | None] = []
    for symbol in (*left.factors, right.factors[0]):
        reference = draft.reference(symbol)
        if (
            reference is None
            or reference.family.kind != "value"
            or reference.rest
            or (
                reference.is_entry
                or reference.family.slots
                or reference.family.key in draft.definitions
            )
        ):
            return None
        keys.append((reference.family.key, ()))
        sizes.append(reference.family.shape)
    matrix, vector, number = sizes
    square = matrix is not None and len(matrix) == 2 and same(*matrix)
    if not square or vector is None or len(vector) != 2 or number != ():
        return None
    return keys[0], keys[1], keys[2]


def _summed(draft: Draft, node: Node, reference: Reference) -> str:
    """Over which axis of a symbol `\\sum_k p_k = 1` runs; "" if it is not over one of them."""
    index = node.binders[0].index if isinstance(node, BigOperator) else None
    ends = (reference.row, reference.col)
    for place, end in zip((-2, -1), ends, strict=True):
        if end is not None and index is not None and same(end, index):
            return f"sums to one {place}"
    slots = [
        argument
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True)
        if slot not in draft.notation.concrete
    ]
    for place, argument in enumerate(slots):
        if index is not None and same(argument, index):
            return f"sums to one {place}"
    return ""
