"""Checks every equation of Markdown pages: read, known, fits, holds, and is what the code does.

The pages' Python is run, as their tests run it; --no-code checks the text alone. Findings go to
standard output, one summary line behind them. The exit code is 0 only if nothing was found.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nn3doc.commands.errors import UserError

if TYPE_CHECKING:
    from nn3doc.equations.files import Found
    from nn3doc.equations.report import Report

NAME = "check"
HELP = "check every equation of Markdown pages against definitions, autograd and code"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.set_defaults(verdict=True)  # which counts only if somebody could read it
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PAGE_OR_FOLDER",
        help="a Markdown page, or a folder: all pages (*.md) below it",
    )
    parser.add_argument(
        "--notation",
        type=Path,
        metavar="FILE",
        help="the page with the notation table (default: a table of the page itself, of the pages"
        " it builds_on, or notation.md beside it)",
    )
    parser.add_argument(
        "--no-code",
        dest="code",
        action="store_false",
        help="run nothing and import nothing that a page names: check the text alone",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="also fail by a definition that no claim, no function and no snippet restates, and by"
        " mathematics in a form or a file that is not read",
    )
    parser.add_argument(
        "--seeds",
        type=_at_least_1,
        default=2,
        metavar="N",
        help="how many times random values are drawn (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds",
        type=_positive,
        default=120.0,
        metavar="N",
        help="how long the check of a page with code may take (default: 120)",
    )
    parser.add_argument(
        "--memory",
        type=_positive,
        default=4.0,
        metavar="GB",
        help="how many gigabytes of memory the code of a page may take (default: 4)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print everything about every equation as JSON (see nn3doc.equations.show.jsonform)",
    )


def run(args: argparse.Namespace) -> int:
    """Checks the pages; 1 where something was found."""
    from nn3doc.equations.files import NoPageError, find_pages, look_for

    try:
        found = look_for(args.paths)
        if args.notation is not None:
            find_pages([args.notation])
    except NoPageError as error:
        raise UserError(str(error)) from error
    if args.code:
        # Modules beside the pages can be imported, as with `python -m`.
        sys.path.insert(0, str(Path.cwd()))
    from nn3doc.equations.show import dumps, render, summary

    color = wants_color()
    reports = []
    for report in _reports(found, args):
        reports.append(report)
        text = "" if args.json else render(report, color=color)
        if text:
            print(text, flush=True)  # with an empty line behind it
    if args.json:
        print(dumps(reports), end="")
    else:
        print(summary(reports))
    return 0 if all(report.ok for report in reports) else 1


def _reports(found: Found, args: argparse.Namespace) -> Iterator[Report]:
    """A report for each page, for each folder that is closed, and for files that are not read."""
    from nn3doc.equations.check_each import check_files, warm_process
    from nn3doc.equations.files import NoPageError, read_page
    from nn3doc.equations.isolate import Limits
    from nn3doc.equations.report import Finding, Report
    from nn3doc.equations.unread import unread_file

    options = {
        "notation": args.notation,
        "code": args.code,
        "strict": args.strict,
        "seeds": range(1, args.seeds + 1),
    }
    limits = Limits(seconds=args.seconds, memory=round(args.memory * 1e9))
    with warm_process(limits) as warm:
        yield from check_files(found.pages, warm, **options)
    for folder, reason in found.closed.items():
        yield Report(str(folder), "", findings=[Finding("page", reason, 0, 0)], is_page=False)
    for path in found.others:
        try:
            text, _ = read_page(path)
        except NoPageError:
            continue  # it is no page
        report = unread_file(str(path), text, failing=args.strict)
        if report is not None:
            yield report


def _at_least_1(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def wants_color() -> bool:
    """Whether standard output is a terminal that shows colours; see no-color.org."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain
