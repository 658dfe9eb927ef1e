"""The pictures of the lesson, drawn by code when the site is built.

Each is a module of this package with a function `draw() -> str`; `worked_graph` draws the picture
`worked-graph`. What is drawn is kept and used again until the code of the picture, what it imports
of nn3doc, or the version of a library changes.
"""

from importlib import import_module
from pathlib import Path

from nn3doc.site.kept import kept
from nn3doc.site.sources import digest

__all__ = ["CACHE", "FigureError", "names", "path", "read"]

CACHE = Path(".cache/nn3doc/figures")
_HERE = Path(__file__).parent
_NAMES = (
    "digits",
    "learning-rates",
    "loss",
    "network",
    "shapes",
    "sigmoid",
    "worked-graph",
)


class FigureError(ValueError):
    """A picture that does not exist was asked for."""


def names() -> tuple[str, ...]:
    """The names of all pictures, in alphabetical order."""
    return _NAMES


def path(name: str, cache: Path = CACHE) -> Path:
    """A file with a picture as SVG, drawn only if it is not there as it is now.

    Args:
        name: One of `names()`.
        cache: The folder of the pictures; made if it is not there.

    Returns:
        The file. An interrupted build leaves no part of it.

    Raises:
        FigureError: There is no such picture.
    """
    if name not in _NAMES:
        raise FigureError(f"there is no figure {name!r}; expected one of {', '.join(_NAMES)}")
    module = name.replace("-", "_")
    code = (_HERE / f"{module}.py").read_text(encoding="utf-8")

    def draw() -> str:  # imports only now: what a picture needs takes long to import
        picture: str = import_module(f"{__name__}.{module}").draw()
        return picture

    return kept(cache, f"{name}.svg", digest([code]), draw)


def read(name: str, cache: Path = CACHE) -> str:
    """The markup of a picture; see `path`."""
    return path(name, cache).read_text(encoding="utf-8")
