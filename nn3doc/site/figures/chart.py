"""A chart of curves: two axes with ticks and labels, lines named where they end or at a point."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from nn3doc.site.figures.svg import ACCENT, GRID, INK, MUTED, Drawing, Number, Point

Ticks: TypeAlias = Sequence[Number]


class Chart(Drawing):
    """Curves over two axes.

    Args:
        x: least and greatest value of the horizontal axis.
        y: the same of the vertical one.
        x_ticks: where the horizontal axis carries numbers.
        y_ticks: where the vertical one does, each with a grid line.
        x_label: what the horizontal axis shows; `$…$` is mathematics.
        y_label: what the vertical one shows, set above it.
        width: of the picture, in units of its view box.
        height: of the same.
        logarithmic: whether equal steps on the vertical axis are equal ratios.
        alt: what a reader who cannot see the picture is told.
    """

    def __init__(
        self,
        x: tuple[Number, Number],
        y: tuple[Number, Number],
        *,
        x_ticks: Ticks,
        y_ticks: Ticks,
        x_label: str,
        y_label: str,
        width: Number = 480,
        height: Number = 300,
        logarithmic: bool = False,
        alt: str = "",
    ) -> None:
        super().__init__(width, height, alt)
        self.x, self.y, self.logarithmic = x, y, logarithmic
        digits = max(len(_tick(tick)) for tick in y_ticks)
        self.left, self.right, self.top, self.bottom = (
            14 + 8.5 * digits,
            width - 12,
            36,
            height - 48,
        )
        grid, numbers = [], []
        for tick in y_ticks:
            level = self.at(x[0], tick)[1]
            grid.append(f"M{self.left:g} {level:.1f}H{self.right:g}")
            numbers.append((self.left - 8, level + 5, _tick(tick), "end"))
        for tick in x_ticks:
            across = self.at(tick, y[0])[0]
            grid.append(f"M{across:.1f} {self.bottom:g}v5")
            numbers.append((across, self.bottom + 20, _tick(tick), "middle"))
        self.path("".join(grid), stroke=GRID)
        for across, level, text, anchor in numbers:
            self.text(round(across, 1), round(level, 1), text, anchor=anchor, colour=MUTED, size=15)
        self.path(f"M{self.left:g} {self.bottom:g}H{self.right:g}", stroke=INK)
        self.text((self.left + self.right) / 2, height - 8, x_label)
        self.text(4, 18, y_label, anchor="start")

    def at(self, x: Number, y: Number) -> Point:
        """The place in the picture of a point of the chart."""
        (x0, x1), (y0, y1) = self.x, self.y
        if self.logarithmic:
            y, y0, y1 = math.log(y), math.log(y0), math.log(y1)
        return (
            self.left + (x - x0) / (x1 - x0) * (self.right - self.left),
            self.bottom - (y - y0) / (y1 - y0) * (self.bottom - self.top),
        )

    def curve(self, points: Sequence[Point], colour: str = ACCENT, dash: str = "") -> None:
        """Draws a line through the points; what lies outside the chart is left out."""
        inside = [self.at(x, y) for x, y in points if self.y[0] <= y <= self.y[1]]
        if not inside:
            return
        given: dict[str, str | Number] = {"stroke_dasharray": dash} if dash else {}
        self.line(inside, stroke=colour, stroke_width=2.5, stroke_linejoin="round", **given)

    def function(self, of: Callable[[float], float], colour: str = ACCENT, dash: str = "") -> None:
        """Draws a function over the whole horizontal axis, leaving out where it is not finite."""
        steps, (x0, x1) = 120, self.x
        points = []
        for step in range(steps + 1):
            x = x0 + (x1 - x0) * step / steps
            try:
                y = of(x)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            if math.isfinite(y):
                points.append((x, y))
        self.curve(points, colour, dash)

    def note(
        self, x: Number, y: Number, text: str, colour: str = INK, anchor: str = "start"
    ) -> None:
        """Writes a label at a point of the chart."""
        across, level = self.at(x, y)
        self.text(round(across, 1), round(level, 1), text, anchor=anchor, colour=colour)

    def dots(self, points: Sequence[Point], colour: str = ACCENT) -> None:
        """Marks points with small discs."""
        for x, y in points:
            across, level = self.at(x, y)
            self.add("circle", cx=round(across, 1), cy=round(level, 1), r=4, fill=colour)


def _tick(value: Number) -> str:
    """A number on an axis, with a true minus sign."""
    return f"{value:g}".replace("-", "−")
