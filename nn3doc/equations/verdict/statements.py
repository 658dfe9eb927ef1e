"""What one statement says, and whether it holds: every step of it, for every layer and every draw."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from nn3doc.equations.evaluate import MissingValue, TooLarge, ordinary
from nn3doc.equations.meaning import Term, as_number
from nn3doc.equations.model import DefinitionError, PageModel, Statement, is_numeric
from nn3doc.equations.notation import (
    Domain,
    Family,
    Membership,
    Notation,
    NotationError,
    function_family,
    membership,
    show,
)
from nn3doc.equations.report import Finding, own_mistake
from nn3doc.equations.tex import (
    Dots,
    Listing,
    MapType,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Shaped,
    Tuple,
    bare,
    same,
    walk,
)
from nn3doc.equations.tex import Sequence as SequenceNode
from nn3doc.equations.verdict.claims import hold_relation_or_example
from nn3doc.equations.verdict.closures import closure, key_of
from nn3doc.equations.verdict.outcomes import (
    Outcome,
    domain_text,
    end_reached,
    finding_kind,
    letter_of,
    outside_value,
)
from nn3doc.equations.verdict.relations import hold_chain
from nn3doc.equations.verdict.samples import Samples
from nn3doc.equations.verdict.sides import Check, assignments, hold_claims, hold_ranges, reader
from nn3doc.equations.verdict.worked_example import give_size


def take_numbers(samples: Samples) -> None:
    """Takes the numbers of the worked example that stand on pages this one builds on."""
    for statement in samples.book.statements:
        node = statement.node
        if (
            not statement.own
            and isinstance(node, Relation)
            and any(isinstance(bare(side), Name | Scripted) for side in node.sides)  # is given some
            and any(is_numeric(side, samples.book.notation) for side in node.sides)
        ):
            check_statement(samples, statement)


def check_statement(samples: Samples, statement: Statement) -> Outcome:
    """All that can be said of a statement; it never raises for what a page says."""
    with samples.book.checking(statement):
        check = Check.begin(samples, statement)
        try:
            problem = samples.book.problems.get(statement.order)
            if problem is not None:
                raise problem
            _hold(check)
        except NotationError as error:
            check.fail(finding_kind(error.question), error.message, error, error.cure)
        except DefinitionError as error:
            check.outcome.is_now("skipped")
            samples.skipped.append(error)
            if not error.definition.statement.own:
                check.fail(
                    "page",
                    "this needs a definition, on a page this one builds on, that has a finding",
                    statement.node,
                    "Check that page first.",
                )
        except TooLarge as error:
            check.fail(
                "holds",
                f"this is too large to be worked out: {error}",
                statement.node,
                "Write it for a smaller case.",
            )
        except MissingValue as error:
            check.fail(
                "known",
                f"{error} has no value here",
                statement.node,
                "Declare it, or give it a number.",
            )
        except RecursionError:
            check.fail(
                "read",
                "this formula is nested too deeply",
                statement.node,
                "Name a part of it.",
            )
        except (OverflowError, ZeroDivisionError) as error:
            said = str(error).strip().split("\n")[0]
            check.fail(
                "holds",
                f"this cannot be worked out: {said}",
                statement.node,
                "It needs a value for all values of its symbols.",
            )
        except Exception as error:
            start, end = (
                check.offset + place for place in (statement.node.start, statement.node.end)
            )
            check.outcome.fail(own_mistake(error, start, end))
    return check.outcome


def blame(samples: Samples) -> None:
    """A definition that others could not be checked for has a finding, whatever its own check said."""
    for error in samples.skipped:
        statement, cause = error.definition.statement, error.__cause__
        if not statement.own or not isinstance(cause, NotationError):
            continue
        equation = samples.equations[statement.place]
        if any(finding.failing for finding in equation.findings):
            continue
        notes = (cause.cure,) if cause.cure else ()
        start, end = (equation.body_start + place for place in (cause.start, cause.end))
        equation.findings.append(
            Finding(finding_kind(cause.question), cause.message, start, end, notes)
        )
        equation.verdict = "failed"


def _hold(check: Check) -> None:
    node = check.statement.node
    if not isinstance(node, Relation):
        _hold_expression(check, node)
        return
    hold_chain(node)
    _RELATIONS.get(node.operators[0], _hold_values)(check, node)


def _hold_values(check: Check, node: Relation) -> None:
    """A relation between values, sizes or functions, or the range of an index."""
    functions = [check.book.notation.reference(side) for side in node.sides]
    if all(f is not None and f.family.kind == "function" for f in functions):
        check.outcome.is_now("declares")
    elif not (_hold_sizes(check, node) or _hold_index(check, node)):
        hold_relation_or_example(check, node)


# --- sizes and ranges -----------------------------------------------------------------------------


def _hold_sizes(check: Check, node: Relation) -> bool:
    """Sizes: `n_x = n_0`, `n_x = 28 \\cdot 28 = 784`."""
    book, outcome, notation = check.book, check.outcome, check.book.notation
    reference = notation.reference(node.sides[0])
    if reference is None or reference.family.kind != "size":
        return False
    if any(operator not in ("=", ":=") for operator in node.operators):
        return False
    layers = assignments(book, check.statement)[0]
    try:
        sizes = [notation.size(side, layers) for side in node.sides]
    except NotationError:
        return False
    outcome.is_now("holds")
    for place, (one, other) in enumerate(itertools.pairwise(sizes)):
        first = notation.size(node.sides[0], layers)
        plain = _plain_size(notation, node.sides[place + 1], layers)
        if one == other and (place or plain is None or first.number is not None):
            continue
        if place == 0 and plain is not None and first.number is None:
            give_size(check.samples.example, first, plain, check.statement, node.sides[1])
            outcome.is_now("declares")
            outcome.give()
            continue
        if place and _plain_size(notation, node.sides[place], layers) == plain is not None:
            continue
        raise NotationError(
            f"{one} and {other} are different sizes",
            node.sides[place + 1],
            "If they are one size, say so in the notation table.",
            "fits",
        )
    outcome.compared(len(sizes) - 1)
    return True


def _plain_size(notation: Notation, node: Node, layers: dict[str, int]) -> int | None:
    """The number that a side without symbols stands for: 28 · 28."""
    if not is_numeric(node, notation):
        return None
    # A numeral stands for itself, not for a size of the page that has its number.
    with suppress(NotationError):
        return replace(notation, literals={}).size(node, layers).number
    return None


def _hold_index(check: Check, node: Relation) -> bool:
    """`l = 1, \\dots, L` alone."""
    right = node.sides[-1]
    if not isinstance(right, SequenceNode):
        return False
    left = node.sides[0]
    if not isinstance(left, Name):
        raise NotationError("only an index has a range", left, question="read")
    known = _hold_range(check, left, (right.first, right.last))
    check.outcome.is_now("states" if known else "declares")
    return True


def _hold_range(check: Check, index: Name, ends: tuple[Node, Node]) -> bool:
    """An index runs over one range; in a formula of its own, or for a sentence, over another.

    Returns:
        Whether the range is the one that is known.

    Raises:
        NotationError: It is another one.
    """
    notation, statement = check.book.notation, check.statement
    layers = dict.fromkeys(notation.concrete, 1)
    sizes = [notation.size(end, layers) for end in ends]
    declared = notation.indices.get(index.letter)
    if declared is None:
        return False
    known = [notation.size(end, layers) for end in declared]
    if known != sizes and not statement.in_table and statement.mode != "restricts":
        low, high = known
        raise NotationError(
            f"{index.letter} runs from {low} to {high}",
            ends[1],
            "Write another index; for one sentence write: for "
            f"${index.letter} = {sizes[0]}, \\dots, {sizes[1]}$.",
            "fits",
        )
    return known == sizes


# --- sets and maps --------------------------------------------------------------------------------


def _hold_subset(check: Check, node: Relation) -> None:
    """`\\mathcal{B} \\subset \\{1, \\dots, m\\}`."""
    left = check.book.notation.reference(node.sides[0])
    if left is None or left.family.kind != "set":
        raise NotationError("this is no set", node.sides[0], question="fits")
    check.outcome.is_now("declares")


def _hold_membership(check: Check, node: Relation) -> None:
    """`W \\in \\mathbb{R}^{n \\times m}`: declares a symbol, or is a claim about a known one."""
    right, notation, statement = node.sides[1], check.book.notation, check.statement
    symbols = node.sides[0].items if isinstance(node.sides[0], Listing) else (node.sides[0],)
    said = membership(right)
    check.outcome.is_now("declares")
    if said is None:
        reference = notation.reference(right)
        if reference is None or reference.family.kind != "set":
            raise NotationError(
                "I cannot read this set",
                right,
                "Write \\mathbb{R}^{n \\times m}, \\{0, 1\\}, (0, 1) …",
                "read",
            )
        return
    for symbol in symbols:
        if said.kind == "index" and isinstance(symbol, Name) and symbol.letter in notation.indices:
            assert said.sequence is not None
            _hold_range(check, symbol, said.sequence)
            continue
        case = Statement(
            Relation(symbol.start, right.end, (symbol, right), ("in",)),
            statement.place,
            statement.order,
            True,
            statement.ranges,
        )
        for layers in assignments(check.book, case):
            _hold_member(check, case, symbol, said, right, layers)


def _hold_member(
    check: Check,
    case: Statement,
    symbol: Node,
    said: Membership,
    right: Node,
    layers: dict[str, int],
) -> None:
    """One symbol lies in a set, for one choice of the concrete indices."""
    book, outcome = check.book, check.outcome
    reference = book.notation.reference(symbol)
    if reference is not None and reference.family.kind in ("size", "index", "set"):
        if reference.family.kind == "size" and said.kind not in ("size", "index"):
            raise NotationError(
                f"{reference.family.tex} is a size",
                right,
                "Write \\mathbb{N}, or another symbol.",
                "fits",
            )
        return
    elaborator = reader(book, case, layers, True)
    term = elaborator.term(symbol)
    wanted = as_number(tuple(book.notation.size(size, layers) for size in said.shape))
    outcome.has_shapes(show(term.shape))
    if term.shape != wanted:
        raise NotationError(
            f"{letter_of(symbol)} is {show(term.shape)}, not {show(wanted)}",
            right,
            "The declaration, or what it is made of, says otherwise.",
            "fits",
        )
    hold_ranges(elaborator)
    if (
        reference is not None
        and reference.family.declared
        and not book.is_defined(reference.family)
        and not reference.rest
    ):
        _hold_set(book, case, reference.family, said.domain, right)
        outcome.is_now("declares", unless="holds")
        outcome.compared(1)
    else:
        outcome.is_now("holds")
        outcome.compared(1)
        _hold_values_in(check, term, said.domain, right)


def _hold_values_in(check: Check, term: Term, domain: Domain, right: Node) -> None:
    """All values of a term lie in a set.

    Raises:
        NotationError: One does not.
    """
    if len(term.shape) == 4 or domain.is_real:
        check.samples.tested.update(closure(check.samples, term))
        return
    for evaluator in check.draws.fitting(term, searching=True):
        counted = ~evaluator.drawer.of_mode("reals")
        tensor = evaluator(term).tensor.detach()
        family = Family("", (), "value", (), "", domain)
        outside = outside_value(family, tensor[counted])
        if outside is None:  # far out, what comes close to an open end is rounded to it
            counted = counted & ordinary(evaluator)
            outside = end_reached(domain, tensor[counted])
        if outside is not None:
            raise NotationError(
                f"this is {outside:.4g} for some values",
                right,
                "It is not always in this set.",
                "holds",
            )


def _hold_set(
    book: PageModel, statement: Statement, family: Family, said: Domain, where: Node
) -> None:
    """A symbol lies in the set it was declared in: another one is another declaration of it.

    Raises:
        NotationError: It is another set.
    """
    declared = book.declared_sets.get(family.key, family.domain)
    if said == declared or any(
        one.statement.node.start == statement.node.start
        and one.statement.place == statement.place
        and one.statement.own
        for one in book.assumed
    ):
        return
    raise NotationError(
        f"{family.tex} is declared to lie in {domain_text(family, declared)}",
        where,
        "Write that set, or another symbol."
        + ("" if declared.values else f" For some of its values write: for ${family.tex} > 0$."),
        "fits",
    )


def _hold_map(check: Check, node: Relation) -> None:
    """`g \\colon \\mathbb{R} \\to \\mathbb{R}`."""
    left, kind = node.sides
    reference = check.book.notation.reference(left)
    if reference is None or reference.family.kind != "function":
        raise NotationError("this is no function", left, "Declare one symbol.", "known")
    assert isinstance(kind, MapType)
    factors = bare(kind.source)
    parts = factors.factors if isinstance(factors, Product) else (factors,)
    source = [membership(part) for part in parts]
    target = membership(kind.target)
    if target is None or any(part is None for part in source):
        raise NotationError(
            "I cannot read this map", kind, "Write \\mathbb{R} \\to \\mathbb{R}.", "read"
        )
    said = function_family(reference.family, [one for one in source if one], target)
    if reference.family.source is not None and not (
        same(said.source, reference.family.source)
        and same(said.target, reference.family.target)
        and said.domain == reference.family.domain
    ):
        raise NotationError(
            f"{reference.family.tex} is declared between other sets",
            kind,
            "Write those, or another letter.",
            "fits",
        )
    check.outcome.is_now("declares")


# --- expressions ----------------------------------------------------------------------------------


def _hold_expression(check: Check, node: Node) -> None:
    """What states nothing is read, its symbols known and its shapes fitting."""
    book, outcome = check.book, check.outcome
    outcome.is_now("reads")
    plain = bare(node)
    if any(isinstance(inner, Dots) and inner.tex == r"\cdot" for inner in walk(node)):
        return  # `f(\cdot)` speaks of the function
    sizes = _sizes_named(plain)
    if sizes is not None:
        for layers in assignments(book, check.statement):
            for size in sizes:
                book.notation.size(size, layers)
        return
    if _is_name_alone(book.notation, plain) or is_numeric(node, book.notation):
        return
    for layers in assignments(book, check.statement):
        elaborator = reader(book, check.statement, layers, False)
        term = elaborator.term(node)
        hold_claims(book, elaborator, layers)
        hold_ranges(elaborator)
        if elaborator.claims:
            outcome.is_now("holds")
            outcome.compared(len(elaborator.claims))
        outcome.has_shapes(show(term.shape))
        key = key_of(term)
        if isinstance(node, Shaped) and key is not None:
            outcome.states.add(key)


def _sizes_named(plain: Node) -> tuple[Node, ...] | None:
    """The sizes of a set, or of a shape, that stands alone; None for any other expression."""
    if isinstance(plain, Tuple):
        numbers = all(isinstance(item, Number) for item in plain.items)
        return () if numbers else plain.items
    said = membership(plain)
    return None if said is None else said.shape


def _is_name_alone(notation: Notation, plain: Node) -> bool:
    """Whether an expression only names a function, a set or an index."""
    if not isinstance(plain, Name | Scripted):
        return False
    reference = notation.reference(plain)
    if reference is not None:
        return reference.family.kind in ("function", "set", "index")
    return isinstance(plain, Name) and (
        plain.letter in notation.indices or plain.letter in notation.slots
    )


#: How a relation with some operator is checked; any other is one between values.
_RELATIONS: dict[str, Callable[[Check, Relation], None]] = {
    "subset": _hold_subset,
    "in": _hold_membership,
    "colon": _hold_map,
}
