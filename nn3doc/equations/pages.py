"""Pages on disk: which ones a command means, and their text.

A notebook (.ipynb) is a page, too: its text and its code as Markdown, one cell below the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nn3doc.equations.report import Finding

NOTEBOOK = ".ipynb"
SUFFIXES = frozenset([".md", ".markdown", NOTEBOOK])
_NO_PAGES = frozenset(["node_modules", "__pycache__", "site-packages"])


class NoPageError(OSError):
    """A path at which there is no page; the message is for people."""


def find_pages(paths: Iterable[Path]) -> list[Path]:
    """The pages at the paths: a file is one itself, a folder has those below it, in their order.

    Hidden folders and folders of installed packages are passed over. A page that is named twice is
    given once.

    Raises:
        NoPageError: There is nothing at a path, or no page below a folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(_below(path))
            if not below:
                raise NoPageError(f"{path}: there is no page (*.md) in this folder")
            found.update(dict.fromkeys(below))
        elif path.exists():
            found[path] = None
        else:
            raise NoPageError(f"{path}: there is no such file or folder")
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _NO_PAGES:
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.suffix.lower() in SUFFIXES:
            yield path


def read_page(path: Path) -> tuple[str, list[Finding]]:
    """The text of a page, with ends of lines as one character, and what is wrong with its bytes.

    Raises:
        NoPageError: The file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise NoPageError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    text, findings = decode(raw)
    if path.suffix.lower() == NOTEBOOK and not findings:
        try:
            text = notebook_text(text)
        except (ValueError, KeyError, TypeError, AttributeError):
            cure = "A notebook is JSON with a list of cells, as Jupyter saves it."
            findings.append(Finding("page", "this is no notebook", 0, 1, (cure,)))
    return text, findings


def notebook_text(content: str) -> str:
    """A notebook as a page: text as it is, code in fences, `builds_on` of its metadata in front."""
    notebook = json.loads(content)
    parts = []
    earlier = notebook.get("metadata", {}).get("nn3doc", {}).get("builds_on", [])
    if earlier:
        parts.append(f"---\nbuilds_on: [{', '.join(earlier)}]\n---")
    for cell in notebook["cells"]:
        source = "".join(cell["source"]).strip("\n")
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif cell["cell_type"] == "code":
            longest = max(map(len, re.findall(r"`+", source)), default=0)
            ticks = "`" * max(3, longest + 1)
            parts.append(f"{ticks}python\n{source}\n{ticks}")
    return "\n\n".join(parts) + "\n"


def decode(raw: bytes) -> tuple[str, list[Finding]]:
    """The text of UTF-8; where it is something else, `�` and a finding at the first such place."""
    findings = []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8-sig", errors="replace")
        before = _one_end(raw[: error.start].decode("utf-8-sig", errors="replace"))
        message = f"this page is not UTF-8: the byte 0x{raw[error.start]:02x} cannot be read"
        cure = "Save the page as UTF-8."
        findings.append(Finding("page", message, len(before), len(before) + 1, (cure,)))
    return _one_end(text), findings


def _one_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
