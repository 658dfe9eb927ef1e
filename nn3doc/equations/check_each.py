"""Pages on disk, each checked in a process of its own; see `isolation` for how."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from nn3doc.equations.files import NoPageError, Read, read_page
from nn3doc.equations.isolate import AVAILABLE, Answer, Ended, Limits, WarmProcess, answers
from nn3doc.equations.report import Finding, Report
from nn3doc.equations.show import render
from nn3doc.equations.text import Lines, MarkdownError, find_code

__all__ = [
    "check_files",
    "check_here_or_apart",
    "has_code",
    "judged",
    "read_or_none",
    "warm_process",
]


_CORES = os.cpu_count() or 1
_AT_ONCE = min(4, _CORES)  # pages; each takes memory
_THREADS = max(1, _CORES // _AT_ONCE)


def warm_process(limits: Limits, modules: Sequence[str] = ()) -> WarmProcess:
    """What `check_files` asks; it is started when the first page has Python.

    Args:
        limits: What the process of a page with Python may take.
        modules: What it imports besides the checker.
    """
    ours = ("numpy", "torch", "nn3doc.equations.check", "nn3doc.equations.mistakes")
    return WarmProcess((*ours, "jaxtyping", "tqdm", *modules), limits, _THREADS)


def check_files(paths: Sequence[Path], warm: WarmProcess, **options: Any) -> Iterator[Report]:
    """Checks pages, each in a process of its own if any of them has Python.

    All are read before the first one is checked, and each once: what code writes to a page meanwhile,
    or somebody does, is of no matter.

    Args:
        paths: The pages.
        warm: The process that forks one for each page.
        options: The other arguments of `check_file`.

    Yields:
        The report of each page, in their order. Whatever happens to one of them is told in its own:
        it cannot be read, its code ends the process, the checker fails.
    """
    read = {path: read_or_none(path) for path in paths}
    coded = {path for path in paths if options.get("code", True) and has_code(read[path])}
    if not (coded and AVAILABLE):
        from nn3doc.equations import check  # which imports torch

        for path in paths:
            yield check.report_of(path, read[path], **options)
        return
    asks = (
        partial(
            warm.ask,
            "nn3doc.equations.check",
            "report_of",
            {"path": path, "read": read[path], **options},
            str(path),
            path in coded,
        )
        for path in paths
    )
    for path, answer in zip(paths, answers(asks, _AT_ONCE), strict=True):
        yield judged(path, read[path], answer.value, answer.ended)


def check_here_or_apart(
    warm: WarmProcess,
    module: str,
    function: str,
    arguments: dict[str, Any],
    path: Path,
    coded: bool,
) -> Answer:
    """Calls a function in a process of its own, or here where there can be none.

    Args:
        warm: The process that forks one.
        module: The function's module.
        function: Its name there.
        arguments: Its arguments.
        path: The page that it checks.
        coded: Whether the page has Python, so that the limits hold.
    """
    if AVAILABLE:
        return warm.ask(module, function, arguments, str(path), coded).answer()
    return Answer(getattr(import_module(module), function)(**arguments))


def judged(path: Path, read: Read | None, report: object, ended: Ended | None) -> Report:
    """What is said of a page that was checked in a process of its own.

    Args:
        path: The page.
        read: What was read there, if it could be.
        report: What the process has sent.
        ended: What went wrong with it, if anything did.
    """
    text = read[0] if read else ""
    if isinstance(report, Report) and _is_of(report, path, text):
        found = report
    else:
        found = Report(str(path), text)
        ended = ended or Ended("the code sent something in place of the report")
    if ended is not None:
        lines, start, end = Lines(found.text), ended.start, ended.end
        if 0 < ended.line <= found.text.count("\n") + 1:
            line = lines.line(ended.line)
            start = lines.start(ended.line) + len(line) - len(line.lstrip())
            end = lines.start(ended.line) + len(line)
        cure = (ended.cure,) if ended.cure else ()
        last = len(found.text)
        found.findings.append(Finding("code", ended.how, min(start, last), min(end, last), cure))
    return found


def _is_of(report: Report, path: Path, text: str) -> bool:
    """Whether a report is one of this page as it was read, and can be shown."""
    if (report.path, report.text) != (str(path), text):
        return False
    try:
        render(report)
    except Exception:  # whatever code has put into it
        return False
    return True


def read_or_none(path: Path) -> Read | None:
    """What a page holds; None where it cannot be read, which its check says once more."""
    try:
        return read_page(path)
    except NoPageError:
        return None


def has_code(read: Read | None) -> bool:
    """Whether a page has Python that a check runs."""
    try:
        return read is not None and bool(find_code(read[0]))
    except MarkdownError:  # which is told with the page
        return False
