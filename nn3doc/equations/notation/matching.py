"""Matches the scripts of a symbol with the pattern of a family, slot by slot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nn3doc.equations.notation.symbols import (
    BRACKETS,
    INDEX_LETTERS,
    Family,
    NotationError,
    Part,
    SlotPlace,
)
from nn3doc.equations.tex import (
    ACCENTS,
    GREEK,
    Mark,
    MarkKind,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Text,
    undecorated,
)

if TYPE_CHECKING:
    from nn3doc.equations.notation.notation import Notation


def taken_apart(node: Node) -> tuple[Node, tuple[Node, ...], tuple[Mark, ...]]:
    """A symbol, its subscripts one by one (`w_{jk}` has two) and its marks."""
    if isinstance(node, Scripted):
        items: list[Node] = []
        for item in node.sub:
            if (
                isinstance(item, Product)
                and item.operation == "juxtaposition"
                and all(isinstance(factor, Name | Number) for factor in item.factors)
            ):
                items.extend(item.factors)  # `w_{jk}` is `w_{j,k}`
            else:
                items.append(item)
        return node.base, tuple(items), node.marks
    return node, (), ()


def match_scripts(
    family: Family, sub: tuple[Node, ...], marks: tuple[Mark, ...]
) -> tuple[int, dict[str, Node | None], tuple[Node, ...], tuple[Mark, ...]] | None:
    """How well scripts fit a family: score, slots, further subscripts and further marks."""
    slots: dict[str, Node | None] = {}
    score = 0
    ends = {family.row, family.col} - {""}
    wanted = [part for part in family.parts if part.place == "sub"]
    rest = list(sub)
    for place, part in enumerate(wanted):
        if part.fixed:
            if not rest or _fixed_text(rest[0]) != part.fixed:
                return None
            rest.pop(0)
            score += 3
        elif rest:
            missing = len(wanted) - place - len(rest)
            if missing > 0 and part.slot in ends and part.slot == family.col:
                slots[part.slot] = None
                continue
            slots[part.slot] = rest.pop(0)
            score += 2
        elif part.slot in ends:
            slots[part.slot] = None
        else:
            return None
    remaining = list(marks)
    for part in family.parts:
        if part.place == "sub":
            continue
        mark = remaining[0] if remaining else None
        if part.fixed:
            if mark is None or _mark_text(mark) != part.fixed:
                return None
            remaining.pop(0)
            score += 3
        elif mark is not None and mark.kind == part.place:
            slots[part.slot] = mark.value
            remaining.pop(0)
            score += 2
        elif part.slot in ends:
            slots[part.slot] = None
        else:
            return None
    if any(mark.kind in ("bracket", "paren", "angle") for mark in remaining):
        return None
    if family.entry_of and ends and all(slots.get(end) is None for end in ends):
        return None
    if not family.entry_of and family.shape is not None and not family.shape and rest:
        return None
    return score - len(rest), slots, tuple(rest), tuple(remaining)


def _fixed_text(node: Node) -> str:
    """The text of a script that is part of a name: x in `n_x`, in in `n_{\\text{in}}`, 0."""
    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Text):
        return node.text.strip()
    return ""


def _mark_text(mark: Mark) -> str:
    if mark.kind in ("prime", "star"):
        return {"prime": "'", "star": "*"}[mark.kind]
    if mark.value is None:
        return ""
    left, right = BRACKETS.get(mark.kind, ("", ""))
    return left + _fixed_text(mark.value) + right


def bold(letter: str) -> tuple[str, ...]:
    """How the vector is written whose entries have a letter: x_k is an entry of \\mathbf{x}."""
    accent, _, inner = letter.partition("{")
    if inner and accent[1:] in ACCENTS:
        inner = inner[:-1]
        return f"{accent}{{\\mathbf{{{inner}}}}}", f"\\mathbf{{{accent}{{{inner}}}}}"
    if letter.startswith(r"\mathbf{"):
        return ()
    return f"\\mathbf{{{letter}}}", f"\\vec{{{letter}}}"


def is_one_command(letter: str) -> bool:
    """Whether a letter is one TeX command: `\\alpha`, `\\mathbf{x}`."""
    return (
        letter.startswith("\\")
        and (letter[1:] in GREEK or letter.endswith("}"))
        and (letter.count("\\") == 1 or "{\\" in letter)
    )


def new_size(node: Node) -> Family | None:
    """An unknown letter in the exponent of ℝ is a new size."""
    if isinstance(node, Name):
        return Family(node.letter, (), "size", (), node.letter, declared=False)
    if isinstance(node, Scripted) and isinstance(node.base, Name) and not node.marks:
        if len(node.sub) == 1 and (text := _fixed_text(node.sub[0])):
            parts = (Part("sub", fixed=text),)
            return Family(
                node.base.letter, parts, "size", (), f"{node.base.letter}_{text}", declared=False
            )
    return None


def pattern(node: Node, notation: Notation, slots: frozenset[str]) -> tuple[str, tuple[Part, ...]]:
    """The letter of a symbol and its parts, for declaring a family.

    Args:
        node: The symbol as written.
        notation: What is known already.
        slots: Letters that are indices though nothing else says so.

    Raises:
        NotationError: It is no symbol with plain scripts.
    """
    base, sub, marks = taken_apart(node)
    if not isinstance(base, Name):
        raise NotationError("a symbol is expected here", node)
    parts = [_part("sub", item, notation, slots) for item in sub]
    for mark in marks:
        if mark.kind == "transpose":
            raise NotationError(
                "a transposed symbol cannot be declared", mark, "Declare the symbol itself."
            )
        if mark.kind in ("prime", "star") or mark.value is None:
            parts.append(Part("power", fixed=_mark_text(mark)))
        else:
            place: dict[MarkKind, SlotPlace] = {
                "bracket": "bracket",
                "paren": "paren",
                "angle": "angle",
                "power": "power",
            }
            part = _part(place[mark.kind], mark.value, notation, slots)
            if part.fixed and mark.kind != "power":
                part = replace(part, fixed=_mark_text(mark))
            parts.append(part)
    return base.letter, tuple(parts)


def _part(place: SlotPlace, node: Node, notation: Notation, slots: frozenset[str]) -> Part:
    if isinstance(node, Name):
        is_size = any(f.kind != "index" for f in notation.families.get(node.letter, ()))
        index = any(
            letter in slots or letter in notation.indices or letter in notation.index_sets
            for letter in (node.letter, undecorated(node.letter))
        )
        letter = undecorated(node.letter)
        bracketed = place in ("bracket", "paren", "angle") and not letter.startswith(r"\math")
        if index or (bracketed and not is_size) or (letter in INDEX_LETTERS and not is_size):
            return Part(place, slot=node.letter)
    if place == "bracket" and isinstance(node, Number):  # `Z^{[1]}` is a Z of the first layer
        return Part(place, slot=_layer_letter(notation))
    text = _fixed_text(node)
    if not text:
        raise NotationError(
            "only an index or a plain word can stand in the scripts of a declared symbol", node
        )
    return Part(place, fixed=text)


def _layer_letter(notation: Notation) -> str:
    """The letter that the page has for what stands in square brackets."""
    slots = (
        part.slot
        for family in notation.all()
        for part in family.parts
        if part.place == "bracket" and part.slot
    )
    return next(slots, "l")
