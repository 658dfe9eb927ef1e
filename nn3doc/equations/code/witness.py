"""Question 5: is it what the code does?

Three kinds of evidence, each independent of the page's own definitions:

- a function that the page imports or defines is called with the values that were drawn, and what it
  gives back is compared, item by item: names at `return`, keys, fields, attributes it sets;
- its local variables are compared line by line, `dZ1` in `backward_propagation` with `dZ^{[1]}`, by
  the value they had when they were bound and by the one they had in the end;
- what a snippet has assigned is compared with an equation, see `snippet_witness`.

A function on the page that is compared with nothing is named, with the reason.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import itertools
import linecache
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn

import torch
from torch import Tensor

from nn3doc.equations.code.arguments import Kind, as_kind, codes_of, kinds_for, names_read
from nn3doc.equations.code.branches import OneWay, Ways, never_read, numbers_compared, one_way
from nn3doc.equations.code.calls import Called, Callee, CannotCallError, called, callee
from nn3doc.equations.code.functions import PageFunction, imported_functions
from nn3doc.equations.code.runs import Snippets, relative
from nn3doc.equations.code.snippet_witness import ask_snippets
from nn3doc.equations.code.stated import NO_VALUE, Stated, all_stated, named_so, of_key, rests_on
from nn3doc.equations.code.trace import PAGE, Trace, innermost
from nn3doc.equations.code.trace import Result as Returned
from nn3doc.equations.evaluate import (
    MARGIN,
    REPLICAS,
    Array,
    Comparison,
    Evaluator,
    as_tensor,
    example,
    from_python,
    narrowed,
    told,
)
from nn3doc.equations.meaning import Key, operation_of
from nn3doc.equations.model import (
    DefinitionError,
    Function,
    obvious_name,
    python_names,
    python_sizes,
    spellings,
)
from nn3doc.equations.notation import REAL, Family, NotationError, Size
from nn3doc.equations.report import Finding, Witness, guarded
from nn3doc.equations.text import find_code

if TYPE_CHECKING:
    from nn3doc.equations.verdict import Checked

#: What libraries define is no claim of a page: their variables have names of their own.
_LIBRARIES = frozenset(
    [
        "numpy",
        "torch",
        "scipy",
        "sklearn",
        "matplotlib",
        "pandas",
        "jax",
        "tensorflow",
        "sympy",
        "seaborn",
    ]
)
_TOLERANCES = {"float64": 1e-9, "float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}
_ORDINARY = ("tame", "positive")
#: How many draws of each kind a function is called with; at points, each of them is met once.
_CALLS = {
    "tame": 2,
    "positive": 1,
    "wide": 1,
    "scaled": 1,
    "alike": 1,
    "constant": 1,
    "all points": 12,
    "points": 2,
}
_BY_CODE = ("function", "line", "returned", "final", "snippet")
_UNDECIDED = "nothing is said"
_FAR = 1e9
_SLIGHT = 1e-8  # what rounding may leave of products of inputs that cancel, relative to them
_ULP = 2.0**-51  # what rounding moves a number by, relative to it
_MOST_SECONDS = 4.0  # for one function, but for its first calls
_MOST_AT_NUMBERS = 30  # calls at the numbers that a function compares with
_MOST_APART = 10  # values of one symbol that is at such a number while the others are not
_MOST_SEARCHED = 60  # calls that look for the other outcome of a condition
_LARGEST_SIZE = 20  # that is tried because code compares with it
_NARROW = (
    "Give its symbols the set that it works for, in the table's column Shape: (0, 1), "
    "\\mathbb{N} …",
)
_REACH_IT = (
    "Let the equation say it, too, give its symbols the set in which it never is, or write "
    "<!-- unchecked: the reason --> behind the fence.",
)
_NAME_IT = (
    "Give it a row in the notation table, or write <!-- unchecked: the reason --> behind "
    "the fence.",
)


@dataclass(frozen=True)
class _Item:
    """One value of a call that the page says something of.

    Attributes:
        label: What it is, the same in every draw: `local g`, `returned g`.
        name: Its name.
        value: Its value.
        line: The line that gave it.
        stated: What the page says of it.
        bound: The value it had when that line bound it.
        inputs: The values of symbols that the function had given other values by then.
        kind: `line` for a variable, `returned` for what the function gives back, `final` for what
            it leaves changed: an argument, an attribute.
        why: Where its name comes from, for messages.
    """

    label: str
    name: str
    value: object
    line: int
    stated: Stated
    bound: object = None
    inputs: Mapping[str, object] = field(default_factory=dict)
    kind: str = "returned"
    why: str = ""


@dataclass
class _Agreed:
    """What agreed so far, by label."""

    item: _Item
    difference: float
    kind: str
    label: str


@dataclass
class _Unnamed:
    """A returned value without a name of the table, over all draws.

    Attributes:
        result: What was returned, in the first draw.
        line: The line of the return statement.
        inputs: The symbols that the function was given.
        may_be: What it may be: no input of the function.
        left: What of that it may still be.
        usual: What of that it is in draws of ordinary size.
        pairs: For each thing of the same shape, the values in each draw, page and code; the line that
            returned; and whether the draw is of ordinary size.
    """

    result: Returned
    line: int
    inputs: frozenset[Key]
    may_be: list[Stated]
    left: list[Stated]
    usual: list[Stated]
    pairs: dict[Stated, list[tuple[Evaluator, int, Tensor, Tensor, int, bool]]] = field(
        default_factory=dict
    )


class _Wrong(Exception):
    """The function disagrees with the page, which has been told."""


class _Page:
    """What is needed to ask the functions of one page."""

    def __init__(
        self, checked: Checked, text: str, namespace: Mapping[str, Any] | None, strict: bool
    ) -> None:
        self.checked = checked
        self.text = text
        self.has_run = namespace is not None
        self.namespace = namespace or {}
        self.strict = strict
        self.names = spellings(python_names(checked.book))
        self.sizes = python_sizes(checked.book)
        self._stated: list[Stated] | None = None
        self._values: dict[tuple[Stated, Evaluator], Tensor | None] = {}
        self._of: dict[tuple[str, bool], Stated | None] = {}
        self._decided: dict[tuple[object, ...], Tensor] = {}
        self._noisy: dict[tuple[Evaluator, int], Evaluator] = {}
        self._calls: list[tuple[str, list[str], list[str], int]] | None = None
        self.forget()

    def forget(self) -> None:
        """Forgets what functions have been asked, and what was found."""
        self._open: list[tuple[_Comparing, str, _Unnamed, list[Stated]]] = []
        self._alone: list[tuple[PageFunction, str, str]] = []
        self._ways: Ways = {}
        self._branching: list[tuple[PageFunction, list[CodeType], frozenset[str]]] = []
        self._parts: set[str] = set()

    @cached_property
    def noted(self) -> frozenset[str]:
        """The names of symbols that a function may give values of its own."""
        book = self.checked.book
        return frozenset(
            name
            for name, key in self.names.items()
            if book.find(key) is None or book.find(key, updates=True) is not None
        )

    @property
    def stated(self) -> list[Stated]:
        """All that a function may return."""
        if self._stated is None:
            self._stated = all_stated(self.checked, self.names)
        return self._stated

    def value(self, stated: Stated, evaluator: Evaluator) -> Tensor | None:
        """What the page says a value is, in all draws."""
        key = (stated, evaluator)
        if key not in self._values:
            self._values[key] = stated.value(self.checked, evaluator)
        return self._values[key]

    def of(self, name: str, updated: bool) -> Stated | None:
        """What the page says of a name."""
        if (name, updated) not in self._of:
            key = self.names.get(name)
            said = None if key is None else of_key(self.checked, key, updated)
            self._of[name, updated] = said
        return self._of[name, updated]

    def noisy(self, evaluator: Evaluator, seed: int) -> Evaluator:
        """The same draws, moved as rounding could."""
        key = (evaluator, seed)
        if key not in self._noisy:
            self._noisy[key] = evaluator.noisy(seed)
        return self._noisy[key]

    def is_decided(self, stated: Stated, evaluator: Evaluator, draw: int) -> bool:
        """Whether a draw out of the ordinary decides anything.

        All that the cases of a value are decided by has a value; and no value on the way is so far out
        that libraries hold it at a bound, as the logarithm in a cross-entropy.
        """
        key = (id(stated.term or stated.update or stated.key), stated.key, evaluator)
        if key not in self._decided:
            checker = self.checked.checker
            below = list(checker.at_end().below(*stated.terms(self.checked)))
            decided = torch.ones(evaluator.draws, dtype=torch.bool)
            kinks = any(operation_of(term).kink for term in below)
            for term in below:
                if term.operation != "family":
                    continue
                with contextlib.suppress(*NO_VALUE):
                    value = evaluator.symbol(term.data).detach().flatten(1)
                    size = value.abs()
                    far = ((size > _FAR) | ((size < 1 / _FAR) & (size > 0))).any(1)
                    decided = decided & ~far
                    if kinks:
                        decided = decided & value.isfinite().all(1)
            self._decided[key] = decided
        return bool(self._decided[key][draw])

    def notice(self, function: PageFunction, reason: str, name: str = "") -> None:
        """Takes note of a function that is compared with nothing."""
        if function.is_constructor:
            return  # which only keeps what it is given, as a rule: its methods are asked
        if function.is_shown and self.has_run:
            self._alone.append((function, name or function.name, reason))

    def agreed(self, function: PageFunction) -> None:
        """Takes note of a function that agrees with the page, and of those that it is made of."""
        self.checked.report.functions_compared += 1
        inner = function.inner or innermost(function.function)
        if inner is not None:
            self._parts |= names_read(inner)
        if isinstance(function.function, functools.partial):
            below = innermost(function.function)
            self._parts |= {below.__name__} if below is not None else set()
        self._parts |= set(function.decorators)

    def note_ways(
        self, function: PageFunction, codes: list[CodeType], options: frozenset[str], ways: Ways
    ) -> None:
        """Takes note of where the conditions of a function that agrees led."""
        for code, led in ways.items():
            self._ways.setdefault(code, set()).update(led)
        if function.is_shown and self.has_run and function.unchecked is None:
            self._branching.append((function, codes, options))

    def tell_one_way(self) -> None:
        """Tells of conditions with one outcome in all calls: what is done otherwise is not compared.

        A part of several functions has seen what any of them calls it with.
        """
        told: set[OneWay] = set()
        for function, codes, options in self._branching:
            for code in codes:
                for one in one_way(code, self._ways, options):
                    if one in told:
                        continue
                    told.add(one)
                    name = code.co_qualname.replace(".<locals>", "")
                    was, other = ("true", "false") if one.outcome else ("false", "true")
                    message = (
                        f"{name} is compared with nothing where {one.text} is {other}, line "
                        f"{one.line}: it is {was} in every call"
                    )
                    self.checked.report.findings.append(
                        Finding(
                            "untested",
                            message,
                            function.start,
                            function.end,
                            _REACH_IT,
                            failing=self.strict,
                        )
                    )

    def leave_open(self, one: _Comparing, label: str, unnamed: _Unnamed) -> None:
        """Takes note of a returned value that may be meant to be the one thing made of its inputs."""
        meant = [
            said
            for said in unnamed.may_be
            if said.key is not None
            and said.shape
            and said.update is None
            and said in unnamed.pairs
            and unnamed.inputs
            and rests_on(self.checked, said, unnamed.inputs) == unnamed.inputs
        ]
        if meant and label == one.function.name and one.function.is_shown:
            self._open.append((one, label, unnamed, meant))

    def settle_open(self) -> None:
        """An equation that no code agrees with, and the one function that takes its inputs.

        That it returns another vector or matrix of the same shape is a mistake in one of them. Of
        numbers nothing is said: a page may have a second measure of the same things.
        """
        for one, label, unnamed, all_meant in self._open:
            meant = [
                said
                for said in all_meant
                if said.equation is not None
                and not any(witness.kind in _BY_CODE for witness in said.equation.witnesses)
            ]
            rivals = [other for other in self._open if set(other[3]) & set(meant)]
            if len({id(said.equation) for said in meant}) != 1 or len(rivals) > 1:
                continue
            if one.function.unchecked is not None:
                continue
            name = label.rpartition(".")[2]
            if name in self._parts:
                continue
            self._alone = [known for known in self._alone if known[1] != label]
            with contextlib.suppress(_Wrong):
                one.returns_other(label, unnamed, meant[0])

    def tell_alone(self) -> None:
        """Tells of each function on the page that is compared with nothing.

        A part of one that agrees is compared with it: what that calls, or is decorated with.
        """
        for function, name, reason in self._alone:
            if name.rpartition(".")[2] in self._parts:
                continue
            self.checked.report.functions_alone += 1
            if function.unchecked is None:
                message = f"{name} is compared with nothing: {reason}"
                self.checked.report.findings.append(
                    Finding(
                        "untested",
                        message,
                        function.start,
                        function.end,
                        _NAME_IT,
                        failing=self.strict,
                    )
                )

    def unpacked(self, function: PageFunction) -> list[tuple[list[str], int]]:
        """The names that the page's code gives to what a function returns, and the line.

        Only calls with variables that are named as its parameters count.
        """
        if self._calls is None:
            self._calls = list(_calls_of(self.text))
        wanted = list(function.accepts)
        return [
            (targets, line)
            for name, targets, arguments, line in self._calls
            if name == function.name and arguments == wanted[: len(arguments)] and arguments
        ]


def add_witnesses(
    checked: Checked,
    text: str,
    path: str,
    snippets: Snippets | None,
    strict: bool = False,
) -> None:
    """Adds the evidence of code to a report, and findings where code and page disagree.

    Args:
        checked: The page as checked so far.
        text: The page.
        path: Its path.
        snippets: What its snippets have assigned, where they have run.
        strict: Whether a function that is compared with nothing is a failure.
    """
    namespace = getattr(snippets, "namespace", None)
    page = _Page(checked, text, namespace, strict)
    _ask_all(page, imported_functions(text, path, namespace))
    if snippets is not None:
        ask_snippets(checked, snippets, spellings(python_names(checked.book)))


class Planting:
    """A page that is asked about one function after the other in place of the one it imports.

    What the page says is worked out once.

    Args:
        checked: The page; findings are added to its report.
        path: Its path.
    """

    def __init__(self, checked: Checked, path: str) -> None:
        self._page = _Page(checked, checked.report.text, None, strict=False)
        self._functions = imported_functions(checked.report.text, path)

    def names(self) -> set[str]:
        """The full names of the functions that the page imports or defines."""
        return {function.full_name for function in self._functions}

    def ask(self, full_name: str, other: Callable[..., Any]) -> None:
        """Compares the page with another function of that name, and with nothing else."""
        self._page.forget()
        planted = [
            replace(function, function=other, inner=innermost(other))
            for function in self._functions
            if function.full_name == full_name
        ]
        _ask_all(self._page, planted)


def _ask_all(page: _Page, functions: Sequence[PageFunction]) -> None:
    for function in functions:
        with (
            guarded(page.checked.report.findings.append, function.start, function.end, "function"),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            _ask(page, function)
    page.settle_open()
    page.tell_alone()
    page.tell_one_way()


def _ask(page: _Page, function: PageFunction) -> None:
    if function.inner is None and innermost(function.function) is None:
        last = function.last_name
        if last in page.names or named_so(last, page.checked, page.stated)[0]:
            page.notice(function, "it is not written in Python")
        return
    symbol = _function_symbol(page.checked, function)
    if symbol is not None:
        _ask_function_symbol(page, function, symbol)
        return
    module = getattr(innermost(function.function), "__module__", None) or ""
    package = module.partition(".")[0]
    if not function.is_shown and (package in _LIBRARIES or package in sys.stdlib_module_names):
        return
    try:
        one = callee(function, page.names, page.sizes, page.namespace)
        if not one.wanted.names and function.owner is None:
            page.notice(function, "it takes no symbol of this page")
            return
        reasons = _Comparing(page, function, one).run()
    except CannotCallError as error:
        reasons = [(function.name, str(error))]
    except _Wrong:
        return
    for name, reason in reasons:
        page.notice(function, reason, name)


class _Comparing:
    """One function, called with several draws, and all that it gives compared with the page."""

    def __init__(self, page: _Page, function: PageFunction, one: Callee) -> None:
        self.page = page
        self.checked = page.checked
        self.function = function
        self.one = one
        self.kind: Kind | None = None
        self.agreed: dict[str, _Agreed] = {}
        self.unnamed: dict[str, _Unnamed] = {}
        self.reasons: list[tuple[str, str]] = []
        self.passing: set[str] = set()
        self.inner_names: dict[str, str] = {}
        self.ways: Ways = {}
        self.gives: dict[str, Stated] = {}
        self.searches = False

    def run(self) -> list[tuple[str, str]]:
        """Compares; what is left to say is which part of it is compared with nothing, and why.

        Raises:
            _Wrong: The page and the function disagree.
        """
        begun = time.process_time()
        evaluators = self._evaluators()
        for number, evaluator in enumerate(evaluators):
            for draw in calls_of(evaluator, bool(self.numbers)):
                late = time.process_time() - begun > _MOST_SECONDS
                if late and (draw or number > 1):
                    continue
                self._ask(evaluator, draw)
        self._ask_apart(evaluators[0], begun)
        self._ask_sizes(begun)
        self._search(evaluators, begun)
        self._settle()
        self._look_for_lost()
        for label in self.passing:
            self.agreed.pop(label, None)
        lost = self._take_lost()
        for one in self.agreed.values():
            self._confirm(one)
        if self.agreed:
            self.page.agreed(self.function)
            self.page.note_ways(self.function, self.codes, self.options, self.ways)
        elif not self.reasons and not lost:
            reason = "it assigns and returns nothing that the page has a symbol for"
            self._give_up(self.function.name, reason)
        return self.reasons

    def _take_lost(self) -> bool:
        """Takes out variables that are right, and that nothing reads: the function loses them.

        It fails where nothing else of the function is compared, and where it gives back what it was
        given in place of them.
        """
        inner = self.function.inner or innermost(self.one.call)
        if inner is None or not self.function.is_shown:
            return False
        unread = never_read(inner.__code__)
        lost = {
            label: one
            for label, one in self.agreed.items()
            if one.item.kind == "line"
            and one.item.name in unread
            and one.label == self.function.name
        }
        for label in lost:
            del self.agreed[label]
        found = self._call(self.checked.checker.at_end().evaluators[0], 0) if lost else None
        gives_inputs = found is not None and any(
            result.name in found.given and _same_value(result.value, found.given[result.name])
            for result in found.record.results
        )
        for one in lost.values() if self.function.unchecked is None else ():
            name, line = one.item.name, one.item.line
            self.checked.report.findings.append(
                Finding(
                    "code",
                    f"{self.function.name} loses {name}, line {line}: nothing reads it",
                    self.function.start,
                    self.function.end,
                    ("Give it back, or leave that line out.",),
                    failing=not self.agreed or gives_inputs or self.page.strict,
                )
            )
        return bool(lost)

    @cached_property
    def codes(self) -> list[CodeType]:
        """Its code, and that of the functions on the same page that it calls."""
        inner = self.function.inner or innermost(self.one.call)
        if inner is None or not self.function.is_shown:
            return []
        parts = [
            code
            for code in codes_of(inner)
            if code.co_filename == inner.__code__.co_filename and not code.co_name.startswith("<")
        ]
        return parts if inner.__module__ == PAGE else parts[:1]

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that its code compares with."""
        return numbers_compared(frozenset(self.codes))

    @property
    def options(self) -> frozenset[str]:
        """Its parameters that are no symbols of the page."""
        return frozenset(self.function.accepts) - set(self.one.wanted.names)

    def _ask_apart(self, evaluator: Evaluator, begun: float) -> None:
        """Calls it with one symbol at a number that it compares with, or as it was before.

        All others are of ordinary size. A value that comes again shows what a function has kept.

        Raises:
            _Wrong: The page and the function disagree there.
        """
        keys = [key for key in self.one.wanted.names.values() if not isinstance(key, Size)]
        free = [key for key in keys if self.checked.book.find(key) is None]
        self.searches = True
        for key in free:
            if time.process_time() - begun > _MOST_SECONDS:
                break
            value = evaluator.symbol(key).detach()
            if self._keeps_state():
                again = evaluator.changed({key: value[:1].expand_as(value).clone()})
                self._ask(again, 1)
            points = self._points_of(key, evaluator)
            moved = value.clone()
            moved[: len(points)].flatten(1)[:, 0] = torch.tensor(points, dtype=value.dtype)
            apart = evaluator.changed({key: moved})
            for draw in range(len(points)):
                self._ask(apart, draw)
        self.searches = False

    def _points_of(self, key: Key, evaluator: Evaluator) -> list[float]:
        """Values of a symbol at, below and above the numbers that the code compares with."""
        family = self.checked.book.family(key[0])
        if family.members is not None or family.domain.values:
            return []
        constraints = evaluator.drawer.constraints.get(key[0], ())
        domain = narrowed(family.domain, constraints)
        near = (number + step for number in self.numbers for step in (0.0, -0.5, 0.5))
        inside = [
            point
            for point in dict.fromkeys(near)
            if domain.low < point < domain.high and (point or not domain.nonzero)
        ]
        return inside[: sum(mode in _ORDINARY for mode in evaluator.drawer.modes[:_MOST_APART])]

    def _keeps_state(self) -> bool:
        """Whether it may keep something from one call to the next."""
        inner = self.function.inner or innermost(self.one.call)
        if inner is None or not self.function.is_shown:
            return False
        around = [inner.__globals__.get(name) for name in names_read(inner)]
        around += inner.__defaults__ or ()
        for cell in inner.__closure__ or ():
            with contextlib.suppress(ValueError):  # it is not filled yet
                around.append(cell.cell_contents)
        return any(isinstance(one, dict | list | set) for one in around)

    def _is_open(self) -> bool:
        """Whether a condition had one outcome only so far."""
        return any(one_way(code, self.ways, self.options) for code in self.codes)

    def _ask_sizes(self, begun: float) -> None:
        """Calls it with sizes at, below and above the numbers that it compares with.

        All of them, whichever way its conditions went before: with one size, `1 / n` for n = 1,
        what is wrong may be right by chance.

        Raises:
            _Wrong: The page and the function disagree there.
        """
        self.searches = True
        for evaluator in itertools.islice(self._sized(self.numbers), _MOST_SEARCHED):
            if time.process_time() - begun > _MOST_SECONDS:
                break
            self._ask(evaluator, 0)
        self.searches = False

    def _search(self, evaluators: Sequence[Evaluator], begun: float) -> None:
        """Looks for values with which conditions of the code are otherwise than they were so far.

        Raises:
            _Wrong: The page and the function disagree there.
        """
        self.searches = True
        for number, (evaluator, draw) in enumerate(self._further(evaluators)):
            late = time.process_time() - begun > _MOST_SECONDS
            if late or number >= _MOST_SEARCHED or not self._is_open():
                break
            self._ask(evaluator, draw)
        self.searches = False

    def _further(self, evaluators: Sequence[Evaluator]) -> Iterator[tuple[Evaluator, int]]:
        """Sizes of one and two, and draws that are out of the ordinary."""
        yield from ((each, 0) for each in self._sized((1.0,)))
        first = evaluators[0]
        asked = set(calls_of(first, bool(self.numbers)))
        yield from ((first, draw) for draw in range(first.draws) if draw not in asked)

    def _sized(self, numbers: Iterable[float]) -> Iterator[Evaluator]:
        """Draws in which one size is one of some numbers, or next to it."""
        draws, wanted = self.checked.checker.at_end(), self.one.wanted.names.values()
        keys = [key for key in wanted if not isinstance(key, Size)]
        shapes = [size for key in keys for size in self.checked.book.shape_of_key(key)]
        shapes += [one for one in wanted if isinstance(one, Size)]
        whole = {int(number) for number in numbers if number.is_integer()}
        for name in sorted({name for size in shapes for name in size.names}):
            for size in sorted({near for one in whole for near in (one - 1, one, one + 1)}):
                if 1 <= size <= _LARGEST_SIZE:
                    yield draws.sized({name: size})

    def _look_for_lost(self) -> None:
        """A function that gives back what it was given, and leaves nothing changed, loses its work."""
        found = self._call(self.checked.checker.at_end().evaluators[0], 0)
        if found is None or found.attributes or not found.record.results:
            return
        given = {**found.before, **found.given}
        names = [result.name or "" for result in found.record.results]
        kept = all(
            name in given and _same_value(result.value, given[name])
            for name, result in zip(names, found.record.results, strict=True)
        )
        is_changed = any(one.item.kind == "final" for one in self.agreed.values())
        if kept and not is_changed and self.agreed:
            returned = " and ".join(dict.fromkeys(names))
            reason = f"it returns {returned} as given, line {found.record.return_line}"
            self._give_up(self.function.name, reason)

    def _evaluators(self) -> list[Evaluator]:
        """The draws for it: where what it computes has kinks, those that look for them."""
        checker = self.checked.checker.at_end()
        first = checker.evaluators[0]
        found = self._call(first, 0)
        terms = (
            []
            if found is None
            else [
                term
                for item in self._items(found, self.function.name)
                for term in item.stated.terms(self.checked)
            ]
        )
        group, _ = named_so(self.function.last_name, self.checked, self.page.stated)
        terms += [term for one in group for term in one.terms(self.checked)]
        try:
            return checker.fitting(*terms, numbers=self.numbers)
        except (NotationError, DefinitionError):
            return checker.evaluators

    # --- calls ------------------------------------------------------------------------------

    def _call(
        self,
        evaluator: Evaluator,
        draw: int,
        watch: bool = False,
        seed: int = 0,
        given: Mapping[str, Tensor] | None = None,
    ) -> Called | None:
        """One call; None where values out of the ordinary are none that it takes."""
        book = self.checked.book
        ordinary = evaluator.drawer.modes[draw] in _ORDINARY and not self.searches
        kinds = [self.kind] if self.kind is not None else list(kinds_for(self.one.call))
        failed: Called | None = None
        for kind in kinds:
            others = {name: as_kind(value, kind) for name, value in (given or {}).items()}
            found = called(
                self.one, book, evaluator, draw, kind, others, watch, seed, self.page.noted
            )
            if not found.record.error:
                self.kind = kind
                return found
            failed = failed or found
            if found.record.error.startswith(("it was stopped", "NameError")):
                break
        if failed is not None and ordinary:
            owner = self.function.owner
            unset = (
                f"AttributeError: {owner.__name__!r} object has no" if owner else "it was stopped"
            )
            known = ("it was stopped", unset)
            if failed.record.error.startswith(known) or self.function.is_constructor:
                raise CannotCallError(failed.record.error)
            self._raised(failed)
        return None

    def _raised(self, found: Called) -> None:
        """The function raises for values that the page gives its symbols."""
        record = found.record
        inner = self.function.inner or innermost(self.one.call)
        of_page = inner is not None and inner.__module__ == PAGE
        if of_page and not self.page.has_run and record.error.startswith("NameError"):
            raise CannotCallError("the page's code has not run")
        failing = self.function.is_shown or self._names_all()
        given = ", ".join(f"{name} = {_short(value)}" for name, value in found.given.items())
        notes: tuple[str, ...] = (f"called with {given}",) if given else ()
        if record.error_line and record.file:
            source = linecache.getline(record.file, record.error_line).strip()
            notes += (
                (f"{relative(record.file)}:{record.error_line} has: {source}",) if source else ()
            )
        self.checked.report.findings.append(
            Finding(
                "code",
                f"{self.function.name} fails for the values of this page: {record.error}",
                self.function.start,
                self.function.end,
                (*notes, *_NARROW),
                failing=failing,
            )
        )
        raise _Wrong

    def _names_all(self) -> bool:
        """Whether all parameters are symbols, so that an imported function is meant."""
        return set(self.one.wanted.parameters) == set(self.function.accepts)

    # --- comparing --------------------------------------------------------------------------

    def returns(
        self,
        stated: Stated,
        names: Sequence[str],
        formals: Sequence[tuple[str, Tensor]],
        evaluator: Evaluator,
        draw: int,
    ) -> float | None:
        """The difference of what it returns from what its symbol stands for; None if nothing is said.

        Args:
            stated: What the symbol stands for.
            names: The parameters that stand for those of the symbol.
            formals: Their names on the page, and their values in all draws.
            evaluator: The draws.
            draw: Which.

        Raises:
            _Wrong: They are not the same.
        """
        expected = self.page.value(stated, evaluator)
        if expected is None:
            return None
        values = [_as_python(value[draw]) for _, value in formals]
        if draw and not bool(expected[draw].isfinite().all()):
            return None  # the symbol has no value there
        found = self._call(evaluator, draw, given=dict(zip(names, values, strict=True)))
        if found is None:
            return None
        self._note_ways(found)
        value = found.record.whole
        tolerance = _tolerance(found.record, value)
        verdict = self._compared(stated, value, expected, evaluator, draw, tolerance)
        if verdict is None:
            return None
        if _is_right(verdict):
            return verdict.difference if isinstance(verdict, Comparison) else 0.0
        notes = [] if isinstance(verdict, str) else _told(verdict, evaluator, draw)
        message = f"{self.function.full_name} returns something else than {stated.tex}"
        return self._refuse(message, stated, notes)

    def _ask(self, evaluator: Evaluator, draw: int) -> None:
        found = self._call(evaluator, draw)
        if found is None:
            return
        self._note_ways(found)
        self._compare(self.function.name, found, evaluator, draw)
        for name, inner in self._nested(found.record):
            label = f"{self.function.name}.{name}"
            try:
                one = callee(inner, self.page.names, self.page.sizes, self.page.namespace)
                assert self.kind is not None
                deeper = called(one, self.checked.book, evaluator, draw, self.kind)
            except CannotCallError as error:
                self._give_up(label, str(error))
                continue
            if deeper.record.error:
                self._give_up(label, f"it fails: {deeper.record.error}")
                continue
            self._compare(label, deeper, evaluator, draw)

    def _note_ways(self, found: Called) -> None:
        for code, led in found.record.ways.items():
            self.ways.setdefault(code, set()).update(led)

    def _give_up(self, label: str, reason: str) -> None:
        if (label, reason) not in self.reasons:
            self.reasons.append((label, reason))

    def _nested(self, record: Trace) -> Iterator[tuple[str, PageFunction]]:
        """The functions that it defines within itself."""
        import inspect
        from types import FunctionType

        outer = self.function.inner or innermost(self.one.call)
        if outer is None:
            return
        for name, local in record.locals.items():
            value = local.value
            if isinstance(value, FunctionType) and value.__code__ in outer.__code__.co_consts:
                accepts = dict(inspect.signature(value).parameters)
                yield (
                    name,
                    PageFunction(
                        name,
                        f"{self.function.full_name}.{name}",
                        value,
                        tuple(accepts),
                        self.function.start,
                        self.function.end,
                        True,
                        None,
                        accepts,
                        None,
                        value,
                    ),
                )

    def _items(self, found: Called, label: str) -> Iterator[_Item]:
        """All values of a call that have a name of the page."""
        record, given = found.record, found.given
        for name, local in sorted(record.locals.items(), key=lambda one: one[1].line):
            if local.counts or as_tensor(local.final) is None:
                continue
            if (local.parameter or name in given) and (
                name not in given or _same_value(local.final, given[name])
            ):
                continue  # converted, not changed
            stated = self.page.of(name, local.parameter or name in given)
            if stated is None and local.times > 1 and name in local.inputs:
                stated = self.page.of(name, True)  # a step of a loop that starts in the function
            if stated is None:
                continue
            yield _Item(
                f"{label}: {name}",
                name,
                local.final,
                local.line,
                stated,
                local.value,
                local.inputs,
                "line",
            )
        for name, value in record.parameters.items():
            if name in record.locals or name not in given or _same_value(value, given[name]):
                continue
            stated = self.page.of(name, True)
            if stated is not None:
                yield _Item(
                    f"{label}: {name}", name, value, record.return_line, stated, value, kind="final"
                )
        for name, value in found.attributes.items():
            stated = self.page.of(name, name in found.before)
            if stated is not None and not (stated.update is not None and self._has_loop()):
                yield _Item(
                    f"{label}: self.{name}",
                    f"self.{name}",
                    value,
                    record.return_line,
                    stated,
                    value,
                    kind="final",
                )
        for place, result in enumerate(record.results):
            name = result.name or ""
            is_input = name in given or name in found.before
            stated = self.page.of(name, is_input) if name else None
            as_given = (
                is_input
                and _same_value(result.value, given.get(name, found.before.get(name)))
                and not self._must_update(stated, found)
            )
            if as_given:  # in this call; it may be what other calls give by another name
                stated = self.gives.get(f"{label} returns {place}")
            elif stated is not None and name in record.locals:
                self.gives[f"{label} returns {place}"] = stated
            if name in found.attributes or (as_given and stated is None):
                continue
            inputs: Mapping[str, object] = record.inputs
            own = record.locals.get(name)
            if own is not None and _same_value(own.final, result.value):
                inputs = own.inputs
            if stated is not None:
                yield _Item(
                    f"{label} returns {place}",
                    name,
                    result.value,
                    record.return_line,
                    stated,
                    result.value,
                    inputs,
                )
        yield from self._unpacked(found, label)

    def _must_update(self, stated: Stated | None, found: Called) -> bool:
        """Whether a function is given all that an update is made of, so that it must do it."""
        if stated is None or stated.update is None:
            return False
        names = self.page.names
        inputs = {names[name] for name in (*found.given, *found.before) if name in names}
        return rests_on(self.checked, stated, frozenset(inputs)) is not None

    def _moves(self, item: _Item, found: Called) -> bool:
        """Whether a value is made of an attribute that a loop of the method changes."""
        names = self.page.names
        moved = frozenset(names[name] for name in found.attributes if name in names)
        below = self.checked.checker.at_end().below(*item.stated.terms(self.checked))
        return (
            bool(moved)
            and self._has_loop()
            and any(term.operation == "family" and term.data in moved for term in below)
        )

    def _has_loop(self) -> bool:
        """Whether it may update an attribute many times."""
        inner = self.function.inner or innermost(self.one.call)
        return inner is not None and any(
            instruction.opname.startswith(("FOR_ITER", "JUMP_BACKWARD"))
            for instruction in dis.get_instructions(inner)
        )

    def _unpacked(self, found: Called, label: str) -> Iterator[_Item]:
        """What it returns under the names that the page gives it where it calls the function."""
        results = found.record.results
        for targets, line in self.page.unpacked(self.function):
            values: Sequence[object] = [result.value for result in results]
            if len(targets) == 1 and len(results) != 1:
                values = [found.record.whole]
            if len(values) != len(targets) or label != self.function.name:
                continue
            for place, (name, value) in enumerate(zip(targets, values, strict=True)):
                own = results[place].name if len(results) == len(targets) else None
                stated = self.page.of(name, name in found.given)
                if stated is not None and own != name:
                    yield _Item(
                        f"{label} gives {name}",
                        name,
                        value,
                        found.record.return_line,
                        stated,
                        value,
                        why=f"line {line} calls it {name}",
                    )

    def _compare(self, label: str, found: Called, evaluator: Evaluator, draw: int) -> None:
        """Compares one call with the page.

        Raises:
            _Wrong: They disagree.
        """
        record = found.record
        for item in self._items(found, label):
            expected = self.page.value(item.stated, evaluator)
            if expected is None:
                continue
            tolerance = _tolerance(record, item.value)
            verdict = self._compared(item.stated, item.value, expected, evaluator, draw, tolerance)
            bound_right = (
                item.kind == "line"
                and verdict is not None
                and _is_right(
                    self._compared(item.stated, item.bound, expected, evaluator, draw, tolerance)
                )
            )
            if verdict is None:
                continue  # nothing can be said in this draw
            kind = item.kind if item.kind != "line" or bound_right else "final"
            if not _is_right(verdict):
                again = self._as_it_stood(item, found, evaluator, draw, tolerance)
                if again == _UNDECIDED:
                    continue
                if _is_right(again):
                    verdict, kind = again, item.kind
            if (
                not _is_right(verdict)
                and item.kind == "line"
                and any(
                    _is_right(
                        self._compared(
                            item.stated, result.value, expected, evaluator, draw, tolerance
                        )
                    )
                    for result in record.results
                )
            ):
                self.passing.add(item.label)  # on the way to what is returned, which is right
                continue
            again_of = functools.partial(self._again, label, item)
            if self._is_rounding(verdict, evaluator, draw, again_of):
                continue
            if not _is_right(verdict) and item.kind == "line" and self._moves(item, found):
                reason = f"{item.name}, line {item.line}, needs what a loop changes in self"
                self._give_up(label, reason)
                continue
            if not _is_right(verdict):
                self._disagree(label, item, verdict, bound_right, evaluator, draw)
            difference = verdict.difference if isinstance(verdict, Comparison) else 0.0
            before = self.agreed.get(item.label)
            if before is None or before.difference <= difference or kind == "final":
                if before is not None and before.kind == "final":
                    kind = "final"
                self.agreed[item.label] = _Agreed(item, difference, kind, label)
        self._note_unnamed(label, found, evaluator, draw)

    def _as_it_stood(
        self, item: _Item, found: Called, evaluator: Evaluator, draw: int, tolerance: float
    ) -> Comparison | str | None:
        """How a value compares where the function itself gave some symbols other values before.

        Those are the weights in a loop of updates, or that it begins with. A parameter counts only if
        the page gives it new values, too, or a loop does: other changes of what it is given are changes
        of its result. An update begins with what the function is given, or it is done twice; only in
        a loop does one step begin where the last has ended.
        """
        changed: dict[Key, Tensor] = {}
        book = self.checked.book
        for name, value in item.inputs.items():
            key = self.page.names[name]
            drawn = found.given.get(name)
            rebound = found.record.locals.get(name)
            steps = rebound is not None and rebound.times > 1
            if (
                drawn is not None
                and not steps
                and (
                    _same_value(value, drawn)
                    or book.find(key, updates=True) is None
                    or (item.stated.update is not None and item.stated.key == key)
                )
            ):
                continue
            tensor = from_python(value, book.shape_of_key(key))
            if tensor is not None:
                changed[key] = tensor.expand(evaluator.draws, *tensor.shape).clone()
        if not changed:
            return None
        if evaluator.drawer.modes[draw] not in _ORDINARY:
            return _UNDECIDED  # steps from far out lead further out
        moved = evaluator.changed(changed)
        expected = item.stated.value(self.checked, moved)
        if expected is None:
            return None
        return self._compared(item.stated, item.value, expected, moved, draw, tolerance)

    def _compared(
        self,
        stated: Stated,
        value: object,
        expected: Tensor,
        evaluator: Evaluator,
        draw: int,
        tolerance: float,
    ) -> Comparison | str | None:
        """How a value compares; a shape where that is another one, None if nothing is said."""
        tensor = from_python(value, stated.shape)
        ordinary = evaluator.drawer.modes[draw] in _ORDINARY
        wanted = expected[draw]
        if not ordinary and tolerance > _TOLERANCES["float32"]:
            return None
        if not ordinary and not self.page.is_decided(stated, evaluator, draw):
            return None
        if tensor is None or tensor.shape != wanted.shape:
            return str(_shape(value))
        known = torch.isfinite(wanted)
        if not ordinary:
            known = known & torch.isfinite(tensor)
        if not bool(known.any()):
            return None
        left = torch.where(known, wanted, 0.0)
        right = torch.where(known, tensor, 0.0)
        if not bool(torch.isfinite(right).all()):
            return Comparison(False, False, float("inf"), right.numel(), left, right)
        size = float(torch.maximum(left.abs(), right.abs()).max())
        gap = (left - right).abs()
        difference = float(gap.max()) / size if float(gap.max()) else 0.0
        holds = difference <= tolerance
        if not holds:
            rounding = self._rounding(stated, expected, evaluator)[draw]
            holds = bool((gap <= tolerance * size + rounding * max(1.0, tolerance / 1e-9)).all())
            difference = 0.0 if holds else difference
        return Comparison(holds, True, difference, right.numel(), left, right)

    def _rounding(self, stated: Stated, expected: Tensor, evaluator: Evaluator) -> Tensor:
        """How far rounding may move what the page says, in all draws."""
        moved = torch.zeros_like(expected)
        for seed in range(1, REPLICAS + 1):
            again = self.page.value(stated, self.page.noisy(evaluator, seed))
            if again is not None:
                gap = (again - expected).abs()
                moved = torch.maximum(moved, torch.where(gap.isnan(), torch.inf, gap))
        return MARGIN * moved

    def _again(self, label: str, item: _Item, found: Called) -> object:
        """The same value of another call."""
        same = (one.value for one in self._items(found, label) if one.label == item.label)
        return next(same, None)

    def _is_rounding(
        self,
        verdict: Comparison | str | None,
        evaluator: Evaluator,
        draw: int,
        value_of: Callable[[Called], object],
    ) -> bool:
        """Whether a difference is no larger than what the code's own rounding makes of its inputs.

        A variance as the mean of squares less the square of the mean loses its digits where all
        values are alike, and is no mistake. In draws of ordinary size nothing is forgiven.
        """
        if not isinstance(verdict, Comparison) or verdict.holds or not verdict.finite:
            return False
        if evaluator.drawer.modes[draw] in _ORDINARY:
            return False
        gap = (verdict.left - verdict.right).abs()
        moved = torch.zeros_like(gap)
        found = self._call(evaluator, draw)
        inputs = {
            name: tensor
            for name, value in (found.given.items() if found is not None else ())
            if not isinstance(value, int) and (tensor := as_tensor(value)) is not None
        }
        most = max([1.0, *(float(value.abs().max()) for value in inputs.values() if value.numel())])
        if float(gap.max()) > _SLIGHT * most**2:
            return False  # a step, at which what lies nearby is something else
        generator = torch.Generator().manual_seed(draw)
        for _ in range(REPLICAS):
            nearby = {
                name: value
                * (1 + _ULP * torch.randn(value.shape, generator=generator, dtype=value.dtype))
                for name, value in inputs.items()
            }
            again = self._call(evaluator, draw, given=nearby)
            value = None if again is None else as_tensor(value_of(again))
            if value is None or value.numel() != gap.numel():
                return False
            change = (value.reshape(gap.shape) - verdict.right).abs()
            moved = torch.maximum(moved, torch.where(change.isnan(), torch.inf, change))
        return bool((gap <= MARGIN * moved).all())

    # --- returned values without a name -----------------------------------------------------

    def _note_unnamed(self, label: str, found: Called, evaluator: Evaluator, draw: int) -> None:
        """Compares what has no name of the table with all that the page says."""
        record = found.record
        results = [
            (place, result)
            for place, result in enumerate(record.results)
            if not self._is_named(label, place, result, found)
            and as_tensor(result.value) is not None
        ]
        if len(record.results) > 1 and as_tensor(record.whole) is not None:
            results.append((-1, Returned(None, record.whole)))
        usual = evaluator.drawer.modes[draw] in _ORDINARY and not self.searches
        for place, result in results:
            known = f"{label} {place}"
            tolerance = _tolerance(record, result.value)
            if known not in self.unnamed:
                given = {*found.given, *found.before}
                inputs = {self.page.names[name] for name in given if name in self.page.names}
                may_be = [
                    one
                    for one in self.page.stated
                    if one.update is not None or (one.key not in inputs and not one.states & inputs)
                ]
                self.unnamed[known] = _Unnamed(
                    result,
                    record.return_line,
                    frozenset(inputs),
                    may_be,
                    list(may_be),
                    list(may_be),
                )
            unnamed = self.unnamed[known]
            for one in list(self.page.stated):
                tensor = from_python(result.value, one.shape)
                expected = self.page.value(one, evaluator) if tensor is not None else None
                if tensor is None or expected is None or tensor.shape != expected[draw].shape:
                    unnamed.left = [other for other in unnamed.left if other is not one]
                    unnamed.usual = [other for other in unnamed.usual if other is not one]
                    continue
                unnamed.pairs.setdefault(one, []).append(
                    (evaluator, draw, expected[draw], tensor, record.return_line, usual)
                )
                if one not in unnamed.left and one not in unnamed.usual:
                    continue
                verdict = self._compared(one, result.value, expected, evaluator, draw, tolerance)
                if (
                    verdict is not None
                    and not _is_right(verdict)
                    and not self._is_rounding(
                        verdict,
                        evaluator,
                        draw,
                        functools.partial(_value_at, place),
                    )
                ):
                    unnamed.left = [other for other in unnamed.left if other is not one]
                    if usual:
                        unnamed.usual = [other for other in unnamed.usual if other is not one]

    def _is_named(self, label: str, place: int, result: Returned, found: Called) -> bool:
        if f"{label} {place}" in self.unnamed:
            return False  # it had no name in another call
        name = result.name or ""
        key = self.page.names.get(name)
        if key is None:
            return False
        own = found.record.locals.get(name)
        if own is not None and f"{label}: {name}" in self.agreed:
            return _same_value(own.final, result.value)
        known = name in found.given or name in found.before
        return known or self.page.of(name, False) is not None

    def _settle(self) -> None:
        """Decides what the values without a name are.

        Raises:
            _Wrong: One is meant to be something else than it is.
        """
        for known, unnamed in self.unnamed.items():
            label, _, place = known.rpartition(" ")
            last = label.rpartition(".")[2]
            alone = sum(other.startswith(f"{label} ") for other in self.unnamed) == 1
            group, exact = self._meant(unnamed.result.name or "", unnamed)
            if not group and alone:
                group, exact = self._meant(last, unnamed)
            if unnamed.left and not (exact and not set(group) & set(unnamed.left)):
                for one in unnamed.left:
                    item = _Item(f"{known} {id(one)}", one.tex, None, unnamed.line, one)
                    self.agreed[item.label] = _Agreed(item, 0.0, "returned", label)
                continue
            if place == "-1":
                continue
            wrong = next((one for one in group if one in unnamed.pairs), None)
            wrong = wrong or self._scaled(unnamed)
            if wrong is None and self.codes and unnamed.usual:
                wrong = unnamed.usual[0]  # but for the values that its code treats otherwise
            if wrong is not None:
                self.returns_other(label, unnamed, wrong)
            if not any(other.startswith(f"{label} -1 ") for other in self.agreed):
                reason = f"what it returns, line {unnamed.line}, is on no side of an equation here"
                self._give_up(label, reason)
                self.page.leave_open(self, label, unnamed)

    def _meant(self, name: str, unnamed: _Unnamed) -> tuple[list[Stated], bool]:
        """What a value must be by the name of its function, or by its own."""
        key = self.page.names.get(name)
        if key is not None:
            return [one for one in self.page.stated if one.key == key and one.update is None], True
        inputs = unnamed.inputs
        may_be = [
            one for one in self.page.stated if one.key not in inputs and not one.states & inputs
        ]
        return named_so(name, self.checked, may_be) if name else ([], False)

    def _scaled(self, unnamed: _Unnamed) -> Stated | None:
        """What a value is a plain multiple of, in all draws: half of it, its negative, n times it."""
        of = unnamed.result.of
        local = self.page.names.get(of) if of and of not in self.one.wanted.names else None
        for one, pairs in unnamed.pairs.items():
            if one not in unnamed.may_be:
                continue
            is_local = local is not None and one.key == local and one.update is None
            if not is_local and all(page.numel() == 1 for _, _, page, *_ in pairs):
                continue  # any two numbers are multiples of each other
            ratios = [_ratio(page, code) for _, _, page, code, *_ in pairs]
            known = [ratio for ratio in ratios if ratio is not None]
            if len(known) < 4 or len(known) < len(ratios) * 0.6:
                continue
            if max(known) - min(known) <= 1e-3 * abs(known[0]):
                return one
        return None

    # --- what is told -----------------------------------------------------------------------

    def returns_other(self, label: str, unnamed: _Unnamed, one: Stated) -> None:
        """Tells of a value that is not what it is meant to be."""
        pairs = unnamed.pairs[one]
        apart = [pair for pair in pairs if not torch.allclose(*pair[2:4], rtol=1e-4, atol=0)]
        usual = [pair for pair in apart if pair[-1]]
        evaluator, draw, expected, tensor, line, is_usual = next(iter([*usual, *apart, *pairs]))
        notes = self._places(unnamed.result.of or "", line)
        differs = Comparison(False, True, 1.0, expected.numel(), expected, tensor)
        notes += _told(differs, evaluator, draw, is_usual)
        self._refuse(f"{self._full(label)} returns something else than {one.tex}", one, notes)

    def _disagree(
        self,
        label: str,
        item: _Item,
        verdict: Comparison | str | None,
        bound_right: bool,
        evaluator: Evaluator,
        draw: int,
    ) -> None:
        """Tells of a value that is not the page's.

        Raises:
            _Wrong: Always, unless the function draws random numbers of its own.
        """
        if self._is_random(evaluator, draw, item):
            raise CannotCallError("it gives other values each time")
        file, line = relative(self._file()), item.line
        full = self._full(label)
        if bound_right:
            watched = self._call(evaluator, draw, watch=True)
            local = watched.record.locals.get(item.name) if watched else None
            changed = local.changed if local else 0
            message = f"{full} changes {item.name} after line {line} of {file}"
            notes = self._places("", line, changed)
        elif item.kind == "line":
            filled = not _same_value(item.bound, item.value)
            message = f"{full} computes {item.name} otherwise, line {line} of {file}"
            if filled:
                message = f"{full} ends with another {item.name}, bound in line {line} of {file}"
            notes = self._places("", line)
        elif item.kind == "final":
            message = f"{full} gives {item.name} another value, by line {line} of {file}"
            notes = self._places("", line)
        else:
            message = f"{full} returns another {item.name}, line {line} of {file}"
            notes = self._places(item.name, line)
            if item.why:
                notes.append(item.why)
        if isinstance(verdict, str):
            family = self.checked.book.family(item.stated.key[0]) if item.stated.key else None
            sizes = [evaluator.size(size) for size in item.stated.shape]
            if family is not None and not family.column and sizes[1:] == [1]:
                sizes = sizes[:1]
            notes.append(f"there {item.name} has the shape {verdict}, here {tuple(sizes)}")
        elif verdict is not None:
            notes += _told(verdict, evaluator, draw, not self.searches)
        self._refuse(message, item.stated, notes)

    def _is_random(self, evaluator: Evaluator, draw: int, item: _Item) -> bool:
        found = [self._call(evaluator, draw, seed=seed) for seed in (0, 1)]
        values = [
            next(
                (
                    as_tensor(one.value)
                    for one in self._items(each, self.function.name)
                    if one.label == item.label
                ),
                None,
            )
            for each in found
            if each is not None
        ]
        if len(values) < 2 or values[0] is None or values[1] is None:
            return False
        if values[0].shape != values[1].shape:
            return True
        # Threads add in any order, which moves the last digits.
        return not torch.allclose(values[0], values[1], rtol=1e-9, atol=0.0, equal_nan=True)

    def _file(self) -> str:
        inner = self.function.inner or innermost(self.one.call)
        return inner.__code__.co_filename if inner else ""

    def _full(self, label: str) -> str:
        return self.function.full_name + label.removeprefix(self.function.name)

    def _places(self, name: str, *lines: int) -> list[str]:
        """The lines of code that a difference comes from, with that which binds a name first."""
        first = self.agreed.get(f"{self.function.name}: {name}") if name else None
        chosen = [first.item.line] if first is not None else []
        chosen += [line for line in lines if line]
        file = self._file()
        found = []
        for line in dict.fromkeys(chosen):
            source = linecache.getline(file, line).strip()
            if source:
                found.append(f"{relative(file)}:{line} has: {source}")
        return found

    def _refuse(self, message: str, stated: Stated, notes: Sequence[str]) -> NoReturn:
        _told_at(self.checked, self.function, stated, message, notes)
        raise _Wrong

    def _confirm(self, one: _Agreed) -> None:
        checked, stated = self.checked, one.item.stated
        checked.checker.tested |= stated.tested
        if stated.update is not None:
            checked.checker.tested.add(stated.update)
        file = relative(self._file())
        for equation in self._equations(stated):
            witness = Witness(
                one.kind,
                f"{self._full(one.label)}: {one.item.name}",
                file,
                one.item.line,
                one.difference,
            )
            known = {(other.kind, other.name, other.line) for other in equation.witnesses}
            if (witness.kind, witness.name, witness.line) not in known:
                equation.witnesses.append(witness)

    def _equations(self, stated: Stated) -> Iterator[Any]:
        if stated.key is None:
            if stated.equation is not None:
                yield stated.equation
            return
        for result in self.checked.results:
            states = result.updates if stated.update is not None else result.states
            if stated.key in states and result.verdict != "failed":
                yield self.checked.checker.equations[result.statement.place]


def calls_of(evaluator: Evaluator, at_numbers: bool = False) -> list[int]:
    """The draws that a function is called with: of ordinary size, and some that search.

    Args:
        evaluator: All draws.
        at_numbers: Whether code compares with numbers, so that each symbol is tried at each of them.
    """
    left = dict(_CALLS)
    if at_numbers:
        left |= {"points": min(3 * (len(evaluator.drawer.points) + 1), _MOST_AT_NUMBERS)}
    found = []
    for draw, mode in enumerate(evaluator.drawer.modes):
        if left.get(mode, 0):
            left[mode] -= 1
            found.append(draw)
    return found


def _calls_of(text: str) -> Iterator[tuple[str, list[str], list[str], int]]:
    """Calls of the page's code: function, names of the results, names of the arguments, line."""
    for code in find_code(text):
        if code.kind not in ("python", "hidden"):
            continue
        try:
            tree = ast.parse(code.padded)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
                continue
            target, call = node.targets[0], node.value
            targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            if call.keywords or not all(
                isinstance(one, ast.Name) for one in (*targets, *call.args)
            ):
                continue
            yield (
                ast.unparse(call.func),
                [one.id for one in targets if isinstance(one, ast.Name)],
                [one.id for one in call.args if isinstance(one, ast.Name)],
                node.lineno,
            )


def _value_at(place: int, found: Called) -> object:
    """A value that a call returned, by its place; all of them for -1."""
    results = found.record.results
    if place < 0:
        return found.record.whole
    return results[place].value if place < len(results) else None


def _told_at(
    checked: Checked, function: PageFunction, stated: Stated, message: str, notes: Sequence[str]
) -> None:
    """A finding at the equation that code disagrees with; at the function where it has none."""
    equation = stated.equation
    if equation is not None:
        start, end = (equation.body_start + place for place in (stated.start, stated.end))
        equation.findings.append(Finding("code", message, start, end, tuple(notes)))
        equation.verdict = "failed"
        return
    checked.report.findings.append(
        Finding("code", message, function.start, function.end, tuple(notes))
    )


def _told(
    comparison: Comparison, evaluator: Evaluator, draw: int, is_usual: bool = True
) -> list[str]:
    """What a difference looks like, of page and code."""
    sizes = list(evaluator.drawer.dimensions.items())
    notes = told(comparison, sizes)
    is_usual = is_usual and evaluator.drawer.modes[draw] in _ORDINARY
    if comparison.right.numel() == 1 and not is_usual:
        notes = [example(comparison.left, comparison.right)]  # a ratio there is one by chance
    return [note.replace("right", "code").replace("left", "page") for note in notes]


def _is_right(verdict: Comparison | str | None) -> bool:
    return isinstance(verdict, Comparison) and verdict.holds


def _tolerance(record: Trace, value: object) -> float:
    """How exact a result can be: as exact as the least exact number that the function worked with."""
    found = {_precision(value), *(_precision(local.value) for local in record.locals.values())}
    found |= {_precision(local) for local in record.parameters.values()}
    found |= {_precision(result.value) for result in record.results}
    exact = as_tensor(value)
    if exact is not None and bool((exact.float().double() == exact).all()):
        found.add("float32")  # what `.item()` of a float32 tensor gives
    return max(_TOLERANCES.get(name, 1e-9) for name in found)


def _precision(value: object) -> str:
    if isinstance(value, list | tuple) and value:
        return _precision(value[0])
    return str(getattr(value, "dtype", "float64")).removeprefix("torch.")


def _same_value(one: object, other: object) -> bool:
    """Whether a value is the one that was given, in whatever form it is now."""
    first, second = as_tensor(one), as_tensor(other)
    if first is None or second is None:
        return first is second
    if first.numel() != second.numel():
        return False
    first, second = first.flatten(), second.flatten()
    return bool(torch.isclose(first, second, rtol=1e-2 * 2**-5, atol=0, equal_nan=True).all())


def _shape(value: object) -> tuple[int, ...]:
    tensor = as_tensor(value)
    return tuple(getattr(value, "shape", ())) if tensor is None else tuple(tensor.shape)


def _ratio(page: Tensor, code: Tensor) -> float | None:
    """The one number that all entries of the page's value are multiplied by."""
    kept = torch.isfinite(page) & torch.isfinite(code) & (page.abs() > 0)
    if not bool(kept.any()) or bool((~kept & (code != 0)).any()):
        return None
    ratios = code[kept] / page[kept]
    first = float(ratios[0])
    if first == 0 or float((ratios - first).abs().max()) > 1e-4 * abs(first):
        return None
    return first


def _short(value: object) -> str:
    """A value in a few characters."""
    tensor = as_tensor(value)
    if tensor is None:
        return type(value).__name__
    if tensor.numel() == 1:
        return f"{float(tensor):.4g}"
    shape = " × ".join(map(str, tensor.shape))
    few = ", ".join(f"{float(one):.3g}" for one in tensor.flatten()[:3])
    return f"{shape} numbers ({few}{', …' if tensor.numel() > 3 else ''})"


# --- function symbols -----------------------------------------------------------------------


def _function_symbol(checked: Checked, function: PageFunction) -> Family | None:
    """The symbol σ for the function `sigmoid`."""
    last = function.last_name
    for family in checked.book.notation.all():
        if family.kind == "function" and (family.python or obvious_name(family.letter, [])) == last:
            if family.letter in checked.book.functions:
                return family
    return None


def _ask_function_symbol(page: _Page, function: PageFunction, family: Family) -> None:
    """Compares what a function returns with what its symbol stands for."""
    checked = page.checked
    definition = checked.book.functions[family.letter]
    try:
        said = checked.book.function_definition(family.key)
    except NO_VALUE:
        return
    if said.body is None:
        page.notice(function, f"nothing says what {family.tex} is")
        return
    body = said.body
    draws = checked.checker.at_end().fitting(body)

    own = definition.statement.own
    stated = Stated(
        family.tex,
        said.shape,
        term=body,
        equation=checked.checker.equations[definition.statement.place] if own else None,
        start=definition.right.start,
        end=definition.right.end,
        tested=frozenset({definition}),
        compute=lambda evaluator: (
            evaluator.with_formals(
                {
                    name: Array((), value)
                    for name, value in _formals(checked, family, said, evaluator)
                },
                body,
            ).tensor
        ),
    )
    names = list(function.accepts)[: len(said.shapes)]
    if len(names) < len(said.shapes):
        page.notice(function, f"it takes fewer arguments than {family.tex}")
        return
    try:
        one = callee(function, page.names, page.sizes, page.namespace, frozenset(names))
        comparing = _Comparing(page, function, one)
        asked = [(each, draw) for each in draws for draw in calls_of(each)]
        if comparing.numbers:
            at_numbers = checked.checker.at_end().fitting(body, numbers=comparing.numbers)
            asked += [(each, draw) for each in at_numbers for draw in calls_of(each, True)]
        differences = [
            comparing.returns(
                stated, names, _formals(checked, family, said, evaluator), evaluator, draw
            )
            for evaluator, draw in asked
        ]
    except CannotCallError as error:
        page.notice(function, str(error))
        return
    except _Wrong:
        return
    known = [difference for difference in differences if difference is not None]
    if not known:
        page.notice(function, f"{family.tex} has no value here")
        return
    checked.checker.tested |= stated.tested
    inner = function.inner or innermost(function.function)
    file, line = (
        ("", 0)
        if inner is None
        else (relative(inner.__code__.co_filename), inner.__code__.co_firstlineno)
    )
    if stated.equation is not None and not any(
        w.name == function.full_name for w in stated.equation.witnesses
    ):
        stated.equation.witnesses.append(
            Witness("function", function.full_name, file, line, max(known))
        )
    page.agreed(function)
    page.note_ways(function, comparing.codes, comparing.options - set(names), comparing.ways)


def _formals(
    checked: Checked, family: Family, said: Function, evaluator: Evaluator
) -> list[tuple[str, Tensor]]:
    """Values for the parameters of a function's symbol.

    A parameter that is a symbol of the page has the values that this has; another one is drawn from
    the set that the function is declared for.
    """
    from nn3doc.equations.meaning import Elaborator

    found = []
    for place, (name, shape) in enumerate(zip(said.parameter_names, said.shapes, strict=True)):
        source = family.source or ()
        domain = source[place][0] if place < len(source) else None
        sizes = [evaluator.size(size) for size in shape] or [1, 1]
        with contextlib.suppress(*NO_VALUE):
            term = Elaborator(checked.book, {}, "w").term(said.parameters[place])
            value = evaluator(term).tensor.detach()
            found.append((name, value.expand(evaluator.draws, *value.shape[1:])))
            continue
        own = Family(name, (), "value", (), name, domain or REAL)
        value = evaluator.drawer.draw((f"parameter {name}", ()), own, sizes)
        found.append((name, value.detach()))
    return found


def _as_python(value: Tensor) -> Tensor:
    """A value as a function takes it: a number, a vector with one axis, a matrix."""
    if value.numel() == 1:
        return value.reshape(())
    return value.squeeze(-1) if value.shape[-1] == 1 else value
