"""The table of an oracle's run, and what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.oracle.judge import OUTCOMES, Judged


def table(judged: Sequence[Judged]) -> str:
    """By construct: how many pairs, on how many the checker agrees, and what it could not read."""
    rows: list[tuple[str, ...]] = [("construct", "pairs", "agreed", "wrong verdicts", "unread")]
    for construct in [*dict.fromkeys(one.pair.construct for one in judged), "all"]:
        found = [one.outcome for one in judged if construct in (one.pair.construct, "all")]
        counts = (len(found), *(found.count(one) for one in OUTCOMES))
        rows.append((construct, *(f"{count:,}" for count in counts)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        " | ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    ruler = " | ".join(
        "-" * width if not place else "-" * (width - 1) + ":" for place, width in enumerate(widths)
    )
    return "\n".join(f"| {line} |" for line in (lines[0], ruler, *lines[1:]))


def unread(judged: Sequence[Judged]) -> str:
    """Why pairs were not read, by construct."""
    why = Counter((one.pair.construct, one.message) for one in judged if one.outcome == "unread")
    return "\n".join(
        f"{count:>5} {construct}: {message}" for (construct, message), count in why.most_common()
    )


def wrong(judged: Sequence[Judged], examples: int) -> str:
    """The shortest pairs with a wrong verdict, by construct and by what the checker says."""
    groups: dict[tuple[str, bool, str], list[Judged]] = {}
    for one in judged:
        if one.outcome == "wrong":
            groups.setdefault((one.pair.construct, one.pair.right, one.message), []).append(one)
    told = []
    for (construct, right, message), found in sorted(groups.items(), key=lambda g: -len(g[1])):
        is_what = "a right page is refused" if right else "a wrong page passes"
        told.append(f"{construct}: {is_what}, {len(found)} times: {message}")
        for one in sorted(found, key=lambda one: len(one.pair.page))[:examples]:
            page = " ".join(one.pair.page.split())
            where = f"  ({one.pair.where})" if one.pair.where else ""
            told.append(f"  {one.pair.number}: {page}{where}")
    return "\n".join(told)
