"""Mistakes of the checker itself: each costs one formula, is told as such, and the rest is kept.

What a page says wrongly is raised as one of the checker's own errors (`NotationError`,
`DefinitionError`, `MissingValue`, `TooLarge`, `TexError`), and is caught where it is told. Anything
else that is raised is no mistake of the page. It ends the work on the smallest part of the page that
stands for itself: a formula, a row of a table, a function. The author is never told that it is
theirs.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nn3doc.equations.report.findings import Finding

MOST_SAID = 300  # characters of an error's own words
_REPORT = "That is a mistake of nn3doc, not of the page: please report it."


def own_mistake(
    error: Exception, start: int, end: int, part: str = "formula", failing: bool = True
) -> Finding:
    """What is told of a mistake of the checker.

    Args:
        error: What was raised.
        start: Offset on the page of what was being worked on.
        end: Offset behind it.
        part: What it is: a formula, a row, a page.
        failing: Whether the page fails by it.

    Returns:
        A finding with the place in the checker's code that one needs to mend it. Too deep a nesting
        is a finding of its own: the page can be written otherwise.
    """
    if isinstance(error, RecursionError):
        nested = f"this {part} is nested too deeply"
        return Finding("read", nested, start, end, ("Name a part of it.",), failing=failing)
    said = " ".join(f"{type(error).__name__}: {error}".split())[:MOST_SAID]
    notes = (f"{said} ({_place(error)})", _REPORT)
    message = f"the checker itself failed on this {part}"
    return Finding("checker", message, start, end, notes, failing=failing)


def _place(error: Exception) -> str:
    """The last line of the checker's code that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "nn3doc" in Path(frame.filename).parts]
    if not (ours or frames):
        return "nowhere"
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}, in {last.name}"


@contextmanager
def guarded(
    tell: Callable[[Finding], object],
    start: int,
    end: int,
    part: str = "formula",
    failing: bool = True,
) -> Iterator[None]:
    """A context that ends at a mistake of the checker, tells of it, and lets all else go on.

    Args:
        tell: Takes the finding.
        start: See `own_mistake`, as the others.
        end: See `own_mistake`.
        part: See `own_mistake`.
        failing: See `own_mistake`.
    """
    try:
        yield
    except Exception as error:
        tell(own_mistake(error, start, end, part, failing))


__all__ = ["guarded", "own_mistake"]
