"""A network with one hidden layer, and its gradient, written by hand: the code of the lesson.

The seven functions of [`nn3doc.network`][nn3doc.network] are also names of this package. They are
imported when first used, so that `import nn3doc`, and every part of it that needs no torch, stays
quick.
"""

from importlib import import_module, metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nn3doc.network import (
        backward_propagation,
        compute_cost,
        forward_propagation,
        get_predictions_sigmoid,
        initialize_parameters,
        learn,
        update_parameters,
    )

__all__ = [
    "backward_propagation",
    "compute_cost",
    "forward_propagation",
    "get_predictions_sigmoid",
    "initialize_parameters",
    "learn",
    "update_parameters",
]


def __getattr__(name: str) -> object:
    """Imports a name when it is first asked for (PEP 562)."""
    if name == "__version__":
        value: object = _version()
    elif name in __all__:
        value = getattr(import_module("nn3doc.network"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value  # the next look-up finds it without this function
    return value


def __dir__() -> list[str]:
    """Lists the names that are not imported yet, too."""
    return sorted({*globals(), *__all__, "__version__"})


def _version() -> str:
    """The version of the installed package; `0+unknown` of a source folder not installed."""
    try:
        return metadata.version("nn3doc")
    except metadata.PackageNotFoundError:
        return "0+unknown"
