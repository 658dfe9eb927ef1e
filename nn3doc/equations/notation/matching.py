"""Matches the scripts of a symbol with the pattern of a family, slot by slot."""

from __future__ import annotations

from nn3doc.equations.notation.symbols import (
    BRACKETS,
    Family,
    Part,
)
from nn3doc.equations.tex import (
    ACCENTS,
    GREEK,
    Mark,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Text,
)


def scripts_of(node: Node) -> tuple[Node, tuple[Node, ...], tuple[Mark, ...]]:
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


Slots = dict[str, Node | None]


def match_scripts(
    family: Family, sub: tuple[Node, ...], marks: tuple[Mark, ...]
) -> tuple[int, Slots, tuple[Node, ...], tuple[Mark, ...]] | None:
    """How well scripts fit a family: score, slots, further subscripts and further marks."""
    ends = {family.row, family.col} - {""}
    below = _match_subscripts(family, sub, ends)
    beside = _match_marks(family, marks, ends) if below is not None else None
    if below is None or beside is None:
        return None
    slots, rest, remaining = {**below[1], **beside[1]}, below[2], beside[2]
    if any(mark.kind in ("bracket", "paren", "angle") for mark in remaining):
        return None
    if family.entry_of and ends and all(slots.get(end) is None for end in ends):
        return None
    if not family.entry_of and family.shape is not None and not family.shape and rest:
        return None
    return below[0] + beside[0] - len(rest), slots, tuple(rest), tuple(remaining)


def _match_subscripts(
    family: Family, sub: tuple[Node, ...], ends: set[str]
) -> tuple[int, Slots, list[Node]] | None:
    wanted = [part for part in family.parts if part.place == "sub"]
    slots: Slots = {}
    score, rest = 0, list(sub)
    for place, part in enumerate(wanted):
        if part.fixed:
            if not rest or fixed_text(rest[0]) != part.fixed:
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
    return score, slots, rest


def _match_marks(
    family: Family, marks: tuple[Mark, ...], ends: set[str]
) -> tuple[int, Slots, list[Mark]] | None:
    slots: Slots = {}
    score, remaining = 0, list(marks)
    for part in family.parts:
        if part.place == "sub":
            continue
        mark = remaining[0] if remaining else None
        if part.fixed:
            if mark is None or mark_text(mark) != part.fixed:
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
    return score, slots, remaining


def fixed_text(node: Node) -> str:
    """The text of a script that is part of a name: x in `n_x`, in in `n_{\\text{in}}`, 0."""
    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Text):
        return node.text.strip()
    return ""


def mark_text(mark: Mark) -> str:
    """The text of a mark that is part of a name: `'`, `[1]`."""
    if mark.kind in ("prime", "star"):
        return {"prime": "'", "star": "*"}[mark.kind]
    if mark.value is None:
        return ""
    left, right = BRACKETS.get(mark.kind, ("", ""))
    return left + fixed_text(mark.value) + right


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
        if len(node.sub) == 1 and (text := fixed_text(node.sub[0])):
            parts = (Part("sub", fixed=text),)
            return Family(
                node.base.letter, parts, "size", (), f"{node.base.letter}_{text}", declared=False
            )
    return None
