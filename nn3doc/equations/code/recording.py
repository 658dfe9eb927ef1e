"""What each statement of a page's code binds or changes, and the values that stood before and after.

The code is run as it is written, with a call in front of each simple statement and one behind it
that look at the namespace. Functions and classes are left alone, so what their bodies do is seen
from outside, as what the statement that calls them does. Within a loop the first passes are looked
at, later ones at 128, 256, …: a training loop is not slowed down by its length.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, Literal

from nn3doc.equations.isolate import copied, is_value

MOST_PASSES = 64  # of one statement, one after the other
MOST_EVENTS = 4_000  # of a page; after them each statement is looked at ever more rarely
MOST_ENTRIES = 20_000_000  # that are copied for a page
_LARGEST = 1_000_000  # entries of one value that is copied
_SMALL = 10_000  # entries of a value that is looked at for changes that leave no trace
_CALL = "__nn3doc_look__"

EventKind = Literal["statement", "loop", "end"]


@dataclass(frozen=True)
class Event:
    """What one statement did, one time that it was run.

    Attributes:
        kind: `statement`; `loop` for the targets of a `for`, in each pass; `end` behind a loop.
        piece: Which piece of the page's code it stands in.
        line: Its line on the page.
        names: The names that it binds, or whose value it changes.
        extends: Those of them whose new value is made from the old one.
        reads: The names that it reads, in functions of the page that it calls, too.
        holders: Those of them that hold what they were given: a dictionary, an object of the page.
        strange: Those that have values of their own: a model of a library, a file; "" where the
            statement makes an array itself.
        stands_in: Whether it calls a function of the page with a number that is no symbol's.
        before: The numbers, tensors, arrays and lists that stood before it.
        after: The same behind it.
        literal: Digits behind the point where it only writes numbers down; None where it computes.
        rounds: Digits behind the point to which it rounds; None where it does not.
        passed: Whether passes before this one were not looked at.
    """

    kind: EventKind
    piece: int
    line: int
    names: tuple[str, ...]
    extends: frozenset[str]
    reads: frozenset[str]
    holders: frozenset[str]
    strange: frozenset[str]
    before: Mapping[str, object]
    after: Mapping[str, object]
    literal: int | None = None
    rounds: int | None = None
    passed: bool = False
    stands_in: bool = False


@dataclass(frozen=True)
class _Statement:
    """One statement as it is written."""

    kind: EventKind
    piece: int
    line: int
    names: tuple[str, ...]
    changes: tuple[str, ...]
    extends: frozenset[str]
    reads: frozenset[str]
    literal: int | None
    rounds: int | None
    makes: bool
    called: frozenset[str]


@dataclass
class Recorder:
    """Looks at the namespace of a page while its code runs.

    Attributes:
        namespace: The namespace.
        events: What was seen.
    """

    namespace: dict[str, object]
    events: list[Event] = field(default_factory=list)
    _statements: list[_Statement] = field(default_factory=list)
    _passes: dict[int, int] = field(default_factory=dict)
    _begun: dict[int, dict[str, object]] = field(default_factory=dict)
    _passed: set[int] = field(default_factory=set)
    _kept: dict[str, tuple[object, int, object]] = field(default_factory=dict)
    _single: set[int] = field(default_factory=set)  # those with one call: targets, ends of loops
    _most: int = MOST_PASSES
    _entries: int = 0
    _stopped: bool = False

    def __enter__(self) -> Recorder:
        setattr(builtins, _CALL, self._look)
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(builtins, _CALL):
            delattr(builtins, _CALL)

    def watched(self, tree: ast.Module, piece: int) -> ast.Module:
        """The code with calls that look at the namespace; the tree itself is changed."""
        tree.body = self._body(tree.body, piece)
        return ast.fix_missing_locations(tree)

    def begin(self, statement: ast.stmt, piece: int, line: int) -> int:
        """Looks before a statement that is run by other means; gives its number."""
        self._statements.append(_read("statement", statement, piece, line))
        self._look(len(self._statements) - 1, True)
        return len(self._statements) - 1

    def finish(self, number: int) -> None:
        """Looks behind it."""
        self._look(number, False)

    def _body(self, body: list[ast.stmt], piece: int) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in body:
            for part in ("body", "orelse", "finalbody"):
                inner = getattr(statement, part, None)
                if inner and not isinstance(statement, _SCOPES):
                    setattr(statement, part, self._body(inner, piece))
            for one in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                one.body = self._body(one.body, piece)
            if isinstance(statement, ast.For | ast.AsyncFor):
                call = self._call(_read("loop", statement, piece, statement.lineno), statement)
                statement.body = [call(False), *statement.body]
            if isinstance(statement, ast.For | ast.AsyncFor | ast.While):
                call = self._call(_read("end", statement, piece, statement.lineno), statement)
                result += [statement, call(False)]
            elif _acts(statement):
                call = self._call(_read("statement", statement, piece, statement.lineno), statement)
                result += [call(True), statement, call(False)]
            else:
                result.append(statement)
        return result

    def _call(self, statement: _Statement, node: ast.stmt) -> Any:
        self._statements.append(statement)
        number = len(self._statements) - 1
        if statement.kind != "statement":
            self._single.add(number)

        def call(before: bool) -> ast.stmt:
            arguments: list[ast.expr] = [ast.Constant(number), ast.Constant(before)]
            made = ast.Expr(ast.Call(ast.Name(_CALL, ast.Load()), arguments, []))
            return ast.copy_location(made, node)

        return call

    def _look(self, number: int, before: bool) -> None:
        """What the calls call; whatever goes wrong in it ends the looking, not the page's code."""
        # Most calls of a long loop end here, so these lines come first.
        if before or number in self._single:
            passes = self._passes[number] = self._passes.get(number, 0) + 1
            if passes > self._most and passes & (passes - 1):
                self._begun.pop(number, None)
                self._passed.add(number)
                return
        elif number not in self._begun:
            return
        if self._stopped:
            return
        try:
            self._seen(number, before)
        except Exception:
            self._stopped = True

    def _seen(self, number: int, before: bool) -> None:
        statement = self._statements[number]
        values = self._values()
        if before:
            self._begun[number] = values
            return
        old = values if statement.kind != "statement" else self._begun.pop(number, None)
        if old is None:
            return
        changed = [
            name
            for name in old
            if name not in statement.names and name in values and values[name] is not old[name]
        ]
        made = [name for name in values if name not in old and name not in statement.names]
        names = (*statement.names, *dict.fromkeys((*statement.changes, *changed, *made)))
        if not names:
            return
        reads, holders, strange = _all_reads(statement.reads, self.namespace)
        if statement.makes:
            strange |= {""}
        extends = statement.extends | set(statement.changes) | set(changed)
        self.events.append(
            Event(
                statement.kind,
                statement.piece,
                statement.line,
                names,
                extends,
                reads,
                holders,
                strange,
                old,
                values,
                statement.literal,
                statement.rounds,
                number in self._passed,
                any(isinstance(self.namespace.get(one), FunctionType) for one in statement.called),
            )
        )
        self._passed.discard(number)
        if len(self.events) > MOST_EVENTS:
            self._most = 1

    def _values(self) -> dict[str, object]:
        """The values of the namespace; one that has not changed is the same object as before."""
        result: dict[str, object] = {}
        for name, value in list(self.namespace.items()):
            if name.startswith("__") or not (is_number(value) or is_list(value)):
                continue
            version = _version(value)
            kept = self._kept.get(name)
            if kept is not None and kept[0] is value and kept[1] == version:
                if _count(value) > _SMALL or _same(kept[2], value):
                    result[name] = kept[2]
                    continue
            count = _count(value)
            self._entries += count
            if count > _LARGEST or self._entries > MOST_ENTRIES:
                continue
            copy = copied(value)
            if kept is not None and _alike(kept[2], copy):
                copy = kept[2]
            self._kept[name] = value, version, copy
            result[name] = copy
        return result


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MAKERS = frozenset(
    """tensor as_tensor Tensor FloatTensor DoubleTensor array asarray float int list tuple
    float16 float32 float64 Fraction""".split()
)
_ROUNDERS = frozenset(["round", "around", "round_"])


def is_number(value: object) -> bool:
    """Whether something is a number, a fraction too, a tensor or an array."""
    return is_value(value) or isinstance(value, Fraction | Decimal)


def is_list(value: object) -> bool:
    """Whether something is a list or a tuple of numbers, or of such lists."""
    if not isinstance(value, list | tuple) or len(value) > _SMALL:
        return False
    if not value:
        return isinstance(value, list)  # which numbers may be put into
    first = value[0]
    if isinstance(first, list | tuple):
        return all(is_list(item) and len(item) == len(first) for item in value)
    return all(is_number(item) and _count(item) == 1 for item in value)


def _acts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign | ast.AugAssign):
        return True
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None
    return isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant)


def _read(kind: EventKind, node: ast.stmt, piece: int, line: int) -> _Statement:
    """What a statement binds and reads, by what is written."""
    names: list[str] = []
    changes: list[str] = []
    reads: set[str] = set()
    if kind == "loop":
        assert isinstance(node, ast.For | ast.AsyncFor)
        reads = set(_names_read(node.iter))
        targets: list[ast.expr] = [node.target]
    else:
        reads = set(_names_read(node)) if kind == "statement" else set()
        targets = list(_targets(node))
    for target in targets:
        for leaf in _leaves(target):
            if isinstance(leaf, ast.Name):
                names.append(leaf.id)
            else:
                base = _base(leaf)
                if base:
                    changes.append(base)
    value = getattr(node, "value", None)
    extends = {name for name in names if name in reads}
    if isinstance(node, ast.AugAssign):
        extends |= set(names)
        reads |= set(names)
    plain = isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.expr)
    return _Statement(
        kind,
        piece,
        line,
        tuple(dict.fromkeys(names)),
        tuple(dict.fromkeys(changes)),
        frozenset(extends),
        frozenset(reads),
        _written_digits(value) if plain and value is not None else None,
        _rounded_digits(value) if plain and value is not None else None,
        kind == "statement" and _makes_array(node),
        frozenset(_called_with_numbers(node)) if kind == "statement" else frozenset(),
    )


_ARRAYS = frozenset(
    """tensor array asarray as_tensor rand randn randint normal uniform standard_normal random ones
    zeros full arange linspace eye empty ones_like zeros_like rand_like randn_like full_like""".split()
)


def _makes_array(node: ast.AST) -> bool:
    """Whether a statement has data of its own: a list of numbers, `np.ones(2)`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            plain = isinstance(one.func, ast.Attribute) and one.func.attr in _ARRAYS
            if plain and not any(isinstance(inner, ast.Name) for inner in _arguments(one)):
                return True
        elif isinstance(one, ast.List | ast.Tuple) and len(one.elts) > 1:
            if all(_is_number(item) for item in one.elts):
                return True
    return False


def _arguments(call: ast.Call) -> Iterator[ast.AST]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield from ast.walk(argument)


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _called_with_numbers(node: ast.AST) -> Iterator[str]:
    """The names of functions that a statement calls with numbers that it writes itself."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            given = [*one.args, *(keyword.value for keyword in one.keywords)]
            if any(_is_number(argument) for argument in given):
                yield one.func.id


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    """All targets of assignments in a statement, those of loops and functions in it aside."""
    if isinstance(node, (*_SCOPES, ast.Lambda)):
        return
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AugAssign | ast.NamedExpr | ast.AnnAssign) and node.value is not None:
        yield node.target
    for child in ast.iter_child_nodes(node):
        yield from _targets(child)


def _leaves(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _leaves(item)
    elif isinstance(target, ast.Starred):
        yield from _leaves(target.value)
    else:
        yield target


def _base(target: ast.expr) -> str:
    """`S` of `S[i, j]`, `w` of `w.data[0]`."""
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _names_read(node: ast.AST, own: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names that code reads, those that comprehensions and lambdas have for themselves aside."""
    if isinstance(node, _SCOPES):
        return
    if isinstance(node, ast.Lambda):
        own = own | {
            argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)
        }
    if isinstance(node, _COMPREHENSIONS):
        # Its first iterable is read outside of it.
        yield from _names_read(node.generators[0].iter, own)
        bound = {
            name.id
            for one in node.generators
            for name in ast.walk(one.target)
            if isinstance(name, ast.Name)
        }
        own = own | bound
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in own:
            yield node.id
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, _COMPREHENSIONS) and child is node.generators[0]:
            for condition in node.generators[0].ifs:
                yield from _names_read(condition, own)
            continue
        yield from _names_read(child, own)


def _all_reads(
    reads: frozenset[str], namespace: Mapping[str, object]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names that are read, also by functions of the page; which are holders, which strange."""
    found: set[str] = set()
    holders: set[str] = set()
    strange: set[str] = set()
    waiting = list(reads)
    if not reads.isdisjoint(("exec", "eval")):  # which may read anything
        waiting += [name for name, value in namespace.items() if is_number(value) or is_list(value)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name not in namespace:
            continue
        value = namespace[name]
        if isinstance(value, FunctionType):
            if value.__globals__ is namespace:
                waiting += _globals_of(value.__code__)
        elif isinstance(value, _HOLDERS) or type(value).__module__ == "__page__":
            if not is_list(value):
                holders.add(name)
        elif not _is_plain(value):
            strange.add(name)
    return frozenset(found), frozenset(holders), frozenset(strange)


_HOLDERS = (dict, list, tuple, set, frozenset, zip, enumerate, map, filter, reversed)


def _globals_of(code: CodeType) -> list[str]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return [*code.co_names, *(name for one in inner for name in _globals_of(one))]


def _is_plain(value: object) -> bool:
    """Whether something has no numbers of its own beyond those that are seen."""
    plain = (ModuleType, BuiltinFunctionType, type, str, bytes, range, bool)
    if value is None or isinstance(value, plain) or is_number(value) or is_list(value):
        return True
    kind = type(value).__name__
    return callable(value) and kind in ("ufunc", "_ArrayFunctionDispatcher", "partial", "device")


def _written_digits(value: ast.expr) -> int | None:
    """Digits behind the point of numbers that are only written down; None for anything else."""
    digits = 0
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            function = node.func
            name = (
                function.attr
                if isinstance(function, ast.Attribute)
                else getattr(function, "id", "")
            )
            if name not in _MAKERS:
                return None
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, float):
                digits = max(digits, len(f"{node.value!r}".partition(".")[2].partition("e")[0]))
        elif isinstance(node, ast.Name | ast.BinOp | ast.comprehension | ast.Subscript):
            if not isinstance(node, ast.Name) or node.id not in _LIBRARIES | _MAKERS:
                return None
    return digits


_LIBRARIES = frozenset(["torch", "np", "numpy", "math"])


def _rounded_digits(value: ast.expr) -> int | None:
    """`round(…, 2)`, `x.round(decimals=2)`: 2."""
    if not isinstance(value, ast.Call):
        return None
    function = value.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in _ROUNDERS:
        return None
    written = [one.value for one in value.keywords if one.arg in ("decimals", "ndigits")]
    written += value.args
    for one in written:
        if isinstance(one, ast.Constant) and isinstance(one.value, int) and one.value > 0:
            return one.value
    return None


def _version(value: object) -> int:
    try:
        return int(getattr(value, "_version", 0))
    except RuntimeError:  # a tensor of inference mode counts nothing
        return 0


def _count(value: object) -> int:
    found: Any = value
    if isinstance(value, list | tuple):
        return sum(map(_count, value))
    if hasattr(found, "numel"):
        return int(found.numel())
    return int(getattr(found, "size", 1))


def _same(copy: object, value: object) -> bool:
    """Whether a value is still as it was copied; NaN is as NaN."""
    one: Any = copy
    other: Any = value
    if isinstance(copy, list | tuple):
        return type(copy) is type(value) and len(one) == len(other) and all(map(_same, one, other))
    torch: Any = sys.modules.get("torch")
    if torch is not None and isinstance(copy, torch.Tensor):
        other = other.detach()
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        return bool(torch.equal(one, other)) or bool(((one == other) | (one != one)).all())
    if hasattr(one, "tobytes"):
        return bool(one.shape == other.shape and one.tobytes() == other.tobytes())
    return bool(one == other) or (one != one and other != other)


def _alike(kept: object, copy: object) -> bool:
    """Whether a new value is of the same kind as the one before, and the same numbers."""
    return type(kept) is type(copy) and _count(kept) == _count(copy) <= _SMALL and _same(kept, copy)


__all__ = ["Event", "Recorder", "is_list"]
