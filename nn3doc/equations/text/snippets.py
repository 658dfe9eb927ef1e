"""The code on a page, found but not run, and what it should print.

code    = "```python" fence | doctest | hidden | "```python source=…" fence
doctest = "```pycon" fence | fence that begins with ">>>"
hidden  = "<!-- invisible-code-block: python" newline … "-->"
output  = "```output" fence behind a code | "```text" fence behind a code that prints
          (directly behind it, or behind one line such as "It prints:"; lines that only open or
          close a block, such as `=== "Output"` or `</details>`, may stand between)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nn3doc.equations.text.markdown import Lines, Region, scan

CodeKind = Literal["python", "hidden", "doctest", "source", "output"]

_HIDDEN = re.compile(r"-?\s*invisible-code(?:-block)?:\s*(?:python|py)[ \t]*\r?\n", re.IGNORECASE)
_DOCTEST_LANGUAGES = frozenset(["pycon", "doctest"])
_BARE_DOCTEST = re.compile(r"^[ \t]*>>>(?!>).*$(?:\n[ \t]*\S.*$)*", re.MULTILINE)
# Languages of fences that people write outputs in; also those that show what a reader types.
PLAIN = frozenset(
    """text txt plain plaintext none console terminal out stdout shell-session ansi""".split()
)
TYPED = re.compile(r"\s*(?:[$%#>] |>>>|In \[|[\w.@~-]*[$#] )")
_INTRODUCES = re.compile(
    r"[^\n]{0,80}\b(?:print|output|result|show|give|display|return|see|get)\w*\b[^\n]{0,40}:\W*",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\W*(?:(?:the|its|expected|sample|console|terminal)\s+)?"
    r"(?:outputs?|prints?|printed|results?|stdout)\W*",
    re.IGNORECASE,
)
# A line that only opens or closes a block around what follows: a tab, a box, an item of a list.
_HEADER = re.compile(
    r"===[!+]?\s+[\"'].*"  # tabs and boxes of Python-Markdown
    r"|(?:\?\?\?\+?|!!!)\s*\w.*"
    r"|/{3,}.*"
    r"|:{3,}.*"  # of pandoc, MyST and Docusaurus
    r"|\{%.*%\}"
    r"|\{[:.#].*\}"  # attributes
    r"|\[!\w+\][-+]?.*"  # callouts of GitHub
    r"|[-*+]|\d+[.)]"
    r"|(?:</?[A-Za-z][^<>]*>\s*)+"
)
_ASIDE = re.compile(r"<!--.*?-->|<summary\b[^>]*>.*?</summary>", re.DOTALL)
_MOST_BETWEEN = 2000  # characters between a code and its output
_CELL_OPTION = re.compile(r":[\w-]+:")


@dataclass(frozen=True)
class Code:
    """One piece of code, with its lines as Python reads them.

    Attributes:
        region: Where it stands on the page.
        kind: `python` and `hidden` are run, `doctest` is run prompt by prompt, `source` shows code
            of a package, `output` is an output that stands behind no code.
        lines: Its lines without what stands before every one of them: blanks, `>`.
        first_line: The page's line of the first one, from 1.
        cut: How many characters were taken off the front of each line.
        output: The fence behind it that says what it prints.
        likely: Of an output: whether it may be something else, which no name says.
    """

    region: Region
    kind: CodeKind
    lines: tuple[str, ...]
    first_line: int
    cut: tuple[int, ...]
    output: Code | None = None
    likely: bool = False

    @property
    def source(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines) + "\n"

    @property
    def padded(self) -> str:
        """The same behind as many empty lines as put it on the page's lines."""
        return "\n" * (self.first_line - 1) + self.source

    def offset(self, lines: Lines, line: int, column: int) -> int:
        """The offset on the page of a place in the code.

        Args:
            lines: The page's lines.
            line: Line on the page, from 1.
            column: Characters before the place in the code's line, from 0.
        """
        index = min(max(line - self.first_line, 0), len(self.lines) - 1)
        column = min(column, len(self.lines[index])) if self.lines else 0
        taken = self.cut[index] if self.cut else 0
        return min(lines.start(self.first_line + max(index, 0)) + taken + column, len(lines.text))

    def span(self, lines: Lines, line: int) -> tuple[int, int]:
        """The span on the page of one line of the code, without the blanks before it."""
        index = min(max(line - self.first_line, 0), len(self.lines) - 1)
        text = self.lines[index] if self.lines else ""
        start = self.offset(lines, line, len(text) - len(text.lstrip()))
        return start, max(self.offset(lines, line, len(text.rstrip())), start + 1)


def find_code(text: str) -> list[Code]:
    """All code of a Markdown page, in its order.

    Raises:
        MarkdownError: A fence or a comment is never closed.
    """
    return from_regions(text, scan(text))


def from_regions(text: str, regions: Sequence[Region]) -> list[Code]:
    """The code among the regions of a page."""
    lines = Lines(text)
    result: list[Code] = []
    for region in regions:
        code = _code(lines, region)
        if code is None:
            continue
        before = result[-1] if result else None
        if code.kind == "output" and before and before.kind == "python" and before.output is None:
            if _is_passed_over(text[before.region.end : region.start]):
                result[-1] = replace(before, output=code)
                continue
        if not code.likely:
            result.append(code)
    return result


def _is_passed_over(between: str) -> bool:
    """Whether what stands between a code and a fence lets that be its output."""
    if len(between) > _MOST_BETWEEN:
        return False
    rows = [row.lstrip(" \t>").rstrip() for row in _ASIDE.sub("", between).split("\n")]
    rows = [row for row in rows if row and not _HEADER.fullmatch(row)]
    return not rows or (
        len(rows) == 1 and any(form.fullmatch(rows[0]) for form in (_INTRODUCES, _TITLE))
    )


def find_bare_doctests(text: str, start: int, end: int) -> list[Code]:
    """The doctests of a docstring, which stand in no fence: from a prompt to an empty line."""
    lines = Lines(text)
    result = []
    for match in _BARE_DOCTEST.finditer(text, start, end):
        body = match.group()
        region = Region("code", match.start(), match.end(), match.start(), match.end(), body)
        width = len(body) - len(body.lstrip(" \t"))
        result.append(_cut(lines, region, "doctest", match.start(), match.end(), width))
    return result


def _code(lines: Lines, region: Region) -> Code | None:
    if region.kind == "comment":
        opening = _HIDDEN.match(region.body)
        if opening is None:
            return None
        start = region.body_start + opening.end()
        body = lines.text[start : region.body_end]
        widths = [len(line) - len(line.lstrip()) for line in body.split("\n") if line.strip()]
        return _cut(lines, region, "hidden", start, region.body_end, min(widths, default=0))
    if region.kind != "fence":
        return None
    kind: CodeKind
    plain = (not region.language or region.language in PLAIN) and "check" not in region.options
    code = body_of(lines, region)
    if region.language == "output":
        kind = "output"
    elif region.language in _DOCTEST_LANGUAGES or (plain and _is_doctest(region.body)):
        kind = "doctest"
    elif plain and not TYPED.match(code.source):
        return replace(code, likely=True)
    elif region.language == "python":
        kind = "source" if "source" in region.options else "python"
    else:
        return None
    code = replace(code, kind=kind)
    if kind == "python" and _is_doctest(code.source):
        return replace(code, kind="doctest")
    if kind == "python" and region.info.startswith("{"):
        return replace(code, lines=_without_options(code.lines))
    return code


def body_of(lines: Lines, region: Region) -> Code:
    """The lines of a fence, as those of an output."""
    width = len(region.prefix)
    return _cut(lines, region, "output", region.body_start, region.body_end, width)


def _is_doctest(body: str) -> bool:
    """Whether a fence begins with a prompt, also in a quotation."""
    return re.match(r"\s*(?:>[ \t]*)?>>>(?!>)", body) is not None


def _without_options(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a cell without its options: `:tags: […]`, or what stands between `---`."""
    kept = list(lines)
    first = next((n for n, line in enumerate(kept) if line.strip()), 0)
    last = first
    if kept and kept[first].strip() == "---":
        ends = [n for n in range(first + 1, len(kept)) if kept[n].strip() == "---"]
        last = ends[0] + 1 if ends else first
    else:
        while last < len(kept) and _CELL_OPTION.match(kept[last]):
            last += 1
    kept[first:last] = [""] * (last - first)
    return tuple(kept)


def _cut(lines: Lines, region: Region, kind: CodeKind, start: int, end: int, width: int) -> Code:
    """Takes what stands before every line off: at most `width` blanks and `>`."""
    kept: list[str] = []
    taken: list[int] = []
    for line in lines.text[start:end].split("\n"):
        front = re.match(rf"[ \t>]{{0,{width}}}", line)
        size = front.end() if front else 0
        kept.append(line[size:].rstrip("\r"))
        taken.append(size)
    if len(kept) > 1 and not kept[-1].strip():  # what stands before the closing mark
        kept.pop()
        taken.pop()
    return Code(region, kind, tuple(kept), lines.place(start)[0], tuple(taken))


def assigned_names(tree: ast.AST) -> dict[str, int]:
    """The names that a module's code binds at its top level, with the line that does so last.

    What a function, a class or a comprehension binds within itself is not among them; a walrus in a
    comprehension is.
    """
    return dict(_bound(tree))


def used_names(tree: ast.AST) -> set[str]:
    """The names that code reads, wherever in it."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _bound(node: ast.AST, comprehension: bool = False) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node.lineno
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], node.lineno
        return
    if isinstance(node, ast.NamedExpr):
        yield node.target.id, node.lineno
        yield from _bound(node.value, comprehension)
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not comprehension:
        yield node.id, node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _bound(child, comprehension or isinstance(node, _COMPREHENSIONS))
