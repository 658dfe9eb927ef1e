"""Typeset formulas as SVG: text in a font of the site's own, and lines.

A page's formulas are some thousand glyphs. Drawn as outlines they take 40 kB (compressed), as
MathJax draws them 15 kB and 3,000 nodes; as text in a font that holds just the glyphs in use, each
character with its place, they take 5 kB and 300 nodes, and the font another 6 kB, once for all
pages. Nothing moves when a page arrives, because every formula brings its size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from nn3doc.site.formulas.typeset import Setting

__all__ = ["DEPTHS", "FONT", "Alphabet", "draw", "style"]

FONT = "nn3doc-mathematics"
_FIRST = 0xE000  # characters from here on are free for private use
_LAST = 0xF8FF
_STEP = 25  # thousandths of an em: depths are rounded up to a multiple, each with a class
DEPTHS = range(1, 161)


class Alphabet:
    """Which character stands for which glyph: given out in the order of first use."""

    def __init__(self) -> None:
        self.glyphs: dict[str, int] = {}

    def character(self, glyph: str) -> str:
        """The character that stands for a glyph, in all pages the same."""
        code = self.glyphs.setdefault(glyph, _FIRST + len(self.glyphs))
        if code > _LAST:
            raise OverflowError(f"more than {_LAST - _FIRST + 1} different glyphs in formulas")
        return chr(code)


def draw(setting: Setting, alphabet: Alphabet, attributes: Mapping[str, str]) -> str:
    """An `<svg>` of a formula, as tall below the baseline as the class that `style` gives it.

    Args:
        setting: The formula as typeset.
        alphabet: Gives each glyph its character.
        attributes: More attributes of the `<svg>`, by name; `class` comes in front of its own.
    """
    steps = min(math.ceil(setting.depth / _STEP), DEPTHS[-1])
    depth = max(steps * _STEP, setting.depth)
    height = setting.height + depth
    classes = [attributes.get("class", ""), f"d{steps}" if steps else ""]
    opening = {
        "class": " ".join(name for name in classes if name),
        **{name: value for name, value in attributes.items() if name != "class"},
        "width": _em(setting.width),
        "height": _em(height),
        "viewBox": f"0 {-setting.height} {setting.width} {height}",
    }
    return f"<svg{_written(opening)}>{_parts(setting.parts, alphabet)}</svg>"


def style(used: Iterable[int] = DEPTHS) -> str:
    """The rules that put an inline formula on the baseline of its line."""
    rules = "".join(f".d{step}{{vertical-align:-{step * _STEP / 1000:g}em}}" for step in used)
    return f"svg.m text{{font:1000px {FONT}}}{rules}"


def _em(thousandths: int) -> str:
    return f"{thousandths / 1000:g}em"


def _parts(parts: list[Any], alphabet: Alphabet) -> str:
    return "".join(_part(part, alphabet) for part in parts)


def _part(part: list[Any], alphabet: Alphabet) -> str:
    kind, attributes, *rest = part
    if kind == "group":
        return f"<g{_written(attributes)}>{_parts(rest[0], alphabet)}</g>"
    if kind == "lines":
        return f"<path{_written({**attributes, 'd': rest[0]})}/>"
    if kind == "foreign":
        x, y, size, text = rest
        # A style attribute becomes a class of the site's stylesheet.
        look = {"style": f"font:{size}px serif", "x": str(x), "y": str(y)}
        return f"<text{_written({**attributes, **look})}>{escape(text)}</text>"
    xs = " ".join(str(x) for x, _, _ in rest[0])
    ys = [y for _, y, _ in rest[0]]
    place = {"x": xs}
    if any(ys):
        while len(ys) > 1 and ys[-1] == ys[-2]:
            ys.pop()  # the last one holds for all that follow
        place["y"] = " ".join(map(str, ys))
    characters = "".join(alphabet.character(glyph) for _, _, glyph in rest[0])
    return f"<text{_written({**attributes, **place})}>{characters}</text>"


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
