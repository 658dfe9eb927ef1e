r"""Every documented construct has a wrong twin: the same line with one mistake, which is refused.

The constructs are the examples of docs/check-your-own.md that pass, and the pages in `constructs`.
A row of `twins.toml` is a twin of one of their formulas:

    [[twin]]
    page = 'Products'                      # the heading that the example stands under
    right = '(A B)^T = B^T A^T'            # as it is written there
    wrong = '(A B)^T = A^T B^T'
    message = 'the two sides differ'       # the first one

A twin is to be refused for what it says. Only where the construct is about reading may it be refused
as not readable; such a row has `reading = true`. `python -m tests.equations.test_twins` proposes twins
for formulas that have none, and fills in each `message = '?'`; then read them.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nn3doc.equations.examples import examples
from nn3doc.equations.mistakes.edits import edits
from nn3doc.equations.page import inspect_page
from nn3doc.equations.report.findings import Equation, Finding
from nn3doc.equations.sources import Source, table_spans
from nn3doc.equations.verdict.checked import Checked
from tests.equations import test_constructs

DOCS = Path(__file__).parents[2] / "docs"
TWINS = Path(__file__).with_name("twins.toml")
# What states something, and could therefore be wrong: not what only says where a letter lives.
STATES = re.compile(r"[=<>]|\\(?:ge|le|ne|approx|leftarrow|succ)(?![a-z])")
ONLY_DECLARES = re.compile(
    r"[^=]*\\in(?![a-z])[^=]*|[a-z] = \d, \\dots, [^=]*|[^=]*(?:>|\\ne|succ) 0"
)


@dataclass(frozen=True)
class Page:
    """A page of constructs.

    Attributes:
        text: The page.
        builds_on: The pages it builds on.
    """

    text: str
    builds_on: tuple[Source, ...] = ()

    def check(self, text: str) -> Checked:
        """Checks the page with another text."""
        return inspect_page(text, "page.md", builds_on=self.builds_on, code=False)


def pages() -> dict[str, Page]:
    """Every page of constructs by its title; a second one under a heading has its number behind."""
    documented = (DOCS / "check-your-own.md").read_text(encoding="utf-8")
    documented = documented[: documented.index("\n## Code\n")]
    found: dict[str, Page] = {}
    named: dict[str, Source] = {}
    for region in examples(documented):
        if region.options["check"] != "passes":
            continue
        heading = re.findall(r"(?m)^##+ (.*)$", documented[: region.start])[-1]
        number = sum(title.partition(" / ")[0] == heading for title in found) + 1
        builds_on = tuple(source for name, source in named.items() if name in region.body)
        title = heading if number == 1 else f"{heading} / {number}"
        found[title] = Page(region.body, builds_on)
        if "name" in region.options:
            named[region.options["name"]] = Source(region.options["name"], region.body)
    for title in test_constructs.SECTIONS:
        found[title] = Page(test_constructs.page(title))
    return found


PAGES = pages()
ROWS: list[dict[str, Any]] = (
    tomllib.loads(TWINS.read_text(encoding="utf-8"))["twin"] if TWINS.exists() else []
)


def replaced(page: Page, row: dict[str, Any]) -> str:
    """The page with the twin in place of the right line."""
    assert page.text.count(row["right"]) >= 1, f"{row['right']} does not stand there"
    return page.text.replace(row["right"], row["wrong"], 1)


def failing(checked: Checked) -> list[Finding]:
    return [finding for finding in checked.report.all_findings if finding.failing]


def without_twin(title: str) -> Iterator[Equation]:
    """The formulas of a page of which no twin is known."""
    page = PAGES[title]
    checked = page.check(page.text)
    rights = [row["right"] for row in ROWS if row["page"] == title]
    if title in test_constructs.SECTIONS:
        rights += [
            right for right, _ in test_constructs.WRONG.findall(test_constructs.SECTIONS[title])
        ]
    spans = [(page.text.find(right), page.text.find(right) + len(right)) for right in rights]
    tables = table_spans(page.text)
    for equation in checked.report.equations:
        in_table = any(start <= equation.start < end for start, end in tables)
        states = STATES.search(equation.tex) and not ONLY_DECLARES.fullmatch(equation.tex.strip())
        if (
            states
            and not in_table
            and not any(s < equation.end and equation.start < e for s, e in spans)
        ):
            yield equation


@pytest.mark.parametrize("title", PAGES)
def test_the_right_page_passes(title: str) -> None:
    page = PAGES[title]
    assert failing(page.check(page.text)) == []


@pytest.mark.parametrize("title", PAGES)
def test_every_formula_has_a_twin(title: str) -> None:
    assert [equation.tex for equation in without_twin(title)] == []


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['page']}: {row['wrong']}" for row in ROWS])
def test_the_twin_is_refused(row: dict[str, Any]) -> None:
    page = PAGES[row["page"]]
    first = failing(page.check(replaced(page, row)))[0]
    assert first.message == row["message"]
    assert "checker itself" not in first.message
    assert (first.kind == "read") == row.get("reading", False)


def propose(title: str, equation: Equation) -> dict[str, str] | None:
    """The likeliest mistake in a formula that is refused because of what it says."""
    page = PAGES[title]
    for edit in edits(equation.tex, page.check(page.text).book.notation):
        wrong = edit.apply(equation.tex)
        start = equation.body_start
        text = page.text[:start] + wrong + page.text[start + len(equation.tex) :]
        found = failing(page.check(text))
        if found and found[0].kind in ("holds", "fits"):
            return {"page": title, "right": equation.tex, "wrong": wrong, "message": "?"}
    return None


def quoted(value: str) -> str:
    """A text in TOML, with its backslashes as they are."""
    return f"'''{value}'''" if "\n" in value or "'" in value else f"'{value}'"


def main() -> None:
    """Proposes twins, and fills in messages."""
    text = TWINS.read_text(encoding="utf-8") if TWINS.exists() else ""
    for title in PAGES:
        for equation in without_twin(title):
            row = propose(title, equation)
            if row is not None:
                lines = [f"{name} = {quoted(value)}" for name, value in row.items()]
                text += "\n[[twin]]\n" + "\n".join(lines) + "\n"
    for row in tomllib.loads(text)["twin"]:
        if row["message"] == "?":
            page = PAGES[row["page"]]
            said = failing(page.check(replaced(page, row)))
            told = said[0].message if said else "nothing is found"
            text = text.replace("message = '?'", f"message = {quoted(told)}", 1)
    TWINS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
