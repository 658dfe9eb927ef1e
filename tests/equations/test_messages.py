"""What the findings of a page look like, whole messages, carets included."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from nn3doc.equations.report.findings import Equation, Finding, FindingKind, Report, Verdict
from nn3doc.equations.show.messages import render, summary


def finding(text: str, what: str, *notes: str, message: str = "wrong") -> Finding:
    """A finding about the first place at which `what` stands."""
    start = text.index(what)
    return Finding("holds", message, start, start + len(what), notes)


def rendered(text: str, what: str, *notes: str) -> str:
    return render(Report("page.md", text, [], [finding(text, what, *notes)]))


TWO = "\n" * 40 + (
    "    dW^{[2]} = \\frac{1}{m} \\delta^{[2]} A^{[1]T}\n"
    + "\n" * 119
    + "            \\frac{\\partial J}{\\partial W^{[2]}} = (\\hat Y - Y) A^{[1]T}\n"
)

# The two messages of the rules that this checker was built by.
MESSAGES = r"""docs/backpropagation.md:41:28: unknown symbol \delta^{[2]}
   41 | dW^{[2]} = \frac{1}{m} \delta^{[2]} A^{[1]T}
      |                        ^^^^^^^^^^^^
  declared here: A^{[0..2]}, Z^{[1..2]}, dZ^{[1..2]}, … Did you mean dZ^{[2]}?

docs/backpropagation.md:161:51: the two sides differ
  161 | \frac{\partial J}{\partial W^{[2]}} = (\hat Y - Y) A^{[1]T}
      |                                       ^^^^^^^^^^^^^^^^^^^^^
  right / left = 7 everywhere, which is m: is a factor \frac{1}{m} missing?
"""


def test_two_findings_are_told_as_a_compiler_tells_them() -> None:
    differ = finding(
        TWO,
        "(\\hat Y - Y) A^{[1]T}",
        "right / left = 7 everywhere, which is m: is a factor \\frac{1}{m} missing?",
        message="the two sides differ",
    )
    unknown = finding(
        TWO,
        "\\delta^{[2]}",
        "declared here: A^{[0..2]}, Z^{[1..2]}, dZ^{[1..2]}, … Did you mean dZ^{[2]}?",
        message="unknown symbol \\delta^{[2]}",
    )
    report = Report("docs/backpropagation.md", TWO, [], [differ, unknown])
    assert render(report) == MESSAGES


CARETS = {
    "a place in the middle": ("a = b + c", "b", "a = b + c", "    ^"),
    "a tab is four blanks": ("a\t= b", "b", "a    = b", "       ^"),
    "a tab before the line is not shown": ("\t\ta = b", "b", "a = b", "    ^"),
    "characters of two columns": ("日本 = b", "b", "日本 = b", "       ^"),
    "carets under characters of two columns": ("a = 日本", "日本", "a = 日本", "    ^^^^"),
    "an accent of its own takes no column": ("y\u0302 = b", "b", "y\u0302 = b", "    ^"),
    "to the line's end, where it goes on below": ("a =\nb + c", "=\nb", "a =", "  ^"),
    "behind the line's end that it starts with": ("$$\na = b\n$$", "\na = b\n", "a = b", "^" * 5),
    "no terminal code of a page gets out": ("\x1b[31m = b", "b", "␛[31m = b", "        ^"),
    "no turning of the writing either": ("\u202ea = b", "b", "\ufffda = b", "     ^"),
    "the last character of a page": ("a = ", " ", "a =", "  ^"),
}


@pytest.mark.parametrize(("text", "what", "line", "carets"), CARETS.values(), ids=CARETS)
def test_carets_stand_under_what_is_at_fault(text: str, what: str, line: str, carets: str) -> None:
    if what == " ":
        what = text[2:3]
    lines = rendered(text, what).splitlines()
    assert [row.partition(" | ")[2] for row in lines[1:3]] == [line, carets]


LONG = {
    "cut behind": ("a = b" + "+ x" * 60, "b"),
    "cut before": ("x +" * 60 + "b", "b"),
    "cut on both sides": ("x +" * 60 + "b" + "+ x" * 60, "b"),
    "with wide characters": ("日本 +" * 60 + "b" + "+ 日本" * 60, "b"),
    "itself too long": ("x +" * 60 + "b" * 300 + "+ x" * 60, "b" * 300),
    "itself too long, in wide characters": ("日" * 300, "日" * 300),
}


@pytest.mark.parametrize(("text", "what"), LONG.values(), ids=LONG)
def test_a_long_line_is_cut_so_that_the_carets_stay_in_view(text: str, what: str) -> None:
    _, line, carets = (row.partition(" | ")[2] for row in rendered(text, what).splitlines())
    assert "…" in line
    assert wcswidth(line) <= 120
    assert wcswidth(carets) <= 120
    before = wcswidth(carets) - carets.count("^")
    under = next(cut for cut in range(len(line)) if wcswidth(line[:cut]) == before)
    shown = line[under:].strip("…")
    assert what.startswith(shown) if len(what) > 1 else shown.startswith(what)


def test_a_cut_line_whole() -> None:
    text = "x + " * 40 + "b" + " + y" * 40
    assert rendered(text, "b") == (
        "page.md:1:161: wrong\n"
        "    1 | … + x + x + x + x + x + x + x + x + x + x + x + x + x + x + b"
        " + y + y + y + y + y + y + y + y + y + y + y + y + y + y +…\n"
        "      |                                                             ^\n"
    )


def test_notes_are_indented_whatever_their_number_of_lines() -> None:
    assert rendered("a = b", "b", "one", "two\nthree") == (
        "page.md:1:5: wrong\n    1 | a = b\n      |     ^\n  one\n  two\n  three\n"
    )


def test_a_suggestion_is_offered_unless_a_note_does_so_already() -> None:
    silent = Finding("holds", "wrong", 0, 1, (), "B")
    noted = Finding("holds", "wrong", 0, 1, ("Write B.",), "B")
    text = render(Report("page.md", "a", [], [silent, noted]))
    assert text == (
        "page.md:1:1: wrong\n    1 | a\n      | ^\n  Did you mean B?\n"
        "\n"
        "page.md:1:1: wrong\n    1 | a\n      | ^\n  Write B.\n"
    )


def test_the_same_is_told_once() -> None:
    found = finding("a = b", "b")
    once = Report("page.md", "a = b", [], [found])
    assert render(Report("page.md", "a = b", [], [found, found])) == render(once)


def test_an_empty_page_has_no_line_to_show() -> None:
    assert render(Report("page.md", "", [], [Finding("page", "nothing here", 0, 0)])) == (
        "page.md:1:1: nothing here\n"
    )


def test_a_warning_says_that_it_is_one() -> None:
    warning = Finding("untested", "nothing restates it", 0, 1, failing=False)
    report = Report("page.md", "a = b", [], [warning])
    assert report.ok
    assert render(report).startswith("page.md:1:1: warning: nothing restates it\n")
    assert render(report, color=True).count("\x1b[1;33m") == 2


def test_only_the_findings_that_are_asked_for() -> None:
    text = "a = b"
    chosen = finding(text, "b", message="chosen")
    report = Report("page.md", text, [], [finding(text, "a", message="other"), chosen])
    assert render(report, findings=[chosen]).startswith("page.md:1:5: chosen\n")
    assert render(report, findings=[]) == ""


def test_colour_changes_no_character() -> None:
    report = Report("page.md", "a = b", [], [finding("a = b", "b", "mend it")])
    colored = render(report, color=True)
    assert colored == (
        "\x1b[1mpage.md:1:5:\x1b[0m \x1b[1;31mwrong\x1b[0m\n"
        "\x1b[34m    1 |\x1b[0m a = b\n"
        "\x1b[34m      |\x1b[0m     \x1b[1;31m^\x1b[0m\n"
        "  mend it\n"
    )


def equation(verdict: Verdict = "holds", **more: object) -> Equation:
    result = Equation(0, 5, 1, "a=b", False, 1, 1, verdict=verdict)
    for name, value in more.items():
        setattr(result, name, value)
    return result


def failing(kind: FindingKind = "holds") -> Equation:
    return equation("failed", findings=[Finding(kind, "wrong", 0, 1)])


SUMMARIES: dict[str, tuple[Callable[[], list[Report]], str]] = {
    "nothing": (
        list,
        "no formulas on 0 pages; 0 comparisons, no difference; 0 failed; 0 unchecked",
    ),
    "all well": (
        lambda: [
            Report("a.md", "", [equation(instances=1200, difference=3.14e-14)]),
            Report("b.md", "", [equation(instances=34, difference=1e-16)]),
        ],
        "2 formulas on 2 pages: 2 hold; 1,234 comparisons, largest relative difference 3.1e-14;"
        " 0 failed; 0 unchecked",
    ),
    "one of each": (
        lambda: [
            Report(
                "a.md",
                "",
                [
                    failing(),
                    equation(findings=[Finding("untested", "weak", 0, 1, failing=False)]),
                    equation("skipped"),
                    equation("unchecked", reason="of another book"),
                    equation("unchecked", reason="rounded by hand"),
                    equation("unchecked", reason="rounded by hand"),
                ],
                [Finding("page", "no notation", 0, 0)],
            )
        ],
        "6 formulas on 1 page: 1 holds; 0 comparisons, no difference; 1 failed; 1 finding outside"
        " of formulas; 1 warning; 1 not checked because of these;"
        " 3 unchecked (rounded by hand: 2; of another book)",
    ),
    "what each does": (
        lambda: [
            Report("a.md", "", [equation(one) for one in ("holds", "defines", "declares")]),
            Report("b.md", "", [equation(one) for one in ("states", "reads", "reads", "holds")]),
            Report("c.md", ""),
        ],
        "7 formulas on 3 pages (1 page without any): 2 hold, 1 defines, 2 declare, 2 are only read;"
        " 0 comparisons, no difference; 0 failed; 0 unchecked",
    ),
    "seen but not read": (
        lambda: [
            Report("a.md", "", [], [Finding("unread", "no", 0, 1, failing=False)]),
            Report("b.rst", "", [], [Finding("unread", "no", 0, 1)], is_page=False),
        ],
        "no formulas on 1 page; 0 comparisons, no difference; 0 failed; 0 unchecked;"
        " 2 seen but not read",
    ),
}


@pytest.mark.parametrize(("reports", "line"), SUMMARIES.values(), ids=SUMMARIES)
def test_the_summary_is_one_line(reports: Callable[[], list[Report]], line: str) -> None:
    assert summary(reports()) == line


@given(text=st.text(), start=st.integers(0, 200), length=st.integers(0, 200))
def test_fuzz_whatever_a_page_holds_its_message_can_be_shown(
    text: str, start: int, length: int
) -> None:
    found = Finding("read", text[:20], start, start + length, (text,))
    shown = render(Report(text[:9], text, [], [found]))
    assert not any(unicodedata.category(one) == "Cc" for one in shown.replace("\n", ""))
    if text:
        _, line, carets, *_ = shown.split("\n")
        assert len(carets.partition("|")[2]) <= 122
        assert line.partition("|")[2].rstrip() or not text[start : start + length].strip()
        assert "^" in carets
