"""The reader of TeX: what it refuses, where, and what to write instead; what it reads alike."""

import pytest

from nn3doc.equations.tex.parser import Lexicon, parse
from nn3doc.equations.tex.tokens import TexError
from nn3doc.equations.tex.tree import same

# TeX: (message, what is at fault, cure)
REFUSED = {
    r"1/1+e^{-x}": (
        "a division by 1",
        "/1",
        r"If the denominator goes on, write \frac{…}{1 + …}.",
    ),
    r"\sum a + b": (
        r"\sum does not say over which index it runs",
        r"\sum",
        r"Write \sum_{i=1}^{n}.",
    ),
    r"a / 2\epsilon": (
        "what stands behind the slash can be read in two ways",
        r"/ 2\epsilon",
        r"Write \frac{…}{…}, or put the denominator in brackets.",
    ),
    r"a^{[1]}^T": (
        "a second ^",
        "^",
        "Put both into one: ^{[1]T}; or brackets around what stands before it.",
    ),
    r"x_i_j": ("a second _", "_", "Write _{a,b}."),
    r"\foo x": (
        r"I do not know the control word \foo",
        r"\foo",
        r"For a named function or symbol write \mathrm{foo}.",
    ),
    r"\alhpa x": (r"I do not know the control word \alhpa", r"\alhpa", r"Did you mean \alpha?"),
    r"\log x y": (
        r"how far \log reaches can be read in two ways",
        r"\log x y",
        r"Write \log(…).",
    ),
    "x = 1,5": (
        "a comma between digits can be read in two ways",
        "1,5",
        "Write 1.5 for a decimal number, or a blank behind the comma of a list.",
    ),
    "m = 60,000": (
        "a comma between digits can be read in two ways",
        "60,000",
        "Write 60.000 for a decimal number, or 60{,}000 for thousands, or a blank behind the comma of a "
        "list.",
    ),
    r"\sum_{1 = 1} x": (
        r"an index is expected below \sum",
        "1",
        r"Write the index with its range, such as \sum_{i=1}^{n}.",
    ),
    "3 4": ("two numbers side by side", "3 4", r"Write \cdot between them."),
    "(a + b": ("this ( is never closed", "(", "Close it with )."),
    "(a + b]": ("this ] closes a (", "]", "Write )."),
    r"\|x": (r"this \| is never closed", r"\|", r"Close it with \|."),
    r"\Vert x": (r"this \Vert is never closed", r"\Vert", r"Close it with \Vert."),
    r"\begin{bmatrix} 1 & 2 \\ 3": (
        r"\begin{bmatrix} is never closed",
        r"\begin",
        r"Close it with \end{bmatrix}.",
    ),
    r"\begin{aligned} a \end{cases}": (r"\end{cases} closes \begin{aligned}", r"\end{cases}", ""),
    r"\hat{y^2}": (
        r"\hat goes around the letter only",
        r"\hat{y^",
        "Close its brace before the ^.",
    ),
    r"x^12": ("TeX takes only the 1 of 12 here", "12", "Write {12}."),
    r"\frac{d^2 f}{dx}": ("the order is 2 above and 1 below", "dx}", ""),
    "= x": ("I cannot read = here", "=", ""),
    r"\infty": (r"\infty has no value that can be checked", r"\infty", ""),
    "x § y": (
        "I do not know the character '§' in mathematics",
        "§",
        "Write the TeX command for it.",
    ),
}

ALIKE = [
    (r"A^{[1]T}", r"A^{[1]\top}"),
    (r"W^{[1]}_{j,k}", r"W_{j,k}^{[1]}"),
    (r"\frac12", r"\frac{1}{2}"),
    (r"\textcolor{loss}{a} + b", "a + b"),
    (r"\left( a + b \right) c", "(a + b) c"),
    (r"a \le b", r"a \leq b"),
    (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a = b = c"),
    (r"a = b \quad (i = 1, \dots, n)", r"a = b, i = 1, \dots, n"),
    (r"\boldsymbol{x}", r"\mathbf{x}"),
    (r"a = b \label{eq:one}", "a = b"),
    (r"\|x\|", r"\lVert x \rVert"),
    (r"\log{\left(u\right)}^{2}", r"\log(u)^2"),
    ("{a + b}^2", "a + b^2"),
    (r"\big( a + b \big)^2", "(a + b)^2"),
    (r"a \not= b", r"a \ne b"),
    (r"\sum_{1 \le i \le n} x_i", r"\sum_{i=1}^{n} x_i"),
    (r"\sum_{k'} x_{k'}", r"\sum_{k^{\prime}} x_{k^{\prime}}"),
    (r"a \overset{\text{(1)}}{=} b", "a = b"),
]


@pytest.mark.parametrize("tex", REFUSED)
def test_refused(tex: str) -> None:
    message, at, cure = REFUSED[tex]
    with pytest.raises(TexError) as caught:
        parse(tex)
    error = caught.value
    assert (error.message, tex[error.start : error.end], error.cure) == (message, at, cure)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_written_in_two_ways_and_read_as_one(one: str, other: str) -> None:
    lexicon = Lexicon()
    left, right = (parse(tex, lexicon).statements for tex in (one, other))
    assert len(left) == len(right)
    assert all(same(a, b) for a, b in zip(left, right, strict=True))
