"""The notebook page: run once, run anew when needed, and shown as Markdown."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from nn3doc.site.code.notebook import NotebookError, as_markdown, executed


def write(path: Path, *cells: object) -> Path:
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def shown(*cells: object) -> str:
    return as_markdown(new_notebook(cells=list(cells)))


def code(source: str, *outputs: object, **metadata: object) -> object:
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def printed(text: str, name: str = "stdout") -> object:
    return new_output("stream", name=name, text=text)


def result(**data: object) -> object:
    return new_output("execute_result", data={key.replace("_", "/", 1): data[key] for key in data})


@pytest.mark.parametrize(
    ("cell", "markdown"),
    [
        (new_markdown_cell("# A $x$"), "# A $x$\n"),
        (code("x = 1"), "```python\nx = 1\n```\n"),
        (code(""), "\n"),
        (code("print(1)", printed("1\n")), "```python\nprint(1)\n```\n\n```output\n1\n```\n"),
        (code("x", printed("10%\r50%\r100%\n")), "```python\nx\n```\n\n```output\n100%\n```\n"),
        (code("x", result(text_plain="3")), "```python\nx\n```\n\n```output\n3\n```\n"),
        (code("x", tags=["hide-input"]), "\n"),
        (code("'```'"), "````python\n'```'\n````\n"),
        (
            code(
                "x", new_output("display_data", data={"image/svg+xml": "<?xml?>\n<svg>\n\n</svg>"})
            ),
            "```python\nx\n```\n\n<figure><svg> </svg></figure>\n",
        ),
        (
            code("x", new_output("display_data", data={"image/png": "QUJD\n"}), alt='A "b"'),
            "```python\nx\n```\n\n"
            '<figure><img alt="A &quot;b&quot;" src="data:image/png;base64,QUJD"></figure>\n',
        ),
    ],
)
def test_as_markdown(cell: object, markdown: str) -> None:
    assert shown(cell) == markdown


def test_a_notebook_is_run_once_and_again_when_it_changed(tmp_path: Path) -> None:
    # Each run leaves a line in a file: so runs can be counted.
    trace = "with open('runs', 'a') as file: file.write('run\\n')"
    path = write(tmp_path / "page.ipynb", new_code_cell(trace + "\nprint(1 + 1)"))
    before = path.read_bytes()

    first = executed(path, tmp_path / "cache")
    again = executed(path, tmp_path / "cache")
    assert first.cells[0].outputs[0].text == "2\n"
    assert again == first
    assert (tmp_path / "runs").read_text() == "run\n"
    assert path.read_bytes() == before

    write(path, new_code_cell(trace + "\nprint(1 + 2)"))
    assert executed(path, tmp_path / "cache").cells[0].outputs[0].text == "3\n"
    assert (tmp_path / "runs").read_text() == "run\nrun\n"
    # The cache holds what is used, and nothing half-written.
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_running_twice_gives_the_same_file(tmp_path: Path) -> None:
    path = write(tmp_path / "page.ipynb", new_code_cell("object()"))
    once = executed(path, tmp_path / "cache")
    again = executed(path, tmp_path / "other-cache")
    assert once.cells[0].outputs[0].data["text/plain"] == "<object>"
    assert nbformat.writes(once) == nbformat.writes(again)


def test_what_was_printed_bit_by_bit_is_one_piece(tmp_path: Path) -> None:
    """The clock decides in how many pieces it arrives."""
    cell = new_code_cell(
        "for n in (1, 2):\n    print(n, flush=True)\n    __import__('time').sleep(0.3)"
    )
    ran = executed(write(tmp_path / "page.ipynb", cell), tmp_path / "cache")
    assert [output.text for output in ran.cells[0].outputs] == ["1\n2\n"]


def test_a_cell_that_fails_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "page.ipynb", new_markdown_cell("# A"), new_code_cell("x = 1\n1 / 0"))
    with pytest.raises(NotebookError) as caught:
        executed(path, tmp_path / "cache")
    assert str(caught.value) == (
        f"{path}: cell 2 fails with ZeroDivisionError: division by zero\n    x = 1\n    1 / 0"
    )
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("content", [b"not JSON", b"\xff\xfe"])
def test_a_file_that_is_no_notebook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError) as caught:
        executed(path, tmp_path / "cache")
    assert str(caught.value).startswith(f"{path} cannot be read as a notebook: ")
