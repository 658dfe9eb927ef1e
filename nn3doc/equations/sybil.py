"""Pages as tests: each piece of code and each formula is one example of pytest, through Sybil.

A `conftest.py` needs three lines:

    from pathlib import Path
    from nn3doc.equations.sybil import collect
    pytest_collect_file = collect(Path(__file__).parent, pages=["docs/*.md", "docs/**/*.md"])

A page is read, run and checked once in a process, whichever of its examples comes first: any of
them can be run alone, in any order, on several cores. Nothing is skipped: the first example of a
page stands for the page itself, then each fence with Python, each block of hidden code, each
doctest, each `source="…"`, each display and each inline formula is an example of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.document import PythonDocStringDocument
from sybil.python import import_path

from nn3doc.equations.code import Runner, Snippet, Snippets, relative
from nn3doc.equations.files import NOTEBOOK, SUFFIXES, read_page
from nn3doc.equations.report import Finding, Report
from nn3doc.equations.show import render
from nn3doc.equations.text import (
    Code,
    Lines,
    MarkdownError,
    find_bare_doctests,
    from_regions,
    scan,
)


def collect(
    root: Path, *, pages: Sequence[str] = (), docstrings: Sequence[str] = ()
) -> Callable[..., Any]:
    """The function `pytest_collect_file` of a `conftest.py`.

    Args:
        root: The folder that the patterns start from.
        pages: Patterns of Markdown pages: `docs/*.md`, `docs/**/*.md`.
        docstrings: Patterns of Python files whose docstrings have doctests and fences.
    """
    both = page_tests(root, pages) + docstring_tests(root, docstrings)
    integration: Callable[..., Any] = both.pytest()
    return integration


def page_tests(root: Path, patterns: Sequence[str]) -> Sybil:
    """Sybil for Markdown pages."""
    return Sybil(
        [page_regions],
        patterns=patterns,
        path=str(root.resolve()),
        document_types=dict.fromkeys(SUFFIXES, PageDocument),
    )


def docstring_tests(root: Path, patterns: Sequence[str]) -> Sybil:
    """Sybil for the docstrings of Python files."""
    return Sybil(
        [docstring_regions],
        patterns=patterns,
        path=str(root.resolve()),
        document_types={".py": DocstringDocument},
    )


class _CodeDocument(Document):
    """A document whose code one runner runs.

    Attributes:
        pieces: Its code, in the order of the text.
    """

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        self.pieces: list[Code] = []

    @cached_property
    def name(self) -> str:
        """The path as messages show it."""
        return relative(self.path)

    @cached_property
    def runner(self) -> Runner:
        """Runs the code, starting from what the namespace holds."""
        runner = Runner(self.text, self.name, self.pieces)
        runner.snippets.namespace.update(self.namespace)
        return runner

    def examples(self) -> Iterator[Example]:
        """The examples, with columns that are right for a second one in a line, too."""
        lines = Lines(self.text)
        for _, region in self.regions:
            yield Example(self, *lines.place(region.start), region, self.namespace)

    def code_regions(self) -> Iterator[Region]:
        """One region for each piece of code."""
        for piece in self.pieces:
            yield Region(piece.region.start, piece.region.end, piece, self.run)

    def run(self, example: Example) -> str:
        """Runs a piece of code, after what stands above it."""
        snippet: Snippet = self.runner.run(example.parsed)
        findings = [*snippet.findings, *([snippet.blocked] if snippet.blocked else [])]
        return _told(Report(self.name, self.text), findings)

    def fail(self, example: Example) -> str:
        """Fails with a finding that is known already."""
        return _told(Report(self.name, self.text), [example.parsed])


class PageDocument(_CodeDocument):
    """A Markdown page."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        self.unread: list[Finding] = []

    @classmethod
    def parse(cls, path: str, *parsers: Any, encoding: str = "utf-8") -> PageDocument:
        """Reads a page; bytes that are not UTF-8 fail the page's own example."""
        text, unread = read_page(Path(path))
        document = cls(text, path)
        document.unread = unread
        for parser in parsers:
            for region in parser(document):
                document.add(region)
        return document

    @cached_property
    def report(self) -> Report:
        """What is said of the page, after all its code has run."""
        from nn3doc.equations.check import check_with  # imports torch; collecting does without it

        return check_with(self.snippets, self.text, Path(self.name))

    @cached_property
    def snippets(self) -> Snippets:
        """What all of the page's code did."""
        return self.runner.run_all()

    def check_whole(self, example: Example) -> str:
        """Fails with what is wrong with the page and belongs to no formula and to no code."""
        if self.unread:
            return _told(Report(self.name, self.text), self.unread)
        own = [found for found in self.report.findings if found not in self.snippets.findings]
        return _told(self.report, own)

    def check_formula(self, example: Example) -> str:
        """Fails with what is wrong with one formula."""
        for equation in self.report.equations:
            if equation.start == example.start:
                return _told(self.report, equation.findings)
        changed = self.report.text != self.text
        message = "the page changed while its tests ran" if changed else "this was not checked"
        cure = "Run the tests again." if changed else "Run nn3doc check on the page."
        finding = Finding("read", message, example.start, example.end, (cure,))
        return _told(Report(self.name, self.text), [finding])


class DocstringDocument(_CodeDocument):
    """The docstrings of a Python file; their code runs with the names of the module."""

    @cached_property
    def runner(self) -> Runner:
        """Runs the code; the module is imported first."""
        names = vars(import_path(Path(self.path)))
        self.namespace.update({key: names[key] for key in names if not key.startswith("__")})
        return super().runner


def page_regions(document: Document) -> Iterator[Region]:
    """The examples of a page."""
    assert isinstance(document, PageDocument)
    try:
        regions = scan(document.text)
    except MarkdownError:
        regions = []  # the page's own example tells it
    if Path(document.path).suffix != NOTEBOOK:  # whose code runs when the site is built
        document.pieces = from_regions(document.text, regions)
    yield from document.code_regions()
    for region in regions:
        if region.kind in ("display", "inline"):
            yield Region(region.start, region.end, region, document.check_formula)
    # Given last, it comes first: Sybil puts it in front of another one that starts at 0.
    yield Region(0, 0, None, document.check_whole)


def docstring_regions(document: Document) -> Iterator[Region]:
    """The examples of a Python file's docstrings."""
    assert isinstance(document, DocstringDocument)
    text = document.text
    for start, end, _ in PythonDocStringDocument.extract_docstrings(text):
        # All else as blanks: places in the docstring are places in the file.
        docstring = _blank(text[:start]) + text[start:end] + _blank(text[end:])
        try:
            regions = scan(_MATHEMATICS.sub(" ", docstring))
        except MarkdownError as error:
            finding = Finding("page", str(error), error.offset, error.end, (error.cure,))
            yield Region(error.offset, error.end, finding, document.fail)
            continue
        document.pieces.extend(from_regions(docstring, regions))
        for region in regions:
            inside = _blank(docstring[region.start : region.end])
            docstring = docstring[: region.start] + inside + docstring[region.end :]
        document.pieces.extend(find_bare_doctests(docstring, start, end))
    document.pieces.sort(key=lambda piece: piece.region.start)
    yield from document.code_regions()


_MATHEMATICS = re.compile(r"[$\\<]")  # docstrings have code; their formulas are not checked


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _told(report: Report, findings: Sequence[Finding]) -> str:
    """The findings as Sybil wants them: "" where none of them is more than a warning."""
    if not any(finding.failing for finding in findings):
        return ""
    return "\n" + render(report, findings=findings)
