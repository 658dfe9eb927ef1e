"""Functions of a page, and how one symbol depends on another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nn3doc.equations.meaning import (
    Elaborator,
    Key,
    Term,
    as_number,
    operation_of,
    spelled,
    walk_terms,
)
from nn3doc.equations.model.definitions import Definition, DefinitionError, Function
from nn3doc.equations.model.lookup import Lookup
from nn3doc.equations.notation import NotationError, Reference
from nn3doc.equations.tex import Name, Node, Number

#: Whether an entry of a value depends on the same entry of a symbol only, or on others, too.
Dependence = Literal["none", "entry", "mixed"]
MOST_DEFINITIONS = 60


class Functions(Lookup):
    """Functions, and entry-by-entry dependence."""

    def function(self, letter: str, node: Node) -> Function:
        """See `shapes.Definitions`."""
        if letter in self._functions:
            return self._functions[letter]
        family = next(f for f in self.notation.families[letter] if f.kind == "function")
        definition = self.functions.get(letter)
        if definition is None:
            if family.source is None:
                one = Name(node.start, node.end, "x")
                return self._remember(letter, Function((one,), ((),), (), (), ("x",), None))
            shapes = tuple(
                as_number(tuple(self.notation.size(size, {}) for size in sizes))
                for _, sizes in family.source
            )
            target = as_number(tuple(self.notation.size(size, {}) for size in family.target))
            names = tuple(f"x{place}" for place in range(len(shapes)))
            nodes = tuple(Name(node.start, node.end, name) for name in names)
            return self._remember(letter, Function(nodes, shapes, target, target, names, None))
        found = []
        for place, parameter in enumerate(definition.parameters):
            reference = self.notation.reference(parameter)
            if family.source is not None and place < len(family.source):
                sizes = family.source[place][1]
                found.append(as_number(tuple(self.notation.size(size, {}) for size in sizes)))
            elif (
                reference is not None
                and not reference.is_entry
                and all(isinstance(argument, Number) for argument in reference.arguments)
            ):
                found.append(self.shape_of(reference.family, self._plain(reference), parameter))
            else:
                found.append(())
        names = tuple(spelled(parameter) for parameter in definition.parameters)
        formals = {
            name: Term("formal", (), shape, parameter, name)
            for name, shape, parameter in zip(names, found, definition.parameters, strict=True)
        }
        if letter in self._functions_working:
            raise NotationError(
                f"{letter} is defined through itself",
                definition.right,
                "Write what it is without it.",
            )
        self._functions_working.add(letter)
        try:
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
            self._hold_parameters(definition, body, through)
        except NotationError as error:
            if definition.statement is self.current:
                raise
            raise DefinitionError(definition) from error
        finally:
            self._functions_working.discard(letter)
        return self._remember(
            letter,
            Function(
                definition.parameters,
                tuple(found),
                body.shape,
                body.shape,
                names,
                body,
                bool(through),
            ),
        )

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

    def _remember(self, letter: str, function: Function) -> Function:
        self._functions[letter] = function
        return function

    def _plain(self, reference: Reference) -> tuple[int | None, ...]:
        values: list[int | None] = []
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            concrete = slot in self.notation.concrete
            values.append(self.notation.integer(argument, {}) if concrete else None)
        return tuple(values)

    def _hold_parameters(self, definition: Definition, body: Term, through: set[str]) -> None:
        """The arguments of a function are what its right side uses."""
        used = {term.data for term in walk_terms(body) if term.operation == "formal"} | through
        for parameter in definition.parameters:
            if spelled(parameter) not in used:
                raise NotationError(
                    "this argument does not occur on the right",
                    parameter,
                    "Leave it out, or write the argument that is meant.",
                )

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

    def is_elementwise(self, term: Term, by: Term) -> bool:
        """See `shapes.Definitions`."""
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
        function = self.function_definition(self.alias(term.data[0], 10**9))
        if all(shape == () for shape in function.shapes):
            return "mixed" if "mixed" in parts else "entry"
        if function.body is None:
            return "mixed"
        given = dict(zip(function.parameter_names, parts, strict=True))
        return self._dependence(function.body, by, given, None, depth + 1)

    def function_definition(self, key: str) -> Function:
        """See `values.Book`."""
        family = self.family(key)
        return self.function(family.letter, Name(0, 0, family.letter))
