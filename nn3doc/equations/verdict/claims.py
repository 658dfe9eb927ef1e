"""Relations: claims that are compared, definitions, updates, numbers."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from nn3doc.equations.evaluate import (
    ORDERED,
    Comparison,
    Evaluator,
    Exact,
    TooLarge,
    UndecidedError,
    climb,
    closeness,
    compare,
    describe,
    told,
    towards,
    unreached,
    violation,
)
from nn3doc.equations.meaning import Key, Term, walk_terms
from nn3doc.equations.model import (
    COMPARISONS,
    Definition,
    DefinitionError,
    Statement,
    assumptions,
    by_cases,
    is_constant,
    is_numeric,
    written_out,
)
from nn3doc.equations.notation import NotationError, show
from nn3doc.equations.report import EXACTLY, Witness
from nn3doc.equations.tex import At, Call, Cases, Name, Node, Relation, inverse_letter
from nn3doc.equations.verdict.approximations import hold_near, order_claimed
from nn3doc.equations.verdict.outcomes import (
    Result,
    case_notes,
    domain_text,
    letter_of,
    outside_value,
)
from nn3doc.equations.verdict.relations import definite, domain_of, shapes_related, wrong_sizes
from nn3doc.equations.verdict.sides import Sides

OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}
MOST_DRAWN = 60  # a size with this number is drawn so; a larger one only as a number


class Claims(Sides):
    """Relations, step by step."""

    def _relation_or_example(self, statement: Statement, node: Relation, result: Result) -> None:
        """What does not fit for all sizes may be said of the sizes of the worked example."""
        try:
            self._relation(statement, node, result)
        except NotationError as error:
            small = {name: size for name, size in self.numbers.sizes.items() if size <= 12}
            if error.question not in ("fits", "known") or not small or not written_out(node):
                raise
            self._retry(statement, node, small, result, error)
        else:
            let = {name: size for name, size in self.numbers.let.items() if size <= MOST_DRAWN}
            if result.findings and let and statement.own:
                self._retry(statement, node, let, result, None)

    def _retry(
        self,
        statement: Statement,
        node: Relation,
        sizes: dict[str, int],
        result: Result,
        error: NotationError | None,
    ) -> None:
        """The same with numbers for sizes, as the page gives them."""
        try:
            book = self.book.sized(sizes)
            inner = type(self)(book, self.seeds)
            inner.equations, inner.numbers = self.equations, self.numbers
            inner.use_for(statement)
            retried = Result(statement)
            inner._relation(statement, node, retried)
        except (NotationError, DefinitionError):
            if error is not None:
                raise error from None
            return
        if error is not None and retried.defines:
            raise error  # what defines a symbol does so for all sizes
        if error is None and retried.findings:
            return
        if not retried.findings:
            retried.used, retried.defines = set(), set()
            retried.witnesses.append(Witness("numbers", "sizes of the worked example"))
        result.__dict__.update(retried.__dict__)

    def _relation(self, statement: Statement, node: Relation, result: Result) -> None:
        result.verdict = "states"
        cases = by_cases(node)
        if cases is not None and not self._is_definition(statement):
            for case in cases:
                self._relation(statement, case, result)
            return
        numeric = [is_numeric(side, self.book.notation) for side in node.sides]
        whole = self.assignments(statement)
        for layers in whole:
            sides = self._elaborate(statement, node, layers, numeric)
            if layers is whole[0]:
                result.shapes = tuple(show(s.shape) for s in sides if s is not None)
            for place, operator in enumerate(node.operators):
                self._step(statement, node, place, operator, sides, layers, result)
                if result.findings:
                    return

    def _step(
        self,
        statement: Statement,
        node: Relation,
        place: int,
        operator: str,
        sides: list[Term | None],
        layers: dict[str, int],
        result: Result,
    ) -> None:
        left, right = sides[place], sides[place + 1]
        offset = self._offset(statement)
        known = self.book.notation
        if (
            left is None
            or right is None
            or (is_numeric(node.sides[place], known) and is_numeric(node.sides[place + 1], known))
        ):
            self._numbers(statement, node, place, sides, layers, result)
            return
        if not statement.own:  # it is asked for its numbers only
            return
        domain = domain_of(left, right)
        if operator == "~":
            self._approximately(statement, node.sides[place + 1], (left, right), layers, result)
            return
        keys = self._keys(left)
        if domain == "shapes":
            if not shapes_related(left, operator, right):
                raise NotationError(
                    f"both sides are {show(left.shape)}",
                    node.sides[place + 1],
                    "Write = between equal shapes.",
                    "holds",
                )
            result.verdict = "holds"
            result.instances += 1
            return
        if operator == "<-" or (
            statement.role == "update"
            and (operator == ":=" or self._compare(left, right, operator)[0] is not None)
        ):  # `w = w + 0` is a claim, and holds
            self._update(statement, node, place, left, right, layers, result)
            return
        result.states.update(keys)
        definition = self._defining(statement, place, left, operator)
        if definition is not None:
            self._define(definition, left, right, node, result)
            return
        if self._assumed(statement):
            self._hold_possible(left, operator, right, node)
            result.verdict = "declares"
            return
        if self._compare_otherwise(statement, node, place, (left, right), layers, result):
            return
        failed, count, difference = self._compare(left, right, operator)
        result.instances += count
        result.difference = max(result.difference, difference)
        used = self._closure(left) | self._closure(right)
        result.used |= used
        if failed is None:
            later = self._later(statement, used)
            if later and not self._holds_without(statement, node, later):
                names = ", ".join(sorted({self.book.family(d.family).tex for d in later}))
                notes = [
                    f"further below: {names}",
                    "Move that up, or join it to this one with \\text{where}.",
                ]
                self._fail(
                    result,
                    "holds",
                    "this holds only by an equation further below",
                    node,
                    notes,
                    offset,
                )
                return
            result.verdict = "holds"
            self.tested |= used
            if not any(w.kind in ("autograd", "value") for w in result.witnesses):
                kinds = {term.operation for term in (*walk_terms(left), *walk_terms(right))}
                kind = "autograd" if kinds & {"derivative", "chain"} else "value"
                name = EXACTLY if self.needs_values else ""
                result.witnesses.append(Witness(kind, name, difference=difference))
            return
        evaluator, comparison = failed
        message, notes, where = describe(comparison, evaluator, operator, node.sides[place + 1])
        notes += [*case_notes(layers), *self._other_part(statement, node)]
        self._fail(result, "holds", message, where, notes, offset)

    def _as_assumption(self, statement: Statement, node: Relation) -> list[str]:
        tex = self.equations[statement.place].tex[node.start : node.end] if statement.own else ""
        return [f"To assume it, write: let ${tex}$."] if tex and "\n" not in tex else []

    def _other_part(self, statement: Statement, node: Relation) -> list[str]:
        """How a claim that does not hold would be an assumption, or a definition."""
        left = node.sides[0]
        tex = self.equations[statement.place].tex[node.start : node.end] if statement.own else ""
        if not tex or "\n" in tex:
            return []
        reference = self.book.notation.reference(left)
        if reference is None and isinstance(left, Name) and is_constant(left):
            return ["This letter means the same everywhere; for another meaning write :=."]
        if reference is None or self.book.is_defined(reference.family) or reference.rest:
            return []
        if assumptions(node):
            return self._as_assumption(statement, node)
        if statement.mode == "concludes" and node.operators[0] == "=":
            return [f"To define it, write: let ${tex}$."]
        return []

    def _compare_otherwise(
        self,
        statement: Statement,
        node: Relation,
        place: int,
        sides: tuple[Term, Term],
        layers: dict[str, int],
        result: Result,
    ) -> bool:
        """Relations that drawn values do not decide: between sizes alone, and definite matrices."""
        operator, where = node.operators[place], node.sides[place + 1]
        if operator in ("succ", "succeq"):
            for evaluator in self.evaluators:
                one, two = (evaluator(side).tensor.detach() for side in sides)
                if not definite(one, two, operator == "succ"):
                    self._fail(
                        result,
                        "holds",
                        "this is not positive definite, or not symmetric",
                        where,
                        self._as_assumption(statement, node),
                        self._offset(statement),
                    )
                    return True
            result.verdict = "holds"
            result.instances += len(self.evaluators)
            self.tested |= self._closure(sides[0]) | self._closure(sides[1])
            return True
        if domain_of(*sides) != "sizes":
            return False
        names = sorted(
            {
                name
                for side in sides
                for term in walk_terms(side)
                if term.operation == "size"
                for name in term.data.names
            }
        )
        given = self.numbers.let
        if (
            operator in COMPARISONS
            and not statement.general
            and (set(names) <= self.numbers.sizes.keys())
        ):
            given = self.numbers.sizes
        conditions = self._size_conditions(statement)
        names = sorted(
            {
                *names,
                *(
                    n
                    for c in conditions
                    for t in walk_terms(c)
                    if t.operation == "size"
                    for n in t.data.names
                ),
            }
        )
        try:
            wrong, tried = wrong_sizes(
                sides[0],
                operator,
                sides[1],
                names,
                {name: number for name, number in given.items() if name in names},
                lambda sizes: Exact(self.book, {}, sizes),
                conditions,
            )
        except UndecidedError:
            return False
        result.instances += tried
        if wrong is None and tried:
            result.verdict = "holds"
            return True
        chosen = ", ".join(f"{name} = {number}" for name, number in (wrong or {}).items())
        self._fail(
            result,
            "holds",
            f"this is not so for {chosen}" if wrong else "no sizes meet what is assumed of them",
            where,
            [*self._as_assumption(statement, node), *case_notes(layers)],
            self._offset(statement),
        )
        return True

    def _hold_possible(self, left: Term, operator: str, right: Term, node: Relation) -> None:
        """Sizes that are assumed to be in a relation can be.

        Raises:
            NotationError: No sizes are; everything would follow from it.
        """
        if operator not in OPPOSITE or domain_of(left, right) != "sizes":
            return
        names = sorted(
            {
                name
                for side in (left, right)
                for term in walk_terms(side)
                if term.operation == "size"
                for name in term.data.names
            }
        )
        try:
            met, _ = wrong_sizes(
                left,
                OPPOSITE[operator],
                right,
                names,
                {},
                lambda sizes: Exact(self.book, {}, sizes),
            )
        except UndecidedError:
            return
        if met is None:
            raise NotationError(
                "no sizes meet what is assumed of them",
                node,
                "The notation says otherwise: leave it out, or correct it.",
                "holds",
            )

    def _size_conditions(self, statement: Statement) -> list[Term]:
        """What the page assumes of sizes alone: "let $n \\ge d$"."""
        elaborator = self.elaborator(statement, {}, False)
        return [
            elaborator.condition(one.node)
            for one in self.book.conditions_at(statement)
            if all(self.book.family(key).kind == "size" for key in one.keys)
        ]

    def _later(self, statement: Statement, used: frozenset[int]) -> list[Definition]:
        """The definitions a claim rests on that stand behind it, and are not joined to it.

        They are joined by "where" in one sentence; a new symbol also by a comma in one formula.
        """
        groups = (*self.book.definitions.values(), list(self.book.functions.values()))
        return [
            definition
            for group in groups
            for definition in group
            if id(definition) in used
            and definition.statement.own
            and definition.statement.order > statement.order
            and not (
                definition.statement.mode == "introduces"
                and definition.statement.sentence == statement.sentence >= 0
            )
            and not (
                definition.statement.place == statement.place
                and not self.book.family(definition.family).declared
            )
        ]

    def _holds_without(self, statement: Statement, node: Relation, later: list[Definition]) -> bool:
        """Whether a claim holds as well where some definitions do not, their symbols free."""
        inner = type(self)(self.book.without(later), self.seeds)
        inner.equations, inner.numbers = self.equations, self.numbers
        inner.use_for(statement)
        result = Result(statement)
        try:
            inner._relation(statement, node, result)
        except (NotationError, DefinitionError):
            return False
        return not result.findings

    def _compare(
        self, left: Term, right: Term, operator: str
    ) -> tuple[tuple[Evaluator, Comparison] | None, int, float]:
        try:
            return self._compare_in(
                self.draws(left, right, searching=operator != "="), left, right, operator
            )
        except TooLarge as error:
            if not error.only_together:
                raise
            return self._compare_in(self.few(), left, right, operator)

    def _compare_in(
        self, samples: list[Evaluator], left: Term, right: Term, operator: str
    ) -> tuple[tuple[Evaluator, Comparison] | None, int, float]:
        difference = 0.0
        comparisons: list[Comparison] = []
        for evaluator in samples:
            comparison = compare(evaluator, left, right, operator)
            comparisons.append(comparison)
            if not comparison.holds and comparison.finite:
                break
            if comparison.finite:
                difference = max(difference, comparison.difference)
        else:
            # Where sizes are such that nothing has a value, such as the inverse of X^T X for more
            # columns than rows, the other samples decide.
            known = [(s, c) for s, c in zip(samples, comparisons, strict=True) if c.finite]
            if known:
                comparisons = [comparison for _, comparison in known]
                evaluator, comparison = self._searched(
                    [sample for sample, _ in known], comparisons, left, right, operator
                )
        count = sum(one.instances for one in comparisons)
        self.needs_values = any(one.needs_values for one in comparisons)
        return None if comparison.holds else (evaluator, comparison), count, difference

    def _searched(
        self,
        samples: list[Evaluator],
        comparisons: list[Comparison],
        left: Term,
        right: Term,
        operator: str,
    ) -> tuple[Evaluator, Comparison]:
        """What a search finds where the draws alone break nothing."""
        if operator in ORDERED or operator == "!=":
            height = (
                closeness(left, right)
                if operator == "!="
                else violation(left, right, ORDERED[operator][0])
            )
            for evaluator in samples:
                moved = climb(evaluator, height)
                comparison = compare(moved, left, right, operator)
                if not comparison.holds:
                    return moved, comparison
        missing = unreached(comparisons)
        if missing is None:
            return samples[0], comparisons[0]
        for evaluator in samples:
            moved = towards(evaluator, *missing)
            comparison = compare(moved, left, right, operator)
            comparisons.append(comparison)
            if not comparison.holds:
                return moved, comparison
        missing = unreached(comparisons)
        if missing is None:
            return samples[0], comparisons[0]
        term, branch = missing
        assert isinstance(term.node, Cases)
        case = term.node.values[branch]
        return samples[0], replace(comparisons[0], holds=False, missed=case)

    def _able(self, *terms: Term) -> list[Evaluator]:
        """The samples in which some terms are not too large."""
        try:
            for evaluator in self.evaluators:
                for term in terms:
                    evaluator(term)
        except TooLarge as error:
            if not error.only_together:
                raise
            return self.few()
        return self.evaluators

    def _approximately(
        self,
        statement: Statement,
        where: Node,
        sides: tuple[Term, Term],
        layers: dict[str, int],
        result: Result,
    ) -> None:
        """`\\approx` near a place, up to the degree of the polynomial on one of its sides."""
        if not statement.near:
            raise NotationError(
                "\\approx between symbols does not say near which place",
                where,
                "Write \\text{near } x = 0 behind it; or = and what holds exactly.",
                "read",
            )
        elaborator = self.elaborator(statement, layers, False)
        at = elaborator.at(At(where.start, where.end, where, tuple(statement.near)))
        count = at.data
        places = list(zip(at.arguments[1 : 1 + count], at.arguments[1 + count :], strict=True))
        order = order_claimed(self.evaluators[0], *sides, places, self.book)
        for evaluator in self.evaluators:
            comparison = hold_near(evaluator, *sides, places, order)
            result.instances += comparison.instances
            if not comparison.holds:
                self._fail(
                    result,
                    "holds",
                    f"near this place the two sides differ in terms of degree {order} or less"
                    if comparison.finite
                    else "a side is not finite",
                    where,
                    case_notes(layers),
                    self._offset(statement),
                )
                return
        result.verdict = "holds"
        used = self._closure(sides[0]) | self._closure(sides[1])
        result.used |= used
        self.tested |= used
        result.witnesses.append(Witness("value", ""))

    def _named_sizes(self, evaluator: Evaluator) -> list[tuple[str, int]]:
        return list(evaluator.drawer.dimensions.items())

    def _assumed(self, statement: Statement) -> bool:
        node = statement.node
        return isinstance(node, Relation) and statement.role == "assumption"

    def _is_definition(self, statement: Statement) -> bool:
        groups = (*self.book.definitions.values(), list(self.book.functions.values()))
        return any(d.statement is statement for group in groups for d in group)

    def _defining(
        self, statement: Statement, place: int, left: Term, operator: str
    ) -> Definition | None:
        if place != 0 or operator not in ("=", ":="):
            return None
        if left.operation == "gather" and left.arguments[0].operation == "call":
            left = left.arguments[0]
        if left.operation == "call":
            family = self.book.family(left.data[0])
            found = self.book.functions.get(family.letter)
            return found if found is not None and found.statement is statement else None
        for key in self._keys(left):
            definition = self.book.find(key)
            if definition is not None and definition.statement is statement:
                return definition
        return None

    def _define(
        self, definition: Definition, left: Term, right: Term, node: Relation, result: Result
    ) -> None:
        result.verdict = "defines" if result.verdict != "holds" else result.verdict
        result.defines.add(id(definition))
        if definition.parameters:
            self._hold_inverse(definition, node, result)
            return
        finite = False
        for evaluator in self._able(left):
            tensor = evaluator(left).tensor.detach()
            finite = finite or bool(tensor.isfinite().any(0).all())
            counted = tensor[~evaluator.drawer.of_mode("reals")]
            self._hold_domain(definition, self._keys(left), counted, node)
        if not finite:
            raise NotationError(
                "this is not finite",
                node.sides[1],
                "A division by 0, or a logarithm of a negative number.",
                "holds",
            )

    def _hold_inverse(self, definition: Definition, node: Relation, result: Result) -> None:
        """What is defined as `f^{-1}(y)` undoes f: f of it is y."""
        call = definition.left
        letter = definition.family.removesuffix(inverse_letter(""))
        if letter == definition.family or not isinstance(call, Call):
            return
        elaborator = self.elaborator(definition.statement, {}, False)
        outer = Call(call.start, call.end, Name(call.start, call.start, letter), (call,))
        applied = elaborator.term(outer)
        plain = elaborator.term(call.arguments[0])
        failed, count, _ = self._compare(applied, plain, "=")
        result.instances += count
        if failed is not None:
            raise NotationError(
                f"this is not the inverse of {letter}",
                node.sides[1],
                f"{letter} of it is not {letter_of(call.arguments[0])}.",
                "holds",
            )
        self.tested |= self._closure(applied) | {id(definition)}

    def _hold_domain(
        self, definition: Definition, keys: set[Key], tensor: Tensor, node: Relation
    ) -> None:
        family = self.book.family(definition.family)
        if not any(self.closure_of(key) - {id(definition)} for key in keys):
            return  # made of free symbols only, whose values say nothing
        outside = outside_value(family, tensor)
        if family.declared and outside is not None:
            raise NotationError(
                f"{family.tex} is declared to lie in {domain_text(family)}; this gives {outside:.4g}",
                node.sides[1],
                "Correct the set it is declared in, or the definition.",
                "holds",
            )

    def _update(
        self,
        statement: Statement,
        node: Relation,
        place: int,
        left: Term,
        right: Term,
        layers: dict[str, int],
        result: Result,
    ) -> None:
        """`W \\leftarrow …`: the first says what the update is, the others claim it."""
        for key in self._keys(left):
            result.updates.add(key)
            definition = self.book.find(key, updates=True)
            if definition is None or definition.statement is statement:
                result.verdict = "defines"
                if definition is not None:
                    result.defines.add(id(definition))
                return
            first = self.book.elaborated(definition, key)[0]
            failed, count, difference = self._compare(first, right, "=")
            result.instances += count
            result.difference = max(result.difference, difference)
            if failed is not None:
                notes = [*told(failed[1], self._named_sizes(failed[0])), *case_notes(layers)]
                self._fail(
                    result,
                    "holds",
                    "this update differs from the first one",
                    node.sides[place + 1],
                    notes,
                    self._offset(statement),
                )
                return
            result.verdict = "holds"
            self.tested |= self._closure(first) | self._closure(right) | {id(definition)}
            result.witnesses.append(Witness("value", "", difference=difference))

    def _numbers(
        self,
        statement: Statement,
        node: Relation,
        place: int,
        sides: list[Term | None],
        layers: dict[str, int],
        result: Result,
    ) -> None:
        """A step with plain numbers on one side: a worked example, or a claim for all values."""
        known = sides[place] if sides[place] is not None else sides[place + 1]
        self.numbers.offset = self._offset(statement)
        said = self.numbers.hold(statement, node, place, known, layers, sides)
        if said.message:
            self._fail(
                result,
                "holds",
                said.message,
                said.where or node,
                list(said.notes),
                self._offset(statement),
            )
            return
        if said.held:
            result.verdict = "holds"
            result.instances += said.instances
            result.difference = max(result.difference, said.difference)
            result.witnesses.append(Witness("numbers", "worked example"))
            if known is not None and statement.own:
                self.tested |= self._closure(known)
            return
        if said.given:
            result.gives = True
            result.verdict = "declares" if result.verdict != "holds" else "holds"
            return
        elaborator = self.elaborator(statement, layers, False)
        left = elaborator.term(node.sides[place])
        right = elaborator.term(node.sides[place + 1])
        operators = (node.operators[place],)
        left, right = (t for t in self._where(statement, elaborator, [left, right], operators) if t)
        self._fit(
            Relation(
                node.start,
                node.end,
                (node.sides[place], node.sides[place + 1]),
                (node.operators[place],),
            ),
            [left, right],
        )
        if self._assumed(statement):
            self._hold_possible(left, node.operators[place], right, node)
            result.verdict = "declares"
            return
        definition = self._defining(statement, place, left, node.operators[place])
        if definition is not None:
            self._define(definition, left, right, node, result)
            return
        operator = node.operators[place]
        if operator == "~":
            sides_ = (left, right)
            self._approximately(statement, node.sides[place + 1], sides_, layers, result)
            return
        if self._compare_otherwise(statement, node, place, (left, right), layers, result):
            return
        failed, count, difference = self._compare(left, right, operator)
        result.instances += count
        if failed is None:
            result.verdict = "holds"
            self.tested |= self._closure(left) | self._closure(right)
            result.difference = max(result.difference, difference)
            return
        message, notes, where = describe(failed[1], failed[0], operator, node.sides[place + 1])
        self._fail(
            result,
            "holds",
            message,
            where,
            [*notes, *case_notes(layers), *self._other_part(statement, node)],
            self._offset(statement),
        )
