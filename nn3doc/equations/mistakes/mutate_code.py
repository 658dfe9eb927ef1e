"""Plants single mistakes in functions of a package: do the pages' equations, or its tests, catch them?

A mistake counts as caught only by what fails a build: a finding that `nn3doc check` exits with 1
for, or a test that fails. The tests of each mistake run in a process of their own.
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from nn3doc.equations.code import Planting
from nn3doc.equations.isolate import Limits, Pending, WarmProcess, answers
from nn3doc.equations.mistakes.mutate import Mutant, Tally
from nn3doc.equations.report import Report
from nn3doc.equations.verdict import Checked

__all__ = ["BrokenTestsError", "Mistake", "mutants", "mutate_modules", "tests_fail"]

_LIMITS = Limits(seconds=120.0)  # of the tests of one mistake
_AT_ONCE = 2  # mistakes that are tested at the same time


@dataclass(frozen=True)
class Mistake:
    """A function with one mistake in it.

    Attributes:
        kind: What kind of mistake.
        line: Its line in the module.
        before: The statement as it is written, or what of it is on its first line.
        after: The same with the mistake.
        function: The whole function with the mistake.
    """

    kind: str
    line: int
    before: str
    after: str
    function: ast.FunctionDef


def mutate_modules(
    names: Sequence[str],
    checked: Mapping[str, Checked],
    explained: Sequence[dict[str, str]] = (),
    tests: Sequence[Path] = (),
) -> Tally:
    """Plants single mistakes in functions of modules.

    Args:
        names: Full names of the modules.
        checked: Pages without findings, by path.
        explained: Survivors with a reason; `page` is the module's name.
        tests: Files of tests, which are asked about what no page catches. Without any, mistakes are
            planted only in those functions that pages compare their equations with.

    Raises:
        BrokenTestsError: The tests fail without any mistake.
    """
    tally = Tally()
    held = [_Page(path, found) for path, found in checked.items()]
    reasons = {(e["page"], e["original"], e["mutated"]): e["reason"] for e in explained}
    uncaught: list[tuple[int, str, Mistake]] = []
    for name in names:
        module = import_module(name)
        for function in ast.parse(inspect.getsource(module)).body:
            if not isinstance(function, ast.FunctionDef):
                continue
            full = f"{name}.{function.name}"
            pages = _pages_with(full, held)
            for mistake in mutants(function) if pages or tests else ():
                by = _caught(full, _compiled(module, mistake.function), pages)
                reason = reasons.get((name, mistake.before, mistake.after), "")
                fate = "caught" if by else "explained" if reason else "survived"
                if not by:
                    uncaught.append((len(tally.mutants), name, mistake))
                tally.mutants.append(
                    Mutant(
                        name,
                        mistake.line,
                        f"code: {mistake.kind}",
                        mistake.before,
                        mistake.after,
                        fate,
                        by or reason,
                    )
                )
    if tests:
        for index, by in _tested(uncaught, tests):
            tally.mutants[index] = replace(tally.mutants[index], fate="caught", by=by)
    return tally


def _pages_with(full: str, pages: Sequence[_Page]) -> list[_Page]:
    """The pages that import a function, if any of them compares an equation with it."""
    found = [page for page in pages if full in page.imported]
    return found if any(name.startswith(full) for one in found for name in one.compared) else []


# --- which mistakes -----------------------------------------------------------------------------


def mutants(function: ast.FunctionDef) -> Iterator[Mistake]:
    """Every single mistake in what a function computes, in its decorators and in what it returns."""
    nodes = list(ast.walk(function))
    places = {id(node): place for place, node in enumerate(nodes)}
    known = {node.arg for node in nodes if isinstance(node, ast.arg)}
    known |= {node.id for node in nodes if isinstance(node, ast.Name)}
    for statement in _statements(function):
        for kind, other in _other_statements(statement):
            yield _mistake(function, places[id(statement)], statement, statement, kind, other)
        for node in _expressions(statement):
            for kind, changed in _other_expressions(node):
                if isinstance(changed, ast.Name) and changed.id not in known:
                    continue  # a name that is not there is nobody's mistake
                yield _mistake(function, places[id(node)], statement, node, kind, changed)
    for decorator in function.decorator_list:
        whole = copy.deepcopy(function)
        del whole.decorator_list[function.decorator_list.index(decorator)]
        before = f"@{ast.unparse(decorator)}"
        yield Mistake("decorator", decorator.lineno, before, "no decorator", whole)
        for place, keyword in enumerate(getattr(decorator, "keywords", ())):
            whole = copy.deepcopy(function)
            call: Any = whole.decorator_list[function.decorator_list.index(decorator)]
            del call.keywords[place]
            after = f"@{ast.unparse(call)}"
            yield Mistake("decorator", keyword.value.lineno, before, after, whole)


def _mistake(
    function: ast.FunctionDef,
    place: int,
    statement: ast.stmt,
    node: ast.AST,
    kind: str,
    changed: ast.AST,
) -> Mistake:
    whole = copy.deepcopy(function)
    nodes = list(ast.walk(whole))
    old = nodes[place]
    shown = nodes[list(ast.walk(function)).index(statement)]
    changed = ast.fix_missing_locations(copy.deepcopy(changed))
    _replace(whole, old, changed)
    if old is shown:
        shown = changed
    ast.fix_missing_locations(whole)
    line = getattr(node, "lineno", statement.lineno)
    return Mistake(kind, line, _first_line(statement), _first_line(shown), whole)


def _first_line(node: ast.AST) -> str:
    """A statement as Python writes it; of one with a body, what stands before that."""
    text = ast.unparse(node)
    return text.partition("\n")[0] if hasattr(node, "body") else text


def _statements(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    """The statements of a function, those within others too; not its docstring."""
    for node in ast.walk(function):
        if not isinstance(node, ast.stmt) or node is function:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield node


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement that it reads, without those of statements within it."""
    todo: list[ast.AST] = [statement]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            if isinstance(child, ast.stmt | ast.excepthandler):
                continue
            todo.append(child)
            if isinstance(child, ast.expr) and not isinstance(
                getattr(child, "ctx", None), ast.Store
            ):
                yield child


def _other_statements(statement: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """What people write instead of a statement, or forget."""
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
        yield "left out", ast.Pass()
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return
    target, value = statement.targets[0], statement.value
    if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name):
        if value.left.id == target.id:
            yield "in place", ast.AugAssign(copy.deepcopy(target), value.op, value.right)
    if isinstance(value, ast.Call | ast.BinOp | ast.UnaryOp):
        for name, arguments in _METHODS.items():
            numbers = [ast.Constant(number) for number in arguments]
            call = ast.Call(ast.Attribute(copy.deepcopy(value), name, ast.Load()), [*numbers], [])
            yield f".{name}", ast.Assign([copy.deepcopy(target)], call)


# Methods that are called on a result, with their arguments.
_METHODS: dict[str, tuple[float, ...]] = {
    "detach": (),
    "round": (),
    "float": (),
    "clamp": (0.001, 0.999),
}


def _other_expressions(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What people write instead of an expression."""
    for kinds in (_of_operators, _of_names, _of_calls, _of_constants):
        yield from kinds(node)


_OPERATORS: dict[type[ast.operator], list[ast.operator]] = {
    ast.MatMult: [ast.Mult()],
    ast.Mult: [ast.MatMult(), ast.Add(), ast.Div()],
    ast.Add: [ast.Sub()],
    ast.Sub: [ast.Add()],
    ast.Div: [ast.Mult()],
}
_COMPARISONS: dict[type[ast.cmpop], list[ast.cmpop]] = {
    ast.Gt: [ast.GtE(), ast.Lt()],
    ast.GtE: [ast.Gt(), ast.Lt()],
    ast.Lt: [ast.LtE(), ast.Gt()],
    ast.LtE: [ast.Lt(), ast.Gt()],
    ast.Eq: [ast.NotEq()],
    ast.NotEq: [ast.Eq()],
    ast.Is: [ast.IsNot()],
    ast.IsNot: [ast.Is()],
}


def _of_operators(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield "transpose", node.value
    if isinstance(node, ast.BinOp):
        for operator in _OPERATORS.get(type(node.op), []):
            yield "operator", ast.BinOp(node.left, operator, node.right)
        if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
            yield "order", ast.BinOp(node.right, node.op, node.left)
        if isinstance(node.op, ast.Div | ast.Add | ast.Sub | ast.Mult):
            yield "part left out", node.left
            yield "part left out", node.right
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", node.operand
    if isinstance(node, ast.Compare):
        for comparison in _COMPARISONS.get(type(node.ops[0]), []):
            yield "comparison", ast.Compare(node.left, [comparison], node.comparators)


def _of_names(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in _neighbours(node.id):
            yield "name", ast.Name(other, ast.Load())
    if isinstance(node, ast.Tuple):  # what is returned, most of all
        for place in range(len(node.elts)):
            items = list(node.elts)
            if place:
                items[place - 1], items[place] = items[place], items[place - 1]
                yield "order of results", ast.Tuple(items, node.ctx)
        for place, item in enumerate(node.elts):
            items = list(node.elts)
            items[place] = ast.BinOp(item, ast.Mult(), ast.Constant(2))
            yield "result", ast.Tuple(items, node.ctx)


def _neighbours(name: str) -> list[str]:
    """The same name of the other layer: A1 and A2."""
    if name[-1:] in "012" and name[:-1] in ("A", "W", "Z", "b", "dZ", "dW", "db"):
        return [name[:-1] + digit for digit in "012" if digit != name[-1]]
    return []


# Other functions and methods of the same arguments, and what another dtype is.
_CALLS = {
    "mean": ["sum", "amax"],
    "sum": ["mean", "amax"],
    "sigmoid": ["tanh", "relu"],
    "log": ["log2", "log1p"],
    "round": ["floor", "ceil", "trunc"],
    "randn": ["rand"],
    "zeros": ["ones"],
    "ones": ["zeros"],
}


def _of_calls(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if not isinstance(node, ast.Call):
        return
    function, given = node.func, node.args
    if isinstance(function, ast.Attribute):
        for other in _CALLS.get(function.attr, []):
            called = ast.Attribute(function.value, other, ast.Load())
            yield "call", ast.Call(called, given, node.keywords)
        is_module = isinstance(function.value, ast.Name) and function.value.id == "torch"
        if not is_module:
            yield "call left out", function.value
        if function.attr == "to":
            for name in ("float32", "float64"):
                dtype = ast.Attribute(ast.Name("torch", ast.Load()), name, ast.Load())
                yield "dtype", ast.Call(function, [dtype], [])
        if is_module and function.attr in ("randn", "zeros", "ones"):
            for name in ("float32", "float64"):
                dtype = ast.Attribute(ast.Name("torch", ast.Load()), name, ast.Load())
                keywords = [*node.keywords, ast.keyword("dtype", dtype)]
                yield "dtype", ast.Call(function, given, keywords)
        if function.attr == "sigmoid" and given:
            yield "formula", _parsed("torch.exp(x) / (1 + torch.exp(x))", given[0])
            yield "formula", _parsed("1 / (1 + torch.exp(x))", given[0])
        if function.attr == "round" and given:
            yield "formula", _parsed("(x > 0.5).float()", given[0])
            yield "formula", _parsed("(x >= 0.5).to(x.dtype)", given[0])
    for place in range(len(node.keywords)):
        keywords = list(node.keywords)
        del keywords[place]
        yield "keyword left out", ast.Call(function, given, keywords)
    for place in range(1, len(given)):
        swapped = list(given)
        swapped[place - 1], swapped[place] = swapped[place], swapped[place - 1]
        yield "order of arguments", ast.Call(function, swapped, node.keywords)


def _parsed(text: str, x: ast.expr) -> ast.expr:
    """An expression in which `x` stands for another one."""
    written = re.sub(r"\bx\b", lambda _: f"({ast.unparse(x)})", text)
    return ast.parse(written, mode="eval").body


def _of_constants(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        others = {node.value + 1, node.value - 1, -node.value, 0} - {node.value}
        for value in sorted(others):
            yield "constant", ast.Constant(value)


def _replace(root: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(root):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return
            if isinstance(value, list) and any(item is old for item in value):
                value[next(i for i, item in enumerate(value) if item is old)] = new
                return


# --- what catches them --------------------------------------------------------------------------


def _compiled(module: types.ModuleType, mutated: ast.FunctionDef) -> Callable[..., Any] | None:
    """The mutated function, in a copy of its module's namespace; None where there is none."""
    namespace = dict(vars(module))
    try:
        exec(_code(ast.Module([mutated], []), module), namespace)
    except Exception:
        return None
    found: Callable[..., Any] = namespace[mutated.name]
    return found


def _code(tree: ast.Module, module: types.ModuleType) -> types.CodeType:
    """The code of a changed part of a module; what holds for this file does not hold for it."""
    return compile(tree, str(module.__file__), "exec", dont_inherit=True)


class _Page:
    """A page that functions with a mistake are held against; its own report stays as it is.

    Attributes:
        imported: The full names of the functions that it imports.
        compared: The names of those, and of their lines, that its equations are compared with.
    """

    def __init__(self, path: str, found: Checked) -> None:
        source = found.report
        self._checker = found.checker
        self._report = Report(source.path, source.text)
        self._report.equations = [copy.copy(equation) for equation in source.equations]
        places = {id(equation): place for place, equation in enumerate(source.equations)}
        self._equations = [self._report.equations[places[id(e)]] for e in found.checker.equations]
        checked = Checked(self._report, found.book, found.checker, found.results)
        self._planting = Planting(checked, path)
        self.imported = self._planting.names()
        witnesses = [one for equation in source.equations for one in equation.witnesses]
        self.compared = {witness.name for witness in witnesses}

    def finding(self, full: str, function: Callable[..., Any]) -> str:
        """The finding that the page fails by with a function in place of the right one, or ""."""
        self._report.findings = []
        for equation in self._report.equations:
            equation.findings, equation.witnesses = [], []
        before, self._checker.equations = self._checker.equations, self._equations
        depth = sys.getrecursionlimit()
        try:
            self._planting.ask(full, function)
        finally:
            sys.setrecursionlimit(depth)
            self._checker.equations = before
        failing = (one for one in self._report.all_findings if one.kind == "code" and one.failing)
        return next((one.message for one in failing), "")


def _caught(full: str, function: Callable[..., Any] | None, pages: Sequence[_Page]) -> str:
    """The finding by which a page fails with the function in place of the right one; "" if none."""
    if function is None:
        return "it does not compile"
    return next(filter(None, (page.finding(full, function) for page in pages)), "")


class BrokenTestsError(Exception):
    """Tests fail without a mistake, so that they say nothing of one."""


def _tested(
    mistakes: Sequence[tuple[int, str, Mistake]], tests: Sequence[Path]
) -> Iterator[tuple[int, str]]:
    """Which of the mistakes tests catch, and by what.

    Raises:
        BrokenTestsError: They fail without any mistake.
    """
    modules = ("numpy", "torch", "pytest", "hypothesis", "jaxtyping", __name__)
    with WarmProcess(modules, _LIMITS, threads=1) as warm:

        def ask(name: str, source: str) -> Pending:
            arguments = {"module": name, "source": source, "tests": list(map(str, tests))}
            return warm.ask(__name__, "tests_fail", arguments, name)

        for name in dict.fromkeys(name for _, name, _ in mistakes):
            tree = ast.parse(inspect.getsource(import_module(name)))
            functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
            right = ask(name, "\n".join(map(ast.unparse, functions))).answer()
            if right.ended or right.value:
                how = right.ended.how if right.ended else f"{right.value} fails"
                raise BrokenTestsError(f"the tests of {name} fail without a mistake: {how}")
        asks = (partial(ask, name, ast.unparse(mistake.function)) for _, name, mistake in mistakes)
        for (index, _, _), answer in zip(mistakes, answers(asks, _AT_ONCE), strict=True):
            if answer.ended is not None:
                yield index, answer.ended.how
            elif answer.value:
                yield index, str(answer.value)


def tests_fail(module: str, source: str, tests: Sequence[str]) -> str:
    """The first test that fails with another function in a module; "" if all pass.

    This changes the module for good: it is for a process of its own.

    Args:
        module: The module's name.
        source: The function's source.
        tests: The files of tests.
    """
    pytest = import_module("pytest")
    found: list[str] = []

    class Listening:
        """A plugin that takes note of the first failure."""

        def pytest_runtest_logreport(self, report: Any) -> None:
            """Is called with what came of a test."""
            if report.failed:
                found.append(report.nodeid)

    changed = import_module(module)
    exec(_code(ast.parse(source), changed), vars(changed))
    options = ["-x", "-q", "-n0", "-pno:cacheprovider", "--no-header"]
    options.append("-Wignore::pytest.PytestAssertRewriteWarning")  # plugins are imported already
    code = int(pytest.main([*options, *tests], plugins=[Listening()]))
    return (found[0] if found else f"pytest ends with {code}") if code else ""
