"""Every message that the checker can give stands on the page for its users, with its cure.

The messages are read from the checker's source: what is given to the errors and functions that make
findings. Each is the answer to an example of the page, or stands in its table of those that no
example can have.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import nn3doc.equations
from nn3doc.equations.examples import told_of_page

SOURCE = Path(nn3doc.equations.__file__).parent
PAGE = Path(__file__).resolve().parents[2] / "docs" / "check-your-own.md"

# What makes findings, and which of its arguments is the message.
TAKERS: dict[str, int | str] = {
    "CannotCallError": 0,
    "ElidedError": 0,
    "Ended": 0,
    "ExampleOutcome": "message",
    "FileNotFoundError": 0,
    "Finding": 1,
    "MarkdownError": 0,
    "NoPageError": 0,
    "NotationError": 0,
    "ResolveError": 0,
    "TexError": 0,
    "TooLarge": 0,
    "UnknownSizeError": 0,
    "_CellError": 0,
    "_TooLongError": 0,
    "_give_up": 1,
    "_refuse": 0,
    "fail": 1,
    "notice": 1,
    "unexpected": 0,
}

SAID = re.compile(r"^\S+?:\d+:\d+: (?:warning: )?(.+)$", re.MULTILINE)
HINTED = re.compile(r"^  (\S.+)$", re.MULTILINE)
LISTED = re.compile(r"^\| `+ ?(.+?) ?`+ \|", re.MULTILINE)


def pattern(node: ast.Constant | ast.JoinedStr) -> str:
    """What a message looks like: its own words, and anything where a value stands."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in parts
    )


def literals(node: ast.AST, names: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The patterns of the strings that an argument can be."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield pattern(node)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body, names)
        yield from literals(node.orelse, names)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from literals(value, names)
    elif isinstance(node, ast.Name):
        for value in names.get(node.id, []):
            yield from literals(value, {})


def assigned(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What is assigned to each name in a function; of a tuple, each of its parts."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for one, value in pairs:
                if isinstance(one, ast.Name):
                    found.setdefault(one.id, []).append(value)
    return found


def messages(source: str) -> set[str]:
    """The patterns of all messages that a piece of the checker's code can give."""
    tree = ast.parse(source)
    found: set[str] = set()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for scope in (tree, *functions):
        names = assigned(scope)
        for call in ast.walk(scope):
            if not isinstance(call, ast.Call):
                continue
            name = (
                call.func.attr
                if isinstance(call.func, ast.Attribute)
                else (call.func.id if isinstance(call.func, ast.Name) else "")
            )
            where = TAKERS.get(name)
            given = [k.value for k in call.keywords if k.arg == where or k.arg == "message"]
            if isinstance(where, int):
                given += call.args[where : where + 1]
            for argument in given if where is not None else []:
                found.update(literals(argument, names))
    return {one for one in found if re.search("[a-z]{2}", one)}


def hints(source: str) -> set[str]:
    """The patterns of what a function `told` returns: what a difference looks like."""
    returned = [
        node.value
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef) and function.name == "told"
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.List)
    ]
    return {one for value in returned for item in value.elts for one in literals(item, {})}


def all_messages() -> set[str]:
    """The patterns of all messages of the checker."""
    files = [path for path in SOURCE.rglob("*.py") if path.name != "examples.py"]
    return set().union(*(messages(path.read_text(encoding="utf-8")) for path in files))


def missing(patterns: Iterable[str], said: Iterable[str]) -> list[str]:
    """The messages that are not said; a message may stand behind another one and a colon."""
    lines = set(said)
    return sorted(
        one for one in patterns if not any(re.fullmatch(f"(?:.*: )?{one}", line) for line in lines)
    )


@cache
def answers() -> str:
    """All that is said of the examples of the page."""
    text = PAGE.read_text(encoding="utf-8")
    return "\n\n".join(one.text for one in told_of_page(text, PAGE))


def listed() -> list[str]:
    """The messages in the page's table."""
    _, _, behind = PAGE.read_text(encoding="utf-8").partition("\n### Messages without an example\n")
    return LISTED.findall(behind)


def test_every_message_stands_on_the_page() -> None:
    found = all_messages()
    assert len(found) > 200
    assert missing(found, [*SAID.findall(answers()), *listed()]) == []


def test_every_hint_stands_on_the_page() -> None:
    found = hints((SOURCE / "evaluate" / "comparing.py").read_text(encoding="utf-8"))
    assert len(found) == 8
    assert missing(found, HINTED.findall(answers())) == []


def test_the_table_lists_what_no_example_says() -> None:
    """Each row is a message of the checker, and none stands above already."""
    found, said = all_messages(), SAID.findall(answers())
    rows = listed()
    assert len(rows) > 10
    unsaid = missing(found, said)
    assert [row for row in rows if all(missing([one], [row]) for one in unsaid)] == []


MADE_UP = """
def f(self, node, name, many):
    message, cure = f"{name} is made up", "Do not make it up."
    raise NotationError(message, node, cure)

def g(self, node, many):
    check.fail("holds", "many are wrong" if many else "one is wrong", node)
    raise self.unexpected("" if many else f"no {node} here")

def h(node):
    return ExampleOutcome(message="nothing is held", where=node), Finding("code", f"{node}: {node}", 0, 1)
"""


def test_a_message_that_is_shown_nowhere_is_named() -> None:
    found = messages(MADE_UP)
    assert missing(found, ["x is made up", "many are wrong", "page: nothing is held"]) == [
        r"no\ .*\ here",
        r"one\ is\ wrong",
    ]
    assert missing(found, [*SAID.findall(answers()), *listed()]) == sorted(found)


def test_a_hint_that_is_shown_nowhere_is_named() -> None:
    found = hints('def told(a):\n    if a:\n        return ["one"]\n    return [f"two {a}"]\n')
    assert missing(found, ["one"]) == [r"two\ .*"]
