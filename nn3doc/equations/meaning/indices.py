"""Indices: bound by a sum or free, each used over one range only."""

from __future__ import annotations

from collections.abc import Mapping

from nn3doc.equations.meaning.calls import Operations
from nn3doc.equations.meaning.context import Definitions, unread
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.notation import (
    ONE,
    Family,
    NotationError,
    Range,
    Reference,
    Room,
    Size,
    as_index,
    filled,
)
from nn3doc.equations.tex import (
    Group,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum,
    Tuple,
    bare,
    undecorated,
    walk,
)


class Indices(Operations):
    """Indices and their ranges."""

    def __init__(
        self,
        definitions: Definitions,
        layers: Mapping[str, int],
        uid: str = "",
        formals: Mapping[str, Term] | None = None,
        quantifiers: Mapping[str, Range] | None = None,
        jacobian: bool = False,
    ) -> None:
        self.definitions = definitions
        self.notation = definitions.notation
        self.layers = dict(layers)
        self.uid = uid
        self.formals = dict(formals or {})
        self.formal_keys = self._formal_keys()
        self.quantifiers = dict(quantifiers or {})
        self.jacobian = jacobian
        self.free: dict[str, Index] = {}
        self.bound: dict[str, Index] = {}
        self.claims: list[tuple[Term, Tuple]] = []
        self.room: Room = (None, None)
        self._made = 0
        self._open = 0  # expressions that are being read
        self._accounted: set[Node] = set()  # the scripts that some reading has taken up

    def account(self, *scripts: Node) -> None:
        """Notes that marks and subscripts mean something: what is left over is refused."""
        self._accounted.update(scripts)

    def account_all(self, node: Node) -> None:
        """The same for all scripts of what was read as a whole, a size for one."""
        for inner in walk(node):
            if isinstance(inner, Scripted):
                self.account(*inner.sub, *inner.marks)

    def hold_accounted(self, node: Node) -> None:
        """Each mark and each subscript of an expression has been taken up by a reading.

        Raises:
            NotationError: One has not: it would be dropped in silence.
        """
        for inner in walk(node):
            for script in (*inner.sub, *inner.marks) if isinstance(inner, Scripted) else ():
                if script not in self._accounted:
                    raise unread(script)

    def reference(self, node: Node) -> Reference | None:
        """The symbol that a name with scripts stands for; `rest` is still to be read."""
        found = self.notation.reference(node)
        if found is not None and isinstance(node, Scripted):
            self.account(*node.sub, *node.marks[: len(node.marks) - len(found.rest)])
        return found

    def size(self, node: Node) -> Size:
        """A size, such as a limit of a sum."""
        found = self.notation.size(node, self.layers)
        self.account_all(node)
        return found

    def _formal_keys(self) -> dict[tuple[str, tuple[int | None, ...]], Term]:
        """The arguments of a function by their families, so that their entries are theirs."""
        found: dict[tuple[str, tuple[int | None, ...]], Term] = {}
        for formal in self.formals.values():
            if not isinstance(formal.node, Name | Scripted):
                continue
            reference = self.notation.reference(formal.node)
            if reference is None or reference.is_entry or reference.family.kind != "value":
                continue
            if all(slot in self.notation.concrete for slot in reference.family.slots) and all(
                isinstance(argument, Number) for argument in reference.arguments
            ):
                plain = tuple(
                    self.notation.integer(argument, {}) for argument in reference.arguments
                )
                found[reference.family.key, plain] = formal
        return found

    def number(self, node: Number) -> Term:
        """A numeral; a large one that is a size of the page is that size."""
        if node.text.isdigit() and int(node.text) in self.notation.literals:
            return self.size_term(self.notation.literals[int(node.text)], node)
        return Term("number", (), (), node, float(node.text))

    def size_term(self, size: Size, node: Node) -> Term:
        """A size as a number."""
        return Term("size", (), (), node, self.notation.canonical(size))

    def group(self, node: Group) -> Term:
        """Brackets change nothing."""
        return self.term(node.inner)

    def _layer(self, family: Family, slot: str, node: Node) -> int:
        number = self.notation.integer(node, self.layers)
        self.account_all(node)
        limits = self.notation.slot_range(family, slot)
        if limits is not None:
            low, high = (self.notation.integer(limit, {}) for limit in limits)
            if not low <= number <= high:
                values = [str(number) if other == slot else other for other in family.slots]
                raise NotationError(
                    f"{filled(family, values)} does not exist",
                    node,
                    f"{family.tex} stands for {slot} = {low}, …, {high}.",
                )
        return number

    def slot_range(self, family: Family, slot: str) -> Range:
        """Over what the index in a slot runs."""
        said = self.definitions.slot_range(family, slot)
        if said is not None:
            return said
        limits = self.notation.slot_range(family, slot)
        if limits is not None:
            return Range(*(self.notation.size(limit, self.layers) for limit in limits))
        if slot in self.notation.index_sets:
            return Range(ONE, Size.of(f"|{self.notation.index_sets[slot]}|"))
        return Range(ONE, Size.of(f"#{slot}"))

    def index_term(self, node: Node, range_: Range, owner: str) -> Term:
        """What stands in the place of an index: an index, a number, an expression of them."""
        node = bare(node)
        if isinstance(node, Name):
            found = self.bound.get(node.letter) or self.free.get(node.letter)
            if node.letter in self.layers and found is None:
                return Term("number", (), (), node, float(self.layers[node.letter]))
            if found is None and self._is_new_index(node):
                found = self._new_free(node)
            if found is not None:
                self.use(found, range_, node, owner)
                return Term("index", (), (), node, found, frozenset([found.name]))
        if isinstance(node, Number):
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
            if number in self.notation.literals:
                return self.size_term(self.notation.literals[number], node)
            return Term("number", (), (), node, float(number))
        return self._index_expression(node, range_, owner)

    def _index_expression(self, node: Node, range_: Range, owner: str) -> Term:
        if isinstance(node, Name | Scripted):
            term = self.name(node)
            if term.shape != ():
                raise NotationError("an index is a number", node, question="fits")
            return term
        if isinstance(node, Sum | Product):
            shifted: list[Index] = []
            for name in walk(node):
                if isinstance(name, Name) and name.letter not in self.layers:
                    found = self.bound.get(name.letter) or self.free.get(name.letter)
                    if found is None and self._is_new_index(name):
                        found = self._new_free(name)
                    if found is not None and found.range is None:
                        shifted.append(found)
            for index in shifted:
                self.use(index, range_, node, owner)
            return self.term(node)
        raise NotationError("an index is expected here", node, question="fits")

    def _is_new_index(self, node: Name) -> bool:
        letter = undecorated(node.letter)
        families = self.notation.families.get(letter, ())
        plain = [family for family in families if not family.parts]
        if not plain:
            return len(letter) == 1 or letter.startswith("\\")
        return plain[0].kind == "index"

    def _new_free(self, node: Name) -> Index:
        index = Index(node.letter, node.letter, self.quantifiers.get(node.letter), node)
        if index.range is not None:
            index.explicit, index.said = True, "as the formula says"
        letter = node.letter  # i' is an index of its own, with the range of i
        if letter not in self.notation.indices and letter not in self.notation.index_sets:
            letter = undecorated(letter)
        limits = self.notation.indices.get(letter)
        if index.range is None and limits is not None and not self._depends_on_layer(limits):
            low, high = (self.notation.size(limit, self.layers) for limit in limits)
            index.range, index.said = Range(low, high), "as the notation says"
        if letter in self.notation.index_sets and index.range is None:
            index.members = self.notation.index_sets[letter]
        self.free[node.letter] = index
        return index

    def _depends_on_layer(self, limits: tuple[Node, Node]) -> bool:
        return any(
            isinstance(node, Name) and node.letter in self.notation.concrete
            for limit in limits
            for node in walk(limit)
        )

    def use(self, index: Index, range_: Range, node: Node, owner: str) -> None:
        """Holds one use of an index against its other uses.

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

    def index_value(self, node: Node) -> Term:
        """An index as a number: the i of `\\frac{1}{i}`."""
        letter = as_index(node)
        if letter in self.layers and letter not in self.bound:
            return Term("number", (), (), node, float(self.layers[letter]))
        found = self.bound.get(letter) or self.free.get(letter)
        if found is None:
            if not isinstance(node, Name):
                raise NotationError("an index is expected here", node, question="fits")
            found = self._new_free(node)
        return Term("index", (), (), node, found, frozenset([found.name]))
