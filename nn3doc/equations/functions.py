"""The functions a page speaks of: those its code imports or defines, and those it shows.

They are found without running the rest of the page: imports are followed, and a `def` is run with
the page's imports and the functions above it, nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import inspect
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from nn3doc.equations.excerpts import SOURCE_OPTIONS, SourceError, excerpt
from nn3doc.equations.markdown import Lines
from nn3doc.equations.report import Finding
from nn3doc.equations.snippets import Code, find_code
from nn3doc.equations.trace import full_name, innermost


@dataclass(frozen=True)
class PageFunction:
    """A function that a page imports, defines or shows.

    Attributes:
        name: What the page calls it: `forward_propagation`, `network.forward_propagation`.
        full_name: Its module and name: `nn3doc.network.forward_propagation`.
        function: The function as it is called.
        parameters: The names of its parameters.
        start: Offset on the page of the line that imports, defines, uses or shows it.
        end: Offset behind that line.
    """

    name: str
    full_name: str
    function: Callable[..., Any]
    parameters: tuple[str, ...]
    start: int
    end: int


class ResolveError(LookupError):
    """A dotted name that leads nowhere; the message says how far it leads."""


def imported_functions(text: str, path: str = "page") -> list[PageFunction]:
    """The functions written in Python that the page's code names, in the order of the page.

    `from package import function`, `import package` with `package.function` used somewhere, a `def`
    on the top level, and `source="package.function"`. An import that fails and a `def` that needs
    other code of the page are left out: running the page tells what is wrong with them.

    Args:
        text: The page.
        path: Its path, which is the file of the functions that it defines.
    """
    lines = Lines(text)
    found: dict[int, PageFunction] = {}
    namespace: dict[str, Any] = {"__name__": "__page__"}
    for code in find_code(text):
        for name, value, line in _named(code, path, namespace):
            inner = innermost(value)
            if inner is None or id(inner) in found:
                continue
            try:
                parameters = tuple(inspect.signature(value).parameters)
            except (TypeError, ValueError):
                continue
            span = code.span(lines, line) if line else (code.region.start, code.region.body_start)
            found[id(inner)] = PageFunction(name, full_name(inner), value, parameters, *span)
    return sorted(found.values(), key=lambda function: function.start)


def _named(
    code: Code, path: str, namespace: dict[str, Any]
) -> Iterator[tuple[str, Callable[..., Any], int]]:
    """Names, functions and lines (0: the opening of the fence) of one piece of code."""
    if code.kind == "source":
        with contextlib.suppress(ResolveError):
            value = resolve(code.region.options["source"])
            if callable(value):
                yield code.region.options["source"], value, 0
        return
    if code.kind not in ("python", "hidden"):
        return
    try:
        tree = ast.parse(code.padded, path)
    except (SyntaxError, ValueError):
        return
    for statement in tree.body:
        if not isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef):
            continue
        before = dict(namespace)
        _execute(statement, path, namespace)
        for name, value in namespace.items():
            new = name not in before or before[name] is not value
            if new and callable(value) and not name.startswith("__"):
                yield name, value, statement.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = _dotted(node)
            value = _attribute(namespace, dotted) if dotted else None
            if callable(value) and not isinstance(value, type):
                yield dotted, value, node.lineno


def _execute(statement: ast.stmt, path: str, namespace: dict[str, Any]) -> None:
    """Runs an import or a `def`; whatever goes wrong is told when the page is run."""
    module = ast.Module([statement], [])
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            exec(compile(module, path, "exec", dont_inherit=True), namespace)
        except KeyboardInterrupt:
            raise
        except BaseException:
            return


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute of a name; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = _dotted(node.value)
        return f"{front}.{node.attr}" if front else ""
    return ""


def _attribute(namespace: dict[str, Any], dotted: str) -> Any:
    """What a dotted name means, where every step but the last is a module; else None."""
    first, *rest = dotted.split(".")
    value = namespace.get(first)
    for name in rest:
        if not isinstance(value, ModuleType):
            return None
        value = getattr(value, name, None)
    return value


def resolve(dotted: str) -> Any:
    """What a full name such as `nn3doc.network.forward_propagation` stands for.

    Raises:
        ResolveError: There is no such module, or nothing of that name in it.
    """
    parts = dotted.split(".")
    if not all(part.isidentifier() for part in parts):
        raise ResolveError(f"{dotted!r} is no dotted name")
    value: Any = None
    for count in range(len(parts), 0, -1):
        name = ".".join(parts[:count])
        try:
            value = import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise ResolveError(f"importing {name} fails: {error}") from error
            continue
        except Exception as error:
            raise ResolveError(
                f"importing {name} fails: {type(error).__name__}: {error}"
            ) from error
        break
    else:
        raise ResolveError(f"there is no module {parts[0]}")
    for index in range(count, len(parts)):
        if not hasattr(value, parts[index]):
            near = difflib.get_close_matches(parts[index], dir(value), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ResolveError(f"{'.'.join(parts[:index])} has no {parts[index]}{hint}")
        value = getattr(value, parts[index])
    return value


def check_source(code: Code, text: str) -> list[Finding]:
    """What is wrong with a fence that shows code of a package: `source="…" show="…"`."""
    region = code.region
    options = region.options
    unknown = [name for name in options if name not in SOURCE_OPTIONS]
    if unknown:
        return [_no_option(text, code, name) for name in unknown]
    if region.body.strip(" \t\r\n>"):
        cure = "Leave the fence empty: the site fills in the lines of the source."
        start, end = code.span(Lines(text), code.first_line)
        return [Finding("code", "a fence with a source has lines of its own", start, end, (cure,))]
    start, end = _option(text, code, "source")
    try:
        value = resolve(options["source"])
    except ResolveError as error:
        return [Finding("code", str(error), start, end)]
    inner: Any = innermost(value) if callable(value) else None
    try:
        inspect.getsource(inner or value)
    except (OSError, TypeError):
        return [Finding("code", f"{options['source']} has no source in Python", start, end)]
    colours = [part.partition(":") for part in options.get("color", "").split(";") if part.strip()]
    try:
        excerpt(
            options["source"],
            options.get("show", "").split(),
            docstring=options.get("docstring") == "yes",
            signature=options.get("signature") != "no",
            colours=[(colour.strip(), written.strip()) for colour, _, written in colours],
        )
    except SourceError as error:
        start, end = _option(text, code, error.option)
        if error.word in options[error.option].split():
            start += options[error.option].index(error.word)
            end = start + len(error.word)
        notes = (error.note,) if error.note else ()
        return [Finding("code", str(error), start, end, notes)]
    return []


def _no_option(text: str, code: Code, name: str) -> Finding:
    """An option that is none."""
    near = difflib.get_close_matches(name, SOURCE_OPTIONS, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    notes = (f"The options are {', '.join(SOURCE_OPTIONS)}.{hint}",)
    start = text.index(name, text.index(code.region.info, code.region.start))
    return Finding("code", f"there is no option {name}", start, start + len(name), notes)


def _option(text: str, code: Code, name: str) -> tuple[int, int]:
    """The span of an option's value in a fence's opening line."""
    before = text.index(code.region.info, code.region.start)
    start, end = code.region.option_spans[name]
    return before + start, before + end
