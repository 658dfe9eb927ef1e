"""Which conditions in a function's code are true in every call, or false in every call.

What a function does where a condition is otherwise, no call has shown: it is compared with nothing.
Which way each conditional jump went is noted by `trace`; where it stands in the source says which
condition decides on it. Numbers that the code itself compares with are worth being drawn.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import dis
import functools
import inspect
import linecache
import re
import tokenize
from collections.abc import Iterator, Set
from dataclasses import dataclass
from types import CodeType

#: Where the conditions of each code object led: the jump's offset, and whether it was taken.
Ways = dict[CodeType, set[tuple[int, bool]]]
#: First line and column, last line and column.
Place = tuple[int, int, int, int]

_MOST_NUMBERS = 6
_LEAST, _LARGEST = 1e-3, 1e4  # smaller numbers only keep a logarithm finite; larger ones are counts
_BOUNDING = frozenset(
    ["min", "max", "minimum", "maximum", "clip", "clamp", "clamp_", "fmin", "fmax"]
)
_TELLING = frozenset(["print", "warn", "debug", "info", "warning", "error", "log"])
_OF_FORM = frozenset(
    [
        *("isinstance", "issubclass", "hasattr", "callable", "is_tensor", "type", "__debug__"),
        *("ndim", "dim", "dtype", "device", "requires_grad"),
    ]
)


@dataclass(frozen=True)
class Jump:
    """A conditional jump.

    Attributes:
        behind: Offsets of the instruction that is run next where it does not jump.
        when: The outcome of its condition for which it jumps.
        place: Where its condition stands.
    """

    behind: frozenset[int]
    when: bool
    place: Place


@dataclass(frozen=True)
class OneWay:
    """A condition that had the same outcome in every call.

    Attributes:
        text: The condition, as it is written.
        line: Its line.
        outcome: What it was.
        code: The function that it stands in.
    """

    text: str
    line: int
    outcome: bool
    code: CodeType


@functools.lru_cache(maxsize=256)  # it is asked for each call
def jumps(code: CodeType) -> dict[int, Jump]:
    """The conditional jumps of some code, by offset; those that a `for` is made of aside."""
    found: dict[int, Jump] = {}
    instructions = list(dis.get_instructions(code))
    for number, one in enumerate(instructions[:-1]):
        name, position = one.opname, one.positions
        # Jumps on None are left out: `x is None` asks for the form of an argument.
        if "JUMP" not in name or not re.search("IF_(TRUE|FALSE)", name) or position is None:
            continue
        lines = position.lineno, position.end_lineno
        columns = position.col_offset, position.end_col_offset
        if None in lines or None in columns:
            continue
        behind = set[int]()
        for following in instructions[number + 1 :]:
            behind.add(following.offset)
            if following.opname != "EXTENDED_ARG":
                break
        place = (lines[0] or 0, columns[0] or 0, lines[1] or 0, columns[1] or 0)
        found[one.offset] = Jump(frozenset(behind), "IF_TRUE" in name, place)
    return found


def parts_of(code: CodeType) -> Iterator[CodeType]:
    """Some code, and all that is written within it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from parts_of(one)


def one_way(code: CodeType, ways: Ways, options: Set[str]) -> list[OneWay]:
    """The conditions of a function, and of what is written in it, with one outcome in all calls.

    Those that nothing is computed by are left out: what only raises, warns or prints; the form of an
    argument; and options, of which the page says nothing.

    Args:
        code: The function's.
        ways: Where its conditions led.
        options: Its parameters that are no symbols of the page.
    """
    if not any(part in ways for part in parts_of(code)):
        return []
    source = _Source.of(code)
    if source is None:
        return []
    met: dict[tuple[Place, int], set[bool]] = {}
    for part in parts_of(code):
        known = jumps(part)
        for offset, jumped in ways.get(part, ()):
            place = known[offset].place
            same = [other for other in sorted(known) if known[other].place == place]
            # Of `0 < x < 1` each comparison has a jump; what `finally` repeats is one condition.
            number = same.index(offset) if source.links(place) == len(same) else 0
            met.setdefault((place, number), set()).add(known[offset].when == jumped)
    found: list[OneWay] = []
    for (place, number), outcomes in sorted(met.items()):
        if len(outcomes) == 1:
            said = source.condition(place, number, next(iter(outcomes)), options)
            if said is not None:
                found.append(OneWay(*said, code))
    return found


def never_read(code: CodeType) -> frozenset[str]:
    """The variables that a function binds, each alone, and that nothing in it reads."""
    source = _Source.of(code)
    names = {one for part in parts_of(code) for one in part.co_names}
    if source is None or not names.isdisjoint(["locals", "vars", "exec", "eval"]):
        return frozenset()
    bound = {name for name in code.co_varnames if not name.startswith("_")}
    return frozenset(bound - source.read() - source.bound_with_others())


def numbers_compared(codes: Set[CodeType]) -> tuple[float, ...]:
    """The numbers that code compares something with, or bounds it by."""
    found: dict[float, None] = {}
    for code in codes:
        consts = [one for part in parts_of(code) for one in part.co_consts]
        if not any(isinstance(one, int | float | tuple) for one in consts):
            continue
        source = _Source.of(code)
        for value in source.numbers() if source is not None else ():
            if value == 0 or _LEAST <= abs(value) <= _LARGEST:
                found[value] = None
    return tuple(sorted(found, key=lambda value: (abs(value), value))[:_MOST_NUMBERS])


class _Source:
    """The source of a function, by lines and columns of its file."""

    def __init__(self, tree: ast.AST, file: str) -> None:
        self._tree = tree
        self._file = file
        self._at: dict[Place, list[ast.AST]] = {}
        self._parent: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self._parent[child] = node
            if isinstance(node, ast.expr | ast.pattern):
                last = node.end_lineno or 0, node.end_col_offset or 0
                self._at.setdefault((node.lineno, node.col_offset, *last), []).append(node)

    @staticmethod
    @functools.lru_cache(maxsize=256)
    def of(code: CodeType) -> _Source | None:
        """The source of some code; None where it cannot be read."""
        first = code.co_firstlineno
        try:
            lines = inspect.getblock(linecache.getlines(code.co_filename)[first - 1 :])
            # A method is indented, and its columns are to stay.
            before = ["if True:\n"] if lines[0][:1].isspace() else []
            tree = ast.parse("".join([*before, *lines]))
        except (OSError, TypeError, SyntaxError, IndexError, tokenize.TokenError):
            return None
        return _Source(ast.increment_lineno(tree, first - 1 - len(before)), code.co_filename)

    def _text(self, node: ast.AST) -> str:
        """Some code as it is written, in one line."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        if first != last or not isinstance(node, ast.expr | ast.pattern):
            return ast.unparse(node)
        line = linecache.getline(self._file, first).encode()
        return line[node.col_offset : node.end_col_offset].decode()

    def links(self, place: Place) -> int:
        """How many jumps a condition has: two for `0 < x < 1`, and for the value `x and y and z`."""
        node = self._node(place)
        if isinstance(node, ast.BoolOp):
            return len(node.values) - 1
        return len(node.ops) if isinstance(node, ast.Compare) else 1

    def _node(self, place: Place) -> ast.AST | None:
        """The condition at a place."""
        nodes = self._at.get(place, [])
        patterns = [one for one in nodes if isinstance(one, ast.pattern)]
        node = next(iter([*patterns, *nodes]), None)
        if isinstance(node, ast.IfExp):
            return node.test
        parent = self._parent.get(node) if node is not None else None
        if isinstance(parent, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return next((one for each in parent.generators for one in each.ifs), None)
        return node

    def condition(
        self, place: Place, number: int, outcome: bool, options: Set[str]
    ) -> tuple[str, int, bool] | None:
        """A condition in words, and its line; None if nothing is computed where it is otherwise.

        Args:
            place: Where it stands.
            number: Which of its comparisons, of several.
            outcome: What it was in every call.
            options: Names that are no symbols of the page.
        """
        node = self._node(place)
        if isinstance(node, ast.BoolOp):
            node = node.values[number]
        if node is None or self._is_of_form(node, options) or self._is_idle(node, outcome):
            return None
        text = self._text(node)
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            left, right = [node.left, *node.comparators][number : number + 2]
            one = ast.Compare(left, [node.ops[number]], [right])
            text = ast.unparse(one)
        return f"case {text}" if isinstance(node, ast.pattern) else text, place[0], outcome

    def _is_of_form(self, node: ast.AST, options: Set[str]) -> bool:
        """Whether a condition asks in which form something is given, or for an option."""
        asked = node
        if isinstance(node, ast.pattern):
            while not isinstance(asked, ast.Match):
                asked = self._parent[asked]
            asked = asked.subject
        names = {one.id for one in ast.walk(asked) if isinstance(one, ast.Name)}
        called = names | {one.attr for one in ast.walk(asked) if isinstance(one, ast.Attribute)}
        is_none = isinstance(node, ast.Compare) and any(
            isinstance(one, ast.Is | ast.IsNot) for one in node.ops
        )
        own = {name for name in names if not hasattr(builtins, name)}
        return is_none or bool(called & _OF_FORM) or bool(own and own <= options)

    def _is_idle(self, node: ast.AST, outcome: bool) -> bool:
        """Whether what is done where a condition is otherwise gives no value."""
        child, parent, other = node, self._parent[node], not outcome
        while isinstance(parent, ast.BoolOp | ast.UnaryOp):
            other = not other if isinstance(parent, ast.UnaryOp) else other
            child, parent = parent, self._parent[parent]
        if isinstance(parent, ast.While):
            return child is parent.test and not other  # it ends by a `break` or a `return`
        if isinstance(parent, ast.If) and child is parent.test:
            ends = isinstance(parent.body[-1], ast.Raise) or not parent.orelse
            above = all(map(_is_told, parent.body)) and ends
            below = parent.orelse and all(map(_is_told, parent.orelse))
            return above or bool(below and isinstance(parent.orelse[-1], ast.Raise))
        if isinstance(parent, ast.match_case):
            return all(map(_is_told, parent.body))
        return isinstance(parent, ast.Assert | ast.withitem | ast.ExceptHandler)

    def read(self) -> set[str]:
        """Names that are read, an update of themselves aside."""
        return {
            node.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }

    def bound_with_others(self) -> set[str]:
        """Names in a tuple that a value is unpacked into, of which one may be meant; walruses."""
        return {
            one.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Tuple | ast.List | ast.NamedExpr | ast.For | ast.comprehension)
            for one in ast.walk(node if isinstance(node, ast.Tuple | ast.List) else node.target)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }

    def numbers(self) -> Iterator[float]:
        """Numbers that something is compared with, or bounded by."""
        for node in ast.walk(self._tree):
            beside: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                beside = [node.left, *node.comparators]
            elif isinstance(node, ast.Call):
                function = node.func
                name = getattr(function, "attr", getattr(function, "id", ""))
                if name in _BOUNDING:
                    beside = [*node.args, *(one.value for one in node.keywords)]
            elif isinstance(node, ast.MatchValue):
                beside = [node.value]
            for one in beside:
                with contextlib.suppress(ValueError, TypeError, SyntaxError):
                    value = ast.literal_eval(one)
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        yield float(value)


def _is_told(statement: ast.stmt) -> bool:
    """Whether a statement only raises, warns or prints."""
    if isinstance(statement, ast.Raise | ast.Assert | ast.Pass):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Call):
        return getattr(value.func, "attr", getattr(value.func, "id", "")) in _TELLING
    return isinstance(value, ast.Constant)
