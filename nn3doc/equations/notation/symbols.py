"""What a notation is made of: families of symbols, their scripts, and where values lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nn3doc.equations.tex import Mark, Node

SlotPlace = Literal["sub", "bracket", "paren", "angle", "power"]


FamilyKind = Literal["value", "size", "index", "set", "function"]


INDEX_LETTERS = frozenset("ijklpqrst")


BRACKETS = {"bracket": ("[", "]"), "paren": ("(", ")"), "angle": ("⟨", "⟩")}


class NotationError(ValueError):
    """A symbol, a size or a row of the table that does not fit.

    Attributes:
        start: Offset of the first character at fault, in the formula or cell it stands in.
        end: Offset behind the last one.
        cure: How to mend it.
        question: Which of the five questions fails: `known`, `fits` or `notation`.
    """

    def __init__(self, message: str, node: Node, cure: str = "", question: str = "known") -> None:
        super().__init__(message)
        self.message = message
        self.start = node.start
        self.end = node.end
        self.cure = cure
        self.question = question


@dataclass(frozen=True)
class Part:
    """One script of a symbol: a slot for an index, or a fixed part of its name."""

    place: SlotPlace
    slot: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class Domain:
    """Where a value lies: an interval, or a few numbers.

    Attributes:
        low: The lower end.
        high: The upper end.
        values: The numbers, where they are few.
        nonzero: Whether 0 is left out.
        has_low: Whether the lower end belongs to it, `[0, 1)`.
        has_high: Whether the upper end does.
    """

    low: float = float("-inf")
    high: float = float("inf")
    values: tuple[float, ...] = ()
    nonzero: bool = False
    has_low: bool = False
    has_high: bool = False

    @property
    def is_real(self) -> bool:
        """Whether nothing is said of it."""
        return self == Domain()


REAL = Domain()


@dataclass(frozen=True)
class Family:
    """One row of the notation: a symbol for every value of its slots.

    Attributes:
        letter: Canonical letter.
        parts: Its scripts, subscripts first.
        kind: What it is.
        shape: Sizes, in which slots may occur as in `n_l`; None until its definition is read.
        tex: How the table writes it.
        domain: Where its values lie.
        python: Its Python name, slots in braces; "" where the obvious one is meant.
        meaning: What the table says of it.
        ranges: Range of a slot for this family only: `A^{[l]}`, l = 0, …, L.
        column: Declared with a literal 1 as a size: the only thing that is repeated in a sum.
        entry_of: For the pattern of an entry: the family it belongs to.
        row: Slot that is the row; "" where there is none.
        col: Slot that is the column.
        source: For a function: domains and shapes of its arguments.
        members: For an index set, the size of it; for an integer symbol, the last integer.
    """

    letter: str
    parts: tuple[Part, ...]
    kind: FamilyKind
    shape: tuple[Node, ...] | None
    tex: str
    domain: Domain = REAL
    python: str = ""
    meaning: str = ""
    ranges: tuple[tuple[str, Node, Node], ...] = ()
    column: bool = False
    entry_of: str = ""
    row: str = ""
    col: str = ""
    source: tuple[tuple[Domain, tuple[Node, ...]], ...] | None = None
    target: tuple[Node, ...] = ()
    members: Node | None = None
    declared: bool = True

    @cached_property
    def key(self) -> str:
        """One name for the family, whatever its slots are called."""
        return self.letter + "".join(f"|{part.place}:{part.fixed}" for part in self.parts)

    @property
    def slots(self) -> tuple[str, ...]:
        """Letters of its slots, in the order of its parts."""
        return tuple(part.slot for part in self.parts if part.slot)


@dataclass(frozen=True)
class Reference:
    """A symbol met in a formula, matched with a family.

    Attributes:
        family: The family; for an entry, the family of the whole.
        arguments: What stands in the family's slots.
        row: What stands at the row of an entry; None where it is left out.
        col: The same for the column.
        is_entry: Whether it is written as an entry.
        rest: Marks that belong to no slot: transpose, power.
        node: The symbol without `rest`.
        spelled: The entry family it was written with, if any.
    """

    family: Family
    arguments: tuple[Node, ...]
    row: Node | None
    col: Node | None
    is_entry: bool
    rest: tuple[Mark, ...]
    node: Node
    spelled: Family | None = None


def filled(family: Family, values: Iterable[str]) -> str:
    """The TeX of one member of a family: `W^{[1]}`."""
    given = iter(values)
    sub, marks = "", ""
    for part in family.parts:
        content = next(given) if part.slot else part.fixed
        if part.place == "sub":
            sub += ("," if sub else "") + content
        elif part.place == "power":
            marks += content
        else:
            left, right = BRACKETS[part.place]
            marks += f"{left}{content}{right}"
    subscript = "" if not sub else f"_{sub}" if len(sub) == 1 else f"_{{{sub}}}"
    superscript = "" if not marks else f"^{marks}" if len(marks) == 1 else f"^{{{marks}}}"
    return family.letter + superscript + subscript
