"""What a function does where no call comes is told, with the condition and its line."""

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.code import run_page

HEAD = "Let $x, y \\in \\mathbb{R}$ and $p = x y$.\n\n```python\n"

ONE_WAY = {
    "a statement": (
        "def product(x, y):\n    p = x * y\n    if x + y > 1e9:\n        p = 0\n    return p\n",
        ["product is compared with nothing where x + y > 1e9 is true, line 6"],
    ),
    "nothing behind the branch": (
        "def product(x, y):\n    p = 0\n    if x + y < 1e9:\n        p = x * y\n    return p\n",
        ["product is compared with nothing where x + y < 1e9 is false, line 6"],
    ),
    "an expression": (
        "def product(x, y):\n    p = x * y if x + y < 1e9 else 0\n    return p\n",
        ["product is compared with nothing where x + y < 1e9 is false, line 5"],
    ),
    "what `and` leaves out": (
        "def product(x, y):\n    p = 0.0 * y + (x + y < 1e9 and x * y)\n    return p\n",
        ["product is compared with nothing where x + y < 1e9 is false, line 5"],
    ),
    "one of two comparisons": (
        "def product(x, y):\n    p = x * y\n    if 0 < x < 1e9:\n        p = y * x\n    return p\n",
        ["product is compared with nothing where x < 1000000000.0 is false, line 6"],
    ),
    "a case": (
        "def product(x, y):\n    match x + y:\n        case 123456.0:\n            p = 0\n"
        "        case _:\n            p = x * y\n    return p\n",
        ["product is compared with nothing where case 123456.0 is true, line 6"],
    ),
    "a comprehension": (
        "def product(x, y):\n    p = sum([x * y for one in [x] if one < 1e9])\n    return p\n",
        ["product is compared with nothing where one < 1e9 is false, line 5"],
    ),
    "a loop that is not entered": (
        "def product(x, y):\n    p = x * y\n    while p > 1e9:\n        p = p / 2\n    return p\n",
        ["product is compared with nothing where p > 1e9 is true, line 6"],
    ),
    "a part of it": (
        "def cut(p):\n    return 0 if p > 1e9 else p\n\n"
        "def product(x, y):\n    p = cut(x * y)\n    return p\n",
        ["cut is compared with nothing where p > 1e9 is true, line 5"],
    ),
    "both ways": (
        "def product(x, y):\n    if x > 0:\n        return x * y\n    return y * x\n",
        [],
    ),
    "what only raises": (
        "def product(x, y):\n    if x + y > 1e9 or x - y > 1e9:\n        raise ValueError(x)\n"
        "    assert x < 1e9, x\n    return x * y\n",
        [],
    ),
    "what only warns": (
        "import warnings\n\ndef product(x, y):\n    if x + y > 1e9:\n        warnings.warn('large')\n"
        "    return x * y\n",
        [],
    ),
    "the form of an argument": (
        "def product(x, y=None):\n    if y is None:\n        y = 1.0\n    if isinstance(x, list):\n"
        "        x = x[0]\n    if hasattr(x, 'ndim'):\n        x = x.sum()\n    return x * y\n",
        [],
    ),
    "an option": (
        "def product(x, y, mode='plain'):\n    if mode == 'half':\n        return x * y / 2\n"
        "    return x * y\n",
        [],
    ),
    "a loop that is left": (
        "def product(x, y):\n    steps = 0\n    while steps < 100:\n        steps += 1\n"
        "        if steps > 3:\n            break\n    return x * y\n",
        [],
    ),
}


def told(page: str) -> list[str]:
    report = check_page(page, code=run_page(page, "page.md"))
    return [f.message for f in report.all_findings if " compared with nothing" in f.message]


@pytest.mark.parametrize(("code", "expected"), ONE_WAY.values(), ids=ONE_WAY)
def test_a_condition_with_one_outcome_is_told(code: str, expected: list[str]) -> None:
    found = told(f"{HEAD}{code}```\n")
    assert [message.partition(": ")[0] for message in found] == expected


def test_the_message_says_what_it_was_and_how_to_mend_it() -> None:
    page = f"{HEAD}{ONE_WAY['an expression'][0]}```\n"
    (found,) = check_page(page, code=run_page(page, "page.md")).all_findings
    assert (found.message, found.notes, found.failing) == (
        "product is compared with nothing where x + y < 1e9 is false, line 5: "
        "it is true in every call",
        (
            "Let the equation say it, too, give its symbols the set in which it never is, or write "
            "<!-- unchecked: the reason --> behind the fence.",
        ),
        False,
    )


def test_an_unchecked_fence_is_left_alone() -> None:
    page = f"{HEAD}{ONE_WAY['an expression'][0]}```\n<!-- unchecked: x is small -->\n"
    assert told(page) == []


def test_what_two_functions_call_is_met_by_either() -> None:
    cut = "def cut(p):\n    return p if p > 0 else p\n\n"
    one = "def product(x, y):\n    p = x * y\n    assert cut(x * x + 1e-9) > 0\n    return p\n\n"
    other = "def further(x, y):\n    p = x * y\n    assert cut(-x * x - 1e-9) < 0\n    return p\n"
    assert told(f"{HEAD}{cut}{one}```\n") == [
        "cut is compared with nothing where p > 0 is false, line 5: it is true in every call"
    ]
    assert told(f"{HEAD}{cut}{one}{other}```\n") == []
