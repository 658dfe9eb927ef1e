"""Notation is data: derivations in three other conventions pass, single mistakes in them do not."""

from pathlib import Path

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.page import inspect_page

PAGES = Path(__file__).parent / "conventions"

# page: mistakes, each as (what stands there, what is planted)
MISTAKES = {
    "rows": [
        (r"X W_1 + b_1", r"W_1 X + b_1"),
        (r"\frac{1}{N} (Y - T)", r"(Y - T)"),
        (r"A^\top G_Y", r"G_Y A^\top"),
        (r"\mathbf{1}^\top G_Y", r"G_Y \mathbf{1}"),
        (r"&= G_Y W_2^\top", r"&= G_Y W_2"),
        (r"\odot \phi'(Z)", r"\odot \phi(Z)"),
        (r"X^\top G_Z", r"A^\top G_Z"),
        (r"a_{nh} = \phi(z_{nh})", r"a_{nh} = \phi(z_{hn})"),
        (r"(y_{nc} - t_{nc})^2", r"(y_{nc} - t_{nc})"),
    ],
    "layers": [
        (r"w^l_{jk} a^{l-1}_k", r"w^l_{kj} a^{l-1}_k"),
        (r"$z^l = w^l a^{l-1} + b^l$", r"$z^l = w^l a^l + b^l$"),
        (r"(a^L_j - y_j) \sigma'", r"(y_j - a^L_j) \sigma'"),
        (r"\nabla_{a^L} C \odot", r"\nabla_{z^L} C \odot"),
        (r"((w^{l+1})^\top \delta^{l+1})", r"(w^{l+1} \delta^{l+1})"),
        (r"\odot \sigma'(z^l)", r"\odot \sigma'(z^{l-1})"),
        (r"w^{l+1}_{kj} \delta^{l+1}_k", r"w^{l+1}_{jk} \delta^{l+1}_k"),
        (r"a^{l-1}_k \delta^l_j", r"a^{l-1}_j \delta^l_k"),
        (r"\delta^l (a^{l-1})^\top", r"\delta^l (a^l)^\top"),
    ],
    "bold": [
        (r"\mathbf{w}^\top \mathbf{x}^{(i)} + b", r"\mathbf{w} \mathbf{x}^{(i)} + b"),
        (r"(1 - y^{(i)}) \log(1 -", r"(1 + y^{(i)}) \log(1 -"),
        (r"\frac{\lambda}{2} \|", r"\lambda \|"),
        (r"= \frac{1}{m} (\hat{y}^{(i)} - y^{(i)}),", r"= (\hat{y}^{(i)} - y^{(i)}),"),
        (r"\mathbf{x}^{(i)} + \lambda \mathbf{w}", r"\mathbf{x}^{(i)} - \lambda \mathbf{w}"),
        (r"(\hat{y}^{(i)} - y^{(i)})" + "\n", r"(y^{(i)} - \hat{y}^{(i)})" + "\n"),
        (r"\mathbf{x}^{(i)} (\mathbf{x}^{(i)})^\top", r"(\mathbf{x}^{(i)})^\top \mathbf{x}^{(i)}"),
        (r"+ \lambda \mathbf{I}", r"+ \lambda"),
        (r"= \sigma(z) (1 - \sigma(z))", r"= \sigma(z) (1 + \sigma(z))"),
    ],
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_page_passes_and_nothing_in_it_is_untested(name: str) -> None:
    report = check_page((PAGES / f"{name}.md").read_text(), f"{name}.md", code=False)
    assert report.all_findings == []


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [(name, *mistake) for name, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_a_single_mistake_is_refused(name: str, right: str, wrong: str) -> None:
    text = (PAGES / f"{name}.md").read_text()
    assert right in text
    assert not inspect_page(text.replace(right, wrong, 1), code=False).report.ok
