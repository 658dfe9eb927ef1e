"""Every formula and every piece of code of the pages and docstrings is a test."""

from pathlib import Path

import pytest

from nn3doc.equations.sybil import collect

pytest_collect_file = collect(
    Path(__file__).parent,
    pages=["README.md", "docs/*.md", "docs/**/*.md", "docs/*.ipynb"],
    docstrings=["nn3doc/*.py", "nn3doc/**/*.py"],
)

# Files whose tests take minutes, and need nothing of each other.
LONG = {"test_mutation_of_site.py"}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first, on whichever core is free; all others of a file stay on one.

    The snippets of a page share a namespace. A long test that came last would keep one core waiting.
    """
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if item.path.name not in LONG:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
