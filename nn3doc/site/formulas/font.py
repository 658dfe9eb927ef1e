"""The font of the site's formulas: the glyphs in use, at the sizes in use, and nothing else.

MathJax's fonts (New Computer Modern) come as outlines. A glyph that is used as a superscript too is
in the font twice, at both sizes: so a whole formula is text of one size.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nn3doc.site.formulas.drawing import FONT
from nn3doc.site.kept import kept

if TYPE_CHECKING:
    from fontTools.pens.cu2quPen import Cu2QuPen

__all__ = ["font_face"]

_EPOCH = 0x7C259DC0  # 1970, in seconds since 1904: fonts date from then
Outline = tuple[str, float]


def font_face(glyphs: Mapping[str, int], outlines: Mapping[str, Outline], cache: Path) -> str:
    """The `@font-face` rule with the font in it; the same glyphs always give the same bytes.

    Args:
        glyphs: The code point of each glyph.
        outlines: The outline and the scale of each glyph.
        cache: A folder for the font; made if it is not there.
    """
    wanted = {code: outlines[glyph] for glyph, code in glyphs.items()}
    described = json.dumps(sorted(wanted.items())).encode() + Path(__file__).read_bytes()
    digest = hashlib.sha256(described).hexdigest()[:16]
    file = kept(cache, "mathematics.woff2", digest, lambda: _font(wanted))
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        f"@font-face{{font-family:{FONT};font-display:block;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
    )


def _font(outlines: Mapping[int, Outline]) -> bytes:
    """A WOFF2 font; importing fontTools takes long, so it is done here."""
    import io

    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    drawn = {".notdef": TTGlyphPen(None).glyph()}
    for code, (outline, scale) in sorted(outlines.items()):
        pen = TTGlyphPen(None)
        _draw(outline, scale, Cu2QuPen(pen, max_err=0.5))
        drawn[f"u{code:X}"] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(drawn))
    builder.setupCharacterMap({code: f"u{code:X}" for code in sorted(outlines)})
    builder.setupGlyf(drawn)
    table = builder.font["glyf"]
    # Each character stands at a place of its own: how far a glyph advances does not matter.
    builder.setupHorizontalMetrics({name: (500, getattr(table[name], "xMin", 0)) for name in drawn})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": FONT, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = _EPOCH
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff2"
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _draw(outline: str, scale: float, pen: Cu2QuPen) -> None:
    """Draws an SVG path of absolute commands, as MathJax writes them."""
    here = control = (0.0, 0.0)
    is_open = False
    for command, numbers in re.findall(r"([A-Z])([^A-Z]*)", outline):
        values = [float(number) * scale for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "H":
            values = [value for x in values for value in (x, here[1])]
        elif command == "V":
            values = [value for y in values for value in (here[0], y)]
        points = list(zip(values[::2], values[1::2], strict=True))
        if command in "MZ" and is_open:
            pen.closePath()
            is_open = False
        if command == "M":
            pen.moveTo(points[0])
            is_open = True
            here = points[0]
            points, command = points[1:], "L"
        size = {"L": 1, "H": 1, "V": 1, "T": 1, "Q": 2, "S": 2, "C": 3, "Z": 1}[command]
        for start in range(0, len(points), size):
            curve = points[start : start + size]
            if command in "TS":  # the first control point mirrors the last one
                curve = [(2 * here[0] - control[0], 2 * here[1] - control[1]), *curve]
            if command in "QT":
                pen.qCurveTo(*curve)
            elif command in "CS":
                pen.curveTo(*curve)
            else:
                pen.lineTo(curve[0])
            here = curve[-1]
            control = curve[-2] if len(curve) > 1 else here
    if is_open:
        pen.closePath()
