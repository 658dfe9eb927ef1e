"""One page on disk, read, run and checked: what the command and the site do alike."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nn3doc.equations import page
from nn3doc.equations.code import Snippets, run_page
from nn3doc.equations.files import NOTEBOOK, NoPageError, Read, read_page
from nn3doc.equations.mistakes import add_suggestions
from nn3doc.equations.notation import tables
from nn3doc.equations.report import Finding, Report, guarded, own_mistake
from nn3doc.equations.sources import NOTATION_FILE, Source
from nn3doc.equations.text import MarkdownError
from nn3doc.equations.verdict import Checked


def check_page(
    text: str,
    path: str = "page.md",
    notation: Sequence[Source] = (),
    builds_on: Sequence[Source] = (),
    code: bool | Snippets = True,
    strict: bool = False,
    seeds: Sequence[int] = (1, 2),
) -> Report:
    """Checks the text of a page, with suggestions; the arguments are those of `inspect_page`."""
    checked = page.inspect_page(text, path, notation, builds_on, code, strict, seeds)
    return _suggested(checked)


def _suggested(checked: Checked) -> Report:
    """The report, with what was probably meant where something fails."""
    if not checked.report.ok:
        add_suggestions(checked)
    return checked.report


def check_file(
    path: Path,
    *,
    read: Read | None = None,
    notation: Path | None = None,
    code: bool = True,
    strict: bool = False,
    seeds: Sequence[int] = (1, 2),
) -> Report:
    """Checks a page: its code is run first, then its equations are held against it.

    Args:
        path: The page.
        read: What `read_page` has read there, where somebody did: it is not read again.
        notation: The page with its notation table, where that is none of those it says itself.
        code: Whether to run its Python. The code of a notebook is not run: that takes its time, and
            building the site or its own test does it.
        strict: Whether a definition that nothing restates is a failure, and mathematics in a form
            that is not read.
        seeds: Which random draws.

    Returns:
        The report, with what is wrong with its bytes and its code among its findings.

    Raises:
        NoPageError: The page cannot be read.
    """
    text, unread = read or read_page(path)
    if unread:
        return Report(str(path), text, findings=unread)
    snippets: Snippets | None = None
    lost: list[Finding] = []
    if code and path.suffix.lower() != NOTEBOOK:
        with (
            guarded(lost.append, 0, 0, "page"),
            contextlib.suppress(MarkdownError),  # which is told with the page
        ):
            snippets = run_page(text, str(path))
    report = check_with(snippets, text, path, notation, code=code, strict=strict, seeds=seeds)
    report.findings.extend(lost)
    return report


def report_of(path: Path, read: Read | None = None, **options: Any) -> Report:
    """As `check_file`, and a report too where the page cannot be read or the checker fails."""
    try:
        return check_file(path, read=read, **options)
    except NoPageError as error:
        reason = str(error).removeprefix(f"{path}: ")
        return Report(str(path), "", findings=[Finding("page", reason, 0, 0)])
    except Exception as error:  # the other pages are checked all the same
        text = read[0] if read else ""
        return Report(str(path), text, findings=[own_mistake(error, 0, 0, "page")])


def check_with(
    snippets: Snippets | None,
    text: str,
    path: Path,
    notation: Path | None = None,
    *,
    code: bool = True,
    strict: bool = False,
    seeds: Sequence[int] = (1, 2),
) -> Report:
    """Checks a page whose code has been run; the arguments are those of `check_file`."""
    try:
        checked = page.inspect_file(path, text, notation, snippets or code, strict, seeds)
        report = _suggested(checked)
    except Exception as error:  # whatever a page holds, its author never sees a traceback of ours
        report = Report(str(path), text, findings=[own_mistake(error, 0, 1, "page")])
    if snippets is not None:
        own = [finding for finding in snippets.findings if finding not in report.findings]
        report.findings.extend(own)
    unknown = any(f.message.startswith("unknown symbol") for f in report.all_findings)
    if unknown and notation is None and not _has_notation(path, text):
        report.findings.insert(0, _NO_NOTATION)
    if report.ok:
        report.findings.extend(_unexplained(report))
    return report


def inspect_with_code(path: Path, notation: Path | None = None) -> Checked:
    """A page with its code run, checked strictly, and all that stands behind its report.

    Raises:
        NoPageError: The page cannot be read.
    """
    text, _ = read_page(path)
    snippets: Snippets | bool = True
    with contextlib.suppress(MarkdownError):
        snippets = run_page(text, str(path))
    return page.inspect_file(path, text, notation, code=snippets, strict=True)


_NO_NOTATION = Finding(
    "page",
    "this page has no notation table",
    0,
    1,
    (
        "Add a table with the columns Symbol, Python, Shape and Meaning, put one into"
        f" {NOTATION_FILE} beside the page,",
        "or name the page that has one with --notation.",
    ),
)


def _has_notation(path: Path, text: str) -> bool:
    folders = list(path.resolve().parents)[:4]
    return bool(tables(text)) or any((folder / NOTATION_FILE).is_file() for folder in folders)


def _unexplained(report: Report) -> list[Finding]:
    """A page on which something could not be checked does not pass by that."""
    return [
        Finding(
            "vacuous",
            "not checked: nothing gives its symbols values",
            one.start,
            one.end,
            ("Mend the definition that it builds on.",),
        )
        for one in report.equations
        if one.verdict == "skipped"
    ]
