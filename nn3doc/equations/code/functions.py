"""The functions a page speaks of: those its code imports or defines, and those it shows.

Where the page's code has run, they are taken from its namespace, as the page would call them: with its
constants, decorated, partly applied. Where it has not, imports are followed, and a `def` or a plain
assignment is run with the page's imports and what stands above it, nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import functools
import inspect
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from nn3doc.equations.code.trace import PAGE, full_name, innermost
from nn3doc.equations.report import Finding
from nn3doc.equations.text import SOURCE_OPTIONS, Code, Lines, SourceError, excerpt, find_code


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
        is_shown: Whether the page itself defines it, or shows it by `source`.
        owner: The class that a method belongs to.
        accepts: Its parameters; of a method, without the instance.
        unchecked: Why the page leaves it unchecked, as a remark behind its fence says.
        inner: The function whose lines are followed; None where it is not written in Python.
        decorators: The names of what it is decorated with.
        is_constructor: Whether it makes an object of a class, whose attributes it gives.
    """

    name: str
    full_name: str
    function: Callable[..., Any]
    parameters: tuple[str, ...]
    start: int
    end: int
    is_shown: bool = False
    owner: type | None = None
    accepts: Mapping[str, inspect.Parameter] = field(default_factory=dict)
    unchecked: str | None = None
    inner: Any = None
    decorators: tuple[str, ...] = ()
    is_constructor: bool = False

    @property
    def last_name(self) -> str:
        """Its name alone."""
        return self.name.rpartition(".")[2]


class ResolveError(LookupError):
    """A dotted name that leads nowhere; the message says how far it leads."""


def imported_functions(
    text: str, path: str = "page", namespace: Mapping[str, Any] | None = None
) -> list[PageFunction]:
    """The functions that the page's code names, in the order of the page.

    `from package import function`, `import package` with `package.function` used somewhere, whatever
    a page defines or binds to a name (a `def`, a `lambda`, a `partial`, a class with its methods), or
    puts into a list or a dictionary, and `source="package.function"`. Those that are imported are
    written in Python. An import that fails and a `def` that needs other code of the page
    are left out: running the page tells what is wrong with them.

    Args:
        text: The page.
        path: Its path, which is the file of the functions that it defines.
        namespace: What its code has bound, where it has run.
    """
    lines = Lines(text)
    found: dict[object, PageFunction] = {}
    names: dict[str, Any] = {"__name__": PAGE}
    for code in find_code(text):
        for name, value, line, node in _named(code, path, names, namespace):
            span = code.span(lines, line) if line else (code.region.start, code.region.body_start)
            shown = code.kind == "source" or node is not None
            for one in _functions_of(name, value, node, shown, _unchecked(code), span):
                before = found.setdefault(_identity(one), one)
                if one.is_shown and not before.is_shown:
                    found[_identity(one)] = replace(before, is_shown=True, unchecked=one.unchecked)
    return sorted(found.values(), key=lambda function: function.start)


def _unchecked(code: Code) -> str | None:
    """The remark behind a fence, or behind its output, that leaves its functions unchecked."""
    behind = code.output.region.unchecked if code.output is not None else None
    return code.region.unchecked if code.region.unchecked is not None else behind


def _identity(one: PageFunction) -> object:
    """What a function is counted as once by."""
    if isinstance(one.function, functools.partial):
        return id(one.function)
    return (id(one.inner or innermost(one.function)), one.owner)


def _functions_of(
    name: str,
    value: Any,
    node: ast.AST | None,
    is_shown: bool,
    unchecked: str | None,
    span: tuple[int, int],
) -> Iterator[PageFunction]:
    """A function, or the methods of a class."""
    if isinstance(value, type):
        if is_shown:
            yield from _constructor(name, value, unchecked, span)
            for method, function, written in _methods(value):
                accepts = _accepts(function, written)
                if accepts is None:
                    continue
                is_static = isinstance(vars(value)[method], staticmethod | classmethod)
                if not is_static:
                    accepts = dict(list(accepts.items())[1:])
                yield PageFunction(
                    f"{name}.{method}",
                    full_name(function),
                    function,
                    tuple(accepts),
                    *span,
                    True,
                    None if is_static else value,
                    accepts,
                    unchecked,
                    written,
                )
            for inside, member in list(vars(value).items()):
                if (
                    isinstance(member, type)
                    and member.__qualname__ == f"{value.__qualname__}.{inside}"
                ):
                    yield from _functions_of(
                        f"{name}.{inside}", member, None, True, unchecked, span
                    )
        return
    owner = _owner(value)
    inner: FunctionType | None = innermost(value)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inner = _below(value, node) or inner
    accepts = _accepts(value, inner)
    if inner is None:
        if is_shown:  # it is named as compared with nothing
            taken = accepts or {}
            yield PageFunction(name, name, value, tuple(taken), *span, True, None, taken, unchecked)
        return
    if accepts is None:
        return
    if owner is not None:
        accepts = dict(list(accepts.items())[1:])
    whole = full_name(inner)
    if whole == "<lambda>" or isinstance(value, functools.partial):
        whole = name
    around = tuple(
        one.id
        for decorator in getattr(node, "decorator_list", [])
        for one in ast.walk(decorator)
        if isinstance(one, ast.Name)
    )
    yield PageFunction(
        name,
        whole,
        value,
        tuple(accepts),
        *span,
        is_shown,
        owner,
        accepts,
        unchecked,
        inner,
        around,
    )


def _constructor(
    name: str, owner: type, unchecked: str | None, span: tuple[int, int]
) -> Iterator[PageFunction]:
    """The call that makes an object: `__init__` and `__post_init__` set its attributes."""
    written = vars(owner).get("__post_init__") or vars(owner).get("__init__")
    inner = innermost(written) if callable(written) else None
    if inner is None or not _is_written(inner):
        return
    accepts = _accepts(owner, None)
    if accepts:
        yield PageFunction(
            name,
            full_name(owner),
            owner,
            tuple(accepts),
            *span,
            True,
            None,
            accepts,
            unchecked,
            inner,
            is_constructor=True,
        )


#: Kinds of functions that other languages give.
_NOT_IN_PYTHON = frozenset(
    [
        "builtin_function_or_method",
        "method_descriptor",
        "wrapper_descriptor",
        "ufunc",
        "_ArrayFunctionDispatcher",
        "partial",
    ]
)
#: What makes an object, shows it or goes through it: none of these is a formula.
_NO_VALUES = frozenset(
    f"__{name}__"
    for name in (
        *("init", "post_init", "new", "init_subclass", "class_getitem", "del", "set_name"),
        *("repr", "str", "format", "hash", "bool", "dir", "sizeof", "eq", "ne", "lt", "le", "gt"),
        *("ge", "len", "iter", "next", "contains", "reversed", "length_hint", "enter", "exit"),
        *("getattr", "getattribute", "setattr", "delattr", "setitem", "delitem", "get", "set"),
        *("copy", "deepcopy", "reduce", "reduce_ex", "getstate", "setstate", "index", "await"),
    )
)


def _methods(owner: type) -> Iterator[tuple[str, Callable[..., Any], FunctionType]]:
    """The methods and properties that a class itself defines."""
    for name, member in list(vars(owner).items()):
        special = name in _NO_VALUES
        function = member
        if isinstance(member, staticmethod | classmethod):
            function = getattr(owner, name)
        elif isinstance(member, property):
            function = member.fget
        elif isinstance(member, functools.cached_property):
            function = member.func
        inner = innermost(function) if callable(function) else None
        own = inner is not None and inner.__module__ == owner.__module__
        if not special and inner is not None and own and _is_written(inner):
            yield name, function, inner


def _is_written(function: FunctionType) -> bool:
    """Whether a method was written by somebody, not made for a dataclass."""
    return not function.__code__.co_filename.startswith("<")


def _owner(value: Any) -> type | None:
    """The class of a method that is named through its class."""
    inner = innermost(value) if callable(value) else None
    if inner is None or isinstance(value, MethodType) or "." not in inner.__qualname__:
        return None
    found: Any = inspect.getmodule(inner)
    *path, last = inner.__qualname__.split(".")
    for part in path:
        found = getattr(found, part, None)
    if not isinstance(found, type) or isinstance(vars(found).get(last), staticmethod):
        return None
    return found


def _accepts(
    function: Callable[..., Any], inner: FunctionType | None
) -> dict[str, inspect.Parameter] | None:
    """A function's parameters; below a decorator that takes anything, those of the function."""
    try:
        accepts = dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        accepts = None
    anything = accepts is not None and all(
        one.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        for one in accepts.values()
    )
    if (accepts is None or (anything and accepts)) and inner is not None:
        accepts = dict(inspect.signature(inner).parameters)
    return accepts


def _below(value: Any, node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionType | None:
    """The function that a `def` made, wherever decorators have put it."""
    lines = range(min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.lineno + 1)
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < 100:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | ModuleType):
            continue
        seen.add(id(one))
        inner = innermost(one) if callable(one) else None
        if inner is not None:
            code = inner.__code__
            if code.co_name == node.name and code.co_firstlineno in lines:
                return inner
            waiting += [cell.cell_contents for cell in inner.__closure__ or () if _filled(cell)]
        if callable(one) and inner is None:
            waiting += list(getattr(one, "__dict__", {}).values())
    return None


def _filled(cell: Any) -> bool:
    try:
        return callable(cell.cell_contents)
    except ValueError:
        return False


def _named(
    code: Code, path: str, names: dict[str, Any], namespace: Mapping[str, Any] | None
) -> Iterator[tuple[str, Callable[..., Any], int, ast.AST | None]]:
    """Names, functions, lines (0: the opening of the fence) and definitions in one piece of code."""
    if code.kind == "source":
        with contextlib.suppress(ResolveError):
            value = resolve(code.region.options["source"])
            if callable(value):
                yield code.region.options["source"], value, 0, None
        return
    if code.kind not in ("python", "hidden"):
        return
    try:
        tree = ast.parse(code.padded, path)
    except (SyntaxError, ValueError):
        return
    for statement, in_branch in _statements(tree.body):
        bound = _binds(statement)
        if bound is None:
            continue
        if in_branch and namespace is not None and _is_passed_by(statement, namespace):
            continue
        if namespace is None and not _is_safe(statement):
            continue
        before = dict(names)
        if not _taken(statement, bound, names, namespace):
            _execute(statement, path, names)
        made = not isinstance(statement, ast.Import | ast.ImportFrom)
        yield from _held(statement, bound, names)
        for name, value in list(names.items()):
            new = name not in before or before[name] is not value or (made and name in bound)
            if not new or not callable(value) or name.startswith("__"):
                continue
            if not made:
                yield name, value, statement.lineno, None
            elif _is_made_here(value, statement, path):
                yield name, value, statement.lineno, statement
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = _dotted(node)
            value = _attribute(names, dotted) if dotted else None
            if callable(value) and not isinstance(value, type):
                yield dotted, value, node.lineno, None


def _held(
    statement: ast.stmt, bound: list[str], names: Mapping[str, Any]
) -> Iterator[tuple[str, Callable[..., Any], int, ast.AST]]:
    """The functions that a statement puts into a list, a tuple or a dictionary.

    That of a key is called by it.
    """
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    for name in bound:
        held = names.get(name)
        items: list[tuple[object, Any]] = []
        if isinstance(held, dict):
            items = list(held.items())
        elif isinstance(held, list | tuple):
            items = list(enumerate(held))
        for key, value in items:
            if isinstance(value, FunctionType) and value.__code__.co_firstlineno in lines:
                is_name = isinstance(key, str) and key.isidentifier()
                yield (
                    str(key) if is_name else f"{name}[{key!r}]",
                    value,
                    statement.lineno,
                    statement,
                )


def _is_passed_by(statement: ast.stmt, namespace: Mapping[str, Any]) -> bool:
    """Whether a `def` in a branch is not the one that its name stands for: the branch was not taken."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    value = namespace.get(statement.name)
    return callable(value) and not _is_opaque(value) and _below(value, statement) is None


def _statements(body: list[ast.stmt], in_branch: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements of a module, those in `if`, `with`, `for` and `try` too.

    Yields:
        The statement, and whether it stands in one of several branches.
    """
    for statement in body:
        yield statement, in_branch
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            branches = in_branch or isinstance(statement, ast.If | ast.Try)
            yield from _statements(getattr(statement, name, []), branches)
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body, True)


def _binds(statement: ast.stmt) -> list[str] | None:
    """The names that a definition, an import or an assignment binds; None for anything else."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return []
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return [target.id for target in targets if isinstance(target, ast.Name)]
    return None


def _is_safe(statement: ast.stmt) -> bool:
    """Whether a statement may be run without the code above it: it computes next to nothing."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return True
    calls = [node.func for node in ast.walk(statement.value) if isinstance(node, ast.Call)]
    partly = all(_dotted(call).rpartition(".")[2] == "partial" for call in calls)
    return partly or isinstance(statement.value, ast.Lambda)


def _taken(
    statement: ast.stmt,
    bound: list[str],
    names: dict[str, Any],
    namespace: Mapping[str, Any] | None,
) -> bool:
    """Takes what a statement binds from the page's namespace, where its code has run."""
    if namespace is None or isinstance(statement, ast.Import | ast.ImportFrom):
        return False
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        value = namespace.get(statement.name)
        inner = _below(value, statement) if callable(value) else None
        if inner is None and (value is None or not _is_opaque(value)):
            names.update({name: namespace[name] for name in namespace if name not in names})
            return False  # the name is bound again further below
    names.update({name: namespace[name] for name in bound if name in namespace})
    return True


def _is_opaque(value: Any) -> bool:
    """Whether nothing can be said of what a decorator has made."""
    return callable(value) and innermost(value) is None


def _is_made_here(value: Any, statement: ast.stmt, path: str) -> bool:
    """Whether a value is a function or a class that a statement of the page makes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return True
    if isinstance(value, type):
        return isinstance(statement, ast.ClassDef)
    inner = innermost(value)
    if inner is None:
        return type(value).__name__ in _NOT_IN_PYTHON
    if not isinstance(value, FunctionType | MethodType | functools.partial):
        return False
    if isinstance(value, FunctionType) and inner is not None:  # not a second name for one above
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        own = inner.__code__.co_firstlineno in lines
        return own or value.__name__ != getattr(statement, "name", value.__name__)
    return True


def nested(function: FunctionType) -> list[CodeType]:
    """The functions with a name that are defined within a function."""
    return [
        code
        for code in function.__code__.co_consts
        if isinstance(code, CodeType) and not code.co_name.startswith("<")
    ]


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
