"""The symbols of a formula with their places: what the page in a browser lights up and explains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nn3doc.equations.model.definitions import DefinitionError
from nn3doc.equations.model.page_model import PageModel
from nn3doc.equations.model.spelling import obvious_name
from nn3doc.equations.notation import Family, NotationError, Reference, Size, filled, show
from nn3doc.equations.report import Part, SymbolUse
from nn3doc.equations.tex import (
    Binder,
    Name,
    Node,
    Number,
    Scripted,
    Sum,
    TexError,
    children,
    parse,
)


def symbol_uses(
    tex: str, model: PageModel, numbers: Mapping[str, int] | None = None
) -> list[SymbolUse]:
    """All symbols of a formula, in their order; none lies inside another.

    Args:
        tex: The formula.
        model: What the page says.
        numbers: The numbers of sizes in the example that the formula belongs to.
    """
    try:
        formula = parse(tex, model.notation.lexicon)
    except TexError:
        return []
    found = [_use(node, reference, tex, model, numbers) for node, reference in _met(formula, model)]
    unique = {(use.start, use.end): use for use in found}
    return [unique[place] for place in sorted(unique)]


def _met(node: Node, model: PageModel) -> Iterator[tuple[Node, Reference]]:
    if isinstance(node, Name | Scripted):
        reference = model.notation.reference(node)
        if reference is not None:
            yield node, reference
            return
    if isinstance(node, Binder) and not isinstance(node.index, Name):
        return
    for child in children(node):
        yield from _met(child, model)


def _use(
    node: Node, reference: Reference, tex: str, model: PageModel, numbers: Mapping[str, int] | None
) -> SymbolUse:
    family = reference.family
    layers: dict[str, int] = {}
    concrete: list[int | None] = []
    known = True
    values: dict[str, str] = {}
    for slot, argument in zip(family.slots, reference.arguments, strict=True):
        values[slot] = tex[argument.start : argument.end]
        if slot not in model.notation.concrete:
            concrete.append(None)
            continue
        try:
            layers[slot] = model.notation.integer(argument, {})
        except NotationError:
            known = False
        concrete.append(layers.get(slot, 0))
    shape, sizes = _shape(reference, tuple(concrete), values if not known else {}, model, numbers)
    return SymbolUse(
        key=_key(reference, tex),
        start=node.start,
        end=node.end,
        family=family.tex,
        meaning=_meaning(family.meaning, values),
        shape=shape,
        python=_python(family, values, layers),
        sizes=sizes,
        part=_part(reference),
    )


def _meaning(meaning: str, values: Mapping[str, str]) -> str:
    """What a row says of all layers, said of one: `weights of layer $1$`."""
    for slot, text in values.items():
        if text != slot:
            meaning = re.sub(rf",? where \${re.escape(slot)} = [^$]*\$", "", meaning)
            pieces = meaning.split("$")
            pieces[1::2] = [_filled_in(tex, slot, text) for tex in pieces[1::2]]
            meaning = "$".join(pieces)
    return meaning


def _filled_in(tex: str, slot: str, text: str) -> str:
    return re.sub(rf"(?<![\\a-zA-Z]){re.escape(slot)}(?![a-zA-Z])", lambda _: text, tex)


def _python(family: Family, values: Mapping[str, str], layers: Mapping[str, int]) -> str:
    """The name of this layer's variable: `A2` also for the last layer L = 2."""
    if family.kind not in ("value", "size", "function"):
        return ""
    given = {slot: str(layers.get(slot, text)) for slot, text in values.items()}
    if family.python:
        name = family.python
        for slot, text in given.items():
            name = name.replace(f"{{{slot}}}", text)
    elif family.meaning:  # a row that says there is no name
        return ""
    else:
        name = obvious_name(family.letter, list(given.values()))
    # Of a layer that is not said, `W{l}`, as the table has it, says more than `Wl`.
    unsaid = any(not text.isdigit() for text in given.values())
    return family.python if unsaid else name


def _part(reference: Reference) -> Part:
    if not reference.is_entry:
        return ""
    entry = reference.spelled or reference.family
    if entry.row and reference.row is None:
        return "column"
    if entry.col and reference.col is None:
        return "row"
    return "entry"


def _key(reference: Reference, tex: str) -> str:
    """The same for a matrix and its entries: `W^{[1]}` also lights up at `w^{[1]}_{j,k}`."""
    arguments = [
        argument.text if isinstance(argument, Number) else tex[argument.start : argument.end]
        for argument in reference.arguments
    ]
    return filled(reference.family, arguments)


def _shape(
    reference: Reference,
    concrete: tuple[int | None, ...],
    unsaid: Mapping[str, str],
    model: PageModel,
    numbers: Mapping[str, int] | None,
) -> tuple[str, str]:
    family = reference.family
    given = numbers or {}
    try:
        if family.kind == "size":
            layers = (str(layer) for layer in concrete)
            name = filled(family, unsaid.values() or layers)
            return "", str(_number(Size.of(name), model, given))
        if family.kind != "value":
            return "", ""
        if unsaid:
            sizes = [_plain(size, unsaid) for size in family.shape or ()]
            return f"({', '.join(sizes)})" if sizes else "", ""
        shape = model.shape_of(family, concrete, reference.node)
    except (KeyError, NotationError, DefinitionError):  # a finding of its own tells why
        return "", ""
    if not shape:
        return "", ""
    try:
        counted = [str(_number(size, model, given)) for size in shape]
    except KeyError:
        return show(shape), ""
    return show(shape), f"({', '.join(counted)})"


def _number(size: Size, model: PageModel, given: Mapping[str, int]) -> int:
    """A size in the page's numbers.

    Raises:
        KeyError: The page gives none.
    """
    return model.notation.canonical(size).value(lambda name: given[name])


def _plain(node: Node, values: Mapping[str, str]) -> str:
    """A size as TeX, slots filled in: `n_{l-1}` with l + 1 for l is `n_l`."""
    if isinstance(node, Name):
        return values.get(node.letter, node.letter)
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Scripted) and isinstance(node.base, Name) and node.sub:
        inner = "".join(_plain(item, values) for item in node.sub)
        return (
            f"{node.base.letter}_{inner}" if len(inner) == 1 else f"{node.base.letter}_{{{inner}}}"
        )
    if isinstance(node, Sum):
        text = ""
        for term, sign in zip(node.terms, node.signs, strict=True):
            text += ("-" if sign < 0 else "+" if text else "") + _plain(term, values)
        return _added(text)
    return "…"


def _added(text: str) -> str:
    """`l+1-1` as `l`."""
    numbers = [int(number) for number in re.findall(r"[+-]\d+", text)]
    rest = re.sub(r"[+-]\d+", "", text)
    total = sum(numbers)
    return f"{rest}{total:+d}" if total else rest


__all__ = ["Size", "symbol_uses"]
