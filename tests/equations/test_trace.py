"""What a function computes, line by line, and which functions a page speaks of."""

import functools
import sys
import textwrap
from collections.abc import Callable
from textwrap import dedent
from typing import Any, NamedTuple

import pytest
import torch

from nn3doc.equations.code.functions import ResolveError, imported_functions, resolve
from nn3doc.equations.code.runs import run_page
from nn3doc.equations.code.trace import Trace, trace


def defined(source: str) -> Callable[..., Any]:
    """The function `f` of a page with this code; its first line is line 2 of the page."""
    function = run_page(f"```python\n{dedent(source)}```\n", "page.md").namespace["f"]
    assert callable(function)
    return function


def assigned(record: Trace) -> list[tuple[str, object, int]]:
    return [(local.name, local.value, local.line) for local in record.locals.values()]


LINES = {
    "each line": (
        "def f(x):\n    y = x + 1\n    z = y * 2\n    return z\n",
        [("y", 3, 3), ("z", 6, 4)],
    ),
    "the last value and its line": (
        "def f(x):\n    y = x + 1\n    y = y * 2\n    return y\n",
        [("y", 6, 4)],
    ),
    "a statement over several lines": (
        "def f(x):\n    y = (\n        x\n        + 1\n    )\n    return y\n",
        [("y", 3, 3)],
    ),
    "several names at once": (
        "def f(x):\n    y, z = x, x + 1\n    return y\n",
        [("y", 2, 3), ("z", 3, 3)],
    ),
    "a loop": (
        "def f(x):\n    for i in range(3):\n        x = x + i\n    return x\n",
        [("i", 2, 3), ("x", 5, 4)],
    ),
    "only the branch taken": (
        "def f(x):\n    y = 0\n    if x > 5: y = 1\n    return y\n",
        [("y", 0, 3)],
    ),
    "a walrus": ("def f(x):\n    return (y := x) + 1\n", [("y", 2, 3)]),
    "a variable of an inner function too": (
        "def f(x):\n    y = x\n    return (lambda: y)()\n",
        [("y", 2, 3)],
    ),
    "no variable": ("def f(x):\n    return x\n", []),
    "what it calls is not followed": (
        "def g(x):\n    y = 9\n    return y\n\ndef f(x):\n    z = g(x)\n    return z\n",
        [("z", 9, 7)],
    ),
    "the outer call, if it calls itself": (
        "def f(x):\n    y = x\n    return f(x - 1) if x else y\n",
        [("y", 2, 3)],
    ),
}


@pytest.mark.parametrize(("source", "expected"), LINES.values(), ids=LINES)
def test_each_variable_with_the_line_that_assigned_it(
    source: str, expected: list[tuple[str, object, int]]
) -> None:
    record = trace(defined(source), {"x": 2})
    assert record.error == ""
    assert sorted(assigned(record), key=str) == sorted(expected, key=str)
    assert {local.file for local in record.locals.values()} <= {"page.md"}


def test_a_parameter_that_is_assigned_anew_is_marked() -> None:
    record = trace(defined("def f(x, *, k):\n    x = x + 1\n    y = x\n"), {"x": 2, "k": 1})
    assert {name: local.parameter for name, local in record.locals.items()} == {
        "x": True,
        "y": False,
    }


def test_values_are_those_at_the_assignment() -> None:
    source = "def f(x):\n    y = x + 1\n    y.mul_(0)\n    x.mul_(0)\n    return y\n"
    given = torch.ones(2)
    record = trace(defined(source), {"x": given})
    assert repr(record.locals["y"].value) == "tensor([2., 2.])"
    assert torch.equal(given, torch.ones(2))


def test_gradients_flow_through_arguments() -> None:
    given = torch.ones(2, requires_grad=True)
    record = trace(defined("def f(x):\n    return (x * x).sum()\n"), {"x": given})
    assert isinstance(record.returned, torch.Tensor)
    (gradient,) = torch.autograd.grad(record.returned, given)
    assert torch.equal(gradient, torch.full((2,), 2.0))


class Pair(NamedTuple):
    A1: int
    A2: int


def named_tuple(x: int) -> Pair:
    return Pair(x, x + 1)


RETURNS = {
    "a name": ("def f(x):\n    y = x\n    return y\n", [("y", 2)]),
    "an expression": ("def f(x):\n    return x + 1\n", [(None, 3)]),
    "a tuple": ("def f(x):\n    y = x\n    return y, x + 1\n", [("y", 2), (None, 3)]),
    "a tuple over lines": (
        "def f(x):\n    return (\n        x,\n        1,\n    )\n",
        [("x", 2), (None, 1)],
    ),
    "a list under a name is one value": (
        "def f(x):\n    y = [x, 1]\n    return y\n",
        [("y", [2, 1])],
    ),
    "a list that is written out": (
        "def f(x):\n    y = x\n    return [y, 1]\n",
        [("y", 2), (None, 1)],
    ),
    "within one another": (
        "def f(x):\n    return {'a': {'W': x, 'b': 1}, 'c': 2}\n",
        [("W", 2), ("b", 1), ("c", 2)],
    ),
    "fields": (
        "from types import SimpleNamespace as S\ndef f(x):\n    return S(W=x, b=1)\n",
        [("W", 2), ("b", 1)],
    ),
    "a name for a tuple": ("def f(x):\n    y = x, 1\n    return y\n", [(None, 2), (None, 1)]),
    "a dictionary": ("def f(x):\n    return {'dW': x, 'db': 1}\n", [("dW", 2), ("db", 1)]),
    "the one of several that was reached": (
        "def f(x):\n    y = z = x\n    if x > 1:\n        return y\n    return z\n",
        [("y", 2)],
    ),
    "nothing": ("def f(x):\n    y = x\n", []),
}


@pytest.mark.parametrize(("source", "expected"), RETURNS.values(), ids=RETURNS)
def test_returned_values_have_the_names_of_the_return_statement(
    source: str, expected: list[tuple[str | None, object]]
) -> None:
    record = trace(defined(source), {"x": 2})
    assert [(result.name, result.value) for result in record.results] == expected


def test_a_named_tuple_names_its_values() -> None:
    results = trace(named_tuple, {"x": 2}).results
    assert [(result.name, result.value) for result in results] == [("A1", 2), ("A2", 3)]


def doubling(function: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(function)
    def outer(*args: int, **kwargs: int) -> int:
        y = function(*args, **kwargs)
        return 2 * y

    return outer


@doubling
@doubling
def decorated(x: int) -> int:
    inner = x + 1
    return inner


class Model:
    def predict(self, x: int) -> int:
        z = x + 1
        return z


CALLABLES: dict[str, tuple[Callable[..., Any], list[str], object]] = {
    "decorated twice": (decorated, ["inner"], 12),
    "a method": (Model().predict, ["z"], 3),
    "partly applied": (functools.partial(decorated), ["inner"], 12),
}


@pytest.mark.parametrize(("function", "names", "returned"), CALLABLES.values(), ids=CALLABLES)
def test_the_function_itself_is_found_below_what_wraps_it(
    function: Callable[..., Any], names: list[str], returned: object
) -> None:
    record = trace(function, {"x": 2})
    assert list(record.locals) == names
    assert record.returned == returned


def test_what_a_decorator_makes_of_a_value_has_its_name() -> None:
    record = trace(decorated, {"x": 2})
    assert [(one.name, one.value) for one in record.results] == [("inner", 12)]
    assert not record.own


def test_a_function_of_c_has_no_lines() -> None:
    record = trace(torch.sigmoid, {"input": torch.zeros(1)})
    assert record.locals == {}
    assert record.returned == torch.tensor([0.5])


ERRORS = {
    "an exception": (
        "def f(x):\n    y = x\n    raise ValueError('x is wrong\\nreally')\n",
        "ValueError: x is wrong",
        4,
    ),
    "the end of the program": ("def f(x):\n    raise SystemExit(3)\n", "SystemExit: 3", 3),
    "an argument too few": (
        "def f(x, y):\n    return x\n",
        "TypeError: f() missing 1 required positional argument: 'y'",
        0,
    ),
    "an argument too many": (
        "def f():\n    return 1\n",
        "TypeError: f() got an unexpected keyword argument 'x'",
        0,
    ),
    "no end": (
        "def f(x):\n    while True:\n        x = x + 1\n",
        "it was stopped: it takes too many steps",
        0,
    ),
}


@pytest.mark.parametrize(("source", "error", "line"), ERRORS.values(), ids=ERRORS)
def test_what_goes_wrong_is_told_in_one_line(source: str, error: str, line: int) -> None:
    record = trace(defined(source), {"x": 2}, most_steps=1000)
    assert (record.error, record.error_line) == (error, line)
    assert record.results == ()


ENDLESS = {
    "on one line": "def f(x):\n    while True: pass\n",
    "in what it calls": "def g():\n    while True: pass\n\ndef f(x):\n    g()\n",
    "in a function within it": ("def f(x):\n    def g():\n        while True: pass\n    g()\n"),
    "by calling itself": "def f(x):\n    for i in range(10 ** 9):\n        f(0) if x else i\n",
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_no_loop_is_without_end(source: str) -> None:
    record = trace(defined(source), {"x": 2}, most_steps=1000)
    assert record.error == "it was stopped: it takes too many steps"


def test_the_clock_stops_what_no_count_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["nn3doc.equations.code.trace"]
    monkeypatch.setattr(module, "MOST_SECONDS", 0.05)
    record = trace(textwrap.fill, {"text": "a b " * 10**6, "width": 3})
    assert record.error == "it was stopped: it takes too long"


CHANGED = {
    "in place": ("def f(x):\n    y = x + 1\n    y.mul_(0)\n    return y\n", 4),
    "an entry": ("def f(x):\n    y = x + 1\n    y[0] = 0\n    return y\n", 4),
    "by another name": ("def f(x):\n    y = x + 1\n    z = y\n    z *= 0\n    return y\n", 5),
    "by what it calls": (
        "def f(x):\n    y = x + 1\n    torch_zero(y)\n    return y\n\n"
        "def torch_zero(z):\n    z.zero_()\n",
        4,
    ),
    "from within": (
        "def f(x):\n    y = x + 1\n    def g():\n        nonlocal y\n        y = y * 0\n"
        "    g()\n    return y\n",
        7,
    ),
}


@pytest.mark.parametrize(("source", "line"), CHANGED.values(), ids=CHANGED)
def test_what_changes_a_value_later_is_found(source: str, line: int) -> None:
    record = trace(defined(source), {"x": torch.ones(2)}, watch=True)
    local = record.locals["y"]
    assert repr(local.value) == "tensor([2., 2.])"
    assert repr(local.final) != "tensor([2., 2.])"
    assert local.changed == line


def test_what_a_loop_counts_is_marked() -> None:
    source = (
        "def f(x):\n    for i, (a, b) in enumerate([(1, 2)]):\n        y = [i for i in range(3)]\n"
        "        z = a\n    return z\n"
    )
    record = trace(defined(source), {"x": 2})
    assert {local.name for local in record.locals.values() if not local.counts} == {"y", "z"}


def test_the_values_up_to_an_exception_are_kept() -> None:
    record = trace(defined("def f(x):\n    y = x + 1\n    return y / 0\n"), {"x": 2})
    assert assigned(record) == [("y", 3, 3)]


def test_what_a_function_prints_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    trace(defined("def f(x):\n    print(x)\n"), {"x": 2})
    assert capfd.readouterr() == ("", "")


def test_a_trace_function_that_was_set_is_put_back() -> None:
    before = sys.gettrace()
    try:
        sys.settrace(own := lambda frame, event, argument: None)
        trace(decorated, {"x": 2})
        trace(defined("def f(x):\n    return 1 / 0\n"), {"x": 2})
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is own


PAGE = dedent(
    """\
    ```python
    import json as j
    import math
    from textwrap import dedent, shorten as cut
    from nowhere import nothing

    print("never run" + 1)
    text = j.dumps(math.pi)
    ```

    <!-- invisible-code-block: python
    from textwrap import indent
    -->

    ```python
    def tidy(text, width=9):
        return cut(dedent(text), width)

    def needs(text=some_variable):
        return text
    ```

    ```python source="textwrap.fill"
    ```

    ```sh
    from textwrap import wrap
    ```
    """
)


def test_the_functions_a_page_speaks_of() -> None:
    functions = imported_functions(PAGE, "page.md")
    assert [(one.name, one.full_name, one.parameters[:2]) for one in functions] == [
        ("dedent", "textwrap.dedent", ("text",)),
        ("cut", "textwrap.shorten", ("text", "width")),
        ("j.dumps", "json.dumps", ("obj", "skipkeys")),
        ("indent", "textwrap.indent", ("text", "prefix")),
        ("tidy", "tidy", ("text", "width")),
        ("textwrap.fill", "textwrap.fill", ("text", "width")),
    ]
    lines = [PAGE[one.start : one.end] for one in functions]
    assert lines[0] == "from textwrap import dedent, shorten as cut"
    assert lines[2] == "text = j.dumps(math.pi)"
    assert lines[4] == "def tidy(text, width=9):"


def test_a_function_of_a_page_can_be_called_without_the_page_being_run() -> None:
    tidy = next(one for one in imported_functions(PAGE, "page.md") if one.name == "tidy")
    assert trace(tidy.function, {"text": "  a"}).returned == "a"


NOWHERE = {
    "nn4doc.network": "there is no module nn4doc",
    "json.nothing": "json has no nothing",
    "json.JSONDecode": "json has no JSONDecode; did you mean JSONDecoder?",
    "json.": "'json.' is no dotted name",
    "json.dumps; print": "'json.dumps; print' is no dotted name",
}


@pytest.mark.parametrize(("name", "message"), NOWHERE.items())
def test_a_name_that_leads_nowhere(name: str, message: str) -> None:
    with pytest.raises(ResolveError) as error:
        resolve(name)
    assert str(error.value) == message


RUN = dedent(
    """\
    ```python
    from functools import partial, wraps

    factor = 2


    def plain(f):
        def inner(*args):
            return f(*args)
        return inner


    @plain
    def scaled(x, y):
        return factor * x + y


    half = partial(pow, 2)
    double = lambda x: 2 * x

    if factor:
        class Model:
            def __init__(self, w):
                self.w = w

            def predict(self, x):
                return self.w * x

            @staticmethod
            def name(x):
                return x
    ```
    """
)


def test_the_functions_of_a_page_that_has_run() -> None:
    namespace = run_page(RUN, "page.md").namespace
    functions = [one for one in imported_functions(RUN, "page.md", namespace) if one.is_shown]
    assert [(one.name, one.parameters, one.owner and one.owner.__name__) for one in functions] == [
        ("plain", ("f",), None),
        ("scaled", ("x", "y"), None),
        ("half", ("exp", "mod"), None),
        ("double", ("x",), None),
        ("Model", ("w",), None),
        ("Model.predict", ("x",), "Model"),
        ("Model.name", ("x",), None),
    ]


def test_variables_are_noted_as_they_were_before_a_line() -> None:
    source = "def f(x):\n    for i in range(2):\n        y = x * 2\n        x += 1\n    return y\n"
    record = trace(defined(source), {"x": torch.ones(1)}, noted=frozenset(["x"]))
    assert repr(record.locals["x"].inputs["x"]) == "tensor([2.])"
    assert repr(record.locals["y"].inputs["x"]) == "tensor([2.])"
    assert repr(record.inputs["x"]) == "tensor([3.])"
