"""Planted mistakes: counted, recognised where they change nothing, told where they survive."""

from pathlib import Path

import pytest

from nn3doc.commands import main

TESTED = r"""
| Symbol | Shape | Meaning |
| --- | --- | --- |
| $n$ | $\mathbb{N}$ | size |
| $v$ | $\mathbb{R}^{n}$ | a vector |

$$ q = v^T v $$
$$ q = \|v\|^2 $$
"""
LOOSE = r"""
| Symbol | Shape | Meaning |
| --- | --- | --- |
| $a$ | $\mathbb{R}$ | a number |

$$ |a| \ge -1 $$
"""


def run(page: Path, *arguments: str) -> int:
    return main(["mutate", str(page), *arguments])


def test_every_mistake_is_caught_or_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(TESTED, encoding="utf-8")
    assert run(page) == 0
    last = capsys.readouterr().out.strip().split("\n")[-1]
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells[0] == "all"
    planted, caught, equivalent, explained, survived = map(int, cells[1:])
    assert planted == caught + equivalent
    assert (caught > 5, explained, survived) == (True, 0, 0)


def test_a_survivor_is_told_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(LOOSE, encoding="utf-8")
    assert run(page) == 1
    told = capsys.readouterr().out
    assert f"{page}:6: survived: number" in told
    assert "  written: |a| \\ge -1\n  planted: |a| \\ge -2\n" in told


def test_an_explained_survivor_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, file = tmp_path / "page.md", tmp_path / "explained.toml"
    page.write_text(LOOSE, encoding="utf-8")
    run(page, "--json")
    import json

    survivors = [m for m in json.loads(capsys.readouterr().out) if m["fate"] == "survived"]
    file.write_text(
        "".join(
            "[[survivor]]\npage = 'page.md'\n"
            f"original = '{one['original']}'\nmutated = '{one['mutated']}'\n"
            "reason = 'a weaker bound is true, too'\n"
            for one in survivors
        ),
        encoding="utf-8",
    )
    assert survivors != []
    assert run(page, "--explained", str(file)) == 0


def test_an_explanation_without_a_reason_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, file = tmp_path / "page.md", tmp_path / "explained.toml"
    page.write_text(TESTED, encoding="utf-8")
    file.write_text("[[survivor]]\npage = 'a'\noriginal = 'b'\nmutated = 'c'\n", encoding="utf-8")
    assert run(page, "--explained", str(file)) == 2
    assert capsys.readouterr().err == f"nn3doc mutate: {file}: survivor 1 has no reason\n"
