"""A mistake of the checker costs one formula, is told as the checker's, and the rest is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nn3doc.commands import main
from nn3doc.equations import check, page
from nn3doc.equations.check import check_file
from nn3doc.equations.code import witness
from nn3doc.equations.evaluate.evaluator import RULES
from nn3doc.equations.mistakes import suggest
from nn3doc.equations.model import naming, reading
from nn3doc.equations.model import occurrences as symbols
from nn3doc.equations.notation import table
from nn3doc.equations.report.findings import Finding, Report
from nn3doc.equations.verdict import statements

TEXT = r"""
| Symbol | Shape |
| --- | --- |
| $x$ | $\mathbb{R}$ |
| $u$ | $\mathbb{R}$ |

Let $y = x + 1$. Then $y - x = 1$, and $\sin(x)^2 + \cos(x)^2 = 1$.

Wrong is $y = x + 2$.
"""
WRONG = "the two sides differ"
OWN = "the checker itself failed on this "
ERRORS = [
    AssertionError(),
    KeyError("a"),
    StopIteration(),
    AttributeError("no b"),
    RuntimeError("two\nlines"),
    ValueError(),
    TypeError(),
    IndexError("list index"),
]


def raising(error: Exception, function: Callable[..., Any], when: str) -> Callable[..., Any]:
    """The same function, which fails where one of its arguments names what is given."""

    def fails(*arguments: Any, **options: Any) -> Any:
        if any(when in str(argument) for argument in (*arguments, *options.values())):
            raise error
        return function(*arguments, **options)

    return fails


def checked(tmp_path: Path, **options: Any) -> Report:
    path = tmp_path / "page.md"
    path.write_text(TEXT, encoding="utf-8")
    return check_file(path, **options)


def told(report: Report) -> list[tuple[str, str]]:
    """The failing findings: what was said of what."""
    return [(report.text[f.start : f.end], f.message) for f in report.all_findings if f.failing]


# What fails, and where: module or class, name, what an argument names, what is told of which part.
SINE = r"\sin(x)^2 + \cos(x)^2 = 1"
FAULTS: dict[str, tuple[Any, str, str, list[tuple[str, str]]]] = {
    "reading": (reading, "parse", r"\sin", [(SINE, OWN + "formula"), ("y = x + 2", WRONG)]),
    "names": (naming, "whole_letters", r"\sin", [(SINE, OWN + "formula"), ("y = x + 2", WRONG)]),
    "a check": (
        statements,
        "hold_relation_or_example",
        "sin",
        [(SINE, OWN + "formula"), ("y = x + 2", WRONG)],
    ),
    "a row": (table, "_read_row", "$u$", [("$u$", OWN + "row"), ("y = x + 2", WRONG)]),
    "facts of a row": (table, "_facts", "$u$", [("$u$", OWN + "row"), ("y = x + 2", WRONG)]),
    "sizes of a row": (
        table,
        "_undeclared_in",
        "$u$",
        [("$u$", OWN + "row"), ("y = x + 2", WRONG)],
    ),
    "symbols": (page, "symbol_uses", r"\sin", [(SINE, OWN + "formula"), ("y = x + 2", WRONG)]),
    "untested": (page, "_report_untested", "", [("", OWN + "page"), ("y = x + 2", WRONG)]),
    "witnesses": (page, "add_witnesses", "", [("", OWN + "page"), ("y = x + 2", WRONG)]),
    "suggestions": (suggest, "mend", "", [("y = x + 2", WRONG)]),
}


def trimmed(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is told, without how much of the last formula is marked."""
    return [("y = x + 2" if said == WRONG else part.strip(), said) for part, said in found]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("fault", FAULTS)
def test_one_part_is_lost_and_the_rest_is_kept(
    fault: str, error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name, when, expected = FAULTS[fault]
    monkeypatch.setattr(owner, name, raising(error, getattr(owner, name), when))
    report = checked(tmp_path)
    assert trimmed(told(report)) == expected
    assert len(report.equations) == 8
    verdicts = [equation.verdict for equation in report.equations[4:]]
    lost = "failed" if fault in ("reading", "names", "a check") else "holds"
    assert verdicts[:3] == ["defines", "holds", lost]
    for finding in report.all_findings:
        if finding.message.startswith(OWN):
            assert finding.kind == "checker"
            assert finding.failing == (fault != "suggestions")
            said = "\n".join(finding.notes)
            assert type(error).__name__ in said
            assert "please report it" in said


def test_a_value_rule_that_fails_costs_what_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(name for name in ("apply", "sin") if name in RULES)
    monkeypatch.setitem(RULES, name, raising(KeyError("q"), RULES[name], ""))
    assert trimmed(told(checked(tmp_path))) == [(SINE, OWN + "formula"), ("y = x + 2", WRONG)]


def test_too_deep_a_nesting_can_be_mended_by_the_author(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        page, "symbol_uses", raising(RecursionError(), symbols.symbol_uses, r"\sin")
    )
    deep = (SINE, "this formula is nested too deeply")
    assert trimmed(told(checked(tmp_path))) == [deep, ("y = x + 2", WRONG)]


def test_a_function_that_cannot_be_asked_is_lost_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "_ask", raising(KeyError("f"), max, ""))
    text = TEXT + "\n```python\ndef f(x):\n    return x\n```\n"
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    found = trimmed(told(check_file(path)))
    assert found == [("y = x + 2", WRONG), ("def f(x):", OWN + "function")]


def test_other_pages_are_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(TEXT.partition("Wrong")[0], encoding="utf-8")
    Path("b.md").write_text("Let $a \\in \\mathbb{R}$. Then $a + a = 2 a$.\n", encoding="utf-8")
    fails = raising(StopIteration(), symbols.symbol_uses, r"\sin")
    monkeypatch.setattr(page, "symbol_uses", fails)
    assert main(["check", "."]) == 1
    out = capsys.readouterr().out
    assert out.count("a.md:") == 1
    assert out.count("b.md:") == 0
    assert out.splitlines()[-1].startswith("9 formulas on 2 pages: 2 hold, 1 defines, 5 declare;")
    assert "; 1 failed; " in out


def test_a_mistake_of_the_checker_is_its_own_kind_of_finding() -> None:
    from nn3doc.equations.report.own_mistakes import own_mistake

    assert own_mistake(KeyError("a"), 1, 2) == Finding(
        "checker",
        "the checker itself failed on this formula",
        1,
        2,
        (
            "KeyError: 'a' (nowhere)",
            "That is a mistake of nn3doc, not of the page: please report it.",
        ),
    )


def test_a_page_that_is_lost_whole_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.md", "b.md"):
        Path(name).write_text("So $1 + 1 = 2$.\n", encoding="utf-8")
    fails = raising(AttributeError("no b"), check.check_with, "a.md")
    monkeypatch.setattr(check, "check_with", fails)
    assert main(["check", "."]) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == f"a.md:1:1: {OWN}page"
    assert last.startswith("1 formula on 2 pages (1 page without any): 1 holds; ")
