"""Which definition holds for a symbol, what it means, and how its value is put together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from nn3doc.equations.meaning import Elaborator, Key, Term, as_number, walk_terms
from nn3doc.equations.model.definitions import (
    Assumption,
    Definition,
    DefinitionError,
    Function,
    Statement,
)
from nn3doc.equations.model.patterns import layer_limits, stepped_index
from nn3doc.equations.model.roles import Prose
from nn3doc.equations.notation import (
    ONE,
    Domain,
    Family,
    Notation,
    NotationError,
    Range,
    Shape,
    Size,
    show,
)
from nn3doc.equations.tex import Name, Node, TexError, walk
from nn3doc.equations.text import Region


class Lookup(ABC):
    """Definitions by the symbol they define."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.statements: list[Statement] = []
        self.definitions: dict[str, list[Definition]] = {}
        self.functions: dict[str, Definition] = {}
        self.updates: dict[str, list[Definition]] = {}
        self.constraints: dict[str, tuple[str, ...]] = {}
        self.eigen: dict[str, tuple[Key, Key]] = {}
        self.assumed_by: dict[str, int] = {}
        self.assumed: list[Assumption] = []
        self.parameters: dict[str, tuple[Domain, list[Statement]]] = {}
        self.declared_sets: dict[str, Domain] = {}
        self.introduced: dict[str, int] = {}
        self.prose: Prose | None = None
        self.regions: list[Region] = []
        self.aliases: dict[str, tuple[str, int]] = {}
        self.problems: dict[int, NotationError | TexError] = {}
        self.current: Statement | None = None
        self._steps: list[tuple[str, str, str, int, Statement]] = []
        self._numeric: list[Statement] = []
        self._whole: set[str] = set()
        self._powers: list[Node] = []
        self._implicit: list[tuple[Statement, Node]] = []
        self._terms: dict[tuple[int, Key], tuple[Term, Elaborator, Term | None]] = {}
        self._working: set[tuple[int, Key]] = set()
        self._functions_working: set[str] = set()
        self._limits: dict[tuple[int, str], tuple[int, int] | None] = {}
        self._functions: dict[str, Function] = {}
        self._shapes: dict[Key, Shape] = {}
        self._below: dict[Key, frozenset[Key]] = {}
        self._slot_ranges: dict[tuple[str, str], Range] = {}

    # What the functions of a page say; see `book_functions`.

    @abstractmethod
    def function(self, letter: str, node: Node) -> Function:
        """See `reading.Definitions`."""

    @abstractmethod
    def is_elementwise(self, term: Term, by: Term) -> bool:
        """See `reading.Definitions`."""

    @abstractmethod
    def function_definition(self, key: str) -> Function:
        """See `values.Book`."""

    def alias(self, key: str, order: int) -> str:
        """The function that a function is, for a statement that comes with an order."""
        found = self.aliases.get(key)
        return found[0] if found is not None and found[1] < order else key

    def shape_of(self, family: Family, arguments: tuple[int | None, ...], node: Node) -> Shape:
        """See `shapes.Definitions`."""
        key = (family.key, arguments)
        if key in self._shapes:
            return self._shapes[key]
        if family.shape is not None:
            layers = {
                slot: value
                for slot, value in zip(family.slots, arguments, strict=True)
                if value is not None
            }
            shape = as_number(tuple(self.notation.size(size, layers) for size in family.shape))
        else:
            found = self.find(key)
            if found is None:
                raise NotationError(
                    f"nothing says what {family.tex} is",
                    node,
                    "Declare it in the notation table or by \\in, or define it by =.",
                )
            term, elaborator, _ = self.elaborated(found, key)
            shape = self._entry_shape(found, elaborator) if found.is_entry else term.shape
        self._shapes[key] = shape
        return shape

    def _entry_shape(self, definition: Definition, elaborator: Elaborator) -> Shape:
        """The shape of what is defined entry by entry: how far the indices of the entry run."""
        sizes: list[Size] = []
        for node in (definition.row, definition.col):
            index = elaborator.free.get(node.letter) if isinstance(node, Name) else None
            if node is None:
                sizes.append(ONE)
            elif index is None or index.range is None:
                raise NotationError(
                    "nothing says how far this index runs", node, "Declare the symbol by \\in."
                )
            else:
                sizes.append(index.range.high)
        return as_number((sizes[0], sizes[1]))

    def shape_of_key(self, key: Key) -> Shape:
        """The shape of a symbol that has been met."""
        family = self.family(key[0])
        return self.shape_of(family, key[1], Name(0, 0, family.letter))

    def slot_range(self, family: Family, slot: str) -> Range | None:
        """Over what an index slot runs, where a definition says it."""
        if (family.key, slot) in self._slot_ranges:
            return self._slot_ranges[family.key, slot]
        if family.declared:
            return None
        for definition in self.definitions.get(family.key, ()):
            place = family.slots.index(slot)
            letter = definition.arguments[place]
            if not isinstance(letter, Name):
                continue
            key = (family.key, tuple(None for _ in family.slots))
            if (id(definition), key) in self._working:
                return None
            _, elaborator, _ = self.elaborated(definition, key)
            index = elaborator.free.get(letter.letter)
            if index is not None and index.range is not None:
                self._slot_ranges[family.key, slot] = index.range
                return index.range
        return None

    def rests_on(self, key: Key, others: frozenset[Key]) -> bool:
        """See `evaluator.Book`."""
        return not others.isdisjoint(self._symbols_below(key))

    def _symbols_below(self, key: Key) -> frozenset[Key]:
        """A symbol, and all symbols that its definition leads to."""
        if key not in self._below:
            self._below[key] = frozenset([key])  # what leads back here adds nothing
            found = {key}
            definition = self.find(key)
            called: set[str] = set()
            waiting = [] if definition is None else [self.elaborated(definition, key)[0]]
            while waiting:
                for term in walk_terms(waiting.pop()):
                    if term.operation == "family":
                        found |= self._symbols_below(term.data)
                    elif term.operation == "call" and term.data[0] not in called:
                        called.add(term.data[0])
                        for name in (term.data[0], self.alias(term.data[0], 10**9)):
                            body = self.function_definition(name).body
                            if body is not None:
                                waiting.append(body)
            self._below[key] = frozenset(found)
        return self._below[key]

    def slot_sizes(self, key: Key) -> tuple[Size, ...]:
        """See `values.Book`."""
        family = self.family(key[0])
        elaborator = Elaborator(self, {})
        sizes = []
        for slot, value in zip(family.slots, key[1], strict=True):
            if value is None:
                range_ = elaborator.slot_range(family, slot)
                sizes.append(range_.high)
        return tuple(sizes)

    def is_defined(self, family: Family) -> bool:
        """See `shapes.Definitions`."""
        return family.key in self.definitions

    def family(self, key: str) -> Family:
        """See `values.Book`."""
        family = self.notation.find(key)
        assert family is not None
        return family

    def find(self, key: Key, updates: bool = False) -> Definition | None:
        """The definition of one member of a family: the first that fits it."""
        for definition in (self.updates if updates else self.definitions).get(key[0], ()):
            if self.layers_for(definition, key) is not None:
                if updates or not self._circular(definition, key):
                    return definition
        return None

    def _circular(self, definition: Definition, key: Key) -> bool:
        """A left side that its own right side already depends on is a claim."""
        memo = self.__dict__.setdefault("_circles", {})
        place = (id(definition), key)
        if place not in memo:
            memo[place] = False
            memo[place] = self._reaches(definition, key)
        return bool(memo[place])

    def _reaches(self, definition: Definition, goal: Key) -> bool:
        try:
            stack = [self._read(definition, goal)[0]]
        except (NotationError, DefinitionError):
            return False
        seen: set[Key] = set()
        called: set[str] = set()
        while stack:
            for term in walk_terms(stack.pop()):
                if term.operation == "call":
                    body = self.function_definition(term.data[0]).body
                    if body is not None and term.data[0] not in called:
                        called.add(term.data[0])
                        stack.append(body)
                if term.operation != "family" or term.data in seen:
                    continue
                if term.data == goal:
                    return True
                seen.add(term.data)
                earlier = [
                    other
                    for other in self.definitions.get(term.data[0], ())
                    if other.statement.order < definition.statement.order
                    and self.layers_for(other, term.data) is not None
                ]
                if earlier:
                    try:
                        stack.append(self._read(earlier[0], term.data)[0])
                    except (NotationError, DefinitionError):
                        continue
        return False

    def layers_for(self, definition: Definition, key: Key) -> dict[str, int] | None:
        """The layers for which a definition speaks of a member of a family."""
        layers: dict[str, int] = {}
        family = self.family(key[0])
        for slot, node, value in zip(family.slots, definition.arguments, key[1], strict=True):
            if slot not in self.notation.concrete or value is None:
                continue
            stepped = stepped_index(node, self.notation)
            if stepped is not None:
                letter, step = stepped
                layers[letter] = value - step
                limits = definition.statement.ranges.get(letter)
                if limits is not None:
                    low, high = (self.notation.integer(limit, {}) for limit in limits)
                    if not low <= value - step <= high:
                        return None
                if not self.exists(definition, letter, value - step):
                    return None
            else:
                try:
                    if self.notation.integer(node, {}) != value:
                        return None
                except NotationError:
                    return None
        return layers

    def exists(self, definition: Definition, letter: str, value: int) -> bool:
        """Whether every symbol of a definition exists for a layer."""
        place = (id(definition), letter)
        if place not in self._limits:
            node = definition.statement.node
            self._limits[place] = layer_limits(node, letter, self.notation)
        limits = self._limits[place]
        return limits is None or limits[0] <= value <= limits[1]

    def elaborated(self, definition: Definition, key: Key) -> tuple[Term, Elaborator, Term | None]:
        """The meaning of a definition's right side for one member of its family."""
        term, elaborator, left = self._read(definition, key)
        if left is not None and left.shape != term.shape:
            if definition.statement is not self.current:
                raise DefinitionError(definition)
            raise NotationError(
                f"the left side is {show(left.shape)}, this is {show(term.shape)}",
                definition.right,
                "Both sides have one shape.",
                "fits",
            )
        return term, elaborator, left

    def _read(self, definition: Definition, key: Key) -> tuple[Term, Elaborator, Term | None]:
        """The same, whether or not the two sides fit."""
        place = (id(definition), key)
        if place in self._terms:
            return self._terms[place]
        if place in self._working:
            raise NotationError(
                "this symbol is defined through itself",
                definition.left,
                "Write what it is without it; for a new value write \\leftarrow.",
            )
        self._working.add(place)
        try:
            layers = self.layers_for(definition, key) or {}
            term, elaborator, left = self._both_sides(definition, layers, jacobian=False)
            if left is not None and left.shape != term.shape:
                term, elaborator, left = self._both_sides(definition, layers, jacobian=True)
            self._hold_indices(definition, elaborator, term)
        except NotationError as error:
            if definition.statement is self.current:
                raise
            raise DefinitionError(definition) from error
        finally:
            self._working.discard(place)
        self._terms[place] = (term, elaborator, left)
        return self._terms[place]

    def _both_sides(
        self, definition: Definition, layers: Mapping[str, int], jacobian: bool
    ) -> tuple[Term, Elaborator, Term | None]:
        ranges = self.ranges(definition.statement, layers)
        uid = f"d{definition.statement.order}"
        elaborator = Elaborator(self, layers, uid, None, ranges, jacobian)
        left = None
        if self.family(definition.family).shape is not None:
            left = elaborator.term(definition.left)
        return elaborator.term(definition.right), elaborator, left

    def _hold_indices(self, definition: Definition, elaborator: Elaborator, term: Term) -> None:
        written = {
            node.letter
            for argument in (*definition.arguments, definition.row, definition.col)
            if argument is not None
            for node in walk(argument)
            if isinstance(node, Name)
        }
        for index in elaborator.free.values():
            if index.letter not in written and index.name in term.indices:
                raise NotationError(
                    f"the index {index.letter} is free on the right and not on the left",
                    index.node,
                    "Sum over it, or add it on the left.",
                )

    def ranges(self, statement: Statement, layers: Mapping[str, int]) -> dict[str, Range]:
        """The ranges that a formula gives its indices."""
        found = {}
        for letter, (low, high) in statement.ranges.items():
            if letter not in layers:
                found[letter] = Range(
                    self.notation.size(low, layers), self.notation.size(high, layers)
                )
        return found

    def definition(self, key: Key) -> tuple[Term, Definition] | None:
        """What defines a symbol: the meaning of its right side, and the statement."""
        found = self.find(key)
        return None if found is None else (self.elaborated(found, key)[0], found)
