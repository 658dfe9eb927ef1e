"""Every formula and every piece of code of the pages and docstrings is a test."""

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from nn3doc.equations.sybil import collect

pytest_collect_file = collect(
    Path(__file__).parent,
    pages=["README.md", "docs/*.md", "docs/**/*.md", "docs/*.ipynb"],
    docstrings=["nn3doc/*.py", "nn3doc/**/*.py"],
)

# Files whose tests take minutes, and need nothing of each other.
LONG = {"test_mutation_of_site.py"}


class Files(LoadFileScheduling):
    """The tests of a file stay on one core, since the snippets of a page share a namespace.

    Long tests go to whichever core is free.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if Path(file).name in LONG else file


@pytest.hookimpl(optionalhook=True)  # `-p no:xdist` takes the hook away
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Files | None:
    """The tests are given out as `Files` says, unless the command line says otherwise."""
    return Files(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first: one that came last would keep the other core waiting."""
    items.sort(key=lambda item: item.path.name not in LONG)
