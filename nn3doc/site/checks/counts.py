"""What a page tells of the checks: numbers that are counted when the site is made.

`{{ checked.formulas }}` on a page is a number, `{{ checked.unchecked }}` a list, and
`{{ checked.mutation }}` the table that `python -m nn3doc.site.checks.mutation` has written.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nn3doc.site.checks.mutation import FILE, changed_since

__all__ = ["add_counts", "counts", "wants_counts"]

_PLACE = re.compile(r"\{\{ checked\.(\w+) \}\}")


def wants_counts(content: str) -> bool:
    """Whether a page tells of the checks."""
    return _PLACE.search(content) is not None


def add_counts(content: str, pages: Sequence[Mapping[str, Any]], folder: Path) -> str:
    """A page's Markdown with the numbers in their places.

    Args:
        content: The Markdown.
        pages: What is said of every page of the site (nn3doc.equations.show).
        folder: The folder of the pages.

    Raises:
        KeyError: There is no such number.
    """
    found = counts(pages)
    found["mutation"] = _mutation(folder)
    return _PLACE.sub(lambda match: found[match[1]], content)


def counts(pages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The numbers by name, as they are shown."""
    equations = [equation for page in pages for equation in page["equations"]]
    with_formulas = sum(bool(page["equations"]) for page in pages)
    witnessed = [
        (equation, {witness["kind"] for witness in equation["witnesses"]}) for equation in equations
    ]
    difference = max((one["difference"] or 0.0 for one in equations), default=0.0)

    def confirmed(*kinds: str) -> str:
        return f"{sum(bool(have & set(kinds)) for _, have in witnessed):,}"

    def so_many(*verdicts: str) -> str:
        return f"{sum(one['verdict'] in verdicts for one in equations):,}"

    return {
        "pages": f"{with_formulas:,}",
        "formulas": f"{len(equations):,}",
        "displays": f"{sum(one['display'] for one in equations):,}",
        "equations": so_many("holds", "defines"),
        "holds": so_many("holds"),
        "defines": so_many("defines"),
        "failed": so_many("failed"),
        "instances": f"{sum(one['instances'] for one in equations):,}",
        "difference": f"{difference:.1e}",
        "autograd": confirmed("autograd"),
        "code": confirmed("function", "line", "returned", "final", "snippet"),
        "lines": confirmed("line"),
        "unchecked_count": so_many("unchecked"),
        "unchecked": _unchecked(equations),
    }


def _unchecked(equations: Iterable[Mapping[str, Any]]) -> str:
    reasons = Counter(one["reason"] for one in equations if one["verdict"] == "unchecked")
    if not reasons:
        return "There is none at the moment."
    return "\n".join(f"- {_times(count)}: {reason}" for reason, count in reasons.most_common())


def _times(count: int) -> str:
    return "one formula" if count == 1 else f"{count} formulas"


def _mutation(folder: Path) -> str:
    if not FILE.is_file():
        return "This has not been measured."
    said = json.loads(FILE.read_text(encoding="utf-8"))
    changed = changed_since(said, folder)
    since = ""
    if changed:
        since = f" Formulas on {', '.join(changed)} have changed since."
    for one in said["survivors"]:
        since += (
            f"\n\nNot noticed: `{one['planted']}` in place of `{one['written']}`, "
            f"on {Path(one['page']).name}."
        )
    return f"{said['table']}\nThe mistakes were planted on {said['date']}.{since}"
