"""What one statement says, and whether it holds: every step of it, for every layer and every draw."""

from __future__ import annotations

import itertools
from dataclasses import replace

from nn3doc.equations.evaluate import MissingValue, TooLarge, ordinary
from nn3doc.equations.meaning import as_number
from nn3doc.equations.model import DefinitionError, Statement, is_numeric
from nn3doc.equations.notation import (
    Domain,
    Family,
    NotationError,
    function_family,
    membership,
    show,
)
from nn3doc.equations.report import Finding, own_mistake
from nn3doc.equations.tex import (
    Binder,
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
from nn3doc.equations.verdict.claims import Claims
from nn3doc.equations.verdict.outcomes import (
    Result,
    domain_text,
    end_reached,
    finding_kind,
    letter_of,
    outside_value,
)
from nn3doc.equations.verdict.relations import hold_chain


class Checker(Claims):
    """Checks the statements of one page against one book.

    Args:
        book: What the page says.
        seeds: Which draws; the first takes 0/1 targets as real numbers.
    """

    def draw_sizes(self) -> None:
        """Prepares the draws, once all sizes of the page are known."""
        self._samples = {}
        self._use_regime(10**9)
        for statement in self.book.statements:
            if not statement.own:
                self._foreign_numbers(statement)

    def _foreign_numbers(self, statement: Statement) -> None:
        """Numbers of the worked example that stand on pages this one builds on."""
        node = statement.node
        if (
            isinstance(node, Relation)
            and any(isinstance(bare(side), Name | Scripted) for side in node.sides)  # is given some
            and any(is_numeric(side, self.book.notation) for side in node.sides)
        ):
            self.check(statement)

    def check(self, statement: Statement) -> Result:
        """All that can be said of a statement; it never raises for what a page says."""
        result = Result(statement)
        self.use_for(statement)
        offset = self._offset(statement)
        try:
            problem = self.book.problems.get(statement.order)
            if problem is not None:
                raise problem
            with self.book.checking(statement):
                self._check(statement, result)
        except NotationError as error:
            self._fail(
                result, finding_kind(error.question), error.message, error, error.cure, offset
            )
        except DefinitionError as error:
            result.verdict = "skipped"
            self.skipped.append(error)
            if not error.definition.statement.own:
                self._fail(
                    result,
                    "page",
                    "this needs a definition, on a page this one builds on, that has a finding",
                    statement.node,
                    "Check that page first.",
                    offset,
                )
        except TooLarge as error:
            self._fail(
                result,
                "holds",
                f"this is too large to be worked out: {error}",
                statement.node,
                "Write it for a smaller case.",
                offset,
            )
        except MissingValue as error:
            self._fail(
                result,
                "known",
                f"{error} has no value here",
                statement.node,
                "Declare it, or give it a number.",
                offset,
            )
        except RecursionError:
            self._fail(
                result,
                "read",
                "this formula is nested too deeply",
                statement.node,
                "Name a part of it.",
                offset,
            )
        except (OverflowError, ZeroDivisionError) as error:
            said = str(error).strip().split("\n")[0]
            self._fail(
                result,
                "holds",
                f"this cannot be worked out: {said}",
                statement.node,
                "It needs a value for all values of its symbols.",
                offset,
            )
        except Exception as error:
            place = offset + statement.node.start, offset + statement.node.end
            result.findings.append(own_mistake(error, *place))
            result.verdict = "failed"
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
                Finding(finding_kind(cause.question), cause.message, start, end, notes)
            )
            equation.verdict = "failed"

    def _check(self, statement: Statement, result: Result) -> None:
        node = statement.node
        if isinstance(node, Relation):
            hold_chain(node)
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
            if not (self._sizes(statement, node, result) or self._range(statement, node, result)):
                self._relation_or_example(statement, node, result)
        else:
            self._expression(statement, node, result)

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
            first = notation.size(node.sides[0], layers)
            plain = self._plain_size(node.sides[place + 1], layers)
            if one == other and (place or plain is None or first.number is not None):
                continue
            if place == 0 and plain is not None and first.number is None:
                self.numbers.give_size(first, plain, statement, node.sides[1])
                result.gives = True
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
        if not is_numeric(node, self.book.notation):
            return None
        try:
            return replace(self.book.notation, literals={}).size(node, layers).number
        except NotationError:
            return None

    def _range(self, statement: Statement, node: Relation, result: Result) -> bool:
        """`l = 1, \\dots, L` alone."""
        right = node.sides[-1]
        if not isinstance(right, SequenceNode):
            return False
        left = node.sides[0]
        if not isinstance(left, Name):
            raise NotationError("only an index has a range", left, question="read")
        known = self._hold_range(statement, left, (right.first, right.last))
        result.verdict = "states" if known else "declares"
        return True

    def _hold_range(self, statement: Statement, index: Name, ends: tuple[Node, Node]) -> bool:
        """An index runs over one range; in a formula of its own, or for a sentence, over another.

        Returns:
            Whether the range is the one that is known.

        Raises:
            NotationError: It is another one.
        """
        notation = self.book.notation
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

    def _membership(self, statement: Statement, node: Relation, result: Result) -> None:
        """`W \\in \\mathbb{R}^{n \\times m}`: declares a symbol, or is a claim about a known one."""
        right = node.sides[1]
        symbols = node.sides[0].items if isinstance(node.sides[0], Listing) else (node.sides[0],)
        said = membership(right)
        result.verdict = "declares"
        if said is None:
            reference = self.book.notation.reference(right)
            if reference is None or reference.family.kind != "set":
                raise NotationError(
                    "I cannot read this set",
                    right,
                    "Write \\mathbb{R}^{n \\times m}, \\{0, 1\\}, (0, 1) …",
                    "read",
                )
            return
        for symbol in symbols:
            if (
                said.kind == "index"
                and isinstance(symbol, Name)
                and (symbol.letter in self.book.notation.indices)
            ):
                assert said.sequence is not None
                self._hold_range(statement, symbol, said.sequence)
                continue
            case = Statement(
                Relation(symbol.start, right.end, (symbol, right), ("in",)),
                statement.place,
                statement.order,
                True,
                statement.ranges,
            )
            for layers in self.assignments(case):
                self._member(case, symbol, said.shape, layers, result, right)

    def _member(
        self,
        statement: Statement,
        symbol: Node,
        sizes: tuple[Node, ...],
        layers: dict[str, int],
        result: Result,
        right: Node,
    ) -> None:
        reference = self.book.notation.reference(symbol)
        said = membership(right)
        assert said is not None
        if reference is not None and reference.family.kind in ("size", "index", "set"):
            if reference.family.kind == "size" and said.kind not in ("size", "index"):
                raise NotationError(
                    f"{reference.family.tex} is a size",
                    right,
                    "Write \\mathbb{N}, or another symbol.",
                    "fits",
                )
            return
        elaborator = self.elaborator(statement, layers, True)
        term = elaborator.term(symbol)
        wanted = as_number(tuple(self.book.notation.size(size, layers) for size in sizes))
        result.shapes = (show(term.shape),)
        if term.shape != wanted:
            raise NotationError(
                f"{letter_of(symbol)} is {show(term.shape)}, not {show(wanted)}",
                right,
                "The declaration, or what it is made of, says otherwise.",
                "fits",
            )
        self._ranges_known(elaborator)
        if (
            reference is not None
            and reference.family.declared
            and not self.book.is_defined(reference.family)
            and not reference.rest
        ):
            self._hold_set(statement, reference.family, said.domain, right)
            result.verdict = "declares" if result.verdict != "holds" else "holds"
            result.instances += 1
            return
        result.verdict = "holds"
        result.instances += 1
        if len(term.shape) == 4 or said.domain.is_real:
            self.tested |= self._closure(term)
            return
        for evaluator in self.draws(term, searching=True):
            counted = ~evaluator.drawer.of_mode("reals")
            tensor = evaluator(term).tensor.detach()
            family = Family("", (), "value", (), "", said.domain)
            outside = outside_value(family, tensor[counted])
            if outside is None:  # far out, what comes close to an open end is rounded to it
                counted = counted & ordinary(evaluator)
                outside = end_reached(said.domain, tensor[counted])
            if outside is not None:
                raise NotationError(
                    f"this is {outside:.4g} for some values",
                    right,
                    "It is not always in this set.",
                    "holds",
                )

    def _hold_set(self, statement: Statement, family: Family, said: Domain, where: Node) -> None:
        """A symbol lies in the set it was declared in: another one is another declaration of it.

        Raises:
            NotationError: It is another set.
        """
        declared = self.book.declared_sets.get(family.key, family.domain)
        if said == declared or any(
            one.statement.node.start == statement.node.start
            and one.statement.place == statement.place
            and one.statement.own
            for one in self.book.assumed
        ):
            return
        raise NotationError(
            f"{family.tex} is declared to lie in {domain_text(family, declared)}",
            where,
            "Write that set, or another symbol."
            + (
                "" if declared.values else f" For some of its values write: for ${family.tex} > 0$."
            ),
            "fits",
        )

    def _map(self, node: Relation, result: Result) -> None:
        left, kind = node.sides
        reference = self.book.notation.reference(left)
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
        result.verdict = "declares"

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
        if is_numeric(node, self.book.notation):
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


__all__ = ["Binder", "Checker", "MissingValue", "Result"]
