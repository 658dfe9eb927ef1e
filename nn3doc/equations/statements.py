"""What one statement says, and whether it holds: every step of it, for every layer and every draw."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from torch import Tensor

from nn3doc.equations.book import (
    Book,
    Definition,
    DefinitionError,
    Statement,
    concrete_letters,
    is_numeric,
    layer_limits,
)
from nn3doc.equations.compare import Comparison, compare, told
from nn3doc.equations.constants import UnknownSizeError
from nn3doc.equations.draw import Drawer
from nn3doc.equations.nearby import hold_near, order_claimed
from nn3doc.equations.notation import Family, NotationError, filled, membership
from nn3doc.equations.numbers import Numbers
from nn3doc.equations.report import Equation, Finding, FindingKind, Verdict, Witness
from nn3doc.equations.shapes import Elaborator
from nn3doc.equations.shapes_operations import as_number
from nn3doc.equations.sizes import Size, show
from nn3doc.equations.terms import Term, walk_terms
from nn3doc.equations.tree import (
    At,
    Binder,
    Cases,
    Dots,
    Listing,
    MapType,
    Matrix,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
    Shaped,
    Tuple,
    bare,
    walk,
)
from nn3doc.equations.tree import (
    Sequence as SequenceNode,
)
from nn3doc.equations.values import Evaluator, Key, MissingValue, TooLarge

MAX_ASSIGNMENTS = 200
MORE_DRAWS = 5  # for each seed, where a page has kinks: |x|, max, cases
_KINKS = frozenset(["extreme", "max", "min", "cases", "indicator", "compare"])


@dataclass
class Result:
    """What is said of one statement.

    Attributes:
        statement: The statement.
        verdict: How it stands.
        findings: What is wrong with it.
        instances: How many numbers were compared.
        difference: The largest relative difference of what holds.
        shapes: The shapes of its sides.
        witnesses: What confirmed it.
        used: Definitions that a claim of it rests on.
        defines: Definitions that are this statement's.
        states: Symbols that stand on a left side of it, for witnesses in code.
        updates: Symbols that it gives a new value.
        gives: Whether it gives numbers that nothing has confirmed so far.
    """

    statement: Statement
    verdict: Verdict = "reads"
    findings: list[Finding] = field(default_factory=list)
    instances: int = 0
    difference: float = 0.0
    shapes: tuple[str, ...] = ()
    witnesses: list[Witness] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    defines: set[int] = field(default_factory=set)
    states: set[Key] = field(default_factory=set)
    updates: set[Key] = field(default_factory=set)
    gives: bool = False


class Checker:
    """Checks the statements of one page against one book.

    Args:
        book: What the page says.
        seeds: Which draws; the first takes 0/1 targets as real numbers.
    """

    def __init__(self, book: Book, seeds: Sequence[int] = (1, 2)) -> None:
        self.book = book
        self.seeds = tuple(seeds)
        self.equations: list[Equation] = []
        self.evaluators: list[Evaluator] = []
        self.positive: list[Evaluator] = []
        self.numbers = Numbers(book)
        self.tested: set[int] = set()
        self.skipped: list[DefinitionError] = []
        self._regimes: dict[tuple[str, ...], tuple[list[Evaluator], list[Evaluator]]] = {}
        self._more: dict[int, tuple[list[Evaluator], list[Evaluator]]] = {}
        self._kinks: dict[str, bool] = {}
        self._order = 10**9
        self._closures: dict[Key | tuple[str, str], frozenset[int]] = {}

    # --- draws ------------------------------------------------------------------------------

    def draw_sizes(self) -> None:
        """Prepares the draws, once all sizes of the page are known."""
        self.positive, self.evaluators = [], []
        self._regimes, self._more = {}, {}
        self._use_regime(10**9)
        for statement in self.book.statements:
            if not statement.own:
                self._foreign_numbers(statement)

    def _foreign_numbers(self, statement: Statement) -> None:
        """Numbers of the worked example that stand on pages this one builds on."""
        node = statement.node
        if isinstance(node, Relation) and any(is_numeric(side) for side in node.sides):
            self.check(statement)

    def use_for(self, statement: Statement) -> None:
        """The draws that hold for a statement."""
        self._use_regime(statement.order if statement.own else 10**9)

    def use_all(self) -> None:
        """The draws that hold once the page has said all it says."""
        self._use_regime(10**9)

    def _use_regime(self, order: int) -> None:
        """The draws for a statement: any g is any function until the page says which it is."""
        self._order = order
        key = tuple(self.book.alias(name, order) for name in self.book.aliases)
        if key not in self._regimes:
            self._regimes[key] = self._make_draws(order, self.seeds)
        self.evaluators, self.positive = self._regimes[key]

    def draws(self, *terms: Term) -> list[tuple[Evaluator, Evaluator]]:
        """The draws for some terms, each with one of positive numbers; more on both sides of a kink."""
        pairs = list(zip(self.evaluators, self.positive, strict=True))
        if not any(self._has_kink(term) for term in terms):
            return pairs
        place = id(self.evaluators)
        if place not in self._more:
            seeds = [seed * 1000 + n for seed in self.seeds for n in range(MORE_DRAWS)]
            self._more[place] = self._make_draws(self._order, seeds)
        return pairs + list(zip(*self._more[place], strict=True))

    def _has_kink(self, term: Term) -> bool:
        """Whether a term, or what it is made of, is another expression on either side of a point."""
        for inner in walk_terms(term):
            if inner.operation in _KINKS or (
                inner.operation == "apply" and inner.data in ("abs", "sign")
            ):
                return True
            if inner.operation == "family":
                if self._definition_kink(f"{inner.data}", self.book.find(inner.data), inner.data):
                    return True
            elif inner.operation == "call":
                key = self.book.alias(inner.data[0], 10**9)
                if key not in self._kinks:
                    self._kinks[key] = False
                    body = self.book.function_definition(key).body
                    self._kinks[key] = body is not None and self._has_kink(body)
                if self._kinks[key]:
                    return True
        return False

    def _definition_kink(self, name: str, definition: Definition | None, key: Key) -> bool:
        if name not in self._kinks:
            self._kinks[name] = False
            if definition is not None:
                self._kinks[name] = self._has_kink(self.book.elaborated(definition, key)[0])
        return self._kinks[name]

    def _make_draws(
        self, order: int, seeds: Sequence[int]
    ) -> tuple[list[Evaluator], list[Evaluator]]:
        names = self._size_names()
        plain: list[Evaluator] = []
        positives: list[Evaluator] = []
        for place, seed in enumerate(seeds):
            for positive in (False, True):
                drawer = Drawer(
                    seed, names, as_reals=place % 2 == 0, positive=positive,
                    constraints=self.book.constraints, members=lambda family: 0,
                )  # fmt: skip
                drawer.members = partial(self._members, drawer=drawer)
                evaluator = Evaluator(
                    self.book, drawer, aliases=lambda key: self.book.alias(key, order)
                )
                (positives if positive else plain).append(evaluator)
        return plain, positives

    def _members(self, family: Family, drawer: Drawer) -> int:
        assert family.members is not None
        return self.book.notation.size(family.members, {}).value(drawer.dimension)

    def _size_names(self) -> list[str]:
        notation = self.book.notation
        names: dict[str, None] = {}
        for family in notation.all():
            if family.kind != "size":
                continue
            values: list[list[str]] = []
            for slot in family.slots:
                limits = notation.slot_range(family, slot)
                try:
                    low, high = (notation.integer(n, {}) for n in limits) if limits else (1, 3)
                except NotationError:
                    low, high = 1, 3
                values.append([str(value) for value in range(low, high + 1)])
            for chosen in itertools.product(*values):
                size = notation.canonical(Size.of(filled(family, chosen)))
                names.update(dict.fromkeys(sorted(size.names)))
        return list(names)

    # --- statements -------------------------------------------------------------------------

    def check(self, statement: Statement) -> Result:
        """All that can be said of a statement; it never raises for what a page says."""
        result = Result(statement)
        self.book.current = statement
        self._use_regime(statement.order if statement.own else 10**9)
        offset = self._offset(statement)
        try:
            problem = self.book.problems.get(statement.order)
            if problem is not None:
                raise problem
            self._check(statement, result)
        except NotationError as error:
            self._fail(result, _kind(error.question), error.message, error, error.cure, offset)
        except DefinitionError as error:
            result.verdict = "skipped"
            self.skipped.append(error)
            if not error.definition.statement.own:
                self._fail(
                    result, "page", "this needs a definition, on a page this one builds on, that "
                    "has a finding", statement.node, "Check that page first.", offset,
                )  # fmt: skip
        except TooLarge as error:
            self._fail(result, "holds", f"this is too large to be worked out: {error}",
                       statement.node, "Write it for a smaller case.", offset)  # fmt: skip
        except MissingValue as error:
            self._fail(result, "known", f"{error} has no value here", statement.node, "", offset)
        except RecursionError:
            self._fail(result, "read", "this formula is nested too deeply", statement.node,
                       "Name a part of it.", offset)  # fmt: skip
        except (RuntimeError, KeyError, IndexError) as error:
            said = str(error).strip().split("\n")[0]
            self._fail(result, "holds", f"this cannot be worked out: {said}", statement.node, "",
                       offset)  # fmt: skip
        finally:
            self.book.current = None
        return result

    def blame(self) -> None:
        """A definition that others could not be checked for has a finding, whatever its own check said."""
        for error in self.skipped:
            statement, cause = error.definition.statement, error.__cause__
            if not statement.own or not isinstance(cause, NotationError):
                continue
            equation = self.equations[statement.place]
            if any(finding.failing for finding in equation.findings):
                continue
            notes = (cause.cure,) if cause.cure else ()
            start, end = (equation.body_start + place for place in (cause.start, cause.end))
            equation.findings.append(
                Finding(_kind(cause.question), cause.message, start, end, notes)
            )
            equation.verdict = "failed"

    def _offset(self, statement: Statement) -> int:
        return self.equations[statement.place].body_start if statement.own else 0

    def _fail(
        self, result: Result, kind: FindingKind, message: str, where: object, cure: str | list[str],
        offset: int,
    ) -> None:  # fmt: skip
        start, end = getattr(where, "start", 0), getattr(where, "end", 1)
        notes = tuple(note for note in ([cure] if isinstance(cure, str) else cure) if note)
        result.verdict = "failed"
        result.findings.append(Finding(kind, message, offset + start, offset + end, notes))

    def _check(self, statement: Statement, result: Result) -> None:
        node = statement.node
        if isinstance(node, Relation) and node.operators == ("subset",):
            left = self.book.notation.reference(node.sides[0])
            if left is None or left.family.kind != "set":
                raise NotationError("this is no set", node.sides[0], question="fits")
            result.verdict = "declares"
        elif isinstance(node, Relation) and node.operators[0] == "in":
            self._membership(statement, node, result)
        elif isinstance(node, Relation) and node.operators[0] == "colon":
            self._map(node, result)
        elif isinstance(node, Relation):
            functions = [self.book.notation.reference(side) for side in node.sides]
            if all(f is not None and f.family.kind == "function" for f in functions):
                result.verdict = "declares"
                return
            if not (self._sizes(statement, node, result) or self._range(node, result)):
                self._relation_or_example(statement, node, result)
        else:
            self._expression(statement, node, result)

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
                where = next(n for n in walk(statement.node)
                             if isinstance(n, Name) and n.letter == letter)  # fmt: skip
                raise NotationError(
                    f"nothing says which values {letter} has",
                    where,
                    f"Give {letter} a row in the notation table, {{1, \\dots, L}}, or write "
                    f"{letter} = 1, \\dots, L behind the equation.",
                )
            ranges.append(range(limits[0], limits[1] + 1))
        made = [dict(zip(letters, values, strict=True)) for values in itertools.product(*ranges)]
        if not made:
            raise NotationError(
                "vacuous: there is no layer for which all its symbols exist",
                statement.node,
                "Correct the index, or the range that the notation gives it.",
                "vacuous",
            )
        if len(made) > MAX_ASSIGNMENTS:
            raise NotationError(
                f"this has {len(made)} cases; at most {MAX_ASSIGNMENTS} are worked out",
                statement.node,
                "Use fewer indices.",
                "read",
            )
        return made

    def elaborator(
        self, statement: Statement, layers: dict[str, int], jacobian: bool
    ) -> Elaborator:
        """A fresh reader for one case of a statement."""
        ranges = self.book.ranges(statement, layers)
        return Elaborator(self.book, layers, f"s{statement.order}", None, ranges, jacobian)

    # --- relations --------------------------------------------------------------------------

    def _relation_or_example(self, statement: Statement, node: Relation, result: Result) -> None:
        """What does not fit for all sizes may be said of the sizes of the worked example."""
        try:
            self._relation(statement, node, result)
        except NotationError as error:
            small = {name: size for name, size in self.numbers.sizes.items() if size <= 12}
            if error.question not in ("fits", "known") or not small or not _written_out(node):
                raise
            book = self.book.sized(small)
            inner = Checker(book, self.seeds)
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
        cases = _by_cases(node)
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

    def _elaborate(
        self, statement: Statement, node: Relation, layers: dict[str, int], numeric: list[bool]
    ) -> list[Term | None]:
        """The sides of a relation; where a derivative has two readings, the one that fits."""
        failure: NotationError | None = None
        for jacobian in (False, True):
            elaborator = self.elaborator(statement, layers, jacobian)
            try:
                sides = self._read_sides(statement, node, elaborator, numeric)
                sides = self._where(statement, elaborator, sides)
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
        self, statement: Statement, elaborator: Elaborator, sides: list[Term | None]
    ) -> list[Term | None]:
        """`… \\text{for } i \\ne j`: elsewhere nothing is compared."""
        for condition in statement.conditions:
            if isinstance(condition, Relation) and condition.operators != ("=",):
                test = elaborator.condition(condition)
                nothing = Term("number", (), (), condition, 0.0)
                sides = [
                    None if side is None else Term(
                        "cases", (side, nothing, test), side.shape, side.node, 2,
                        side.indices | test.indices,
                    ) for side in sides
                ]  # fmt: skip
        return sides

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
            condition for condition in statement.conditions
            if isinstance(condition, Relation) and condition.operators == ("=",)
        )  # fmt: skip
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
            if left is None or right is None or left.shape == right.shape:
                continue
            if operator in ("<", ">", "<=", ">=", "!=") and () in (left.shape, right.shape):
                continue
            if right.operation == "number" and len(left.shape) == 2:
                continue  # `A = 0`: every entry
            span = node.sides[place + 1]
            transposed = left.shape == right.shape[::-1]
            raise NotationError(
                f"the left side is {show(left.shape)}, this is {show(right.shape)}", span,
                "They are equal after transposing one: is a transpose missing?"
                if transposed else "Both sides have one shape.", "fits",
            )  # fmt: skip

    def _hold_claims(self, elaborator: Elaborator, layers: dict[str, int]) -> None:
        for term, sizes in elaborator.claims:
            wanted = as_number(tuple(self.book.notation.size(size, layers) for size in sizes.items))
            if term.shape != wanted:
                raise NotationError(
                    f"this is {show(term.shape)}, not {show(wanted)}", sizes, question="fits"
                )

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
        if failed is None:
            result.verdict = "holds"
            result.used |= used
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
        notes = [*told_, *_case(layers)]
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
                    where, _case(layers), self._offset(statement),
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

    # --- definitions ------------------------------------------------------------------------

    def _keys(self, term: Term) -> set[Key]:
        base = term
        while base.operation == "gather":
            base = base.arguments[0]
        return {base.data} if base.operation == "family" else set()

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

    def _hold_domain(
        self, definition: Definition, keys: set[Key], tensor: Tensor, node: Relation
    ) -> None:
        family = self.book.family(definition.family)
        if not any(self.closure_of(key) - {id(definition)} for key in keys):
            return  # made of free symbols only, whose values say nothing
        outside = _outside(family, tensor)
        if family.declared and outside is not None:
            raise NotationError(
                f"{family.tex} is declared to lie in {_domain(family)}; this gives {outside:.4g}",
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
                notes = [*told(failed[1], self._named_sizes(failed[0])), *_case(layers)]
                self._fail(result, "holds", "this update differs from the first one",
                           node.sides[place + 1], notes, self._offset(statement))  # fmt: skip
                return
            result.verdict = "holds"
            self.tested |= self._closure(first) | self._closure(right) | {id(definition)}
            result.witnesses.append(Witness("value", "", difference=difference))

    # --- numbers, sizes, sets ---------------------------------------------------------------

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
            if known is not None:
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
                   [*told(failed[1], self._named_sizes(failed[0])), *_case(layers)],
                   self._offset(statement))  # fmt: skip

    def _sizes(self, statement: Statement, node: Relation, result: Result) -> bool:
        """Sizes: `n_x = n_0`, `n_x = 28 \\cdot 28 = 784`."""
        notation = self.book.notation
        reference = notation.reference(node.sides[0])
        if reference is None or reference.family.kind != "size":
            return False
        if any(operator not in ("=", ":=") for operator in node.operators):
            return False
        layers = self.assignments(statement)[0]
        sizes = []
        for side in node.sides:
            try:
                sizes.append(notation.size(side, layers))
            except NotationError:
                return False
        result.verdict = "holds"
        for place, (one, other) in enumerate(itertools.pairwise(sizes)):
            if one == other:
                continue
            first = notation.size(node.sides[0], layers)
            plain = self._plain_size(node.sides[place + 1], layers)
            if place == 0 and plain is not None and first.number is None:
                self.numbers.give_size(first, plain, statement.order)
                result.verdict = "declares"
                continue
            if place and self._plain_size(node.sides[place], layers) == plain is not None:
                continue
            raise NotationError(
                f"{one} and {other} are different sizes",
                node.sides[place + 1],
                "If they are one size, say so in the notation table.",
                "fits",
            )
        result.instances += len(sizes) - 1
        return True

    def _plain_size(self, node: Node, layers: dict[str, int]) -> int | None:
        """The number that a side without symbols stands for: 28 · 28."""
        if not is_numeric(node):
            return None
        literals, self.book.notation.literals = self.book.notation.literals, {}
        try:
            return self.book.notation.size(node, layers).number
        except NotationError:
            return None
        finally:
            self.book.notation.literals = literals

    def _range(self, node: Relation, result: Result) -> bool:
        """`l = 1, \\dots, L` alone."""
        right = node.sides[-1]
        if not isinstance(right, SequenceNode):
            return False
        left = node.sides[0]
        if not isinstance(left, Name):
            raise NotationError("only an index has a range", left, question="read")
        declared = self.book.notation.indices.get(left.letter)
        layers = dict.fromkeys(self.book.notation.concrete, 1)
        sizes = [self.book.notation.size(end, layers) for end in (right.first, right.last)]
        result.verdict = "declares"
        if declared is not None:
            known = [self.book.notation.size(end, layers) for end in declared]
            result.verdict = "states" if known == sizes else "declares"
        return True

    def _membership(self, statement: Statement, node: Relation, result: Result) -> None:
        """`W \\in \\mathbb{R}^{n \\times m}`: declares a symbol, or is a claim about a known one."""
        right = node.sides[1]
        symbols = node.sides[0].items if isinstance(node.sides[0], Listing) else (node.sides[0],)
        said = membership(right)
        result.verdict = "declares"
        if said is None:
            reference = self.book.notation.reference(right)
            if reference is None or reference.family.kind != "set":
                raise NotationError("I cannot read this set", right,
                                    "Write \\mathbb{R}^{n \\times m}, \\{0, 1\\}, (0, 1) …",
                                    "read")  # fmt: skip
            return
        for symbol in symbols:
            if said.kind == "index" and isinstance(symbol, Name) and (
                symbol.letter in self.book.notation.indices
            ):  # fmt: skip
                continue
            case = Statement(Relation(symbol.start, right.end, (symbol, right), ("in",)),
                             statement.place, statement.order, True, statement.ranges)  # fmt: skip
            for layers in self.assignments(case):
                self._member(case, symbol, said.shape, layers, result, right)

    def _member(
        self, statement: Statement, symbol: Node, sizes: tuple[Node, ...], layers: dict[str, int],
        result: Result, right: Node,
    ) -> None:  # fmt: skip
        reference = self.book.notation.reference(symbol)
        if reference is not None and reference.family.kind in ("size", "index", "set"):
            return
        elaborator = self.elaborator(statement, layers, True)
        term = elaborator.term(symbol)
        wanted = as_number(tuple(self.book.notation.size(size, layers) for size in sizes))
        result.shapes = (show(term.shape),)
        if term.shape != wanted:
            if len(wanted) == 4 or len(term.shape) == 4 or True:
                raise NotationError(
                    f"{_tex(symbol)} is {show(term.shape)}, not {show(wanted)}",
                    right,
                    "The declaration, or what it is made of, says otherwise.",
                    "fits",
                )
        self._ranges_known(elaborator)
        if reference is not None and reference.family.declared and not self.book.is_defined(
            reference.family
        ) and not reference.is_entry and not reference.rest:  # fmt: skip
            result.verdict = "declares" if result.verdict != "holds" else "holds"
            result.instances += 1
            return
        said = membership(right)
        assert said is not None
        result.verdict = "holds"
        result.instances += 1
        if len(term.shape) == 4 or said.domain.is_real:
            self.tested |= self._closure(term)
            return
        for place, evaluator in enumerate(self.evaluators):
            tensor = evaluator(term).tensor.detach()
            if not bool(tensor.isfinite().all()):
                tensor = self.positive[place](term).tensor.detach()
            family = Family("", (), "value", (), "", said.domain)
            as_reals = evaluator.drawer.as_reals and reference is not None
            outside = _outside(family, tensor)
            if outside is not None and not (as_reals and said.domain.values):
                raise NotationError(f"this is {outside:.4g} for some values", right,
                                    "It is not always in this set.", "holds")  # fmt: skip

    def _map(self, node: Relation, result: Result) -> None:
        left, kind = node.sides
        reference = self.book.notation.reference(left)
        if reference is None or reference.family.kind != "function":
            raise NotationError("this is no function", left, question="known")
        assert isinstance(kind, MapType)
        result.verdict = "declares"

    # --- bare expressions -------------------------------------------------------------------

    def _expression(self, statement: Statement, node: Node, result: Result) -> None:
        """What states nothing is read, its symbols known and its shapes fitting."""
        result.verdict = "reads"
        plain = bare(node)
        if any(isinstance(inner, Dots) and inner.tex == r"\cdot" for inner in walk(node)):
            return  # `f(\cdot)` speaks of the function
        if membership(plain) is not None and not isinstance(plain, Tuple):
            said = membership(plain)
            assert said is not None
            for layers in self.assignments(statement):
                for size in said.shape:
                    self.book.notation.size(size, layers)
            return
        if isinstance(plain, Tuple):
            if all(isinstance(item, Number) for item in plain.items):
                return
            for layers in self.assignments(statement):
                for item in plain.items:
                    self.book.notation.size(item, layers)
            return
        if isinstance(plain, Name | Scripted):
            reference = self.book.notation.reference(plain)
            if reference is not None and reference.family.kind in ("function", "set", "index"):
                return
            if (
                reference is None
                and isinstance(plain, Name)
                and (
                    plain.letter in self.book.notation.indices
                    or plain.letter in self.book.notation.slots
                )
            ):
                return
        if is_numeric(node):
            return
        for layers in self.assignments(statement):
            elaborator = self.elaborator(statement, layers, False)
            term = elaborator.term(node)
            self._hold_claims(elaborator, layers)
            self._ranges_known(elaborator)
            if elaborator.claims:
                result.verdict = "holds"
                result.instances += len(elaborator.claims)
            result.shapes = (show(term.shape),)
            if isinstance(node, Shaped):
                result.states |= self._keys(term)

    # --- what tests what --------------------------------------------------------------------

    def _closure(self, term: Term) -> frozenset[int]:
        """All definitions that a term rests on."""
        found: set[int] = set()
        for inner in walk_terms(term):
            if inner.operation == "family":
                found |= self.closure_of(inner.data)
            elif inner.operation == "call":
                found |= self._function_closure(inner.data[0])
        return frozenset(found)

    def closure_of(self, key: Key) -> frozenset[int]:
        """All definitions that a symbol rests on, its own included."""
        if key not in self._closures:
            self._closures[key] = frozenset()
            definition = self.book.find(key)
            if definition is not None:
                term = self.book.elaborated(definition, key)[0]
                self._closures[key] = self._closure(term) | {id(definition)}
        return self._closures[key]

    def _function_closure(self, key: str) -> frozenset[int]:
        place = ("function", key)
        if place not in self._closures:
            self._closures[place] = frozenset()
            family = self.book.family(key)
            definition = self.book.functions.get(family.letter)
            if definition is not None:
                body = self.book.function_definition(key).body
                inner = self._closure(body) if body is not None else frozenset()
                self._closures[place] = inner | {id(definition)}
        return self._closures[place]

    def untested(self, results: list[Result]) -> Iterator[Definition]:
        """The page's own definitions that no claim and no code rests on."""
        good = {id(r.statement) for r in results if r.verdict in ("defines", "holds")}
        groups = (self.book.definitions.values(), self.book.updates.values())
        every = [d for group in groups for definitions in group for d in definitions]
        defined = {number for result in results for number in result.defines}
        for definition in [*every, *self.book.functions.values()]:
            if (
                definition.statement.own and not definition.statement.in_table
                and id(definition) in defined and id(definition) not in self.tested
                and id(definition.statement) in good
            ):  # fmt: skip
                yield definition


def _written_out(node: Node) -> bool:
    """Whether a relation is written for sizes that are numbers: a whole matrix, `\\sum_{j=1}^{3}`."""
    for inner in walk(node):
        if isinstance(inner, Matrix):
            down = any(all(isinstance(c, Dots) for c in row) for row in inner.rows)
            across = any(isinstance(c, Dots) for c in inner.rows[0])
            if not (down and across):
                return True
        if isinstance(inner, Binder) and isinstance(inner.high, Number):
            return True
        if isinstance(inner, Tuple) and any(isinstance(item, Number) for item in inner.items):
            return True
        if isinstance(inner, Scripted) and any(
            isinstance(item, Number) and item.text not in ("0", "1") for item in inner.sub
        ):
            return True
    return False


def _by_cases(node: Relation) -> list[Relation] | None:
    """A claim by cases that leave some out, as one claim for each: with y put to 1, with y put to 0."""
    if len(node.sides) != 2 or not isinstance(node.sides[1], Cases):
        return None
    left, cases = node.sides[0], node.sides[1]
    claims = []
    for value, condition in zip(cases.values, cases.conditions, strict=True):
        if not (isinstance(condition, Relation) and condition.operators == ("=",)):
            return None
        places = (condition,)
        sides = (At(left.start, left.end, left, places), At(value.start, value.end, value, places))
        claims.append(Relation(node.start, value.end, sides, node.operators))
    return claims


def _kind(question: str) -> FindingKind:
    kinds: dict[str, FindingKind] = {
        "read": "read", "known": "known", "fits": "fits", "holds": "holds",
        "vacuous": "vacuous", "notation": "notation",
    }  # fmt: skip
    return kinds.get(question, "read")


def _case(layers: dict[str, int]) -> list[str]:
    if not layers:
        return []
    return ["in the case " + ", ".join(f"{letter} = {value}" for letter, value in layers.items())]


def _outside(family: Family, tensor: Tensor) -> float | None:
    """A value that is not in the set a symbol is declared in."""
    domain = family.domain
    flat = tensor.flatten()
    if domain.values:
        bad = [float(v) for v in flat if all(abs(float(v) - w) > 1e-9 for w in domain.values)]
        return bad[0] if bad and family.members is None else None
    if bool((flat < domain.low).any()):
        return float(flat.min())
    return float(flat.max()) if bool((flat > domain.high).any()) else None


def _domain(family: Family) -> str:
    domain = family.domain
    if domain.values:
        return "{" + ", ".join(f"{value:g}" for value in domain.values) + "}"
    return f"[{domain.low:g}, {domain.high:g}]"


def _tex(node: Node) -> str:
    return node.letter if isinstance(node, Name) else "this"


__all__ = ["Binder", "Checker", "MissingValue", "Result"]
