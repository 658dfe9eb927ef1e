"""The sides of a relation: read in the one way that fits, and held against each other in shape."""

from __future__ import annotations

import itertools
import math

from nn3doc.equations.meaning import Elaborator, Term, as_number
from nn3doc.equations.model import Statement, concrete_letters, layer_limits
from nn3doc.equations.notation import NotationError, UnknownSizeError, show
from nn3doc.equations.report import Finding, FindingKind
from nn3doc.equations.tex import At, Name, Node, Relation, walk
from nn3doc.equations.verdict.closures import Closures
from nn3doc.equations.verdict.outcomes import Result
from nn3doc.equations.verdict.relations import domain_of, meaning

MAX_ASSIGNMENTS = 200


class Sides(Closures):
    """The sides of a relation."""

    def _offset(self, statement: Statement) -> int:
        return self.equations[statement.place].body_start if statement.own else 0

    def _fail(
        self,
        result: Result,
        kind: FindingKind,
        message: str,
        where: object,
        cure: str | list[str],
        offset: int,
    ) -> None:
        start, end = getattr(where, "start", 0), getattr(where, "end", 1)
        notes = tuple(note for note in ([cure] if isinstance(cure, str) else cure) if note)
        result.verdict = "failed"
        result.findings.append(Finding(kind, message, offset + start, offset + end, notes))

    def assignments(self, statement: Statement) -> list[dict[str, int]]:
        """All values of the concrete indices for which every symbol of a statement exists.

        Raises:
            NotationError: There is none, or nothing says how far an index runs.
        """
        notation = self.book.notation
        letters = concrete_letters(statement.node, notation)
        ranges: list[range] = []
        for letter in letters:
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
                where = next(
                    n for n in walk(statement.node) if isinstance(n, Name) and n.letter == letter
                )
                raise NotationError(
                    f"nothing says which values {letter} has",
                    where,
                    f"Give {letter} a row in the notation table, {{1, \\dots, L}}, or write "
                    f"{letter} = 1, \\dots, L behind the equation.",
                )
            ranges.append(range(limits[0], limits[1] + 1))
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

    def elaborator(
        self, statement: Statement, layers: dict[str, int], jacobian: bool
    ) -> Elaborator:
        """A fresh reader for one case of a statement."""
        ranges = self.book.ranges(statement, layers)
        formals = self._own_parameters(statement)
        return Elaborator(self.book, layers, f"s{statement.order}", formals, ranges, jacobian)

    def _own_parameters(self, statement: Statement) -> dict[str, Term] | None:
        """The parameters that only the function knows which a statement defines."""
        for definition in self.book.functions.values():
            if definition.statement is statement:
                new = [p for p in definition.parameters if self.book.notation.reference(p) is None]
                if new:
                    letter = self.book.family(definition.family).letter
                    function = self.book.function(letter, definition.left)
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

    def _elaborate(
        self, statement: Statement, node: Relation, layers: dict[str, int], numeric: list[bool]
    ) -> list[Term | None]:
        """The sides of a relation; where a derivative has two readings, the one that fits."""
        failure: NotationError | None = None
        for jacobian in (False, True):
            elaborator = self.elaborator(statement, layers, jacobian)
            try:
                sides = self._read_sides(statement, node, elaborator, numeric)
                sides = self._where(statement, elaborator, sides, node.operators)
                self._fit(node, sides)
                self._hold_claims(elaborator, layers)
                self._ranges_known(elaborator)
                return sides
            except NotationError as error:
                failure = failure or error
                if error.question != "fits":
                    break
        assert failure is not None
        raise failure

    def _where(
        self,
        statement: Statement,
        elaborator: Elaborator,
        sides: list[Term | None],
        operators: tuple[str, ...],
    ) -> list[Term | None]:
        """`… \\text{for } i \\ne j`, "let $a > b$": elsewhere nothing is compared."""
        conditions = [
            condition
            for condition in statement.conditions
            if isinstance(condition, Relation) and condition.operators != ("=",)
        ]
        assumed = self._assumed_of(statement, sides) if statement.role == "claim" else []
        tests = [elaborator.condition(condition) for condition in (*conditions, *assumed)]
        if assumed:
            self._hold_met(tests[len(conditions) :], assumed[-1])
        for condition, test in zip((*conditions, *assumed), tests, strict=True):
            values = _that_compare(operators)
            sides = [
                None
                if side is None
                else Term(
                    "cases",
                    (side, Term("number", (), (), condition, value), test),
                    side.shape,
                    side.node,
                    2,
                    side.indices | test.indices,
                )
                for side, value in zip(sides, values, strict=True)
            ]
        return sides

    def _hold_met(self, tests: list[Term], condition: Relation) -> None:
        """What is assumed is met by some values; otherwise everything would follow from it."""
        met = Term("indicator", (tests[0],), (), condition, None, tests[0].indices)
        for test in tests[1:]:
            one = Term("indicator", (test,), (), condition, None, test.indices)
            met = Term("multiply", (met, one), (), condition, None, met.indices | one.indices)
        for evaluator in self.draws(*tests, searching=True):
            if bool((evaluator(met).tensor > 0).any()):
                return
        raise NotationError(
            "none of the values that were drawn meets what is assumed here",
            condition,
            "Declare the symbols in sets in which it is met more often.",
            "holds",
        )

    def _assumed_of(self, statement: Statement, sides: list[Term | None]) -> list[Relation]:
        """What is assumed of symbols that a claim rests on, and that draws need not meet."""
        found = self.book.conditions_at(statement)
        if not found:
            return []
        known = [side for side in sides if side is not None]
        used = set().union(*(self.symbols_of(side) for side in known))
        of_sizes = domain_of(known[0], known[-1]) == "sizes" if known else False
        return [
            one.node
            for one in found
            if one.keys & used
            or (not of_sizes and all(self.book.family(key).kind == "size" for key in one.keys))
        ]

    def _read_sides(
        self, statement: Statement, node: Relation, elaborator: Elaborator, numeric: list[bool]
    ) -> list[Term | None]:
        """The sides; `= I` has the size of the others."""
        sides: list[Term | None] = []
        later: list[int] = []
        for place, side in enumerate(node.sides):
            sides.append(None)
            if numeric[place] and not all(numeric):
                continue
            try:
                sides[place] = elaborator.term(self._at(statement, side))
            except UnknownSizeError:
                later.append(place)
        known = [side.shape for side in sides if side is not None and len(side.shape) == 2]
        for place in later:
            room = known[0] if known else (None, None)
            sides[place] = elaborator.sized(self._at(statement, node.sides[place]), room)
        return sides

    def _at(self, statement: Statement, side: Node) -> Node:
        """`… \\text{if } y = 1`: the side with y put to 1."""
        places = tuple(
            condition
            for condition in statement.conditions
            if isinstance(condition, Relation) and condition.operators == ("=",)
        )
        return At(side.start, side.end, side, places) if places else side

    def _ranges_known(self, elaborator: Elaborator) -> None:
        for index in elaborator.free.values():
            if index.range is None:
                raise NotationError(
                    f"unknown symbol {index.letter}",
                    index.node,
                    "Declare it in the notation table or by \\in, or define it by =.",
                )

    def _fit(self, node: Relation, sides: list[Term | None]) -> None:
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

    def _hold_claims(self, elaborator: Elaborator, layers: dict[str, int]) -> None:
        for term, sizes in elaborator.claims:
            wanted = as_number(tuple(self.book.notation.size(size, layers) for size in sizes.items))
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
