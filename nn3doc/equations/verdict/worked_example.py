"""The numbers of a page's worked example: `W^{[1]} = \\begin{bmatrix} 0.5 & -1 \\\\ … \\end{bmatrix}`.

Numbers for a symbol that nothing defines are given; numbers for any other must be what the
definitions make of those that are given. A decimal is compared to the digits that are shown.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import torch
from torch import Tensor

from nn3doc.equations.evaluate import (
    COMPARE,
    Drawer,
    Evaluator,
    Exact,
    Interval,
    MissingValue,
    UndecidedError,
    related,
    shortest,
)
from nn3doc.equations.meaning import Elaborator, Key, Term
from nn3doc.equations.model import COMPARISONS, PageModel, Statement, is_numeric
from nn3doc.equations.notation import NotationError, Size
from nn3doc.equations.tex import (
    Matrix,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sum,
    bare,
    walk,
    whole_number,
)
from nn3doc.equations.verdict.relations import shown
from nn3doc.equations.verdict.snippet_values import SnippetValues


@dataclass(frozen=True)
class Held:
    """What came of a step with numbers.

    Attributes:
        held: Whether it was compared and holds.
        given: Whether its numbers are the example's.
        message: What is wrong, "" if nothing.
        where: Where.
        notes: More of it.
        instances: How many numbers were compared.
        difference: The largest difference, in units of what the last digit allows.
    """

    held: bool = False
    given: bool = False
    message: str = ""
    where: Node | None = None
    notes: tuple[str, ...] = ()
    instances: int = 0
    difference: float = 0.0


@dataclass
class Numbers:
    """The example's numbers so far, in reading order.

    Attributes:
        book: What the page says.
        sizes: Numbers of sizes.
        let: Those that hold for the page: "let $n = 2$", not "there are $n = 2$ inputs".
        sections: In which section each was given; not where it was for one sentence only.
        values: Numbers of symbols that nothing defines.
        passing: Those of them that hold for one sentence only, and which.
        exact: Those of them that are one number, to fifty digits.
        snippets: What the page's code has assigned: it counts where the text gives no number.
        offset: Where on the page the statement stands.
        unused: Symbols that were given a number which no code confirms, and where.
        used: Those of them that something was worked out from.
    """

    book: PageModel
    sizes: dict[str, int] = field(default_factory=dict)
    let: dict[str, int] = field(default_factory=dict)
    sections: dict[str, int] = field(default_factory=dict)
    values: dict[Key, Tensor] = field(default_factory=dict)
    passing: dict[Key, int] = field(default_factory=dict)
    exact: dict[Key, Interval] = field(default_factory=dict)
    snippets: SnippetValues | None = None
    offset: int = 0
    unused: dict[Key, tuple[Statement, Node]] = field(default_factory=dict)
    used: set[Key] = field(default_factory=set)

    def copy(self, book: PageModel) -> Numbers:
        """The same numbers for another book."""
        return Numbers(
            book,
            dict(self.sizes),
            let=dict(self.let),
            sections=dict(self.sections),
            values=dict(self.values),
            passing=dict(self.passing),
            exact=dict(self.exact),
            snippets=self.snippets,
        )

    def give_size(self, size: Size, number: int, statement: Statement, where: Node) -> None:
        """A size of the example; one that was given for a sentence only may be another later.

        Raises:
            NotationError: The page gives it two numbers.
        """
        names = sorted(size.names)
        if len(names) != 1 or size != Size.of(names[0]):
            return
        name = names[0]
        before = self.sizes.get(name, number)
        if before != number:
            here = self.sections.get(name) == statement.section or name in self.let
            if here and statement.own and statement.mode != "restricts":
                raise NotationError(
                    f"{name} is {before} further above",
                    where,
                    "A size has one number in a section; for one sentence write: for "
                    f"${name} = {number}$.",
                    "holds",
                )
            self.values.clear()
            self.exact.clear()
        self.sizes[name] = number
        if statement.mode != "restricts" and statement.own:
            self.sections[name] = statement.section
            if statement.mode == "introduces" and not statement.in_table:
                self.let[name] = number

    def evaluator(self, extra: Mapping[Key, Tensor] | None = None) -> Evaluator:
        """Works out what follows from the example's numbers, and from nothing else."""
        assigned, sizes = self.snippets.at(self.offset) if self.snippets else ({}, {})
        free = {
            key: value.clone().requires_grad_()
            for key, value in assigned.items()
            if self.book.find(key) is None and key not in self.values
        }
        drawer = Drawer(0, given={**sizes, **self.sizes})
        given = {**free, **self.values, **(extra or {})}
        return Evaluator(
            self.book,
            drawer,
            {key: value[None] for key, value in given.items()},
            only_given=True,
            aliases=lambda key: self.book.alias(key, 10**9),
        )

    def hold(
        self,
        statement: Statement,
        node: Relation,
        place: int,
        known: Term | None,
        layers: dict[str, int],
        sides: Sequence[Term | None] = (),
    ) -> Held:
        """Holds one step of a relation against the example.

        Args:
            statement: The statement.
            node: Its relation.
            place: Which step.
            known: The side with symbols; None where both sides are numbers.
            layers: Values of the concrete indices.
            sides: All sides of the relation; those with numbers only are None.
        """
        left, right = node.sides[place], node.sides[place + 1]
        operator = node.operators[place]
        for name in [n for n, sentence in self.passing.items() if sentence != statement.sentence]:
            self.values.pop(name, None)  # "if $x = 2$" is over with its sentence
            self.exact.pop(name, None)
            del self.passing[name]
        update = operator == "<-"
        if operator in COMPARISONS and (statement.role != "claim" or statement.general):
            if statement.role == "assumption" and statement.mode == "introduces" and known:
                contradicted = self._hold_comparison(left, operator, right, known)
                return contradicted if contradicted.message else Held()
            return Held()
        if operator not in (*COMPARISONS, "=", ":=", "<-", "~"):
            return Held()
        if known is None or (self._is_plain(left) and self._is_plain(right)):
            return self._hold_plain(left, operator, right, sides)
        if operator in COMPARISONS:
            return self._hold_comparison(left, operator, right, known)
        key = known.data if known.operation == "family" and not known.arguments else None
        if not statement.own and (update or key is None or not self._is_free(key)):
            return Held(held=True)  # its own page says whether these numbers follow
        right_is_literal = node.sides[place + 1] is not known.node and self._is_plain(right)
        literal = self._literal(right if right_is_literal else left)
        where = right if right_is_literal else left
        try:
            if update and key is not None:
                found = self.book.find(key, updates=True)
                if found is None:
                    return Held()
                evaluator = self.evaluator()
                value = evaluator(self.book.elaborated(found, key)[0]).tensor[0]
                self.used |= self.unused.keys() & evaluator.asked
            elif key is not None and self._is_free(key):
                if (
                    statement.mode == "concludes"
                    and statement.own
                    and not known.shape
                    and key not in self.values
                ):
                    return Held()  # "then $x = 3$" claims it, where "let $x = 3$" gives it
                return self._give(key, known, literal, where, statement)
            else:
                evaluator = self.evaluator()
                array = evaluator(known)
                self.used |= self.unused.keys() & evaluator.asked
                if array.names:
                    return Held()
                value = array.tensor[0]
        except (MissingValue, KeyError):
            return self._from_snippets(key, known, literal, where, statement)
        decided = self._decided(known, "~" if operator == "~" else "=", where, literal)
        if decided is not None:
            return decided
        scale = _scale(evaluator, known)
        return self._hold((value.detach(), torch.zeros_like(value)), literal, where, scale)

    def _hold_plain(
        self, left: Node, operator: str, right: Node, sides: Sequence[Term | None]
    ) -> Held:
        """A step between plain numbers: `\\frac{1}{3} = 0.33`, also within a chain.

        A rounded number may stand in the middle of a chain, `z^2 = 1.37^2 = 1.88`: what follows
        from it is then either what it gives as written, or what the symbols of the chain give.
        """
        literal = self._literal(right)
        found = self._exact_plain(left, operator, right)
        if found is None:
            if operator in COMPARISONS:
                one = self._literal(left)
                return self._compare_floats(one[0], operator, literal[0], right)
            value = self._literal(left)[0]
            found = self._hold((value, torch.zeros_like(value)), literal, right)
        if found.held or operator in COMPARISONS:
            return found
        for side in sides:
            if side is None or self._is_plain(side.node):
                continue
            try:
                array = self.evaluator()(side)
            except (MissingValue, KeyError):
                continue
            value = array.tensor[0].detach()
            if not array.names and value.shape == literal[0].shape:
                again = self._hold((value, torch.zeros_like(value)), literal, right)
                if again.held:
                    return again
        return found

    def _exact_plain(self, left: Node, operator: str, right: Node) -> Held | None:
        """The same to fifty digits; None where it is not worked out so."""
        exact = Exact(self.book, {}, {})
        plain = _plain(self.book, None)
        try:
            one, two = (exact(plain.term(side)) for side in (left, right))
        except UndecidedError:
            return None
        about = operator == "~"
        rounding = _half_unit(right, about)
        if about or not _half_unit(right, True):  # `1.1 = \log 3` is rounded on its left
            rounding = max(rounding, _half_unit(left, about))
        return self._verdict(one, operator, two, rounding, right)

    def _verdict(
        self, one: Interval, operator: str, two: Interval, rounding: float, where: Node
    ) -> Held:
        value, written = float(one.mid), float(two.mid)
        pair = shortest(one), shortest(two)
        if related(one, operator, two, rounding):
            both, half = (_one(value), _one(written)), _one(rounding)
            if (
                operator in ("=", ":=")
                and rounding
                and bool(_badly_rounded(*both, torch.zeros_like(half), half).any())
            ):
                return _wrong(where, pair[0])
            return Held(held=True, instances=1)
        if pair[0] == pair[1]:
            pair = shortest(one, 50), shortest(two, 50)
        if operator in COMPARISONS:
            return _not_so(pair[0], operator, pair[1], where)
        return _wrong(where, pair[0])

    def _decided(
        self, known: Term, operator: str, where: Node, literal: tuple[Tensor, Tensor]
    ) -> Held | None:
        """A number that follows from the example's, to fifty digits; None where floats must do."""
        single = _half_unit(where, operator == "~")
        if not single and bool((literal[1] > 0).any()):
            return None  # a calculation with rounded numbers
        try:
            value = Exact(self.book, self.exact, self.sizes)(known)
            written = Exact(self.book, {}, {})(_plain(self.book, None).term(where))
        except (UndecidedError, NotationError):
            return None
        return self._verdict(value, operator, written, single, where)

    def _hold_comparison(self, left: Node, operator: str, right: Node, known: Term) -> Held:
        """`a^2 < 3` once the text has given a number for a."""
        literal_first = self._is_plain(left)
        literal = left if literal_first else right
        try:
            value = Exact(self.book, self.exact, self.sizes)(known)
            written = Exact(self.book, {}, {})(_plain(self.book, None).term(literal))
        except (UndecidedError, NotationError):
            pass
        else:
            one, two = (written, value) if literal_first else (value, written)
            return self._verdict(one, operator, two, 0.0, right)
        evaluator = Evaluator(
            self.book,
            Drawer(0, given=dict(self.sizes)),
            {key: value[None] for key, value in self.values.items()},
            only_given=True,
            aliases=lambda key: self.book.alias(key, 10**9),
        )
        try:
            array = evaluator(known)
        except (MissingValue, KeyError):
            return Held()
        if array.names or not evaluator.asked & self.values.keys():
            return Held()
        self.used |= self.unused.keys() & evaluator.asked
        numbers = self._literal(literal)[0]
        worked = array.tensor[0]
        pair = (numbers, worked) if literal_first else (worked, numbers)
        return self._compare_floats(pair[0].detach(), operator, pair[1].detach(), right)

    def _compare_floats(self, one: Tensor, operator: str, two: Tensor, where: Node) -> Held:
        met = COMPARE[operator](*torch.broadcast_tensors(one, two))
        if bool(met.all()):
            return Held(held=True, instances=met.numel())
        place = int((~met).flatten().nonzero()[0])
        left, right = (float(t.flatten()[place]) for t in torch.broadcast_tensors(one, two))
        return _not_so(f"{left:.6g}", operator, f"{right:.6g}", where)

    def _is_plain(self, node: Node) -> bool:
        return is_numeric(node, self.book.notation)

    def _is_free(self, key: Key) -> bool:
        return self.book.find(key) is None

    def _from_snippets(
        self,
        key: Key | None,
        known: Term,
        literal: tuple[Tensor, Tensor],
        where: Node,
        statement: Statement,
    ) -> Held:
        """Numbers that only the code can confirm: what a snippet has assigned.

        Behind words that assume, a number may be chosen for what is defined, too: "with $z = 0$ we
        get …" says nothing of what z is made of. It is so in that sentence.
        """
        assigned, _ = self.snippets.at(self.offset) if self.snippets else ({}, {})
        if key is None:
            return Held()
        if key not in assigned:
            if statement.mode in ("introduces", "restricts"):
                return self._give(key, known, literal, where, statement)
            if self.snippets is not None and statement.own:
                self.unused[key] = (statement, where)
            return Held(given=True)
        value = assigned[key]
        return self._hold((value, 1e-5 * value.abs()), literal, where)

    def _give(
        self,
        key: Key,
        known: Term,
        literal: tuple[Tensor, Tensor],
        where: Node,
        statement: Statement,
    ) -> Held:
        value = literal[0]
        shape = known.shape or ()
        sizes = value.shape if shape else ()
        for size, number in zip(shape, sizes, strict=False):
            names = sorted(size.names)
            if size.number is not None and size.number != number:
                return Held(message=f"{size} expected here, there are {number}", where=where)
            if len(names) == 1 and size == Size.of(names[0]):
                said = self.sizes.setdefault(names[0], number)
                if said != number:
                    return Held(
                        message=f"these are {tuple(value.shape)} numbers",
                        where=where,
                        notes=(
                            f"expected {' × '.join(str(s) for s in shape)}, and "
                            f"{names[0]} = {said} in this example",
                        ),
                    )
        if not shape and value.numel() != 1:
            return Held(message="one number is expected here", where=where)
        low, high = self.book.family(key[0]).domain.low, self.book.family(key[0]).domain.high
        outside = (value < low) | (value > high)
        if bool(outside.any()):
            place = int(outside.flatten().nonzero()[0])
            return Held(
                message=f"{_written(_cell(where, place))} lies outside [{low:g}, {high:g}]",
                where=_cell(where, place),
                notes=(f"{self.book.family(key[0]).tex} is declared to lie there",),
            )
        before = self.values.get(key)
        if before is not None and before.shape == value.shape:
            return self._hold((before.detach(), torch.zeros_like(before)), literal, where)
        self.values[key] = value.clone().requires_grad_()
        if statement.own and (statement.mode == "restricts" or not self._is_free(key)):
            self.passing[key] = statement.sentence
        with contextlib.suppress(UndecidedError, NotationError):
            self.exact[key] = Exact(self.book, {}, {})(_plain(self.book, None).term(where))
        assigned, _ = self.snippets.at(self.offset) if self.snippets else ({}, {})
        if key in assigned and assigned[key].shape == value.shape:
            return self._hold((assigned[key], 1e-5 * assigned[key].abs()), literal, where)
        if statement.own:
            self.unused[key] = (statement, where)
        return Held(given=True)

    def _hold(
        self,
        one: tuple[Tensor, Tensor],
        two: tuple[Tensor, Tensor],
        where: Node,
        scale: float = 0.0,
    ) -> Held:
        value, slack = one[0].detach(), one[1].detach()
        written, rounding = two
        if value.shape != written.shape:
            if written.numel() == 1 and float(written) == 0:
                written, rounding = written.expand_as(value), rounding.expand_as(value)
            else:
                return Held(
                    message=f"these are {_size(written)} numbers, expected {_size(value)}",
                    where=where,
                )
        if not bool(value.isfinite().all() and written.isfinite().all()):
            return Held(message="this is not finite", where=where)
        size = torch.maximum(value.abs(), written.abs()).clamp(min=1e-4 * scale)
        allowed = slack + rounding + 1e-9 * size
        gap = (value - written).abs()
        wrong = ~(gap <= allowed) | _badly_rounded(value, written, slack, rounding)
        if bool(wrong.any()):
            place = int(wrong.flatten().nonzero()[0])
            at = _cell(where, place)
            found = float(value.flatten()[place])
            return _wrong(at, f"{found:.6g}")
        return Held(held=True, instances=value.numel())

    def _literal(self, node: Node, digits: int = 0) -> tuple[Tensor, Tensor]:
        """The numbers that are written, and how far each may be off by rounding.

        Args:
            node: Numbers, or a calculation with numbers.
            digits: Digits behind the point of what the calculation is to give: a number with fewer
                is exact.
        """
        node = bare(node)
        if isinstance(node, Matrix) and all(cell is not None for row in node.rows for cell in row):
            rows = [[self._literal(cell, digits) for cell in row if cell] for row in node.rows]
            values = [[float(value) for value, _ in row] for row in rows]
            slacks = [[float(slack) for _, slack in row] for row in rows]
            for row in rows:
                if len(row) != len(rows[0]):
                    message = f"this row has {len(row)} cells, the first has {len(rows[0])}"
                    raise NotationError(message, node, "Rows have one length.", "fits")
            return (
                torch.tensor(values, dtype=torch.float64),
                torch.tensor(slacks, dtype=torch.float64),
            )
        single = node.terms[0] if isinstance(node, Sum) and len(node.terms) == 1 else node
        if isinstance(single, Number):
            sign = node.signs[0] if isinstance(node, Sum) else 1
            rounding = _half_unit(single, False)
            return _one(sign * float(single.text)), _one(rounding)
        if _half_unit(node, False):
            return self._worked(node, None), _one(_half_unit(node, False))
        return self._expression(node, digits)

    def _expression(self, node: Node, digits: int) -> tuple[Tensor, Tensor]:
        """A calculation with plain numbers: a decimal of three digits and more may be rounded."""
        value = self._worked(node, None)
        slack = torch.zeros_like(value)
        exact = {
            round(abs(float(number)), 12)
            for tensor in self.values.values()
            for number in tensor.detach().flatten()
        }
        for number in walk(node):
            if not isinstance(number, Number) or (number.decimals or 0) < max(digits, 3):
                continue
            if round(float(number.text), 12) in exact:
                continue
            moved = float(number.text) + 0.5 * 10.0 ** -(number.decimals or 0)
            slack = slack + (self._worked(node, (number, moved)) - value).abs()
        return value, slack

    def _worked(self, node: Node, moved: tuple[Number, float] | None) -> Tensor:
        elaborator = _plain(self.book, moved)
        evaluator = Evaluator(self.book, Drawer(0, given={}), only_given=True)
        return evaluator(elaborator.term(node)).tensor[0]


def _plain(book: PageModel, moved: tuple[Number, float] | None) -> Elaborator:
    """Reads numbers as they are written, one of them moved."""

    def as_written(number: Number) -> float:
        return moved[1] if moved is not None and number is moved[0] else float(number.text)

    return Elaborator(book, {}, "number", numeral=as_written)


def _half_unit(node: Node, whole: bool) -> float:
    """Half a unit of the last digit of a rounded number, `1.37` or `1.37 \\cdot 10^{-3}`; else 0.

    Args:
        node: What is written.
        whole: Whether a whole number may be rounded, too.
    """
    node = bare(node)
    if isinstance(node, Sum) and len(node.terms) == 1:
        node = bare(node.terms[0])
    power = 0
    if isinstance(node, Product) and node.operation in ("cdot", "times") and len(node.factors) == 2:
        found = _power_of_ten(node.factors[1])
        if found is None:
            return 0.0
        node, power = node.factors[0], found
    if not isinstance(node, Number) or not (node.decimals or whole):
        return 0.0
    return 0.5 * 10.0 ** (power - (node.decimals or 0))


def _power_of_ten(node: Node) -> int | None:
    if not isinstance(node, Scripted) or node.sub or len(node.marks) != 1:
        return None
    base, mark = node.base, node.marks[0]
    if not isinstance(base, Number) or base.text != "10" or mark.kind != "power" or not mark.value:
        return None
    return whole_number(mark.value)


def _scale(evaluator: Evaluator, term: Term) -> float:
    """How large the parts of a sum are before they cancel: 0.3 - 0.1 - 0.2 is 0 up to rounding."""
    if term.operation != "add":
        return 0.0
    return max(float(evaluator(part).tensor.detach().abs().max()) for part in term.arguments)


def _wrong(where: Node, found: str) -> Held:
    """A number that is not what it should be."""
    return Held(
        message=f"{_written(where)} stands here, it is {found}",
        where=where,
        notes=("worked out from the numbers of this page",),
    )


def _not_so(left: str, operator: str, right: str, where: Node) -> Held:
    return Held(
        message=f"this is not so for the numbers of this page: {left} {shown(operator)} {right}",
        where=where,
        notes=("If all values are meant, write so: for all $…$.",),
    )


def _badly_rounded(value: Tensor, written: Tensor, slack: Tensor, rounding: Tensor) -> Tensor:
    """Where an exact half was rounded to neither of the two that are in use: up, or to even."""
    gap = (value - written).abs()
    half = (rounding > 0) & (slack == 0) & ((gap - rounding).abs() <= rounding * 1e-6)
    for place in half.flatten().nonzero().flatten().tolist():
        exact = Decimal(f"{float(value.flatten()[place]):.12g}")
        unit = Decimal(f"{2 * float(rounding.flatten()[place]):.12g}")
        shown = Decimal(f"{float(written.flatten()[place]):.12g}")
        allowed = {exact.quantize(unit, ROUND_HALF_UP), exact.quantize(unit, ROUND_HALF_EVEN)}
        half.view(-1)[place] = shown not in allowed
    return half


def _digits(node: Node) -> int:
    """The most digits behind the point among the numbers of an expression."""
    return max((n.decimals or 0 for n in walk(node) if isinstance(n, Number)), default=0)


def _one(value: float) -> Tensor:
    return torch.full((1, 1), value, dtype=torch.float64)


def _size(tensor: Tensor) -> str:
    return " × ".join(str(size) for size in tensor.shape[-2:])


def _cell(node: Node, place: int) -> Node:
    node = bare(node)
    if isinstance(node, Matrix):
        cells = [cell for row in node.rows for cell in row if cell is not None]
        return cells[place] if place < len(cells) else node
    return node


def _written(node: Node) -> str:
    node = bare(node)
    if isinstance(node, Sum) and len(node.terms) == 1 and isinstance(node.terms[0], Number):
        return ("-" if node.signs[0] < 0 else "") + node.terms[0].text
    return node.text if isinstance(node, Number) else "another number"


__all__ = ["Held", "NotationError", "Numbers"]
