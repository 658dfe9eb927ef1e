"""What statements define: symbols, functions, new values; and what is known once all are read."""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.model.definitions import Definition, Statement
from nn3doc.equations.model.draft import Draft, Step
from nn3doc.equations.model.patterns import (
    INVERSES,
    as_application,
    is_member,
    is_numeric,
    is_partial,
    is_pattern,
    stepped_index,
    symbols_in,
    tex_of,
)
from nn3doc.equations.model.roles import is_constant, may_redefine
from nn3doc.equations.notation import (
    LAST,
    Domain,
    Family,
    NotationError,
    Part,
    Reference,
    pattern,
)
from nn3doc.equations.tex import (
    Call,
    Derivative,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Shaped,
    Sum,
    bare,
    same,
    walk,
)


def define(
    draft: Draft, statement: Statement, *, update: bool = False, start: bool = False
) -> None:
    """Takes what a statement defines: a function or a symbol.

    Args:
        draft: Is added to.
        statement: A relation that begins with an equals sign or an arrow.
        update: Whether it gives a symbol a new value.
        start: Whether it is the start of a recursion: there a number defines, elsewhere it is one
            of the worked example.
    """
    node = statement.node
    assert isinstance(node, Relation)
    left, right = node.sides[0], node.sides[1]
    applied = as_application(left)
    if applied is not None and is_function(draft, applied[0]):
        _define_function(draft, statement, *applied)
        return
    if applied is not None and _is_applied(draft, applied[0]):
        left = applied[0]
        for parameter in applied[1]:
            if draft.reference(parameter) is None and isinstance(parameter, Name):
                draft.add_new(parameter.letter, "value")
    elif (inverted := _inverted(draft, left, right)) is not None:
        left, right = inverted
        draft.implicit.append((statement, left))
    left = left.inner if isinstance(left, Shaped) else left
    if not isinstance(left, Name | Scripted):
        return
    if not start and is_numeric(right, draft.notation):
        if not update:
            draft.numeric.append(statement)
        if draft.reference(left) is not None:
            return
    _define_symbol(draft, statement, left, right, update)


def _define_symbol(
    draft: Draft, statement: Statement, left: Name | Scripted, right: Node, update: bool
) -> None:
    """A symbol with indices on the left; one that is not known is added."""
    reference = draft.reference(left)
    named = reference is not None and any(mark.kind in ("prime", "star") for mark in reference.rest)
    if reference is None or (named and not update):
        if update or not _may_be_new(statement, left):
            return
        _add_symbol(draft, left, statement.node)
        reference = draft.reference(left)
        assert reference is not None
    if (
        reference.rest
        or reference.family.kind != "value"
        or not is_pattern(reference, draft.notation)
        or not (update or _may_define(draft, reference, statement))
    ):
        return
    statement.role = "update" if update else "definition"
    into = draft.updates if update else draft.definitions
    into.setdefault(reference.family.key, []).append(
        Definition(
            statement,
            reference.family.key,
            reference.arguments,
            reference.row,
            reference.col,
            reference.is_entry,
            left,
            right,
        )
    )
    _mark_recursion(draft, statement, reference)


def _may_be_new(statement: Statement, left: Name | Scripted) -> bool:
    """Whether a left side that is not known can be a symbol: no constant, and not transposed."""
    assert isinstance(statement.node, Relation)
    if is_constant(left) and not may_redefine(left, statement.node.operators[0], statement.mode):
        return False
    if isinstance(left, Name):
        return True
    return isinstance(left.base, Name) and all(mark.kind != "transpose" for mark in left.marks)


def _add_symbol(draft: Draft, left: Name | Scripted, node: Node) -> None:
    letter, parts = pattern(left, draft.notation, frozenset())
    if any(part.place == "power" and part.fixed.isdigit() for part in parts):
        draft.powers.append(left)
    parts = _without_entries(draft, letter, parts, node)
    draft.symbols.add(Family(letter, parts, "value", None, tex_of(letter, parts), declared=False))


def _may_define(draft: Draft, reference: Reference, statement: Statement) -> bool:
    """A symbol that the text declares is any of its set: "then $a = b$" says more of it."""
    node = statement.node
    assert isinstance(node, Relation)
    return (
        statement.mode not in ("concludes", "restricts")
        or node.operators[0] == ":="
        or reference.family.key not in draft.introduced
    )


def _without_entries(
    draft: Draft, letter: str, parts: tuple[Part, ...], node: Node
) -> tuple[Part, ...]:
    """`p_k = …` defines p entry by entry, where the page writes p for the whole."""
    if letter not in draft.whole or draft.notation.families.get(letter):
        return parts
    ends = [part for part in parts if part.place == "sub" and part.slot]
    subscripts = [part for part in parts if part.place == "sub"]
    if (
        not 1 <= len(ends) <= 2
        or len(subscripts) != len(ends)
        or any(part.slot in draft.notation.concrete for part in ends)
    ):
        return parts
    for inner in walk(node):  # defined step by step
        if (
            isinstance(inner, Scripted)
            and isinstance(inner.base, Name)
            and (
                inner.base.letter == letter
                and not all(isinstance(item, Name | Number | Product) for item in inner.sub)
            )
        ):
            return parts
    return tuple(part for part in parts if part not in ends)


def _is_applied(draft: Draft, node: Node) -> bool:
    reference = draft.reference(node)
    return reference is not None and reference.family.key in draft.notation.applied


def _inverted(draft: Draft, left: Node, right: Node) -> tuple[Node, Node] | None:
    """`\\cos \\theta = r` says what an unknown θ is."""
    if not isinstance(left, Call) or not isinstance(left.function, Name):
        return None
    inverse = INVERSES.get(left.function.letter)
    symbol = bare(left.arguments[0])
    if inverse is None or not isinstance(symbol, Name | Scripted) or is_constant(symbol):
        return None
    if draft.reference(symbol) is not None:
        return None
    function = Name(right.start, right.start, inverse)
    return symbol, Call(right.start, right.end, function, (right,))


def _mark_recursion(draft: Draft, statement: Statement, reference: Reference) -> None:
    """A symbol defined by itself a step before or after is gone through step by step."""
    family = reference.family
    for inner in walk(statement.node):
        if not isinstance(inner, Scripted):
            continue
        other = draft.reference(inner)
        if other is None or other.family.key != family.key:
            continue
        for slot, argument in zip(other.family.slots, other.arguments, strict=True):
            stepped = stepped_index(argument, draft.notation)
            if stepped is not None and stepped[1]:
                concrete = draft.notation.concrete | {slot}
                draft.symbols.now = replace(draft.notation, concrete=concrete)
                draft.steps.append(Step(family.key, slot, *stepped, statement))


def is_function(draft: Draft, node: Node) -> bool:
    """Whether a symbol is a function."""
    reference = draft.reference(node)
    return reference is not None and reference.family.kind == "function"


def _define_function(
    draft: Draft, statement: Statement, function: Node, parameters: tuple[Node, ...]
) -> None:
    """`f(x) = …`, unless it claims something of an f that is known."""
    node = statement.node
    assert isinstance(node, Relation)
    left, right = node.sides[0], node.sides[1]
    plain = all(isinstance(parameter, Name | Scripted) for parameter in parameters)
    if not plain or not isinstance(function, Name):
        return
    letter = function.letter
    known = draft.functions.get(letter)
    if known is not None and not (is_partial(known.right) and not is_partial(right)):
        return
    declared = draft.reference(function)
    if node.operators[0] == "=" and declared and not _may_define(draft, declared, statement):
        return
    family = next(f for f in draft.notation.families[letter] if f.kind == "function")
    domains = [domain for domain, _ in family.source or ()]
    for place, parameter in enumerate(parameters):
        if draft.reference(parameter) is None and isinstance(parameter, Name):
            domain = domains[place] if place < len(domains) else Domain()
            draft.parameters.setdefault(parameter.letter, (domain, []))[1].append(statement)
    statement.role = "definition"
    places = [*(left.sub if isinstance(left, Scripted) else ()), None, None]
    draft.functions[letter] = Definition(
        statement, family.key, (), places[0], places[1], False, left, right, parameters
    )


def take_alias(draft: Draft, statement: Statement, node: Relation) -> bool:
    """`g = \\sigma`: from here on any g is the sigmoid."""
    functions = [draft.reference(side) for side in node.sides]
    if len(functions) != 2 or any(f is None or f.family.kind != "function" for f in functions):
        return False
    one, other = (f.family for f in functions if f is not None)
    known = draft.aliases.get(one.key, ("", 0))[0]
    if known == other.key or one.key == other.key:
        return True
    if known or one.letter in draft.functions or statement.mode == "concludes":
        draft.problems[statement.order] = NotationError(
            "two functions are compared, not their values",
            node,
            f"Write {one.tex}(x) = {other.tex}(x).",
            "holds",
        )
        return True
    order = statement.order if statement.own else -1
    draft.aliases[one.key] = (other.key, order)
    return True


def is_update(draft: Draft, statement: Statement) -> bool:
    """`w := w - \\alpha g`; `w = w - \\alpha g` of a symbol that has a value."""
    node = statement.node
    assert isinstance(node, Relation)
    if node.operators not in (("=",), (":=",)):
        return False
    left, right = node.sides
    reference = draft.reference(left)
    if reference is None or reference.family.kind != "value" or reference.rest:
        return False
    if node.operators == ("=",) and (
        statement.mode == "concludes"
        or not isinstance(bare(right), Sum)
        or not (reference.family.declared or reference.family.key in draft.definitions)
    ):
        return False
    return any(is_same(draft, reference, inner) for inner in symbols_in(right))


def is_same(draft: Draft, reference: Reference, node: Node) -> bool:
    """Whether a symbol on the page is the same as another, powers and transposes aside."""
    other = draft.reference(node)
    if other is None or other.family.key != reference.family.key:
        return False
    ends = zip(
        (*reference.arguments, reference.row, reference.col),
        (*other.arguments, other.row, other.col),
        strict=True,
    )
    return all(one is two or same(one, two) for one, two in ends)


def finish(draft: Draft) -> None:
    """What is known once all is read: the first members of what is defined step by step."""
    _know_parameters(draft)
    _judge_implicit(draft)
    _judge_powers(draft)
    for step in draft.steps:
        _extend_range(draft, step)
    recursive = {step.key for step in draft.steps}
    if recursive:
        _join_first_members(draft, recursive)
    draft.symbols.close_ends()


def _extend_range(draft: Draft, step: Step) -> None:
    """`h_t = … h_{t-1}` for t from 1 on: there is an h_0, too."""
    family = draft.notation.find(step.key)
    limits = step.statement.ranges.get(step.letter) or draft.notation.indices.get(step.letter)
    if limits is None:  # time goes on: a few steps stand for all
        limits = (Number(0, 0, "1"), Number(0, 0, str(LAST)))
        draft.symbols.set_index(step.letter, limits)
    if family is None or not isinstance(limits[0], Number):
        return
    low, high = draft.notation.slot_range(family, step.slot) or limits
    first = int(limits[0].text) + step.count
    if isinstance(low, Number) and first < int(low.text):
        low = replace(low, text=str(max(first, 0)))
    if step.count > 0 and same(high, limits[1]) and limits[1] is not None:
        one = Number(high.start, high.end, str(step.count))
        high = Sum(high.start, high.end, (high, one), (1, 1))
    others = tuple(said for said in family.ranges if said[0] != step.slot)
    draft.symbols.add(replace(family, ranges=(*others, (step.slot, low, high))))


def _join_first_members(draft: Draft, recursive: set[str]) -> None:
    """`h_0` is a member of `h_t`, also where it was met first; `v_0 = 0` defines it."""
    found = [draft.notation.find(key) for key in recursive]
    for family in [one for one in found if one is not None]:
        for other in list(draft.notation.families[family.letter]):
            if other.key != family.key and is_member(other, family):
                draft.symbols.remove(other)
                for definition in draft.definitions.pop(other.key, []):
                    define(draft, definition.statement)
    for statement in draft.numeric:
        node = statement.node
        assert isinstance(node, Relation)
        reference = draft.reference(node.sides[0])
        if reference is not None and reference.family.key in recursive:
            known = draft.definitions.get(reference.family.key, [])
            if all(definition.statement is not statement for definition in known):
                define(draft, statement, start=True)
    draft.numeric = []


def _know_parameters(draft: Draft) -> None:
    """A parameter is a symbol of the page once something outside its function is said with it.

    That is a call, `\\sigma'(x) = …`, a derivative by it, or a word: "for a number $x$".
    """
    for letter, (domain, definitions) in draft.parameters.items():
        if draft.reference(Name(0, 0, letter)) is not None:
            continue
        if any(_speaks_of(draft, other, letter, definitions) for other in draft.statements):
            family = Family(letter, (), "value", (), letter, domain, declared=False)
            draft.symbols.add(family)


def _speaks_of(
    draft: Draft, statement: Statement, letter: str, definitions: list[Statement]
) -> bool:
    node = statement.node
    if isinstance(node, Name):
        return node.letter == letter
    if statement in definitions:
        assert isinstance(node, Relation)
        if len(node.sides) > 2:  # its second step is a claim
            return True
        looked: tuple[Node, ...] = ()
    else:
        looked = (node,)
    for inner in (inner for part in looked for inner in walk(part)):
        given: list[Node] = []
        applied = as_application(inner)
        if applied is not None:
            base = applied[0].base if isinstance(applied[0], Scripted) else applied[0]
            if is_function(draft, base) or isinstance(inner, Call):
                given += applied[1]
        elif isinstance(inner, Derivative):
            given += inner.by
        if any(isinstance(n, Name) and n.letter == letter for g in given for n in walk(g)):
            return True
    return False


def _judge_implicit(draft: Draft) -> None:
    """`\\cos \\theta = …` says what θ is only if something else is said of θ."""
    for statement, symbol in draft.implicit:
        reference = draft.reference(symbol)
        others = (s.node for s in draft.statements if s is not statement)
        if reference is None or not any(
            is_same(draft, reference, inner) for node in others for inner in symbols_in(node)
        ):
            node = statement.node
            assert isinstance(node, Relation)
            draft.problems[statement.order] = NotationError(
                "a new symbol inside a function, and nothing else is said of it",
                node.sides[0],
                "Write the symbol alone on the left, with the inverse function on the right.",
            )


def _judge_powers(draft: Draft) -> None:
    """`x^2 = …` of an x that is known says something of a power, and defines nothing."""
    for symbol in draft.powers:
        assert isinstance(symbol, Scripted)
        plain = replace(symbol, marks=symbol.marks[:-1])
        root = plain if plain.marks or plain.sub else plain.base
        power = draft.reference(symbol)
        if draft.reference(root) is None or power is None:
            continue
        if not power.rest and power.family.key in draft.definitions:  # it is a power, then
            draft.symbols.remove(power.family)
            for definition in draft.definitions.pop(power.family.key):
                definition.statement.role = "claim"
