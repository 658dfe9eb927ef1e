r"""Small pages, each with the verdict it must get: what is false is refused, what is right is not.

`verdicts/KIND.toml` holds the pages of one kind of mistake. A case with a message is refused, and the
message is all that the checker says; a case without one passes, and nothing is said. Write
`message = '?'` for a new case and run `python -m tests.equations.test_verdicts` to have it filled in;
then read it as the author of the page would.

    kind = "a power on a function"

    [[case]]
    page = '''
    Let $x \in \mathbb{R}$. Then $\sin^2(x) = 1 - \cos^2(x)$.
    '''
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.code.runs import run_page
from nn3doc.equations.show.messages import render

KINDS = sorted((Path(__file__).parent / "verdicts").glob("*.toml"))


def cases(path: Path) -> list[dict[str, str]]:
    found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return list(found["case"])


def every_case() -> Iterator[Any]:
    for path in KINDS:
        for number, case in enumerate(cases(path), start=1):
            yield pytest.param(case, id=f"{path.stem}-{number}")


def said(page: str) -> str:
    """All that the checker says of a page, its code run; warnings of untested definitions aside."""
    report = check_page(page, code=run_page(page, "page.md"))
    found = [f for f in report.all_findings if f.failing or f.kind != "untested"]
    return render(report, findings=found).strip("\n")


@pytest.mark.parametrize("case", list(every_case()))
def test_verdict(case: dict[str, str]) -> None:
    page = case["page"].lstrip("\n")
    assert said(page) == case.get("message", "").strip("\n")


@pytest.mark.parametrize("path", KINDS, ids=lambda path: path.stem)
def test_each_kind_shows_what_passes_and_what_is_refused(path: Path) -> None:
    refused = ["message" in case for case in cases(path)]
    assert set(refused) == {True, False}


def fill_in() -> None:
    """Writes what the checker says in place of each `message = '?'`."""
    for path in KINDS:
        text = path.read_text(encoding="utf-8")
        for case in cases(path):
            if case.get("message") == "?":
                told = said(case["page"].lstrip("\n"))
                text = text.replace("message = '?'", f"message = '''\n{told}\n'''", 1)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    fill_in()
