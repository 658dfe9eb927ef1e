"""The sigmoid and its derivative."""

import math

from nn3doc.site.figures.chart import Chart
from nn3doc.site.figures.svg import ACCENT, HIDDEN


def sigmoid(z: float) -> float:
    """σ(z) = 1 / (1 + e^(-z))."""
    return 1 / (1 + math.exp(-z))


def draw() -> str:
    """The picture as SVG."""
    chart = Chart(
        (-6, 6),
        (0, 1),
        x_ticks=(-6, -4, -2, 0, 2, 4, 6),
        y_ticks=(0, 0.25, 0.5, 0.75, 1),
        x_label="$z$",
        y_label="$\\sigma(z)$ and its slope $\\sigma'(z)$",
    )
    chart.function(sigmoid)
    chart.function(lambda z: sigmoid(z) * (1 - sigmoid(z)), HIDDEN, dash="7 4")
    chart.dots([(0, 0.5)])
    chart.dots([(0, 0.25)], HIDDEN)
    chart.note(1.35, 0.68, "$\\sigma(z)$", ACCENT)
    chart.note(1.5, 0.2, "$\\sigma'(z) = \\sigma(z)(1 - \\sigma(z))$", HIDDEN)
    return chart.svg()
