r"""The table of operations, the value rules, the readers, mutations and documents are one set."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from nn3doc.equations.evaluate import rules
from nn3doc.equations.evaluate.evaluator import RULES, value_rule
from nn3doc.equations.meaning import (
    FUNCTIONS_OF_NUMBERS,
    OPERATIONS,
    Operation,
    operation_of,
    readings,
)
from nn3doc.equations.meaning.calls import BUILT_IN
from nn3doc.equations.meaning.context import READINGS, Context, reading
from nn3doc.equations.meaning.terms import Index, Term
from nn3doc.equations.mistakes.edits import edits
from nn3doc.equations.notation import ONE, NotationError
from nn3doc.equations.page import inspect_page
from nn3doc.equations.tex import Fraction, Name, Node, tree
from nn3doc.equations.tex.tokens import FUNCTIONS
from nn3doc.equations.verdict import Checked, assignments, reader
from tests.equations.test_twins import pages

EQUATIONS = Path(rules.__file__).parents[1]
# What is read as something else, or refused with a cure: no operation of its own.
# What stands in expressions or statements and has no value of its own.
NO_EXPRESSIONS = set(
    "Text Dots Colon Mark Set Binder Sequence Listing MapType Relation Condition Formula".split()
)
READ_OTHERWISE = {"argmax", "argmin", "vec", "max", "min", "tr", "det", "diag"}


def test_every_operation_has_one_value_rule_and_no_rule_is_without_a_row() -> None:
    assert RULES.keys() == OPERATIONS.keys()


def test_functions_of_numbers_are_those_of_the_table() -> None:
    assert rules.FUNCTIONS.keys() == FUNCTIONS_OF_NUMBERS
    assert BUILT_IN >= FUNCTIONS_OF_NUMBERS
    words = FUNCTIONS_OF_NUMBERS - {"abs"}  # |x|
    assert words | READ_OTHERWISE == FUNCTIONS | {"sqrt"}


def test_every_kind_of_node_has_one_reading_or_is_no_expression() -> None:
    kinds = {kind for kind in vars(tree).values() if isinstance(kind, type) and kind is not Node}
    nodes = {kind for kind in kinds if issubclass(kind, Node)}
    assert {kind.__name__ for kind in nodes - READINGS.keys()} == NO_EXPRESSIONS
    modules = {module.__name__ for module in readings.MODULES}
    assert {function.__module__ for function in READINGS.values()} == modules
    with pytest.raises(KeyError, match="Fraction"):  # it has one already
        reading(Fraction)(READINGS[Fraction])


def test_behind_a_scope_all_is_as_before_also_after_an_error() -> None:
    book = inspect_page(r"Let $x \in \mathbb{R}$. Then $x = x$.", code=False).book
    context = Context(book, {"l": 1, "k": 2})
    index = Index("i#1", "i", None, Name(0, 1, "i"))
    before = (context.bound, context.layers, context.room)
    inside = []

    def fails() -> None:
        with (
            context.binding(index),
            context.hiding("l"),
            context.choosing("k", 3),
            context.sizing((ONE, None)),
        ):
            inside.append((context.bound, context.layers, context.room))
            raise NotationError("none", index.node)

    with pytest.raises(NotationError):
        fails()
    assert inside == [({"i": index}, {"k": 3}, (ONE, None))]
    assert (context.bound, context.layers, context.room) == before


def test_a_rule_for_what_the_table_lacks_is_refused() -> None:
    with pytest.raises(KeyError, match="expectation"):
        value_rule("expectation")(RULES["add"])
    with pytest.raises(KeyError, match="add"):  # it has one already
        value_rule("add")(RULES["add"])


def test_what_nobody_says_of_an_operation_is_the_careful_answer() -> None:
    row = Operation("new")
    assert (row.entrywise, row.degree, row.joined_by) == (False, None, "")
    assert row.rounded


def made_by_readers() -> set[str]:
    """The names of operations for which the readers make terms."""
    text = "".join(path.read_text(encoding="utf-8") for path in EQUATIONS.rglob("*.py"))
    return set(re.findall(r'(?:Term|term_of)\(\s*"(\w+)"', text))


def test_readers_make_terms_of_the_table_only() -> None:
    by_name = {"maximum", "minimum", "sum", "prod", "max", "min", "trace", "determinant"}
    assert made_by_readers() <= OPERATIONS.keys()
    assert OPERATIONS.keys() <= made_by_readers() | FUNCTIONS_OF_NUMBERS | by_name


def documented() -> Iterator[Checked]:
    """The pages of documented constructs: the examples that pass, and those of the tests."""
    for page in pages().values():
        yield page.check(page.text)


def operations_of(checked: Checked) -> Iterator[tuple[Term, int]]:
    """The terms of a page's statements, with the number of the formula they stand in."""
    book, draws = checked.book, checked.checker.at_end()
    for statement in book.statements:
        if not statement.own:
            continue
        try:
            for layers in assignments(book, statement):
                elaborator = reader(book, statement, layers, False)
                sides = getattr(statement.node, "sides", (statement.node,))
                for side in sides:
                    for term in draws.below(elaborator.term(side)):
                        yield term, statement.place
        except Exception:
            continue  # a declaration, or numbers: no term


def test_every_operation_is_documented_and_mutated() -> None:
    met: set[str] = set()
    changed: set[str] = set()
    for checked in documented():
        with_edits = {
            place
            for place, equation in enumerate(checked.checker.equations)
            if edits(equation.tex, checked.book.notation)
        }
        for term, place in operations_of(checked):
            name = operation_of(term).name
            met.add(name)
            if place in with_edits:
                changed.add(name)
    assert OPERATIONS.keys() - met == set()
    assert OPERATIONS.keys() - changed == set()


ENTRYWISE = [row.name for row in OPERATIONS.values() if row.word]


@pytest.mark.parametrize("name", ENTRYWISE)
def test_functions_of_numbers_work_entry_by_entry_and_elsewhere_as_torch_says(name: str) -> None:
    point = torch.tensor([[0.3, 0.7], [0.2, 0.9]], dtype=torch.float64, requires_grad=True)
    value = rules.FUNCTIONS[name](point)
    jacobian = torch.autograd.functional.jacobian(rules.FUNCTIONS[name], point)
    off = jacobian.reshape(4, 4) - torch.diag(jacobian.reshape(4, 4).diagonal())
    assert value.shape == point.shape
    assert bool((off == 0).all())
    assert OPERATIONS[name].entrywise


def test_the_table_stands_in_one_place() -> None:
    listed = re.compile(r'"[^"]*\b(?:sinh|arctan)\b[^"]*\b(?:cosh|arcsin)\b[^"]*"')
    found = [
        path.name
        for path in EQUATIONS.rglob("*.py")
        if listed.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["tokens.py"]  # which spells the control words, without what they mean
