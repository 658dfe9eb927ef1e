"""From the value of a right side to the value of the symbol that it defines."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import Array, aligned_to
from nn3doc.equations.meaning import Key
from nn3doc.equations.model import Definition, PageModel
from nn3doc.equations.notation import ONE, NotationError, Size
from nn3doc.equations.tex import Name


class Sample(Protocol):
    """What is asked of the draws that a value is worked out for."""

    @property
    def draws(self) -> int:
        """How many there are."""

    def size(self, size: Size) -> int:
        """The number of a size."""


def assemble(
    book: PageModel, definition: Definition, key: Key, sample: Sample, array: Array
) -> Tensor:
    """Puts a right side's value together as a symbol's: index slots, then rows and columns.

    Args:
        book: What the page says.
        definition: The statement with the right side.
        key: The symbol.
        sample: The number of each size, and how many draws there are.
        array: The right side's value.
    """
    names = [
        node.letter
        for node, value in zip(definition.arguments, key[1], strict=True)
        if value is None and isinstance(node, Name)
    ]
    ends = [node for node in (definition.row, definition.col) if node is not None]
    entry_names = [node.letter for node in ends if isinstance(node, Name)]
    wanted = (*names, *entry_names)
    beyond = [name for name in array.names if name not in wanted]
    if beyond:
        raise NotationError(
            f"the index {beyond[0]} is free on the right and not on the left",
            definition.right,
            "Sum over it, or add it on the left.",
        )
    tensor = _from_one(book, definition, key, sample, aligned_to(array, wanted), len(names))
    sizes = [sample.size(size) for size in book.slot_sizes(key)]
    shape = [sample.size(s) for s in (book.shape_of_key(key) or (ONE, ONE))]
    if not definition.is_entry:
        return tensor.expand(sample.draws, *sizes, *shape)
    if definition.row is not None and definition.col is not None:
        tensor = tensor.squeeze(-1).squeeze(-1)
    elif definition.row is not None:
        tensor = tensor.squeeze(-1)
    else:
        tensor = tensor.squeeze(-1).mT if tensor.shape[-1] == 1 else tensor.squeeze(-2)
    return tensor.expand(sample.draws, *sizes, *shape)


def _from_one(
    book: PageModel,
    definition: Definition,
    key: Key,
    sample: Sample,
    tensor: Tensor,
    count: int,
) -> Tensor:
    """Room for the members before the first one that is defined: `y_i`, i = 2, …, n."""
    free = book.elaborated(definition, key)[1].free
    written = [
        node.letter
        for node, value in zip(definition.arguments, key[1], strict=True)
        if value is None and isinstance(node, Name)
    ]
    for axis, letter in enumerate(written[:count], start=1):
        index = free.get(letter)
        if index is None or index.range is None or tensor.shape[axis] == 1:
            continue
        before = sample.size(index.range.low) - 1
        if before > 0:
            shape = [*tensor.shape[:axis], before, *tensor.shape[axis + 1 :]]
            tensor = torch.cat([tensor.new_zeros(shape), tensor], dim=axis)
    return tensor
