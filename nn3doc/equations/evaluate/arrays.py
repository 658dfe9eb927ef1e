"""Values with named axes: all draws first, one axis for each index, then rows and columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from nn3doc.equations.meaning import Term

MAX_ENTRIES = 2_000_000  # of a value, in one draw
MAX_OPERATIONS = 30_000  # of one value, definitions within definitions
MAX_IN_ALL = 6_000_000  # of a value, in all draws together


class MissingValue(Exception):
    """A symbol has no value in this environment."""


class TooLarge(Exception):
    """A value has more entries than are worked out.

    Attributes:
        only_together: Whether fewer draws would do.
    """

    def __init__(self, message: str, only_together: bool = False) -> None:
        super().__init__(message)
        self.only_together = only_together


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


def hold_size(*sizes: int, draws: int = 1) -> None:
    """Compares the number of entries of a value with what is worked out, before it is.

    Args:
        sizes: Its axes, that of the draws left out.
        draws: How many draws there are.

    Raises:
        TooLarge: They are too many.
    """
    entries = math.prod(max(size, 1) for size in sizes)
    if entries > MAX_ENTRIES:
        raise TooLarge(f"more than {MAX_ENTRIES:,} entries")
    if entries * draws > MAX_IN_ALL:
        raise TooLarge(f"more than {MAX_ENTRIES:,} entries", only_together=True)


@dataclass(frozen=True)
class Array:
    """A value: an axis of all draws, one axis for each name, then rows and columns.

    The first axis has length 1 where the value is the same in every draw, as a numeral is.
    """

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


def without_value(tensor: Tensor, where: Tensor) -> Tensor:
    """A tensor with NaN in some places, in its derivatives, too: there it has no value."""
    return tensor * torch.where(where, math.nan, 1.0) if bool(where.any()) else tensor


def aligned_to(array: Array, names: tuple[str, ...], last: int = 2) -> Tensor:
    """A value with axes for all of `names`; an axis it does not depend on has length 1."""
    if array.names == names:
        return array.tensor
    order = [1 + array.names.index(name) for name in names if name in array.names]
    count = 1 + len(array.names)
    tensor = array.tensor.permute(0, *order, *range(count, count + last))
    for place, name in enumerate(names, start=1):
        if name not in array.names:
            tensor = tensor.unsqueeze(place)
    return tensor


def aligned(left: Array, right: Array) -> tuple[Tensor, Tensor]:
    """Two values with the same axes."""
    names = (*left.names, *(name for name in right.names if name not in left.names))
    return aligned_to(left, names), aligned_to(right, names)


def scalar(value: float) -> Array:
    """A number as a value."""
    return Array((), torch.full((1, 1, 1), value, dtype=torch.float64))
