"""What a page's snippets have assigned, as values of its symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from torch import Tensor

from nn3doc.equations.book import Book
from nn3doc.equations.definitions import DefinitionError
from nn3doc.equations.evaluate.evaluator import Key
from nn3doc.equations.families import NotationError
from nn3doc.equations.python_names import from_python, python_names, python_sizes
from nn3doc.equations.sizes import Size


class Snippets(Protocol):
    """What the page's snippets have assigned (see `code`)."""

    def values_at(self, offset: int) -> dict[str, tuple[object, int]]:
        """Name → value and line, above an offset."""


class SnippetValues:
    """Values of symbols at a place of a page.

    Args:
        book: What the page says.
        snippets: What its snippets have assigned.
    """

    def __init__(self, book: Book, snippets: Snippets) -> None:
        self.book = book
        self.snippets = snippets
        self._names: dict[str, Key] | None = None
        self._found: dict[int, tuple[dict[Key, Tensor], dict[str, int]]] = {}

    def at(self, offset: int) -> tuple[dict[Key, Tensor], dict[str, int]]:
        """The values that symbols have above an offset, and the sizes that follow from them."""
        if offset not in self._found:
            if self._names is None:
                self._names = python_names(self.book)
            assigned = self.snippets.values_at(offset)
            self._found[offset] = given_values(self.book, assigned, self._names)
        return self._found[offset]


def given_values(
    book: Book, assigned: Mapping[str, tuple[object, int]], names: Mapping[str, Key]
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


def same_snippet(text: str, line: int, latest: int) -> bool:
    """Whether two lines of code stand in one fence."""
    between = text.split("\n")[min(line, latest) - 1 : max(line, latest)]
    return not any(part.lstrip(" >").startswith(("```", "~~~")) for part in between)
