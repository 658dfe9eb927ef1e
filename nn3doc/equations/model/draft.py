"""A page's model while its statements are read; nothing outside this package sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from nn3doc.equations.meaning import Key
from nn3doc.equations.model.definitions import Assumption, Definition, Statement
from nn3doc.equations.model.page_model import PageModel
from nn3doc.equations.model.roles import Prose, Words
from nn3doc.equations.notation import (
    Domain,
    Family,
    Notation,
    NotationBuilder,
    NotationError,
    Reference,
)
from nn3doc.equations.tex import Node, TexError
from nn3doc.equations.text import Region


@dataclass
class Step:
    """A symbol that is defined by itself some steps before or after.

    Attributes:
        key: The symbol.
        slot: Where the step is.
        letter: The index there.
        count: How many steps further it is.
        statement: What defines it.
    """

    key: str
    slot: str
    letter: str
    count: int
    statement: Statement


@dataclass
class Draft:
    """What has been read so far; see `PageModel` for what is handed on.

    Attributes:
        symbols: The notation.
        steps: Recursions.
        powers: Symbols that were taken for one with a number in its name, `x^2`.
        implicit: Statements that say what an unknown symbol inside a function is.
    """

    symbols: NotationBuilder
    statements: list[Statement] = field(default_factory=list)
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    functions: dict[str, Definition] = field(default_factory=dict)
    updates: dict[str, list[Definition]] = field(default_factory=dict)
    constraints: dict[str, tuple[str, ...]] = field(default_factory=dict)
    eigen: dict[str, tuple[Key, Key]] = field(default_factory=dict)
    assumed_by: dict[str, Statement] = field(default_factory=dict)
    assumed: list[Assumption] = field(default_factory=list)
    parameters: dict[str, tuple[Domain, list[Statement]]] = field(default_factory=dict)
    declared_sets: dict[str, Domain] = field(default_factory=dict)
    introduced: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, tuple[str, int]] = field(default_factory=dict)
    problems: dict[int, NotationError | TexError] = field(default_factory=dict)
    prose: Prose | None = None
    regions: list[Region] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    numeric: list[Statement] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    powers: list[Node] = field(default_factory=list)
    implicit: list[tuple[Statement, Node]] = field(default_factory=list)

    @property
    def notation(self) -> Notation:
        """What is known of the symbols."""
        return self.symbols.now

    def reference(self, node: Node) -> Reference | None:
        """The symbol that a name with its scripts stands for."""
        return self.symbols.now.reference(node)

    def region(self, place: int) -> Region | None:
        """The formula with a number, on the page that is read."""
        if self.prose is None or place >= len(self.regions):
            return None
        return self.regions[place]

    def words(self, region: Region | None, node: Node) -> Words:
        """What the words in front of a statement make of it."""
        if self.prose is None or region is None:
            return Words()
        return self.prose.words(region, node.start)

    def add_new(self, letter: str, kind: Literal["set", "value"]) -> None:
        """Adds a plain letter that nothing declares."""
        self.symbols.add(Family(letter, (), kind, (), letter, declared=False))


def opened(model: PageModel, gone: Iterable[Statement] = ()) -> Draft:
    """What a model holds, to be added to; the model stays as it is.

    Args:
        model: The model.
        gone: Statements that are left out, with all that they define and assume.
    """
    out = frozenset(gone)

    def kept(groups: Mapping[str, Sequence[Definition]]) -> dict[str, list[Definition]]:
        found = {
            key: [one for one in group if one.statement not in out] for key, group in groups.items()
        }
        return {key: group for key, group in found.items() if group}

    return Draft(
        NotationBuilder(model.notation.apart()),
        [one for one in model.statements if one not in out],
        kept(model.definitions),
        {key: one for key, one in model.functions.items() if one.statement not in out},
        kept(model.updates),
        {
            key: kinds
            for key, kinds in model.constraints.items()
            if model.assumed_by.get(key) not in out
        },
        dict(model.eigen),
        dict(model.assumed_by),
        [one for one in model.assumed if one.statement not in out],
        {key: (domain, list(by)) for key, (domain, by) in model.parameters.items()},
        dict(model.declared_sets),
        dict(model.introduced),
        dict(model.aliases),
        {
            order: error
            for order, error in model.problems.items()
            if all(one.order != order for one in out)
        },
        model.prose,
        list(model.regions),
        set(model.whole),
        list(model.numeric),
    )


def closed(draft: Draft) -> PageModel:
    """The model of what was read."""
    return PageModel(
        draft.notation,
        draft.statements,
        draft.definitions,
        draft.functions,
        draft.updates,
        draft.constraints,
        draft.eigen,
        draft.assumed_by,
        draft.assumed,
        draft.parameters,
        draft.declared_sets,
        draft.introduced,
        draft.aliases,
        draft.problems,
        draft.prose,
        draft.regions,
        frozenset(draft.whole),
        draft.numeric,
    )
