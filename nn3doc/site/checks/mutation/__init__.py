"""Plants every single mistake in the site's formulas and its code, and writes down what is caught.

    python -m nn3doc.site.checks.mutation

That takes minutes, so the site shows what was written down: `mutation.json` beside this module.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nn3doc.equations.files import find_pages, read_page
from nn3doc.equations.text import formulas
from nn3doc.site.kept import write_whole

__all__ = ["FILE", "MODULE", "SURVIVORS", "TESTS", "changed_since", "main", "measure"]

FILE = Path(__file__).with_name("mutation.json")
#: Planted mistakes that a person has found to be none, with the reason.
SURVIVORS = Path(__file__).with_name("survivors.toml")
MODULE = "nn3doc.network"
TESTS = (Path("tests/test_network.py"), Path("tests/test_arguments.py"))


def changed_since(said: Mapping[str, Any], folder: Path) -> list[str]:
    """The pages whose formulas are others than those that mistakes were planted in."""
    now = _pages(folder)
    names = sorted({*said["pages"], *now})
    return [name for name in names if said["pages"].get(name) != now.get(name)]


def measure(folder: Path) -> dict[str, Any]:
    """Plants the mistakes in the pages of a folder; the outcome as it is written down."""
    from nn3doc.equations.check import inspect_with_code
    from nn3doc.equations.mistakes import Tally, mutate_modules, mutate_page, read_explained

    explained = read_explained(SURVIVORS)
    tally = Tally()
    checked = {}
    for path in find_pages([folder]):
        if path.suffix != ".md":
            continue
        found = inspect_with_code(path)
        checked[str(path)] = found
        tally.mutants += mutate_page(found, str(path), explained).mutants
        sys.stderr.write(f"{path}: {len(tally.mutants):,} mistakes so far\n")
    in_code = mutate_modules([MODULE], checked, explained, TESTS).mutants
    tally.mutants += in_code
    # What a test notices and no page does: the suite holds that nothing comes to it.
    tested = [[one.original, one.mutated, one.by] for one in in_code if "::" in one.by]
    survivors = [
        {
            "page": one.page,
            "line": one.line,
            "kind": one.kind,
            "written": one.original,
            "planted": one.mutated,
        }
        for one in tally.survivors
    ]
    date = datetime.now(tz=UTC).date().isoformat()
    return {
        "date": date,
        "pages": _pages(folder),
        "table": tally.table(),
        "survivors": survivors,
        "tested": tested,
    }


def main() -> int:
    """Writes the file, whole or not at all."""
    sys.path.insert(0, str(Path.cwd()))
    text = json.dumps(measure(Path("docs")), indent=1, ensure_ascii=False) + "\n"
    write_whole(FILE, text)
    return 0


def _pages(folder: Path) -> dict[str, str]:
    """A digest of the formulas of each Markdown page."""
    result = {}
    for path in find_pages([folder]):
        if path.suffix == ".md":
            tex = "\0".join(region.body for region in formulas(read_page(path)[0]))
            if tex:
                name = path.relative_to(folder).as_posix()
                result[name] = hashlib.sha256(tex.encode()).hexdigest()[:16]
    return result
