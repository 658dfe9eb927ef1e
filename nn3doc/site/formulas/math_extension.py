r"""Python-Markdown extension: mathematics is typeset while a page is converted.

    markdown_extensions:
      - nn3doc.site.formulas.math_extension

Formulas, `\eqref`, and the comments that are not for readers (hidden code, `unchecked` remarks)
are seen to before any other extension reads the page. It needs no MkDocs: whatever reads
Python-Markdown extensions can use it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from nn3doc.equations.text import Region
from nn3doc.site.formulas.mathematics import Mathematics, shared_mathematics

__all__ = ["MathExtension", "makeExtension"]

# After blanks and tabs are made plain (30), which also deletes the marks of what is kept apart, and
# before fences (25) and HTML (20) are read.
_PRIORITY = 28
_HIDDEN = re.compile(r"\s*(?:invisible-code-block|unchecked)\s*:")


class MathExtension(Extension):
    """Typesets the mathematics of pages."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "docs_dir": ["docs", "The folder of the pages"],
            "cache": [".cache/nn3doc", "The folder for what is kept between builds"],
            "embed": [False, "Whether each page brings its styles and its font with it"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Called by Python-Markdown."""
        folder, cache = Path(self.getConfig("docs_dir")), Path(self.getConfig("cache"))
        shared = shared_mathematics(folder.resolve(), cache.resolve())
        step = _Preprocessor(md, shared, embed=bool(self.getConfig("embed")))
        md.preprocessors.register(step, "mathematics", _PRIORITY)


class _Preprocessor(Preprocessor):
    def __init__(self, md: Markdown, shared: Mathematics, *, embed: bool) -> None:
        super().__init__(md)
        self._markdown = md
        self._mathematics = shared
        self._embed = embed

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "$" not in text and "\\" not in text and "<!--" not in text and "math" not in text:
            return lines
        file = self._mathematics.file_of(text)
        pieces = []
        done = 0
        for region in file.regions:
            if region.start < done:
                continue  # a remark that its formula has taken
            if region.kind == "comment" and _HIDDEN.match(region.body):
                pieces.append(text[done : region.start])
                done = region.end
            elif region.kind == "inline":
                pieces.append(text[done : region.start])
                done = region.unchecked_end
                html = self._mathematics.inline(file, region)
                if html.startswith("["):
                    pieces.append(html)
                    continue
                # No line break between a formula and the stop or bracket around it.
                before = pieces[-1][-1:] if re.search(r"(?:^|[\s*_])\($", pieces[-1]) else ""
                after = re.compile(r"[,.;:!?)]*").match(text, done)
                behind = after[0] if after else ""
                if before or behind:
                    pieces[-1] = pieces[-1][: len(pieces[-1]) - len(before)]
                    html = f'<span class="together">{before}{html}{behind}</span>'
                    done += len(behind)
                pieces.append(self._markdown.htmlStash.store(html))
            elif region.kind == "display":
                start, indent = _line_start(text, region)
                pieces.append(text[done:start].rstrip(" "))
                done = region.unchecked_end
                html = self._markdown.htmlStash.store(self._mathematics.display(file, region))
                blank = indent.rstrip() + "\n"
                pieces.append(f"{_break(text, start)}{blank}{indent}{html}\n{blank}{indent}")
        pieces.append(text[done:])
        if self._embed:
            style = f"<style>{self._mathematics.style()}</style>"
            pieces.append(f"\n\n{self._markdown.htmlStash.store(style)}\n")
        return "".join(pieces).split("\n")


def _line_start(text: str, region: Region) -> tuple[int, str]:
    """Where a display's paragraph is cut, and what its line begins with: blanks, `>`, a mark."""
    line = text.rfind("\n", 0, region.start) + 1
    before = text[line : region.start]
    if not before.strip(" >"):
        return line, before
    indent = re.match(r"[ >]*(?:(?:[-*+]|\d+[.)])[ ]+)?", before)
    return region.start, " " * len(indent[0]) if indent else ""


def _break(text: str, start: int) -> str:
    return "" if start == 0 or text[start - 1] == "\n" else "\n"


def makeExtension(**options: Any) -> MathExtension:
    """The name that Python-Markdown looks for."""
    return MathExtension(**options)
