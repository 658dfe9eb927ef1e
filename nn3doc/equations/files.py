"""Pages on disk: which ones a command means, and their text.

A notebook (.ipynb) is a page, too: its text and its code as Markdown, one cell below the other.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nn3doc.equations.report import Finding

NOTEBOOK = ".ipynb"
SUFFIXES = frozenset([".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd", NOTEBOOK])
# Other files in which people write mathematics for readers: they are told, not read.
OTHERS = frozenset(
    [".rst", ".rest", ".tex", ".adoc", ".asciidoc", ".org", ".textile", ".typ", ".txt", ".py"]
)
MOST_BYTES = 10_000_000  # of a page
MOST_FILES = 200_000  # below the folders of one call
_NO_PAGES = frozenset(["node_modules", "__pycache__", "site-packages"])


class NoPageError(OSError):
    """A path at which there is no page; the message is for people."""


@dataclass
class Found:
    """What stands below some paths.

    Attributes:
        pages: The pages, in their order; one that is named twice is given once.
        others: Files that are no pages and may have mathematics.
        closed: Folders that cannot be read, and why.
    """

    pages: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    closed: dict[Path, str] = field(default_factory=dict)


def find_pages(paths: Iterable[Path]) -> list[Path]:
    """The pages at the paths: a file is one itself, a folder has those below it, in their order.

    Raises:
        NoPageError: See `look_for`; or a folder cannot be read.
    """
    found = look_for(paths)
    for folder, reason in found.closed.items():
        raise NoPageError(f"{folder}: {reason}")
    return found.pages


def look_for(paths: Iterable[Path]) -> Found:
    """All pages at the paths, and what stands beside them.

    Hidden folders and folders of installed packages are passed over. A link to a folder is followed
    once, and not to a folder that it stands in.

    Raises:
        NoPageError: There is nothing at a path, no page below a folder, or what a path names is no
            page; or the folders hold more files than are looked at.
    """
    pages: dict[Path, None] = {}
    others: dict[Path, None] = {}
    found = Found()
    for path in paths:
        kind = _kind(path)
        if kind == "folder":
            below = _below(path)
            if not below.pages and not below.closed:
                raise NoPageError(f"{path}: there is no page (*.md) in this folder")
            pages.update(dict.fromkeys(sorted(below.pages)))
            others.update(dict.fromkeys(sorted(below.others)))
            found.closed.update(below.closed)
        elif kind == "file":
            if path.suffix.lower() not in SUFFIXES:
                raise NoPageError(f"{path}: this is no Markdown page (*.md) and is not read")
            pages[path] = None
        elif kind:
            raise NoPageError(f"{path}: this is no file")
        else:
            raise NoPageError(f"{path}: there is no such file or folder")
    found.pages, found.others = list(pages), list(others)
    return found


def _below(top: Path) -> Found:
    """What stands below a folder; links to folders come last, so that a page has its own path."""
    found = Found()
    seen: set[tuple[int, int]] = set()
    folders, links, count = [top], list[Path](), 0
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        try:
            here = folder.stat()
            if (here.st_dev, here.st_ino) in seen:
                continue
            seen.add((here.st_dev, here.st_ino))
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            found.closed[folder] = f"this folder cannot be read: {_reason(error)}"
            continue
        count += len(entries)
        if count > MOST_FILES:
            raise NoPageError(f"{top}: this folder has more than {MOST_FILES:,} files below it")
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith(".") or entry.name in _NO_PAGES:
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif _kind(path) == "folder":
                if not folder.resolve().is_relative_to(path.resolve()):
                    links.append(path)
            elif path.suffix.lower() in SUFFIXES:
                found.pages.append(path)
            elif path.suffix.lower() in OTHERS and _kind(path) == "file":
                found.others.append(path)
    return found


def _kind(path: Path) -> str:
    """`folder`, `file`, `other` for a pipe or a device; "" where there is nothing to be seen."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # ValueError: a null character
        return ""
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "other"


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


Read = tuple[str, list[Finding]]  # a page's text, and what is wrong with its bytes


def read_page(path: Path) -> Read:
    """The text of a page, with ends of lines as one character, and what is wrong with its bytes.

    Raises:
        NoPageError: The file cannot be read: it is none, is too large, or may not be read.
    """
    if _kind(path) in ("folder", "other"):  # a pipe would never end
        raise NoPageError(f"{path}: this is no file")
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character
        raise NoPageError(f"{path}: {_reason(error)}") from error
    if len(raw) > MOST_BYTES:
        raise NoPageError(f"{path}: this page is too large: at most {MOST_BYTES:,} bytes are read")
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
        elif cell["cell_type"] == "raw":  # its formulas are told as those that are not read
            parts.append(f"````{{raw}}\n{source}\n````")
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
