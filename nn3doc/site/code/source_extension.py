"""Python-Markdown extension: shows source of the package, which is read when the page is made.

    ```python source="nn3doc.network.backward_propagation" show="dZ1" color="back: W2.T"
    ```

Options: `show` names the variables whose statements are shown (`return` is one), all of the
function without it; `docstring="yes"` shows its docstring as well; `signature="no"` leaves out its
`def`; `color` gives expressions the colours that factors of the chain rule have in the equations.

Each line is a `<span data-line="…">` with its number in the file, which `data-file` names, so that
equations and lines of code can point at each other. Names in code are found by the class `n` that
the highlighter gives them: attributes of their own would be half as long again.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES, _TokenType

from nn3doc.equations.text import SOURCE_OPTIONS, Excerpt, Line, Region, SourceError, excerpt
from nn3doc.site.formulas import Mathematics, MathematicsError, PageFile, shared_mathematics

__all__ = ["SourceExtension", "check_sources", "makeExtension"]

_PRIORITY = 29  # before mathematics (28), so that the page is still the one that its author wrote
_LAST = 3  # when the page's tree is as it will be


class SourceExtension(Extension):
    """Fills fences with `source="…"`."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "docs_dir": ["docs", "The folder of the pages"],
            "cache": [".cache/nn3doc", "The folder for what is kept between builds"],
            "reference": ["reference.md", "The page with the entries of functions"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Called by Python-Markdown."""
        folder, cache = Path(self.getConfig("docs_dir")), Path(self.getConfig("cache"))
        shared = shared_mathematics(folder.resolve(), cache.resolve())
        step = _Preprocessor(md, shared, str(self.getConfig("reference")))
        md.preprocessors.register(step, "source", _PRIORITY)
        md.treeprocessors.register(_Frames(step), "source", _LAST)


class _Frames(Treeprocessor):
    """Puts code and the caption above it into one box."""

    def __init__(self, step: _Preprocessor) -> None:
        super().__init__()
        self._step = step

    def run(self, root: Element) -> None:
        for parent in [root, *root.iter("div"), *root.iter("details"), *root.iter("li")]:
            for place, child in reversed(list(enumerate(parent))):
                if place and child.tag == "p" and child.text in self._step.code:
                    caption = parent[place - 1]
                    frame = Element("div", {"class": "source"})
                    frame.tail = child.tail
                    child.tail = caption.tail = "\n"
                    frame.extend([caption, child])
                    parent.remove(child)
                    parent[place - 1] = frame


class _Preprocessor(Preprocessor):
    def __init__(self, md: Markdown, shared: Mathematics, reference: str) -> None:
        super().__init__(md)
        self._markdown = md
        self._mathematics = shared
        self._reference = reference
        self.code: set[str] = set()  # what stands for the code until the page is finished

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "source=" not in text:
            return lines
        piece = self._mathematics.file_of(text)
        pieces = []
        done = 0
        for region, (file, written) in zip(
            _fences(piece), _as_written(self._mathematics, piece), strict=True
        ):
            found = _excerpt(file, written)
            start = text.rfind("\n", 0, region.start) + 1
            pieces.append(text[done:start])
            html = self._markdown.htmlStash.store(_html(found))
            self.code.add(html)
            blank = region.prefix.rstrip() + "\n"
            caption = self._caption(piece, found)
            pieces.append(f"{blank}{region.prefix}{caption}\n{blank}{region.prefix}{html}\n{blank}")
            done = region.end
        pieces.append(text[done:])
        return "".join(pieces).split("\n")

    def _caption(self, file: PageFile, found: Excerpt) -> str:
        """A paragraph that names the function, linked to its entry in the reference."""
        name = f"`{found.name.rpartition('.')[2]}`"
        up = "../" * file.name.count("/")
        if (self._mathematics.site.folder / self._reference).is_file():
            name = f"[{name}]({up}{self._reference}#{found.name})"
        first, last = found.lines[0].number, found.lines[-1].number
        where = f"line {first}" if first == last else f"lines {first} to {last}"
        return f"{name} {found.file}, {where}"


def check_sources(shared: Mathematics, text: str) -> None:
    """Looks whether all source that a page shows is there.

    Raises:
        MathematicsError: If not; it names file, line and column, and what there is.
    """
    if "source=" in text:
        for file, region in _as_written(shared, shared.file_of(text)):
            _excerpt(file, region)


def _fences(file: PageFile) -> list[Region]:
    return [
        region
        for region in file.regions
        if region.kind == "fence" and "source" in region.options and region.language == "python"
    ]


def _as_written(shared: Mathematics, piece: PageFile) -> list[tuple[PageFile, Region]]:
    """The fences of a page at their places in its file, front matter and all."""
    whole = shared.site.file_of(piece.text) or piece
    return [(whole, region) for region in _fences(whole)]


def _excerpt(file: PageFile, region: Region) -> Excerpt:
    options = region.options
    for name in options:
        if name not in SOURCE_OPTIONS:
            known = f"The options are {', '.join(SOURCE_OPTIONS)}."
            raise _error(file, region, name, f"there is no option {name}", known)
    if region.body.strip():
        raise file.error(
            region.body_start,
            region.body_end,
            "a fence with source= is filled when the page is made",
            "Leave its body empty.",
        )
    colours = [part.partition(":") for part in options.get("color", "").split(";") if part.strip()]
    try:
        return excerpt(
            options["source"],
            options.get("show", "").split(),
            docstring=options.get("docstring") == "yes",
            signature=options.get("signature") != "no",
            colours=[(colour.strip(), written.strip()) for colour, _, written in colours],
        )
    except SourceError as error:
        raise _error(file, region, error.word, str(error), error.note, error.option) from error


def _error(
    file: PageFile, region: Region, word: str, what: str, note: str, option: str = ""
) -> MathematicsError:
    line_end = file.text.find("\n", region.start)
    line = file.text[region.start : line_end]
    start = line.find(word, max(line.find(f"{option}="), 0))
    return file.error(region.start + start, region.start + start + len(word), what, note)


def _html(found: Excerpt) -> str:
    first = found.lines[0].number
    lines = "".join(
        f'<span data-line="{line.number}">{code}\n</span>'
        for line, code in zip(found.lines, _highlighted(found.lines), strict=True)
    )
    return (
        f'<div class="language-python highlight" data-file="{escape(found.file)}"'
        f' data-first="{first}" data-function="{escape(found.name)}">'
        f"<pre><span></span><code>{lines}</code></pre></div>"
    )


def _highlighted(lines: tuple[Line, ...]) -> list[str]:
    """Each line as the highlighter has it, coloured stretches in a span around what is in them."""
    text = "".join(f"{line.text}\n" for line in lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.text) + 1)
    result = ["" for _ in lines]
    number = 0
    for offset, kind, value in PythonLexer(stripnl=False).get_tokens_unprocessed(text):
        for piece in re.finditer(r"[^\n]+", value):
            at = offset + piece.start()
            while at >= starts[number + 1]:
                number += 1
            column = at - starts[number]
            token = _token(kind, piece[0])
            for start, end, colour in lines[number].colours:
                if start == column:
                    token = f'<span class="c-{colour}">{token}'
                if end == column + len(piece[0]):
                    token += "</span>"
            result[number] += token
    return result


def _token(kind: _TokenType, value: str) -> str:
    name = STANDARD_TYPES.get(kind, "")
    return (
        f'<span class="{name}">{escape(value)}</span>' if name not in ("", "w") else escape(value)
    )


def makeExtension(**options: Any) -> SourceExtension:
    """The name that Python-Markdown looks for."""
    return SourceExtension(**options)
