"""Draws crisp SVG in the colours of the page: shapes and mathematical labels.

Colours are variables of the page's palette (docs/assets/stylesheets/colours.css) in presentation
attributes. So a picture follows the page from light to dark, needs no `style` attribute, which a
Content-Security-Policy may forbid, and has sensible colours where nobody defines the variables.
Fonts and the colour of the ink come from the page, too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

INK = "currentColor"
MUTED = "var(--ink-soft,#757575)"
GRID = "var(--line,#8884)"
ACCENT = "var(--link,#4a6fd4)"
# The factors of the chain rule: one colour each in equations, figures and code.
LOSS = "var(--c-loss,#c62f2f)"
OUTPUT = "var(--c-output,#b35900)"
BACK = "var(--c-back,#00796b)"
HIDDEN = "var(--c-hidden,#1d6fb8)"
INPUT = "var(--c-input,#8e44ad)"

MATH_FONT = "STIX Two Text, Times New Roman, serif"
SIZE = 16
"""Font size of a label. A picture 480 wide is shrunk on a phone, which leaves about 11 px of it."""

_WORDS = {
    r"\partial": "∂",
    r"\sigma": "σ",
    r"\eta": "η",
    r"\times": "×",
    r"\cdot": "·",
    r"\Lambda": "Λ",
    r"\ell": "ℓ",
    r"\hat Y": "Ŷ",
    r"\hat y": "ŷ",
    r"\vdots": "⋮",
    r"\cdots": "⋯",
    r"\log": "log ",
    "-": "−",
    "'": "′",
}
_UPRIGHT = {"Λ", "ℓ", "log ", "′"}
_TOKEN = re.compile(
    "|".join([*map(re.escape, _WORDS), r"[\^_]\{(?:[^{}]|\{[^}]*\})*\}", r"[\^_].", "."])
)

Number: TypeAlias = float
Point: TypeAlias = tuple[Number, Number]


def number(value: Number) -> str:
    """The shortest text of a coordinate, to a tenth of a unit: finer cannot be seen."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def attributes(values: dict[str, str | Number]) -> str:
    """`stroke_width=2` as ` stroke-width="2"`, in the order given."""
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(value if isinstance(value, str) else f'{value:g}')}"
        for name, value in values.items()
    )


@dataclass(frozen=True)
class _Run:
    """Characters of a formula in one style; height, size and shift are parts of the font size."""

    text: str
    lean: bool = False
    height: float = 0
    size: float = 1
    shift: float = 0  # to the right, before the characters: an index goes back under the exponent

    @property
    def width(self) -> float:
        """About how wide the characters are set."""
        return self.size * sum(
            0.33 if sign in "[]()" else 0.28 if sign in "ijl,. " else 0.5 for sign in self.text
        )


def _runs(tex: str, height: float = 0, size: float = 1) -> Iterator[_Run]:
    """The runs of a formula, from left to right."""
    exponent = after = 0.0  # width of the exponent just written; what is missing to its end
    for token in _TOKEN.findall(tex):
        if token[0] in "^_" and len(token) > 1:
            inside = token[2:-1] if token[1] == "{" else token[1:]
            raised = token[0] == "^"
            runs = list(_runs(inside, height + (0.36 if raised else -0.22) * size, size * 0.72))
            width = sum(run.width for run in runs)
            yield replace(runs[0], shift=-exponent if exponent else after)
            yield from runs[1:]
            after = max(0.0, exponent - width)
            exponent = width if raised else 0.0
        else:
            text = _WORDS.get(token, token)
            lean = text == "∂" or (text.isalpha() and text not in _UPRIGHT)
            yield _Run(text, lean, height, size, after)
            exponent = after = 0.0


def _formula(tex: str, size: Number) -> str:
    """A formula as nested tspans; every shift of the baseline is taken back by what follows."""
    runs: list[_Run] = []
    for run in _runs(tex):
        if runs and run == replace(runs[-1], text=run.text, shift=0):
            runs[-1] = replace(runs[-1], text=runs[-1].text + run.text)
        else:
            runs.append(run)
    out, before = [], 0.0
    for run in [*runs, _Run("\u200b")]:  # the last has no width and only brings the baseline back
        given: dict[str, str | Number] = {}
        if run.shift:
            given["dx"] = number(run.shift * size)
        if run.height != before:
            given["dy"] = number((before - run.height) * size)
        if run.size != 1:
            given["font_size"] = number(run.size * size)
        if run.lean:
            given["font_style"] = "italic"
        before = run.height
        if given:
            out.append(f"<tspan{attributes(given)}>{escape(run.text)}</tspan>")
        elif run.text != "\u200b":
            out.append(escape(run.text))
    return f'<tspan font-family="{MATH_FONT}">{"".join(out)}</tspan>'


def label(text: str, size: Number = SIZE) -> str:
    """The inside of a <text>: words as they are, `$…$` as mathematics.

    The mathematics knows letters (leaning), `^{…}`, `_{…}` and the few control words above.

    Raises:
        LabelError: a dollar sign has no partner, or a control word is not known.
    """
    parts = text.split("$")
    if len(parts) % 2 == 0:
        raise LabelError(f"label {text!r}: a $ has no partner; write mathematics as $…$")
    for formula in parts[1::2]:
        if "\\" in (rest := re.sub("|".join(map(re.escape, _WORDS)), "", formula)):
            raise LabelError(f"label {text!r}: {rest[rest.index(chr(92)) :]!r} is not known here")
    return "".join(
        _formula(part, size) if place % 2 else escape(part)
        for place, part in enumerate(parts)
        if part
    )


class LabelError(ValueError):
    """A label that cannot be read."""


class Drawing:
    """An SVG that is filled from back to front.

    Attributes:
        width: of the view box, and of the picture where there is room for it.
        height: of the same.
        alt: what a reader who cannot see the picture is told; empty when the page says it.
    """

    def __init__(self, width: Number, height: Number, alt: str = "") -> None:
        self.width, self.height, self.alt = width, height, alt
        self._parts: list[str] = []

    def add(self, tag: str, inside: str = "", /, **values: str | Number) -> None:
        """Adds one element; `inside` is markup already."""
        start = f"<{tag}{attributes(values)}"
        self._parts.append(f"{start}>{inside}</{tag}>" if inside else f"{start}/>")

    def path(self, data: str, **values: str | Number) -> None:
        """Adds a path, a thin line of ink unless said otherwise."""
        self.add("path", d=data, **{"fill": "none", "stroke": INK, **values})

    def line(self, points: Sequence[Point], **values: str | Number) -> None:
        """Adds straight lines from point to point."""
        self.path(polyline(points), **values)

    def rectangle(
        self, x: Number, y: Number, width: Number, height: Number, **values: str | Number
    ) -> None:
        """Adds a rectangle with its outline in ink unless said otherwise."""
        self.add(
            "rect",
            **{
                "x": x,
                "y": y,
                "width": width,
                "height": height,
                "fill": "none",
                "stroke": INK,
                **values,
            },
        )

    def text(
        self,
        x: Number,
        y: Number,
        text: str,
        *,
        anchor: str = "middle",
        colour: str = INK,
        size: Number = SIZE,
        **values: str | Number,
    ) -> None:
        """Adds a label (see `label`) whose baseline is at y."""
        given: dict[str, str | Number] = {"x": x, "y": y, "fill": colour, "font_size": size}
        if anchor != "start":
            given["text_anchor"] = anchor
        self.add("text", label(text, size), **given, **values)

    def fraction(
        self, x: Number, y: Number, over: str, under: str, colour: str, width: Number
    ) -> None:
        """Adds a fraction of two formulas, its bar at y and centred on x."""
        self.text(x, y - 6, f"${over}$", colour=colour)
        self.text(x, y + 18, f"${under}$", colour=colour)
        self.line([(x - width / 2, y), (x + width / 2, y)], stroke=colour)

    def arrow(self, points: Sequence[Point], colour: str = INK, **values: str | Number) -> None:
        """Adds a line that ends in a head: with four points a Bézier curve, else straight lines."""
        (x0, y0), (x1, y1) = points[-2], points[-1]
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        neck = (x1 - 8 * ux, y1 - 8 * uy)
        shaft = [*points[:-1], neck]
        if len(points) == 4:
            flat = " ".join(f"{number(x)} {number(y)}" for x, y in shaft[1:])
            data = f"M{number(shaft[0][0])} {number(shaft[0][1])}C{flat}"
        else:
            data = polyline(shaft)
        self.path(data, **{"stroke": colour, "stroke_width": 2, **values})
        wings = [
            (neck[0] - 1.5 * ux - 4.5 * s * uy, neck[1] - 1.5 * uy + 4.5 * s * ux) for s in (1, -1)
        ]
        self.path(polyline([wings[0], (x1, y1), wings[1]]) + "z", fill=colour, stroke="none")

    def svg(self) -> str:
        """The whole picture."""
        given: dict[str, str | Number] = {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(self.width)} {number(self.height)}",
            "width": self.width,
            "height": self.height,
        }
        if self.alt:
            given |= {"role": "img", "aria_label": self.alt}
        return f"<svg{attributes(given)}>{''.join(self._parts)}</svg>\n"

    def _repr_svg_(self) -> str:
        """How the page of a notebook shows it."""
        return self.svg()

    def _repr_html_(self) -> str:
        """How a notebook itself shows it, in the colours of the notebook."""
        return self.svg()


def polyline(points: Sequence[Point]) -> str:
    """The data of a path through the points, in relative steps so that it stays small."""
    scaled = [(round(10 * x), round(10 * y)) for x, y in points]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(scaled, scaled[1:], strict=False)]
    start = f"M{number(scaled[0][0] / 10)} {number(scaled[0][1] / 10)}"
    return start + "".join(
        f"h{number(dx / 10)}"
        if dy == 0
        else f"v{number(dy / 10)}"
        if dx == 0
        else f"l{number(dx / 10)} {number(dy / 10)}"
        for dx, dy in steps
        if (dx, dy) != (0, 0)
    )
