"""What one page takes from another: the pages it builds on and the one with the notation.

Nothing here is worked out, so it needs no PyTorch: whoever only wants to know whether a page must
be checked again asks here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nn3doc.equations.files import NoPageError, read_page
from nn3doc.equations.notation import NotationBuilder, read_table, tables
from nn3doc.equations.text import Lines, MarkdownError, Region, formulas, scan

NOTATION_FILE = "notation.md"
# The forms of YAML in which people write such a list.
_BUILDS_ON = re.compile(r"^builds_on[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_ITEMS = re.compile(r"(?:\n[ \t]*(?:-[ \t].*|#.*)?)*")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.*)$", re.MULTILINE)
_NAME = re.compile(
    r"""(?:^|(?<=\s))\#.*|"([^"]*)"|'([^']*)'|([^\s,"'][^,\n]*?)(?=\s*(?:,|\n|$)|\s+\#)"""
)


@dataclass(frozen=True)
class Source:
    """A page that another one needs: its notation, or what it builds on."""

    path: str
    text: str


def builds_on_names(text: str) -> list[str]:
    """The pages that a page's front matter says it builds on."""
    front = next((region for region in scan(text) if region.kind == "front"), None)
    match = _BUILDS_ON.search(front.body) if front else None
    if front is None or match is None:
        return []
    inline, below = match[1], front.body[match.end() :]
    if inline.startswith("["):
        return _names((inline + below).partition("]")[0][1:])
    if inline and not inline.startswith("#"):
        return _names(inline)
    items = _ITEMS.match(below)
    return [name for item in _ITEM.findall(items[0] if items else "") for name in _names(item)]


def _names(text: str) -> list[str]:
    """Names, with quotes or without, between commas; what stands behind ` #` is a comment."""
    found = [double or single or plain for double, single, plain in _NAME.findall(text)]
    return [name for name in found if name]


def notation_beside(path: Path) -> Path | None:
    """The page with the notation that a page takes without naming it: beside it, or above."""
    for folder in list(path.resolve().parents)[:4]:
        candidate = folder / NOTATION_FILE
        if candidate.is_file():
            return candidate
    return None


def needed_pages(path: Path) -> list[Path]:
    """A page, its notation, and the pages that these build on, and so on; each once, if it is there."""
    notation = notation_beside(path)
    todo = [path.resolve(), *([notation] if notation else [])]
    found: dict[Path, None] = {}
    while todo:
        page = todo.pop(0)
        if page in found:
            continue
        try:
            text, _ = read_page(page)
            found[page] = None
            names = builds_on_names(text)
        except (NoPageError, MarkdownError):
            continue
        todo += [(page.parent / name).resolve() for name in names]
    return list(found)


def what_others_read(text: str) -> str:
    """What a page that builds on this one, or takes its notation, reads of it.

    The rest, prose and code, can change without a change in what is said of the other page.

    Args:
        text: The page.

    Returns:
        A text to compare; it means nothing else.
    """
    try:
        regions, rows, names = formulas(text), tables(text), builds_on_names(text)
    except MarkdownError:
        return text
    spans, labels, lines = table_spans(text), label_spans(text), Lines(text)
    problems = read_table(text, NotationBuilder())
    return repr(
        (
            names,
            [(r.body, r.unchecked, within(r, spans), within(r, labels)) for r in regions],
            [[(column, cell.text) for column, cell in row.cells.items()] for row in rows],
            [(lines.place(problem.start), problem.message, problem.cure) for problem in problems],
        )
    )


def table_spans(text: str) -> list[tuple[int, int]]:
    """From where to where the cells of a page's notation tables stand."""
    return [
        (cell.start, cell.start + len(cell.text))
        for row in tables(text)
        for cell in row.cells.values()
    ]


def label_spans(text: str) -> list[tuple[int, int]]:
    """Cells that name a symbol or a shape: they are read by the table, not as statements."""
    return [
        (cell.start, cell.start + len(cell.text))
        for row in tables(text)
        for column, cell in row.cells.items()
        if column in ("symbol", "entry", "shape", "python")
    ]


def within(region: Region, spans: list[tuple[int, int]]) -> bool:
    """Whether a formula stands in one of the spans."""
    return any(start <= region.start < end for start, end in spans)


__all__ = [
    "NOTATION_FILE",
    "Source",
    "builds_on_names",
    "label_spans",
    "needed_pages",
    "notation_beside",
    "table_spans",
    "what_others_read",
    "within",
]
