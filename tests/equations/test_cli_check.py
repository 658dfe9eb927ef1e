"""The command `nn3doc check`: what it prints, where, and how it exits."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import nn3doc
from nn3doc.commands import main
from nn3doc.commands.check import wants_color
from nn3doc.equations import page

NOTATION = dedent(
    """\
    | Symbol | Python | Shape | Meaning |
    | --- | --- | --- | --- |
    | $x$ | `x` | $\\mathbb{R}$ | a number |
    | $y$ | `y` | $\\mathbb{R}$ | another |

    """
)
RIGHT = NOTATION + "Let $y = x + 1$. Then $y - x = 1$.\n"
WRONG = NOTATION + "Let $y = x + 1$, so $y - x = 1$. Then $y - x = 2$ and $y = z$.\n"
CODE = NOTATION + "Let $y = 2 x$, so $y - x = x$.\n\n```python\nprint(1 / 0)\n```\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs the command in a folder with the pages given: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **pages: str | bytes) -> tuple[int, str, str]:
        for name, content in pages.items():
            path = tmp_path / (name.replace("__", "/") + ".md")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        path_before = list(sys.path)
        try:
            code = main(["check", *arguments])
        except SystemExit as error:
            code = int(str(error.code))
        finally:
            sys.path[:] = path_before
        return code, *capsys.readouterr()

    return run


def test_a_page_that_is_right(check: Run) -> None:
    code, out, err = check("page.md", page=RIGHT)
    assert (code, err) == (0, "")
    assert out.startswith("6 formulas on 1 page: 1 holds, 1 defines, 4 declare; ")
    assert out.endswith(" 0 failed; 0 unchecked\n")
    assert out.count("\n") == 1


def test_a_page_with_two_mistakes(check: Run) -> None:
    code, out, err = check("page.md", page=WRONG)
    assert (code, err) == (1, "")
    blocks = out.split("\n\n")
    assert len(blocks) == 3
    assert blocks[0].splitlines()[:3] == [
        "page.md:6:48: the two sides differ",
        "    6 | Let $y = x + 1$, so $y - x = 1$. Then $y - x = 2$ and $y = z$.",
        "      |                                                ^",
    ]
    assert blocks[1].splitlines()[:3] == [
        "page.md:6:60: unknown symbol z",
        "    6 | Let $y = x + 1$, so $y - x = 1$. Then $y - x = 2$ and $y = z$.",
        "      |                                                            ^",
    ]
    assert blocks[2].startswith("8 formulas on 1 page: ")
    assert " 2 failed; " in blocks[2]


def test_several_pages_in_one_run_and_folders(check: Run) -> None:
    pages = {"docs__a": RIGHT, "docs__deep__b": WRONG, "docs__.hidden__c": WRONG}
    code, out, _ = check("docs", **pages)
    assert code == 1
    assert out.splitlines()[0] == "docs/deep/b.md:6:48: the two sides differ"
    assert out.splitlines()[-1].startswith("14 formulas on 2 pages: ")


def test_a_page_that_is_named_twice_is_checked_once(check: Run) -> None:
    _, out, _ = check("docs/a.md", "docs", docs__a=RIGHT)
    assert out.startswith("6 formulas on 1 page: 1 holds, 1 defines, 4 declare; ")


def test_code_that_fails_is_a_finding(check: Run) -> None:
    code, out, _ = check("page.md", page=CODE)
    assert code == 1
    assert out.split("\n\n")[0] == (
        "page.md:9:7: ZeroDivisionError: division by zero\n"
        "    9 | print(1 / 0)\n"
        "      |       ^^^^^"
    )
    assert " 0 failed; 1 finding outside of formulas; " in out


def test_no_code_runs_nothing_and_imports_nothing(check: Run) -> None:
    side_effect = "```python\nfrom pathlib import Path\nPath('ran').touch()\n```\n"
    code, _, _ = check("page.md", "--no-code", page=CODE + side_effect)
    assert code == 0
    assert not Path("ran").exists()
    check("page.md", page=side_effect)
    assert Path("ran").exists()


def test_a_module_beside_the_page_can_be_imported(check: Run) -> None:
    Path("beside_the_page.py").write_text("x = 1\n", encoding="utf-8")
    page = RIGHT + "\n```python\nimport beside_the_page\n```\n"
    assert check("page.md", page=page)[0] == 0


def test_json_says_the_same(check: Run) -> None:
    code, out, err = check("page.md", "--json", page=WRONG)
    said = json.loads(out)
    assert (code, err, said["version"]) == (1, "", 1)
    (page,) = said["pages"]
    assert (page["path"], page["ok"]) == ("page.md", False)
    found = [one for equation in page["equations"] for one in equation["findings"]]
    assert [(one["line"], one["column"], one["message"]) for one in found] == [
        (6, 48, "the two sides differ"),
        (6, 60, "unknown symbol z"),
    ]
    assert check("page.md", "--json", page=WRONG)[1] == out


def test_the_notation_of_another_page(check: Run) -> None:
    page = "Let $y = x + 1$. Then $y - x = 1$.\n"
    code, out, _ = check("page.md", page=page)
    assert (code, out.split("\n\n")[0]) == (
        1,
        "page.md:1:1: this page has no notation table\n"
        "    1 | Let $y = x + 1$. Then $y - x = 1$.\n"
        "      | ^\n"
        "  Add a table with the columns Symbol, Python, Shape and Meaning, put one into notation.md"
        " beside the page,\n"
        "  or name the page that has one with --notation.",
    )
    code, out, _ = check("page.md", "--notation", "signs.md", page=page, signs=NOTATION)
    assert (code, out.split(":")[0]) == (0, "2 formulas on 1 page")


BAD_PAGES: dict[str, tuple[str | bytes, str]] = {
    "not UTF-8": (
        b"caf\xe9\n",
        "page.md:1:4: this page is not UTF-8: the byte 0xe9 cannot be read\n"
        "    1 | caf\ufffd\n"
        "      |    ^\n"
        "  Save the page as UTF-8.\n",
    ),
    "a display that is never closed": (
        "Text.\n\n$$\na = b\n",
        "page.md:3:1: this display is never closed\n    3 | $$\n      | ^^\n  Close it with $$.\n",
    ),
    "a fence that is never closed": (
        "```python\nx = 1\n",
        "page.md:1:1: this fence is never closed\n"
        "    1 | ```python\n"
        "      | ^^^\n"
        "  Close it with ``` on a line of its own.\n",
    ),
}


def test_a_file_that_is_no_notebook(check: Run) -> None:
    Path("page.ipynb").write_text("# Title\n", encoding="utf-8")
    code, out, err = check("page.ipynb")
    assert (code, err) == (1, "")
    assert out.split("\n\n")[0] == (
        "page.ipynb:1:1: this is no notebook\n"
        "    1 | # Title\n"
        "      | ^\n"
        "  A notebook is JSON with a list of cells, as Jupyter saves it."
    )


@pytest.mark.parametrize(("content", "message"), BAD_PAGES.values(), ids=BAD_PAGES)
def test_a_page_that_cannot_be_read(check: Run, content: str | bytes, message: str) -> None:
    code, out, err = check("page.md", page=content)
    assert (code, err) == (1, "")
    assert out.split("\n\n")[0] + "\n" == message


def test_symbols_that_only_define_each_other_do_not_pass(check: Run) -> None:
    code, out, _ = check("page.md", page="Let $y = x + 1$. Then $x = y - 1$.\n")
    assert code == 1
    assert out.splitlines()[0] == "page.md:1:6: this symbol is defined through itself"


def test_a_mistake_of_the_checker_is_told_as_one(
    check: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(page, "inspect_file", fails)
    code, out, err = check("page.md", page=RIGHT)
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert lines[0] == "page.md:1:1: the checker itself failed on this page"
    assert lines[3].startswith("  RuntimeError: two lines (")
    assert lines[4] == "  That is a mistake of nn3doc, not of the page: please report it."


def test_a_failing_claim_is_told_alone(check: Run) -> None:
    """Nothing else restates y: that is told once the claim is mended, or gone."""
    page = NOTATION + "Let $y = x + 1$.\n\nSo $2 y = x + 2$.\n"
    _, out, _ = check("page.md", "--strict", page=page)
    assert [line for line in out.splitlines() if line.startswith("page.md")] == [
        "page.md:8:11: the two sides differ"
    ]


def test_strictly_a_definition_that_nothing_restates_fails(check: Run) -> None:
    page = NOTATION + "Let $y = x + 1$.\n"
    code, out, _ = check("page.md", page=page)
    assert (code, out.splitlines()[0]) == (
        0,
        "page.md:6:6: warning: untested definition: nothing restates it",
    )
    code, out, _ = check("page.md", "--strict", page=page)
    assert (code, out.splitlines()[0]) == (
        1,
        "page.md:6:6: untested definition: nothing restates it",
    )


def test_more_seeds_are_more_instances(check: Run) -> None:
    def instances(*arguments: str) -> int:
        said = json.loads(check("page.md", "--json", *arguments, page=RIGHT)[1])
        count: int = said["summary"]["instances"]
        return count

    assert instances("--seeds", "10") == 5 * instances() == 10 * instances("--seeds", "1") > 0


USAGE = {
    "no such page": (["nowhere.md"], "nn3doc check: nowhere.md: there is no such file or folder\n"),
    "one of several is missing": (
        ["page.md", "nowhere.md"],
        "nn3doc check: nowhere.md: there is no such file or folder\n",
    ),
    "a folder without pages": (
        ["empty"],
        "nn3doc check: empty: there is no page (*.md) in this folder\n",
    ),
    "no such notation": (
        ["page.md", "--notation", "signs.md"],
        "nn3doc check: signs.md: there is no such file or folder\n",
    ),
    "no seed": (
        ["page.md", "--seeds", "0"],
        "nn3doc check: argument --seeds: 0 is not a whole number of at least 1"
        " (see nn3doc check --help)\n",
    ),
    "nothing to check": (
        [],
        "nn3doc check: the following arguments are required: PAGE_OR_FOLDER"
        " (see nn3doc check --help)\n",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.values(), ids=USAGE)
def test_a_mistake_in_how_it_is_called(check: Run, arguments: list[str], message: str) -> None:
    Path("empty").mkdir()
    assert check(*arguments, page=RIGHT) == (2, "", message)


# --- colour -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "environment", "colored"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
    ids=["a terminal", "NO_COLOR", "an empty NO_COLOR", "a dumb terminal", "a pipe"],
)
def test_colour_on_a_terminal_only(
    terminal: bool, environment: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"TERM": "xterm", "NO_COLOR": "", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal() if terminal else io.StringIO())
    assert wants_color() is colored


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_a_terminal_shows_has_the_same_text(
    check: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = check("page.md", page=WRONG)[1]
    monkeypatch.setattr("nn3doc.commands.check.wants_color", lambda: True)
    colored = check("page.md", page=WRONG)[1]
    assert colored.startswith("\x1b[1mpage.md:")
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


def test_no_colour_in_a_pipe(check: Run) -> None:
    assert "\x1b" not in check("page.md", page=WRONG)[1]


def test_the_page_is_checked_by_the_checker_that_was_called(tmp_path: Path) -> None:
    """As in a second checkout, while the first one is installed."""
    (tmp_path / "nn3doc").symlink_to(nn3doc.__path__[0])
    page = f"```python\nimport nn3doc\n\nassert nn3doc.__path__ == [{str(tmp_path / 'nn3doc')!r}]\n```\n"
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    command = [sys.executable, "-m", "nn3doc", "check", "page.md"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (
        0,
        "no formulas on 1 page; 0 comparisons, no difference; 0 failed; 0 unchecked\n",
        "",
    )
