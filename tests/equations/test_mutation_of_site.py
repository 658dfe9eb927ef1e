"""Every single mistake in an equation or in the code of the lesson is caught."""

import json
from pathlib import Path

import pytest

from nn3doc.equations.check import inspect_with_code
from nn3doc.equations.mistakes.mutate import mutate_page, read_explained
from nn3doc.equations.mistakes.mutate_code import BrokenTestsError, mutate_modules
from nn3doc.site.checks.mutation import FILE, MODULE, SURVIVORS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
EXPLAINED = read_explained(SURVIVORS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_mistake_in_a_page_survives(page: Path) -> None:
    found = inspect_with_code(page)
    assert found.report.ok
    assert mutate_page(found, str(page), EXPLAINED).survivors == []


def test_no_mistake_in_the_code_survives() -> None:
    """What no page catches, a test does: that was tried when `mutation.json` was written."""
    checked = {str(page): inspect_with_code(page) for page in PAGES}
    tally = mutate_modules([MODULE], checked, EXPLAINED)
    tested = {tuple(entry[:2]) for entry in json.loads(FILE.read_text(encoding="utf-8"))["tested"]}
    survivors = {(one.original, one.mutated) for one in tally.survivors}
    assert survivors - tested == set()
    assert len(tally.mutants) > 300


RIGHT = """
def doubled(x: float) -> float:
    y = x + x
    return y
"""


def test_tests_are_asked_in_a_process_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_the_author.py").write_text(RIGHT, encoding="utf-8")
    test = tmp_path / "test_of_the_author.py"
    test.write_text(
        "from of_the_author import doubled\n\ndef test_it() -> None:\n    assert doubled(3) == 6\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    mutants = mutate_modules(["of_the_author"], {}, [], [test]).mutants
    fates = {one.mutated: one.fate for one in mutants}
    assert fates["y = x - x"] == "caught"
    assert fates["y = (x + x).round()"] == "caught"  # a number has no such method
    assert {one.by for one in mutants} == {"test_of_the_author.py::test_it"}
    test.write_text("def test_it() -> None:\n    pass\n", encoding="utf-8")
    assert {one.fate for one in mutate_modules(["of_the_author"], {}, [], [test]).mutants} == {
        "survived"
    }
    test.write_text("def test_it() -> None:\n    assert False\n", encoding="utf-8")
    with pytest.raises(
        BrokenTestsError, match="fail without a mistake: test_of_the_author.py::test"
    ):
        mutate_modules(["of_the_author"], {}, [], [test])


def test_an_explanation_is_of_a_page_that_is_there() -> None:
    names = {page.name for page in PAGES} | {MODULE}
    assert {entry["page"] for entry in EXPLAINED} <= names
