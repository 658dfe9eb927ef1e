"""Relations: claims that are compared, definitions, updates, numbers."""

from __future__ import annotations

from torch import Tensor

from nn3doc.equations.compare import Comparison, compare, told
from nn3doc.equations.decorated import inverse_letter
from nn3doc.equations.definitions import Definition, DefinitionError, Statement
from nn3doc.equations.families import NotationError
from nn3doc.equations.forms import by_cases, written_out
from nn3doc.equations.nearby import hold_near, order_claimed
from nn3doc.equations.patterns import is_numeric
from nn3doc.equations.report import Witness
from nn3doc.equations.results import (
    Result,
    case_notes,
    domain_text,
    letter_of,
    outside_value,
)
from nn3doc.equations.sides import Sides
from nn3doc.equations.sizes import show
from nn3doc.equations.terms import Term, walk_terms
from nn3doc.equations.tree import (
    At,
    Call,
    Name,
    Node,
    Relation,
)
from nn3doc.equations.values import Evaluator, Key


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
            book = self.book.sized(small)
            inner = type(self)(book, self.seeds)
            inner.equations, inner.numbers = self.equations, self.numbers
            inner._use_regime(statement.order)
            retried = Result(statement)
            try:
                inner._relation(statement, node, retried)
            except (NotationError, DefinitionError):
                raise error from None
            if retried.defines:
                raise  # what defines a symbol does so for all sizes
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
        numeric = [is_numeric(side) for side in node.sides]
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
        self, statement: Statement, node: Relation, place: int, operator: str,
        sides: list[Term | None], layers: dict[str, int], result: Result,
    ) -> None:  # fmt: skip
        left, right = sides[place], sides[place + 1]
        offset = self._offset(statement)
        if left is None or right is None or (is_numeric(node.sides[place])
                                             and is_numeric(node.sides[place + 1])):  # fmt: skip
            self._numbers(statement, node, place, sides, layers, result)
            return
        if not statement.own:  # it is asked for its numbers only
            return
        if operator == "~":
            self._approximately(statement, node.sides[place + 1], (left, right), layers, result)
            return
        keys = self._keys(left)
        if any(t.operation == "sizes" for t in (*walk_terms(left), *walk_terms(right))):
            result.verdict = "holds"  # an equation between sizes: that they fit is all it says
            result.instances += 1
            return
        if operator == "<-":
            self._update(statement, node, place, left, right, layers, result)
            return
        result.states.update(keys)
        definition = self._defining(statement, place, left, operator)
        if definition is not None:
            self._define(definition, left, right, node, result)
            return
        if self._assumed(statement):
            result.verdict = "declares"
            return
        failed, count, difference = self._compare(left, right, operator)
        result.instances += count
        result.difference = max(result.difference, difference)
        used = self._closure(left) | self._closure(right)
        result.used |= used
        if failed is None:
            result.verdict = "holds"
            self.tested |= used
            if not any(w.kind in ("autograd", "value") for w in result.witnesses):
                kinds = {term.operation for term in (*walk_terms(left), *walk_terms(right))}
                kind = "autograd" if kinds & {"derivative", "chain"} else "value"
                result.witnesses.append(Witness(kind, "", difference=difference))
            return
        evaluator, comparison = failed
        where = node.sides[place + 1]
        told_ = told(comparison, self._named_sizes(evaluator))
        message = "the two sides differ" if comparison.finite else "a side is not finite"
        if operator in ("<", "<=", ">", ">="):
            message, told_ = f"the left side is not {operator} the right one everywhere", []
        notes = [*told_, *case_notes(layers)]
        self._fail(result, "holds", message, where, notes, offset)

    def _compare(
        self, left: Term, right: Term, operator: str
    ) -> tuple[tuple[Evaluator, Comparison] | None, int, float]:
        count, difference = 0, 0.0
        for evaluator, positive in self.draws(left, right):
            used = evaluator
            comparison = compare(evaluator, left, right, operator)
            if not comparison.finite:  # where a logarithm or a root is not defined everywhere
                used = positive
                comparison = compare(used, left, right, operator)
            count += comparison.instances
            if not comparison.holds:
                return (used, comparison), count, difference
            difference = max(difference, comparison.difference)
        return None, count, difference

    def _approximately(
        self, statement: Statement, where: Node, sides: tuple[Term, Term], layers: dict[str, int],
        result: Result,
    ) -> None:  # fmt: skip
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
        order = order_claimed(*sides, [place for place, _ in places], self.book)
        for place, evaluator in enumerate(self.evaluators):
            comparison = hold_near(evaluator, *sides, places, order)
            if not comparison.finite:
                comparison = hold_near(self.positive[place], *sides, places, order)
            result.instances += comparison.instances
            if not comparison.holds:
                self._fail(
                    result, "holds", f"near this place the two sides differ in terms of degree "
                    f"{order} or less" if comparison.finite else "a side is not finite",
                    where, case_notes(layers), self._offset(statement),
                )  # fmt: skip
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
        return isinstance(node, Relation) and self.book.is_assumption(statement)

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
        for place, evaluator in enumerate(self.evaluators):
            tensor = evaluator(left).tensor.detach()
            if not bool(tensor.isfinite().all()):
                tensor = self.positive[place](left).tensor.detach()
            if not bool(tensor.isfinite().all()):
                raise NotationError("this is not finite", node.sides[1],
                                    "A division by 0, or a logarithm of a negative number.",
                                    "holds")  # fmt: skip
            self._hold_domain(definition, self._keys(left), tensor, node)

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
        self, statement: Statement, node: Relation, place: int, left: Term, right: Term,
        layers: dict[str, int], result: Result,
    ) -> None:  # fmt: skip
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
                self._fail(result, "holds", "this update differs from the first one",
                           node.sides[place + 1], notes, self._offset(statement))  # fmt: skip
                return
            result.verdict = "holds"
            self.tested |= self._closure(first) | self._closure(right) | {id(definition)}
            result.witnesses.append(Witness("value", "", difference=difference))

    def _numbers(
        self, statement: Statement, node: Relation, place: int, sides: list[Term | None],
        layers: dict[str, int], result: Result,
    ) -> None:  # fmt: skip
        """A step with plain numbers on one side: a worked example, or a claim for all values."""
        known = sides[place] if sides[place] is not None else sides[place + 1]
        self.numbers.offset = self._offset(statement)
        said = self.numbers.hold(statement, node, place, known, layers)
        if said.message:
            self._fail(result, "holds", said.message, said.where or node, list(said.notes),
                       self._offset(statement))  # fmt: skip
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
        left, right = (t for t in self._where(statement, elaborator, [left, right]) if t)
        self._fit(Relation(node.start, node.end, (node.sides[place], node.sides[place + 1]),
                           (node.operators[place],)), [left, right])  # fmt: skip
        if self._assumed(statement):
            result.verdict = "declares"
            return
        definition = self._defining(statement, place, left, node.operators[place])
        if definition is not None:
            self._define(definition, left, right, node, result)
            return
        operator = node.operators[place]
        failed, count, difference = self._compare(left, right, operator)
        result.instances += count
        if failed is None:
            result.verdict = "holds"
            self.tested |= self._closure(left) | self._closure(right)
            result.difference = max(result.difference, difference)
            return
        self._fail(result, "holds", "the two sides differ", node.sides[place + 1],
                   [*told(failed[1], self._named_sizes(failed[0])), *case_notes(layers)],
                   self._offset(statement))  # fmt: skip
