"""All readings together, for whoever asks what a formula means.

Where two readings are possible and differ, it is an error that says what to write. Nothing is
evaluated here. Layers are whole numbers by now (`A^{[l-1]}` is `A^{[0]}`), entries are not: an
index stays an index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import final

from nn3doc.equations.meaning import (
    arithmetic,
    calls,
    conditions,
    derivatives,
    matrices,
    sums,
    symbols,
)
from nn3doc.equations.meaning.conditions import condition
from nn3doc.equations.meaning.context import Context, Definitions, read, read_sized
from nn3doc.equations.meaning.derivatives import at
from nn3doc.equations.meaning.indices import slot_range
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.notation import Family, Range, Room, Shape
from nn3doc.equations.tex import At, Node, Number, Tuple

#: The modules that register readings as they are imported.
MODULES = (arithmetic, calls, conditions, derivatives, matrices, sums, symbols)


@final
class Elaborator:
    """Reads formulas in one context."""

    def __init__(
        self,
        definitions: Definitions,
        layers: Mapping[str, int],
        uid: str = "",
        formals: Mapping[str, Term] | None = None,
        quantifiers: Mapping[str, Range] | None = None,
        jacobian: bool = False,
        numeral: Callable[[Number], float] | None = None,
    ) -> None:
        self.context = Context(
            definitions, dict(layers), uid, formals or {}, quantifiers or {}, jacobian, numeral
        )

    @property
    def free(self) -> Mapping[str, Index]:
        """The free indices met so far, by their letters."""
        return self.context.free

    @property
    def claims(self) -> list[tuple[Term, Tuple]]:
        """Values with the sizes that stand beside them."""
        return self.context.claims

    def term(self, node: Node) -> Term:
        """The meaning of an expression; see `read`."""
        return read(self.context, node)

    def sized(self, node: Node, room: Shape | Room) -> Term:
        """An expression where I or **1** has the size that fits."""
        return read_sized(self.context, node, room)

    def condition(self, node: Node) -> Term:
        """A comparison of numbers."""
        return condition(self.context, node)

    def at(self, node: At) -> Term:
        """A value with symbols put to other values."""
        return at(self.context, node)

    def slot_range(self, family: Family, slot: str) -> Range:
        """Over what the index in a slot runs."""
        return slot_range(self.context, family, slot)
