r"""The table of operations, the value rules, the readers, mutations and documents are one set."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from nn3doc.equations.evaluate import rules
from nn3doc.equations.evaluate.evaluator import RULES, value_rule
from nn3doc.equations.meaning import FUNCTIONS_OF_NUMBERS, OPERATIONS, Operation, operation_of
from nn3doc.equations.meaning.calls import BUILT_IN
from nn3doc.equations.meaning.terms import Term
from nn3doc.equations.mistakes.edits import edits
from nn3doc.equations.tex.tokens import FUNCTIONS
from nn3doc.equations.verdict import Checked, assignments, reader
from tests.equations.test_twins import pages

EQUATIONS = Path(rules.__file__).parents[1]
# What is read as something else, or refused with a cure: no operation of its own.
READ_OTHERWISE = {"argmax", "argmin", "vec", "max", "min", "tr", "det", "diag"}


def test_every_operation_has_one_value_rule_and_no_rule_is_without_a_row() -> None:
    assert RULES.keys() == OPERATIONS.keys()


def test_functions_of_numbers_are_those_of_the_table() -> None:
    assert rules.FUNCTIONS.keys() == FUNCTIONS_OF_NUMBERS
    assert BUILT_IN >= FUNCTIONS_OF_NUMBERS
    words = {row.word for row in OPERATIONS.values() if row.word} - {"abs"}  # |x|
    assert words | READ_OTHERWISE == FUNCTIONS | {"sqrt"}


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
    names = set(re.findall(r'Term\(\s*"(\w+)"', text)) - {"apply", "extreme"}
    return names


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
