"""The symbols of a formula with their places: what the page in a browser lights up and explains."""

from __future__ import annotations

from collections.abc import Iterator

from nn3doc.equations.book import Book
from nn3doc.equations.notation import NotationError, Reference
from nn3doc.equations.numbers import Numbers
from nn3doc.equations.python_names import obvious_name
from nn3doc.equations.report import SymbolUse
from nn3doc.equations.sizes import Size, show
from nn3doc.equations.tex import parse
from nn3doc.equations.tokens import TexError
from nn3doc.equations.tree import Binder, Name, Node, Number, Scripted, children


def symbol_uses(tex: str, book: Book, numbers: Numbers | None = None) -> list[SymbolUse]:
    """All symbols of a formula, in their order; none lies inside another."""
    try:
        formula = parse(tex, book.notation.lexicon)
    except TexError:
        return []
    found = [_use(node, reference, tex, book, numbers) for node, reference in _met(formula, book)]
    unique = {(use.start, use.end): use for use in found}
    return [unique[place] for place in sorted(unique)]


def _met(node: Node, book: Book) -> Iterator[tuple[Node, Reference]]:
    if isinstance(node, Name | Scripted):
        reference = book.notation.reference(node)
        if reference is not None:
            yield node, reference
            return
    if isinstance(node, Binder) and not isinstance(node.index, Name):
        return
    for child in children(node):
        yield from _met(child, book)


def _use(
    node: Node, reference: Reference, tex: str, book: Book, numbers: Numbers | None
) -> SymbolUse:
    family = reference.family
    layers: dict[str, int] = {}
    concrete: list[int | None] = []
    known = True
    for slot, argument in zip(family.slots, reference.arguments, strict=True):
        if slot not in book.notation.concrete:
            concrete.append(None)
            continue
        try:
            value = book.notation.integer(argument, {})
        except NotationError:
            known, value = False, 0
        layers[slot] = value
        concrete.append(value)
    values = {
        slot: tex[argument.start : argument.end]
        for slot, argument in zip(family.slots, reference.arguments, strict=True)
    }
    shape, sizes = _shape(reference, tuple(concrete), known, book, numbers)
    python = family.python or obvious_name(family.letter, list(values.values()))
    for slot, text in values.items():
        python = python.replace(f"{{{slot}}}", text)
    text = tex[node.start : node.end]
    return SymbolUse(
        key=_key(reference, tex), start=node.start, end=node.end, family=family.tex,
        meaning=family.meaning, shape=shape,
        python=python if family.kind in ("value", "size", "function") else "",
        sizes=sizes if text else "",
    )  # fmt: skip


def _key(reference: Reference, tex: str) -> str:
    """The same for a matrix and its entries: `W^{[1]}` also lights up at `w^{[1]}_{j,k}`."""
    arguments = [
        argument.text if isinstance(argument, Number) else tex[argument.start : argument.end]
        for argument in reference.arguments
    ]
    from nn3doc.equations.notation import filled

    return filled(reference.family, arguments)


def _shape(
    reference: Reference, concrete: tuple[int | None, ...], known: bool, book: Book,
    numbers: Numbers | None,
) -> tuple[str, str]:  # fmt: skip
    family = reference.family
    if family.kind != "value" or reference.is_entry:
        return "", ""
    if not known:
        if family.shape is None or not family.shape:
            return "", ""
        return "(" + ", ".join(_size_tex(size) for size in family.shape) + ")", ""
    try:
        shape = book.shape_of(family, concrete, reference.node)
    except Exception:  # a finding of its own tells why
        return "", ""
    if not shape:
        return "", ""
    given: list[str] = []
    for size in shape:
        try:
            number = size.value(lambda name: (numbers.sizes if numbers else {})[name])
        except KeyError:
            return show(shape), ""
        given.append(str(number))
    return show(shape), "(" + ", ".join(given) + ")"


def _size_tex(node: Node) -> str:
    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Scripted) and isinstance(node.base, Name) and node.sub:
        inner = "".join(_plain(item) for item in node.sub)
        return f"{node.base.letter}_{inner}" if len(inner) == 1 else f"{node.base.letter}_{{{inner}}}"
    return _plain(node)


def _plain(node: Node) -> str:
    from nn3doc.equations.tree import Sum

    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Sum):
        text = ""
        for term, sign in zip(node.terms, node.signs, strict=True):
            text += ("-" if sign < 0 else "+" if text else "") + _plain(term)
        return text
    return "…"


__all__ = ["Size", "symbol_uses"]
