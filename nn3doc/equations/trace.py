"""What a function computes, line by line: its local variables and what it returns.

A call is followed instruction by instruction in the function's own frame (`sys.settrace`), so that
each value is taken where it is assigned, and is tied to that line of code.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import inspect
import io
import sys
import textwrap
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from nn3doc.equations.state import copied

PAGE = "__page__"  # the module of what a page defines
MOST_STEPS = 1_000_000  # instructions of the function that are followed


@dataclass(frozen=True)
class Local:
    """A local variable as it was last assigned.

    Attributes:
        name: Its name.
        value: A copy of its value, taken when it was assigned.
        file: The file of the assignment.
        line: Its line, that of the variable's name.
        parameter: Whether it is a parameter that the function assigns anew.
    """

    name: str
    value: object
    file: str
    line: int
    parameter: bool = False


@dataclass(frozen=True)
class Result:
    """One value that a function returned.

    Attributes:
        name: What the return statement calls it, or a dictionary's key; None for an expression.
        value: A copy of it.
    """

    name: str | None
    value: object


@dataclass
class Trace:
    """What one call did.

    Attributes:
        function: The function's full name: `nn3doc.network.forward_propagation`.
        file: Its file; "" where it is not written in Python.
        line: Its first line there.
        locals: Its variables, parameters only where they are assigned anew.
        returned: What it returned, as it is.
        results: The same, value by value.
        return_line: The line of the return statement; 0 where there is none.
        error: Why it ended without returning, `ValueError: …`; "" if it did return.
        error_line: The function's line that this came from; 0 where it is not known.
    """

    function: str
    file: str = ""
    line: int = 0
    locals: dict[str, Local] = field(default_factory=dict)
    returned: object = None
    results: tuple[Result, ...] = ()
    return_line: int = 0
    error: str = ""
    error_line: int = 0


class _TooLongError(Exception):
    """The function runs for too long to be followed."""


def trace(
    function: Callable[..., Any], arguments: Mapping[str, object], most_steps: int = MOST_STEPS
) -> Trace:
    """Calls a function and records what it assigns and returns.

    What it prints is dropped, and it is given copies of tensors, so that it cannot change the
    caller's. A trace function that is set (a debugger's, of a coverage tool) is put back.

    Args:
        function: The function, as it is called: decorators around it run too.
        arguments: Its arguments by the names of its parameters.
        most_steps: After how many instructions it is stopped.

    Returns:
        The record. An exception is told in it, not raised; only KeyboardInterrupt passes.
    """
    inner = innermost(function)
    code = inner.__code__ if inner else None
    record = Trace(full_name(inner or function))
    if code is not None:
        record.file, record.line = code.co_filename, code.co_firstlineno
    follower = _Follower(code, record, most_steps)
    before = sys.gettrace()
    try:
        positional, named = _call(function, arguments)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            sys.settrace(follower.enter)
            try:
                record.returned = function(*positional, **named)
            finally:
                sys.settrace(before)
    except KeyboardInterrupt:
        raise
    except _TooLongError as error:
        record.error = str(error)
    except BaseException as error:  # SystemExit too
        record.error = _told(error)
        record.error_line = _line_in(error, code)
        error.__traceback__ = None  # holds the frames, and with them all values
    else:
        record.return_line = follower.return_line
        own = record.returned is follower.returned  # or a decorator made something else of it
        record.results = _results(inner if own else None, follower.return_line, record.returned)
    return record


def innermost(function: Callable[..., Any]) -> FunctionType | None:
    """The function written in Python below decorators, methods and partial applications."""
    found: Any = function
    while True:
        if isinstance(found, functools.partial):
            found = found.func
        elif isinstance(found, MethodType):
            found = found.__func__
        elif hasattr(found, "__wrapped__"):
            found = found.__wrapped__
        else:
            return found if isinstance(found, FunctionType) else None


def full_name(function: Callable[..., Any]) -> str:
    """Module and name of a function; the name alone of one that the page itself defines."""
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return f"{module}.{name}" if module not in (None, PAGE) else name


class _Follower:
    """Follows the first call of one code object."""

    def __init__(self, code: CodeType | None, record: Trace, most_steps: int) -> None:
        self._code = code
        self._record = record
        self._left = most_steps
        self._frame_seen = False
        self._pending: tuple[tuple[str, ...], int] | None = None
        self._stores = _stores(code) if code else {}
        self._parameters = set(code.co_varnames[: _parameter_count(code)]) if code else set()
        self.return_line = 0
        self.returned: object = None

    def enter(self, frame: FrameType, event: str, argument: object) -> Any:
        """The trace function for calls: follows the one that is asked for, no other."""
        self._step()
        if self._frame_seen or frame.f_code is not self._code:
            return None
        self._frame_seen = True
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._follow

    def _follow(self, frame: FrameType, event: str, argument: object) -> Any:
        if event in ("opcode", "return"):
            self._take(frame)
        if event == "opcode":
            self._step()
            self._pending = self._stores.get(frame.f_lasti)
        elif event == "return":
            self.return_line, self.returned = frame.f_lineno, argument
        return self._follow

    def _take(self, frame: FrameType) -> None:
        """Copies what the instruction before this one assigned."""
        if self._pending is None:
            return
        names, line = self._pending
        self._pending = None
        values = frame.f_locals
        for name in names:
            if name in values:
                self._record.locals.pop(name, None)  # in the order of the last assignments
                self._record.locals[name] = Local(
                    name, copied(values[name]), self._record.file, line, name in self._parameters
                )

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _TooLongError("it was stopped: it takes too many steps")


def _stores(code: CodeType) -> dict[int, tuple[tuple[str, ...], int]]:
    """Which instruction assigns which variables, on which line."""
    result = {}
    for instruction in dis.get_instructions(code):
        name = instruction.opname
        if not name.startswith(("STORE_FAST", "STORE_DEREF")):
            continue
        value = instruction.argval
        names = value if isinstance(value, tuple) else (value,)
        if name == "STORE_FAST_LOAD_FAST":
            names = names[:1]
        line = instruction.positions.lineno if instruction.positions else None
        result[instruction.offset] = (tuple(map(str, names)), line or code.co_firstlineno)
    return result


def _parameter_count(code: CodeType) -> int:
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + stars


def _call(
    function: Callable[..., Any], arguments: Mapping[str, object]
) -> tuple[list[object], dict[str, object]]:
    """The arguments as they are passed, tensors copied; a gradient still flows through the copy."""
    values = {
        name: value.clone() if hasattr(value, "clone") else copied(value)
        for name, value in arguments.items()
    }
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a function of C without a signature
        return list(values.values()), {}
    positional = [
        values.pop(parameter.name)
        for parameter in parameters
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY and parameter.name in values
    ]
    return positional, values


def _told(error: BaseException) -> str:
    """An exception in one line, as Python would put it at the end of a traceback."""
    lines = "".join(traceback.format_exception_only(error)).strip().split("\n")
    return lines[0].removeprefix(f"{type(error).__module__}.")


def _line_in(error: BaseException, code: CodeType | None) -> int:
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is code:
            line = step.tb_lineno
        step = step.tb_next
    return line


def _results(function: FunctionType | None, line: int, returned: object) -> tuple[Result, ...]:
    """The returned values with the names that the return statement gives them."""
    if isinstance(returned, dict) and all(isinstance(key, str) for key in returned):
        return tuple(Result(key, copied(value)) for key, value in returned.items())
    if isinstance(returned, tuple) and hasattr(returned, "_fields"):
        return tuple(
            Result(name, copied(value))
            for name, value in zip(returned._fields, returned, strict=True)
        )
    expression = _returned_expression(function, line) if function else None
    if not isinstance(returned, tuple | list):
        name = expression.id if isinstance(expression, ast.Name) else None
        return () if returned is None else (Result(name, copied(returned)),)
    items = expression.elts if isinstance(expression, ast.Tuple | ast.List) else []
    if len(items) != len(returned):
        return tuple(Result(None, copied(value)) for value in returned)
    return tuple(
        Result(item.id if isinstance(item, ast.Name) else None, copied(value))
        for item, value in zip(items, returned, strict=True)
    )


def _returned_expression(function: FunctionType, line: int) -> ast.expr | None:
    """The expression of the return statement on a line of the function's file."""
    try:
        source, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(source)))
    except (OSError, TypeError, SyntaxError):
        return None
    for node in ast.walk(tree):
        if not isinstance(node, ast.Return) or node.end_lineno is None:
            continue
        if node.lineno <= line - first + 1 <= node.end_lineno:
            return node.value
    return None
