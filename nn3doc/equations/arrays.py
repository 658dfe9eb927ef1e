"""Values with named axes: one axis for each index a value depends on, then rows and columns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from nn3doc.equations.terms import Term

MAX_ENTRIES = 2_000_000
MAX_OPERATIONS = 30_000  # of one value, definitions within definitions


NotInvertibleError: type[Exception] = vars(torch.linalg)["LinAlgError"]  # no public name for mypy


class TooLarge(Exception):
    """A value has more entries than are worked out."""


class Work:
    """Counts the operations of one value, through all definitions that it takes."""

    def __init__(self) -> None:
        self._depth = 0
        self._done = 0

    def __enter__(self) -> None:
        if not self._depth:
            self._done = 0
        self._depth += 1
        self._done += 1
        if self._done > MAX_OPERATIONS:
            self._depth -= 1
            raise TooLarge(f"more than {MAX_OPERATIONS:,} operations")

    def __exit__(self, *error: object) -> None:
        self._depth -= 1


def hold_size(*sizes: int) -> None:
    """Holds the number of entries of a value against what is worked out, before it is.

    Raises:
        TooLarge: They are too many.
    """
    if math.prod(max(size, 1) for size in sizes) > MAX_ENTRIES:
        raise TooLarge(f"more than {MAX_ENTRIES:,} entries")


@dataclass(frozen=True)
class Array:
    """A value: one axis for each name, then rows and columns."""

    names: tuple[str, ...]
    tensor: Tensor


def with_two_axes(tensor: Tensor, term: Term) -> Tensor:
    """Gives what an entry, a row or a column leaves its rows and columns back."""
    has_row, has_col, keep = term.data
    if has_row and has_col:
        return tensor[..., None, None]
    if has_row and keep:
        return tensor[..., None, :]
    return tensor[..., None]


def aligned_to(array: Array, names: tuple[str, ...], last: int = 2) -> Tensor:
    """A value with axes for all of `names`; an axis it does not depend on has length 1."""
    if array.names == names:
        return array.tensor
    order = [array.names.index(name) for name in names if name in array.names]
    count = len(array.names)
    tensor = array.tensor.permute(*order, *range(count, count + last))
    for place, name in enumerate(names):
        if name not in array.names:
            tensor = tensor.unsqueeze(place)
    return tensor


def aligned(left: Array, right: Array) -> tuple[Tensor, Tensor]:
    """Two values with the same axes."""
    names = (*left.names, *(name for name in right.names if name not in left.names))
    return aligned_to(left, names), aligned_to(right, names)


def reorder(array: Array, names: tuple[str, ...]) -> Tensor:
    """A value with its axes in a given order."""
    return aligned_to(array, names)


def scalar(value: float) -> Array:
    """A number as a value."""
    return Array((), torch.full((1, 1), value, dtype=torch.float64))


ELEMENTWISE: dict[str, Callable[[Tensor], Tensor]] = {
    "log": torch.log, "ln": torch.log, "exp": torch.exp, "sin": torch.sin, "cos": torch.cos,
    "tan": torch.tan, "tanh": torch.tanh, "sinh": torch.sinh, "cosh": torch.cosh,
    "cot": lambda x: 1 / torch.tan(x), "arcsin": torch.asin, "arccos": torch.acos,
    "arctan": torch.atan, "sign": torch.sign, "abs": torch.abs, "sqrt": torch.sqrt,
}  # fmt: skip


COMPARE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "=": torch.eq, "!=": torch.ne, "<": torch.lt, ">": torch.gt, "<=": torch.le, ">=": torch.ge
}  # fmt: skip
