"""Plants single mistakes in functions of a package, to see whether the pages' equations catch them."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from nn3doc.equations.functions import imported_functions
from nn3doc.equations.mutate import Mutant, Tally
from nn3doc.equations.page import Checked
from nn3doc.equations.report import Report
from nn3doc.equations.witness import add_witnesses


def mutate_modules(
    names: Sequence[str], checked: Mapping[str, Checked], explained: Sequence[dict[str, str]] = ()
) -> Tally:
    """Plants single mistakes in those functions of modules that pages hold their equations against.

    Args:
        names: Full names of the modules.
        checked: Pages without findings, by path.
        explained: Survivors with a reason; `page` is the module's name.
    """
    tally = Tally()
    reasons = {(e["page"], e["original"], e["mutated"]): e["reason"] for e in explained}
    for name in names:
        module = import_module(name)
        source = inspect.getsource(module)
        tree = ast.parse(source)
        for function in tree.body:
            if not isinstance(function, ast.FunctionDef):
                continue
            full = f"{name}.{function.name}"
            pages = {
                path: found
                for path, found in checked.items()
                if any(f.full_name == full for f in imported_functions(found.report.text, path))
            }
            if not pages or not _is_held(full, pages):
                continue
            for line, before, after, mutated in mutants(function):
                new = _compiled(module, tree, function, mutated)
                by = _caught(full, new, pages) if new is not None else "it does not compile"
                reason = reasons.get((name, before, after), "")
                fate = "caught" if by else "explained" if reason else "survived"
                tally.mutants.append(Mutant(name, line, "code", before, after, fate, by or reason))
    return tally


def mutants(
    function: ast.FunctionDef,
) -> Iterator[tuple[int, str, str, ast.FunctionDef]]:
    """Line, old text, new text and the whole function, for every single mistake in what it computes.

    In which order it returns its results is no equation's business: tests of the function hold it.
    """
    body = [s for s in function.body if isinstance(s, ast.Assign | ast.AugAssign)]
    for statement in body:
        nodes = [n for n in ast.walk(statement) if isinstance(n, ast.expr)]
        asked = {
            id(n.value)
            for n in nodes
            if isinstance(n, ast.Attribute) and n.attr in ("dtype", "shape", "device")
        }
        for place, node in enumerate(nodes):
            if id(node) in asked:
                continue  # what a tensor is asked for is no quantity
            for changed in _changes(node):
                whole = copy.deepcopy(function)
                index = function.body.index(statement)
                copied = [n for n in ast.walk(whole.body[index]) if isinstance(n, ast.expr)]
                _replace(whole.body[index], copied[place], changed)
                ast.fix_missing_locations(whole)
                yield (
                    statement.lineno,
                    ast.unparse(statement),
                    ast.unparse(whole.body[index]),
                    whole,
                )


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    """What people write instead of an expression."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    if isinstance(node, ast.BinOp):
        others: dict[type[ast.operator], list[ast.operator]] = {
            ast.MatMult: [ast.Mult()],
            ast.Mult: [ast.MatMult(), ast.Add()],
            ast.Add: [ast.Sub()],
            ast.Sub: [ast.Add()],
            ast.Div: [ast.Mult()],
        }
        for operator in others.get(type(node.op), []):
            yield ast.BinOp(copy.deepcopy(node.left), operator, copy.deepcopy(node.right))
        if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
            yield ast.BinOp(copy.deepcopy(node.right), node.op, copy.deepcopy(node.left))
        if isinstance(node.op, ast.Div | ast.Add | ast.Sub | ast.Mult):
            yield copy.deepcopy(node.left)
            yield copy.deepcopy(node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in _neighbours(node.id):
            yield ast.Name(other, ast.Load())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("mean", "sum"):
            other = "sum" if node.func.attr == "mean" else "mean"
            yield ast.Call(
                ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords
            )
        for place, keyword in enumerate(node.keywords):
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg == "dim" and isinstance(value, int):
                keywords = copy.deepcopy(node.keywords)
                keywords[place].value = ast.Constant(1 - value)
                yield ast.Call(node.func, node.args, keywords)
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value in (1, 2):
        yield ast.Constant(node.value + 1)


def _neighbours(name: str) -> list[str]:
    """The same name of the other layer: A1 and A2."""
    if name[-1:] in "012" and name[:-1] in ("A", "W", "Z", "b", "dZ", "dW", "db"):
        return [name[:-1] + digit for digit in "012" if digit != name[-1]]
    return []


def _replace(root: ast.AST, old: ast.expr, new: ast.expr) -> None:
    for parent in ast.walk(root):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return
            if isinstance(value, list) and old in value:
                value[value.index(old)] = new
                return


def _compiled(
    module: types.ModuleType, tree: ast.Module, function: ast.FunctionDef, mutated: ast.FunctionDef
) -> Callable[..., Any] | None:
    """The mutated function, in a copy of its module's namespace."""
    namespace = dict(vars(module))
    body = ast.Module([mutated], [])
    try:
        exec(compile(body, str(module.__file__), "exec"), namespace)
    except Exception:
        return None
    found: Callable[..., Any] = namespace[function.name]
    return found


def _is_held(full: str, pages: Mapping[str, Checked]) -> bool:
    """Whether some equation has the function as a witness."""
    return any(
        witness.name.startswith(full)
        for found in pages.values()
        for equation in found.report.equations
        for witness in equation.witnesses
    )


def _caught(full: str, function: Callable[..., Any], pages: Mapping[str, Checked]) -> str:
    for path, found in pages.items():
        source = found.report
        report = Report(source.path, source.text)
        report.equations = [replace(e, findings=[], witnesses=[]) for e in source.equations]
        again = Checked(report, found.book, found.checker)
        again.results = found.results
        before = found.checker.equations
        places = {id(e): n for n, e in enumerate(source.equations)}
        found.checker.equations = [report.equations[places[id(e)]] for e in before]
        lines = sys.getrecursionlimit()
        try:
            add_witnesses(again, source.text, path, None, {full: function})
        finally:
            sys.setrecursionlimit(lines)
            found.checker.equations = before
        findings = [f for f in report.all_findings if f.kind == "code"]
        if findings:
            return findings[0].message
    return ""


__all__ = ["mutants", "mutate_modules"]
