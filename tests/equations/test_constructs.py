"""What textbooks write: small pages that pass, and single mistakes in them that do not.

Each section of a file in `constructs` is a page. A fence `wrong` below it has two lines: what
stands on the page, and what is planted in its place.
"""

import re
from pathlib import Path

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.page import inspect_page
from nn3doc.equations.show.messages import render

PAGES = Path(__file__).parent / "constructs"
WRONG = re.compile(r"```wrong\n(.*)\n(.*)\n```\n")


def sections() -> dict[str, str]:
    """Every page by its title."""
    found: dict[str, str] = {}
    for file in sorted(PAGES.glob("*.md")):
        for section in re.split(r"(?m)^(?=# )", file.read_text())[1:]:
            found[section.split("\n")[0].removeprefix("# ")] = section
    return found


SECTIONS = sections()
MISTAKES = [
    pytest.param(title, right, wrong, id=f"{title}: {wrong}")
    for title, section in SECTIONS.items()
    for right, wrong in WRONG.findall(section)
]


def page(title: str) -> str:
    """A section without its mistakes."""
    return WRONG.sub("", SECTIONS[title])


@pytest.mark.parametrize("title", SECTIONS)
def test_the_page_passes(title: str) -> None:
    report = check_page(page(title), "page.md", code=False)
    failing = [finding for finding in report.all_findings if finding.failing]
    assert render(report, findings=failing) == ""


@pytest.mark.parametrize(("title", "right", "wrong"), MISTAKES)
def test_a_single_mistake_is_refused(title: str, right: str, wrong: str) -> None:
    text = page(title)
    assert right in text
    assert not inspect_page(text.replace(right, wrong, 1), code=False).report.ok
