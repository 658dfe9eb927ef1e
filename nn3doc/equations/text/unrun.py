"""Code that a reader may see and that is not run, and output that is compared with nothing.

`snippets` finds the code that is run. Other tools show code in further forms: indented blocks,
directives, fences of other names. Were it passed over in silence, a page with wrong code in it would
pass. What looks like such a form is told with what to write; a warning, and under `--strict` a failure.
"""

from __future__ import annotations

import ast
import difflib
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nn3doc.equations.report import Finding
from nn3doc.equations.text.excerpts import SOURCE_OPTIONS
from nn3doc.equations.text.markdown import MarkdownError, Region, scan
from nn3doc.equations.text.snippets import Code, find_code

_FENCE = "Write ```python before it, and ``` behind it."
_NAMED = "Write ```python, or ```text where it is no code."
_PROMPTS = "Write >>> in front of each statement, or ```python."
_SKIPPED = re.compile(r"#[ \t]*doctest:[^\n]*\+SKIP\b")
_ALMOST = re.compile(r"python|jupyter|^py|^ipy|^(?:sage|testcode|testsetup|exec)$")
_PROMPT = re.compile(r"\s*In \[\d*\]:")
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

# A line behind which an indented block is no code of its own but goes on with what it begins.
_CONTAINER = re.compile(r"\s*(?:[-*+]\s|\d+[.)]\s|!!!|\?\?\?|===|:|\[\^[^\]]+\]:|\^|/{3}|\|)")
_INDENTED = re.compile(r"(?: {4}|\t)")


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
        elif _PROMPT.match(region.body):
            yield _told("prompts of IPython", *place, "Write ```python, and leave the prompts out.")
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
    """Blocks that four blanks make code, as far as they are Python."""
    lines = text.split("\n")
    offset, inside, number = 0, False, 0
    while number < len(lines):
        line = lines[number]
        starts = _INDENTED.match(line) and (number == 0 or not lines[number - 1].strip())
        if not starts or inside:
            if line.strip() and not _INDENTED.match(line):
                # A paragraph may go on with what a list has begun; a blank line ends that.
                lazy = number > 0 and bool(lines[number - 1].strip())
                inside = bool(_CONTAINER.match(line)) or (inside and lazy) or line[:1] in " \t"
            offset, number = offset + len(line) + 1, number + 1
            continue
        block, last, width = [], number, 0
        for later in range(number, len(lines)):
            if lines[later].strip() and not _INDENTED.match(lines[later]):
                break
            block.append(re.sub(r"^(?: {4}|\t)", "", lines[later]))
            last = later if lines[later].strip() else last
        width = sum(len(one) + 1 for one in lines[number : last + 1])
        body = "\n".join(block)
        if "\0" not in body and (_is_code(body) or body.lstrip().startswith(">>>")):
            yield _told("an indented block", offset, offset + len(line), _FENCE)
        offset, number = offset + width, last + 1


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
