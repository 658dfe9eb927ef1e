"""Single mistakes: which are made of a formula, and the exact TeX of each."""

import pytest

from nn3doc.equations.edits import edits
from nn3doc.equations.notation import Notation
from nn3doc.equations.table import read_table

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
    ),  # fmt: skip
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
    # A declaration states nothing that could be wrong, and what is no formula has no mistakes.
    (r"W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}", {}),
    (r"x = (y", {}),
    (r"x = \frac{", {}),
]


@pytest.fixture(scope="module")
def notation() -> Notation:
    known = Notation()
    assert read_table(TABLE, known) == []
    return known


@pytest.mark.parametrize(("tex", "expected"), CASES, ids=[tex for tex, _ in CASES])
def test_edits_by_kind(notation: Notation, tex: str, expected: dict[str, list[str]]) -> None:
    made: dict[str, list[str]] = {}
    for edit in edits(tex, notation):
        made.setdefault(edit.kind, []).append(" ".join(edit.apply(tex).split()))
    assert made == expected
