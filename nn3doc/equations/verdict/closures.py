"""Which definitions a term rests on, and which of them nothing tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nn3doc.equations.evaluate import walk_meaning
from nn3doc.equations.meaning import Key, Term, walk_terms
from nn3doc.equations.model import Definition, PageModel
from nn3doc.equations.verdict.outcomes import Outcome
from nn3doc.equations.verdict.samples import Samples

_NOTHING: frozenset[Definition] = frozenset()


def key_of(term: Term) -> Key | None:
    """The symbol that a side is, or is entries of; None for any other side."""
    while term.operation == "gather":
        term = term.arguments[0]
    return term.data if term.operation == "family" else None


def closure(samples: Samples, *terms: Term) -> frozenset[Definition]:
    """All definitions that some terms rest on."""
    found: set[Definition] = set()
    for term in terms:
        for inner in walk_terms(term):
            if inner.operation == "family":
                found |= closure_of(samples, inner.data)
            elif inner.operation == "call":
                found |= _function_closure(samples, inner.data[0])
    return frozenset(found)


def closure_of(samples: Samples, key: Key) -> frozenset[Definition]:
    """All definitions that a symbol rests on, its own included."""
    known = samples.closures
    if key not in known:
        known[key] = _NOTHING  # for what rests on itself
        definition = samples.book.find(key)
        if definition is not None:
            term = samples.book.elaborated(definition, key)[0]
            known[key] = closure(samples, term) | {definition}
    return known[key]


def _function_closure(samples: Samples, key: str) -> frozenset[Definition]:
    known, place = samples.closures, ("function", key)
    if place not in known:
        known[place] = _NOTHING
        definition = samples.book.functions.get(samples.book.family(key).letter)
        if definition is not None:
            body = samples.book.function_definition(key).body
            inner = closure(samples, body) if body is not None else _NOTHING
            known[place] = inner | {definition}
    return known[place]


def symbols_of(book: PageModel, term: Term) -> frozenset[str]:
    """The families of all symbols that a term rests on."""
    below = walk_meaning(book, lambda key: key, term)
    return frozenset(inner.data[0] for inner in below if inner.operation == "family")


def untested(samples: Samples, outcomes: Sequence[Outcome]) -> Iterator[Definition]:
    """The page's own definitions that no claim and no code rests on."""
    good = {one.statement for one in outcomes if one.verdict in ("defines", "holds")}
    defined = {definition for one in outcomes for definition in one.defines}
    book = samples.book
    groups = (book.definitions.values(), book.updates.values())
    every = [d for group in groups for definitions in group for d in definitions]
    for definition in [*every, *book.functions.values()]:
        if (
            definition.statement.own
            and not definition.statement.in_table
            and definition in defined
            and definition not in samples.tested
            and definition.statement in good
        ):
            yield definition
