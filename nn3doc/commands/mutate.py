"""Plants every single mistake in every equation of pages and tells how many the checks catch.

A dropped transpose, another layer, a wrong sign, a missing 1/m …: each is planted alone, and the
page is checked. Survivors that change the meaning are holes: the exit code is 0 only if there is
none, apart from those that a reviewed file explains.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from nn3doc.commands.errors import UserError

NAME = "mutate"
HELP = "plant every single mistake in the equations of pages, count what the checks catch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PAGE_OR_FOLDER",
        help="a Markdown page, or a folder: all pages (*.md) below it",
    )
    parser.add_argument(
        "--notation", type=Path, metavar="FILE", help="the page with the notation table"
    )
    parser.add_argument(
        "--explained",
        type=Path,
        metavar="FILE",
        help="reviewed survivors, in TOML: [[survivor]] with page, original, mutated, reason",
    )
    parser.add_argument(
        "--code",
        action="append",
        default=[],
        metavar="MODULE",
        help="also plant mistakes in the functions of this module; may be given several times",
    )
    parser.add_argument(
        "--tests",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="tests of these modules, which are run on what no page catches; several times",
    )
    parser.add_argument("--json", action="store_true", help="print every mutant as JSON")


def run(args: argparse.Namespace) -> int:
    """Mutates the pages; 1 where a mistake survived."""
    from nn3doc.equations.files import NoPageError, find_pages

    try:
        pages = [page for page in find_pages(args.paths) if page.suffix != ".ipynb"]
    except NoPageError as error:
        raise UserError(str(error)) from error
    sys.path.insert(0, str(Path.cwd()))
    from nn3doc.equations.check import inspect_with_code
    from nn3doc.equations.mistakes import (
        BrokenTestsError,
        Tally,
        mutate_modules,
        mutate_page,
        read_explained,
    )

    try:
        explained = read_explained(args.explained) if args.explained else []
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    tally = Tally()
    checked = {}
    for path in pages:
        found = inspect_with_code(path, args.notation)
        if not found.report.ok:
            raise UserError(f"{path} has findings already: run nn3doc check {path}")
        checked[str(path)] = found
        tally.mutants += mutate_page(found, str(path), explained).mutants
    try:
        tally.mutants += mutate_modules(args.code, checked, explained, args.tests).mutants
    except BrokenTestsError as error:
        raise UserError(str(error)) from error
    if args.json:
        print(json.dumps([asdict(mutant) for mutant in tally.mutants], indent=1))
    else:
        for mutant in tally.survivors:
            print(f"{mutant.page}:{mutant.line}: survived: {mutant.kind}")
            print(f"  written: {mutant.original}\n  planted: {mutant.mutated}\n")
        print(tally.table(), end="")
    return 1 if tally.survivors else 0
