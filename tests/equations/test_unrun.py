"""Code that is seen and not run, and outputs that are compared with nothing, are told."""

from textwrap import dedent

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.code.runs import run_page
from nn3doc.equations.show.messages import render, summary


def said(page: str, strict: bool = False) -> str:
    report = check_page(page, code=run_page(page, "page.md"), strict=strict)
    return render(report)


TOLD = {
    "an indented block": "Text.\n\n    x = 1\n    y = x + 1\n\nText.\n",
    "an indented block of prompts": "Text.\n\n    >>> 1 + 1\n    3\n",
    "an indented block behind a list that has ended": "- one\n\nText.\n\n\tprint(1)\n",
    "an indented block in a list": "- one\n\n      x = 1\n\n- two\n",
    "an indented block in a numbered list": "1. one\n\n    Text.\n\n        x = 1\n",
    "an indented block in a box": "!!! note\n\n    Text.\n\n        x = 1\n\n    Text.\n",
    "an indented block in a quotation": "> Text.\n>\n>     x = 1\n>     y = 2\n",
    "an indented block behind an indented fence": "    ```\n    a b\n    ```\n\n    x = 1\n",
    "prompts that somebody types": "```console\n$ python\n>>> 1 + 1\n3\n```\n",
    "prompts in a shell": "```bash\n>>> 1 + 1\n3\n```\n",
    "prompts of IPython that somebody types": "```console\n$ ipython\nIn [1]: 1 + 1\n```\n",
    "a fence without a language": "```\nx = 1\n```\n",
    "a cell of a notebook": "```\nIn [1]: x = 1\n```\n",
    "Python 2": "```python2\nprint 1\n```\n",
    "an error": "```\nraise ValueError(x)\n```\n",
    "prompts without a prompt": "```pycon\nx = 1 / 0\n```\n",
    "an example that is skipped": "```pycon\n>>> 1 + 1  # doctest: +SKIP\n3\n```\n",
    "another directive": "```{jupyter-execute}\nx = 1\n```\n",
    "a directive of reStructuredText": ".. code-block:: python\n\n   x = 1\n",
    "a directive of colons": ":::{code-block} python\nx = 1\n:::\n",
    "HTML": '<pre><code class="language-python">x = 1\n</code></pre>\n',
    "a short code": "{% highlight python %}\nx = 1\n{% endhighlight %}\n",
    "AsciiDoc": "[source,python]\n----\nx = 1\n----\n",
    "a value that nothing prints": "```python\nx = 1\nx\n```\n\n```text\n2\n```\n",
    "an option that is misspelt": '```python titel="x.py"\nx = 1\n```\n',
    "an option that nobody knows": '```python theme="dark"\nx = 1\n```\n',
    "an option without its source": '```python show="x"\nx = 1\n```\n',
}

MESSAGES = {
    "an indented block": """\
        page.md:3:5: warning: code that is not run: an indented block
            3 | x = 1
              | ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block of prompts": """\
        page.md:3:5: warning: code that is not run: an indented block
            3 | >>> 1 + 1
              | ^^^^^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block behind a list that has ended": """\
        page.md:5:2: warning: code that is not run: an indented block
            5 | print(1)
              | ^^^^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block in a list": """\
        page.md:3:7: warning: code that is not run: an indented block
            3 | x = 1
              | ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block in a numbered list": """\
        page.md:5:9: warning: code that is not run: an indented block
            5 | x = 1
              | ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block in a box": """\
        page.md:5:9: warning: code that is not run: an indented block
            5 | x = 1
              | ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block in a quotation": """\
        page.md:3:7: warning: code that is not run: an indented block
            3 | >     x = 1
              |       ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "an indented block behind an indented fence": """\
        page.md:5:5: warning: code that is not run: an indented block
            5 | x = 1
              | ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "prompts that somebody types": """\
        page.md:1:1: warning: code that is not run: prompts in a fence of console
            1 | ```console
              | ^^^^^^^^^^
          Write ```pycon, and leave out what stands before the first prompt.
        """,
    "prompts in a shell": """\
        page.md:1:1: warning: code that is not run: prompts in a fence of bash
            1 | ```bash
              | ^^^^^^^
          Write ```pycon, and leave out what stands before the first prompt.
        """,
    "prompts of IPython that somebody types": """\
        page.md:1:1: warning: code that is not run: prompts of IPython
            1 | ```console
              | ^^^^^^^^^^
          Write ```python, and leave the prompts out.
        """,
    "a fence without a language": """\
        page.md:1:1: warning: code that is not run: a fence without a language
            1 | ```
              | ^^^
          Write ```python, or ```text where it is no code.
        """,
    "a cell of a notebook": """\
        page.md:1:1: warning: code that is not run: prompts of IPython
            1 | ```
              | ^^^
          Write ```python, and leave the prompts out.
        """,
    "Python 2": """\
        page.md:1:1: warning: code that is not run: a fence of python2
            1 | ```python2
              | ^^^^^^^^^^
          Write ```python.
        """,
    "an error": """\
        page.md:1:1: warning: code that is not run: a fence without a language
            1 | ```
              | ^^^
          Write ```python, or ```text where it is no code.
        """,
    "prompts without a prompt": """\
        page.md:1:1: warning: code that is not run: a fence of prompts without a prompt
            1 | ```pycon
              | ^^^^^^^^
          Write >>> in front of each statement, or ```python.
        """,
    "an example that is skipped": """\
        page.md:2:12: warning: code that is not run: an example that is skipped
            2 | >>> 1 + 1  # doctest: +SKIP
              |            ^^^^^^^^^^^^^^^^
          Take +SKIP out.
        """,
    "another directive": """\
        page.md:1:1: warning: code that is not run: a fence of jupyter-execute
            1 | ```{jupyter-execute}
              | ^^^^^^^^^^^^^^^^^^^^
          Write ```python.
        """,
    "a directive of reStructuredText": """\
        page.md:1:1: warning: code that is not run: a directive of reStructuredText
            1 | .. code-block:: python
              | ^^^^^^^^^^^^^^^^^^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "a directive of colons": """\
        page.md:1:1: warning: code that is not run: a directive of colons
            1 | :::{code-block} python
              | ^^^^^^^^^^^^^^^^^^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "HTML": """\
        page.md:1:1: warning: code that is not run: code in HTML
            1 | <pre><code class="language-python">x = 1
              | ^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "a short code": """\
        page.md:1:1: warning: code that is not run: a short code
            1 | {% highlight python %}
              | ^^^^^^^^^^^^^^^^^^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "AsciiDoc": """\
        page.md:1:1: warning: code that is not run: a block of AsciiDoc
            1 | [source,python]
              | ^^^^^^^^^^^^^^^
          Write ```python before it, and ``` behind it.
        """,
    "a value that nothing prints": """\
        page.md:6:1: warning: output that is not compared: the code above prints nothing
            6 | ```text
              | ^^^^^^^
          Print it, or put a line of text between the two if it is no output.
        """,
    "an option that is misspelt": """\
        page.md:1:11: warning: there is no option titel
            1 | ```python titel="x.py"
              |           ^^^^^
          Did you mean title?
        """,
    "an option that nobody knows": """\
        page.md:1:11: warning: there is no option theme
            1 | ```python theme="dark"
              |           ^^^^^
          The options are source, show, docstring, signature, color, title, linenums and hl_lines.
        """,
    "an option without its source": """\
        page.md:1:11: warning: the option show does nothing without a source
            1 | ```python show="x"
              |           ^^^^
          Write source="package.function" beside it.
        """,
}


@pytest.mark.parametrize(("name", "page"), TOLD.items(), ids=TOLD)
def test_what_is_not_run_is_told(name: str, page: str) -> None:
    assert said(page) == dedent(MESSAGES[name])


@pytest.mark.parametrize("page", TOLD.values(), ids=TOLD)
def test_it_is_counted_and_fails_strictly(page: str) -> None:
    report = check_page(page, code=run_page(page, "page.md"))
    assert report.ok
    assert summary([report]).endswith("; 1 seen but not run")
    assert not check_page(page, code=run_page(page, "page.md"), strict=True).ok


QUIET = {
    "words in a list": "- one\n\n      some words\n\n- two\n",
    "lists in lists": "- one\n    - two\n        * x = f(1)\n\n        * y = 2\n",
    "a list far in": "1. one\n\n        - f(x)\n        - f(y)\n",
    "in a tab": '=== "One"\n\n    x = 1\n',
    "in a quotation, as its text": "> x = 1\n",
    "commands, with what they print": "```console\n$ python x.py > y\n3\n>> more\n```\n",
    "in a list, as its text": "1. one\n\n    x = f(1)\n",
    "in a list, further down": "- one\n\n    Text.\n\n    print(1)\n",
    "in an admonition": "!!! note\n\n    x = 1\n",
    "in a definition": "term\n\n:   its meaning\n\n    x = 1\n",
    "words": "Text.\n\n    some words\n",
    "one word": "Text.\n\n    words\n",
    "a paragraph that goes on": "Text\n    x = 1\n",
    "another language": "```js\nx = 1\n```\n",
    "text": "```text\nx = 1\n```\n",
    "an example of this checker": '````markdown check="passes"\n```\nx = 1\n```\n````\n',
    "within a fence of Markdown": "````markdown\n```python\nx = 1\n```\n````\n",
    "HTML in another language": '<pre><code class="language-js">x = 1\n</code></pre>\n',
    "a tree of folders": "```\ndocs\n  index.md\n```\n",
    "what somebody types": "```console\n$ x = 1\n```\n",
    "options that tools know": '```python title="x.py" linenums="1" hl_lines="2 3"\nx = 1\n```\n',
    "a listing behind code": "```python\nx = 1\n```\n\n```text\na file\n```\n",
}


@pytest.mark.parametrize("page", QUIET.values(), ids=QUIET)
def test_what_is_no_code_is_not_told(page: str) -> None:
    assert said(page, strict=True) == ""


def test_without_code_nothing_is_said_of_code() -> None:
    assert render(check_page(TOLD["Python 2"], code=False)) == ""


PRINTING = "```python\nfor step in range(2):\n    print('loss', 0.5 - step / 4)\n```\n\nText.\n\n"
LIKE = {
    "with other numbers": "```text\nloss 0.5\nloss 0.3\n```\n",
    "right": "```text\nloss 0.5\nloss 0.25\n```\n",
    "without a language": "```\nloss 0.5\n…\n```\n",
    "with other words": "```text\ncost 0.5\ncost 0.25\n```\n",
    "behind a command": "```console\n$ python losses.py\nloss 0.5\nloss 0.3\n```\n",
    "in a quotation": "> ```text\n> loss 0.5\n> ```\n",
    "in a box behind text": "!!! note\n\n    It falls.\n\n    ```\n    loss 0.5\n    ```\n",
    "of another language": "```yaml\nloss 0.5\nloss 0.3\n```\n",
    "in HTML": "<pre>loss <b>0.5</b>\nloss 0.3</pre>\n",
    "behind code that prints nothing": "```python\nx = 1\n```\n\nText.\n\n```text\nloss 1\n```\n",
}


@pytest.mark.parametrize("fence", LIKE.values(), ids=LIKE)
def test_an_output_that_stands_elsewhere_is_told(fence: str) -> None:
    text = PRINTING + fence
    (line,) = (row for row in said(text).splitlines() if "warning" in row)
    assert line.partition("warning: ")[2] == (
        "output that is not compared: the code on line 1 prints its like"
    )
    assert not check_page(text, code=run_page(text, "page.md"), strict=True).ok


def test_the_whole_message_of_an_output_that_stands_elsewhere() -> None:
    assert said(PRINTING + "```text\nloss 0.3\n```\n") == dedent(
        """\
        page.md:8:1: warning: output that is not compared: the code on line 1 prints its like
            8 | ```text
              | ^^^^^^^
          Put it directly behind that code, as ```output.
          If it is no output, write <!-- unchecked: the reason --> behind it.
        """
    )


UNLIKE = {
    "a command": "```console\n$ python losses.py\n```\n",
    "a command without a prompt": "```\npip install torch==2.1\n```\n",
    "a tree of files": "```\ndocs\n├── index.md\n└── losses.md\n```\n",
    "a file": "```text\n# Requirements\ntorch==2.1\nnumpy\n```\n",
    "another language": "```yaml\nloss: mean\nrate: 0.5\n```\n",
    "one with a remark": (
        "```text\nloss 0.5\n```\n<!-- unchecked: a line of the log of another machine -->\n"
    ),
    "an example of this checker": '````markdown check="passes"\n```text\nloss 0.5\n```\n````\n',
    "one behind code of its own": (
        "```python\nprint(1)\n```\n\n```output\n1\n```\n\nText.\n\n```text\nloss 0.5\n```\n"
    ),
    "nothing": "```text\n```\n",
}


@pytest.mark.parametrize("fence", UNLIKE.values(), ids=UNLIKE)
def test_what_is_no_output_is_not_told(fence: str) -> None:
    assert said(PRINTING + fence, strict=True) == ""


@pytest.mark.parametrize(
    ("printed", "shown"),
    [("2", "3"), ("True", "False"), ("'even'", "odd"), ("[1, 2]", "[1, 3]"), ("nan", "0.5")],
)
def test_a_wrong_value_is_like_a_right_one(printed: str, shown: str) -> None:
    page = f"```python\nnan = float('nan')\nprint({printed})\n```\n\nText.\n\n```\n{shown}\n```\n"
    assert "output that is not compared" in said(page)
