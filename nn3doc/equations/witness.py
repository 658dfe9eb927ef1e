"""Question 5: is it what the code does?

Three kinds of evidence, each independent of the page's own definitions:

- a function that the page imports or defines is called with the values that were drawn, and its
  local variables are compared line by line: `dZ1` in `backward_propagation` with `dZ^{[1]}`;
- what it returns is compared, too;
- a symbol that a snippet above an equation has just assigned is compared with the equation's other
  side, worked out from what the snippets have assigned.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from nn3doc.equations.code import relative
from nn3doc.equations.definitions import Definition, DefinitionError
from nn3doc.equations.evaluate.arrays import TooLarge
from nn3doc.equations.evaluate.comparing import Comparison, told
from nn3doc.equations.evaluate.evaluator import Evaluator, Key, MissingValue
from nn3doc.equations.evaluate.samples import SMOOTH
from nn3doc.equations.families import Family, NotationError
from nn3doc.equations.functions import PageFunction, imported_functions
from nn3doc.equations.own_mistakes import guarded
from nn3doc.equations.python_names import (
    from_python,
    obvious_name,
    python_names,
    python_sizes,
    to_python,
)
from nn3doc.equations.report import Equation, Finding, Witness
from nn3doc.equations.sizes import Size
from nn3doc.equations.snippet_values import Snippets
from nn3doc.equations.terms import Term
from nn3doc.equations.trace import Trace, trace
from nn3doc.equations.tree import Relation
from nn3doc.equations.witness_snippets import ask_snippets

if TYPE_CHECKING:
    from nn3doc.equations.page import Checked
    from nn3doc.equations.statements import Result

_DRAWN = ("It is called with random values: let it take them.",)
_TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4}


@dataclass(frozen=True)
class _Compared:
    """One variable of a function held against the page."""

    name: str
    key: Key
    line: int
    file: str
    difference: float
    update: bool


def add_witnesses(
    checked: Checked, text: str, path: str, snippets: Snippets | None,
    replaced: Mapping[str, Callable[..., Any]] | None = None,
) -> None:  # fmt: skip
    """Adds the evidence of code to a report, and findings where code and page disagree.

    Args:
        checked: The page as checked so far.
        text: The page.
        path: Its path.
        snippets: What its snippets have assigned, where they have run.
        replaced: Other functions for some full names: mutated ones.
    """
    names = python_names(checked.book)
    checked.book.current = None
    for function in imported_functions(text, path):
        call = (replaced or {}).get(function.full_name)
        with guarded(checked.report.findings.append, function.start, function.end, "function"):
            _ask_function(checked, function, call or function.function, names)
    if snippets is not None:
        ask_snippets(checked, snippets, names)


# --- functions ------------------------------------------------------------------------------


def _ask_function(
    checked: Checked, function: PageFunction, call: Callable[..., Any], names: dict[str, Key]
) -> None:
    sizes = python_sizes(checked.book)
    checker = checked.checker
    checker.use_all()
    found: dict[str, _Compared] = {}
    symbol = _function_symbol(checked, function)
    if symbol is not None:
        _ask_function_symbol(checked, function, call, symbol)
        return
    for evaluator in checker.evaluators:
        arguments = _arguments(checked, function, evaluator, names, sizes)
        if arguments is None:
            return
        record = trace(call, arguments)
        if record.error:
            checked.report.findings.append(
                Finding("code", f"{function.name} fails for the values of this page: "
                        f"{record.error}", function.start, function.end, _DRAWN, failing=False)
            )  # fmt: skip
            return
        compared = _compare_variables(checked, function, record, evaluator, names, set(arguments))
        if compared is None:
            return
        for one in compared:
            before = found.get(one.name)
            if before is None or one.difference > before.difference:
                found[one.name] = one
    for one in found.values():
        _confirm(checked, function, one)


def _arguments(
    checked: Checked, function: PageFunction, evaluator: Evaluator, names: dict[str, Key],
    sizes: dict[str, Size], given: Mapping[str, object] | None = None, draw: int = 0,
) -> dict[str, object] | None:  # fmt: skip
    """Values for a function's parameters; None if one of them is no symbol of the page."""
    import inspect

    arguments: dict[str, object] = dict(given or {})
    try:
        parameters = inspect.signature(function.function).parameters.values()
    except (TypeError, ValueError):
        return None
    for parameter in parameters:
        optional = parameter.default is not inspect.Parameter.empty or parameter.kind in (
            inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
        )  # fmt: skip
        if parameter.name in arguments:
            continue
        if parameter.name in sizes:
            arguments[parameter.name] = evaluator.size(sizes[parameter.name])
            continue
        key = names.get(parameter.name)
        if key is None:
            if optional:
                continue
            return None
        try:
            value = evaluator.symbol(key).detach()[draw]
        except (NotationError, DefinitionError, MissingValue, TooLarge):
            return None
        family = checked.book.family(key[0])
        shaped = to_python(value, checked.book.shape_of_key(key), family)
        arguments[parameter.name] = float(shaped) if shaped.ndim == 0 else shaped.clone()
    return arguments or None


def _compare_variables(
    checked: Checked, function: PageFunction, record: Trace, evaluator: Evaluator,
    names: dict[str, Key], given: set[str],
) -> list[_Compared] | None:  # fmt: skip
    """Holds a function's variables against the page, in the order of its lines.

    Returns:
        What agrees; None if something disagrees, which is then a finding.
    """
    compared: list[_Compared] = []
    variables = [
        (local.line, local.name, local.value, local.file, local.parameter)
        for local in record.locals.values()
    ]
    last = function.full_name.rpartition(".")[2]
    if len(record.results) == 1 and record.results[0].name is None and last in names:
        value = record.results[0].value
        variables.append((record.return_line, last, value, record.file, False))
    for line, name, value, file, parameter in sorted(variables, key=lambda v: v[:2]):
        key = names.get(name)
        if key is None:
            continue
        expected = _expected(checked, key, parameter, evaluator)
        if expected is None:
            continue
        shape = checked.book.shape_of_key(key)
        found = from_python(value, shape)
        comparison = _hold(found, expected)
        tolerance = _TOLERANCES.get(getattr(value, "dtype", torch.float64), 1e-9)
        if comparison is None or comparison.difference > tolerance:
            _disagree(checked, function, (name, key, line, file), comparison, evaluator, value)
            return None
        compared.append(_Compared(name, key, line, file, comparison.difference, parameter))
    return compared


def _expected(checked: Checked, key: Key, parameter: bool, evaluator: Evaluator) -> Tensor | None:
    """What the page says of a variable; None if it says nothing of it."""
    book = checked.book
    try:
        if parameter:
            found = book.find(key, updates=True)
            if found is None:
                return None
            return evaluator(book.elaborated(found, key)[0]).tensor.detach()[0]
        if book.find(key) is None:
            return None
        return evaluator.symbol(key).detach()[0]
    except (NotationError, DefinitionError, MissingValue, TooLarge):
        return None


def _hold(found: Tensor | None, expected: Tensor) -> Comparison | None:
    if found is None or found.shape != expected.shape:
        return None
    finite = bool(found.isfinite().all() and expected.isfinite().all())
    if not finite:
        return Comparison(False, False, float("inf"), found.numel(), expected, found)
    size = float(torch.maximum(found.abs(), expected.abs()).max())
    gap = float((found - expected).abs().max())
    return Comparison(gap == 0, True, gap / size if gap else 0.0, found.numel(), expected, found)


def _disagree(
    checked: Checked, function: PageFunction, variable: tuple[str, Key, int, str],
    comparison: Comparison | None, evaluator: Evaluator, value: object,
) -> None:  # fmt: skip
    name, key, line, file = variable
    place = f"{relative(file)}:{line}" if file else function.full_name
    source = linecache.getline(file, line).strip() if file and line else ""
    result, equation = _stated(checked, key)
    notes: list[str] = []
    if source:
        notes.append(f"{place} has: {source}")
    if comparison is None:
        shape = tuple(getattr(value, "shape", ()))
        notes.append(f"there {name} has the shape {shape}, here "
                     f"{tuple(evaluator.symbol(key).shape[-2:])}")  # fmt: skip
    else:
        notes += [note.replace("right", "code").replace("left", "page") for note in told(
            comparison, list(evaluator.drawer.dimensions.items()))]  # fmt: skip
    message = f"{function.full_name} computes {name} otherwise, line {line} of {relative(file)}"
    if result is not None and equation is not None:
        node = result.statement.node
        where = node.sides[-1] if isinstance(node, Relation) else node
        start, end = equation.body_start + where.start, equation.body_start + where.end
        equation.findings.append(Finding("code", message, start, end, tuple(notes)))
        equation.verdict = "failed"
        return
    checked.report.findings.append(
        Finding("code", message, function.start, function.end, tuple(notes))
    )


def _stated(checked: Checked, key: Key) -> tuple[Result | None, Equation | None]:
    """The first statement of the page that has a symbol on its left side."""
    for result in checked.results:
        if key in result.states and result.verdict in ("defines", "holds", "declares"):
            return result, checked.checker.equations[result.statement.place]
    return None, None


def _confirm(checked: Checked, function: PageFunction, one: _Compared) -> None:
    checked.checker.tested |= checked.checker.closure_of(one.key)
    update = checked.book.find(one.key, updates=True) if one.update else None
    for result in checked.results:
        states = one.key in (result.updates if one.update else result.states)
        if not states or result.verdict == "failed":
            continue
        equation = checked.checker.equations[result.statement.place]
        witness = Witness(
            "line", f"{function.full_name}: {one.name}", relative(one.file) if one.file else "",
            one.line, one.difference,
        )  # fmt: skip
        if witness not in equation.witnesses:
            equation.witnesses.append(witness)
    if update is not None:
        checked.checker.tested.add(id(update))


# --- function symbols -----------------------------------------------------------------------


def _function_symbol(checked: Checked, function: PageFunction) -> Family | None:
    """The symbol σ for the function `sigmoid`."""
    last = function.name.rpartition(".")[2]
    for family in checked.book.notation.all():
        if family.kind == "function" and (family.python or obvious_name(family.letter, [])) == last:
            if family.letter in checked.book.functions:
                return family
    return None


def _ask_function_symbol(
    checked: Checked, function: PageFunction, call: Callable[..., Any], family: Family
) -> None:
    from nn3doc.equations.shapes import Elaborator

    definition = checked.book.functions[family.letter]
    try:
        term = Elaborator(checked.book, {}, "w").term(definition.left)
        draws = checked.checker.draws(term)
    except (NotationError, DefinitionError):
        return
    for evaluator in draws:
        for draw in _asked_draws(evaluator):
            if not _same_function(checked, function, call, definition, term, evaluator, draw):
                return


def _asked_draws(evaluator: Evaluator) -> list[int]:
    """The draws that a function is called with: of ordinary size, and some of those that search."""
    further = range(len(SMOOTH), evaluator.draws)
    return [0, 1, *further[:: max(1, len(further) // 12)]]


def _same_function(
    checked: Checked, function: PageFunction, call: Callable[..., Any], definition: Definition,
    term: Term, evaluator: Evaluator, draw: int,
) -> bool:  # fmt: skip
    """Whether a function returns what its symbol stands for, for one draw."""
    book = checked.book
    family = book.family(definition.family)
    try:
        values = []
        for argument in term.arguments:
            shape = argument.shape
            array = evaluator(argument)
            owner = book.family(argument.data[0]) if argument.operation == "family" else family
            tensor = array.tensor.detach()
            tensor = tensor[draw if tensor.shape[0] > 1 else 0]
            values.append(to_python(tensor, shape, owner).clone())
        expected = evaluator(term).tensor.detach()[draw]
        import inspect

        names = list(inspect.signature(call).parameters)
    except (NotationError, DefinitionError, MissingValue, TooLarge, ValueError, TypeError):
        return False
    if len(names) < len(values):
        return False
    arguments = _arguments(
        checked, function, evaluator, python_names(book), python_sizes(book),
        dict(zip(names, values, strict=False)), draw,
    )  # fmt: skip
    if arguments is None:
        return False
    if draw and not bool(expected.isfinite().all()):
        return True  # the symbol has no value there
    record = trace(call, arguments)
    if record.error:
        checked.report.findings.append(
            Finding("code", f"{function.name} fails for the values of this page: {record.error}",
                    function.start, function.end, _DRAWN, failing=False)
        )  # fmt: skip
        return False
    comparison = _hold(from_python(record.returned, term.shape), expected)
    equation = (
        checked.checker.equations[definition.statement.place]
        if (definition.statement.own)
        else None
    )
    if comparison is None or comparison.difference > 1e-9:
        notes = (
            []
            if comparison is None
            else [
                note.replace("right", "code").replace("left", "page")
                for note in told(comparison, list(evaluator.drawer.dimensions.items()))
            ]
        )
        message = f"{function.full_name} returns something else than {family.tex}"
        if equation is not None:
            start = equation.body_start + definition.right.start
            end = equation.body_start + definition.right.end
            equation.findings.append(Finding("code", message, start, end, tuple(notes)))
            equation.verdict = "failed"
        else:
            checked.report.findings.append(
                Finding("code", message, function.start, function.end, tuple(notes))
            )
        return False
    checked.checker.tested |= {id(definition)}
    if equation is not None:
        witness = Witness("function", function.full_name, relative(record.file) if record.file
                          else "", record.line, comparison.difference)  # fmt: skip
        if not any(w.name == witness.name for w in equation.witnesses):
            equation.witnesses.append(witness)
    return True
