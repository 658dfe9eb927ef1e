"""What a page's code does wrong is told at its place, whole messages, carets included."""

import inspect
from json import decoder
from textwrap import dedent

import pytest

from nn3doc.equations.code.runs import Snippets, relative, run_page
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.messages import render


def told(snippets: Snippets) -> str:
    return render(Report(snippets.path, snippets.text, [], snippets.findings))


def page(text: str) -> Snippets:
    return run_page(dedent(text), "page.md")


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
        ```python source="nn3doc.equations.isolate.state.copied" show="entries other return"
        ```
        """,
        """\
        page.md:1:72: copied assigns no other
            1 | ```python source="nn3doc.equations.isolate.state.copied" show="entries other return"
              |                                                                        ^^^^^
          Its names are copiable, entries.
        """,
    ),
    "a source without quotes, and an option that is none": (
        """\
        ```python source=nn3doc.network.learn sohw='W1 b1'
        ```
        """,
        """\
        page.md:1:39: there is no option sohw
            1 | ```python source=nn3doc.network.learn sohw='W1 b1'
              |                                       ^^^^
          The options are source, show, docstring, signature, color. Did you mean show?
        """,
    ),
    "a source in single quotes, and a name that only a loop binds": (
        """\
        ```python source='nn3doc.equations.text.snippets.from_regions' show='region'
        ```
        """,
        """\
        page.md:1:70: from_regions assigns no region
            1 | ```python source='nn3doc.equations.text.snippets.from_regions' show='region'
              |                                                                      ^^^^^^
          Its names are before, code, lines, result.
        """,
    ),
    "a source that is a module": (
        """\
        ```python source="nn3doc.network"
        ```
        """,
        """\
        page.md:1:19: nn3doc.network is a module, not a function
            1 | ```python source="nn3doc.network"
              |                   ^^^^^^^^^^^^^^
        """,
    ),
    "a source that is a function of C": (
        """\
        ```python source="math.sqrt"
        ```
        """,
        """\
        page.md:1:19: math.sqrt has no source in Python
            1 | ```python source="math.sqrt"
              |                   ^^^^^^^^^
        """,
    ),
    "a source that is a function of another file": (
        """\
        ```python source="nn3doc.learn"
        ```
        """,
        """\
        page.md:1:19: nn3doc/__init__.py has no function learn
            1 | ```python source="nn3doc.learn"
              |                   ^^^^^^^^^^^^
        """,
    ),
    "output in a fence of text": (
        """\
        ```python
        print(1 + 1)
        ```

        ```text
        3
        ```
        """,
        """\
        page.md:6:1: the code above prints something else
            6 | 3
              | ^
          the page shows: 3
          it prints:      2
          If it is no output, put a line of text between the two.
        """,
    ),
    "output in a fence without a language, behind a line that says so": (
        """\
        ```python
        print(1 + 1)
        ```

        It prints:

        ```
        3
        ```
        """,
        """\
        page.md:8:1: the code above prints something else
            8 | 3
              | ^
          the page shows: 3
          it prints:      2
          If it is no output, put a line of text between the two.
        """,
    ),
    "output in a tab": (
        """\
        ```python
        print(1 + 1)
        ```

        === "Output"

            ```
            3
            ```
        """,
        """\
        page.md:8:5: the code above prints something else
            8 | 3
              | ^
          the page shows: 3
          it prints:      2
          If it is no output, put a line of text between the two.
        """,
    ),
    "the body of what a script does": (
        """\
        ```python
        def main():
            print(1 / 0)


        if __name__ == "__main__":
            main()
        ```
        """,
        """\
        page.md:3:11: ZeroDivisionError: division by zero
            3 | print(1 / 0)
              |       ^^^^^
        """,
    ),
    "text behind an empty line of a doctest": (
        """\
        ```pycon
        >>> print("a")
        a

        b
        ```
        """,
        """\
        page.md:2:1: this prints something else
            2 | >>> print("a")
              | ^^^^^^^^^^^^^^
          - the page shows, + it prints:
            a
          - <BLANKLINE>
          - b
        """,
    ),
    "a prompt without a blank": (
        """\
        ```python
        >>>1 + 1
        3
        ```
        """,
        """\
        page.md:2:1: this line lacks blank after >>>
            2 | >>>1 + 1
              | ^^^^^^^^
        """,
    ),
    "a prompt in a fence without a language": (
        """\
        ```
        >>> 1 + 1
        3
        ```
        """,
        """\
        page.md:2:1: this prints something else
            2 | >>> 1 + 1
              | ^^^^^^^^^
          the page shows: 3
          it prints:      2
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
