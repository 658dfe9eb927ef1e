"""What a function of a page is called with: drawn values, in the kind its code works with.

A function may be written for tensors, for arrays, for lists or for plain numbers. Which kinds are tried,
and in which order, is decided by its annotations and by the libraries it uses; the first kind for
which it does not raise is the one it is compared in.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any, Literal

from torch import Tensor

from nn3doc.equations.code.trace import innermost
from nn3doc.equations.evaluate import Evaluator, MissingValue, TooLarge, to_python
from nn3doc.equations.isolate import is_value
from nn3doc.equations.meaning import Key
from nn3doc.equations.model import DefinitionError, PageModel
from nn3doc.equations.notation import NotationError, Size

Library = Literal["tensor", "array", "list"]
_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True)
class Kind:
    """In which form values are given.

    Attributes:
        library: Tensors, NumPy arrays, or lists; numbers are floats, or what `numbers` says.
        numbers: Whether a number is a tensor without axes, too.
        single: Whether values have single precision.
        whole: Whether values of a set of whole numbers are integers.
    """

    library: Library
    numbers: bool = False
    single: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a function needs of the page.

    Attributes:
        parameters: Its parameters that are symbols of the page, or sizes.
        globals: The same of the variables of its module that it reads.
        unknown: Parameters that are neither and have no default.
    """

    parameters: dict[str, Key | Size]
    globals: dict[str, Key | Size]
    unknown: tuple[str, ...]

    @property
    def names(self) -> dict[str, Key | Size]:
        """All of them."""
        return {**self.globals, **self.parameters}


def wanted(
    parameters: Mapping[str, inspect.Parameter],
    function: Callable[..., Any],
    names: Mapping[str, Key],
    sizes: Mapping[str, Size],
    given: frozenset[str] = frozenset(),
) -> Wanted:
    """What a function needs: each parameter and each variable of its module that it reads."""
    found: dict[str, Key | Size] = {}
    unknown: list[str] = []
    for name, parameter in parameters.items():
        if name in given:
            continue
        if name in sizes:
            found[name] = sizes[name]
        elif name in names:
            found[name] = names[name]
        elif parameter.default is inspect.Parameter.empty and parameter.kind not in _VARIABLE:
            unknown.append(name)
    if not found and any(one.kind in _VARIABLE for one in parameters.values()):
        unknown += [f"*{n}" for n, one in parameters.items() if one.kind is _VARIABLE[0]]
    read: dict[str, Key | Size] = {}
    inner = innermost(function)
    for name in sorted(names_read(inner)) if inner else ():
        value = inner.__globals__.get(name) if inner else None
        if name not in found and is_value(value):
            if name in sizes and isinstance(value, int):
                read[name] = sizes[name]
            elif name in names:
                read[name] = names[name]
    return Wanted(found, read, tuple(unknown))


def names_read(function: FunctionType) -> set[str]:
    """The names that a function, and the functions of its module that it calls, read."""
    return {name for code in codes_of(function) for name in code.co_names}


def codes_of(function: FunctionType) -> dict[CodeType, None]:
    """The code of a function, its own first, and of the functions of its module that it names."""
    found: dict[CodeType, None] = {}
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        if code in found:
            continue
        found[code] = None
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
        for name in code.co_names:
            value = function.__globals__.get(name)
            inner = innermost(value) if callable(value) else None
            if inner is not None and inner.__globals__ is function.__globals__:
                waiting.append(inner.__code__)
    return found


def kinds_for(function: Callable[..., Any]) -> Iterator[Kind]:
    """The kinds of arguments to try, the likeliest first."""
    libraries: list[Library] = ["tensor", "array", "list"]
    first = _library(function)
    libraries.remove(first)
    for whole in (False, True):
        for library in (first, *libraries):
            yield Kind(library, whole=whole)
            if library == "tensor":
                yield Kind(library, numbers=True, whole=whole)
                yield Kind(library, single=True, whole=whole)
                yield Kind(library, numbers=True, single=True, whole=whole)


def _library(function: Callable[..., Any]) -> Library:
    """The library that a function is written for, by its annotations and by what it uses."""
    inner = innermost(function)
    if inner is None:
        return "tensor"
    written = " ".join(
        annotation if isinstance(annotation, str) else repr(annotation)
        for annotation in inner.__annotations__.values()
    )
    if "Tensor" in written:
        return "tensor"
    if "ndarray" in written or "NDArray" in written:
        return "array"
    if "list[" in written or "List[" in written or "Sequence[" in written:
        return "list"
    for names in (names_read(inner), set(inner.__globals__)):
        used = {_module(inner.__globals__.get(name)) for name in names}
        if "torch" in used:
            return "tensor"
        if "numpy" in used:
            return "array"
    return "tensor"


def _module(value: object) -> str:
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
    return str(name or "").partition(".")[0]


def values_for(
    needed: Mapping[str, Key | Size], book: PageModel, evaluator: Evaluator, draw: int, kind: Kind
) -> dict[str, object] | None:
    """The drawn values of symbols and sizes; None if one of them has none."""
    found: dict[str, object] = {}
    for name, what in needed.items():
        if isinstance(what, Size):
            found[name] = evaluator.size(what)
            continue
        try:
            value = evaluator.symbol(what).detach()[draw]
        except (NotationError, DefinitionError, MissingValue, TooLarge):
            return None
        family = book.family(what[0])
        shaped = to_python(value, book.shape_of_key(what), family)
        is_whole = family.members is not None or (
            bool(family.domain.values)
            and all(float(one).is_integer() for one in family.domain.values)
        )
        found[name] = as_kind(shaped, kind, is_whole)
    return found


def as_kind(value: Tensor, kind: Kind, is_whole: bool = False) -> object:
    """A value in the form that a kind asks for."""
    value = value.detach().clone()
    if kind.whole and is_whole and bool((value == value.round()).all()):
        value = value.long()
    elif kind.single:
        value = value.float()
    if kind.library == "list":
        return value.tolist()
    if kind.library == "array":
        array = value.numpy()
        return array[()] if array.ndim == 0 else array
    if value.ndim == 0 and not kind.numbers:
        return value.item()
    return value


def plain(function: Callable[..., Any], names: Mapping[str, object]) -> Callable[..., Any]:
    """A function without the values of symbols that a `partial` gives it: those are drawn."""
    if not isinstance(function, functools.partial):
        return function
    try:
        parameters = list(inspect.signature(function.func).parameters)
    except (TypeError, ValueError):
        return function
    given = dict(zip(parameters, function.args, strict=False)) | function.keywords
    kept = {name: value for name, value in given.items() if name not in names}
    return functools.partial(plain(function.func, names), **kept)


__all__ = [
    "Kind",
    "Wanted",
    "as_kind",
    "codes_of",
    "kinds_for",
    "names_read",
    "plain",
    "values_for",
    "wanted",
]
