"""What a page's snippets have assigned, as values of its symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

import torch
from torch import Tensor

from nn3doc.equations.evaluate import from_python
from nn3doc.equations.meaning import Key
from nn3doc.equations.model import DefinitionError, PageModel, python_names, python_sizes
from nn3doc.equations.notation import ONE, NotationError, Size


class SnippetValues:
    """Values of symbols at a place of a page.

    Args:
        book: What the page says.
        values_at: What its snippets have assigned above an offset: name → value and line.
    """

    def __init__(
        self, book: PageModel, values_at: Callable[[int], dict[str, tuple[object, int]]]
    ) -> None:
        self.book = book
        self.values_at = values_at
        self._names: dict[str, Key] | None = None
        self._found: dict[int, tuple[dict[Key, Tensor], dict[str, int]]] = {}

    def at(self, offset: int) -> tuple[dict[Key, Tensor], dict[str, int]]:
        """The values that symbols have above an offset, and the sizes that follow from them."""
        if offset not in self._found:
            if self._names is None:
                self._names = python_names(self.book)
            assigned = self.values_at(offset)
            self._found[offset] = given_values(self.book, assigned, self._names)
        return self._found[offset]


def given_values(
    book: PageModel, assigned: Mapping[str, tuple[object, int]], names: Mapping[str, Key]
) -> tuple[dict[Key, Tensor], dict[str, int]]:
    """What snippets have assigned, as symbols' values, and the sizes that they have."""
    values: dict[Key, Tensor] = {}
    sizes: dict[str, int] = {}
    for name, size in python_sizes(book).items():
        value = assigned.get(name, (None, 0))[0]
        if isinstance(value, int) and not isinstance(value, bool):
            only = sorted(size.names)
            if len(only) == 1 and size == Size.of(only[0]):
                sizes[only[0]] = value
    for name, (value, _) in assigned.items():
        key = names.get(name)
        if key is None:
            continue
        try:
            shape = book.shape_of_key(key)
        except (NotationError, DefinitionError):
            continue
        tensor = from_python(value, shape)
        if tensor is None:
            continue
        for size, number in zip(shape, tensor.shape, strict=False):
            only = sorted(size.names)
            if len(only) == 1 and size == Size.of(only[0]):
                sizes.setdefault(only[0], number)
        values[key] = tensor
    return values, sizes


class MisfitError(ValueError):
    """A value that has another shape than the symbol."""


def as_tensor(value: object) -> Tensor | None:
    """A number, a tensor, an array or a list of them as a tensor; None for anything else."""
    if isinstance(value, bool | Fraction | Decimal):
        value = float(value)
    try:
        if isinstance(value, Tensor):
            return value.detach().double()
        if isinstance(value, int | float | list | tuple):
            return torch.tensor(value, dtype=torch.float64)
        return torch.as_tensor(value).double() if hasattr(value, "__array__") else None
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def as_symbol(book: PageModel, key: Key, value: object, sizes: dict[str, int]) -> Tensor:
    """A value of code as a symbol has it: index slots, then rows and columns.

    Args:
        book: What the page says.
        key: The symbol.
        value: A number, a tensor, an array or a list.
        sizes: The sizes that are known; those that the value shows are added.

    Raises:
        MisfitError: It has another shape.
    """
    plain = as_tensor(value)
    if plain is None:
        raise MisfitError("no numbers")
    shape = book.shape_of_key(key)
    slots = book.slot_sizes(key)
    if not slots:
        tensor = None if shape and plain.ndim == 0 else from_python(plain, shape)
        if tensor is not None and tensor.ndim != 2:
            tensor = None
    else:
        kept = [size for size in shape if size != ONE]
        if plain.ndim == len(slots) + len(kept):
            front = plain.shape[: len(slots)]
            rows = [1 if size == ONE else plain.shape[len(slots)] for size in shape[:1]] or [1]
            tensor = plain.reshape(*front, *rows, -1)
        else:
            tensor = None
        if len(set(plain.shape)) < len([n for n in plain.shape if n != 1]) and kept:
            tensor = None  # which axis is which, the numbers do not say
    if tensor is None:
        raise MisfitError("another number of axes")
    found: dict[str, int] = {}
    for size, number in zip((*slots, *(shape or (ONE, ONE))), tensor.shape, strict=True):
        only = sorted(size.names)
        if size.number is not None:
            if size.number != number:
                raise MisfitError(f"{number} for {size}")
        elif len(only) == 1 and size == Size.of(only[0]):
            known = sizes.get(only[0], found.setdefault(only[0], number))
            if known != number:
                raise MisfitError(f"{number} for {size}, which is {known}")
    sizes.update(found)
    return tensor.detach().clone()


def hold_sizes(size: Size, value: object, sizes: dict[str, int]) -> None:
    """Takes a number of the code for a size that no shape says."""
    only = sorted(size.names)
    if isinstance(value, int) and not isinstance(value, bool):
        if len(only) == 1 and size == Size.of(only[0]):
            sizes.setdefault(only[0], value)
