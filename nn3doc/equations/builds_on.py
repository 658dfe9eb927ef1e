"""What one page takes from another: the pages it builds on and the one with the notation.

Nothing here is worked out, so it needs no PyTorch: whoever only wants to know whether a page must
be checked again asks here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nn3doc.equations.markdown import Lines, MarkdownError, Region, formulas, scan
from nn3doc.equations.notation import Notation
from nn3doc.equations.table import read_table, tables

_LIST = re.compile(
    r"^builds_on\s*:\s*(?P<inline>\[[^\]]*\]|\S[^\n]*)?(?P<items>(?:\n\s*-\s*\S+)*)", re.MULTILINE
)


@dataclass(frozen=True)
class Source:
    """A page that another one needs: its notation, or what it builds on."""

    path: str
    text: str


def builds_on_names(text: str) -> list[str]:
    """The pages that a page's front matter says it builds on."""
    front = next((region for region in scan(text) if region.kind == "front"), None)
    match = _LIST.search(front.body) if front else None
    if match is None:
        return []
    if match.group("items"):
        return re.findall(r"-\s*[\"']?([^\s\"']+)", match.group("items"))
    return re.findall(r"[^\s,\[\]\"']+", match.group("inline") or "")


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
    problems = read_table(text, Notation())
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


__all__ = ["Source", "builds_on_names", "label_spans", "table_spans", "what_others_read", "within"]
