"""Statements of a page, and those that define a symbol or a function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nn3doc.equations.meaning import Term
from nn3doc.equations.model.roles import Mode, Role, Words
from nn3doc.equations.notation import Shape
from nn3doc.equations.tex import Node, Relation


@dataclass(eq=False)
class Statement:
    """One statement of a formula.

    Attributes:
        node: A relation, an expression, or sizes beside a value.
        place: Number of its formula on its page.
        order: Number in all that is read.
        own: Whether it stands on the page that is checked, not on one it builds on.
        ranges: Ranges of indices that the formula itself gives: `l = 1, …, L`.
        conditions: What `\\text{if}` says.
        near: What `\\text{near}` says.
        in_table: Whether it stands in a notation table.
        words: What the words in front of it make of it, see `roles`.
        general: Whether its sentence speaks of all values.
        sentence: Where its sentence starts on the page; -1 where nothing is known of it.
        section: Where its section starts.
        role: The part that it plays, as far as reading it decides that.
    """

    node: Node
    place: int
    order: int
    own: bool
    ranges: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    conditions: list[Node] = field(default_factory=list)
    near: list[Node] = field(default_factory=list)
    in_table: bool = False
    words: Words = field(default_factory=Words)
    sentence: int = -1
    general: bool = False
    section: int = -1
    role: Role = "claim"

    @property
    def mode(self) -> Mode:
        """What the words in front of it make of it."""
        return self.words.mode


@dataclass(frozen=True, eq=False)
class Assumption:
    """What a statement assumes of a symbol that was introduced before.

    Attributes:
        statement: The statement.
        keys: The symbols it speaks of.
        kind: How values are drawn for it; `compared` where a drawn value meets it or does not.
        node: The relation.
        in_sentence: Whether it holds in its own sentence only.
    """

    statement: Statement
    keys: frozenset[str]
    kind: str
    node: Relation
    in_sentence: bool

    def reaches(self, other: Statement, others: Iterable[Assumption]) -> bool:
        """Whether it holds for a statement.

        "Let $x > 0$" holds for all that follows and for its own sentence; "for $x > 0$, …" for what
        follows in the sentence, up to the next "for"; "… for $x > 0$" for what stands before it.

        Args:
            other: The statement.
            others: All that is assumed.
        """
        own = self.statement
        if not (own.own and other.own):
            return not (own.own or self.in_sentence)
        same_sentence = other.sentence == own.sentence >= 0
        if not self.in_sentence:
            return same_sentence or own.order < other.order
        if not same_sentence:
            return False
        trailing = own.words.trailing
        low, high = sorted((own.order, other.order))
        return (other.order < own.order) == trailing and not any(
            one.in_sentence
            and one.statement.sentence == own.sentence
            and one.statement.words.trailing == trailing
            and one.statement.words.place != own.words.place
            and low < one.statement.order < high
            for one in others
        )


@dataclass(frozen=True, eq=False)
class Definition:
    """A statement's left side, where it is the first of its kind.

    Attributes:
        statement: The statement.
        family: Key of the symbol.
        arguments: What fills its slots.
        row: Index of the row, if it is defined entry by entry.
        col: Index of the column.
        is_entry: Whether it is.
        left: The left side.
        right: The right side.
        parameters: For a function.
    """

    statement: Statement
    family: str
    arguments: tuple[Node, ...]
    row: Node | None
    col: Node | None
    is_entry: bool
    left: Node
    right: Node
    parameters: tuple[Node, ...] = ()


@dataclass
class Function:
    """A function, for the elaborator and for the evaluator."""

    parameters: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    target: Shape
    parameter_names: tuple[str, ...]
    body: Term | None
    indirect: bool = False  # its arguments are in it through other definitions of the page


class DefinitionError(Exception):
    """A definition that another statement needs has a finding of its own."""

    def __init__(self, definition: Definition) -> None:
        super().__init__(definition.family)
        self.definition = definition
