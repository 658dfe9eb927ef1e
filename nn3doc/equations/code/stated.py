"""What a page says that a function may return: its symbols, and the sides of its equations.

A value that a function returns without a name is looked for among them. Where the function's own name
says which one is meant (`gradient`, by the table's meaning or by the words in front of an equation),
it must be that one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from nn3doc.equations.evaluate import Evaluator, MissingValue, TooLarge
from nn3doc.equations.meaning import Key, Term, walk_terms
from nn3doc.equations.model import Definition, DefinitionError
from nn3doc.equations.notation import NotationError, Shape, filled
from nn3doc.equations.report import Equation
from nn3doc.equations.tex import Name, Node, Relation, Scripted, bare
from nn3doc.equations.verdict import assignments, closure, closure_of, reader

if TYPE_CHECKING:
    from nn3doc.equations.verdict import Checked

MOST_CASES = 12  # of a statement with layers, whose sides are values that may be returned
NO_VALUE = (
    NotationError,
    DefinitionError,
    MissingValue,
    TooLarge,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
)


@dataclass(eq=False)
class Stated:
    """Something a page says that has a value.

    Attributes:
        tex: How it is written.
        shape: Its shape.
        key: The symbol, where it is one.
        update: The update that gives the symbol its new value, where that is meant.
        term: The side of an equation, where it is one.
        equation: The equation; None where it stands on another page.
        start: Offset in its TeX of what says its value.
        end: Offset behind it.
        tested: The definitions that a comparison with it tests.
        states: The symbols that the equation of a side says the value of.
        compute: How its value is worked out, where it is none of these.
    """

    tex: str
    shape: Shape
    key: Key | None = None
    update: Definition | None = None
    term: Term | None = None
    equation: Equation | None = None
    start: int = 0
    end: int = 0
    tested: frozenset[Definition] = frozenset()
    states: frozenset[Key] = frozenset()
    compute: Callable[[Evaluator], Tensor] | None = None

    def value(self, checked: Checked, evaluator: Evaluator) -> Tensor | None:
        """Its value in all draws, `(draws, rows, columns)`; None if it has none."""
        try:
            if self.compute is not None:
                tensor = self.compute(evaluator)
            elif self.update is not None and self.key is not None:
                term = checked.book.elaborated(self.update, self.key)[0]
                tensor = evaluator(term).tensor
            elif self.key is not None:
                tensor = evaluator.symbol(self.key)
            elif self.term is not None:
                array = evaluator(self.term)
                if array.names:
                    return None
                tensor = array.tensor
            else:
                return None
        except NO_VALUE:
            return None
        return tensor.detach().expand(evaluator.draws, *tensor.shape[1:])

    def terms(self, checked: Checked) -> list[Term]:
        """What its value is worked out from."""
        try:
            if self.term is not None:
                return [self.term]
            definition = self.update or checked.book.find(self.key) if self.key else None
            if definition is not None and self.key is not None:
                return [checked.book.elaborated(definition, self.key)[0]]
        except NO_VALUE:
            pass
        return []


def of_key(checked: Checked, key: Key, updated: bool = False) -> Stated | None:
    """What the page says of a symbol; None where it says nothing of its value.

    Args:
        checked: The page.
        key: The symbol.
        updated: Whether its new value is meant, which an update gives it.
    """
    book = checked.book
    try:
        definition = book.find(key, updates=updated)
        if definition is None:
            return None
        shape = book.shape_of_key(key)
        tested = frozenset({definition}) if updated else closure_of(checked.checker, key)
    except NO_VALUE:
        return None
    family = book.family(key[0])
    tex = filled(family, [str(n) for n in key[1]]) if None not in key[1] else family.tex
    said = Stated(tex, shape, key, definition if updated else None, tested=tested)
    for result in checked.results:
        states = result.updates if updated else result.states
        if key not in states or result.verdict not in ("defines", "holds", "declares", "states"):
            continue
        node = result.statement.node
        where = node.sides[-1] if isinstance(node, Relation) else node
        said.equation = checked.checker.equations[result.statement.place]
        said.start, said.end = where.start, where.end
        break
    return said


def rests_on(checked: Checked, said: Stated, inputs: frozenset[Key]) -> frozenset[Key] | None:
    """Which of some symbols something is made of; None where it needs others, too."""
    book = checked.book
    met: set[Key] = set()
    seen: set[object] = set()
    waiting = said.terms(checked)
    if not waiting:
        return None
    try:
        while waiting:
            for term in walk_terms(waiting.pop()):
                if term.operation == "call" and term.data[0] not in seen:
                    seen.add(term.data[0])
                    body = book.function_definition(term.data[0]).body
                    waiting += [body] if body is not None else []
                if term.operation != "family" or term.data in seen:
                    continue
                seen.add(term.data)
                definition = book.find(term.data)
                if term.data in inputs:
                    met.add(term.data)
                elif definition is None:
                    return None
                else:
                    waiting.append(book.elaborated(definition, term.data)[0])
    except NO_VALUE:
        return None
    return frozenset(met)


def all_stated(checked: Checked, names: Mapping[str, Key]) -> list[Stated]:
    """All that a function of the page may return: symbols, their new values, sides of equations."""
    found: list[Stated] = []
    for key in dict.fromkeys(names.values()):
        for updated in (False, True):
            said = of_key(checked, key, updated)
            if said is not None:
                found.append(said)
    found.extend(_sides(checked))
    return found


def _sides(checked: Checked) -> Iterator[Stated]:
    checker = checked.checker
    for result in checked.results:
        statement = result.statement
        node = statement.node
        if not isinstance(node, Relation) or result.verdict not in ("defines", "holds", "states"):
            continue
        equation = checker.equations[statement.place]
        try:
            cases = assignments(checked.book, statement)
        except NO_VALUE:
            continue
        for layers in cases[:MOST_CASES]:
            for place, side in enumerate(node.sides):
                if place < len(node.sides) - 1 and isinstance(bare(side), Name | Scripted):
                    continue  # a symbol, which is among them already
                try:
                    term = reader(checked.book, statement, layers, False).term(side)
                    tested = closure(checker, term)
                except NO_VALUE:
                    continue
                if not any(one.operation == "family" for one in walk_terms(term)):
                    continue  # a number
                where = node.sides[place - 1] if place else node.sides[1]
                yield Stated(
                    equation.tex[side.start : side.end],
                    term.shape,
                    None,
                    None,
                    term,
                    equation,
                    where.start,
                    where.end,
                    tested | result.defines,
                    frozenset(result.states),
                )


# --- by the name of a function --------------------------------------------------------------

_VERBS = frozenset(
    "compute computes computed get gets calculate calc eval evaluate find make return my the a an "
    "np torch numpy naive slow fast manual vectorized loop numerical exact v1 v2 new old fn func "
    "function one two check".split()
)
_HEAD = re.compile(r",|;|:|\.|\(| of | for | with | in | by | at | on | from | to | that | which ")
_SAYS = re.compile(
    r"\b(?:the|its|their|a|an|this|each|every|our)\s+((?:[a-z-]+\s+){0,3}?[a-z-]+)"
    r"(?:\s+(?:of|for|in|on|at|with)\b[^.:]*)?\s+(?:is|are|becomes|reads|equals)\b",
    re.IGNORECASE,
)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a function's name without verbs: `compute_cost` → cost."""
    parts = re.findall(r"[a-z]+|[A-Z][a-z]*", name.replace("_", " "))
    return tuple(part.lower() for part in parts if part.lower() not in _VERBS)


def named_so(name: str, checked: Checked, found: list[Stated]) -> tuple[list[Stated], bool]:
    """What a function is meant to return by its name, if that can be only one thing.

    Returns:
        The symbols or sides, all of them the same thing; and whether the words agree wholly.
    """
    words = words_of(name)
    if not words:
        return [], False
    said = list(_words_of_all(checked, found))
    exact = [one for one, text in said if _plain(text) == _plain(" ".join(words))]
    for group, is_exact in ((exact, True), (_by_head(words, said), False)):
        group = list(dict.fromkeys(group))
        if len({_place(one) for one in group}) == 1:
            return group, is_exact
        if group:
            return [], False
    if words and _alike(_head(words), "gradient") or _alike(_head(words), "derivative"):
        derived = [one for one in found if one.term is not None and _is_derivative(one.term)]
        if len({id(one.equation) for one in derived}) == 1:
            return derived, False
    return [], False


def _place(one: Stated) -> object:
    """What makes two of them one: the equation that says the value."""
    return id(one.equation) if one.equation is not None else one.key


def _by_head(words: tuple[str, ...], said: list[tuple[Stated, str]]) -> list[Stated]:
    head = _head(words)
    return [one for one, text in said if text and _alike(head, _plain(text).rpartition(" ")[2])]


def _head(words: tuple[str, ...]) -> str:
    """The word that says what kind of thing is named: gradient of `gradient_of_cost`."""
    for place, word in enumerate(words):
        if word in ("of", "by", "wrt", "for", "from", "in", "with") and place:
            return _plain(words[place - 1])
    return _plain(words[-1])


def _plain(text: str) -> str:
    """Words without their plural."""
    return " ".join(
        word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
        for word in text.lower().split()
    )


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 4 and long.startswith(short))


def _words_of_all(checked: Checked, found: list[Stated]) -> Iterator[tuple[Stated, str]]:
    """What the page calls each thing: by its table, and in the words in front of an equation."""
    text = checked.report.text
    first = {id(one.equation): one for one in reversed(found) if one.equation is not None}
    for one in found:
        if one.key is not None and one.update is None:
            meaning = re.sub(r"\$[^$]*\$|[`*_]", "", checked.book.family(one.key[0]).meaning)
            head = _HEAD.split(meaning.strip().lower() + " ", maxsplit=1)[0].strip()
            yield one, re.sub(r"^(?:the|a|an) ", "", head)
    for one in first.values():
        assert one.equation is not None
        before = text[max(0, one.equation.start - 200) : one.equation.start]
        sentence = re.split(r"\n\s*\n(?=.*\S)|[.:!?]\s", before.rstrip())[-1]
        match = _SAYS.search(sentence)
        if match is not None and one.equation.display:
            yield one, match[1]


def _is_derivative(term: Term) -> bool:
    """Whether the other side of the equation of a side is a derivative, or it is one itself."""
    return any(one.operation in ("derivative", "gradient", "chain") for one in walk_terms(term))


def close(found: Tensor, expected: Tensor, tolerance: float) -> bool:
    """Whether two values of one shape agree wherever the page has one."""
    known = torch.isfinite(expected)
    if not bool(known.any()) or not bool(torch.isfinite(found[known]).all()):
        return False
    size = float(expected[known].abs().max())
    return float((found[known] - expected[known]).abs().max()) <= tolerance * size


__all__ = ["Node", "Stated", "all_stated", "close", "named_so", "of_key", "words_of"]
