"""The cost of the worked example while it learns, for three learning rates."""

import torch

from nn3doc.network import (
    backward_propagation,
    compute_cost,
    forward_propagation,
    update_parameters,
)
from nn3doc.site.figures.chart import Chart
from nn3doc.site.figures.svg import BACK, HIDDEN, LOSS

# The worked example of all pages (docs/learning.md).
X = torch.tensor([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.5], [0.5, 1.0, 0.0, 1.0]])
Y = torch.tensor([[1, 0, 0, 1]])
W1 = torch.tensor([[2.0, -1.0, 0.0], [-1.0, 1.0, 1.0]])
b1 = torch.tensor([[-1.0], [0.5]])
W2 = torch.tensor([[-2.0, 2.0]])
b2 = torch.tensor([[1.0]])
EPOCHS = 20
RATES = (0.05, 2.0, 20.0)


def costs(rate: float) -> list[float]:
    """The cost before each of the epochs, and after the last."""
    x = X.double()
    w1, c1, w2, c2 = (start.double() for start in (W1, b1, W2, b2))
    found = []
    for _ in range(EPOCHS + 1):
        A1, A2 = forward_propagation(x, w1, c1, w2, c2)
        found.append(compute_cost(A2, Y).item())
        gradient = backward_propagation(x, A1, A2, Y, w2)
        w1, c1, w2, c2 = update_parameters(w1, c1, w2, c2, *gradient, rate)
    return found


def draw() -> str:
    """The picture as SVG."""
    chart = Chart(
        (0, EPOCHS),
        (0.05, 8),
        x_ticks=(0, 5, 10, 15, 20),
        y_ticks=(0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        x_label="epochs",
        y_label="cost $J$ (each line of the grid is about twice the one below)",
        logarithmic=True,
    )
    for rate, colour, dash in zip(RATES, (HIDDEN, BACK, LOSS), ("7 4", "", "2 3"), strict=True):
        chart.curve(list(enumerate(costs(rate))), colour, dash)
    chart.note(9, 0.68, "$\\eta = 0.05$: too small", HIDDEN)
    chart.note(9, 0.225, "$\\eta = 2$: good", BACK)
    chart.note(9, 3.1, "$\\eta = 20$: too large", LOSS)
    return chart.svg()
