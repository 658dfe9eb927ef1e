"""What is offered when an equation fails: the one change with which it holds."""

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.show.messages import render

PAGE = r"""
| Symbol | Shape | Meaning |
| --- | --- | --- |
| $m$ | $\mathbb{N}$ | examples |
| $d$ | $\mathbb{N}$ | features |
| $X$ | $\mathbb{R}^{m \times d}$ | inputs |
| $w$ | $\mathbb{R}^{d}$ | weights |
| $y$ | $\mathbb{R}^{m}$ | targets |

$$ r = X w - y $$
$$ J = \frac{1}{2 m} r^T r $$
$$ EQUATION $$
"""

CASES = {
    r"\nabla_w J = \frac{1}{m} X^T r": "",
    r"\nabla_w J = \frac{1}{m} X r": "Did you mean X^T?",
    r"\nabla_w J = -\frac{1}{m} X^T r": "Did you mean \\frac{1}{m} X^T r?",
    r"\nabla_w J = X^T r": "Did you mean \\frac{1}{m} X^T r?",
    r"\nabla_w J = \frac{1}{m} X^T y": "Did you mean r?",
    r"\nabla_w J = \frac{2}{m} X^T r": "Did you mean 1?",
}


@pytest.mark.parametrize("equation", CASES)
def test_the_change_that_mends_it_is_offered(equation: str) -> None:
    report = check_page(PAGE.replace("EQUATION", equation))
    said = [line.strip() for line in render(report).split("\n") if "Did you mean" in line]
    assert said == ([CASES[equation]] if CASES[equation] else [])


def test_nothing_is_offered_where_two_things_are_wrong() -> None:
    report = check_page(PAGE.replace("EQUATION", r"\nabla_w J = \frac{3}{m} X^T y"))
    assert not report.ok
    assert "Did you mean" not in render(report)


def test_what_would_say_nothing_is_not_offered() -> None:
    report = check_page(PAGE.replace("EQUATION", "r = y"))
    assert not report.ok
    assert "Did you mean" not in render(report)  # not y = y
