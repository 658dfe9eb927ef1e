"""The sides of a relation: read in the one way that fits, and compared in shape."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from nn3doc.equations.meaning import Elaborator, Term, as_number
from nn3doc.equations.model import PageModel, Statement, concrete_letters, layer_limits
from nn3doc.equations.notation import NotationError, UnknownSizeError, show
from nn3doc.equations.report import Finding, FindingKind
from nn3doc.equations.tex import At, Name, Node, Relation, walk
from nn3doc.equations.verdict.closures import symbols_of
from nn3doc.equations.verdict.outcomes import Outcome
from nn3doc.equations.verdict.relations import domain_of, meaning
from nn3doc.equations.verdict.samples import Draws, Samples

MAX_ASSIGNMENTS = 200


@dataclass(frozen=True, eq=False)
class Check:
    """A statement that is being checked.

    Attributes:
        samples: What its page is worked out with.
        statement: The statement.
        outcome: What is said of it so far.
        draws: The draws that hold for it.
    """

    samples: Samples
    statement: Statement
    outcome: Outcome
    draws: Draws

    @classmethod
    def begin(cls, samples: Samples, statement: Statement) -> Check:
        """A check of which nothing is known so far."""
        return cls(samples, statement, Outcome(statement), samples.at(statement))

    @property
    def book(self) -> PageModel:
        """What the page says."""
        return self.samples.book

    @property
    def offset(self) -> int:
        """Where the statement's formula starts on the page; 0 on another page."""
        statement = self.statement
        return self.samples.equations[statement.place].body_start if statement.own else 0

    def tex(self, node: Node) -> str:
        """A part of the statement as it is written; "" on another page, or if it has two lines."""
        if not self.statement.own:
            return ""
        tex = self.samples.equations[self.statement.place].tex[node.start : node.end]
        return "" if "\n" in tex else tex

    def fail(
        self, kind: FindingKind, message: str, where: Node | NotationError, *notes: str
    ) -> None:
        """Something is wrong with a part of the statement."""
        start, end = self.offset + where.start, self.offset + where.end
        said = tuple(note for note in notes if note)
        self.outcome.fail(Finding(kind, message, start, end, said))


def assignments(book: PageModel, statement: Statement) -> list[dict[str, int]]:
    """All values of the concrete indices for which every symbol of a statement exists.

    Raises:
        NotationError: There is none, or nothing says how far an index runs.
    """
    letters = concrete_letters(statement.node, book.notation)
    ranges = [_values_of(book, statement, letter) for letter in letters]
    count = math.prod(map(len, ranges))
    if not count:
        raise NotationError(
            "vacuous: there is no layer for which all its symbols exist",
            statement.node,
            "Correct the index, or the range that the notation gives it.",
            "vacuous",
        )
    if count > MAX_ASSIGNMENTS:
        raise NotationError(
            f"this has {count:,} cases; at most {MAX_ASSIGNMENTS} are worked out",
            statement.node,
            "Use fewer indices, or fewer layers.",
            "read",
        )
    return [dict(zip(letters, values, strict=True)) for values in itertools.product(*ranges)]


def _values_of(book: PageModel, statement: Statement, letter: str) -> range:
    """The values of one concrete index."""
    notation = book.notation
    limits = layer_limits(statement.node, letter, notation)
    declared = statement.ranges.get(letter)
    if limits is None and declared is None:
        declared = notation.indices.get(letter)
    if declared is not None:
        low, high = (notation.integer(limit, {}) for limit in declared)
        if limits is None:
            limits = low, high
        limits = max(limits[0], low), min(limits[1], high)
    if limits is None:
        where = next(n for n in walk(statement.node) if isinstance(n, Name) and n.letter == letter)
        raise NotationError(
            f"nothing says which values {letter} has",
            where,
            f"Give {letter} a row in the notation table, {{1, \\dots, L}}, or write "
            f"{letter} = 1, \\dots, L behind the equation.",
        )
    return range(limits[0], limits[1] + 1)


def reader(
    book: PageModel, statement: Statement, layers: dict[str, int], jacobian: bool
) -> Elaborator:
    """What reads the sides of one case of a statement."""
    ranges = book.ranges(statement, layers)
    formals = _own_parameters(book, statement)
    return Elaborator(book, layers, f"s{statement.order}", formals, ranges, jacobian)


def _own_parameters(book: PageModel, statement: Statement) -> dict[str, Term] | None:
    """The parameters that only the function knows which a statement defines."""
    for definition in book.functions.values():
        if definition.statement is statement:
            new = [p for p in definition.parameters if book.notation.reference(p) is None]
            if new:
                letter = book.family(definition.family).letter
                function = book.function(letter, definition.left)
                return {
                    name: Term("formal", (), shape, parameter, name)
                    for name, shape, parameter in zip(
                        function.parameter_names,
                        function.shapes,
                        definition.parameters,
                        strict=True,
                    )
                    if parameter in new
                }
    return None


def read_sides(
    check: Check, node: Relation, layers: dict[str, int], numeric: Sequence[bool]
) -> list[Term | None]:
    """The sides of a relation; where a derivative has two readings, the one that fits.

    Args:
        check: The statement's.
        node: The relation.
        layers: Values of the concrete indices.
        numeric: Which sides are numbers; beside others, the worked example has them: None.
    """
    failure: NotationError | None = None
    for jacobian in (False, True):
        elaborator = reader(check.book, check.statement, layers, jacobian)
        try:
            sides = _read(check.statement, node, elaborator, numeric)
            sides = where_assumed(check, elaborator, sides, node.operators)
            hold_fitting(node, sides)
            hold_claims(check.book, elaborator, layers)
            hold_ranges(elaborator)
            return sides
        except NotationError as error:
            failure = failure or error
            if error.question != "fits":
                break
    assert failure is not None
    raise failure


def _read(
    statement: Statement, node: Relation, elaborator: Elaborator, numeric: Sequence[bool]
) -> list[Term | None]:
    """The sides; `= I` has the size of the others."""
    sides: list[Term | None] = []
    later: list[int] = []
    for place, side in enumerate(node.sides):
        sides.append(None)
        if numeric[place] and not all(numeric):
            continue
        try:
            sides[place] = elaborator.term(_at(statement, side))
        except UnknownSizeError:
            later.append(place)
    known = [side.shape for side in sides if side is not None and len(side.shape) == 2]
    for place in later:
        room = known[0] if known else (None, None)
        sides[place] = elaborator.sized(_at(statement, node.sides[place]), room)
    return sides


def _at(statement: Statement, side: Node) -> Node:
    """`… \\text{if } y = 1`: the side with y put to 1."""
    places = tuple(
        condition
        for condition in statement.conditions
        if isinstance(condition, Relation) and condition.operators == ("=",)
    )
    return At(side.start, side.end, side, places) if places else side


def where_assumed(
    check: Check,
    elaborator: Elaborator,
    sides: Sequence[Term | None],
    operators: tuple[str, ...],
) -> list[Term | None]:
    """`… \\text{for } i \\ne j`, "let $a > b$": elsewhere nothing is compared."""
    conditions = [
        condition
        for condition in check.statement.conditions
        if isinstance(condition, Relation) and condition.operators != ("=",)
    ]
    assumed = _assumed_of(check, sides) if check.statement.role == "claim" else []
    tests = [elaborator.condition(condition) for condition in (*conditions, *assumed)]
    if assumed:
        _hold_met(check.draws, tests[len(conditions) :], assumed[-1])
    found = list(sides)
    values = _that_compare(operators)
    for condition, test in zip((*conditions, *assumed), tests, strict=True):
        found = [
            None if side is None else _only_where(side, test, condition, value)
            for side, value in zip(found, values, strict=True)
        ]
    return found


def _only_where(side: Term, test: Term, condition: Node, value: float) -> Term:
    """A side where a condition is met, and a number elsewhere."""
    elsewhere = Term("number", (), (), condition, value)
    indices = side.indices | test.indices
    return Term("cases", (side, elsewhere, test), side.shape, side.node, 2, indices)


def _hold_met(draws: Draws, tests: Sequence[Term], condition: Relation) -> None:
    """What is assumed is met by some values; otherwise everything would follow from it."""
    met = Term("indicator", (tests[0],), (), condition, None, tests[0].indices)
    for test in tests[1:]:
        one = Term("indicator", (test,), (), condition, None, test.indices)
        met = Term("multiply", (met, one), (), condition, None, met.indices | one.indices)
    for evaluator in draws.fitting(*tests, searching=True):
        if bool((evaluator(met).tensor > 0).any()):
            return
    raise NotationError(
        "none of the values that were drawn meets what is assumed here",
        condition,
        "Declare the symbols in sets in which it is met more often.",
        "holds",
    )


def _assumed_of(check: Check, sides: Sequence[Term | None]) -> list[Relation]:
    """What is assumed of symbols that a claim rests on, and that draws need not meet."""
    book = check.book
    found = book.conditions_at(check.statement)
    if not found:
        return []
    known = [side for side in sides if side is not None]
    used = set().union(*(symbols_of(book, side) for side in known))
    of_sizes = domain_of(known[0], known[-1]) == "sizes" if known else False
    return [
        one.node
        for one in found
        if one.keys & used
        or (not of_sizes and all(book.family(key).kind == "size" for key in one.keys))
    ]


def hold_ranges(elaborator: Elaborator) -> None:
    """Each index that was read has a range.

    Raises:
        NotationError: One has none.
    """
    for index in elaborator.free.values():
        if index.range is None:
            raise NotationError(
                f"unknown symbol {index.letter}",
                index.node,
                "Declare it in the notation table or by \\in, or define it by =.",
            )


def hold_fitting(node: Relation, sides: Sequence[Term | None]) -> None:
    """Sides beside each other have one shape, and their relation says something of it.

    Raises:
        NotationError: They have not, or it says nothing.
    """
    for place, operator in enumerate(node.operators):
        left, right = sides[place], sides[place + 1]
        if left is None or right is None:
            continue
        meaning(operator, domain_of(left, right), node.sides[place + 1])
        if left.shape == right.shape:
            continue
        if operator in ("<", ">", "<=", ">=", "!=") and () in (left.shape, right.shape):
            continue
        if operator == "!=" and "sizes" in (left.operation, right.operation):
            continue  # that they differ is what it says
        if right.operation == "number" and len(left.shape) == 2:
            continue  # `A = 0`: every entry
        span = node.sides[place + 1]
        transposed = left.shape == right.shape[::-1]
        raise NotationError(
            f"the left side is {show(left.shape)}, this is {show(right.shape)}",
            span,
            "They are equal after transposing one: is a transpose missing?"
            if transposed
            else "Both sides have one shape.",
            "fits",
        )


def hold_claims(book: PageModel, elaborator: Elaborator, layers: dict[str, int]) -> None:
    """Shapes that are written beside values are theirs.

    Raises:
        NotationError: One is not.
    """
    for term, sizes in elaborator.claims:
        wanted = as_number(tuple(book.notation.size(size, layers) for size in sizes.items))
        if term.shape != wanted:
            raise NotationError(
                f"this is {show(term.shape)}, not {show(wanted)}", sizes, question="fits"
            )


def _that_compare(operators: tuple[str, ...]) -> list[float]:
    """Numbers for the sides of a relation that it is true of."""
    values = [0.0]
    for operator in operators:
        values.append(values[-1] + {"<": 1.0, "!=": 1.0, ">": -1.0}.get(operator, 0.0))
    return values
