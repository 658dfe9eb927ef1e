"""The code of a page, run as a reader would run it, in one namespace and without side effects."""

import inspect
import random
from textwrap import dedent
from types import FunctionType

import pytest
import torch

from nn3doc.equations.code.runs import Runner, Snippets, run_page
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.messages import render


def told(snippets: Snippets) -> str:
    return render(Report(snippets.path, snippets.text, [], snippets.findings))


def page(text: str) -> Snippets:
    return run_page(dedent(text), "page.md")


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


def test_a_long_difference_is_cut() -> None:
    text = "```python\nfor i in range(99): print(i)\n```\n\n```output\nx\n```\n"
    (finding,) = run_page(text, "page.md").findings
    assert len(finding.notes) == 22
    assert finding.notes[-1] == "… and 80 more lines"


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
