"""Where the mathematics, the code and the remarks of a Markdown page stand.

One scanner serves the checker, the tests and the site, so that all three mean the same regions.
It steps over code, so a `$` in a fence is never mathematics, and it never changes an offset: every
region is a pair of offsets into the text as it was read.

    region    = fence | comment | code span | display | inline
    display   = "$$" … "$$" | "\\[" … "\\]" | "\\begin{align}" … "\\end{align}" | "```math" fence
    inline    = "$" … "$" | "$`" … "`$" | "\\(" … "\\)"
                (no blank line inside; pandoc's rule for the "$")
    unchecked = "<!-- unchecked: reason -->" directly behind a formula or a fence
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

Kind = Literal["front", "fence", "comment", "code", "display", "inline"]

_ENVIRONMENTS = "equation|align|gather|multline|eqnarray"

_OPENING = re.compile(
    r"(?P<fence>^(?P<prefix>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<ticks>`{3,}(?=[^`\n]*$)|~{3,})"
    r"(?P<info>[^\n]*)$)"
    r"|(?P<comment><!--)"
    r"|(?P<code>`+)"
    r"|(?P<raw><(?P<tag>pre|code|script|style)\b[^>]*>)"
    r"|(?P<bracket>(?<!\\)\\\[)"
    r"|(?P<paren>(?<!\\)\\\()"
    r"|(?P<environment>^[ \t>]*\\begin\{(?P<name>(?:" + _ENVIRONMENTS + r")\*?)\})"
    r"|(?P<escape>\\[^\n])"
    r"|(?P<display>\$\$)"
    r"|(?P<inline>\$(?=\S))",
    re.MULTILINE,
)
_FRONT = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_UNCHECKED = re.compile(r"\s*unchecked\s*:(?P<reason>.*)\Z", re.DOTALL)
_LINE_PREFIX = re.compile(r"^[ \t]*(?:>[ \t>]*)", re.MULTILINE)


class MarkdownError(ValueError):
    """A region that is opened and never closed.

    Attributes:
        offset: Where the opening mark stands in the text.
        end: Where the opening mark ends.
        cure: What to write instead.
    """

    def __init__(self, message: str, offset: int, end: int, cure: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.end = end
        self.cure = cure


@dataclass(frozen=True)
class Region:
    """One region of a page; all offsets count characters of the page's text.

    Attributes:
        kind: What stands there.
        start: Offset of the first character, the opening mark included.
        end: Offset behind the last character, the closing mark included.
        body_start: Offset of the first character between the marks.
        body_end: Offset behind the last character between the marks.
        body: The text between the marks. In a formula the `>` of a block quote are blanks, so that
            offsets in the body are offsets on the page.
        info: A fence's info string (`python title="x"`), without the blanks around it.
        prefix: What stands before a fence on its line: blanks, `>` or a list mark.
        unchecked: For a formula or a fence: the reason of the `unchecked` remark behind it.
        unchecked_end: Where that remark ends; `end` where there is none.
    """

    kind: Kind
    start: int
    end: int
    body_start: int
    body_end: int
    body: str
    info: str = ""
    prefix: str = ""
    unchecked: str | None = None
    unchecked_end: int = -1

    @property
    def language(self) -> str:
        """The language a fence names, lower case, whatever its spelling; "" where it names none.

        `py`, `python title="x"`, `{.python}`, `{#id .py}`, `{python}`, `ipython3` and
        `{code-cell}` all name `python`.
        """
        inside = re.match(r"\{([^}]*)\}?\s*([\w+#-]*)", self.info)
        if inside is None:
            word = re.match(r"\.?([\w+#-]+)", self.info)
            return _python(word.group(1)) if word else ""
        classes = [_python(name) for name in re.findall(r"(?:^|\s)\.([\w+#-]+)", inside.group(1))]
        if classes:
            return next((one for one in classes if one in ("python", "output")), classes[0])
        plain = re.match(r"\s*([\w+#-]+)(?![\w+#-]*=)", inside.group(1))
        directive = plain.group(1).lower() if plain else ""
        if directive in _DIRECTIVES:
            return _python(inside.group(2) or _DIRECTIVES[directive])
        return _python(directive)

    @property
    def options(self) -> dict[str, str]:
        """The options of a fence's info string: `name="value"`, `name='value'`, `name=value`."""
        return {name: self.info[start:end] for name, (start, end) in self.option_spans.items()}

    @property
    def option_spans(self) -> dict[str, tuple[int, int]]:
        """Where the value of each option stands in the info string."""
        found = {}
        for match in _OPTION.finditer(self.info):
            found[match.group(1)] = match.span(match.lastindex or 1)
        return found


_OPTION = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'{},]+))""")
_DIRECTIVES = {"code-cell": "python", "code-block": "", "code": "", "sourcecode": ""}
_PYTHONS = frozenset(["py", "python3", "py3", "ipython", "ipython3"])


def _python(name: str) -> str:
    """The name of a language; every spelling of Python is one."""
    return "python" if name.lower() in _PYTHONS else name.lower()


class Lines:
    """Turns offsets of a text into line and column numbers, both counted from 1."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of one line, without its end."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

    def start(self, number: int) -> int:
        """The offset at which a line starts."""
        return self._starts[number - 1]


def scan(text: str) -> list[Region]:
    """All regions of a page, in their order; they never overlap.

    Args:
        text: The page, as read (a `\\r` may stand before a line's end).

    Raises:
        MarkdownError: A fence, a comment, a display or an environment is never closed.
    """
    return list(_scan(text))


@lru_cache(maxsize=100)  # the reader, the table and the code of a page ask in turn
def _scan(text: str) -> tuple[Region, ...]:
    return tuple(_attach_remarks(text, list(_regions(text))))


def formulas(text: str) -> list[Region]:
    """The displays and the inline formulas of a page, in their order."""
    return [region for region in scan(text) if region.kind in ("display", "inline")]


def _regions(text: str) -> Iterator[Region]:
    position = 0
    ends = _Ends(text)
    front = _FRONT.match(text)
    if front:
        yield Region("front", 0, front.end(), 4, front.end() - 4, text[4 : front.end() - 4])
        position = front.end()
    while opening := _OPENING.search(text, position):
        found = opening.lastgroup
        if opening.group("fence") is not None:
            region: Region | None = _fence(text, opening)
        elif opening.group("comment") is not None:
            region = _until(text, opening, "comment", "-->", "comment", "-->")
        elif opening.group("raw") is not None:
            close = ends.find(rf"</{opening.group('tag')}\s*>", opening.end(), len(text))
            region = None
            if close:
                body = text[opening.end() : close.start()]
                region = Region(
                    "code", opening.start(), close.end(), opening.end(), close.start(), body
                )
        elif opening.group("code") is not None:
            region = _code_span(text, opening, ends)
        elif opening.group("bracket") is not None:
            region = _until(text, opening, "display", "\\]", r"display \[", r"\]")
        elif opening.group("paren") is not None:
            region = _inline(text, opening, "\\)", ends)
        elif opening.group("environment") is not None:
            region = _environment(text, opening)
        elif opening.group("display") is not None:
            region = _until(text, opening, "display", "$$", "display", "$$")
        elif opening.group("inline") is not None:
            region = _inline(text, opening, "$", ends)
        else:
            assert found == "escape"
            region = None
        if region is None:
            position = opening.end()
            continue
        yield region
        position = region.end


def _fence(text: str, opening: re.Match[str]) -> Region:
    ticks = opening.group("ticks")
    close = re.compile(
        rf"^[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*\r?$", re.MULTILINE
    ).search(text, min(opening.end() + 1, len(text)))
    start = opening.start("ticks")
    if close is None:
        raise MarkdownError(
            "this fence is never closed",
            start,
            opening.end("ticks"),
            f"Close it with {ticks} on a line of its own.",
        )
    info = opening.group("info").strip()
    body_start = opening.end() + 1
    body = text[body_start : close.start()]
    kind: Kind = "fence"
    if re.match(r"\{?\.?math\b", info):
        kind, body = "display", _without_quote_marks(text, body_start, close.start())
    return Region(
        kind, start, close.end(), body_start, close.start(), body, info, opening.group("prefix")
    )


def _until(
    text: str, opening: re.Match[str], kind: Kind, mark: str, what: str, written: str
) -> Region:
    end = _find_unescaped(text, mark, opening.end())
    if end < 0:
        raise MarkdownError(
            f"this {what} is never closed",
            opening.start(),
            opening.end(),
            f"Close it with {written}.",
        )
    body = text[opening.end() : end]
    if kind == "display":
        body = _without_quote_marks(text, opening.end(), end)
    return Region(kind, opening.start(), end + len(mark), opening.end(), end, body)


def _find_unescaped(text: str, mark: str, start: int) -> int:
    end = text.find(mark, start)
    while mark == "$$" and end > 0 and text[end - 1] == "\\":
        end = text.find(mark, end + 1)
    return end


def _environment(text: str, opening: re.Match[str]) -> Region:
    closing = rf"\end{{{opening.group('name')}}}"
    end = text.find(closing, opening.end())
    start = text.index("\\begin", opening.start())
    if end < 0:
        raise MarkdownError(
            f"this {opening.group('name')} is never closed",
            start,
            opening.end(),
            f"Close it with {closing}.",
        )
    stop = end + len(closing)
    return Region("display", start, stop, start, stop, _without_quote_marks(text, start, stop))


class _Ends:
    """Finds what closes a region; what is not there is looked for once, however often it is opened.

    Args:
        text: The page.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: dict[str, int] = {}

    @cached_property
    def _blank_lines(self) -> list[int]:
        return [match.start() for match in _BLANK_LINE.finditer(self._text)]

    def paragraph(self, start: int) -> int:
        """Where the paragraph ends that a place stands in."""
        place = bisect_left(self._blank_lines, start)
        return self._blank_lines[place] if place < len(self._blank_lines) else len(self._text)

    def find(self, mark: str, start: int, limit: int) -> re.Match[str] | None:
        """The first place of a mark, a pattern, from a start up to a limit."""
        if self._missing.get(mark, -1) >= limit:
            return None
        found = re.compile(mark).search(self._text, start, limit)
        if found is None:
            self._missing[mark] = limit
        return found


def _code_span(text: str, opening: re.Match[str], ends: _Ends) -> Region | None:
    ticks = opening.group("code")
    close = ends.find(rf"(?<!`){ticks}(?!`)", opening.end(), len(text))
    if close is None or _BLANK_LINE.search(text, opening.end(), close.start()):
        return None  # a lone back-tick is text
    body = text[opening.end() : close.start()]
    return Region("code", opening.start(), close.end(), opening.end(), close.start(), body)


def _inline(text: str, opening: re.Match[str], mark: str, ends: _Ends) -> Region | None:
    """A `$` that nothing closes in its paragraph is text: "it costs $5"."""
    closing = r"(?<![\\\s])\$(?!\d)" if mark == "$" else re.escape(mark)
    close = ends.find(closing, opening.end(), ends.paragraph(opening.end()))
    if close is None:
        return None
    start, end = opening.end(), close.start()
    if mark == "$" and end - start > 2 and text[start] == text[end - 1] == "`":
        start, end = start + 1, end - 1
    body = _without_quote_marks(text, start, end)
    return Region("inline", opening.start(), close.end(), start, end, body)


def _without_quote_marks(text: str, start: int, end: int) -> str:
    """Blanks for the `>` of a block quote: they are the page's, not the formula's."""
    body = text[start:end]
    if "\n" not in body:
        return body
    opening_line = text[text.rfind("\n", 0, start) + 1 : start]
    if not opening_line.lstrip(" \t").startswith(">"):
        return body
    first, rest = body.split("\n", 1)
    return first + "\n" + _LINE_PREFIX.sub(lambda match: " " * len(match.group()), rest)


def _attach_remarks(text: str, regions: list[Region]) -> list[Region]:
    """Gives each formula and each fence the `unchecked` remark that stands directly behind it."""
    result: list[Region] = []
    for region in regions:
        remark = _UNCHECKED.match(region.body) if region.kind == "comment" else None
        before = result[-1] if result else None
        if (
            remark
            and before
            and before.kind in ("display", "inline", "fence")
            and not text[before.end : region.start].strip(" \t\r\n>")
        ):
            reason = " ".join(remark.group("reason").split())
            result[-1] = replace(before, unchecked=reason, unchecked_end=region.end)
        result.append(region)
    return [
        replace(region, unchecked_end=region.end) if region.unchecked_end < 0 else region
        for region in result
    ]
