"""What a page says, as data that no longer changes, and the questions that the checks ask of it.

A `PageModel` holds what the page and those it builds on declare, assume and define. From that it
answers what a symbol is: which definition holds for it, what that means, what shape it has, what it
rests on. A definition is read when something asks for it, so that symbols may be defined through
each other, layer by layer; what was read is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from nn3doc.equations.meaning import (
    Elaborator,
    Key,
    Term,
    as_number,
    operation_of,
    spelled,
    walk_terms,
)
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
    Reference,
    Shape,
    Size,
    show,
)
from nn3doc.equations.tex import Name, Node, Number, TexError, walk
from nn3doc.equations.text import Region

#: Whether an entry of a value depends on the same entry of a symbol only, or on others, too.
Dependence = Literal["none", "entry", "mixed"]
MOST_DEFINITIONS = 60
T = TypeVar("T")
END = math.inf  # the order of what stands behind all statements of a page
Read = tuple[Term, Elaborator, Term | None]  # a right side, what has read it, and the left side


@dataclass
class _Memo:
    """What was worked out of a model, and the definitions that are being read just now."""

    terms: dict[tuple[Definition, Key], Read] = field(default_factory=dict)
    circular: dict[tuple[Definition, Key], bool] = field(default_factory=dict)
    limits: dict[tuple[Definition, str], tuple[int, int] | None] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    shapes: dict[Key, Shape] = field(default_factory=dict)
    below: dict[Key, frozenset[Key]] = field(default_factory=dict)
    slot_ranges: dict[tuple[str, str], Range] = field(default_factory=dict)
    reading: set[tuple[Definition, Key]] = field(default_factory=set)
    reading_functions: set[str] = field(default_factory=set)


@dataclass
class _Scope:
    """The statement that is being checked; a model and what is made of it share one."""

    statement: Statement | None = None


@dataclass(frozen=True, eq=False, repr=False)
class PageModel:
    """What holds for a page.

    Attributes:
        notation: What its symbols are.
        statements: Its statements, behind those of the pages it builds on.
        definitions: What defines a symbol, by key: the first that fits a member of it counts.
        functions: What defines a function, by letter.
        updates: Statements that give a symbol a new value.
        constraints: How symbols are drawn: `positive`, `symmetric` …
        eigen: A matrix with the vector and the number of `A v = \\lambda v`.
        assumed_by: The statement that a constraint comes from.
        assumed: What holds for some statements only, or is compared with each draw.
        parameters: The parameters of functions that are no symbols of the page, with their
            domains and the statements that define the functions.
        declared_sets: The set that a symbol was declared with, before bounds narrowed it.
        introduced: The sentence in which the text declares a symbol; -2 on another page.
        aliases: The function that a function is, and from which order on.
        problems: What is wrong with a statement, by its order.
        prose: The text that was read last, for a formula that is written otherwise.
        regions: Its formulas.
        whole: Letters that stand somewhere without a subscript.
        numeric: Statements that give a symbol a number, which may be the start of a recursion.
    """

    notation: Notation = field(default_factory=Notation)
    statements: Sequence[Statement] = ()
    definitions: Mapping[str, Sequence[Definition]] = field(default_factory=dict)
    functions: Mapping[str, Definition] = field(default_factory=dict)
    updates: Mapping[str, Sequence[Definition]] = field(default_factory=dict)
    constraints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    eigen: Mapping[str, tuple[Key, Key]] = field(default_factory=dict)
    assumed_by: Mapping[str, Statement] = field(default_factory=dict)
    assumed: Sequence[Assumption] = ()
    parameters: Mapping[str, tuple[Domain, Sequence[Statement]]] = field(default_factory=dict)
    declared_sets: Mapping[str, Domain] = field(default_factory=dict)
    introduced: Mapping[str, int] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    problems: Mapping[int, NotationError | TexError] = field(default_factory=dict)
    prose: Prose | None = None
    regions: Sequence[Region] = ()
    whole: frozenset[str] = frozenset()
    numeric: Sequence[Statement] = ()
    _memo: _Memo = field(default_factory=_Memo)
    _scope: _Scope = field(default_factory=_Scope)

    # --- the same with something else -----------------------------------------------------------

    def sized(self, sizes: Mapping[str, int]) -> PageModel:
        """The same with numbers for sizes."""
        notation = replace(self.notation, numbers={**self.notation.numbers, **sizes})
        return replace(self, notation=notation, _memo=_Memo())

    def without(self, definitions: Iterable[Definition]) -> PageModel:
        """The same without some of its definitions."""
        gone = frozenset(definitions)
        kept = {
            key: [one for one in group if one not in gone]
            for key, group in self.definitions.items()
        }
        return replace(
            self,
            definitions={key: group for key, group in kept.items() if group},
            functions={key: one for key, one in self.functions.items() if one not in gone},
            _memo=_Memo(),
        )

    @contextmanager
    def checking(self, statement: Statement) -> Iterator[None]:
        """While this lasts, a mistake in what the statement defines is one of the statement.

        Elsewhere it is a `DefinitionError`: the definition has a finding of its own.
        """
        before, self._scope.statement = self._scope.statement, statement
        try:
            yield
        finally:
            self._scope.statement = before

    # --- definitions of symbols -----------------------------------------------------------------

    def family(self, key: str) -> Family:
        """The symbol with a key."""
        family = self.notation.find(key)
        assert family is not None
        return family

    def is_defined(self, family: Family) -> bool:
        """Whether the page defines a symbol somewhere."""
        return family.key in self.definitions

    def find(self, key: Key, updates: bool = False) -> Definition | None:
        """The definition of one member of a family: the first that fits it."""
        for definition in (self.updates if updates else self.definitions).get(key[0], ()):
            if self.layers_for(definition, key) is not None:
                if updates or not self._circular(definition, key):
                    return definition
        return None

    def _circular(self, definition: Definition, key: Key) -> bool:
        """A left side that its own right side already depends on is a claim."""
        memo, place = self._memo.circular, (definition, key)
        if place not in memo:
            memo[place] = False  # what leads back here while this is found out adds nothing
            memo[place] = self._reaches(definition, key)
        return memo[place]

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
        place = (definition, letter)
        if place not in self._memo.limits:
            node = definition.statement.node
            self._memo.limits[place] = layer_limits(node, letter, self.notation)
        limits = self._memo.limits[place]
        return limits is None or limits[0] <= value <= limits[1]

    def elaborated(self, definition: Definition, key: Key) -> Read:
        """The meaning of a definition's right side for one member of its family."""
        term, elaborator, left = self._read(definition, key)
        if left is not None and left.shape != term.shape:
            if definition.statement is not self._scope.statement:
                raise DefinitionError(definition)
            raise NotationError(
                f"the left side is {show(left.shape)}, this is {show(term.shape)}",
                definition.right,
                "Both sides have one shape.",
                "fits",
            )
        return term, elaborator, left

    def _read(self, definition: Definition, key: Key) -> Read:
        """The same, whether or not the two sides have one shape."""
        place = (definition, key)
        if place in self._memo.terms:
            return self._memo.terms[place]
        if place in self._memo.reading:
            raise NotationError(
                "this symbol is defined through itself",
                definition.left,
                "Write what it is without it; for a new value write \\leftarrow.",
            )
        with _among(self._memo.reading, place), self._mistakes_of(definition):
            layers = self.layers_for(definition, key) or {}
            term, elaborator, left = self._both_sides(definition, layers, jacobian=False)
            if left is not None and left.shape != term.shape:
                term, elaborator, left = self._both_sides(definition, layers, jacobian=True)
            _hold_indices(definition, elaborator, term)
        self._memo.terms[place] = (term, elaborator, left)
        return self._memo.terms[place]

    @contextmanager
    def _mistakes_of(self, definition: Definition) -> Iterator[None]:
        """A mistake in a definition is its own; for the statement that needs it, it is another's."""
        try:
            yield
        except NotationError as error:
            if definition.statement is self._scope.statement:
                raise
            raise DefinitionError(definition) from error

    def _both_sides(
        self, definition: Definition, layers: Mapping[str, int], jacobian: bool
    ) -> Read:
        ranges = self.ranges(definition.statement, layers)
        uid = f"d{definition.statement.order}"
        elaborator = Elaborator(self, layers, uid, None, ranges, jacobian)
        left = None
        if self.family(definition.family).shape is not None:
            left = elaborator.term(definition.left)
        return elaborator.term(definition.right), elaborator, left

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

    def rests_on(self, key: Key, others: frozenset[Key]) -> bool:
        """Whether a symbol is one of some others, or its definition leads to one of them."""
        return not others.isdisjoint(self._symbols_below(key))

    def _symbols_below(self, key: Key) -> frozenset[Key]:
        """A symbol, and all symbols that its definition leads to."""
        if key not in self._memo.below:
            self._memo.below[key] = frozenset([key])  # what leads back here adds nothing
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
                        for name in (term.data[0], self.alias(term.data[0])):
                            body = self.function_definition(name).body
                            if body is not None:
                                waiting.append(body)
            self._memo.below[key] = frozenset(found)
        return self._memo.below[key]

    # --- shapes ---------------------------------------------------------------------------------

    def shape_of(self, family: Family, arguments: tuple[int | None, ...], node: Node) -> Shape:
        """The shape of one member of a family, declared or from its definition."""
        key = (family.key, arguments)
        if key in self._memo.shapes:
            return self._memo.shapes[key]
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
        self._memo.shapes[key] = shape
        return shape

    def shape_of_key(self, key: Key) -> Shape:
        """The shape of a symbol that has been met."""
        family = self.family(key[0])
        return self.shape_of(family, key[1], Name(0, 0, family.letter))

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

    def slot_range(self, family: Family, slot: str) -> Range | None:
        """Over what an index slot runs, where a definition says it."""
        if (family.key, slot) in self._memo.slot_ranges:
            return self._memo.slot_ranges[family.key, slot]
        if family.declared:
            return None
        for definition in self.definitions.get(family.key, ()):
            place = family.slots.index(slot)
            letter = definition.arguments[place]
            if not isinstance(letter, Name):
                continue
            key = (family.key, tuple(None for _ in family.slots))
            if (definition, key) in self._memo.reading:
                return None
            _, elaborator, _ = self.elaborated(definition, key)
            index = elaborator.free.get(letter.letter)
            if index is not None and index.range is not None:
                self._memo.slot_ranges[family.key, slot] = index.range
                return index.range
        return None

    def slot_sizes(self, key: Key) -> tuple[Size, ...]:
        """How far the indices run that one value has for each of its slots."""
        family = self.family(key[0])
        elaborator = Elaborator(self, {})
        sizes = []
        for slot, value in zip(family.slots, key[1], strict=True):
            if value is None:
                range_ = elaborator.slot_range(family, slot)
                sizes.append(range_.high)
        return tuple(sizes)

    # --- functions ------------------------------------------------------------------------------

    def alias(self, key: str, order: float = END) -> str:
        """The function that a function is, for a statement that comes with an order."""
        found = self.aliases.get(key)
        return found[0] if found is not None and found[1] < order else key

    def function_definition(self, key: str) -> Function:
        """How the function with a key is applied."""
        family = self.family(key)
        return self.function(family.letter, Name(0, 0, family.letter))

    def function(self, letter: str, node: Node) -> Function:
        """How a function is applied.

        Args:
            letter: Its letter.
            node: Where it is met, for messages.
        """
        known = self._memo.functions
        if letter not in known:
            family = next(f for f in self.notation.families[letter] if f.kind == "function")
            definition = self.functions.get(letter)
            if definition is None:
                known[letter] = self._declared_function(family, node)
            else:
                known[letter] = self._defined_function(letter, family, definition)
        return known[letter]

    def _declared_function(self, family: Family, node: Node) -> Function:
        """One that the page only declares, or uses."""
        if family.source is None:
            return Function((Name(node.start, node.end, "x"),), ((),), (), (), ("x",), None)
        shapes = tuple(self._declared_shape(sizes) for _, sizes in family.source)
        target = self._declared_shape(family.target)
        names = tuple(f"x{place}" for place in range(len(shapes)))
        nodes = tuple(Name(node.start, node.end, name) for name in names)
        return Function(nodes, shapes, target, target, names, None)

    def _declared_shape(self, sizes: tuple[Node, ...]) -> Shape:
        return as_number(tuple(self.notation.size(size, {}) for size in sizes))

    def _defined_function(self, letter: str, family: Family, definition: Definition) -> Function:
        parameters = definition.parameters
        shapes = tuple(
            self._parameter_shape(family, place, parameter)
            for place, parameter in enumerate(parameters)
        )
        names = tuple(spelled(parameter) for parameter in parameters)
        formals = {
            name: Term("formal", (), shape, parameter, name)
            for name, shape, parameter in zip(names, shapes, parameters, strict=True)
        }
        if letter in self._memo.reading_functions:
            raise NotationError(
                f"{letter} is defined through itself",
                definition.right,
                "Write what it is without it.",
            )
        with _among(self._memo.reading_functions, letter), self._mistakes_of(definition):
            elaborator = Elaborator(self, {}, f"f{letter}", formals, {})
            body = elaborator.term(definition.right)
            body, entries = self._by_entries(definition, elaborator, body)
            unbound = [i for i in elaborator.free.values() if i.letter not in entries]
            if unbound:
                raise NotationError(
                    f"the index {unbound[0].letter} is free on the right",
                    unbound[0].node,
                    "Make it an argument, or sum over it.",
                )
            through = self._reached_parameters(definition, body)
            _hold_parameters(definition, body, through)
        return Function(
            parameters, shapes, body.shape, body.shape, names, body, indirect=bool(through)
        )

    def _parameter_shape(self, family: Family, place: int, parameter: Node) -> Shape:
        """The shape of an argument: the function's declaration says it, or its own."""
        if family.source is not None and place < len(family.source):
            return self._declared_shape(family.source[place][1])
        reference = self.notation.reference(parameter)
        if (
            reference is None
            or reference.is_entry
            or not all(isinstance(argument, Number) for argument in reference.arguments)
        ):
            return ()
        return self.shape_of(reference.family, self._plain(reference), parameter)

    def _by_entries(
        self, definition: Definition, elaborator: Elaborator, body: Term
    ) -> tuple[Term, set[str]]:
        """The whole of a function that is defined entry by entry: `f(z)_i = …`."""
        entries = {
            node.letter for node in (definition.row, definition.col) if isinstance(node, Name)
        }
        if not entries:
            return body, entries
        shape = self._entry_shape(definition, elaborator)
        row, col = (
            elaborator.free.get(node.letter) if isinstance(node, Name) else None
            for node in (definition.row, definition.col)
        )
        bound = {index.name for index in (row, col) if index is not None}
        whole = Term("unfold", (body,), shape, definition.right, (row, col), body.indices - bound)
        return whole, entries

    def _plain(self, reference: Reference) -> tuple[int | None, ...]:
        values: list[int | None] = []
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            concrete = slot in self.notation.concrete
            values.append(self.notation.integer(argument, {}) if concrete else None)
        return tuple(values)

    def _reached_parameters(self, definition: Definition, body: Term) -> set[str]:
        """The arguments that the right side has through other definitions: w in `J(w) = \\sum_i p_i`."""
        wanted: dict[str, str] = {}
        for parameter in definition.parameters:
            reference = self.notation.reference(parameter)
            if reference is not None and reference.family.kind == "value":
                wanted[reference.family.key] = spelled(parameter)
        reached: set[str] = set()
        seen: set[Key] = set()
        stack = [body]
        while stack:
            for term in walk_terms(stack.pop()):
                if term.operation != "family" or term.data in seen:
                    continue
                seen.add(term.data)
                if term.data[0] in wanted:
                    reached.add(wanted[term.data[0]])
                found = self.find(term.data)
                if found is not None:
                    stack.append(self.elaborated(found, term.data)[0])
        return reached

    # --- how one symbol depends on another ------------------------------------------------------

    def is_elementwise(self, term: Term, by: Term) -> bool:
        """Whether a term depends on a symbol entry by entry."""
        return self._dependence(term, by, {}, None, 0) == "entry"

    def _dependence(
        self,
        term: Term,
        by: Term,
        formals: Mapping[str, Dependence],
        own: tuple[str, ...] | None,
        depth: int,
    ) -> Dependence:
        """How a term depends on a symbol.

        Args:
            term: The term.
            by: The symbol.
            formals: How a function's arguments depend on it, in its body.
            own: In what is defined entry by entry, the names of the indices of the entry; None
                where the whole is meant.
            depth: How many definitions deep this is.
        """
        if depth > MOST_DEFINITIONS:
            return "mixed"
        if term.operation in ("family", "formal"):
            whole = self._symbol_dependence(term, by, formals, depth)
            return "mixed" if own is not None and whole == "entry" else whole
        if term.operation == "gather":
            inner = self._dependence(term.arguments[0], by, formals, None, depth)
            places = tuple(
                place.data.name if place.operation == "index" else ""
                for place in term.arguments[1:]
            )
            if inner == "entry" and (own is None or places != own):
                return "mixed"
            return inner
        if term.operation == "unfold":  # the whole of what is defined entry by entry
            names = tuple(index.name for index in term.data if index is not None)
            return self._dependence(term.arguments[0], by, formals, names, depth)
        parts = [self._dependence(part, by, formals, own, depth) for part in term.arguments]
        if all(part == "none" for part in parts):
            return "none"
        if term.operation == "call":
            return self._call_dependence(term, by, parts, depth)
        if not operation_of(term).entrywise or "mixed" in parts:
            return "mixed"
        if own is None and any(
            argument.shape != by.shape
            for argument, part in zip(term.arguments, parts, strict=True)
            if part == "entry"
        ):
            return "mixed"
        return "entry"

    def _symbol_dependence(
        self, term: Term, by: Term, formals: Mapping[str, Dependence], depth: int
    ) -> Dependence:
        same_symbol = term.operation == by.operation and term.data == by.data
        if same_symbol:
            plain = all(argument.operation == "index" for argument in term.arguments)
            return "entry" if plain else "mixed"
        if term.operation == "formal":
            return formals.get(term.data, "none")
        found = self.find(term.data)
        if found is None:
            return "none"
        body, elaborator, _ = self.elaborated(found, term.data)
        own = None
        if found.is_entry:
            letters = [node.letter for node in (found.row, found.col) if isinstance(node, Name)]
            own = tuple(
                elaborator.free[letter].name for letter in letters if letter in elaborator.free
            )
        return self._dependence(body, by, {}, own, depth + 1)

    def _call_dependence(
        self, term: Term, by: Term, parts: list[Dependence], depth: int
    ) -> Dependence:
        """A function is judged by its body; one of numbers works entry by entry on a matrix."""
        function = self.function_definition(self.alias(term.data[0]))
        if all(shape == () for shape in function.shapes):
            return "mixed" if "mixed" in parts else "entry"
        if function.body is None:
            return "mixed"
        given = dict(zip(function.parameter_names, parts, strict=True))
        return self._dependence(function.body, by, given, None, depth + 1)

    # --- assumptions ----------------------------------------------------------------------------

    def constraints_at(self, statement: Statement | None) -> dict[str, tuple[str, ...]]:
        """How symbols are drawn for a statement; without one, as the page has them at its end."""
        found = dict(self.constraints)
        for one in self.assumed:
            if one.kind == "compared":
                continue
            if (
                one.reaches(statement, self.assumed)
                if statement is not None
                else not one.in_sentence
            ):
                for key in one.keys:
                    found[key] = (*found.get(key, ()), one.kind)
        return found

    def conditions_at(self, statement: Statement) -> list[Assumption]:
        """What is assumed where a statement stands, and is compared with each draw."""
        return [
            one
            for one in self.assumed
            if one.kind == "compared" and one.reaches(statement, self.assumed)
        ]


@contextmanager
def _among(group: set[T], item: T) -> Iterator[None]:
    """While this lasts, something is one of a group."""
    group.add(item)
    try:
        yield
    finally:
        group.discard(item)


def _hold_indices(definition: Definition, elaborator: Elaborator, term: Term) -> None:
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


def _hold_parameters(definition: Definition, body: Term, through: set[str]) -> None:
    """The arguments of a function are what its right side uses."""
    used = {term.data for term in walk_terms(body) if term.operation == "formal"} | through
    for parameter in definition.parameters:
        if spelled(parameter) not in used:
            raise NotationError(
                "this argument does not occur on the right",
                parameter,
                "Leave it out, or write the argument that is meant.",
            )
