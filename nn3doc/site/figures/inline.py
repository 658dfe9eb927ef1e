"""A Markdown extension: `![What it shows](figures/NAME.svg)` on a line of its own is that picture.

It stands in the page itself, as SVG, so that it takes the page's colours. The alternative text is
its name for a screen reader. Use it as `nn3doc.site.figures.inline` in `markdown_extensions`.
"""

import re
from html import escape
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from nn3doc.site import figures

__all__ = ["FigureExtension", "figure", "makeExtension"]

_IMAGE = re.compile(r"(?P<indent>\s*)!\[(?P<alt>[^\]]*)\]\(figures/(?P<name>[\w-]+)\.svg\)\s*")


def figure(name: str, alt: str, cache: Path = figures.CACHE) -> str:
    """A picture as HTML.

    Raises:
        FigureError: There is no such picture.
    """
    svg = figures.read(name, cache).strip()
    named = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
    return f"<figure>{named}</figure>"


class _Figures(Preprocessor):
    """Puts the pictures in place of their lines; code is out of the way already."""

    def __init__(self, md: Markdown, cache: Path) -> None:
        super().__init__(md)
        self.cache = cache

    def run(self, lines: list[str]) -> list[str]:
        """Replaces whole lines only."""
        return [self._replaced(line) for line in lines]

    def _replaced(self, line: str) -> str:
        match = _IMAGE.fullmatch(line)
        if match is None or self.md is None:
            return line
        html = figure(match["name"], match["alt"], self.cache)
        return str(match["indent"] + self.md.htmlStash.store(html))


class FigureExtension(Extension):
    """The extension; its option `cache` is the folder of the pictures."""

    def __init__(self, **options: object) -> None:
        self.config = {"cache": [str(figures.CACHE), "the folder of the pictures"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Runs after fenced code was taken away (25) and before raw HTML is looked for (20)."""
        md.preprocessors.register(_Figures(md, Path(str(self.getConfig("cache")))), "figures", 22)


def makeExtension(**options: object) -> FigureExtension:
    """What Python-Markdown asks a module for."""
    return FigureExtension(**options)
