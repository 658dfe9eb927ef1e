"""One page on disk, read, run and checked: what the command and the site do alike."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from nn3doc.equations import page
from nn3doc.equations.code import Snippets, run_page
from nn3doc.equations.markdown import MarkdownError
from nn3doc.equations.pages import read_page
from nn3doc.equations.report import Report


def check_file(
    path: Path,
    *,
    notation: Path | None = None,
    code: bool = True,
    strict: bool = False,
    seeds: Sequence[int] = (1, 2),
) -> Report:
    """Checks a page: its code is run first, then its equations are held against it.

    Args:
        path: The page.
        notation: The page with its notation table, where that is none of those it says itself.
        code: Whether to run its Python.
        strict: Whether a definition that nothing restates is a failure.
        seeds: Which random draws.

    Returns:
        The report, with what is wrong with its bytes and its code among its findings.

    Raises:
        NoPageError: The page cannot be read.
    """
    text, unread = read_page(path)
    if unread:
        return Report(str(path), text, findings=unread)
    snippets: Snippets | None = None
    if code:
        with contextlib.suppress(MarkdownError):  # which is told with the page
            snippets = run_page(text, str(path))
    report = page.check_file(path, notation, code=snippets or code, strict=strict, seeds=seeds)
    if snippets is not None:
        own = [finding for finding in snippets.findings if finding not in report.findings]
        report.findings.extend(own)
    return report
