"""Which definitions a term rests on, and which of them nothing tests."""

from __future__ import annotations

from collections.abc import Iterator

from nn3doc.equations.evaluate import walk_meaning
from nn3doc.equations.meaning import Key, Term, walk_terms
from nn3doc.equations.model import Definition
from nn3doc.equations.verdict.draws import Draws
from nn3doc.equations.verdict.outcomes import Result


class Closures(Draws):
    """What rests on what."""

    def _keys(self, term: Term) -> set[Key]:
        base = term
        while base.operation == "gather":
            base = base.arguments[0]
        return {base.data} if base.operation == "family" else set()

    def _closure(self, term: Term) -> frozenset[int]:
        """All definitions that a term rests on."""
        found: set[int] = set()
        for inner in walk_terms(term):
            if inner.operation == "family":
                found |= self.closure_of(inner.data)
            elif inner.operation == "call":
                found |= self._function_closure(inner.data[0])
        return frozenset(found)

    def closure_of_term(self, term: Term) -> frozenset[int]:
        """All definitions that a side of an equation rests on."""
        return self._closure(term)

    def closure_of(self, key: Key) -> frozenset[int]:
        """All definitions that a symbol rests on, its own included."""
        if key not in self._closures:
            self._closures[key] = frozenset()
            definition = self.book.find(key)
            if definition is not None:
                term = self.book.elaborated(definition, key)[0]
                self._closures[key] = self._closure(term) | {id(definition)}
        return self._closures[key]

    def _function_closure(self, key: str) -> frozenset[int]:
        place = ("function", key)
        if place not in self._closures:
            self._closures[place] = frozenset()
            family = self.book.family(key)
            definition = self.book.functions.get(family.letter)
            if definition is not None:
                body = self.book.function_definition(key).body
                inner = self._closure(body) if body is not None else frozenset()
                self._closures[place] = inner | {id(definition)}
        return self._closures[place]

    def symbols_of(self, term: Term) -> frozenset[str]:
        """The families of all symbols that a term rests on."""
        below = walk_meaning(self.book, lambda key: key, term)
        return frozenset(inner.data[0] for inner in below if inner.operation == "family")

    def untested(self, results: list[Result]) -> Iterator[Definition]:
        """The page's own definitions that no claim and no code rests on."""
        good = {id(r.statement) for r in results if r.verdict in ("defines", "holds")}
        groups = (self.book.definitions.values(), self.book.updates.values())
        every = [d for group in groups for definitions in group for d in definitions]
        defined = {number for result in results for number in result.defines}
        for definition in [*every, *self.book.functions.values()]:
            if (
                definition.statement.own
                and not definition.statement.in_table
                and id(definition) in defined
                and id(definition) not in self.tested
                and id(definition.statement) in good
            ):
                yield definition
