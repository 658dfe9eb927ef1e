"""What code depends on: the files of this package that it imports, and the versions of libraries.

What was made by the code, a picture or the output of a notebook, can be used again as long as
`digest` gives the same.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["PACKAGE", "digest", "sources"]

PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = ("mlxtend", "numpy", "torch")  # whose version can change what is shown


def digest(code: Iterable[str], beside: str = "") -> str:
    """A short text that changes with the code, the package sources it imports, and versions.

    Args:
        code: Pieces of Python.
        beside: Any other text that is to count.
    """
    pieces = list(code)
    digest = hashlib.sha256(sys.version.encode())
    digest.update("\0".join([*pieces, beside]).encode())
    for name in _LIBRARIES:
        digest.update(f"{name} {_version(name)}".encode())
    for source in sources(pieces):
        digest.update(source.relative_to(PACKAGE).as_posix().encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def sources(code: Iterable[str]) -> list[Path]:
    """The files of nn3doc that some code imports, and what those import, and so on."""
    found: set[Path] = set()
    texts = [re.sub(r"^\s*[%!].*", "", text, flags=re.MULTILINE) for text in code]
    while texts:
        for module in _imports(texts.pop()):
            for source in _files(module):
                if source not in found:
                    found.add(source)
                    texts.append(source.read_text(encoding="utf-8"))
    return sorted(found)


@lru_cache(maxsize=500)  # most files are imported by many others
def _imports(text: str) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.split(".")[0] == PACKAGE.name]


def _files(module: str) -> list[Path]:
    """The files behind a module's name.

    The package itself stands for all its own modules: it looks its public names up in them by
    name, which no import statement shows.
    """
    if module == PACKAGE.name:
        return sorted(PACKAGE.glob("*.py"))
    path = PACKAGE.joinpath(*module.split(".")[1:])
    folder = sorted(path.glob("*.py")) if path.is_dir() else []
    return folder or [file for file in [path.with_suffix(".py")] if file.exists()]
