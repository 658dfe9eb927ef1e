"""The checks while the site is built: what is remembered, what is told, and where."""

import html
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from nn3doc.equations.isolate.isolation import Limits
from nn3doc.site.checks.check_hook import CheckedPages, add_findings, with_boxes
from nn3doc.site.checks.checking import CheckedPage, PageChecker, Told

NOTATION = """\
| Symbol | Python | Shape | Meaning |
| --- | --- | --- | --- |
| $x$ | `x` | $\\mathbb{R}$ | a number |
| $y$ | `y` | $\\mathbb{R}$ | another |
"""
RIGHT = "---\nbuilds_on: [first.md]\n---\n\nThen $y - x = 1$.\n"
WRONG = "# Title\n\nLet $y = x + 1$, so $y - x = 1$.\n\n$$\ny - x = 2\n$$\n\nText.\n"


class Counting(PageChecker):
    """Counts how often it really checks."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache)
        self.order: list[Path] = []

    @property
    def asked(self) -> int:
        return len(self.order)

    def _ask(self, path: Path, sources: str) -> dict[str, object]:
        self.order.append(path)
        return super()._ask(path, sources)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pages, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notation.md").write_text(NOTATION, encoding="utf-8")
    (tmp_path / "first.md").write_text("Let $y = x + 1$, so $y - x = 1$.\n", encoding="utf-8")
    (tmp_path / "page.md").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "other.md").write_text("Other.\n", encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def process() -> Iterator[Counting]:
    """A checker whose process serves all tests: starting one takes seconds."""
    found = Counting(Path("nowhere"))
    yield found
    found.close()


@pytest.fixture
def checker(folder: Path, process: Counting) -> Counting:
    """A checker with an empty cache."""
    process.order.clear()
    process._cache = folder / "cache"
    return process


PAGE = Path("page.md")


def test_a_page_is_checked_again_only_when_something_it_needs_changes(checker: Counting) -> None:
    def asked_after(change: Path, text: str) -> int:
        change.write_text(text, encoding="utf-8")
        checker.check(PAGE)
        return checker.asked

    checker.check(PAGE)
    checker.check(PAGE)
    assert checker.asked == 1
    assert asked_after(Path("other.md"), "Changed.\n") == 1
    assert asked_after(PAGE, RIGHT + "More.\n") == 2
    assert asked_after(Path("first.md"), "Let $y = x + 1$, so $y - 1 = x$.\n") == 3
    assert asked_after(Path("first.md"), "Thus let $y = x + 1$, so $y - 1 = x$.\n") == 3
    assert asked_after(Path("notation.md"), NOTATION.replace("a number", "real")) == 4
    assert asked_after(Path("notation.md"), "# N\n\n" + NOTATION.replace("a number", "real")) == 4
    assert asked_after(PAGE, RIGHT) == 5
    assert asked_after(PAGE, RIGHT) == 5


def test_a_page_that_was_edited_is_checked_before_those_that_build_on_it(
    checker: Counting,
) -> None:
    both = [PAGE, Path("first.md")]
    first = checker.start(both)
    assert (list(first), first.edited) == (both, both)
    assert [first[path].data["ok"] for path in both] == [True, True]
    assert checker.start(both).edited == []
    Path("first.md").write_text("Let $y = x + 2$, so $y - x = 2$.\n", encoding="utf-8")
    checker.order.clear()
    checks = checker.start(both)
    assert checks.edited == [Path("first.md")]
    assert [checks[path].data["ok"] for path in both] == [False, True]
    assert checks.is_done(PAGE)
    assert checker.order == [Path("first.md"), PAGE]


def test_what_was_said_is_remembered_from_one_build_to_the_next(
    checker: Counting, folder: Path
) -> None:
    said = checker.check(PAGE)
    next_build = Counting(folder / "cache")
    assert next_build.check(PAGE) == said
    assert next_build.asked == 0
    assert [path.suffix for path in (folder / "cache").iterdir()] == [".json"]


def test_a_cut_off_file_of_the_cache_is_as_good_as_none(checker: Counting, folder: Path) -> None:
    said = checker.check(PAGE)
    (kept,) = (folder / "cache").iterdir()
    kept.write_text(kept.read_text(encoding="utf-8")[:50], encoding="utf-8")
    checker._said.clear()  # what it has in its memory
    assert checker.check(PAGE) == said
    assert checker.asked == 2


def test_findings_are_as_the_command_prints_them(checker: Counting) -> None:
    PAGE.write_text(WRONG, encoding="utf-8")
    (told,) = checker.check(PAGE).told
    assert WRONG[told.start : told.end] == "2"
    assert told.failing
    assert told.text.splitlines()[:3] == [
        "page.md:6:9: the two sides differ",
        "    6 | y - x = 2",
        "      |         ^",
    ]
    assert checker.check(PAGE).data["ok"] is False


def test_a_page_that_ends_the_process_or_never_ends_is_told(folder: Path) -> None:
    impatient = Counting(folder / "cache")
    impatient._limits = Limits(seconds=1)
    PAGE.write_text("```python\nimport os\nos._exit(0)\n```\n", encoding="utf-8")
    (told,) = impatient.check(PAGE).told
    message = "page.md:2:1: the code ended Python itself, with exit code 0"
    assert told.text.splitlines()[0] == message
    PAGE.write_text("```python\nwhile True: pass\n```\n", encoding="utf-8")
    (told,) = impatient.check(PAGE).told
    assert told.text.splitlines()[0] == "page.md:2:1: the code did not end within 1 second"
    assert list(folder.glob("cache/*")) == []  # nothing is remembered of this
    PAGE.write_text(RIGHT, encoding="utf-8")
    assert impatient.check(PAGE).told == ()
    impatient.close()


# --- what it depends on -------------------------------------------------------------------------


CODED = "```python\nfrom helper import number\nprint(number())\n```\n\n```output\n1\n```\n"


def test_a_page_is_checked_again_when_a_module_of_its_code_changes(
    checker: Counting, folder: Path
) -> None:
    PAGE.write_text(CODED, encoding="utf-8")
    helper, deeper = folder / "helper.py", folder / "deeper.py"

    def save(file: Path, text: str) -> None:
        file.write_text(text, encoding="utf-8")
        os.utime(file, (0, 0))  # what was saved just before a check might have been saved during it

    def said() -> list[str]:
        found = checker.check(PAGE).told
        return [one.text.splitlines()[0].partition(": ")[2] for one in found]

    assert said() == ["ModuleNotFoundError: No module named 'helper'"]
    assert (said(), checker.asked) == (said(), 1)
    save(helper, "def number() -> int:\n    return 2\n")
    assert said() == ["the code above prints something else"]
    save(helper, "def number() -> int:\n    return 1\n")
    assert said() == []
    save(helper, "from deeper import number\n")
    save(deeper, "def number(: int\n")
    assert said() == ["SyntaxError: invalid syntax"]
    save(deeper, "def number() -> int:\n    return 3\n")
    assert said() == ["the code above prints something else"]
    assert checker.watched([PAGE]) >= {helper, deeper, PAGE.resolve()}
    asked = checker.asked
    assert (said(), checker.asked) == (said(), asked)
    assert checker.start([PAGE]).edited == []
    save(deeper, "def number() -> int:\n    return 1\n")
    checks = checker.start([PAGE])
    assert (checks.edited, checks[PAGE].told) == ([PAGE], ())


# Ways in which code reads a file; each gives the sum of its numbers.
READS = {
    "open": "sum(float(line) for line in open('data.csv'))",
    "bytes": "sum(map(float, open(b'data.csv', 'rb').read().split()))",
    "pathlib": "sum(map(float, Path('data.csv').read_text().split()))",
    "another folder": "os.chdir('sub') or sum(map(float, open('../data.csv').read().split()))",
    "os": "sum(map(float, os.read(os.open('data.csv', os.O_RDONLY), 99).split()))",
    "NumPy": "float(np.loadtxt('data.csv').sum())",
    "a memory map": "sum(map(float, bytes(np.memmap('data.csv', np.uint8)).split()))",
    "a function that only the checker calls": "3.0\ndef y(x):\n    return x + added()",
}
READING = """\
```python
import os
from pathlib import Path
import numpy as np
def added():
    return float(open('data.csv').readline())
total = {}
print(total)
```

```output
3.0
```
"""
PRINTS = "the code above prints something else"


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_page_is_checked_again_when_a_file_that_its_code_reads_changes(
    checker: Counting, folder: Path, read: str
) -> None:
    (folder / "sub").mkdir()
    PAGE.write_text(f"{RIGHT}\n{READING.replace('{}', read)}", encoding="utf-8")
    data = folder / "data.csv"

    def said(text: str) -> list[str]:
        data.write_text(text, encoding="utf-8")
        os.utime(data, (0, 0))  # what was saved just before a check might have been saved during it
        return [one.text.splitlines()[0] for one in checker.check(PAGE).told if one.failing]

    assert said("1\n2\n") == []
    assert (said("1\n2\n"), checker.asked) == ([], 1)
    assert data in checker.watched([PAGE])
    (told,) = said("2\n2\n")
    wrong = "y returns something else than y" if "def" in read else PRINTS
    assert told.partition(": ")[2] == wrong
    assert checker.asked == 2


def test_a_file_that_is_not_there_yet_is_waited_for(checker: Counting, folder: Path) -> None:
    PAGE.write_text("```python\nopen('data.csv')\n```\n", encoding="utf-8")
    (told,) = checker.check(PAGE).told
    first = told.text.splitlines()[0]
    assert (
        first == "page.md:2:1: FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'"
    )
    (folder / "data.csv").write_text("1\n", encoding="utf-8")
    assert checker.check(PAGE).told == ()


OWN = """\
```python
import json, tempfile, zoneinfo
from pathlib import Path
with tempfile.TemporaryDirectory() as place:
    file = Path(place, "made.json")
    file.write_text("[1]")
    assert json.loads(file.read_text()) == [1]
Path("kept.txt").write_text("one")
assert Path("kept.txt").read_text() == "one"
with open("log.txt", "a") as log:
    log.write("two")
open("/proc/self/status").close()
open(json.__file__).close()
```
"""


def test_files_that_code_makes_or_that_are_installed_are_none_of_a_page(
    checker: Counting, folder: Path
) -> None:
    PAGE.write_text(f"{RIGHT}\n{OWN}", encoding="utf-8")
    for _ in range(2):  # the second time, they are there already
        said = checker.check(PAGE)
        assert (said.told, said.files) == ((), ())
        checker._said.clear()
        for kept in (folder / "cache").iterdir():
            kept.unlink()


@pytest.mark.parametrize("saved", ["page.md", "mine.py"])
def test_what_is_saved_during_a_check_is_checked_again(
    checker: Counting, folder: Path, monkeypatch: pytest.MonkeyPatch, saved: str
) -> None:
    (folder / "mine.py").write_text("def plus(x):\n    return x + 1\n", encoding="utf-8")
    code = f"import mine\nopen({saved!r}, 'a').write('\\n')\nx = 1.0\ny = mine.plus(x)"
    page = folder / "page.md"
    page.write_text(f"{RIGHT}\n```python\n{code}\n```\n", encoding="utf-8")
    text, asked = page.read_text(encoding="utf-8"), checker.asked
    for times in (1, 2):
        page.write_text(text, encoding="utf-8")
        assert checker.check(PAGE).told == ()
        assert checker.asked == asked + times


def test_a_module_of_this_package_counts_as_one_of_the_page(checker: Counting) -> None:
    PAGE.write_text('```python source="nn3doc.network.learn"\n```\n', encoding="utf-8")
    names = {Path(file).name for file, digest in checker.check(PAGE).files if digest}
    assert {"network.py", "_arguments.py"} <= names


def test_pages_of_every_ending_are_known(checker: Counting, folder: Path) -> None:
    """The front matter is read for the check and for the cache by the same function."""
    other = folder / "first.markdown"
    other.write_text("Let $y = x + 1$, so $y - x = 1$.\n", encoding="utf-8")
    for front in ("builds_on: [first.markdown]", "builds_on:\n- 'first.markdown'"):
        PAGE.write_text(f"---\n{front}\n---\n\nThen $y - x = 1$.\n", encoding="utf-8")
        assert checker.check(PAGE).told == ()
        assert other in checker.watched([PAGE])
        other.write_text("Let $y = x + 2$, so $y - x = 2$.\n", encoding="utf-8")
        assert [one.failing for one in checker.check(PAGE).told] == [True]
        other.write_text("Let $y = x + 1$, so $y - x = 1$.\n", encoding="utf-8")


# --- on the page --------------------------------------------------------------------------------


FAILING = Told(0, 1, True, "page.md:1:1: wrong\n    1 | # Title\n")
WEAK = Told(0, 1, False, "page.md:1:1: warning: weak\n")


def test_findings_are_warnings_of_mkdocs(
    folder: Path, checker: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    PAGE.write_text("Let $x = 1$.\n\n$y = z$\n", encoding="utf-8")
    pages = CheckedPages({"page.md": (PAGE.resolve(), "page.html")}, checker)
    with caplog.at_level(logging.INFO):
        for _ in range(2):  # told once
            assert pages["page.md"].report["ok"] is False
    assert [(one.levelname, one.getMessage().splitlines()[0]) for one in caplog.records] == [
        ("INFO", "page.md:1:10: warning: these numbers are used nowhere"),
        ("WARNING", "page.md:3:6: unknown symbol z"),
    ]


def test_findings_have_boxes_on_the_page(folder: Path) -> None:
    PAGE.write_text(WRONG, encoding="utf-8")
    content = add_findings(WRONG, PAGE.resolve(), CheckedPage({}, (FAILING, WEAK)))
    assert content.count("nn-finding") == 1


def test_a_page_without_findings_is_not_touched(folder: Path) -> None:
    assert add_findings(WRONG, PAGE.resolve(), CheckedPage({}, (WEAK,))) is WRONG


BOX = (
    '<div class="admonition failure nn-finding" role="alert">'
    '<p class="admonition-title">page.md:1:1: wrong</p></div>'
)
# A page with an X where something is told of, and where the box comes.
PLACES = {
    "behind a display": ("$$\na = X\n$$\nText.\n", "$$\na = X\n$$\n\n[BOX]\n\nText.\n"),
    "behind the remark that goes with it": (
        "$$\nX\n$$\n<!-- unchecked: so -->\nText.\n",
        "$$\nX\n$$\n<!-- unchecked: so -->\n\n[BOX]\n\nText.\n",
    ),
    "behind the paragraph of an inline formula": (
        "One $X$ two\nthree.\n\nFour.\n",
        "One $X$ two\nthree.\n\n[BOX]\n\n\nFour.\n",
    ),
    "behind a table": (
        "| a |\n| - |\n| $X$ |\n\nText.\n",
        "| a |\n| - |\n| $X$ |\n\n[BOX]\n\n\nText.\n",
    ),
    "behind code": ("```python\nX\n```\n\nText.\n", "```python\nX\n```\n\n[BOX]\n\n\nText.\n"),
    "indented": (
        "!!! note\n\n    $$\n    X\n    $$\n\n    Text.\n",
        "!!! note\n\n    $$\n    X\n    $$\n\n    [BOX]\n    \n\n    Text.\n",
    ),
    "in a quotation": ("> $$\n> X\n> $$\n> Text.\n", "> $$\n> X\n> $$\n\n> [BOX]\n> \n> Text.\n"),
    "at the end": ("$X$", "$X$\n\n[BOX]\n\n"),
    "behind the front matter": ("---\nX: 1\n---\n\nText.\n", "[BOX]\n\nText.\n"),
}


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES)
def test_the_box_comes_behind_what_it_is_about(before: str, after: str) -> None:
    place = before.index("X")
    content = before.partition("---\n\n")[2] or before  # MkDocs takes the front matter away
    result = with_boxes(content, before, [Told(place, place + 1, True, "page.md:1:1: wrong\n")])
    assert result.lstrip("\n") == after.replace("[BOX]", BOX)


def test_a_message_is_text_on_the_page() -> None:
    message = "page.md:1:1: <b> & $x_1$ `a` *b* [c](d)\n    1 | \\frac{a}{b}\n      | ^\n"
    (line,) = (
        row
        for row in with_boxes("$X$", "$X$", [Told(1, 2, True, message)]).splitlines()
        if row.startswith("<div")
    )
    assert not set("$`*[\\_{") & set(line)
    assert html.unescape(line) == (
        '<div class="admonition failure nn-finding" role="alert"><p class="admonition-title">'
        "page.md:1:1: <b> & $x_1$ `a` *b* [c](d)</p>"
        "<pre>    1 | \\frac{a}{b}\n      | ^</pre></div>"
    )


def test_two_findings_at_one_place_are_two_boxes() -> None:
    told = [Told(1, 2, True, "one\n"), Told(1, 2, True, "two\n")]
    assert dedent(with_boxes("$X$\n\nText.\n", "$X$\n\nText.\n", told)).count("nn-finding") == 2


# --- in a build ---------------------------------------------------------------------------------


# What hooks.py does with the pages.
HOOK = """\
from pathlib import Path
from nn3doc.equations.isolate import Limits
from nn3doc.site.checks.check_hook import CheckedPages, add_findings
from nn3doc.site.checks.checking import PageChecker

checker = PageChecker(Path("cache"))
checked = None

def on_files(files, *, config):
    global checked
    pages = {file.src_uri: (Path(file.abs_src_path), file.dest_uri)
             for file in files.documentation_pages()}
    checked = CheckedPages(pages, checker)

def on_page_markdown(markdown, *, page, config, files):
    said = checked.said(page.file.src_uri)
    return add_findings(markdown, Path(page.file.abs_src_path), said)

def on_shutdown():
    checker.close()
"""


def test_a_strict_build_fails_and_the_page_shows_why(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "page.md").write_text(NOTATION + "\n" + WRONG, encoding="utf-8")
    (folder / "hook.py").write_text(HOOK, encoding="utf-8")
    (folder / "mkdocs.yml").write_text("site_name: Pages\nhooks: [hook.py]\n", encoding="utf-8")

    def build_with(strict: bool) -> None:
        build(load_config(str(folder / "mkdocs.yml"), strict=strict))

    with pytest.raises(Abort, match="1 warnings in strict mode"):
        build_with(strict=True)
    build_with(strict=False)
    content = (folder / "site" / "page" / "index.html").read_text(encoding="utf-8")
    box = content.partition('<div class="admonition failure nn-finding" role="alert">')[2]
    assert html.unescape(box.partition("</p>")[0]) == (
        '<p class="admonition-title">docs/page.md:11:9: the two sides differ'
    )
    (folder / "docs" / "page.md").write_text(NOTATION + "\nRight.\n", encoding="utf-8")
    build_with(strict=True)
