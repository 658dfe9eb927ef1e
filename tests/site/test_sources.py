"""What a picture or a notebook depends on, and so when it has to be made anew."""

import pytest

from nn3doc.site.sources import digest, sources


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import torch", []),
        ("from nn3doc.matrices import bmatrix", ["matrices.py"]),
        ("%time x\n!ls\nimport nn3doc.matrices", ["matrices.py"]),
    ],
)
def test_sources_that_code_depends_on(source: str, files: list[str]) -> None:
    found = sources([source])
    assert set(files) <= {path.name for path in found}
    assert bool(files) == bool(found)


def test_the_package_itself_stands_for_all_its_modules() -> None:
    names = {path.name for path in sources(["from nn3doc import learn"])}
    assert {"__init__.py", "network.py"} <= names


def test_what_is_imported_by_what_is_imported_counts() -> None:
    names = {path.name for path in sources(["from nn3doc.digits import load"])}
    assert {"digits.py", "_idx.py"} <= names


def test_the_digest_changes_with_the_code_and_what_stands_beside() -> None:
    first = digest(["x = 1"])
    assert digest(["x = 1"]) == first
    assert len({first, digest(["x = 2"]), digest(["x = 1"], beside="prose")}) == 3
