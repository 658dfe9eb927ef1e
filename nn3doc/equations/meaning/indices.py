"""Indices: bound by a sum or free, each used over one range only."""

from __future__ import annotations

from nn3doc.equations.meaning.context import Context, read
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.notation import ONE, Family, NotationError, Range, Size, as_index, filled
from nn3doc.equations.tex import Name, Node, Number, Product, Scripted, Sum, bare, undecorated, walk


def layer(context: Context, family: Family, slot: str, node: Node) -> int:
    """The number in the place of a layer.

    Raises:
        NotationError: The family has no such member.
    """
    number = context.notation.integer(node, context.layers)
    context.account_all(node)
    limits = context.notation.slot_range(family, slot)
    if limits is not None:
        low, high = (context.notation.integer(limit, {}) for limit in limits)
        if not low <= number <= high:
            values = [str(number) if other == slot else other for other in family.slots]
            raise NotationError(
                f"{filled(family, values)} does not exist",
                node,
                f"{family.tex} stands for {slot} = {low}, …, {high}.",
            )
    return number


def slot_range(context: Context, family: Family, slot: str) -> Range:
    """Over what the index in a slot runs."""
    defined = context.definitions.slot_range(family, slot)
    if defined is not None:
        return defined
    limits = context.notation.slot_range(family, slot)
    if limits is not None:
        return Range(*(context.notation.size(limit, context.layers) for limit in limits))
    if slot in context.notation.index_sets:
        return Range(ONE, Size.of(f"|{context.notation.index_sets[slot]}|"))
    return Range(ONE, Size.of(f"#{slot}"))


def index_term(context: Context, node: Node, range_: Range, owner: str) -> Term:
    """What stands in the place of an index: an index, a number, an expression of them."""
    node = bare(node)
    if isinstance(node, Name):
        found = context.index(node.letter)
        if node.letter in context.layers and found is None:
            return Term("number", (), (), node, float(context.layers[node.letter]))
        found = found or _new_index(context, node)
        if found is not None:
            use(found, range_, node, owner)
            return Term("index", (), (), node, found, frozenset([found.name]))
    if isinstance(node, Number):
        return _numbered(context, node, range_, owner)
    if isinstance(node, Name | Scripted):
        term = read(context, node)
        if term.shape != ():
            raise NotationError("an index is a number", node, question="fits")
        return term
    if not isinstance(node, Sum | Product):
        raise NotationError("an index is expected here", node, question="fits")
    names = [name for name in walk(node) if isinstance(name, Name)]
    indices = [
        context.index(name.letter) or _new_index(context, name)
        for name in names
        if name.letter not in context.layers
    ]
    for index in [index for index in indices if index is not None and index.range is None]:
        use(index, range_, node, owner)
    return read(context, node)


def _numbered(context: Context, node: Number, range_: Range, owner: str) -> Term:
    if not node.text.isdigit():
        raise NotationError("an index is a whole number", node, question="fits")
    number = int(node.text)
    high = range_.high.number
    if number < (range_.low.number or 0) or (high is not None and number > high):
        raise NotationError(
            f"{owner} has no entry {number} here",
            node,
            f"Its indices run over {range_}.",
            "fits",
        )
    if number in context.notation.literals:
        return size_term(context, context.notation.literals[number], node)
    return Term("number", (), (), node, float(number))


def size_term(context: Context, size: Size, node: Node) -> Term:
    """A size as a number."""
    return Term("size", (), (), node, context.notation.canonical(size))


def is_new_index(context: Context, node: Name) -> bool:
    """Whether a letter that was not met yet may be an index."""
    letter = undecorated(node.letter)
    families = context.notation.families.get(letter, ())
    plain = [family for family in families if not family.parts]
    if not plain:
        return len(letter) == 1 or letter.startswith("\\")
    return plain[0].kind == "index"


def _new_index(context: Context, node: Name) -> Index | None:
    return new_free(context, node) if is_new_index(context, node) else None


def new_free(context: Context, node: Name) -> Index:
    """A free index at its first use, with its range where the formula or the notation gives it."""
    notation = context.notation
    letter = node.letter  # i' is an index of its own, with the range of i
    if letter not in notation.indices and letter not in notation.index_sets:
        letter = undecorated(letter)
    range_, source = context.quantifiers.get(node.letter), "as the formula says"
    explicit = range_ is not None
    limits = notation.indices.get(letter)
    if range_ is None and limits is not None and not _depends_on_layer(context, limits):
        low, high = (notation.size(limit, context.layers) for limit in limits)
        range_, source = Range(low, high), "as the notation says"
    members = notation.index_sets.get(letter, "") if range_ is None else ""
    source = source if range_ is not None else ""
    index = Index(node.letter, node.letter, range_, node, explicit, members, source)
    context.free[node.letter] = index
    return index


def _depends_on_layer(context: Context, limits: tuple[Node, Node]) -> bool:
    return any(
        isinstance(node, Name) and node.letter in context.notation.concrete
        for limit in limits
        for node in walk(limit)
    )


def use(index: Index, range_: Range, node: Node, owner: str) -> None:
    """Compares one use of an index with its other uses; the first one gives it its range.

    Raises:
        NotationError: The ranges differ.
    """
    if index.range is None:
        index.range, index.said = range_, f"in {owner}"
        return
    known = index.range
    if known == range_:
        return
    if index.members and known.high != range_.high:
        return
    below = (known.low - range_.low).number
    above = (range_.high - known.high).number
    if below is not None and above is not None and below >= 0 and above >= 0 and index.explicit:
        return
    raise NotationError(
        f"the index {index.letter} runs over {range_} here, in {owner}, "
        f"but over {known} {index.said}",
        node,
        "Use another letter, or the right symbol.",
        "known",
    )


def index_value(context: Context, node: Node) -> Term:
    """An index as a number: the i of `\\frac{1}{i}`."""
    letter = as_index(node)
    if letter in context.layers and letter not in context.bound:
        return Term("number", (), (), node, float(context.layers[letter]))
    found = context.index(letter)
    if found is None:
        if not isinstance(node, Name):
            raise NotationError("an index is expected here", node, question="fits")
        found = new_free(context, node)
    return Term("index", (), (), node, found, frozenset([found.name]))
