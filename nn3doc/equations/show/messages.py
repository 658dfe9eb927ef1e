r"""Findings as text for people, the way a compiler prints them.

    docs/page.md:41:28: unknown symbol \\delta^{[2]}
      41 | dW^{[2]} = \\frac{1}{m} \\delta^{[2]} A^{[1]T}
         |                        ^^^^^^^^^^^^
      declared here: dW^{[1..2]}, A^{[0..2]}. Did you mean dW^{[2]}?

The place is that of the page, the line is shown without its indentation, and the carets stand under
exactly what is at fault, however wide the characters before it are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from nn3doc.equations.report import Equation, Finding, Report
from nn3doc.equations.text import Lines

WIDTH = 120  # columns of a page's line that are shown; longer lines are cut around the carets
TAB = 4  # columns of a tab
CUT = "…"

_BOLD, _RED, _YELLOW, _BLUE = "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[34m"
_PLAIN = "\x1b[0m"


def render(
    report: Report, *, findings: Sequence[Finding] | None = None, color: bool = False
) -> str:
    """The findings of a page, one block each, an empty line between two.

    Args:
        report: The page's report.
        findings: Which of its findings; all of them where this is left out.
        color: Whether to colour them with ANSI codes, for a terminal.

    Returns:
        The text, which ends in a line's end; "" where there is nothing to say. A block that is the
        same as one before it, character by character, is left out.
    """
    lines = Lines(report.text)
    chosen = report.all_findings if findings is None else findings
    blocks = dict.fromkeys(_block(report, lines, finding, color) for finding in chosen)
    return "\n".join(blocks)


def summary(reports: Iterable[Report]) -> str:
    """One line about all pages together, without a line's end.

    `27 formulas on 2 pages: 12 hold, 6 define, 7 are only read; 1,234 comparisons, largest relative
    difference 3.1e-14; 1 failed; 1 unchecked (rounded by hand); 3 seen but not read`

    Each formula is counted once: as one that fails, as one that is left unchecked, as one that
    builds on what fails, or by what it does.
    """
    every = list(reports)
    pages = [report for report in every if report.is_page]
    equations = [equation for report in pages for equation in report.equations]
    counts = count_verdicts(every)
    without = sum(not report.equations for report in pages)
    among = f" ({_count(without, 'page')} without any)" if without < len(pages) and without else ""
    does = [
        f"{counts[name]:,} {one if counts[name] == 1 else many}"
        for name, (one, many) in _DOES.items()
        if counts[name]
    ]
    number = _count(len(equations), "formula") if equations else "no formulas"
    compared = sum(equation.instances for equation in equations)
    difference = max((equation.difference for equation in equations), default=0.0)
    parts = [
        f"{number} on {_count(len(pages), 'page')}{among}"
        + (": " if does else "")
        + ", ".join(does),
        f"{_count(compared, 'comparison')}, "
        + (f"largest relative difference {difference:.1e}" if difference else "no difference"),
        f"{counts['failed']:,} failed",
    ]
    if counts["snippets"] or counts["alone"]:
        nothing = f", {_count(counts['alone'], 'value')} with nothing" if counts["alone"] else ""
        parts.insert(2, f"{_count(counts['snippets'], 'number')} of snippets compared{nothing}")
    if counts["functions"] or counts["functions_alone"]:
        alone = counts["functions_alone"]
        parts.insert(
            2,
            f"{_count(counts['functions'], 'function')} compared"
            + (f", {alone:,} with nothing" if alone else ""),
        )
    if counts["outside"]:
        parts.append(f"{_count(counts['outside'], 'finding')} outside of formulas")
    if counts["warnings"]:
        parts.append(_count(counts["warnings"], "warning"))
    if counts["skipped"]:
        parts.append(f"{counts['skipped']:,} not checked because of these")
    reasons = Counter(one.reason for one in equations if _counted_as(one) == "unchecked")
    told = "; ".join(
        clean(reason) + (f": {count}" if count > 1 else "")
        for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    parts.append(f"{counts['unchecked']:,} unchecked" + (f" ({told})" if told else ""))
    if counts["unread"]:
        parts.append(f"{counts['unread']:,} seen but not read")
    if counts["unrun"]:
        parts.append(f"{counts['unrun']:,} seen but not run")
    return "; ".join(parts)


# What a formula does, for one and for several of them.
_DOES = {
    "holds": ("holds", "hold"),
    "defines": ("defines", "define"),
    "declares": ("declares", "declare"),
    "reads": ("is only read", "are only read"),
}


_SEEN = ("unread", "unrun")  # kinds of findings that are counted by themselves


def count_verdicts(reports: Iterable[Report]) -> Counter[str]:
    """How many formulas hold, define, …, and how many findings stand outside of formulas.

    Returns:
        Of formulas, each counted once: `holds`, `defines`, `declares`, `reads`, `failed`,
        `unchecked`, `skipped`. Of findings: `outside` (of formulas, failing), `warnings`, `unread`,
        `unrun`.
        Of numbers that snippets assign: `snippets`, those that were compared; of values: `alone`,
        those of defined symbols that were compared with nothing.
    """
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(map(_counted_as, report.equations))
        counts["snippets"] += report.snippets_compared
        counts["alone"] += len(report.snippets_alone)
        for kind in _SEEN:
            counts[kind] += sum(one.kind == kind for one in report.findings)
        counts["functions"] += report.functions_compared
        counts["functions_alone"] += report.functions_alone
        counts["outside"] += sum(one.failing for one in report.findings if one.kind not in _SEEN)
        counts["warnings"] += sum(
            not one.failing for one in report.all_findings if one.kind not in _SEEN
        )
    return counts


def _counted_as(equation: Equation) -> str:
    if has_failed(equation):
        return "failed"
    return "declares" if equation.verdict == "states" else equation.verdict


def has_failed(equation: Equation) -> bool:
    """Whether something is wrong with an equation."""
    return equation.verdict == "failed" or any(found.failing for found in equation.findings)


def clean(text: str) -> str:
    """Text of a page without what could move a terminal's cursor or turn its writing around."""
    return "".join(_shown(character) for character in text)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _block(report: Report, lines: Lines, finding: Finding, color: bool) -> str:
    """The place and the message, the line with its carets, then the notes."""
    start, end = _trimmed(report.text, finding.start, finding.end)
    number, column = lines.place(start)
    place = f"{clean(report.path)}:{number}:{column}:"
    mark = _RED if finding.failing else _YELLOW
    message = ("" if finding.failing else "warning: ") + clean(finding.message)
    result = [f"{_dye(_BOLD, place, color)} {_dye(mark, message, color)}"]
    if report.text:
        line = lines.line(number)
        first = lines.start(number)
        shown, before, marked = _window(line, start - first, min(end - first, len(line)))
        gutter = max(3, len(str(number)))
        bar = _dye(_BLUE, f"  {number:>{gutter}} |", color)
        result.append(f"{bar} {shown}".rstrip())
        bar = _dye(_BLUE, f"  {'':{gutter}} |", color)
        result.append(f"{bar} {' ' * before}{_dye(mark, '^' * marked, color)}")
    notes = list(finding.notes)
    said = re.compile(rf"\b(?:mean|[Ww]rite) {re.escape(finding.suggestion)}(?![\w\\])")
    if finding.suggestion and not any(said.search(note) for note in notes):
        notes.append(f"Did you mean {finding.suggestion}?")
    result.extend(f"  {clean(line)}".rstrip() for note in notes for line in note.splitlines())
    return "\n".join(result) + "\n"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks around it: a display's body starts with a line's end."""
    start = max(0, min(start, len(text)))
    end = max(start, min(end, len(text)))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A line as it is shown, the columns before its carets and their number, which is at least 1.

    Args:
        line: The line of the page.
        start: Where the carets start in it.
        end: Where they end; the line's end where the finding goes on below.
    """
    indent = min(len(line) - len(line.lstrip()), start)
    cells = [_shown(character) for character in line[indent:]]
    widths = [_width(cell) for cell in cells]
    start, end = start - indent, max(end, start + 1) - indent
    first, last = 0, len(cells)
    if sum(widths) > WIDTH:
        # What is at fault, in the middle of as much of the line as fits.
        first, last = start, min(end, len(cells))
        while last > first + 1 and sum(widths[first:last]) > WIDTH - 2:
            last -= 1
        room = WIDTH - 2 - sum(widths[first:last])
        grown = True
        while grown:  # by one character on either side, as long as one fits
            grown = False
            if first > 0 and widths[first - 1] <= room:
                first, room, grown = first - 1, room - widths[first - 1], True
            if last < len(cells) and widths[last] <= room:
                last, room, grown = last + 1, room - widths[last], True
    shown = "".join(cells[first:last])
    before = sum(widths[first:start])
    marked = max(1, sum(widths[start : min(end, last)]))
    if first > 0:
        shown, before = CUT + shown, before + 1
    if last < len(cells):
        shown += CUT
    return shown, before, marked


def _shown(character: str) -> str:
    """A character as it may be printed: a tab as blanks, control characters as their pictures."""
    code = ord(character)
    if character == "\t":
        return " " * TAB
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character == "\u200d":  # joins emoji
        return character
    return "\ufffd" if unicodedata.category(character) in _UNSAFE else character


_UNSAFE = frozenset(["Cc", "Cf", "Cs", "Co", "Zl", "Zp"])


def _width(cell: str) -> int:
    """Columns that a shown character takes in a terminal."""
    if len(cell) != 1:
        return len(cell)
    if unicodedata.category(cell) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in ("W", "F") else 1


def _dye(code: str, text: str, color: bool) -> str:
    return f"{code}{text}{_PLAIN}" if color and text else text
