"""Code that a reader may see and that is not run, and output that is compared with nothing.

`snippets` finds the code that is run, `outputs` what looks like an output. Other tools show code in
further forms: indented blocks, directives, fences of other names. Were it passed over in silence, a
page with wrong code in it would pass. What looks like such a form is told with what to write; a
warning, and under `--strict` a failure.
"""

from __future__ import annotations

import ast
import difflib
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from textwrap import dedent

from nn3doc.equations.report import Finding
from nn3doc.equations.text import (
    PLAIN,
    SOURCE_OPTIONS,
    Code,
    MarkdownError,
    Region,
    find_code,
    scan,
)

_FENCE = "Write ```python before it, and ``` behind it."
_NAMED = "Write ```python, or ```text where it is no code."
_PROMPTS = "Write >>> in front of each statement, or ```python."
_SKIPPED = re.compile(r"#[ \t]*doctest:[^\n]*\+SKIP\b")
_ALMOST = re.compile(r"python|jupyter|^py|^ipy|^(?:sage|testcode|testsetup|exec)$")
_SHELLS = frozenset("bash sh zsh fish shell shellsession sh-session powershell bat cmd".split())
_PROMPT = re.compile(r"^[ \t>]*In \[\d*\]:", re.MULTILINE)
_PYTHON_PROMPT = re.compile(r"^[ \t>]*>>>(?!>)[ \t]*\S", re.MULTILINE)
_HTML = re.compile(
    r"<[^>]*\b(?:lang|class|language)\s*=\s*[\"']?[^\"'>]*\b(?:python|py|ipython)\d?\b",
    re.IGNORECASE,
)

# What else shows code, outside of fences: a pattern, and what it is.
_FORMS = [
    (
        re.compile(
            r"^[ \t>]*\.\. (?:code-block|code|sourcecode|doctest|testcode|ipython|jupyter-execute)"
            r"::[ \t]*(?:i?python\d?|py)?[ \t]*$",
            re.MULTILINE,
        ),
        "a directive of reStructuredText",
    ),
    (
        re.compile(
            r"^[ \t>]*:{3,}[ \t]*\{(?:code-cell|(?:code-block|code|sourcecode)\}[ \t]*(?:i?python|py))"
            r"[^\n]*",
            re.MULTILINE,
        ),
        "a directive of colons",
    ),
    (re.compile(r"\{%\s*highlight\s+i?py(?:thon)?\d?\b[^\n]*"), "a short code"),
    (re.compile(r"^\[source,\s*i?py(?:thon)?\d?\b[^\n]*\]", re.MULTILINE), "a block of AsciiDoc"),
]

#: Options of fences that tools for code know, besides those of a source.
_KNOWN = (
    *SOURCE_OPTIONS,
    *("title", "linenums", "linenums_style", "linenumstart", "hl_lines", "anchor_linenums"),
    *("name", "id", "class", "caption", "label", "file", "filename", "tags", "startFrom", "check"),
    *("lineno-start", "emphasize-lines", "number-lines", "line-numbers"),
)
_NEED_SOURCE = ("show", "docstring", "signature", "color")

# What a line begins, and how far what belongs to it is indented: as far as its own text, or by four.
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ ]{1,4}(?=\S)|[ ]|$)")
_BOX = re.compile(r"(?:!!!|\?\?\?\+?|===[!+]?)[ ]|:[ ]|\[\^[^\]]+\]:")
_QUOTE = re.compile(r"(?:[ ]{0,3}>[ ]?)*")
_CODE = 4  # blanks that make code


def unrun(text: str, failing: bool = False, uncompared: Iterable[Finding] = ()) -> list[Finding]:
    """The places of a page with code that is not run, or output that is not compared.

    Args:
        text: The page.
        failing: Whether the page fails by them.
        uncompared: Places that running its code has shown.
    """
    try:
        regions = scan(text)
    except MarkdownError:
        return []  # which is told with the page
    found = [*_in_regions(text, regions, find_code(text)), *_between(text, regions), *uncompared]
    return [replace(one, failing=failing) for one in sorted(found, key=lambda one: one.start)]


def _in_regions(text: str, regions: Sequence[Region], pieces: Sequence[Code]) -> Iterator[Finding]:
    run = {piece.region.start for piece in pieces}
    doctests = {piece.region.start for piece in pieces if piece.kind == "doctest"}
    run |= {piece.output.region.start for piece in pieces if piece.output}
    for region in regions:
        opening = text[region.start : region.body_start].rstrip()
        place = region.start, region.start + len(opening)
        if region.kind == "code" and opening.startswith("<"):
            if _HTML.search(text, region.start, region.body_start + 200) and _is_code(
                html.unescape(re.sub(r"<[^>]*>", "", region.body))
            ):
                yield _told("code in HTML", *place, _FENCE)
        elif region.kind != "fence" or "check" in region.options:
            continue
        elif region.start in doctests and ">>>" not in region.body:
            yield _told("a fence of prompts without a prompt", *place, _PROMPTS)
        elif region.start in doctests:
            for match in _SKIPPED.finditer(text, region.body_start, region.body_end):
                yield _told("an example that is skipped", *match.span(), "Take +SKIP out.")
        elif region.start in run:
            if region.language == "python" and "source" not in region.options:
                yield from _options(text, region)
        elif _ALMOST.search(region.language):
            yield _told(f"a fence of {region.language}", *place, "Write ```python.")
        elif region.language and region.language not in PLAIN | _SHELLS:
            continue
        elif _PROMPT.search(region.body):
            yield _told("prompts of IPython", *place, "Write ```python, and leave the prompts out.")
        elif _PYTHON_PROMPT.search(region.body):
            cure = "Write ```pycon, and leave out what stands before the first prompt."
            yield _told(f"prompts in a fence of {region.language or 'text'}", *place, cure)
        elif not region.language and _is_code(region.body):
            yield _told("a fence without a language", *place, _NAMED)


def _options(text: str, region: Region) -> Iterator[Finding]:
    """Options of a fence with code that mean nothing: misspelt ones, or without a source."""
    for name in region.options:
        start = text.index(name, text.index(region.info, region.start))
        place = start, start + len(name)
        if name in _NEED_SOURCE:
            cure = 'Write source="package.function" beside it.'
            yield Finding(
                "unrun", f"the option {name} does nothing without a source", *place, (cure,)
            )
        elif name not in _KNOWN and not name.startswith("data-"):
            near = difflib.get_close_matches(name, _KNOWN, 1)
            if near:
                yield Finding(
                    "unrun", f"there is no option {name}", *place, (f"Did you mean {near[0]}?",)
                )
            elif not region.info.startswith("{"):
                cure = f"The options are {', '.join(SOURCE_OPTIONS)}, title, linenums and hl_lines."
                yield Finding("unrun", f"there is no option {name}", *place, (cure,))


def _between(text: str, regions: Sequence[Region]) -> Iterator[Finding]:
    """Forms that stand in a page's text."""
    pieces, done = [], 0
    for region in regions:
        pieces.append(text[done : region.start])
        pieces.append(re.sub(r"[^\n]", "\0", text[region.start : region.end]))
        done = region.end
    rest = "".join(pieces) + text[done:]
    for form, what in _FORMS:
        for match in form.finditer(rest):
            yield _told(what, match.start(), match.end(), _FENCE)
    yield from _indented(rest)


def _indented(text: str) -> Iterator[Finding]:
    """Blocks that are code because they are indented by four blanks, as far as they are Python.

    The blanks count from where the text of the list, the box or the quotation begins.
    """
    offset, block, start = 0, list[str](), (0, 0)
    inside: list[int] = []  # how far the text of each list or box around is indented
    blank = True  # whether a paragraph cannot go on
    for line in [*text.split("\n"), "\0"]:
        quote = _QUOTE.match(line)
        front = quote.group() if quote else ""
        row = line[len(front) :].expandtabs(4).rstrip()
        indent = len(row) - len(row.lstrip())
        code = inside[-1] + _CODE if inside else _CODE
        taken = "\0" in row  # by a region, which is told by itself
        if block and (not row or indent >= code) and not taken:
            block.append(row[code:])
        else:
            if _is_told("\n".join(block)):
                yield _told("an indented block", *start, _FENCE)
            block = []
            while row and inside and indent < inside[-1] and (blank or _begins(row[indent:])):
                inside.pop()
            code = inside[-1] + _CODE if inside else _CODE
            if row and blank and indent >= code and not taken and not _begins(row[indent:]):
                block, first = [row[code:]], len(line) - len(line[len(front) :].lstrip())
                start = offset + first, offset + len(line)
            else:
                inside.extend(_texts(row, indent))
        blank, offset = not row, offset + len(line) + 1


def _begins(row: str) -> bool:
    """Whether a line begins an item of a list, or a box."""
    return bool(_ITEM.match(row) or _BOX.match(row))


def _texts(row: str, indent: int) -> Iterator[int]:
    """How far the text is indented of what a line begins; an item may begin with another one."""
    while item := _ITEM.match(row, indent):
        indent = item.end() + (not item.group().endswith(" "))
        yield indent
    if _BOX.match(row, indent):
        yield indent + _CODE


def _is_told(block: str) -> bool:
    block = dedent(block)  # Python-Markdown indents lists by four
    return _is_code(block) or block.lstrip().startswith(">>>")


def _is_code(text: str) -> bool:
    """Whether a text is Python that does something, and no word or list of numbers."""
    try:
        tree = ast.parse(text.strip("\n") + "\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node.value, ast.Call | ast.Await)
        if isinstance(node, ast.Expr)
        else not isinstance(node, ast.Pass | ast.Break | ast.Continue)
        for node in tree.body
    )


def _told(what: str, start: int, end: int, cure: str) -> Finding:
    return Finding("unrun", f"code that is not run: {what}", start, end, (cure,))


__all__ = ["unrun"]
