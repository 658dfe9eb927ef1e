"""What statements declare: sets, sizes, maps, indices, numbers."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from nn3doc.equations.model.definitions import Assumption, Statement
from nn3doc.equations.model.draft import Draft
from nn3doc.equations.model.patterns import tex_of
from nn3doc.equations.model.roles import DRAWN, SIGNED, Assumed
from nn3doc.equations.notation import (
    Domain,
    Family,
    Membership,
    NotationError,
    any_layers,
    function_family,
    membership,
    pattern,
    with_membership,
)
from nn3doc.equations.tex import (
    Binder,
    Listing,
    MapType,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sum,
    bare,
    walk,
)

_SMALL = 12  # a numeral up to this is a number; one above it stands for the size it was given to


def declare_members(draft: Draft, statement: Statement, node: Relation) -> None:
    """`x, y \\in \\mathbb{R}^n`."""
    left, right = node.sides[0], node.sides[1]
    said = membership(right)
    for symbol in left.items if isinstance(left, Listing) else (left,):
        if said is None:
            _declare_in_named_set(draft, symbol, right)
        elif said.kind == "index" and said.sequence and isinstance(symbol, Name):
            if is_index(draft, symbol.letter) and symbol.letter not in draft.notation.indices:
                declare_ends(draft, *said.sequence)
                draft.symbols.set_index(symbol.letter, said.sequence)
        elif _known_as_whole(draft, symbol) or not isinstance(symbol, Name | Scripted):
            _narrow(draft, symbol, said, node, statement)
        else:
            for size in said.shape:
                draft.symbols.declare_sizes(size, any_layers(draft.notation))
            if said.sequence:
                declare_ends(draft, *said.sequence)
            letter, parts = pattern(symbol, draft.notation, frozenset())
            family = Family(letter, parts, "value", (), tex_of(letter, parts), declared=True)
            introduce(draft, draft.symbols.add(with_membership(family, said)), statement)


def _declare_in_named_set(draft: Draft, symbol: Node, named: Node) -> None:
    """`i \\in B`: B is a set, and i runs over it."""
    if isinstance(named, Name) and isinstance(symbol, Name):
        declare_set(draft, named)
        if symbol.letter not in draft.notation.index_sets:
            sets = {**draft.notation.index_sets, symbol.letter: named.letter}
            draft.symbols.now = replace(draft.notation, index_sets=sets)


def declare_set(draft: Draft, symbol: Node) -> None:
    """A letter that nothing declares is a set: `\\mathcal{B} \\subset \\{1, \\dots, n\\}`."""
    if isinstance(symbol, Name) and draft.reference(symbol) is None:
        draft.add_new(symbol.letter, "set")


def declare_index_sets(draft: Draft, node: Node) -> None:
    """`\\sum_{i \\in B}`: B is a set."""
    for inner in walk(node):
        if isinstance(inner, Binder) and inner.within is not None:
            declare_set(draft, inner.within)


def _narrow(
    draft: Draft, symbol: Node, said: Membership, node: Relation, statement: Statement
) -> None:
    """`for t \\in (0, 1)` of a declared number: some of its values."""
    reference = draft.reference(symbol)
    if reference is None or not reference.family.declared or not statement.mode:
        return
    family, domain = reference.family, said.domain
    inside = family.domain.low <= domain.low and domain.high <= family.domain.high
    if (
        statement.mode == "concludes"
        or said.shape
        or family.shape
        or domain.values
        or family.domain.values
        or domain == family.domain
        or not inside
        or family.key in draft.definitions
        or family.kind != "value"
    ):
        return
    sides: list[Node] = [symbol]
    operators: list[str] = []
    if domain.low > float("-inf"):
        sides, operators = [_number(domain.low, node), *sides], [*operators, "<"]
    if domain.high < float("inf"):
        sides, operators = [*sides, _number(domain.high, node)], [*operators, "<"]
    relation = Relation(symbol.start, node.end, tuple(sides), tuple(operators))
    in_sentence = statement.mode == "restricts"
    keys = frozenset([family.key])
    draft.assumed.append(Assumption(statement, keys, "compared", relation, in_sentence))


def _known_as_whole(draft: Draft, symbol: Node) -> bool:
    reference = draft.reference(symbol)
    return reference is not None and (reference.family.declared or not reference.is_entry)


def declare_map(draft: Draft, statement: Relation) -> None:
    """`f \\colon A \\to B`."""
    left, kind = statement.sides
    assert isinstance(kind, MapType)
    if not isinstance(left, Name):
        return
    source = bare(kind.source)
    factors = source.factors if isinstance(source, Product) else (source,)
    found = [membership(factor) for factor in factors]
    target = membership(kind.target)
    if target is None or any(one is None for one in found):
        return
    known = Family(left.letter, (), "function", None, left.letter)
    sizes = [one for one in found if one is not None]
    for said in (*sizes, target):
        for size in said.shape:
            draft.symbols.declare_sizes(size, {})
    family = function_family(known, sizes, target)
    before = draft.notation.find(family.key)
    if before is not None and before.kind == "function" and before.source is not None:
        return  # a second declaration is compared with the first
    draft.symbols.add(family)
    draft.introduced[family.key] = -2


def speaks_of_sizes(draft: Draft, node: Relation) -> bool:
    """Whether a relation speaks of sizes, such as `n_0 = n_x`."""
    reference = draft.reference(node.sides[0])
    if reference is None or reference.family.kind != "size":
        return False
    for side in node.sides[1:]:
        try:
            number = draft.notation.size(side, {}).number
        except NotationError:
            continue
        if number is None or number < 2:
            continue
        try:
            size = draft.notation.size(node.sides[0], {})
        except NotationError:
            return True
        if size.number is None:
            now = draft.notation
            literals = {number: size, **now.literals} if number > _SMALL else now.literals
            examples = {number: size, **now.examples}
            draft.symbols.now = replace(now, examples=examples, literals=literals)
    return True


def declare_ends(draft: Draft, *ends: Node) -> None:
    """The ends of a range are sizes, as far as they can be; whatever uses it tells what cannot."""
    for node in ends:
        with contextlib.suppress(NotationError):
            draft.symbols.declare_sizes(node, {})


def declare_number(draft: Draft, one: Assumed, statement: Statement) -> None:
    """`c > 0` says that c is a number, too."""
    letter, parts = pattern(one.symbol, draft.notation, frozenset())
    low, high = SIGNED.get(one.kind, (one.low, one.high))
    reference = draft.reference(one.symbol)
    if reference is not None:  # the other end of `0 < p < 1`
        low = max(low, reference.family.domain.low)
        high = min(high, reference.family.domain.high)
    tex = tex_of(letter, parts)
    family = draft.symbols.add(Family(letter, parts, "value", (), tex, Domain(low, high)))
    introduce(draft, family, statement)
    if one.kind in DRAWN:
        constrain(draft, family, one.kind, statement)


def constrain(draft: Draft, family: Family, kind: str, statement: Statement) -> None:
    """From here on a symbol is drawn as a statement assumes it."""
    draft.constraints[family.key] = (*draft.constraints.get(family.key, ()), kind)
    draft.assumed_by[family.key] = statement


def introduce(draft: Draft, family: Family, statement: Statement) -> None:
    """Notes the sentence in which the text declares a symbol."""
    draft.introduced[family.key] = statement.sentence if statement.own else -2


def is_index(draft: Draft, letter: str) -> bool:
    """Whether a letter is an index, or nothing yet."""
    families = draft.notation.families.get(letter, ())
    return not families or any(family.kind == "index" for family in families)


def _number(value: float, where: Node) -> Node:
    """A number as a node."""
    text = f"{abs(value):.17g}"
    number = Number(where.start, where.end, text)
    return number if value >= 0 else Sum(where.start, where.end, (number,), (-1,))
