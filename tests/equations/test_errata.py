"""Mistakes that readers found in well-known textbooks and courses: each is refused, its correction not.

`errata/ID.md` is a small page with the right form, as a teacher would write it; the test puts the
printed, wrong form in its place. `errata/ID.txt` is the whole of what the checker then says.
"""

from pathlib import Path

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.code.runs import run_page
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.messages import render

PAGES = Path(__file__).parent / "errata"

# page: (what is right, what was printed)
ERRATA = {
    "d2l-01": (
        r"\frac{d}{dx}\mathrm{sigmoid}(x)=\frac{\exp(-x)}{(1+\exp(-x))^2}=\mathrm{sigmoid}(x)("
        r"1-\mathrm{sigmoid}(x))",
        r"\frac{d}{dx}\mathrm{sigmoid}(x)=\frac{-\exp(x)}{(1+\exp(-x))^2}=\mathrm{sigmoid}(x)("
        r"1-\mathrm{sigmoid}(x))",
    ),
    "d2l-02": (
        r"b \leftarrow b-\frac{\eta}{|\mathcal{B}|}\sum_{i\in\mathcal{B}}\left(\mathbf{w}^\top"
        r"\mathbf{x}^{(i)}+b-y^{(i)}\right)",
        r"b \leftarrow b-\frac{\eta}{|\mathcal{B}|}\sum_{i\in\mathcal{B}}\left(\mathbf{w}^\top"
        r"\mathbf{x}^{(i)}-y^{(i)}\right)",
    ),
    "d2l-04": (
        r"\mathrm{pReLU}(x)=\max(0,x)+\alpha\min(0,x)",
        r"\mathrm{pReLU}(x)=\max(0,x)-\alpha x",
    ),
    "d2l-05": (
        r"\mathbf{w}\leftarrow\left(1-\eta\lambda\right)\mathbf{w}-\frac{\eta}{|\mathcal{B}|}"
        r"\sum_{i\in\mathcal{B}}\mathbf{x}^{(i)}\left(\mathbf{w}^\top\mathbf{x}^{(i)}+b-y^{(i)"
        r"}\right)",
        r"\mathbf{w}\leftarrow\left(1-\frac{\eta\lambda}{|\mathcal{B}|}\right)\mathbf{w}-\frac"
        r"{\eta}{|\mathcal{B}|}\sum_{i\in\mathcal{B}}\mathbf{x}^{(i)}\left(\mathbf{w}^\top\mat"
        r"hbf{x}^{(i)}+b-y^{(i)}\right)",
    ),
    "d2l-07": (
        r"f(x,y)\approx e^{-1}\left(-1-(x+1)+(x+1)^2+y^2\right)",
        r"f(x,y)\approx e^{-1}\left(-1-(x+1)+2(x+1)^2+2y^2\right)",
    ),
    "d2l-08": (
        r"L(\mathbf{w})+\mathbf{v}\cdot\nabla_{\mathbf{w}}L(\mathbf{w})=L(\mathbf{w})+\|\nabla"
        r"_{\mathbf{w}}L(\mathbf{w})\|\cos(\theta)",
        r"L(\mathbf{w})+\mathbf{v}\cdot\nabla_{\mathbf{w}}L(\mathbf{w})=\|\nabla_{\mathbf{w}}L"
        r"(\mathbf{w})\|\cos(\theta)",
    ),
    "d2l-09": (
        r"\frac{d}{dv}(x-uv)^{2}=-2(x-uv)u",
        r"\frac{d}{dv}(x-uv)^{2}=2(x-uv)u",
    ),
    "d2l-11": (
        r"\frac{d}{dv_{ab}}\|\mathbf{X}-\mathbf{U}\mathbf{V}\|_2^{2}=-2\sum_{i}\left(x_{ib}-\s"
        r"um_k u_{ik}v_{kb}\right)u_{ia}",
        r"\frac{d}{dv_{ab}}\|\mathbf{X}-\mathbf{U}\mathbf{V}\|_2^{2}=\sum_{i}2\left(x_{ib}-\su"
        r"m_k u_{ik}v_{kb}\right)u_{ia}",
    ),
    "d2l-12": (
        r"\mathbf{A}\mathbf{v}=[2x,-y]^\top",
        r"\mathbf{v}\mathbf{A}=[2x,-y]^\top",
    ),
    "d2l-13": (
        r"\nabla_{\mathbf{x}}y=\mathbf{A}\,\nabla_{\mathbf{u}}y,\ \mathbf{A}=\nabla_{\mathbf{x"
        r"}}\mathbf{u}\in\mathbb{R}^{n\times m}",
        r"\nabla_{\mathbf{x}}y=\langle\nabla_{\mathbf{u}}y,\nabla_{\mathbf{x}}\mathbf{u}\rangl"
        r"e",
    ),
    "d2l-14": (
        r"\nabla_{\mathbf{x}}y=\mathbf{A}\,\nabla_{\mathbf{u}}y",
        r"\nabla_{\mathbf{x}}y=(\nabla_{\mathbf{u}}y)^\top(\nabla_{\mathbf{x}}\mathbf{u})",
    ),
    "d2l-28": (
        r"h(\mathbf{x})=\frac{1}{2}(\mathbf{x}+\mathbf{Q}^{-1}\mathbf{c})^\top\mathbf{Q}(\math"
        r"bf{x}+\mathbf{Q}^{-1}\mathbf{c})+b-\frac{1}{2}\mathbf{c}^\top\mathbf{Q}^{-1}\mathbf{"
        r"c}",
        r"h(\mathbf{x})=\frac{1}{2}(\mathbf{x}-\mathbf{Q}^{-1}\mathbf{c})^\top\mathbf{Q}(\math"
        r"bf{x}-\mathbf{Q}^{-1}\mathbf{c})+b-\frac{1}{2}\mathbf{c}^\top\mathbf{Q}^{-1}\mathbf{"
        r"c}",
    ),
    "cs-01": (
        r"\nabla_{w_{y_i}}L_i=-\left(\sum_{j\neq y_i}\mathbb{1}(w_j^Tx_i-w_{y_i}^Tx_i+\Delta>0"
        r")\right)x_i",
        r"\nabla_{w_{y_i}}L_i=\left(\sum_{j\neq y_i}\mathbb{1}(w_j^Tx_i-w_{y_i}^Tx_i+\Delta>0)"
        r"\right)x_i",
    ),
    "cs-03": (
        r"\partial L_i/\partial f_j=\sigma(f_j)-y_{ij}",
        r"\partial L_i/\partial f_j=y_{ij}-\sigma(f_j)",
    ),
    "cs-04": (
        r"L_i=-\sum_j\left[y_{ij}\log(\sigma(f_j))+(1-y_{ij})\log(1-\sigma(f_j))\right]",
        r"L_i=-\sum_j y_{ij}\log(\sigma(f_j))+(1-y_{ij})\log(1-\sigma(f_j))",
    ),
    "cs-06": (
        r"1.1=-\log(1.0/3)",
        r"1.1=\log(1.0/3)",
    ),
    "cs-08": (
        r"W\in\mathbb{R}^{10\times 3073}",
        r"W\in\mathbb{R}^{3073\times 10}",
    ),
    "ng-07": (
        r"Z^{[1]}=W^{[1]}X+b^{[1]}",
        r"Z^{[1]}=(W^{[1]})^TX+b^{[1]}",
    ),
    "ng-08": (
        r"dz=a-y",
        r"dz=a(1-a)",
    ),
    "mml-01": (
        r"\Phi(\Phi^\top\Phi)^{-1}\Phi^\top y",
        r"\Phi(\Phi^\top\Phi)^{-1}\Phi\,y",
    ),
    "mml-03": (
        r"\frac{dK}{dR}\in\mathbb{R}^{(N\times N)\times(M\times N)}",
        r"\frac{dK}{dR}\in\mathbb{R}^{(N\times N)\times(M\times M)}",
    ),
    "mml-04": (
        r"\frac{\partial f}{\partial c}=\frac{\partial f}{\partial d}\frac{\partial d}{\partia"
        r"l c}+\frac{\partial f}{\partial e}\frac{\partial e}{\partial c}",
        r"\frac{\partial f}{\partial c}=\frac{\partial f}{\partial d}\frac{\partial d}{\partia"
        r"l c}+\frac{\partial f}{\partial e}\frac{\partial d}{\partial c}",
    ),
    "nndl-02": (
        r"X\odot Y=\mathrm{diag}(X)\,Y",
        r"X\odot Y=\sum_{k=1}^{n}x_ky_k=\mathrm{diag}(X)\,Y",
    ),
    "misc-01": (
        r"\frac{d}{dx}\sigma(x)=\sigma(x)(1-\sigma(x))",
        r"\frac{d}{dx}\sigma(x)=\sigma(x)-(1-\sigma(x))",
    ),
    "misc-02": (
        r"a'=a(1-a)",
        r"a'=(1-a)",
    ),
    "misc-04": (
        r"\tanh(x)=\frac{e^{x}-e^{-x}}{e^{x}+e^{-x}}=2\sigma(2x)-1",
        r"\tanh(x)=\frac{e^{x}+e^{-x}}{e^{x}-e^{-x}}=2\sigma(2x)-1",
    ),
    "misc-05": (
        r"\tanh(x)=\frac{1-e^{-2x}}{1+e^{-2x}}",
        r"\tanh(x)=\frac{1-e^{-x}}{1+e^{-x}}",
    ),
    "misc-07": (
        r"-y\log\pi(x)-(1-y)\log[1-\pi(x)]=-y\theta^Tx+\log[1+\exp(\theta^Tx)]",
        r"-y\log\pi(x)-(1-y)\log[1-\pi(x)]=y\theta^Tx-\log[1+\exp(\theta^Tx)]",
    ),
    "misc-14": (
        r"\frac{\partial z}{\partial x}=\frac{2x}{n}",
        r"\frac{\partial z}{\partial x}=\frac{\partial}{\partial x}\left[\frac{1}{n}\sum_i^n x"
        r"_i^2\right]=\frac{x}{2}",
    ),
    "misc-15": (
        r"\mathrm{Var}=\frac{1}{3N_x}",
        r"\mathrm{Var}=\frac{12}{(2\sqrt{N_x})^2}=\frac{3}{N_x}",
    ),
    "misc-23": (
        r"-\frac{1}{n}\sum_i\left[y_i\log\sigma(x_i)+(1-y_i)\log(1-\sigma(x_i))\right]",
        r"-\frac{1}{n}\sum_i\left[y_i\log(1-\sigma(x_i))+(1-y_i)\log\sigma(x_i)\right]",
    ),
}


def checked(name: str, text: str) -> Report:
    """The report of a page, its code run."""
    path = f"{name}.md"
    return check_page(text, path, code=run_page(text, path))


def test_there_is_a_page_and_a_message_for_each() -> None:
    names = {path.stem for path in PAGES.iterdir()}
    assert names == ERRATA.keys()


@pytest.mark.parametrize("name", ERRATA)
def test_what_is_right_passes(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text()
    assert text.count(ERRATA[name][0]) == 1
    report = checked(name, text)
    assert [finding for finding in report.all_findings if finding.failing] == []


@pytest.mark.parametrize("name", ERRATA)
def test_what_was_printed_is_refused(name: str) -> None:
    text = (PAGES / f"{name}.md").read_text()
    right, wrong = ERRATA[name]
    report = checked(name, text.replace(right, wrong))
    failing = [finding for finding in report.all_findings if finding.failing]
    assert render(report, findings=failing) == (PAGES / f"{name}.txt").read_text()
