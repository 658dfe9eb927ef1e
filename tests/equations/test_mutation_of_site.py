"""Every single mistake in an equation or in the code of the lesson is caught."""

from pathlib import Path

import pytest

from nn3doc.equations.check import inspect_with_code
from nn3doc.equations.mutate import mutate_page, read_explained
from nn3doc.equations.mutate_code import mutate_modules
from nn3doc.site.mutation import SURVIVORS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
EXPLAINED = read_explained(SURVIVORS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_mistake_in_a_page_survives(page: Path) -> None:
    found = inspect_with_code(page)
    assert found.report.ok
    assert mutate_page(found, str(page), EXPLAINED).survivors == []


def test_no_mistake_in_the_code_survives() -> None:
    checked = {str(page): inspect_with_code(page) for page in PAGES}
    tally = mutate_modules(["nn3doc.network"], checked, EXPLAINED)
    assert tally.survivors == []
    assert len(tally.mutants) > 150


def test_an_explanation_is_of_a_page_that_is_there() -> None:
    names = {page.name for page in PAGES} | {"nn3doc.network"}
    assert {entry["page"] for entry in EXPLAINED} <= names
