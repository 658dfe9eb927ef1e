"""Relations, step by step: what two sides beside each other say, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from nn3doc.equations.evaluate import UndecidedError, describe, told
from nn3doc.equations.meaning import Key, Term, operation_of, walk_terms
from nn3doc.equations.model import (
    COMPARISONS,
    Definition,
    DefinitionError,
    assumptions,
    by_cases,
    is_constant,
    is_numeric,
    written_out,
)
from nn3doc.equations.notation import NotationError, show
from nn3doc.equations.report import EXACTLY, Witness
from nn3doc.equations.tex import At, Call, Name, Node, Relation, inverse_letter
from nn3doc.equations.verdict.approximations import hold_near, order_claimed
from nn3doc.equations.verdict.closures import closure, closure_of, key_of
from nn3doc.equations.verdict.outcomes import case_notes, domain_text, letter_of, outside_value
from nn3doc.equations.verdict.relations import (
    OPPOSITE,
    definite,
    domain_of,
    shapes_related,
    sizes_in,
    wrong_sizes,
)
from nn3doc.equations.verdict.searched import compare_sides
from nn3doc.equations.verdict.sides import (
    Check,
    assignments,
    hold_fitting,
    read_sides,
    reader,
    where_assumed,
)
from nn3doc.equations.verdict.worked_example import hold_example

MOST_DRAWN = 60  # a size with this number is drawn so; a larger one only as a number
MOST_SMALL = 12  # a size of the worked example up to this can be the size of what is drawn

#: What a step says, by its relation and by the part that its statement plays.
Part = Literal[
    "approximation",
    "shapes",
    "update",
    "definition",
    "assumption",
    "definiteness",
    "sizes",
    "claim",
]


@dataclass(frozen=True, eq=False)
class Step:
    """Two sides of a relation that stand beside each other, in one case of a statement.

    Attributes:
        node: The relation.
        place: Which of its operators.
        layers: Values of the concrete indices.
        left: One side.
        right: The other.
        plain: Whether one of them is made of numbers only.
    """

    node: Relation
    place: int
    layers: dict[str, int]
    left: Term
    right: Term
    plain: bool = False

    @property
    def operator(self) -> str:
        """The relation between the two."""
        return self.node.operators[self.place]

    @property
    def where(self) -> Node:
        """What a finding is about: the right side."""
        return self.node.sides[self.place + 1]


def hold_relation_or_example(check: Check, node: Relation) -> None:
    """What does not fit for all sizes may be said of the sizes of the worked example."""
    example = check.samples.example
    try:
        hold_relation(check, node)
    except NotationError as error:
        small = {name: size for name, size in example.sizes.items() if size <= MOST_SMALL}
        if error.question not in ("fits", "known") or not small or not written_out(node):
            raise
        _retry(check, node, small, error)
    else:
        let = {name: size for name, size in example.let.items() if size <= MOST_DRAWN}
        if check.outcome.findings and let and check.statement.own:
            _retry(check, node, let, None)


def _retry(
    check: Check, node: Relation, sizes: dict[str, int], error: NotationError | None
) -> None:
    """The same with numbers for sizes, as the page gives them."""
    try:
        again = Check.begin(check.samples.of(check.book.sized(sizes)), check.statement)
        hold_relation(again, node)
    except (NotationError, DefinitionError):
        if error is not None:
            raise error from None
        return
    retried = again.outcome
    if error is not None and retried.defines:
        raise error  # what defines a symbol does so for all sizes
    if error is None and retried.findings:
        return
    if not retried.findings:
        retried.used.clear()
        retried.defines.clear()
        retried.witnesses.append(Witness("numbers", "sizes of the worked example"))
    check.outcome.become(retried)


def hold_relation(check: Check, node: Relation) -> None:
    """Whether a relation holds: each of its steps, in each case of its concrete indices.

    Raises:
        NotationError: It says nothing that could hold.
    """
    outcome = check.outcome
    outcome.is_now("states")
    cases = by_cases(node)
    if cases is not None and not _defines(check):
        for case in cases:
            hold_relation(check, case)
        return
    numeric = [is_numeric(side, check.book.notation) for side in node.sides]
    for number, layers in enumerate(assignments(check.book, check.statement)):
        sides = read_sides(check, node, layers, numeric)
        if not number:
            outcome.has_shapes(*(show(side.shape) for side in sides if side is not None))
        for place in range(len(node.operators)):
            left, right = sides[place], sides[place + 1]
            if left is None or right is None or all(numeric[place : place + 2]):
                _hold_numbers(check, node, place, layers, sides)
            elif check.statement.own:  # what another page says is asked for its numbers only
                _hold_step(check, Step(node, place, layers, left, right))
            if outcome.findings:
                return


def _hold_numbers(
    check: Check,
    node: Relation,
    place: int,
    layers: dict[str, int],
    sides: Sequence[Term | None],
) -> None:
    """A step with plain numbers on one side: a worked example, or a claim for all values."""
    outcome, samples = check.outcome, check.samples
    known = sides[place] if sides[place] is not None else sides[place + 1]
    said = hold_example(samples.example, check.statement, check.offset, node, place, known, sides)
    if said.message:
        check.fail("holds", said.message, said.where or node, *said.notes)
    elif said.held:
        outcome.is_now("holds")
        outcome.compared(said.instances, said.difference)
        outcome.witnesses.append(Witness("numbers", "worked example"))
        if known is not None and check.statement.own:
            samples.tested.update(closure(samples, known))
    elif said.given:
        outcome.give()
    else:
        elaborator = reader(check.book, check.statement, layers, False)
        pair, operators = node.sides[place : place + 2], (node.operators[place],)
        read = [elaborator.term(side) for side in pair]
        left, right = (t for t in where_assumed(check, elaborator, read, operators) if t)
        hold_fitting(Relation(node.start, node.end, pair, operators), [left, right])
        _hold_step(check, Step(node, place, layers, left, right, plain=True))


def _hold_step(check: Check, step: Step) -> None:
    _PARTS[_part(check, step)](check, step)


def _part(check: Check, step: Step) -> Part:
    """What a step says."""
    operator, domain = step.operator, domain_of(step.left, step.right)
    if operator == "~":
        return "approximation"
    if not step.plain:
        if domain == "shapes":
            return "shapes"
        if _is_update(check, step):
            return "update"
        key = key_of(step.left)
        if key is not None:
            check.outcome.states.add(key)
    if _defining(check, step) is not None:
        return "definition"
    if check.statement.role == "assumption":
        return "assumption"
    if operator in ("succ", "succeq"):
        return "definiteness"
    return "sizes" if domain == "sizes" else "claim"


def _is_update(check: Check, step: Step) -> bool:
    """Whether a step gives a symbol a new value; `w = w + 0` is a claim, and holds."""
    if step.operator == "<-":
        return True
    return check.statement.role == "update" and (
        step.operator == ":="
        or compare_sides(check.draws, step.left, step.right, step.operator).failed is not None
    )


# --- claims -------------------------------------------------------------------------------------


def _hold_claim(check: Check, step: Step) -> None:
    """A relation between values, in all draws."""
    outcome, samples = check.outcome, check.samples
    compared = compare_sides(check.draws, step.left, step.right, step.operator)
    outcome.compared(compared.instances)
    if not step.plain:
        outcome.compared(0, compared.difference)
        outcome.used.update(closure(samples, step.left, step.right))
    if compared.failed is not None:
        evaluator, comparison = compared.failed
        message, notes, where = describe(comparison, evaluator, step.operator, step.where)
        notes += [*case_notes(step.layers), *_other_part(check, step.node)]
        check.fail("holds", message, where, *notes)
        return
    used = closure(samples, step.left, step.right)
    later = [] if step.plain else _later(check, used)
    if later and not _holds_without(check, step.node, later):
        names = ", ".join(sorted({check.book.family(d.family).tex for d in later}))
        check.fail(
            "holds",
            "this holds only by an equation further below",
            step.node,
            f"further below: {names}",
            "Move that up, or join it to this one with \\text{where}.",
        )
        return
    outcome.is_now("holds")
    samples.tested.update(used)
    if step.plain:
        outcome.compared(0, compared.difference)
    elif not any(witness.kind in ("autograd", "value") for witness in outcome.witnesses):
        terms = (*walk_terms(step.left), *walk_terms(step.right))
        kind = "autograd" if any(operation_of(term).differentiates for term in terms) else "value"
        name = EXACTLY if compared.needs_values else ""
        outcome.witnesses.append(Witness(kind, name, difference=compared.difference))


def _as_assumption(check: Check, node: Relation) -> list[str]:
    tex = check.tex(node)
    return [f"To assume it, write: let ${tex}$."] if tex else []


def _other_part(check: Check, node: Relation) -> list[str]:
    """How a claim that does not hold would be an assumption, or a definition."""
    left, tex = node.sides[0], check.tex(node)
    if not tex:
        return []
    reference = check.book.notation.reference(left)
    if reference is None and isinstance(left, Name) and is_constant(left):
        return ["This letter means the same everywhere; for another meaning write :=."]
    if reference is None or check.book.is_defined(reference.family) or reference.rest:
        return []
    if assumptions(node):
        return _as_assumption(check, node)
    if check.statement.mode == "concludes" and node.operators[0] == "=":
        return [f"To define it, write: let ${tex}$."]
    return []


def _later(check: Check, used: frozenset[Definition]) -> list[Definition]:
    """The definitions a claim rests on that stand behind it, and are not joined to it.

    They are joined by "where" in one sentence; a new symbol also by a comma in one formula.
    """
    statement, book = check.statement, check.book
    groups = (*book.definitions.values(), list(book.functions.values()))
    return [
        definition
        for group in groups
        for definition in group
        if definition in used
        and definition.statement.own
        and definition.statement.order > statement.order
        and not (
            definition.statement.mode == "introduces"
            and definition.statement.sentence == statement.sentence >= 0
        )
        and not (
            definition.statement.place == statement.place
            and not book.family(definition.family).declared
        )
    ]


def _holds_without(check: Check, node: Relation, later: list[Definition]) -> bool:
    """Whether a claim holds as well where some definitions do not, their symbols free."""
    inner = Check.begin(check.samples.of(check.book.without(later)), check.statement)
    try:
        hold_relation(inner, node)
    except (NotationError, DefinitionError):
        return False
    return not inner.outcome.findings


# --- relations that drawn values do not decide ---------------------------------------------------


def _hold_shapes(check: Check, step: Step) -> None:
    """`(n, m) = (m, n)`: of shapes that fit."""
    if not shapes_related(step.left, step.operator, step.right):
        raise NotationError(
            f"both sides are {show(step.left.shape)}",
            step.where,
            "Write = between equal shapes.",
            "holds",
        )
    check.outcome.is_now("holds")
    check.outcome.compared(1)


def _hold_definite(check: Check, step: Step) -> None:
    """`A \\succ 0`."""
    evaluators = check.draws.evaluators
    for evaluator in evaluators:
        left, right = (evaluator(side).tensor.detach() for side in (step.left, step.right))
        if not definite(left, right, step.operator == "succ"):
            message = "this is not positive definite, or not symmetric"
            check.fail("holds", message, step.where, *_as_assumption(check, step.node))
            return
    check.outcome.is_now("holds")
    check.outcome.compared(len(evaluators))
    check.samples.tested.update(closure(check.samples, step.left, step.right))


def _hold_sizes(check: Check, step: Step) -> None:
    """A relation between sizes alone; where it is not worked out exactly, it is drawn as others."""
    example, sides = check.samples.example, (step.left, step.right)
    given = example.let
    if (
        step.operator in COMPARISONS
        and not check.statement.general
        and sizes_in(*sides) <= example.sizes.keys()
    ):
        given = example.sizes
    conditions = _size_conditions(check)
    names = sizes_in(*sides, *conditions)
    known = {name: number for name, number in given.items() if name in names}
    try:
        wrong, tried = wrong_sizes(check.book, *sides, step.operator, known, conditions)
    except UndecidedError:
        _hold_claim(check, step)
        return
    check.outcome.compared(tried)
    if wrong is None and tried:
        check.outcome.is_now("holds")
        return
    chosen = ", ".join(f"{name} = {number}" for name, number in (wrong or {}).items())
    check.fail(
        "holds",
        f"this is not so for {chosen}" if wrong else "no sizes meet what is assumed of them",
        step.where,
        *_as_assumption(check, step.node),
        *case_notes(step.layers),
    )


def _size_conditions(check: Check) -> list[Term]:
    """What the page assumes of sizes alone: "let $n \\ge d$"."""
    book = check.book
    elaborator = reader(book, check.statement, {}, False)
    return [
        elaborator.condition(one.node)
        for one in book.conditions_at(check.statement)
        if all(book.family(key).kind == "size" for key in one.keys)
    ]


def _hold_assumption(check: Check, step: Step) -> None:
    """Sizes that are assumed to be in a relation can be.

    Raises:
        NotationError: No sizes are; everything would follow from it.
    """
    opposite = OPPOSITE.get(step.operator)
    if opposite is not None and domain_of(step.left, step.right) == "sizes":
        try:
            met, _ = wrong_sizes(check.book, step.left, step.right, opposite)
        except UndecidedError:
            met = {}
        if met is None:
            raise NotationError(
                "no sizes meet what is assumed of them",
                step.node,
                "The notation says otherwise: leave it out, or correct it.",
                "holds",
            )
    check.outcome.is_now("declares")


def _hold_approximation(check: Check, step: Step) -> None:
    """`\\approx` near a place, up to the degree of the polynomial on one of its sides."""
    samples, statement, where = check.samples, check.statement, step.where
    if not statement.near:
        raise NotationError(
            "\\approx between symbols does not say near which place",
            where,
            "Write \\text{near } x = 0 behind it; or = and what holds exactly.",
            "read",
        )
    elaborator = reader(check.book, statement, step.layers, False)
    at = elaborator.at(At(where.start, where.end, where, tuple(statement.near)))
    count = at.data
    places = list(zip(at.arguments[1 : 1 + count], at.arguments[1 + count :], strict=True))
    evaluators = check.draws.evaluators
    order = order_claimed(evaluators[0], step.left, step.right, places, check.book)
    for evaluator in evaluators:
        comparison = hold_near(evaluator, step.left, step.right, places, order)
        check.outcome.compared(comparison.instances)
        if not comparison.holds:
            check.fail(
                "holds",
                f"near this place the two sides differ in terms of degree {order} or less"
                if comparison.finite
                else "a side is not finite",
                where,
                *case_notes(step.layers),
            )
            return
    check.outcome.is_now("holds")
    used = closure(samples, step.left, step.right)
    check.outcome.used.update(used)
    samples.tested.update(used)
    check.outcome.witnesses.append(Witness("value", ""))


# --- definitions and updates ----------------------------------------------------------------------


def _defines(check: Check) -> bool:
    """Whether the statement defines a symbol or a function."""
    book = check.book
    groups = (*book.definitions.values(), list(book.functions.values()))
    return any(d.statement is check.statement for group in groups for d in group)


def _defining(check: Check, step: Step) -> Definition | None:
    """The definition that a step is, if it is one."""
    if step.place != 0 or step.operator not in ("=", ":="):
        return None
    book, left = check.book, step.left
    if left.operation == "gather" and left.arguments[0].operation == "call":
        left = left.arguments[0]
    key = key_of(left)
    found: Definition | None = None
    if left.operation == "call":
        found = book.functions.get(book.family(left.data[0]).letter)
    elif key is not None:
        found = book.find(key)
    return found if found is not None and found.statement is check.statement else None


def _hold_definition(check: Check, step: Step) -> None:
    """A definition gives finite values, in the set that its symbol is declared in."""
    definition, outcome = _defining(check, step), check.outcome
    assert definition is not None
    outcome.is_now("defines", unless="holds")
    outcome.defines.add(definition)
    if definition.parameters:
        _hold_inverse(check, definition, step.node)
        return
    finite, key = False, key_of(step.left)
    for evaluator in check.draws.able(step.left):
        tensor = evaluator(step.left).tensor.detach()
        finite = finite or bool(tensor.isfinite().any(0).all())
        counted = tensor[~evaluator.drawer.of_mode("reals")]
        if key is not None:
            _hold_domain(check, definition, key, counted, step.node.sides[1])
    if not finite:
        raise NotationError(
            "this is not finite",
            step.node.sides[1],
            "A division by 0, or a logarithm of a negative number.",
            "holds",
        )


def _hold_inverse(check: Check, definition: Definition, node: Relation) -> None:
    """What is defined as `f^{-1}(y)` undoes f: f of it is y."""
    call = definition.left
    letter = definition.family.removesuffix(inverse_letter(""))
    if letter == definition.family or not isinstance(call, Call):
        return
    elaborator = reader(check.book, definition.statement, {}, False)
    outer = Call(call.start, call.end, Name(call.start, call.start, letter), (call,))
    applied = elaborator.term(outer)
    plain = elaborator.term(call.arguments[0])
    compared = compare_sides(check.draws, applied, plain, "=")
    check.outcome.compared(compared.instances)
    if compared.failed is not None:
        raise NotationError(
            f"this is not the inverse of {letter}",
            node.sides[1],
            f"{letter} of it is not {letter_of(call.arguments[0])}.",
            "holds",
        )
    check.samples.tested.update(closure(check.samples, applied), [definition])


def _hold_domain(
    check: Check, definition: Definition, key: Key, tensor: Tensor, right: Node
) -> None:
    family = check.book.family(definition.family)
    if not closure_of(check.samples, key) - {definition}:
        return  # made of free symbols only, whose values say nothing
    outside = outside_value(family, tensor)
    if family.declared and outside is not None:
        raise NotationError(
            f"{family.tex} is declared to lie in {domain_text(family)}; this gives {outside:.4g}",
            right,
            "Correct the set it is declared in, or the definition.",
            "holds",
        )


def _hold_update(check: Check, step: Step) -> None:
    """`W \\leftarrow …`: the first says what the update is, the others claim it."""
    outcome, samples, book = check.outcome, check.samples, check.book
    key = key_of(step.left)
    if key is None:
        return
    outcome.updates.add(key)
    definition = book.find(key, updates=True)
    if definition is None or definition.statement is check.statement:
        outcome.is_now("defines")
        if definition is not None:
            outcome.defines.add(definition)
        return
    first = book.elaborated(definition, key)[0]
    compared = compare_sides(check.draws, first, step.right, "=")
    outcome.compared(compared.instances, compared.difference)
    if compared.failed is not None:
        evaluator, comparison = compared.failed
        notes = told(comparison, evaluator.drawer.dimensions.items())
        notes += case_notes(step.layers)
        check.fail("holds", "this update differs from the first one", step.where, *notes)
        return
    outcome.is_now("holds")
    samples.tested.update(closure(samples, first, step.right), [definition])
    outcome.witnesses.append(Witness("value", "", difference=compared.difference))


_PARTS: dict[Part, Callable[[Check, Step], None]] = {
    "approximation": _hold_approximation,
    "shapes": _hold_shapes,
    "update": _hold_update,
    "definition": _hold_definition,
    "assumption": _hold_assumption,
    "definiteness": _hold_definite,
    "sizes": _hold_sizes,
    "claim": _hold_claim,
}
