"""What a function computes, line by line: its local variables and what it returns.

A call is followed instruction by instruction in the function's own frame, so that each value is taken
where it is assigned, and is tied to that line of code; and once more when the function returns, since
an array may be filled or changed in place. From Python 3.12 on `sys.monitoring` tells of instructions,
before that `sys.settrace` does: its events differ by version, and 3.13 has none for a frame that was
not traced before. What the function calls in its own file is counted, too, so that no loop there is
without end; a clock of the processor's time stops what the count does not see.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import inspect
import io
import signal
import sys
import textwrap
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from nn3doc.equations.code.branches import Jump, Ways, jumps
from nn3doc.equations.isolate import copied

PAGE = "__page__"  # the module of what a page defines
MOST_STEPS = 1_000_000  # instructions of the function and of its file that are followed
MOST_SECONDS = 20.0  # of the processor, where the instructions are not counted


@dataclass(frozen=True)
class Local:
    """A local variable as it was last assigned, and as it was in the end.

    Attributes:
        name: Its name.
        value: A copy of its value, taken when it was assigned.
        file: The file of the assignment.
        line: Its line, that of the variable's name.
        parameter: Whether it is a parameter that the function assigns anew.
        final: A copy of the value it had when the function returned.
        inputs: Copies of the variables that were to be noted, as they were when the line was run.
        times: How often this line assigned it.
        changed: The line that changed its value later; 0 where that was not watched, or none did.
        counts: Whether it is what a `for` counts or runs over.
    """

    name: str
    value: object
    file: str
    line: int
    parameter: bool = False
    final: object = None
    inputs: Mapping[str, object] = field(default_factory=dict)
    times: int = 1
    changed: int = 0
    counts: bool = False


@dataclass(frozen=True)
class Result:
    """One value that a function returned.

    Attributes:
        name: What the return statement calls it, a dictionary's key, or a field; None for an
            expression.
        value: A copy of it.
        of: The one name, of a local variable, that the returned expression is made of; "" for a
            plain name, and where there are several.
    """

    name: str | None
    value: object
    of: str = ""


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
        parameters: What the parameters were when the function returned, copied.
        own: Whether the function itself gave what was returned, and no decorator changed it.
        whole: A copy of all that was returned.
        inputs: Copies of the variables that were to be noted, as they were when it returned.
        ways: Which way each condition led, of the function and of those in its file that it calls.
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
    parameters: dict[str, object] = field(default_factory=dict)
    own: bool = True
    whole: object = None
    inputs: dict[str, object] = field(default_factory=dict)
    ways: Ways = field(default_factory=dict)


class _TooLongError(Exception):
    """The function runs for too long to be followed."""


def trace(
    function: Callable[..., Any],
    arguments: Mapping[str, object],
    most_steps: int = MOST_STEPS,
    *,
    positional: Sequence[object] | None = None,
    inner: FunctionType | None = None,
    watch: bool = False,
    noted: frozenset[str] = frozenset(),
) -> Trace:
    """Calls a function and records what it assigns and returns.

    What it prints is dropped, and it is given copies of tensors, so that it cannot change the
    caller's. A trace function that is set (a debugger's, of a coverage tool) is put back.

    Args:
        function: The function, as it is called: decorators around it run too.
        arguments: Its arguments by the names of its parameters.
        most_steps: After how many instructions it is stopped.
        positional: Arguments without names, before the others.
        inner: The function whose lines are followed, where it is known.
        watch: Whether to find the lines that change a variable after it was assigned.
        noted: Variables whose values are kept with each assignment.

    Returns:
        The record. An exception is told in it, not raised; only KeyboardInterrupt passes.
    """
    inner = inner or innermost(function)
    code = inner.__code__ if inner else None
    record = Trace(full_name(inner or function))
    if code is not None:
        record.file, record.line = code.co_filename, code.co_firstlineno
    follower = _Follower(code, record, most_steps, watch, noted)
    follow = _monitored if sys.version_info >= (3, 12) else _traced
    try:
        before, named = _call(function, arguments)
        given = [*(map(_copied_for_call, positional or ())), *before]
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            _limited(MOST_SECONDS),
            follow(follower, inner),
        ):
            record.returned = function(*given, **named)
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
        record.own = record.returned is follower.returned  # or a decorator made another of it
        record.whole = copied(record.returned)
        same = record.own or _like(record.returned, follower.returned)
        record.results = _results(inner if same else None, follower.return_line, record.returned)
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
        elif hasattr(found, "pyfunc"):  # numpy.vectorize
            found = found.pyfunc
        else:
            return found if isinstance(found, FunctionType) else None


def full_name(function: Callable[..., Any]) -> str:
    """Module and name of a function; the name alone of one that the page itself defines."""
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return f"{module}.{name}" if module not in (None, PAGE) else name


class _Follower:
    """Follows the first call of one code object, and counts the steps of all in its file."""

    def __init__(
        self,
        code: CodeType | None,
        record: Trace,
        most_steps: int,
        watch: bool = False,
        noted: frozenset[str] = frozenset(),
    ) -> None:
        self.code = code
        self._record = record
        self._left = most_steps
        self._watch = watch
        self._noted = noted & {*code.co_varnames, *code.co_cellvars} if code else noted
        self._inputs: dict[str, object] = {}
        self._noted_at: tuple[int | None, int] = 0, 0
        self.frame: FrameType | None = None
        self._pending: _Store | None = None
        self._times: dict[tuple[str, int], int] = {}
        self._jumps: dict[int, dict[int, Jump]] = {}  # of each code by its id: its hash is slow
        self._jumping: tuple[CodeType, int] | None = None
        self._stores = _stores(code) if code else {}
        self._parameters = set(code.co_varnames[: _parameter_count(code)]) if code else set()
        self._line = 0
        self.return_line = 0
        self.returned: object = None

    def enter(self, frame: FrameType) -> bool:
        """Whether a frame that starts is the one that is followed."""
        if self.frame is not None or frame.f_code is not self.code:
            return False
        self.frame = frame
        return True

    def instruction(self, frame: FrameType, offset: int) -> None:
        """Takes note of an instruction before it is run."""
        self.step()
        known = self._jumps.get(id(frame.f_code))
        if known is None or self._jumping is not None or offset in known:
            self._follow_jump(frame.f_code, offset)
        if frame is not self.frame:
            return
        self._take(frame)
        self._pending = self._stores.get(offset)
        if self._noted and (frame.f_lineno != self._noted_at[0] or offset <= self._noted_at[1]):
            self._inputs = self._inputs_of(frame)  # before the line can change them in place
        self._noted_at = frame.f_lineno, offset
        if self._watch and frame.f_lineno != self._line:
            self._look_for_changes(frame)
            self._line = frame.f_lineno

    def leave(self, frame: FrameType, returned: object) -> None:
        """Takes note of what a frame returns, and of its variables at the end."""
        if frame is not self.frame:
            return
        self._take(frame)
        if self._watch:
            self._look_for_changes(frame)
        self.return_line, self.returned = frame.f_lineno, returned
        self._record.inputs = self._inputs_of(frame)
        values = frame.f_locals
        for name, local in self._record.locals.items():
            if name in values:
                self._record.locals[name] = replace(local, final=copied(values[name]))
        self._record.parameters = {
            name: copied(values[name]) for name in self._parameters if name in values
        }

    def _follow_jump(self, code: CodeType, offset: int) -> None:
        """Takes note of where a conditional jump has led."""
        known = self._jumps.get(id(code))
        if known is None:
            known = self._jumps[id(code)] = jumps(code)
        if self._jumping is not None:
            of, start = self._jumping
            if of is code:
                jumped = offset not in known[start].behind
                self._record.ways.setdefault(code, set()).add((start, jumped))
            self._jumping = None
        if offset in known:
            self._jumping = code, offset

    def _inputs_of(self, frame: FrameType) -> dict[str, object]:
        values = frame.f_locals if self._noted else {}
        return {name: copied(values[name]) for name in self._noted if name in values}

    def step(self) -> None:
        """Counts an instruction."""
        self._left -= 1
        if self._left < 0:
            raise _TooLongError("it was stopped: it takes too many steps")

    def _take(self, frame: FrameType) -> None:
        """Copies what the instruction before this one assigned."""
        if self._pending is None:
            return
        store, self._pending = self._pending, None
        values, found = frame.f_locals, self._record.locals
        for name in store.names:
            if name not in values:
                continue
            value = copied(values[name])
            found.pop(name, None)  # in the order of the last assignments
            times = self._times.get((name, store.line), 0) + 1
            self._times[name, store.line] = times
            found[name] = Local(
                name,
                value,
                self._record.file,
                store.line,
                name in self._parameters,
                value,
                self._inputs,
                times,
                counts=store.counts,
            )

    def _look_for_changes(self, frame: FrameType) -> None:
        values = frame.f_locals
        for name, local in list(self._record.locals.items()):
            if not local.changed and name in values and not _same(local.value, values[name]):
                self._record.locals[name] = replace(local, changed=self._line)


@contextlib.contextmanager
def _traced(follower: _Follower, function: FunctionType | None) -> Iterator[None]:
    """Follows a call on Python 3.11."""
    file = function.__code__.co_filename if function else ""

    def enter(frame: FrameType, event: str, argument: object) -> Any:
        follower.step()
        if not follower.enter(frame) and frame.f_code.co_filename != file:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return follow

    def follow(frame: FrameType, event: str, argument: object) -> Any:
        if event == "opcode":
            follower.instruction(frame, frame.f_lasti)
        elif event == "return":
            follower.leave(frame, argument)
        return follow

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)


@contextlib.contextmanager
def _monitored(follower: _Follower, function: FunctionType | None) -> Iterator[None]:
    """Follows a call from Python 3.12 on: the function, and those of its file that it names."""
    monitoring: Any = vars(sys)["monitoring"]
    events = monitoring.events
    tool = next(one for one in (4, 3, 2, 1, 0) if monitoring.get_tool(one) is None)
    codes = _codes_of(function)

    def start(code: CodeType, offset: int) -> None:
        follower.enter(sys._getframe(1))

    def instruction(code: CodeType, offset: int) -> None:
        follower.instruction(sys._getframe(1), offset)

    def leave(code: CodeType, offset: int, returned: object) -> None:
        follower.leave(sys._getframe(1), returned)

    monitoring.use_tool_id(tool, "nn3doc")
    try:
        for event, callback in (
            (events.PY_START, start),
            (events.INSTRUCTION, instruction),
            (events.PY_RETURN, leave),
        ):
            monitoring.register_callback(tool, event, callback)
        for code in codes:
            wanted = events.INSTRUCTION
            if code is follower.code:
                wanted |= events.PY_START | events.PY_RETURN
            monitoring.set_local_events(tool, code, wanted)
        yield
    finally:
        for code in codes:
            monitoring.set_local_events(tool, code, 0)
        for event in (events.PY_START, events.INSTRUCTION, events.PY_RETURN):
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


def _codes_of(function: FunctionType | None) -> list[CodeType]:
    """The code of a function, and of all functions in its file that it may call by name."""
    if function is None:
        return []
    file = function.__code__.co_filename
    found: dict[CodeType, None] = {}
    waiting: list[CodeType] = [function.__code__]
    waiting += [
        inner.__code__
        for value in list(function.__globals__.values())
        if callable(value) and (inner := innermost(value)) and inner.__code__.co_filename == file
    ]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found[code] = None
            waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
    return list(found)


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Stops what takes too much of the processor's time; only in the main thread, as signals are."""
    timer = getattr(signal, "ITIMER_VIRTUAL", None)
    if timer is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise _TooLongError("it was stopped: it takes too long")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(signal.SIGVTALRM, before)


@dataclass(frozen=True)
class _Store:
    """An instruction that assigns variables."""

    names: tuple[str, ...]
    line: int
    counts: bool


@functools.lru_cache(maxsize=256)
def _stores(code: CodeType) -> dict[int, _Store]:
    """Which instruction assigns which variables, on which line."""
    result = {}
    counted = 0  # how many of the next assignments are of what a `for` runs over
    # From 3.12 on a comprehension is part of the function: it saves the variables of its own
    # (LOAD_FAST_AND_CLEAR), and puts them back behind its end; that assigns nothing.
    saved: dict[str, bool] = {}
    for instruction in dis.get_instructions(code):
        name = instruction.opname
        if name == "LOAD_FAST_AND_CLEAR":
            saved[str(instruction.argval)] = False
        elif name == "END_FOR":
            saved = dict.fromkeys(saved, True)
        if name == "FOR_ITER":
            counted = 1
        elif counted and name.startswith(("UNPACK_SEQUENCE", "UNPACK_EX")):
            counted += (instruction.arg or 1) - 1
        elif not name.startswith("STORE_") and name not in ("CACHE", "NOP", "SWAP"):
            counted = 0
        if not name.startswith(("STORE_FAST", "STORE_DEREF")):
            continue
        value = instruction.argval
        names = value if isinstance(value, tuple) else (value,)
        counts = counted > 0
        if name == "STORE_FAST_LOAD_FAST":
            names, counted = names[:1], 0
        counted = max(0, counted - len(names))
        line = instruction.positions.lineno if instruction.positions else None
        own = tuple(str(one) for one in names if one not in saved)
        for one in names:
            if saved.get(one):
                del saved[one]
        if own:
            result[instruction.offset] = _Store(own, line or code.co_firstlineno, counts)
    return result


def _same(one: object, other: object) -> bool:
    """Whether two values are the same, as far as that can be told."""
    if one is other:
        return True
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if hasattr(one, "shape") and hasattr(other, "shape"):
        first: Any = one
        if tuple(first.shape) != tuple(getattr(other, "shape", ())):
            return False
        equal: Any = (first == other) | ((first != first) & (other != other))
        return bool(equal.all()) if hasattr(equal, "all") else bool(equal)
    try:
        return bool(one == other) or one != one
    except Exception:
        return True


def _like(one: object, other: object) -> bool:
    """Whether what a decorator returns is made up as what the function returned."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other)
    return other is not None and one is not None


def _parameter_count(code: CodeType) -> int:
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_argcount + code.co_kwonlyargcount + stars


def _call(
    function: Callable[..., Any], arguments: Mapping[str, object]
) -> tuple[list[object], dict[str, object]]:
    """The arguments as they are passed, tensors copied; a gradient still flows through the copy."""
    values = {name: _copied_for_call(value) for name, value in arguments.items()}
    parameters = parameters_of(function)
    if parameters is None:  # a function of C without a signature
        return list(values.values()), {}
    positional = [
        values.pop(parameter.name)
        for parameter in parameters.values()
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY and parameter.name in values
    ]
    return positional, values


def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter] | None:
    """The parameters of a function, by name; None where Python cannot tell."""
    try:
        return _parameters_of(function)
    except (TypeError, ValueError):
        return None


@functools.lru_cache(maxsize=256)  # a function is called many times
def _parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


def _copied_for_call(value: object) -> object:
    clone = getattr(value, "clone", None)
    return clone() if clone is not None else copied(value)


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
    """The returned values, item by item, with the names that the return statement gives them."""
    if returned is None:
        return ()
    expression = _returned_expression(function, line) if function else None
    return tuple(_items(returned, expression, None, function, 0))


def _items(
    value: Any,
    expression: ast.expr | None,
    name: str | None,
    function: FunctionType | None,
    depth: int,
) -> Iterator[Result]:
    """What is in a value that was returned: entries, fields and items, at most a few levels deep.

    A list counts as one value, as an array does, unless the return statement lists its items.
    """
    fields = _fields(value)
    if fields is not None and depth < _DEEPEST:
        for key, item in fields.items():
            if isinstance(item, dict | tuple) or _fields(item) is not None:
                yield from _items(item, None, key, None, depth + 1)
            else:
                yield Result(key, copied(item))
        return
    written: Sequence[ast.expr] | None = None
    if isinstance(expression, ast.Tuple | ast.List):
        written = expression.elts
    if isinstance(value, tuple) or (isinstance(value, list) and written is not None):
        parts: Sequence[ast.expr | None] = written or []
        if len(parts) != len(value) or any(isinstance(part, ast.Starred) for part in parts):
            parts = [None] * len(value)
        for item, part in zip(value, parts, strict=True):
            if depth < _DEEPEST:
                yield from _items(item, part, name, function, depth + 1)
        return
    if isinstance(expression, ast.Name):
        name = expression.id
    of = ""
    if expression is not None and name is None and function is not None:
        locals_ = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
        used = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        of = next(iter(used & locals_)) if len(used & locals_) == 1 else ""
    yield Result(name, copied(value), of)


_DEEPEST = 4


def _fields(value: Any) -> dict[str, object] | None:
    """The named parts of a dictionary, a named tuple, a dataclass or another plain object."""
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()} if value else None
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    plain = type(value).__module__ in (PAGE, "types") or is_dataclass(value)
    if plain and not callable(value) and hasattr(value, "__dict__") and vars(value):
        return dict(vars(value))
    return None


@functools.lru_cache(maxsize=256)  # it is asked for each call
def _returned_expression(function: FunctionType, line: int) -> ast.expr | None:
    """The expression of the return statement on a line of the function's file."""
    try:
        source, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(source)))
    except (OSError, TypeError, SyntaxError):
        return None
    wanted = line - first + 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.lineno <= wanted <= (node.end_lineno or 0):
            return node.value
    lambdas = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    return lambdas[0].body if function.__name__ == "<lambda>" and len(lambdas) == 1 else None
