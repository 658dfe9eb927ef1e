"""Symbols that mean the same everywhere, unless a page declares them: e, π, δ_ij, I, **1** and **0**.

`I`, `\\mathbf{1}` and `\\mathbf{0}` take their size from what stands beside them, `\\lambda I` in a sum
from the other terms; where nothing says it, it is written, `I_n`.
"""

from __future__ import annotations

import math

from nn3doc.equations.notation.sizes import Shape, Size
from nn3doc.equations.notation.symbols import NotationError
from nn3doc.equations.tex import Mark, Name, Node, Scripted

NUMBERS = {r"\pi": math.pi, "e": math.e}
IDENTITIES = frozenset(["I", r"\mathbf{I}", r"\mathbb{I}"])
FILLED = {r"\mathbf{1}": 1.0, r"\mathbb{1}": 1.0, r"\mathbf{0}": 0.0}
Room = tuple[Size | None, Size | None]  # rows and columns that would fit


class UnknownSizeError(NotationError):
    """I or **1** without a size, where what is read so far does not say one."""


def taken_apart(node: Node) -> tuple[str, tuple[Node, ...], tuple[Mark, ...]]:
    """Letter, subscripts and marks of a symbol; "" where it is none."""
    base, sub, marks = (
        (node.base, node.sub, node.marks) if isinstance(node, Scripted) else (node, (), ())
    )
    return (base.letter if isinstance(base, Name) else ""), sub, marks


def is_sized(letter: str) -> bool:
    """Whether a letter stands for a matrix or a vector of any size."""
    return letter in IDENTITIES or letter in FILLED


def sized_shape(letter: str, size: Size | None, room: Room, node: Node) -> Shape:
    """The shape of I or of a vector of ones.

    Args:
        letter: Which of them.
        size: The size it is written with.
        room: Rows and columns that would fit.
        node: For the message.

    Raises:
        UnknownSizeError: Nothing says it.
    """
    if letter in IDENTITIES:
        size = size or room[0] or room[1]
        if size is not None:
            return size, size
    else:
        size = size or room[0]
        if size is not None:
            return size, Size.of(1)
    raise UnknownSizeError(
        f"nothing says how large {letter} is here",
        node,
        f"Write {letter}_n, or declare it by \\in.",
        "fits",
    )
