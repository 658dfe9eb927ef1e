"""The code of a page, run as a reader would run it."""

import ast
import inspect
import random
from json import decoder
from textwrap import dedent
from types import FunctionType

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nn3doc.equations.code import Runner, Snippets, relative, run_page
from nn3doc.equations.markdown import Lines, MarkdownError
from nn3doc.equations.messages import render
from nn3doc.equations.report import Report
from nn3doc.equations.snippets import assigned_names, find_code, used_names


def told(snippets: Snippets) -> str:
    return render(Report(snippets.path, snippets.text, [], snippets.findings))


def page(text: str) -> Snippets:
    return run_page(dedent(text), "page.md")


# Every way of writing code that a page's tests are to run, and the ways that are not code to run.
SPELLINGS = {
    "python": "```python\nx = 1\n```",
    "py": "```py\nx = 1\n```",
    "tildes": "~~~python\nx = 1\n~~~",
    "four ticks": "````python\nx = 1\n````",
    "a title": '```python title="x.py" linenums="1"\nx = 1\n```',
    "braces": "```{.python}\nx = 1\n```",
    "braces and blanks": "``` { .python .annotate }\nx = 1\n```",
    "capitals": "```Python\nx = 1\n```",
    "in a list": "- ```python\n  x = 1\n  ```",
    "in a quotation": "> ```python\n> x = 1\n> ```",
    "indented": "    ```python\n    x = 1\n    ```",
    "ends of lines as Windows writes them": "```python\r\nx = 1\r\n```\r\n",
    "hidden": "<!-- invisible-code-block: python\nx = 1\n-->",
    "hidden and indented": "  <!-- invisible-code-block: python\n  x = 1\n  -->",
    "doctest": "```pycon\n>>> x = 1\n```",
    "doctest in a python fence": "```python\n>>> x = 1\n```",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_of_code_is_run(text: str) -> None:
    snippets = run_page(f"Before.\n\n{text}\n\nAfter.\n", "page.md")
    assert snippets.namespace["x"] == 1
    assert told(snippets) == ""


OTHERS = {
    "a shell command": "```sh\nx = 1\n```",
    "no language": "```\nx = 1\n```",
    "within a fence of Markdown": "````markdown\n```python\nx = 1\n```\n````",
    "a comment": "<!-- x = 1 -->",
    "a code span": "`x = 1`",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_not_python_is_not_run(text: str) -> None:
    assert find_code(text) == []


OUTPUTS = {
    "as printed": "```python\nprint('a')\n```\n\n```output\na\n```",
    "at once behind": "```python\nprint('a')\n```\n```output\na\n```",
    "blanks at the ends of lines": "```python\nprint('a ')\n```\n\n```output\na\n```",
    "an empty line at the end": "```python\nprint('a\\n')\n```\n\n```output\na\n```",
    "nothing": "```python\n```\n\n```output\n```",
    "indented": "  ```python\n  print('a\\n  b')\n  ```\n\n  ```output\n  a\n    b\n  ```",
    "in a quotation": "> ```python\n> print('a')\n> ```\n>\n> ```output\n> a\n> ```",
    "without one": "```python\nprint('a')\n```",
}


@pytest.mark.parametrize("text", OUTPUTS.values(), ids=OUTPUTS)
def test_outputs_that_are_right(text: str) -> None:
    assert told(run_page(text, "page.md")) == ""


FAILING = {
    "another output": (
        """\
        ```python
        print("one")
        ```

        ```output
        two
        ```
        """,
        """\
        page.md:6:1: the code above prints something else
            6 | two
              | ^^^
          the page shows: two
          it prints:      one
        """,
    ),
    "one line of several": (
        """\
        ```python
        print("one")
        print("two")
        print("three")
        ```

        ```output
        one
        2
        three
        ```
        """,
        """\
        page.md:9:1: the code above prints something else
            9 | 2
              | ^
          - the page shows, + it prints:
            one
          - 2
          + two
            three
        """,
    ),
    "nothing printed": (
        """\
        ```python
        x = 1
        ```

        ```output
        1
        ```
        """,
        """\
        page.md:6:1: the code above prints something else
            6 | 1
              | ^
          the page shows: 1
          it prints:      nothing
        """,
    ),
    "printed, and shown as nothing": (
        """\
        ```python
        print(1)
        ```

        ```output
        ```
        """,
        """\
        page.md:5:1: the code above prints something else
            5 | ```output
              | ^^^^^^^^^
          the page shows: nothing
          it prints:      1
        """,
    ),
    "a name that is not there, exactly under it": (
        """\
        ```python
        W1 = 1
        print(W1 + W3)
        ```
        """,
        """\
        page.md:3:12: NameError: name 'W3' is not defined
            3 | print(W1 + W3)
              |            ^^
        """,
    ),
    "indented, behind characters of several bytes": (
        """\
        1. Step

            ```python
            σ = "日本" + str(1 / 0)
            ```
        """,
        """\
        page.md:4:20: ZeroDivisionError: division by zero
            4 | σ = "日本" + str(1 / 0)
              |                  ^^^^^
        """,
    ),
    "raised within a package": (
        """\
        ```python
        import json

        json.loads("{")
        ```
        """,
        """\
        page.md:4:1: JSONDecodeError: Expecting property name enclosed in double quotes: line 1 \
column 2 (char 1)
            4 | json.loads("{")
              | ^^^^^^^^^^^^^^^
          raised in {json}, in raw_decode
        """,
    ),
    "raised by a function of the page, there": (
        """\
        ```python
        def half(x):
            return x / 0
        ```

        ```python
        half(1)
        ```
        """,
        """\
        page.md:3:12: ZeroDivisionError: division by zero
            3 | return x / 0
              |        ^^^^^
        """,
    ),
    "not Python": (
        """\
        ```python
        x = 1
        y = (2
        ```
        """,
        """\
        page.md:3:5: SyntaxError: '(' was never closed
            3 | y = (2
              |     ^
        """,
    ),
    "a page that ends the program": (
        """\
        ```python
        import sys
        sys.exit("the end")
        ```
        """,
        """\
        page.md:3:1: SystemExit: the end
            3 | sys.exit("the end")
              | ^^^^^^^^^^^^^^^^^^^
        """,
    ),
    "a page that waits for a key": (
        """\
        ```python
        input()
        ```
        """,
        """\
        page.md:2:1: EOFError: EOF when reading a line
            2 | input()
              | ^^^^^^^
        """,
    ),
    "a doctest": (
        """\
        ```pycon
        >>> 1 + 1
        3
        >>> missing
        >>> 2 + 2
        4
        ```
        """,
        """\
        page.md:2:1: this prints something else
            2 | >>> 1 + 1
              | ^^^^^^^^^
          the page shows: 3
          it prints:      2

        page.md:4:1: NameError: name 'missing' is not defined
            4 | >>> missing
              | ^^^^^^^^^^^
        """,
    ),
    "an output of nothing": (
        """\
        Text.

        ```output
        1
        ```
        """,
        """\
        page.md:3:1: this output belongs to no code
            3 | ```output
              | ^^^^^^^^^
          Put it directly behind the ```python fence that prints it.
        """,
    ),
    "hidden code": (
        """\
        <!-- invisible-code-block: python
        x = nothing
        -->
        """,
        """\
        page.md:2:5: NameError: name 'nothing' is not defined
            2 | x = nothing
              |     ^^^^^^^
        """,
    ),
    "a source that is not there": (
        """\
        ```python source="json.decoder.JSONDecode"
        ```
        """,
        """\
        page.md:1:19: json.decoder has no JSONDecode; did you mean JSONDecoder?
            1 | ```python source="json.decoder.JSONDecode"
              |                   ^^^^^^^^^^^^^^^^^^^^^^^
        """,
    ),
    "a source in no module": (
        """\
        ```python source="nn4doc.network"
        ```
        """,
        """\
        page.md:1:19: there is no module nn4doc
            1 | ```python source="nn4doc.network"
              |                   ^^^^^^^^^^^^^^
        """,
    ),
    "a source that does not assign what is to be shown": (
        """\
        ```python source="nn3doc.equations.state.copied" show="entries other return"
        ```
        """,
        """\
        page.md:1:56: nn3doc.equations.state.copied assigns no other
            1 | ```python source="nn3doc.equations.state.copied" show="entries other return"
              |                                                        ^^^^^^^^^^^^^^^^^^^^
          It assigns copiable, entries.
        """,
    ),
    "a source with lines of its own": (
        """\
        ```python source="textwrap.indent"
        a copy
        ```
        """,
        """\
        page.md:2:1: a fence with a source has lines of its own
            2 | a copy
              | ^^^^^^
          Leave the fence empty: the site fills in the lines of the source.
        """,
    ),
}


@pytest.mark.parametrize(("text", "message"), FAILING.values(), ids=FAILING)
def test_what_fails_is_told_at_its_place(text: str, message: str) -> None:
    if "{json}" in message:  # the place in the standard library, which is not ours
        lines, first = inspect.getsourcelines(decoder.JSONDecoder.raw_decode)
        line = first + next(i for i, row in enumerate(lines) if "scan_once" in row)
        message = message.replace("{json}", f"{relative(decoder.__file__)}:{line}")
    assert told(page(text)) == dedent(message)


def test_one_mistake_is_told_once() -> None:
    snippets = page(
        """\
        ```python
        a = 1
        b = missing
        ```

        ```python
        c = b + 1
        ```

        ```python
        print(c + a)
        ```

        ```output
        3
        ```

        ```python
        b = 2
        print(b)
        ```

        ```output
        3
        ```
        """
    )
    assert told(snippets) == dedent(
        """\
        page.md:3:5: NameError: name 'missing' is not defined
            3 | b = missing
              |     ^^^^^^^

        page.md:24:1: the code above prints something else
           24 | 3
              | ^
          the page shows: 3
          it prints:      2
        """
    )
    blocked = [snippet.blocked.message for snippet in snippets.ran if snippet.blocked]
    assert blocked == [
        "not checked: it needs b, which the code on line 3 failed to assign",
        "not checked: it needs c, which the code on line 3 failed to assign",
    ]


PIECES = [
    *("```", "```python", "```output", "~~~", ">", "- ", "    ", "\n", "\r\n", "\t", "x = 1"),
    *(">>> 1", "<!-- invisible-code-block: python\n", "-->", "$", "$$", "`", 'source="a.b"', "é"),
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_fuzz_code_is_found_within_any_page(text: str) -> None:
    lines = Lines(text)
    try:
        pieces = find_code(text)
    except MarkdownError:
        return
    for code in pieces:
        assert len(code.lines) == len(code.cut)
        for number in range(len(code.lines)):
            start, end = code.span(lines, code.first_line + number)
            assert 0 <= start < end
            shown = text[start:end].rstrip("\r\n")
            assert shown in code.lines[number] or not code.lines[number].strip()


def test_a_long_difference_is_cut() -> None:
    text = "```python\nfor i in range(99): print(i)\n```\n\n```output\nx\n```\n"
    (finding,) = run_page(text, "page.md").findings
    assert len(finding.notes) == 22
    assert finding.notes[-1] == "… and 80 more lines"


NAMES = {
    "x = y = 1": ["x", "y"],
    "x, (y, *z) = f()": ["x", "y", "z"],
    "x += 1": ["x"],
    "x: int = 1": ["x"],
    "for i in r:\n  x = i": ["i", "x"],
    "with f() as x: pass": ["x"],
    "if a:\n  x = 1\nelse:\n  y = 2": ["x", "y"],
    "import a.b": ["a"],
    "import a.b as c": ["c"],
    "from a import b as c, d": ["c", "d"],
    "def f(p):\n  x = 1": ["f"],
    "class C:\n  x = 1": ["C"],
    "[i for i in r]": [],
    "[x := i for i in r]": ["x"],
    "f = lambda p: (x := p)": ["f"],
    "a.b = 1\nc[0] = 2": [],
}


@pytest.mark.parametrize(("code", "names"), NAMES.items())
def test_names_that_code_assigns(code: str, names: list[str]) -> None:
    assert sorted(assigned_names(ast.parse(code))) == sorted(names)


def test_names_that_code_reads() -> None:
    assert used_names(ast.parse("x = y + f(z)[w]")) == {"y", "f", "z", "w"}


def test_values_are_as_they_were_at_each_place() -> None:
    text = dedent(
        """\
        ```python
        import torch
        x = torch.tensor([1.0])
        n = 2
        words = "text"
        ```

        Here.

        ```python
        x.add_(1)
        n = n + 1
        n_squared = n**2
        ```

        There.

        ```python
        n = "no number any more"
        ```

        End.
        """
    )
    snippets = run_page(text, "page.md")

    def at(place: str) -> dict[str, tuple[object, int]]:
        return snippets.values_at(text.index(place))

    assert at("```") == {}
    assert at("Here") == {"x": (torch.tensor([1.0]), 3), "n": (2, 4)}
    assert at("There") == {"x": (torch.tensor([1.0]), 3), "n": (3, 12), "n_squared": (9, 13)}
    assert sorted(at("End")) == ["n_squared", "x"]


COUNTING = dedent(
    """\
    ```python
    n = 1
    ```

    ```python
    n = n + 1
    ```

    ```python
    n = n * 10
    print(n)
    ```

    ```output
    20
    ```
    """
)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2], [1], [2, 2, 2]])
def test_pieces_may_be_asked_for_in_any_order(order: list[int]) -> None:
    runner = Runner(COUNTING, "page.md")
    for index in order:
        snippet = runner.run(runner.pieces[index])
        assert snippet.code is runner.pieces[index]
        assert snippet.findings == []
        assert snippet.values["n"] == [1, 2, 20][index]
    assert len(runner.snippets.ran) == max(order) + 1


def test_functions_of_a_page_show_their_source_and_name_their_page() -> None:
    snippets = page(
        """\
        # Title

        - ```python
          def double(x):
              return 2 * x  # twice
          ```

        More *text* after it: `'''`.

        ```python
        class Pair:
            first = 1
        ```
        """
    )
    double = snippets.namespace["double"]
    assert isinstance(double, FunctionType)
    assert inspect.getsource(double) == "def double(x):\n    return 2 * x  # twice\n"
    assert double.__code__.co_firstlineno == 4
    assert double.__module__ == "__page__"


def test_future_imports_hold_for_the_code_below() -> None:
    snippets = page(
        """\
        ```python
        from __future__ import annotations
        ```

        ```python
        def f(x: Undefined) -> None: ...
        print(f.__annotations__)
        ```

        ```output
        {'x': 'Undefined', 'return': 'None'}
        ```
        """
    )
    assert told(snippets) == ""


def test_a_page_leaves_the_rest_as_it_was() -> None:
    text = dedent(
        """\
        ```python
        import random

        import torch

        torch.manual_seed(0)
        random.seed(0)
        torch.set_default_dtype(torch.float64)
        torch.set_printoptions(precision=2)
        torch.set_grad_enabled(False)
        ```

        ```python
        print(torch.rand(2))
        ```

        ```output
        tensor([0.03, 0.40])
        ```
        """
    )
    torch.manual_seed(7)
    random.seed(7)
    states = torch.get_rng_state(), random.getstate()
    runner = Runner(text, "page.md")
    for piece in runner.pieces:
        printed = runner.run(piece).printed
        assert torch.equal(torch.get_rng_state(), states[0])
        assert random.getstate() == states[1]
        assert torch.get_default_dtype() == torch.float32
        assert torch.is_grad_enabled()
        assert repr(torch.tensor([1 / 3])) == "tensor([0.3333])"
    with_own_settings = "tensor([0."
    assert printed.startswith(with_own_settings)
    assert len(printed) == len("tensor([0.03, 0.40])\n")


def test_what_a_page_prints_stays_within(capfd: pytest.CaptureFixture[str]) -> None:
    page(
        """\
        ```python
        import sys
        print("out")
        print("err", file=sys.stderr)
        ```
        """
    )
    assert capfd.readouterr() == ("", "")


def test_interrupting_is_no_finding() -> None:
    with pytest.raises(KeyboardInterrupt):
        page("```python\nraise KeyboardInterrupt\n```\n")


def test_an_import_that_fails_is_told() -> None:
    text = "```python\nimport module_beside_the_page\n```\n"
    assert told(run_page(text, "page.md")) == dedent(
        """\
        page.md:2:1: ModuleNotFoundError: No module named 'module_beside_the_page'
            2 | import module_beside_the_page
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        """
    )
