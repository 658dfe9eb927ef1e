"""Excerpts of a package's source: a function, or the lines of it that compute certain names.

The source is read, never run: showing a line of the network does not import PyTorch.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["COLOURS", "SOURCE_OPTIONS", "Excerpt", "Line", "SourceError", "excerpt"]

#: The names of colours on the site's pages.
COLOURS = ("loss", "output", "back", "hidden", "input")
#: The options of a fence that shows source; see `site.source_extension`.
SOURCE_OPTIONS = ("source", "show", "docstring", "signature", "color")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class SourceError(ValueError):
    """What is to be shown is not there.

    Attributes:
        option: The option of the fence that is at fault: `source`, `show` or `color`.
        word: The word in it that is at fault.
        note: What there is instead.
    """

    def __init__(self, message: str, option: str, word: str, note: str = "") -> None:
        super().__init__(message)
        self.option = option
        self.word = word
        self.note = note


@dataclass(frozen=True)
class Line:
    """A line of source.

    Attributes:
        number: Its number in the file, from 1.
        text: The line, without the indentation that all lines of the excerpt share.
        colours: Stretches of it (start, end) with the name of their colour.
    """

    number: int
    text: str
    colours: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Excerpt:
    """Lines of a file.

    Attributes:
        file: The file, from the package's folder on: `nn3doc/network.py`.
        name: The function's full name: `nn3doc.network.learn`.
        lines: Its lines.
    """

    file: str
    name: str
    lines: tuple[Line, ...]


def excerpt(
    name: str,
    show: Iterable[str] = (),
    *,
    docstring: bool = False,
    signature: bool = True,
    colours: Iterable[tuple[str, str]] = (),
) -> Excerpt:
    """The source of a function, or of some of its statements.

    Args:
        name: The function's full name: `nn3doc.network.learn`, or a method's.
        show: Names; then only the statements that assign one of them, and `return` for those that
            return. All of the function without it.
        docstring: Whether the docstring is shown with the whole function.
        signature: Whether the `def` line is.
        colours: Colours and the expressions that get them: `("back", "W2.T")`.

    Raises:
        SourceError: There is no such module, function, name or expression.
    """
    path, within = _file(name)
    try:
        text = path.read_text(encoding="utf-8")
        tree = _parsed(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, SyntaxError) as error:  # ValueError: it is compiled
        raise SourceError(f"{name} has no source in Python", "source", name) from error
    function = _function(tree, name, within, path)
    wanted = list(show)
    nodes = _statements(function, wanted) if wanted else _whole(function, docstring, signature)
    source = text.splitlines()
    numbers = sorted({number for first, last in _spans(nodes) for number in range(first, last + 1)})
    stretches = _coloured(function, colours, source, set(numbers))
    depth = min((_indent(source[n - 1]) for n in numbers if source[n - 1].strip()), default=0)
    lines = [
        Line(
            n,
            source[n - 1][depth:].rstrip(),
            tuple((start - depth, end - depth, c) for k, start, end, c in stretches if k == n),
        )
        for n in numbers
    ]
    return Excerpt(_shown(path, name), name, tuple(lines))


def _file(name: str) -> tuple[Path, list[str]]:
    """The file of the innermost module of a dotted name, and the rest of the name."""
    parts = name.split(".")
    try:
        spec = importlib.util.find_spec(parts[0]) if parts[0].isidentifier() else None
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None:
        raise SourceError(f"there is no package {parts[0]}", "source", parts[0])
    path = Path(spec.origin)
    for place, part in enumerate(parts[1:], start=1):
        folder = path.parent if path.name == "__init__.py" else None
        if folder and (folder / f"{part}.py").is_file():
            path = folder / f"{part}.py"
        elif folder and (folder / part / "__init__.py").is_file():
            path = folder / part / "__init__.py"
        else:
            return path, parts[place:]
    raise SourceError(f"{name} is a module, not a function", "source", name)


@lru_cache(maxsize=64)
def _parsed(path: Path, changed: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _function(tree: ast.Module, name: str, within: list[str], path: Path) -> Function:
    place: ast.Module | ast.ClassDef = tree
    for part in within:
        defined = {
            node.name: node
            for node in place.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        found = defined.get(part)
        if isinstance(found, ast.ClassDef) and part != within[-1]:
            place = found
            continue
        if found is None or isinstance(found, ast.ClassDef) or part != within[-1]:
            raise SourceError(
                f"{_shown(path, name)} has no function {'.'.join(within)}",
                "source",
                name,
                _there_is(
                    "functions",
                    [
                        name
                        for name, node in defined.items()
                        if not name.startswith("_") and not isinstance(node, ast.ClassDef)
                    ],
                    part,
                ),
            )
        return found
    raise AssertionError("a name without a function is a module")


def _whole(function: Function, docstring: bool, signature: bool) -> list[tuple[int, int]]:
    body = function.body
    has_docstring = ast.get_docstring(function) is not None
    spans: list[tuple[int, int]] = []
    if signature:
        spans.append((function.lineno, body[0].lineno - 1))
    if has_docstring and docstring:
        spans.append((body[0].lineno, body[0].end_lineno or 0))
    if has_docstring:
        body = body[1:]
    if body:
        # From behind the docstring on: a comment may stand above the first statement.
        first = (function.body[0].end_lineno or 0) + 1 if has_docstring else body[0].lineno
        spans.append((first, body[-1].end_lineno or 0))
    return spans


def _statements(function: Function, names: list[str]) -> list[tuple[int, int]]:
    assigned: dict[str, list[ast.stmt]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.stmt):
            for name in _targets(node):
                assigned.setdefault(name, []).append(node)
    spans: list[tuple[int, int]] = []
    for name in names:
        if name not in assigned:
            raise SourceError(
                f"{function.name} assigns no {name}",
                "show",
                name,
                _there_is("names", sorted(set(assigned) - {"return"}), name),
            )
        spans.extend((node.lineno, node.end_lineno or 0) for node in assigned[name])
    return spans


def _targets(node: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.Return):
        yield "return"
    for target in targets:
        yield from (leaf.id for leaf in ast.walk(target) if isinstance(leaf, ast.Name))


def _spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(first, last) for first, last in spans if first <= last]


def _coloured(
    function: Function, colours: Iterable[tuple[str, str]], source: list[str], shown: set[int]
) -> list[tuple[int, int, int, str]]:
    """Stretches of lines: line, start, end and colour."""
    found = []
    for colour, written in colours:
        if colour not in COLOURS:
            message = f"{colour} is no colour of these pages"
            raise SourceError(message, "color", colour, f"They are {', '.join(COLOURS)}.")
        try:
            wanted = ast.dump(ast.parse(written, mode="eval").body)
        except SyntaxError as error:
            raise SourceError(f"{written} is no expression", "color", written) from error
        places = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.expr) and node.lineno in shown and ast.dump(node) == wanted
        ]
        if not places:
            raise SourceError(f"the lines shown have no {written}", "color", written)
        for node in places:
            last = node.end_lineno or node.lineno
            for number in range(node.lineno, last + 1):
                line = source[number - 1]
                start = _indent(line)
                end = len(line)
                if number == node.lineno:
                    start = _characters(line, node.col_offset)
                if number == last:
                    end = _characters(line, node.end_col_offset or 0)
                found.append((number, start, end, colour))
    return found


def _characters(line: str, offset: int) -> int:
    """The column in characters; `ast` counts in bytes."""
    return len(line.encode()[:offset].decode())


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _shown(path: Path, name: str) -> str:
    """A file from its package's folder on."""
    package = name.split(".")[0]
    parts = path.parts
    if package not in parts:  # a module that is one file
        return path.name
    return "/".join(parts[len(parts) - 1 - parts[::-1].index(package) :])


def _there_is(what: str, names: list[str], wanted: str) -> str:
    close = difflib.get_close_matches(wanted, names, n=1)
    listed = f"Its {what} are {', '.join(names)}." if names else ""
    return f"{listed} Did you mean {close[0]}?" if close else listed
