"""Which fences show what code printed, as far as nothing on the page says so.

An output that stands where `snippets` looks for it is compared. One that stands elsewhere is found
by what it holds: it resembles what the code above has printed. It is told, because a wrong one would
stand there for ever.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from nn3doc.equations.report import Finding
from nn3doc.equations.text import PLAIN, TYPED, Code, Lines, Region, body_of, scan

_WORD = re.compile(r"[^\W\d]\w*|[-+]?\d[\d_,.]*(?:e[-+]?\d+)?")
_NUMBER = re.compile(r"[-+]?\d[\d_,.]*(?:e[-+]?\d+)?", re.IGNORECASE)
_VALUES = frozenset(["true", "false", "none", "nan", "inf"])
_MOST_PRINTED = 100_000  # characters; nobody shows more
_PROMPT = re.compile(r"^[ \t>]*(?:>>>|In \[\d*\]:)", re.MULTILINE)
_CURES = (
    "Put it directly behind that code, as ```output.",
    "If it is no output, write <!-- unchecked: the reason --> behind it.",
)


def uncompared(text: str, ran: Sequence[tuple[Code, str]]) -> Iterator[Finding]:
    """The outputs that are compared with nothing.

    A fence is held against the last code above it that prints anything.

    Args:
        text: The page.
        ran: Its code, in its order, each with what it printed.
    """
    lines = Lines(text)
    taken = {code.region.start for code, _ in ran}
    taken |= {code.output.region.start for code, _ in ran if code.output}
    printing = [(code, printed) for code, printed in ran if printed.strip()]
    above: tuple[Code, str] | None = None
    for region in scan(text):
        while printing and printing[0][0].region.end <= region.start:
            above = printing.pop(0)
        if above is None or region.start in taken or region.unchecked:
            continue
        code, printed = above
        if code.output is None and _shows(lines, region, printed[:_MOST_PRINTED]):
            line = lines.place(code.region.start)[0]
            message = f"output that is not compared: the code on line {line} prints its like"
            opening = text[region.start : region.body_start].rstrip()
            yield Finding("unrun", message, region.start, region.start + len(opening), _CURES)


def _shows(lines: Lines, region: Region, printed: str) -> bool:
    """Whether a region shows what was printed, right or wrong."""
    if region.kind == "code" and lines.text.startswith("<pre", region.start):
        return _resembles(html.unescape(re.sub(r"<[^>]*>", "", region.body)), printed)
    if region.kind != "fence" or "check" in region.options or _PROMPT.search(region.body):
        return False
    shown = body_of(lines, region).source
    if not region.language or region.language in PLAIN:
        return _resembles(shown, printed)
    return _without_numbers(shown) == _without_numbers(printed)


def _without_numbers(text: str) -> list[str]:
    """The lines of a text; those that differ in numbers only are equal."""
    rows = (_NUMBER.sub("0", row.strip()) for row in text.split("\n"))
    return [row for row in rows if row]


def _resembles(shown: str, printed: str) -> bool:
    """Whether a text looks like what was printed, whatever its numbers.

    That is so if more than half of its words were printed; or if it has as many words and values in
    the same order, of which half are values: `loss 0.3` for `cost 0.2`. What somebody types, behind
    `$`, is left aside.
    """
    ours = _words("\n".join(row for row in shown.split("\n") if not TYPED.match(row)))
    theirs = _words(printed)
    if not ours:
        return False
    common = Counter(ours) & Counter(theirs)
    values = ours.count("0")
    same = [word == "0" for word in ours] == [word == "0" for word in theirs]
    return 2 * common.total() > len(ours) or (same and (2 * values >= len(ours) or len(ours) == 1))


@lru_cache(maxsize=2)  # what one code printed is held against every fence behind it
def _words(text: str) -> tuple[str, ...]:
    """The words of a text, with one word for all values."""
    words = _WORD.findall(text.lower())
    return tuple("0" if word in _VALUES or _NUMBER.fullmatch(word) else word for word in words)
