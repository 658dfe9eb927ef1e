"""The notebook page: run, remembered, and turned into Markdown like that of every other page.

mkdocs-jupyter makes a page of a notebook, but shows it by nbconvert: 595 kB of styles within the
page, its own way with Markdown, and no mathematics. So it is taken from there at the point where
a page's Markdown is read, and goes the way of the others from then on.
"""

import base64
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from nn3doc.site.kept import kept
from nn3doc.site.sources import digest

__all__ = ["NotebookError", "as_markdown", "executed"]

_SECONDS_PER_CELL = 600


class NotebookError(ValueError):
    """A notebook that cannot be read or whose code fails; the message names the cell."""


def executed(path: Path, cache: Path) -> NotebookNode:
    """Runs a notebook, unless it was run before with everything it depends on as it is now.

    Args:
        path: The notebook (.ipynb). It is not changed.
        cache: A folder for the notebooks that have been run; made if it is not there.

    Returns:
        The notebook with the outputs of its cells.

    Raises:
        NotebookError: If it cannot be read, or one of its cells fails.
    """
    notebook = _read(path)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    state = digest(code, beside="\0".join(cell.source for cell in notebook.cells))
    return _read(kept(cache, path.name, state, lambda: _run(notebook, path)))


def _read(path: Path) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (OSError, UnicodeDecodeError, nbformat.reader.NotJSONError) as error:
        raise NotebookError(f"{path} cannot be read as a notebook: {error}") from error
    return notebook


def _run(notebook: NotebookNode, path: Path) -> str:
    """The text of a notebook with what its code gives."""
    _execute(notebook, path)
    _without_addresses(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    return str(nbformat.writes(notebook))


def _execute(notebook: NotebookNode, path: Path) -> None:
    with TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=_SECONDS_PER_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            record_timing=False,  # the same notebook is to give the same file
            allow_errors=False,
            config=_kernel_config(folder),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise NotebookError(_failure(notebook, path, error)) from error
        except DeadKernelError as error:
            raise NotebookError(
                f"{path}: the process that runs its code ended by itself"
            ) from error


def _without_addresses(notebook: NotebookNode) -> None:
    """Takes out where in memory an object lay: the same notebook is to give the same file."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            plain = output.get("data", {}).get("text/plain")
            if plain:
                output.data["text/plain"] = re.sub(r" at 0x[0-9a-f]+>", ">", plain)


def _kernel_config(folder: str) -> Config:
    """Has kernel and runner talk through a folder of this user rather than through open ports."""
    config = Config()
    if os.name == "posix":
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = f"{folder}/kernel"
    return config


def _failure(notebook: NotebookNode, path: Path, error: CellExecutionError) -> str:
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            code = "".join(f"\n    {line}" for line in cell.source.splitlines())
            return f"{path}: cell {number} fails with {error.ename}: {error.evalue}{code}"
    return f"{path}: {error.ename}: {error.evalue}"


def as_markdown(notebook: NotebookNode) -> str:
    """A notebook as a page: its Markdown, its code in fences, and below what the code gave.

    A code cell tagged `hide-input` shows only what it gave. A picture stands in a figure.
    """
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            if cell.source.strip() and "hide-input" not in cell.metadata.get("tags", []):
                parts.append(_fence("python", cell.source))
            parts += [_output(output, cell) for output in cell.outputs]
    return "\n\n".join(part for part in parts if part) + "\n"


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Joins what was printed bit by bit: it arrives in as many pieces as the clock made of it."""
    joined: list[NotebookNode] = []
    for output in outputs:
        previous = joined[-1] if joined else None
        if previous and output.output_type == previous.output_type == "stream":
            previous.text += output.text
        else:
            joined.append(NotebookNode(output))
    return joined


def _output(output: NotebookNode, cell: NotebookNode) -> str:
    if output.output_type == "stream":
        return _fence("output", _overwritten(output.text))
    data: dict[str, Any] = output.get("data", {})
    if "image/svg+xml" in data:
        svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", data["image/svg+xml"], flags=re.DOTALL)
        one_line = re.sub(r"\n\s*", " ", svg.strip())  # an empty line would end it for Markdown
        return f"<figure>{one_line}</figure>"
    if "text/markdown" in data:
        return str(data["text/markdown"])
    if "image/png" in data:
        picture = base64.b64encode(base64.b64decode(data["image/png"])).decode()
        alt = str(cell.metadata.get("alt", "")).replace('"', "&quot;")
        return f'<figure><img alt="{alt}" src="data:image/png;base64,{picture}"></figure>'
    return _fence("output", data.get("text/plain", ""))


def _overwritten(text: str) -> str:
    """What is left to see of printed text whose lines went back to their start (progress bars)."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))


def _fence(language: str, text: str) -> str:
    text = text.rstrip("\n")
    if not text.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"
