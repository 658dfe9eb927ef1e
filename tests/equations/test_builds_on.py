"""What a page takes from another, and what it does not leave there."""

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.sources import Source, builds_on_names, what_others_read

NOTATION = """| Symbol | Shape | Meaning |
| --- | --- | --- |
| $x$ | $\\mathbb{R}$ | a number |
"""
EARLIER = """---
builds_on: [first.md]
---

Let $y = x + 1$.

```python
print(1)
```
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Let", "One line more.\n\nThen let"),
        ("print(1)", "print(2)"),
        ("Let $y = x + 1$.", "Let\n$y = x + 1$:"),
    ],
)
def test_prose_and_code_are_of_no_matter_to_others(old: str, new: str) -> None:
    assert what_others_read(EARLIER.replace(old, new)) == what_others_read(EARLIER)


@pytest.mark.parametrize(
    ("page", "old", "new"),
    [
        (EARLIER, "x + 1", "x + 2"),
        (EARLIER, "$.", "$ <!-- unchecked: so -->."),
        (EARLIER, "first.md", "second.md"),
        (EARLIER, "$y = x + 1$", "y = x + 1"),
        (EARLIER, "```python", "$$"),  # it is never closed
        (NOTATION, "a number", "a size"),
        (NOTATION, "\\mathbb{R}", "\\mathbb{N}"),
        (NOTATION, "| $x$", "| $x$ | $\\mathbb{R}$ | one more |\n| $z$"),
        (NOTATION, "$x$", "x"),  # which is told with its line
    ],
)
def test_formulas_tables_and_front_matter_are_what_others_read(
    page: str, old: str, new: str
) -> None:
    assert old in page
    assert what_others_read(page.replace(old, new)) != what_others_read(page)


LISTS = {
    "builds_on: a.md": ["a.md"],
    "builds_on: [a.md, b.markdown]": ["a.md", "b.markdown"],
    "title: A\nbuilds_on : [ ../x/a.md ]  # why": ["../x/a.md"],
    "builds_on: a.md # why, say": ["a.md"],
    "builds_on: [a.md,\n  'b c.md']": ["a.md", "b c.md"],
    "builds_on:\n  - a.md\n  - b.md\ntitle: B": ["a.md", "b.md"],
    "builds_on: # why\n- 'a b.md'\n- \"c.md\"  # why\n\n# more\n- d#e.md": [
        "a b.md",
        "c.md",
        "d#e.md",
    ],
    "builds_on: []": [],
    "builds_on:": [],
    "title: builds_on [a.md]": [],
}


@pytest.mark.parametrize(("front", "names"), LISTS.items(), ids=LISTS)
def test_the_forms_of_the_list(front: str, names: list[str]) -> None:
    assert builds_on_names(f"---\n{front}\n---\n\nText.\n\nbuilds_on: [other.md]\n") == names


def test_a_mistake_in_a_table_is_told_with_its_line() -> None:
    wrong = NOTATION.replace("$x$", "x")
    assert what_others_read("\n" + wrong) != what_others_read(wrong)


def test_what_one_page_says_does_not_hold_for_the_next() -> None:
    """Both take the same from the same pages, which are read once."""
    notation, earlier = [Source("notation.md", NOTATION)], [Source("earlier.md", EARLIER)]

    def told(text: str) -> list[str]:
        report = check_page(text, "page.md", notation, earlier, code=False)
        return [finding.message for finding in report.all_findings]

    uses = "Then $z = y + 1$.\n"
    claims = "Then $z - y = 1$.\n"
    assert told(claims) == ["unknown symbol z"]
    assert told(uses + claims) == []
    assert told(claims) == ["unknown symbol z"]
    assert told("For $x = 3$, $y = 4$.\n") == []
    assert told("For $x = 4$, $y = 5$.\n") == []
    assert told("For $x = 4$, $y = 4$.\n") == ["4 stands here, it is 5"]
