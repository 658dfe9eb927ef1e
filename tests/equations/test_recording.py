"""What is seen of a page's code while it runs: what it binds and changes, and from what."""

import builtins

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.code.recording import MOST_PASSES, Event
from nn3doc.equations.code.runs import Snippets, run_page
from nn3doc.equations.code.snippet_claims import Claimed, claims_of


def run(code: str) -> Snippets:
    return run_page(f"```python\n{code}\n```\n", "page.md")


def seen(code: str) -> list[Event]:
    snippets = run(code)
    assert snippets.findings == []
    return snippets.events


def claims(code: str, symbols: str = "x w b z") -> list[Claimed]:
    return claims_of(seen(code), lambda name, value: name in symbols.split())


BOUND = {
    "x = y = 1": ["x", "y"],
    "x, y = 1, 2": ["x", "y"],
    "x = 1\nx += 1": ["x", "x"],
    "x: int = 1": ["x"],
    "x = [1]\nx[0] = 2": ["x", "x"],
    "x = [1]\ny = x\ny.append(2)": ["x", "y", "x", "y"],
    "import torch\nx = torch.zeros(1)\nx.add_(1)": ["x", "x"],
    "import torch\nx = torch.zeros(1)\nx.data += 1": ["x", "x"],
    "import numpy as np\nx = np.zeros(1)\ny = x\ny += 1": ["x", "y", "y", "x"],
    "if True:\n    x = 1\nelse:\n    y = 1": ["x"],
    "with open(__import__('os').devnull):\n    x = 1": ["x"],
    "try:\n    x = 1 / 0\nexcept ZeroDivisionError:\n    y = 1\nfinally:\n    z = 1": ["y", "z"],
    "for i in range(2):\n    x = i": ["i", "x", "i", "x", "x"],
    "print(x := 1)": ["x"],
    "def f():\n    y = 1\n    return y\nx = f()": ["x"],
    "x = 1\nmatch x:\n    case 1:\n        y = 2": ["x", "y"],
    "x = float('nan')\ny = 1": ["x", "y"],
}


@pytest.mark.parametrize(("code", "names"), BOUND.items())
def test_what_statements_bind_and_change(code: str, names: list[str]) -> None:
    assert [name for event in seen(code) for name in event.names] == names


READ = {
    "z = w @ x": {"w", "x"},
    "z = sum(x for x in w)": {"sum", "w"},
    "z = [b for b in x if b in w]": {"x", "w"},
    "z = (lambda x: x + b)(w)": {"b", "w"},
    "z += x": {"z", "x"},
    "z = f()": {"f", "w", "x"},
}


@pytest.mark.parametrize(("code", "names"), READ.items())
def test_what_statements_read(code: str, names: set[str]) -> None:
    before = "import torch\nw = x = z = b = torch.ones(1)\ndef f():\n    return w + x\n"
    assert set(seen(before + code)[-1].reads) == names


def test_a_long_loop_is_looked_at_in_its_first_passes_and_ever_more_rarely() -> None:
    events = seen("for i in range(10_000):\n    x = i")
    passes = [event.after["i"] for event in events if event.kind == "statement"]
    assert passes == [*range(MOST_PASSES), 127, 255, 511, 1023, 2047, 4095, 8191]


def test_nothing_of_it_stays_in_the_page_or_in_python() -> None:
    snippets = run("x = 1\nnames = dir()\nhas = [n for n in dir() if 'nn3doc' in n]")
    assert snippets.namespace["has"] == []
    assert not [name for name in dir(builtins) if "nn3doc" in name]


def test_values_are_those_of_their_time() -> None:
    code = "x = [1.0]\nz = sum(x)\nx[0] = 5.0\nz = 3 * sum(x)"
    made = [one for one in claims(code, "x z") if one.name == "z"]
    assert [one.inputs["x"] for one in made] == [[1.0], [5.0]]


FROM = {
    "h = w * x\nz = h + b": {"w", "x", "b"},
    "z = 0\nfor i in range(2):\n    z += w * x\nz = z + b": {"w", "x", "b"},
    "d = {'w': w}\nz = d['w'] * x": {"w", "x"},
    "z = w\nz = z * 2": {"w"},
}


@pytest.mark.parametrize(("code", "inputs"), FROM.items())
def test_inputs_are_followed_to_the_symbols(code: str, inputs: set[str]) -> None:
    last = [one for one in claims("w, x, b = 1.0, 2.0, 3.0\n" + code) if one.name == "z"][-1]
    assert set(last.inputs) == inputs
    assert last.complete


INCOMPLETE = [
    "import torch\nz = torch.nn.Linear(1, 1)(torch.ones(1))",
    "import torch\nmodel = torch.nn.Linear(1, 1)\nz = model(x)",
    "data = [1.0, 2.0]\nz = sum(data)",
    "z = w * torch.rand(3)",
]


@pytest.mark.parametrize("code", INCOMPLETE)
def test_what_is_no_symbol_is_known_to_be_used(code: str) -> None:
    found = claims("import torch\nx = w = torch.ones(1)\n" + code)
    assert not [one for one in found if one.name == "z"][-1].complete


PAGE = r"""
| Symbol | Python | Shape |
| --- | --- | --- |
| $n$ | `n` | $\mathbb{N}$ |
| $x$ | `x` | $\mathbb{R}^n$ |
| $w$ | `w` | $\mathbb{R}^n$ |
| $z$ | `z` | $\mathbb{R}$ |

$$
z = w^T x
$$

```python
x, w = [1.0, 2.0], [3.0, 4.0]
z = sum(a * c for a, c in zip(w, x))
```

```python
z = load(x)
```
"""


def test_what_was_compared_is_counted_and_told_with_its_line() -> None:
    page = PAGE.replace("load(x)", "__import__('random').Random(1).random()")
    report = check_page(page, code=run_page(page, "page.md"))
    witnesses = [
        (one.kind, one.name, one.file, one.line)
        for equation in report.equations
        for one in equation.witnesses
    ]
    assert witnesses == [("snippet", "z", "page.md", 15)]
    assert report.snippets_compared == 1
    assert report.snippets_alone == (("z", 19),)
