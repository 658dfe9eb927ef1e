"""What a page's code could change for everything else, kept apart for each page."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

_LARGEST = 10_000_000  # entries of a tensor that are copied
PRINTED_FILE = __file__  # what is raised in it, a page's `print` raises
MOST_PRINTED = 10_000_000  # characters that a piece of code may print

#: Told when a piece of code of the page begins (True) and ends: from where to where its first line
#: stands. A process that is for this page alone sets it.
TOLD: Callable[[int, int, bool], object] | None = None


@contextlib.contextmanager
def running(start: int, end: int) -> Iterator[None]:
    """A context in which a piece of code of the page is run."""
    told = TOLD
    if told is None:
        yield
        return
    told(start, end, True)
    try:
        yield
    finally:
        told(start, end, False)


class TooMuchOutputError(BaseException):
    """A piece of code prints more than anybody reads; no `except Exception` goes on with it."""


class Printed(io.StringIO):
    """Keeps what code prints, up to a limit, though the code closes it."""

    def __init__(self) -> None:
        super().__init__()
        self._left = MOST_PRINTED
        self._shut = False

    def write(self, text: str, /) -> int:
        """Takes a text.

        Raises:
            ValueError: The code has closed it.
            TooMuchOutputError: It is too much.
        """
        if self._shut:
            raise ValueError("I/O operation on closed file.")
        self._left -= len(text)
        if self._left < 0:
            raise TooMuchOutputError(f"the code prints more than {MOST_PRINTED:,} characters")
        return super().write(text)

    def close(self) -> None:
        """Takes no more; what was printed is still compared with what the page shows."""
        self._shut = True


class PageState:
    """A context in which a page's code runs: it finds its own state again, and so does the rest.

    Kept apart are the random states of Python, NumPy and torch, torch's default dtype and device,
    whether it records gradients, how NumPy and torch print, the current folder, how deep a recursion
    may go, and which warnings are shown.

    Args:
        text: The page; libraries that it names are imported first, so that their state is known.
    """

    def __init__(self, text: str) -> None:
        for name in ("numpy", "torch"):
            if name in text:
                with contextlib.suppress(ImportError):
                    import_module(name)
        self._page: dict[str, Any] = {}
        self._outside: dict[str, Any] = {}

    def __enter__(self) -> None:
        self._outside = _read()
        _write(self._page)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._page = _read()
        _write(self._outside)


def _settings() -> dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]:
    """How each part of the state is read and written; only of what is imported."""
    result: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
        "random": (random.getstate, random.setstate),
        "folder": (Path.cwd, os.chdir),
        "recursion": (sys.getrecursionlimit, sys.setrecursionlimit),
        "warnings": (lambda: list(warnings.filters), _set_warnings),
    }
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        result["numpy"] = (numpy.random.get_state, numpy.random.set_state)
        result["numpy print"] = (
            numpy.get_printoptions,
            lambda options: numpy.set_printoptions(**options),
        )
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "set_default_dtype"):
        result["torch"] = (torch.get_rng_state, torch.set_rng_state)
        result["dtype"] = (torch.get_default_dtype, torch.set_default_dtype)
        result["device"] = (_default_device, torch.set_default_device)
        result["gradients"] = (torch.is_grad_enabled, torch.set_grad_enabled)
        result["torch print"] = (
            lambda: dict(vars(torch._tensor_str.PRINT_OPTS)),
            lambda options: vars(torch._tensor_str.PRINT_OPTS).update(options),
        )
    return result


def _default_device() -> Any:
    """The device of new tensors; None where none was set, so that none is set in turn."""
    torch: Any = sys.modules["torch"]
    device = torch.get_default_device()
    return None if device.type == "cpu" else device


def _set_warnings(filters: list[Any]) -> None:
    known: Any = warnings.filters  # a list, which its type does not say
    known[:] = filters
    with warnings.catch_warnings():
        pass  # at its end, what was filtered before is forgotten


def _read() -> dict[str, Any]:
    return {name: read() for name, (read, _) in _settings().items()}


def _write(state: dict[str, Any]) -> None:
    settings = _settings()
    for name, value in state.items():
        settings[name][1](value)


def is_value(value: object) -> bool:
    """Whether something is a number, a tensor or an array that an equation can be held against."""
    if isinstance(value, bool | int | float | complex):
        return True
    return _entries(value) is not None


def copied(value: object) -> object:
    """A copy that no later change reaches; very large tensors and anything else as they are."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(map(copied, value))
    if isinstance(value, list):
        return list(map(copied, value))
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    entries = _entries(value)
    if entries is None or entries > _LARGEST:
        return value
    copiable: Any = value
    if hasattr(copiable, "detach"):
        return copiable.detach().clone()
    return copiable.copy()


def _entries(value: object) -> int | None:
    """How many entries a tensor or an array has; None for anything else."""
    found: Any = value
    torch: Any = sys.modules.get("torch")
    if torch is not None and isinstance(value, getattr(torch, "Tensor", ())):
        return int(found.numel())
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        return int(found.size)
    return None
