"""The page "Real digits": committed without outputs, runs from start to end, and learns to read."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from nn3doc.site.code.notebook import as_markdown, executed

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/digits.ipynb"


@pytest.fixture(scope="module")
def page() -> str:
    """The page with what its code gave; the build of the site uses the same cache."""
    return as_markdown(executed(PAGE, ROOT / ".cache" / "nn3doc"))


def test_it_is_committed_without_outputs() -> None:
    notebook: NotebookNode = nbformat.read(PAGE, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [cell.outputs for cell in code] == [[]] * len(code)
    assert [cell.execution_count for cell in code] == [None] * len(code)
    assert notebook.metadata.kernelspec.name == "python3"


def test_it_learns_to_read(page: str) -> None:
    new = re.search(r"among new ones: +(0\.\d+)", page)
    one_output = re.findall(r"^test accuracy (0\.\d+)", page, re.MULTILINE)
    assert new
    assert float(new[1]) > 0.9
    assert len(one_output) == 2  # "is it a 5?" and "3 or 8?"
    assert min(map(float, one_output)) > 0.95


def test_each_picture_says_in_words_what_it_shows(page: str) -> None:
    pictures = re.findall(r"<figure>(.*?)</figure>", page, re.DOTALL)
    assert len(pictures) == 6
    for picture in pictures:
        assert re.match(r'<svg [^>]*role="img" aria-label="[^"]{20,}"', picture)
        assert " style=" not in picture
