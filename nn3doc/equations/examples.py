"""Examples of checked pages within a page: what the checker says of them is never typed in.

A fence with the option `check` is an example. Whoever shows the page puts what the checker says
behind it; the tests hold that it is what the option promises.

    markdown check="passes"     a whole page, on which nothing may be found; "warns": only
                                   warnings; "fails": something else
    tex check="fails"           one display of the page it stands on, with its line and notation
    markdown check="cures"      pairs of lines, one that fails and one that passes in its place;
                                   their notation and definitions are the fence with name="notation"
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nn3doc.equations.report import Report
from nn3doc.equations.show import render, summary
from nn3doc.equations.text import MarkdownError, Region, scan

__all__ = ["Told", "examples", "shown", "told_of_page"]

NAME = "page.md"  # of an example that gives itself no name


@dataclass(frozen=True)
class Told:
    """What is said of one example.

    Attributes:
        text: What the command prints.
        problem: What is wrong with the example itself: it does not do what it promises.
    """

    text: str
    problem: str = ""


def examples(text: str) -> list[Region]:
    """The fences of a page that are examples, in their order."""
    try:
        regions = scan(text)
    except MarkdownError:
        return []
    return [
        region
        for region in regions
        if region.kind == "fence"
        and "check" in region.options
        and region.language in ("markdown", "tex")
    ]


def told_of_page(text: str, path: Path) -> list[Told]:
    """What is said of each example of a page.

    Args:
        text: The page.
        path: Its file, with the pages it builds on beside it.
    """
    found = examples(text)
    with tempfile.TemporaryDirectory() as folder:
        run = _Runner(text, path, Path(folder), _shared(found))
        return [run.told(region) for region in found]


def shown(content: str, told: Sequence[Told]) -> str:
    """A page's Markdown with what is said of its examples behind each.

    Args:
        content: The Markdown, with or without its front matter.
        told: What is said, in the order of the examples.
    """
    pieces, done = [], 0
    for region, one in zip(examples(content), told, strict=True):
        start = content.rfind("\n", 0, region.start) + 1
        line_end = content.find("\n", region.start)
        pieces.append(content[done:start])
        opening = content[start:line_end]
        if region.options["check"] != "cures":
            pieces.append(opening[: opening.index(region.info)] + region.language)
            pieces.append(content[line_end : region.end])
            pieces.append("\n\n")
        answer = f"````text\n{one.text.rstrip()}\n````"
        pieces.append("\n".join(f"{region.prefix}{line}".rstrip() for line in answer.split("\n")))
        done = region.end
    return "".join(pieces) + content[done:]


def _shared(found: Sequence[Region]) -> str:
    return next((r.body for r in found if r.options.get("name") == "notation"), "")


class _Runner:
    """Checks the examples of one page; whole pages are files of one folder."""

    def __init__(self, text: str, path: Path, folder: Path, shared: str) -> None:
        self._text, self._path, self._folder, self._shared = text, path, folder, shared

    def told(self, region: Region) -> Told:
        promise = region.options["check"]
        if region.language == "tex" and promise == "fails":
            return self._display(region)
        if region.language == "markdown" and promise in ("passes", "warns", "fails"):
            return self._whole(region, promise)
        if region.language == "markdown" and promise == "cures":
            return self._pairs(region)
        return Told("", f'check="{promise}" is not known for {region.language}')

    def _whole(self, region: Region, promise: str) -> Told:
        from nn3doc.equations.check import check_file

        name = region.options.get("name", NAME)
        (self._folder / name).write_text(region.body, encoding="utf-8")
        with contextlib.chdir(self._folder):
            report = check_file(Path(name))
        text = render(report) + ("\n" if report.all_findings else "") + summary([report])
        return Told(text, _broken(report, promise))

    def _pairs(self, region: Region) -> Told:
        blocks, problems = [], []
        for wrong, right in _lines_in_pairs(region.body):
            bad, good = self._line(wrong), self._line(right)
            failing = [finding for finding in bad.all_findings if finding.failing]
            blocks.append(f"{render(bad, findings=failing).rstrip()}\n   ok | {right}")
            if bad.ok:
                problems.append(f"nothing is found in {wrong}")
            if not good.ok:
                problems.append(f"this fails:\n{render(good).rstrip()}")
        return Told("\n\n".join(blocks), "\n".join(problems))

    def _line(self, line: str) -> Report:
        from nn3doc.equations.check import check_page
        from nn3doc.equations.sources import Source

        table, definitions = (Source(f"{name}.md", self._shared) for name in ("notation", "model"))
        return check_page(line + "\n", NAME, [table], [definitions])

    def _display(self, region: Region) -> Told:
        """The example takes the place of its fence, so that all lines keep their numbers."""
        from nn3doc.equations.check import check_file

        start = self._text.rfind("\n", 0, region.start) + 1
        body = self._text[region.body_start : region.body_end]
        page = f"{self._text[:start]}$$\n{body}$$"
        end = len(page)
        here = self._path if not self._path.is_absolute() else Path(self._path.name)
        (self._folder / here.parent).mkdir(parents=True, exist_ok=True)
        for other in self._path.parent.glob("*.md"):  # the notation, what the page builds on
            shutil.copy(other, self._folder / here.parent)
        (self._folder / here).write_text(page + self._text[region.end :], encoding="utf-8")
        with contextlib.chdir(self._folder):
            report = check_file(here)
        found = [one for one in report.all_findings if start <= one.start < end and one.failing]
        return Told(render(report, findings=found), "" if found else "nothing is found")


def _broken(report: Report, promise: str) -> str:
    if promise == "fails":
        return "nothing is found" if report.ok else ""
    if promise == "warns" and report.ok and report.all_findings:
        return ""
    if promise == "passes" and not report.all_findings:
        return ""
    return f"this does otherwise:\n{render(report)}"


def _lines_in_pairs(body: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in body.split("\n") if line.strip()]
    yield from zip(lines[::2], lines[1::2], strict=True)
