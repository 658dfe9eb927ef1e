"""The binary cross-entropy of one output of one example, for both targets."""

import math

from nn3doc.site.figures.chart import Chart
from nn3doc.site.figures.svg import ACCENT, LOSS


def draw() -> str:
    """The picture as SVG."""
    chart = Chart(
        (0, 1),
        (0, 5),
        x_ticks=(0, 0.25, 0.5, 0.75, 1),
        y_ticks=(0, 1, 2, 3, 4, 5),
        x_label="prediction $\\hat y$",
        y_label="loss $\\ell$ of one output",
    )
    chart.curve([(math.exp(-loss), loss) for loss in (step / 24 for step in range(121))], LOSS)
    chart.curve(
        [(1 - math.exp(-loss), loss) for loss in (step / 24 for step in range(121))],
        ACCENT,
        dash="7 4",
    )
    chart.note(0.07, 4.2, "$y = 1$:", LOSS)
    chart.note(0.07, 3.7, "$-\\log \\hat y$", LOSS)
    chart.note(0.93, 4.2, "$y = 0$:", ACCENT, anchor="end")
    chart.note(0.93, 3.7, "$-\\log(1 - \\hat y)$", ACCENT, anchor="end")
    chart.dots([(0.5, math.log(2))], LOSS)
    chart.note(0.5, 1.4, "undecided: $\\log 2 = 0.69$", anchor="middle")
    return chart.svg()
