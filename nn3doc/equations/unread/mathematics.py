"""Mathematics that a reader may see and the checker does not read: each place is told.

`markdown.formulas` reads what pandoc takes for mathematics. Other tools show more: blanks inside the
dollar signs, doubled backslashes, directives, roles, MathML. Were it passed over in silence, a page
with false mathematics in it would pass. What looks like such a form is told with what to write; a
warning, and under `--strict` a failure. Files beside the pages that are no pages are told likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nn3doc.equations.report import Finding, Report
from nn3doc.equations.text import MarkdownError, Region, formulas, scan

_DOLLAR = re.compile(r"(?<!\\)\$+")
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")
_SAYS_MORE = re.compile(r"[=\\^_<>]")  # "$5 and $6" is money, "$5 = 6 $" is not
_DIRECTIVE = re.compile(r"\{\s*(?!\.)([\w:-]+)\s*\}")
_CODE = frozenset(
    """code code-block code-cell sourcecode literalinclude python py python3 ipython ipython3 r julia
    bash sh shell console sql mermaid graphviz dot eval-rst toctree""".split()
)
_RENDERED = frozenset(["asciimath", "katex", "latexmath", "mathjax", "mathml"])  # of a fence
_ROLE = re.compile(r"(?:\{math\}|:math:)\Z")
_SCRIPT = re.compile(r"<script\b[^>]*\bmath/", re.IGNORECASE)
_DOLLARS = "Write $…$ inside a line, or $$…$$ for a display."

# What else may be mathematics outside of dollar signs: a pattern, what it is, what to write.
_FORMS = [
    (
        re.compile(r"\\\\\((?:[^\n]|\n(?!\s*\n)){0,2000}?\\\\\)"),
        "doubled backslashes",
        "Write \\(…\\) or $…$.",
    ),
    (
        re.compile(r"\\\\\[(?:[^\n]|\n(?!\s*\n)){0,2000}?\\\\\]"),
        "doubled backslashes",
        "Write \\[…\\] or $$…$$.",
    ),
    (
        re.compile(r"\\begin\{(?P<name>[a-zA-Z]+\*?)\}.*?(?:\\end\{(?P=name)\}|\Z)", re.DOTALL),
        "an environment without dollar signs",
        "Write $$ before and behind it.",
    ),
    (
        re.compile(
            r"^[ \t>]*:{3,}[ \t]*\{math\}.*?(?:^[ \t>]*:{3,}[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
        ),
        "a directive of colons",
        _DOLLARS,
    ),
    (
        re.compile(r"^[ \t>]*\.\. math::[^\n]*", re.MULTILINE),
        "a directive of reStructuredText",
        _DOLLARS,
    ),
    (re.compile(r"<math\b.*?(?:</math>|\Z)", re.DOTALL | re.IGNORECASE), "MathML", _DOLLARS),
    (
        re.compile(r"\b(?:stem|latexmath|asciimath):\[[^\]\n]{0,2000}\]"),
        "a macro of AsciiDoc",
        _DOLLARS,
    ),
    (re.compile(r"\{[{%][<%]?\s*(?:math|katex|mathjax|latex)\b[^\n]*"), "a short code", _DOLLARS),
    (
        re.compile(r"\[(?P<tag>math|tex|latex)\].{0,2000}?\[/(?P=tag)\]", re.DOTALL),
        "a tag",
        _DOLLARS,
    ),
]


def unread(text: str, failing: bool = False) -> list[Finding]:
    """The places of a page where mathematics may stand that is not read, in their order.

    Args:
        text: The page.
        failing: Whether the page fails by them.
    """
    try:
        regions = scan(text)
    except MarkdownError:
        return []  # which is told with the page
    found = [*_in_regions(text, regions), *_between(_blanked(text, regions))]
    return [replace(one, failing=failing) for one in sorted(found, key=lambda one: one.start)]


def unread_file(path: str, text: str, failing: bool = False) -> Report | None:
    """What is told of a file that is no page; None where nothing in it looks like mathematics."""
    place = _LOOKS_LIKE.search(text)
    if place is None:
        return None
    cure = "Write it as Markdown (*.md), or leave it out of the folders that are checked."
    finding = Finding(
        "unread",
        "this file is no page: its mathematics is not read",
        place.start(),
        place.end(),
        (cure,),
        failing=failing,
    )
    return Report(path, text, findings=[finding], is_page=False)


_LOOKS_LIKE = re.compile(
    r"(?<![\\$\w])\$\$?(?=[^$\n]*[\\=^_])[^$\n]+\$"
    r"|\.\. math::|:math:`|\\begin\{(?:equation|align|gather|multline|eqnarray)\*?\}"
    r"|\\\([^\n]*?\\\)|\\\[[^\n]*?\\\]|\b(?:stem|latexmath):\[|<math\b"
)


def _in_regions(text: str, regions: list[Region]) -> Iterator[Finding]:
    """Roles, scripts, and the formulas in a fence that is a directive."""
    for region in regions:
        if region.kind == "code":
            role = _ROLE.search(text, max(0, region.start - 6), region.start)
            if role:
                yield _told("a role", role.start(), region.end, "Write $…$.")
            elif _SCRIPT.match(text, region.start, region.body_start):
                yield _told("a script", region.start, region.end, _DOLLARS)
        elif region.kind == "fence":
            directive = _DIRECTIVE.match(region.info)
            if region.language in _RENDERED:
                yield _told("a fence", region.start, region.end, "Write ```math.")
            elif directive and directive.group(1).lower() not in _CODE:
                yield from _in_directive(region)


def _in_directive(region: Region) -> Iterator[Finding]:
    cure = "Write :::{…} and ::: around it, or !!! note with its text moved in: those are read."
    try:
        inside = formulas(region.body)
    except MarkdownError:
        yield _told("a directive", region.start, region.end, cure)
        return
    for one in inside:
        start = region.body_start + one.start
        yield _told("a directive", start, region.body_start + one.end, cure)
    for other in unread(region.body):
        start, end = region.body_start + other.start, region.body_start + other.end
        yield replace(other, start=start, end=end)


def _blanked(text: str, regions: list[Region]) -> str:
    """The page with what is read, and all code, as blanks."""
    pieces, done = [], 0
    for region in regions:
        pieces.append(text[done : region.start])
        pieces.append(re.sub(r"[^\n]", "\0", text[region.start : region.end]))
        done = region.end
    return "".join(pieces) + text[done:]


def _between(rest: str) -> Iterator[Finding]:
    """Forms that stand in a page's text."""
    for form, what, cure in _FORMS:
        for match in form.finditer(rest):
            yield _told(what, match.start(), match.end(), cure)
    start = 0
    for end in [*(match.start() for match in _PARAGRAPH.finditer(rest)), len(rest)]:
        yield from _dollars(rest, start, end)
        start = end


def _dollars(rest: str, start: int, end: int) -> Iterator[Finding]:
    """Pairs of dollar signs that pandoc does not take for mathematics, and other tools do."""
    signs = list(_DOLLAR.finditer(rest, start, end))
    place = 0
    while place + 1 < len(signs):
        one, other = signs[place], signs[place + 1]
        body = rest[one.end() : other.start()]
        amounts = _is_amount(rest, one) and _is_amount(rest, other)
        if amounts and not _SAYS_MORE.search(body):
            place += 1
            continue
        cure = "Write $…$ without blanks inside the dollar signs, and \\$ for the sign itself."
        yield _told("dollar signs with a blank inside", one.start(), other.end(), cure)
        place += 2


def _is_amount(rest: str, sign: re.Match[str]) -> bool:
    """Whether a dollar sign stands at a number: `$5`, `5$`."""
    start, end = sign.span()
    before, behind = rest[max(0, start - 1) : start], rest[end : end + 1]
    return before.isdigit() or behind.isdigit()


def _told(what: str, start: int, end: int, cure: str) -> Finding:
    return Finding("unread", f"mathematics that is not read: {what}", start, end, (cure,))


__all__ = ["unread", "unread_file"]
