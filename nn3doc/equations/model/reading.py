"""Reads the formulas of pages into a model: names first, then each statement in its order.

A left side that is seen for the first time is a definition; seen again, it is a claim. The
definitions of a page are gathered before anything is worked out, so that its symbols may be defined
through each other, layer by layer.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace

from nn3doc.equations.model.assuming import assume
from nn3doc.equations.model.declaring import (
    declare_ends,
    declare_index_sets,
    declare_members,
    declare_set,
    is_index,
    speaks_of_sizes,
)
from nn3doc.equations.model.defining import define, finish, is_update, take_alias
from nn3doc.equations.model.definitions import Statement
from nn3doc.equations.model.draft import Draft, closed, opened
from nn3doc.equations.model.naming import find_names
from nn3doc.equations.model.page_model import PageModel
from nn3doc.equations.model.patterns import (
    compares_indices,
    is_entry_norm,
    range_of,
    without_set,
)
from nn3doc.equations.model.roles import Prose, Words, assumptions
from nn3doc.equations.notation import NotationError
from nn3doc.equations.tex import (
    Condition,
    Formula,
    Name,
    Node,
    Relation,
    Scripted,
    Sequence,
    Shaped,
    parse,
)
from nn3doc.equations.text import Region, scan

Guard = Callable[[], AbstractContextManager[None]]


def read(
    model: PageModel,
    regions: Iterable[Region],
    own: bool,
    parsed: Callable[[int, Formula], None],
    failed: Callable[[int, Exception], None],
    tables: list[tuple[int, int]],
    text: str = "",
    guard: Guard = contextlib.nullcontext,
) -> PageModel:
    """A model with the statements of one more page.

    Args:
        model: What is known before.
        regions: The formulas.
        own: Whether it is the page that is checked.
        parsed: Is given each formula that could be read.
        failed: Is given each that could not.
        tables: From where to where notation tables stand.
        text: The page, for the words in front of them.
        guard: What holds a mistake of the checker; what was read before it counts.
    """
    draft = opened(model)
    draft.regions = list(regions)
    draft.prose = Prose(text, scan(text)) if text else None
    with guard():
        lost = find_names(draft, draft.regions)
        for place, region in enumerate(draft.regions):
            if region.unchecked is not None:
                continue
            try:
                if place in lost:
                    raise lost[place]
                formula = parse(region.body, draft.notation.lexicon)
                in_table = any(start <= region.start < end for start, end in tables)
                _add_formula(draft, formula, place, own, in_table)
                parsed(place, formula)
            except Exception as error:  # what is no TexError is a mistake of the checker
                failed(place, error)
        finish(draft)
    return closed(draft)


def _add_formula(
    draft: Draft, formula: Formula, place: int, own: bool, in_table: bool = False
) -> None:
    """Adds the statements of one formula."""
    region = draft.region(place)
    ranges: dict[str, tuple[Node, Node]] = {}
    made = _statements(draft, formula, place, own, in_table, ranges)
    for statement, after in itertools.pairwise([*made, None]):
        if region is not None and statement is not None:
            end = after.node.start if after is not None else statement.node.end
            _read_arrow(statement, region.body[statement.node.end : end])
    for before, statement in itertools.pairwise([None, *made]):
        assert statement is not None
        statement.ranges = ranges
        statement.order = len(draft.statements) + 1000 * place
        draft.statements.append(statement)
        try:
            if before is not None and region is not None:
                between = region.body[before.node.end : statement.node.start]
                _hold_line(before.node, statement.node, between)
                if not isinstance(before.node, Relation) and r"\text" in between:
                    # `a \text{ plus } b = …` is one sentence
                    statement.words = Words("concludes")
            gather(draft, statement)
        except NotationError as error:
            draft.problems[statement.order] = error


def _statements(
    draft: Draft,
    formula: Formula,
    place: int,
    own: bool,
    in_table: bool,
    ranges: dict[str, tuple[Node, Node]],
) -> list[Statement]:
    """The statements of a formula, with their conditions; ranges of indices are taken aside."""
    region = draft.region(place)
    made: list[Statement] = []
    for node in formula.statements:
        condition = node.word if isinstance(node, Condition) else ""
        inner = node.relation if isinstance(node, Condition) else node
        words = Words("introduces") if in_table else draft.words(region, node)
        limits = range_of(inner)
        if limits is not None and is_index(draft, limits[0]):
            alone = len(formula.statements) == 1
            letter, *ends = limits
            if not alone or condition:
                ranges[letter] = (ends[0], ends[1])
            if letter not in draft.notation.indices and not in_table:
                declare_ends(draft, *ends)
                draft.symbols.set_index(letter, (ends[0], ends[1]))
                draft.symbols.close_ends()
            parts = [inner] if alone else []
        elif made and _is_condition(condition, inner):
            made[-1].conditions.append(inner)
            continue
        elif made and _is_place(condition, inner):
            made[-1].near.append(inner)
            continue
        else:
            if region is not None and words.mode:
                _share(made, inner, region)
            parts = without_set(inner)
        made += [_statement(draft, part, place, own, in_table, words) for part in parts]
    return made


def _is_condition(word: str, node: Node) -> bool:
    """`\\text{if } x > 0`: for which values the statement in front is meant."""
    return word in ("if", "when", "whenever") or (word == "for" and compares_indices(node))


def _is_place(word: str, node: Node) -> bool:
    """`\\text{near } x = 0`: where the statement in front is meant."""
    return word in ("near", "around", "close") and not (
        isinstance(node, Relation) and node.operators == ("in",)
    )


def _share(made: list[Statement], node: Node, region: Region) -> None:
    """`a, b > 0` is said of both."""
    if isinstance(node, Relation) and assumptions(node):
        for one in _listed(made, node.start, region):
            one.node = replace(node, start=one.node.start, sides=(one.node, *node.sides[1:]))


def _listed(made: list[Statement], start: int, region: Region) -> list[Statement]:
    """The symbols directly in front of a statement, with nothing but commas between."""
    found: list[Statement] = []
    for statement in reversed(made):
        node = statement.node
        between = region.body[node.end : start]
        if not isinstance(node, Name | Scripted) or between.strip(" \\;:!\n") != ",":
            break
        found.append(statement)
        start = node.start
    return found


def _statement(
    draft: Draft, node: Node, place: int, own: bool, in_table: bool, words: Words
) -> Statement:
    region = draft.region(place)
    sentence = section = -1
    if draft.prose is not None and region is not None:
        sentence = draft.prose.sentence(region.start)
        section = draft.prose.section(region.start)
    general = draft.prose is not None and region is not None and draft.prose.is_general(region)
    return Statement(
        node,
        place,
        1000 * place,
        own,
        in_table=in_table,
        words=words,
        sentence=sentence,
        general=general,
        section=section,
    )


def _read_arrow(statement: Statement, behind: str) -> None:
    """`x > 0 \\implies |x| = x`: for its formula only; `\\iff` claims both, and gives nothing."""
    if re.search(r"\\(?:iff|Leftrightarrow)\b", behind):
        statement.words = Words("concludes")
    elif re.search(r"\\(?:implies|Rightarrow|Longrightarrow)\b", behind) and (
        statement.mode != "introduces"
    ):
        statement.words = Words("restricts", -1)


def _hold_line(before: Node, node: Node, between: str) -> None:
    """A line of a derivation has a relation, or goes on with a sign.

    Behind an `&` it begins with it: there `b \\\\ &= c` would say nothing of what stands above b.
    """
    behind_mark = between.rpartition("\\\\")[2].count("&") % 2 == 1
    if (
        isinstance(before, Relation)
        and (behind_mark or not isinstance(node, Relation | Shaped | Condition))
        and "\\\\" in between
        and not re.search(r"\\(?:text|mbox|quad|qquad)\b", between)
    ):
        raise NotationError(
            "this line has no relation",
            node,
            "Write = or another relation in front of it; a line that goes on begins with + or -.",
            "read",
        )


# --- what a statement is ----------------------------------------------------------------------

Declare = Callable[[Draft, Statement, Relation], None]
_DECLARATIONS: dict[str, Declare] = {
    "in": declare_members,
    "subset": lambda draft, statement, node: declare_set(draft, node.sides[0]),
    "colon": lambda draft, statement, node: None,  # known before anything is read, see `naming`
}


def gather(draft: Draft, statement: Statement) -> None:
    """Adds what a statement declares, assumes or defines, and notes the part it plays."""
    node = statement.node
    declare_index_sets(draft, node)
    if not isinstance(node, Relation):
        statement.role = "mention"
        return
    operator = node.operators[0]
    equation = operator in ("=", ":=")
    if operator == ":=" and is_entry_norm(node):
        draft.symbols.now = replace(draft.notation, entry_norm=True)
    if any(isinstance(side, Sequence) for side in node.sides):
        statement.role = "declaration"
    elif operator in _DECLARATIONS:
        statement.role = "declaration"
        _DECLARATIONS[operator](draft, statement, node)
    elif operator == "<-" or is_update(draft, statement):
        statement.role = "update"
        define(draft, statement, update=True)
    elif equation and take_alias(draft, statement, node):
        statement.role = "definition"
    elif assume(draft, statement):
        statement.role = "assumption"
    elif equation and not speaks_of_sizes(draft, node):
        define(draft, statement)


# --- one formula written otherwise ------------------------------------------------------------


def with_formula(model: PageModel, place: int, formula: Formula) -> PageModel:
    """The same page with one formula written otherwise; the rest is not read again.

    Args:
        model: The page as it is.
        place: Number of the formula.
        formula: What is to stand there.
    """
    gone = [one for one in model.statements if one.own and one.place == place]
    draft = opened(replace(model, whole=frozenset(), numeric=()), gone)
    for family in list(draft.notation.all()):
        defined = not family.declared and family.shape is None and family.kind == "value"
        if defined and family.key in model.definitions and family.key not in draft.definitions:
            draft.symbols.remove(family)
    _add_formula(draft, formula, place, own=True)
    others = [one for one in draft.statements if not one.own]
    own = sorted((one for one in draft.statements if one.own), key=lambda one: one.place)
    number = {statement: number for number, statement in enumerate([*others, *own])}
    for groups in (draft.definitions, draft.updates):
        for group in groups.values():
            group.sort(key=lambda one: number[one.statement])
    return closed(draft)


def claims_of(model: PageModel, place: int, formula: Formula) -> list[Statement] | None:
    """The statements of a formula that would only claim something; None if it does more.

    Args:
        model: The page as it is.
        place: Number of the formula that it would replace.
        formula: What is to stand there.
    """
    draft = opened(model)
    draft.statements, draft.definitions, draft.updates = [], {}, {}
    draft.assumed, draft.assumed_by, draft.problems = [], {}, {}
    _add_formula(draft, formula, place, own=True)
    if (
        draft.updates
        or draft.problems
        or draft.assumed
        or not draft.definitions.keys() <= model.definitions.keys()
        or len(draft.functions) != len(model.functions)
        or len(draft.aliases) != len(model.aliases)
        or draft.constraints != model.constraints
        or draft.notation.families.keys() != model.notation.families.keys()
        or any(
            isinstance(one.node, Relation) and one.node.operators[0] in ("in", "colon")
            for one in draft.statements
        )
    ):
        return None
    return draft.statements
