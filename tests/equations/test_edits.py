"""Single mistakes: which are made of a formula, and the exact TeX of each."""

import pytest

from nn3doc.equations.mistakes.edits import KINDS, MENDING, PLANTED, edits
from nn3doc.equations.notation.notation import Notation
from nn3doc.equations.page import inspect_page

TABLE = r"""
| Symbol | Shape | Meaning |
| --- | --- | --- |
| $m$ | $\mathbb{N}$ | examples |
| $n_l$ | $\mathbb{N}$, $l = 0, \dots, 2$ | units |
| $l$ | $\{1, \dots, 2\}$ | layer |
| $W^{[l]}$ | $(n_l, n_{l-1})$ | weights |
| $A^{[l]}$ | $(n_l, m)$, $l = 0, \dots, 2$ | activations |
| $Z^{[l]}$ | $(n_l, m)$ | weighted sums |
| $x$ | $\mathbb{R}$ | a number |
| $y$ | $\mathbb{R}$ | another |

Let $f(x) = x^2$ and $u \in \mathbb{R}^m$.
"""

CASES: list[tuple[str, dict[str, list[str]]]] = [
    (
        r"A^{[1]} \odot Z^{[1]T}",
        {
            "transpose": [r"A^{[1]T} \odot Z^{[1]T}", r"A^{[1]} \odot Z^{[1]}"],
            "layer": [
                r"A^{[0]} \odot Z^{[1]T}",
                r"A^{[2]} \odot Z^{[1]T}",
                r"A^{[1]} \odot Z^{[0]T}",
                r"A^{[1]} \odot Z^{[2]T}",
            ],
            "order": [r"Z^{[1]T} \odot A^{[1]}"],
            "product": [r"A^{[1]} Z^{[1]T}"],
            "symbol": [
                r"W^{[1]} \odot Z^{[1]T}",
                r"Z^{[1]} \odot Z^{[1]T}",
                r"A^{[1]} \odot A^{[1]T}",
                r"A^{[1]} \odot W^{[1]T}",
            ],
            "factor": [r"Z^{[1]T}", r"A^{[1]}"],
        },
    ),
    (
        r"x = \frac{1}{m} \sum_{i=1}^{m} A^{[1]}_{1,i}",
        {
            "layer": [
                r"x = \frac{1}{m} \sum_{i=1}^{m} A^{[0]}_{1,i}",
                r"x = \frac{1}{m} \sum_{i=1}^{m} A^{[2]}_{1,i}",
            ],
            "sign": [r"x = -\frac{1}{m} \sum_{i=1}^{m} A^{[1]}_{1,i}"],
            "factor 1/m": [
                r"x = \sum_{i=1}^{m} A^{[1]}_{1,i}",
                r"x = \frac{1}{m} \frac{1}{m} \sum_{i=1}^{m} A^{[1]}_{1,i}",
            ],
            "order": [
                r"x = \frac{m}{1} \sum_{i=1}^{m} A^{[1]}_{1,i}",
                r"x = \sum_{i=1}^{m} A^{[1]}_{1,i} \frac{1}{m}",
            ],
            "product": [r"x = \frac{1}{m} \odot \sum_{i=1}^{m} A^{[1]}_{1,i}"],
            "symbol": [
                r"y = \frac{1}{m} \sum_{i=1}^{m} A^{[1]}_{1,i}",
                r"x = \frac{1}{m} \sum_{i=1}^{m} W^{[1]}_{1,i}",
                r"x = \frac{1}{m} \sum_{i=1}^{m} Z^{[1]}_{1,i}",
            ],
            "index": [r"x = \frac{1}{m} \sum_{i=1}^{m} A^{[1]}_{2,i}"],
            "sum": [r"x = \frac{1}{m} A^{[1]}_{1,i}"],
            "factor": [r"x = (1) \sum_{i=1}^{m} A^{[1]}_{1,i}", r"x = \frac{1}{m}"],
            "number": [
                r"x = \frac{2}{m} \sum_{i=1}^{m} A^{[1]}_{1,i}",
                r"x = \frac{0}{m} \sum_{i=1}^{m} A^{[1]}_{1,i}",
                r"x = \frac{1}{m} \sum_{i=2}^{m} A^{[1]}_{1,i}",
                r"x = \frac{1}{m} \sum_{i=0}^{m} A^{[1]}_{1,i}",
            ],
        },
    ),
    (
        r"y = 2 x - 1",
        {
            "sign": [r"y = -2 x - 1", r"y = -(2 x - 1)", r"y = 2 x + 1"],
            "factor 1/m": [r"y = \frac{1}{m} (2 x - 1)"],
            "order": [r"y = x 2 - 1"],
            "product": [r"y = 2 \odot x - 1"],
            "symbol": [r"x = 2 x - 1", r"y = 2 y - 1"],
            "term": [r"y = -1", r"y = 2 x"],
            "factor": [r"y = x - 1", r"y = 2 - 1"],
            "number": [
                r"y = 3 x - 1",
                r"y = 1 x - 1",
                r"y = 4 x - 1",
                r"y = 2 x - 2",
                r"y = 2 x - 0",
            ],
        },
    ),
    (
        r"y = x (1 - x)",
        {
            "sign": [r"y = -x (1 - x)", r"y = x (-1 - x)", r"y = x (1 + x)"],
            "factor 1/m": [r"y = \frac{1}{m} x (1 - x)"],
            "order": [r"y = (1 - x) x"],
            "product": [r"y = x \odot (1 - x)"],
            "symbol": [r"x = x (1 - x)", r"y = y (1 - x)", r"y = x (1 - y)"],
            "term": [r"y = x (-x)", r"y = x (1 )"],
            "factor": [r"y = (1 - x)", r"y = x"],
            "number": [r"y = x (2 - x)", r"y = x (0 - x)"],
            "brackets": [r"y = x 1 - x"],
        },
    ),
    (
        r"y = \log(x)",
        {
            "sign": [r"y = -\log(x)"],
            "factor 1/m": [r"y = \frac{1}{m} \log(x)"],
            "symbol": [r"x = \log(x)", r"y = \log(y)"],
            "term": [r"y = \log(1 - x)"],
        },
    ),
    (
        r"x = 0.25",
        {
            "factor 1/m": [r"x = \frac{1}{m} 0.25"],
            "symbol": [r"y = 0.25"],
            "number": [r"x = 0.28"],
        },
    ),
    # Planted only, and never tried as a mend.
    (
        r"f'(x) = 2 x^{3}",
        {
            "power": [r"f'(x) = 2 x"],
            "prime": [r"f(x) = 2 x^{3}", r"f''(x) = 2 x^{3}"],
            "relation": [r"f'(x) \ne 2 x^{3}", r"f'(x) < 2 x^{3}", r"f'(x) > 2 x^{3}"],
            "digit": [
                r"f'(x) = 1 x^{3}",
                r"f'(x) = 3 x^{3}",
                r"f'(x) = 2 x^{2}",
                r"f'(x) = 2 x^{4}",
            ],
        },
    ),
    (
        r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
        {
            "power": [
                r"f^{2}(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"
            ],
            "inverse": [
                r"f^{-1}(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"
            ],
            "prime": [
                r"f'(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"
            ],
            "function transpose": [
                r"f^{T}(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"
            ],
            "relation": [
                r"f(x) \ne \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
                r"f(x) < \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
                r"f(x) > \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
                r"f(x) = \begin{cases} x & \text{if } x < 0 \\ 0 & \text{otherwise} \end{cases}",
                r"f(x) = \begin{cases} x & \text{if } x = 0 \\ 0 & \text{otherwise} \end{cases}",
            ],
            "digit": [
                r"f(x) = \begin{cases} x & \text{if } x > 1 \\ 0 & \text{otherwise} \end{cases}",
                r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 1 & \text{otherwise} \end{cases}",
            ],
            "branch": [
                r"f(x) = \begin{cases} 0 & \text{if } x > 0 \\ x & \text{otherwise} \end{cases}"
            ],
        },
    ),
    (
        r"u_i = 0 \quad \text{for } i \ne j",
        {
            "decorated index": [
                r"u_{i'} = 0 \quad \text{for } i \ne j",
                r"u_{i^2} = 0 \quad \text{for } i \ne j",
            ],
            "relation": [
                r"u_i \ne 0 \quad \text{for } i \ne j",
                r"u_i < 0 \quad \text{for } i \ne j",
                r"u_i > 0 \quad \text{for } i \ne j",
                r"u_i = 0 \quad \text{for } i = j",
            ],
            "digit": [r"u_i = 1 \quad \text{for } i \ne j"],
            "lost condition": [r"u_i = 0"],
        },
    ),
    (
        r"u_i = 0 \qquad (i = 2, \dots, m - 1)",
        {
            "decorated index": [
                r"u_{i'} = 0 \qquad (i = 2, \dots, m - 1)",
                r"u_{i^2} = 0 \qquad (i = 2, \dots, m - 1)",
            ],
            "relation": [
                r"u_i \ne 0 \qquad (i = 2, \dots, m - 1)",
                r"u_i < 0 \qquad (i = 2, \dots, m - 1)",
                r"u_i > 0 \qquad (i = 2, \dots, m - 1)",
            ],
            "digit": [
                r"u_i = 1 \qquad (i = 2, \dots, m - 1)",
                r"u_i = 0 \qquad (i = 1, \dots, m - 1)",
                r"u_i = 0 \qquad (i = 3, \dots, m - 1)",
                r"u_i = 0 \qquad (i = 2, \dots, m - 0)",
                r"u_i = 0 \qquad (i = 2, \dots, m - 2)",
            ],
            "lost condition": [r"u_i = 0"],
        },
    ),
    (
        r"\sum_{j \ne i} u_j \le \sum_{i=1}^{m} u_i",
        {
            "decorated index": [
                r"\sum_{j \ne i} u_{j'} \le \sum_{i=1}^{m} u_i",
                r"\sum_{j \ne i} u_{j^2} \le \sum_{i=1}^{m} u_i",
                r"\sum_{j \ne i} u_j \le \sum_{i=1}^{m} u_{i'}",
                r"\sum_{j \ne i} u_j \le \sum_{i=1}^{m} u_{i^2}",
            ],
            "relation": [
                r"\sum_{j = i} u_j \le \sum_{i=1}^{m} u_i",
                r"\sum_{j \ne i} u_j \ge \sum_{i=1}^{m} u_i",
                r"\sum_{j \ne i} u_j < \sum_{i=1}^{m} u_i",
            ],
            "range": [
                r"\sum_{j \ne i} u_j \le \sum_{i=1}^{m - 1} u_i",
                r"\sum_{j \ne i} u_j \le \sum_{i=1}^{m + 1} u_i",
            ],
            "digit": [
                r"\sum_{j \ne i} u_j \le \sum_{i=0}^{m} u_i",
                r"\sum_{j \ne i} u_j \le \sum_{i=2}^{m} u_i",
            ],
            "lost condition": [r"\sum_{j} u_j \le \sum_{i=1}^{m} u_i"],
        },
    ),
    (
        r"y \in \{0, 1\}, x \in (0, 1)",
        {
            "wider set": [
                r"y \in (0, 1), x \in (0, 1)",
                r"y \in \mathbb{R}, x \in (0, 1)",
                r"y \in \{0, 1\}, x \in \mathbb{R}",
            ],
        },
    ),
    (
        r"\begin{aligned} x &= y \\ &= y + \pi \end{aligned}",
        {
            "relation": [
                r"\begin{aligned} x &\ne y \\ &= y + \pi \end{aligned}",
                r"\begin{aligned} x &< y \\ &= y + \pi \end{aligned}",
                r"\begin{aligned} x &> y \\ &= y + \pi \end{aligned}",
                r"\begin{aligned} x &= y \\ &\ne y + \pi \end{aligned}",
                r"\begin{aligned} x &= y \\ &< y + \pi \end{aligned}",
                r"\begin{aligned} x &= y \\ &> y + \pi \end{aligned}",
            ],
            "lost relation": [r"\begin{aligned} x &= y \\ & y + \pi \end{aligned}"],
            "constant": [
                r"\begin{aligned} x &= y \\ &= y + e \end{aligned}",
                r"\begin{aligned} x &= y \\ &= y + 3 \end{aligned}",
            ],
        },
    ),
    (
        r"(n_1, m) = (n_1, n_0)(n_0, m)",
        {
            "relation": [
                r"(n_1, m) \ne (n_1, n_0)(n_0, m)",
                r"(n_1, m) < (n_1, n_0)(n_0, m)",
                r"(n_1, m) > (n_1, n_0)(n_0, m)",
            ],
            "size": [
                r"(m, n_1) = (n_1, n_0)(n_0, m)",
                r"(n_1, m) = (n_0, n_1)(n_0, m)",
                r"(n_1, m) = (n_1, n_0)(m, n_0)",
            ],
        },
    ),
    (
        r"x = 1.17",
        {
            # Another relation to a rounded number may be true.
            "digit": [r"x = 0.17", r"x = 2.17", r"x = 1.07", r"x = 1.27", r"x = 1.16", r"x = 1.18"],
        },
    ),
    (
        r"\tanh x < e^{x}",
        {
            "power": [r"\tanh^{2} x < e^{x}", r"\tanh x < e"],
            "inverse": [r"\tanh^{-1} x < e^{x}"],
            "prime": [r"\tanh' x < e^{x}"],
            "function transpose": [r"\tanh^{T} x < e^{x}"],
            "relation": [r"\tanh x > e^{x}", r"\tanh x = e^{x}"],
            "constant": [r"\tanh x < \pi ^{x}", r"\tanh x < 2 ^{x}"],
        },
    ),
    (
        r"W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}",
        {
            "narrower set": [r"W^{[l]} \in (0, 1)^{n_l \times n_{l-1}}"],
            "size": [
                r"W^{[l]} \in \mathbb{R}^{m \times n_{l-1}}",
                r"W^{[l]} \in \mathbb{R}^{n_{l-1} \times n_l}",
                r"W^{[l]} \in \mathbb{R}^{n_l \times m}",
            ],
        },
    ),
    (
        r"i \in \{1, \dots, m\}",
        {
            "range": [r"i \in \{1, \dots, m - 1\}", r"i \in \{1, \dots, m + 1\}"],
            "digit": [r"i \in \{0, \dots, m\}", r"i \in \{2, \dots, m\}"],
        },
    ),
    # What is no formula has no mistakes.
    (r"x = (y", {}),
    (r"x = \frac{", {}),
]


@pytest.fixture(scope="module")
def notation() -> Notation:
    return inspect_page(TABLE, code=False).book.notation


@pytest.mark.parametrize(("tex", "expected"), CASES, ids=[tex for tex, _ in CASES])
def test_edits_by_kind(notation: Notation, tex: str, expected: dict[str, list[str]]) -> None:
    made: dict[str, list[str]] = {}
    kinds = PLANTED if expected.keys() & set(PLANTED) else MENDING
    for edit in edits(tex, notation, kinds):
        made.setdefault(edit.kind, []).append(" ".join(edit.apply(tex).split()))
    assert made == expected


def test_every_kind_is_shown() -> None:
    assert {kind for _, expected in CASES for kind in expected} == set(KINDS)
