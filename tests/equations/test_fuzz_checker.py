"""Whatever a page holds, the reader and the checker end in a verdict or in a finding."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nn3doc.equations.check import check_page
from nn3doc.equations.page import Source
from nn3doc.equations.tex.parser import parse
from nn3doc.equations.tex.tokens import TexError
from nn3doc.equations.verdict import statements

DOCS = Path(__file__).parents[2] / "docs"
NOTATION = Source("notation.md", (DOCS / "notation.md").read_text(encoding="utf-8"))
PIECES = [
    *r"\frac{ } { ( ) [ ] ^ _ ^{ _{ ^{[1]} ^{[l]} ^T _{j,k} ^{(i)} = :=".split(),
    *r"\leftarrow + - , & \\ | \|".split(),
    *r"W A Z b dW dZ J X Y m n_1 l L i \sigma \hat{y} 0 1 2 0.5 1000000000 ' \dots \cdot".split(),
    *r"\partial d \sum \sum_{i=1}^{m} \prod \log \max \sqrt \left( \right) \odot \in \nabla".split(),
    *r"\mathbb{R} \mathbb{R}^{ \times \begin{bmatrix} \end{bmatrix} \begin{cases} \end{cases}".split(),
    *r"\text{if} \begin{aligned} \end{aligned} \circ \top \langle \rangle \label{eq:a}".split(),
    *r"f f(x) f^{-1}(x) f'^2 ^{(2)} \sin^2 \log_2 \max_ \max^2(a,b) \det \delta_{ij}".split(),
    *r"(f \circ f)'(x) _{k} _{i<j}".split(" "),
    *r"\sum_{i<j} \sum_{k'=1}^{m} \sum_{i\ne0} _{k'} ^{(i')} \mathbf{1} I \|W\|_2 \mathbb{1}(".split(),
    *r"_{1\le{i}\le{m}} \underbrace{ \overset{!} \big( \big) \not \pm 1,5 < \ne \ge { } ; :".split(),
]
soups = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
few = settings(suppress_health_check=list(HealthCheck))  # a page takes longer than a formula


class Mistake(BaseException):
    """A mistake of the checker itself, which nothing in it takes for one of the page."""


def of_the_page(check: Callable[..., None]) -> Callable[..., None]:
    """A check that may fail for what a page says, never for a mistake of the checker."""

    def checked(*arguments: object) -> None:
        try:
            check(*arguments)
        except (LookupError, AssertionError, AttributeError, TypeError, StopIteration) as error:
            raise Mistake(repr(error)) from error

    return checked


def verdict(text: str) -> None:
    """The page is checked, and each of its equations has a verdict."""
    with patch.object(statements, "_hold", of_the_page(statements._hold)):
        report = check_page(text, notation=[NOTATION], code=False)
    for equation in report.equations:
        assert equation.verdict
        assert equation.verdict != "failed" or report.all_findings


def read(tex: str) -> None:
    """The formula is read, or the place where it cannot be lies in it."""
    found: TexError | None = None
    try:
        parse(tex)
    except TexError as error:
        found = error
    if found is not None:
        assert found.message
        assert 0 <= found.start <= found.end <= len(tex) + 1


@given(st.one_of(soups, st.text(max_size=60)))
@example(r"\frac{")
@example(r"\frac{d")
@example("{" * 3000)
@example("(" * 3000)
@example("x^{" * 1500)
@example(r"\sqrt{" * 1500)
@example("1 +" * 20_000)
def test_fuzz_reader(tex: str) -> None:
    read(tex)


@few
@given(soups)
@example(r"Y = X")
@example(r"dZ^{[1]} = \begin{bmatrix} 1 & 2 & 3 & 4 \\ 5 & 6 & 7 & 8 \end{bmatrix}")
@example(r"dZ^{[1]} = \begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}")
@example(r"db1^{[1]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[1](i)}")
@example(r"J = \sum_{i=1}^{1000000000} i")
@example(r"J = \prod_{i=1}^{100000} \sum_{k=1}^{100000} i k")
@example(r"m = 99999999999999999999")
@example(r"J = 10^{400}")
@example(r"J = 0.00000000000000000000000000000000000000000000000001^{1000}")
@example(r"W^{[99999999999]} = 1")
def test_fuzz_formulas(tex: str) -> None:
    verdict(f"$f(x) = x^2 + 1$\n\n$$\n{tex}\n$$\n")


@few
@given(st.data())
def test_fuzz_pages(data: st.DataObject) -> None:
    """A piece of a real page, with a few pieces of it taken out or put in."""
    name = data.draw(st.sampled_from(["summary.md", "backpropagation.md", "dataset.md"]))
    text = (DOCS / name).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text) - 1))
    text = text[start : start + 600]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 4))
        text = text[:place] + data.draw(st.sampled_from(["", *PIECES])) + text[place + gone :]
    verdict(text)


@few
@given(st.text(alphabet="$`<>!-|~\\{}()[]ab#*= \n\t\r\u2028\x00é😀", max_size=80))
@pytest.mark.parametrize("frame", ["{}", "| Symbol | Shape |\n| --- | --- |\n| {} | {} |\n"])
def test_fuzz_markdown(frame: str, text: str) -> None:
    verdict(frame.replace("{}", text))
