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

PAGE_END = 10**9  # an `order` behind all that a page says


@dataclass(frozen=True)
class ExampleOutcome:
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
class WorkedExample:
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
    unused: dict[Key, tuple[Statement, Node]] = field(default_factory=dict)
    used: set[Key] = field(default_factory=set)

    def copy(self, book: PageModel) -> WorkedExample:
        """The same numbers for another book."""
        return WorkedExample(
            book,
            dict(self.sizes),
            let=dict(self.let),
            sections=dict(self.sections),
            values=dict(self.values),
            passing=dict(self.passing),
            exact=dict(self.exact),
            snippets=self.snippets,
        )

    def assigned(self, offset: int) -> tuple[Mapping[Key, Tensor], Mapping[str, int]]:
        """What the page's code has assigned above an offset: values of symbols, and sizes."""
        return self.snippets.at(offset) if self.snippets else ({}, {})

    def evaluator(self, offset: int = 0) -> Evaluator:
        """Works out what follows from the example's numbers above an offset, and from nothing else."""
        assigned, sizes = self.assigned(offset)
        free = {
            key: value.clone().requires_grad_()
            for key, value in assigned.items()
            if self.book.find(key) is None and key not in self.values
        }
        return _evaluator(self.book, {**free, **self.values}, {**sizes, **self.sizes})


def _evaluator(
    book: PageModel, values: Mapping[Key, Tensor], sizes: Mapping[str, int]
) -> Evaluator:
    return Evaluator(
        book,
        Drawer(0, given=dict(sizes)),
        {key: value[None] for key, value in values.items()},
        only_given=True,
        aliases=lambda key: book.alias(key, PAGE_END),
    )


def give_size(
    example: WorkedExample, size: Size, number: int, statement: Statement, where: Node
) -> None:
    """A size of the example; one that was given for a sentence only may be another later.

    Raises:
        NotationError: The page gives it two numbers.
    """
    names = sorted(size.names)
    if len(names) != 1 or size != Size.of(names[0]):
        return
    name = names[0]
    before = example.sizes.get(name, number)
    if before != number:
        here = example.sections.get(name) == statement.section or name in example.let
        if here and statement.own and statement.mode != "restricts":
            raise NotationError(
                f"{name} is {before} further above",
                where,
                "A size has one number in a section; for one sentence write: for "
                f"${name} = {number}$.",
                "holds",
            )
        example.values.clear()
        example.exact.clear()
    example.sizes[name] = number
    if statement.mode != "restricts" and statement.own:
        example.sections[name] = statement.section
        if statement.mode == "introduces" and not statement.in_table:
            example.let[name] = number


@dataclass(frozen=True, eq=False)
class _Step:
    """A step of a relation that is compared with the example.

    Attributes:
        example: The example.
        statement: The statement.
        offset: Where on the page it stands.
        left: One side.
        operator: The relation.
        right: The other side.
        known: The side with symbols; None where both sides are numbers.
    """

    example: WorkedExample
    statement: Statement
    offset: int
    left: Node
    operator: str
    right: Node
    known: Term | None

    def is_plain(self, node: Node) -> bool:
        """Whether a side is made of numbers only."""
        return is_numeric(node, self.example.book.notation)

    def note_used(self, evaluator: Evaluator) -> None:
        """Something was worked out from numbers that were given."""
        self.example.used.update(self.example.unused.keys() & evaluator.asked)


def hold_example(
    example: WorkedExample,
    statement: Statement,
    offset: int,
    node: Relation,
    place: int,
    known: Term | None,
    sides: Sequence[Term | None] = (),
) -> ExampleOutcome:
    """Compares one step of a relation with the example.

    Args:
        example: The example; it takes the numbers that the step gives.
        statement: The statement.
        offset: Where on the page it stands.
        node: Its relation.
        place: Which step.
        known: The side with symbols; None where both sides are numbers.
        sides: All sides of the relation; those with numbers only are None.
    """
    for key in [n for n, sentence in example.passing.items() if sentence != statement.sentence]:
        example.values.pop(key, None)  # "if $x = 2$" is over with its sentence
        example.exact.pop(key, None)
        del example.passing[key]
    operator = node.operators[place]
    step = _Step(
        example, statement, offset, node.sides[place], operator, node.sides[place + 1], known
    )
    if operator in COMPARISONS and (statement.role != "claim" or statement.general):
        if statement.role == "assumption" and statement.mode == "introduces" and known:
            contradicted = _hold_comparison(step, known)
            return contradicted if contradicted.message else ExampleOutcome()
        return ExampleOutcome()
    if operator not in (*COMPARISONS, "=", ":=", "<-", "~"):
        return ExampleOutcome()
    if known is None or (step.is_plain(step.left) and step.is_plain(step.right)):
        return _hold_plain(step, sides)
    if operator in COMPARISONS:
        return _hold_comparison(step, known)
    return _hold_value(step, known)


def _hold_value(step: _Step, known: Term) -> ExampleOutcome:
    """Numbers that stand for a symbol, or for what is made of symbols: given, or to be so."""
    example, statement = step.example, step.statement
    key = known.data if known.operation == "family" and not known.arguments else None
    update = step.operator == "<-"
    free = key is not None and example.book.find(key) is None
    if not statement.own and (update or not free):
        return ExampleOutcome(held=True)  # its own page says whether these numbers follow
    last = step.right is not known.node and step.is_plain(step.right)
    where = step.right if last else step.left
    literal = _literal(example, where)
    try:
        if update and key is not None:
            found = example.book.find(key, updates=True)
            if found is None:
                return ExampleOutcome()
            evaluator = example.evaluator(step.offset)
            value = evaluator(example.book.elaborated(found, key)[0]).tensor[0]
            step.note_used(evaluator)
        elif key is not None and free:
            claimed = statement.mode == "concludes" and statement.own and not known.shape
            if claimed and key not in example.values:
                return ExampleOutcome()  # "then $x = 3$" claims it, where "let $x = 3$" gives it
            return _give(step, key, known, literal, where)
        else:
            evaluator = example.evaluator(step.offset)
            array = evaluator(known)
            step.note_used(evaluator)
            if array.names:
                return ExampleOutcome()
            value = array.tensor[0]
    except (MissingValue, KeyError):
        return _from_snippets(step, key, known, literal, where)
    decided = _decided(step, known, where, literal)
    if decided is not None:
        return decided
    scale = _scale(evaluator, known)
    return _hold((value.detach(), torch.zeros_like(value)), literal, where, scale)


def _hold_plain(step: _Step, sides: Sequence[Term | None]) -> ExampleOutcome:
    """A step between plain numbers: `\\frac{1}{3} = 0.33`, also within a chain.

    A rounded number may stand in the middle of a chain, `z^2 = 1.37^2 = 1.88`: what follows
    from it is then either what it gives as written, or what the symbols of the chain give.
    """
    example, operator, right = step.example, step.operator, step.right
    literal = _literal(example, right)
    found = _exact_plain(example.book, step.left, operator, right)
    if found is None:
        value = _literal(example, step.left)[0]
        if operator in COMPARISONS:
            return _compare_floats(value, operator, literal[0], right)
        found = _hold((value, torch.zeros_like(value)), literal, right)
    if found.held or operator in COMPARISONS:
        return found
    for side in sides:
        if side is None or step.is_plain(side.node):
            continue
        try:
            array = example.evaluator(step.offset)(side)
        except (MissingValue, KeyError):
            continue
        value = array.tensor[0].detach()
        if not array.names and value.shape == literal[0].shape:
            again = _hold((value, torch.zeros_like(value)), literal, right)
            if again.held:
                return again
    return found


def _exact_plain(book: PageModel, left: Node, operator: str, right: Node) -> ExampleOutcome | None:
    """The same to fifty digits; None where it is not worked out so."""
    try:
        one, two = (_exact(book, side) for side in (left, right))
    except UndecidedError:
        return None
    about = operator == "~"
    rounding = _half_unit(right, about)
    if about or not _half_unit(right, True):  # `1.1 = \\log 3` is rounded on its left
        rounding = max(rounding, _half_unit(left, about))
    return _verdict(one, operator, two, rounding, right)


def _exact(book: PageModel, node: Node) -> Interval:
    """Numbers as they are written, to fifty digits.

    Raises:
        UndecidedError: They are not worked out so.
    """
    return Exact(book, {}, {})(_plain(book, None).term(node))


def _verdict(
    one: Interval, operator: str, two: Interval, rounding: float, where: Node
) -> ExampleOutcome:
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
        return ExampleOutcome(held=True, instances=1)
    if pair[0] == pair[1]:
        pair = shortest(one, 50), shortest(two, 50)
    if operator in COMPARISONS:
        return _not_so(pair[0], operator, pair[1], where)
    return _wrong(where, pair[0])


def _decided(
    step: _Step, known: Term, where: Node, literal: tuple[Tensor, Tensor]
) -> ExampleOutcome | None:
    """A number that follows from the example's, to fifty digits; None where floats must do."""
    example, operator = step.example, "~" if step.operator == "~" else "="
    single = _half_unit(where, operator == "~")
    if not single and bool((literal[1] > 0).any()):
        return None  # a calculation with rounded numbers
    try:
        value = Exact(example.book, example.exact, example.sizes)(known)
        written = _exact(example.book, where)
    except (UndecidedError, NotationError):
        return None
    return _verdict(value, operator, written, single, where)


def _hold_comparison(step: _Step, known: Term) -> ExampleOutcome:
    """`a^2 < 3` once the text has given a number for a."""
    example, operator, right = step.example, step.operator, step.right
    literal_first = step.is_plain(step.left)
    literal = step.left if literal_first else right
    try:
        value = Exact(example.book, example.exact, example.sizes)(known)
        written = _exact(example.book, literal)
    except (UndecidedError, NotationError):
        pass
    else:
        one, two = (written, value) if literal_first else (value, written)
        return _verdict(one, operator, two, 0.0, right)
    evaluator = _evaluator(example.book, example.values, example.sizes)
    try:
        array = evaluator(known)
    except (MissingValue, KeyError):
        return ExampleOutcome()
    if array.names or not evaluator.asked & example.values.keys():
        return ExampleOutcome()
    step.note_used(evaluator)
    numbers = _literal(example, literal)[0]
    worked = array.tensor[0]
    pair = (numbers, worked) if literal_first else (worked, numbers)
    return _compare_floats(pair[0].detach(), operator, pair[1].detach(), right)


def _compare_floats(one: Tensor, operator: str, two: Tensor, where: Node) -> ExampleOutcome:
    met = COMPARE[operator](*torch.broadcast_tensors(one, two))
    if bool(met.all()):
        return ExampleOutcome(held=True, instances=met.numel())
    place = int((~met).flatten().nonzero()[0])
    left, right = (float(t.flatten()[place]) for t in torch.broadcast_tensors(one, two))
    return _not_so(f"{left:.6g}", operator, f"{right:.6g}", where)


def _from_snippets(
    step: _Step, key: Key | None, known: Term, literal: tuple[Tensor, Tensor], where: Node
) -> ExampleOutcome:
    """Numbers that only the code can confirm: what a snippet has assigned.

    Behind words that assume, a number may be chosen for what is defined, too: "with $z = 0$ we
    get …" says nothing of what z is made of. It is so in that sentence.
    """
    example, statement = step.example, step.statement
    if key is None:
        return ExampleOutcome()
    value = example.assigned(step.offset)[0].get(key)
    if value is not None:
        return _hold((value, 1e-5 * value.abs()), literal, where)
    if statement.mode in ("introduces", "restricts"):
        return _give(step, key, known, literal, where)
    if example.snippets is not None and statement.own:
        example.unused[key] = (statement, where)
    return ExampleOutcome(given=True)


def _give(
    step: _Step, key: Key, known: Term, literal: tuple[Tensor, Tensor], where: Node
) -> ExampleOutcome:
    """Numbers that are the example's from here on, unless they cannot be the symbol's."""
    example, statement, value = step.example, step.statement, literal[0]
    misfit = _misfit(example, key, known, value, where)
    if misfit is not None:
        return misfit
    before = example.values.get(key)
    if before is not None and before.shape == value.shape:
        return _hold((before.detach(), torch.zeros_like(before)), literal, where)
    example.values[key] = value.clone().requires_grad_()
    if statement.own and (statement.mode == "restricts" or example.book.find(key) is not None):
        example.passing[key] = statement.sentence
    with contextlib.suppress(UndecidedError, NotationError):
        example.exact[key] = _exact(example.book, where)
    assigned = example.assigned(step.offset)[0].get(key)
    if assigned is not None and assigned.shape == value.shape:
        return _hold((assigned, 1e-5 * assigned.abs()), literal, where)
    if statement.own:
        example.unused[key] = (statement, where)
    return ExampleOutcome(given=True)


def _misfit(
    example: WorkedExample, key: Key, known: Term, value: Tensor, where: Node
) -> ExampleOutcome | None:
    """Why numbers cannot be a symbol's; the sizes that they show are the example's."""
    shape = known.shape or ()
    sizes = value.shape if shape else ()
    for size, number in zip(shape, sizes, strict=False):
        names = sorted(size.names)
        if size.number is not None and size.number != number:
            return ExampleOutcome(message=f"{size} expected here, there are {number}", where=where)
        if len(names) == 1 and size == Size.of(names[0]):
            said = example.sizes.setdefault(names[0], number)
            if said != number:
                return ExampleOutcome(
                    message=f"these are {tuple(value.shape)} numbers",
                    where=where,
                    notes=(
                        f"expected {' × '.join(str(s) for s in shape)}, and "
                        f"{names[0]} = {said} in this example",
                    ),
                )
    if not shape and value.numel() != 1:
        return ExampleOutcome(message="one number is expected here", where=where)
    family = example.book.family(key[0])
    low, high = family.domain.low, family.domain.high
    outside = (value < low) | (value > high)
    if bool(outside.any()):
        place = int(outside.flatten().nonzero()[0])
        return ExampleOutcome(
            message=f"{_written(_cell(where, place))} lies outside [{low:g}, {high:g}]",
            where=_cell(where, place),
            notes=(f"{family.tex} is declared to lie there",),
        )
    return None


def _hold(
    one: tuple[Tensor, Tensor],
    two: tuple[Tensor, Tensor],
    where: Node,
    scale: float = 0.0,
) -> ExampleOutcome:
    """Compares two values, each with how far it may be off by rounding."""
    value, slack = one[0].detach(), one[1].detach()
    written, rounding = two
    if value.shape != written.shape:
        if written.numel() == 1 and float(written) == 0:
            written, rounding = written.expand_as(value), rounding.expand_as(value)
        else:
            return ExampleOutcome(
                message=f"these are {_size(written)} numbers, expected {_size(value)}",
                where=where,
            )
    if not bool(value.isfinite().all() and written.isfinite().all()):
        return ExampleOutcome(message="this is not finite", where=where)
    size = torch.maximum(value.abs(), written.abs()).clamp(min=1e-4 * scale)
    allowed = slack + rounding + 1e-9 * size
    gap = (value - written).abs()
    wrong = ~(gap <= allowed) | _badly_rounded(value, written, slack, rounding)
    if bool(wrong.any()):
        place = int(wrong.flatten().nonzero()[0])
        at = _cell(where, place)
        found = float(value.flatten()[place])
        return _wrong(at, f"{found:.6g}")
    return ExampleOutcome(held=True, instances=value.numel())


def _literal(example: WorkedExample, node: Node) -> tuple[Tensor, Tensor]:
    """The numbers that are written, and how far each may be off by rounding.

    Args:
        example: The example: a number that it gives is exact.
        node: Numbers, or a calculation with numbers.
    """
    node = bare(node)
    if isinstance(node, Matrix) and all(cell is not None for row in node.rows for cell in row):
        rows = [[_literal(example, cell) for cell in row if cell] for row in node.rows]
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
        return _worked(example.book, node, None), _one(_half_unit(node, False))
    return _expression(example, node)


def _expression(example: WorkedExample, node: Node) -> tuple[Tensor, Tensor]:
    """A calculation with plain numbers: a decimal of three digits and more may be rounded."""
    value = _worked(example.book, node, None)
    slack = torch.zeros_like(value)
    exact = {
        round(abs(float(number)), 12)
        for tensor in example.values.values()
        for number in tensor.detach().flatten()
    }
    for number in walk(node):
        if not isinstance(number, Number) or (number.decimals or 0) < 3:
            continue
        if round(float(number.text), 12) in exact:
            continue
        moved = float(number.text) + 0.5 * 10.0 ** -(number.decimals or 0)
        slack = slack + (_worked(example.book, node, (number, moved)) - value).abs()
    return value, slack


def _worked(book: PageModel, node: Node, moved: tuple[Number, float] | None) -> Tensor:
    elaborator = _plain(book, moved)
    evaluator = Evaluator(book, Drawer(0, given={}), only_given=True)
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


def _wrong(where: Node, found: str) -> ExampleOutcome:
    """A number that is not what it should be."""
    return ExampleOutcome(
        message=f"{_written(where)} stands here, it is {found}",
        where=where,
        notes=("worked out from the numbers of this page",),
    )


def _not_so(left: str, operator: str, right: str, where: Node) -> ExampleOutcome:
    return ExampleOutcome(
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
