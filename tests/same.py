"""Does the checker say of every page exactly what it said before? For whoever moves code around.

    python -m tests.same record FOLDER   # writes what is said of each page into the folder
    … move code …
    python -m tests.same compare FOLDER  # shows the pages of which something else is said

What is said is the report as JSON and as text: verdicts, messages, places, cures, numbers. The pages
are those of the site with all their examples, the tables of verdicts, and the other pages that the
tests of the checker read.
"""

import argparse
import difflib
import hashlib
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import torch

from nn3doc.equations.check import check_file, check_page
from nn3doc.equations.code.runs import run_page
from nn3doc.equations.examples import told_of_page
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.jsonform import dumps
from nn3doc.equations.show.messages import render

TESTS = Path(__file__).parent
ROOT = TESTS.parent


def told_of_pages() -> Iterator[tuple[str, str]]:
    """A name for each page, and all that the checker says of it."""
    for path in [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]:
        yield str(path), _told(check_file(path, strict=True))
        for number, told in enumerate(told_of_page(path.read_text(encoding="utf-8"), path), 1):
            yield f"{path}, example {number}", told.text
    for path in sorted((TESTS / "equations" / "verdicts").glob("*.toml")):
        cases = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        for number, case in enumerate(cases, 1):
            yield f"{path.stem}, case {number}", _told(_checked(case["page"].lstrip("\n")))
    for name in ("constructs", "conventions", "errata"):
        for path in sorted((TESTS / "equations" / name).glob("*.md")):
            yield f"{name}, {path.stem}", _told(_checked(path.read_text(encoding="utf-8")))


def _checked(text: str) -> Report:
    torch.manual_seed(1)  # some pages draw numbers
    return check_page(text, code=run_page(text, "page.md"))


def _told(report: Report) -> str:
    return f"{dumps([report])}\n{render(report)}"


def main() -> int:
    """Records or compares; the exit code is 1 where something else is said."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["record", "compare"])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    changed = pages = 0
    for name, told in told_of_pages():
        pages += 1
        file = folder / hashlib.sha256(name.encode()).hexdigest()[:20]
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if arguments.what == "record":
            file.write_text(told, encoding="utf-8")
        elif told != before:
            changed += 1
            lines = difflib.unified_diff(
                before.splitlines(),
                told.splitlines(),
                f"{name} before",
                f"{name} now",
                n=1,
                lineterm="",
            )
            sys.stdout.write("\n".join(list(lines)[:30]) + "\n")
    sys.stdout.write(f"{pages} pages, {changed} of them changed\n")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
