"""The code on a page: which pieces there are, and what they assign."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn3doc.equations.code.runs import Snippets, run_page
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.messages import render
from nn3doc.equations.text.markdown import Lines, MarkdownError
from nn3doc.equations.text.snippets import assigned_names, find_code, used_names


def told(snippets: Snippets) -> str:
    return render(Report(snippets.path, snippets.text, [], snippets.findings))


# Every way of writing code that a page's tests are to run, and the ways that are not code to run.
SPELLINGS = {
    "python": "```python\nx = 1\n```",
    "py": "```py\nx = 1\n```",
    "tildes": "~~~python\nx = 1\n~~~",
    "four ticks": "````python\nx = 1\n````",
    "a title": '```python title="x.py" linenums="1"\nx = 1\n```',
    "braces": "```{.python}\nx = 1\n```",
    "braces and blanks": "``` { .python .annotate }\nx = 1\n```",
    "attributes of pandoc": "```{#one .python .numberLines}\nx = 1\n```",
    "another class first": "```{.annotate .python}\nx = 1\n```",
    "python3": "```python3\nx = 1\n```",
    "ipython": "```ipython\nx = 1\n```",
    "ipython3": "```ipython3\nx = 1\n```",
    "a cell": "```{code-cell}\nx = 1\n```",
    "a cell with its language": "```{code-cell} ipython3\nx = 1\n```",
    "a cell with options": "```{code-cell} python\n:tags: [hide-input]\n\nx = 1\n```",
    "a cell with options as YAML": "```{code-cell}\n---\ntags: [hide]\n---\nx = 1\n```",
    "a directive": "```{code-block} python\nx = 1\n```",
    "R Markdown": "```{python, echo=FALSE}\nx = 1\n```",
    "the body of a script": '```python\nif __name__ == "__main__":\n    x = 1\n```',
    "the body of a script, another way": '```python\nif __name__ in ("__main__",):\n    x = 1\n```',
    "the body of a script, behind a name": (
        '```python\nmain = __name__ == "__main__"\nif main:\n    x = 1\n```'
    ),
    "prompts without a language": "```\n>>> x = 1\n```",
    "prompts in a quotation": "> ```\n> >>> x = 1\n> ```",
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
    "a fence of text": "```python\nprint('a')\n```\n\n```text\na\n```",
    "a fence of a console": "```python\nprint('a')\n```\n\n```console\na\n```",
    "behind a line that says so": "```python\nprint('a')\n```\n\nThe output is:\n\n```\na\n```",
    "no output, what somebody types": "```python\nprint('a')\n```\n\n```console\n$ ls\n```",
    "no output, behind other text": "```python\nprint('a')\n```\n\nA file:\n\n```text\nb\n```",
    "an empty line in a doctest": "```pycon\n>>> print('a\\n\\nb')\na\n\nb\n>>> 1\n1\n```",
    "a remark in a doctest": "```pycon\n>>> 1\n1\n\n# Then:\n>>> 2\n2\n```",
}


@pytest.mark.parametrize("text", OUTPUTS.values(), ids=OUTPUTS)
def test_outputs_that_are_right(text: str) -> None:
    assert told(run_page(text, "page.md")) == ""


# What may stand between a code and its output, with the blanks before the latter.
BETWEEN = {
    "a tab": ('=== "Output"\n\n', "    "),
    "a tab of its own group": ("===! 'Output'\n\n", "    "),
    "a box": ("!!! note\n\n", "    "),
    "a box that is closed": ('??? example "What it prints"\n\n', "    "),
    "a box that is open": ("???+ note\n\n", "    "),
    "a block": ("/// details | Output\n\n", ""),
    "a block of colons": ("::: {.cell-output}\n", ""),
    "an item of a list": ("- ", ""),
    "a numbered item": ("2. ", ""),
    "an item with a line": ("- It prints:\n\n", "  "),
    "details": ("<details><summary>What comes out</summary>\n\n", ""),
    "details on several lines": ("<details>\n<summary>\nOutput\n</summary>\n\n", ""),
    "tabs of React": ('</TabItem>\n<TabItem value="b" label="Output">\n\n', ""),
    "tabs of Liquid": ("{% endtab %}\n{% tab output %}\n", ""),
    "attributes": ("{: .output }\n", ""),
    "a callout": ("> [!NOTE]\n", "> "),
    "a heading": ("### Output\n\n", ""),
    "a title": ("**Expected output**\n\n", ""),
    "a comment": ("<!-- the same each time -->\n", ""),
    "a tab and a line": ('=== "Output"\n\n    It prints:\n\n', "    "),
}


@pytest.mark.parametrize(("between", "indent"), BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("language", ["output", "text", ""])
def test_an_output_is_compared_behind_what_opens_its_block(
    between: str, indent: str, language: str
) -> None:
    rows = f"```{language}\n3\n```\n".splitlines(keepends=True)
    behind = " " * len(between) if between in ("- ", "2. ") else indent
    fence = indent + rows[0] + "".join(behind + row for row in rows[1:])
    snippets = run_page(f"```python\nprint(2)\n```\n\n{between}{fence}", "page.md")
    (finding,) = snippets.findings
    assert finding.message == "the code above prints something else"
    assert finding.notes[:2] == ("the page shows: 3", "it prints:      2")


@pytest.mark.parametrize("between", ["A file", "- one\n- two", "A file:", "<p>A file</p>", "$x$"])
def test_other_text_ends_a_code(between: str) -> None:
    page = f"```python\nprint(2)\n```\n\n{between}\n\n```text\n3\n```\n"
    assert run_page(page, "page.md").findings == []


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
