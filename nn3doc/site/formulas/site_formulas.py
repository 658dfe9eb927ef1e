r"""The pages of a site: which formulas they hold, and how their equations are numbered.

An equation gets a number by `\label{eq:name}`: the number of its page in the navigation, a dot,
and its own number on that page. `$\eqref{eq:name}$` on any page shows it, and leads there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from nn3doc.equations.files import NoPageError, read_page
from nn3doc.equations.report import Finding, Report
from nn3doc.equations.show import render
from nn3doc.equations.text import MarkdownError, Region, scan

__all__ = ["Label", "MathematicsError", "PageFile", "SiteFormulas", "message"]

REFERENCE = re.compile(r"\\eqref\s*\{\s*([^{}]*?)\s*\}")
LABEL = re.compile(r"\\label\s*\{\s*([^{}]*?)\s*\}")
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n.*?^---[ \t]*$\n?", re.MULTILINE | re.DOTALL)


class MathematicsError(ValueError):
    """Mathematics that cannot be set; the message shows file, line, column and what to write."""


@dataclass(frozen=True)
class Label:
    """Where a numbered equation stands.

    Attributes:
        page: Its page, relative to the folder of pages: `backpropagation.md`.
        anchor: Its id on that page: `eq-dw2`.
        number: `4.2`.
    """

    page: str
    anchor: str
    number: str


@dataclass(frozen=True)
class PageFile:
    """A page as it is on disk.

    Attributes:
        name: Its path, relative to the folder of pages.
        path: Its path, as messages name it.
        text: All of it, front matter included.
    """

    name: str
    path: str
    text: str

    @cached_property
    def regions(self) -> list[Region]:
        """What stands where on the page.

        Raises:
            MathematicsError: A formula, a fence or a comment is never closed.
        """
        try:
            return scan(self.text)
        except MarkdownError as error:
            raise MathematicsError(
                message(self.path, self.text, error.offset, error.end, str(error), error.cure)
            ) from error

    @cached_property
    def formulas(self) -> list[Region]:
        """Its displays and inline formulas."""
        return [region for region in self.regions if region.kind in ("display", "inline")]

    @cached_property
    def body(self) -> str:
        """The page without its front matter, as Python-Markdown's extensions see it."""
        return plain(_FRONT.sub("", self.text))

    @cached_property
    def whole(self) -> str:
        """The page with its front matter, as Python-Markdown's extensions see it."""
        return plain(self.text)

    def error(self, start: int, end: int, what: str, *notes: str) -> MathematicsError:
        """An error at a place on this page."""
        return MathematicsError(message(self.path, self.text, start, end, what, *notes))


class SiteFormulas:
    """The pages below a folder.

    Args:
        folder: The folder of the pages (`docs`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, PageFile] = {}
        self.labels: dict[str, Label] = {}
        self._nav: Sequence[str] | None = None
        self._state: tuple[tuple[str, int, int], ...] | None = None

    def follow(self, nav: object) -> None:
        """Numbers the pages as a navigation orders them.

        Without this, the file mkdocs.yml beside the folder gives the order, where there is one.

        Args:
            nav: The navigation as MkDocs has it: names of pages, in lists and below titles.
        """
        named = [*pages_of(nav)]
        if named != self._nav:
            self._nav = named
            self._state = None

    def refresh(self) -> bool:
        """Reads what has changed on disk; says whether anything has.

        Raises:
            MathematicsError: A page cannot be read, a formula is never closed, two equations have
                one label, or a reference leads nowhere.
        """
        paths = [path for path in sorted(self.folder.rglob("*.md")) if path.is_file()]
        stats = [(path, path.stat()) for path in paths]
        state = tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)
        if state == self._state:
            return False
        self._state = None  # until all is well: what is wrong is told again
        files = {}
        for path in paths:
            name = path.relative_to(self.folder).as_posix()
            text = _text_of(path)
            old = self.files.get(name)
            files[name] = old if old and old.text == text else PageFile(name, _shown(path), text)
        self.files = files
        self.labels = self._numbered()
        for file in self.files.values():
            self._check_references(file)
        self._state = state
        return True

    def file_of(self, text: str) -> PageFile | None:
        """The page of which this is the Markdown, with or without its front matter."""
        body = plain(text)
        return next((one for one in self.files.values() if body in (one.body, one.whole)), None)

    def known(self, file: PageFile, label: str, start: int, end: int) -> Label:
        """The equation a reference on a page means.

        Raises:
            MathematicsError: There is no such equation.
        """
        if label in self.labels:
            return self.labels[label]
        close = difflib.get_close_matches(label, self.labels, n=1)
        mend = f"Did you mean {close[0]}?" if close else ""
        raise file.error(
            start,
            end,
            f"no equation has the label {label}",
            mend or f"Write \\label{{{label}}} into the display that is meant.",
        )

    def _order(self) -> list[str]:
        """The pages as they are numbered; those that the navigation leaves out come last."""
        nav = self._nav
        if nav is None:
            nav = [*pages_of(read_nav(self.folder.parent / "mkdocs.yml"))]
        return list(dict.fromkeys([*nav, *sorted(self.files)]))

    def _numbered(self) -> dict[str, Label]:
        labels: dict[str, Label] = {}
        order = {name: place for place, name in enumerate(self._order(), start=1)}
        for file in sorted(self.files.values(), key=lambda file: order[file.name]):
            count = 0
            for region in file.formulas:
                for match in LABEL.finditer(region.body):
                    count += 1
                    start, end = (region.body_start + offset for offset in match.span())
                    name = match[1]
                    if region.kind == "inline":
                        raise file.error(
                            start,
                            end,
                            "an inline formula has no number",
                            "Write the formula as a display, between $$ and $$, or leave out"
                            " the \\label.",
                        )
                    if LABEL.search(region.body, 0, match.start()):
                        raise file.error(
                            start,
                            end,
                            "this display has a label already, and a display has one number",
                            "Split it into two displays, or leave out one \\label.",
                        )
                    if name in labels:
                        first = labels[name]
                        raise file.error(
                            start,
                            end,
                            f"two equations have the label {name}",
                            f"The other one is ({first.number}) in {first.page}.",
                        )
                    if not re.fullmatch(r"eq:[\w.-]+", name):
                        raise file.error(
                            start,
                            end,
                            f"{name or 'nothing'} is no label for an equation",
                            "Write \\label{eq:name}, the name of letters, digits and hyphens.",
                        )
                    number = f"{order[file.name]}.{count}"
                    labels[name] = Label(file.name, name.replace(":", "-", 1), number)
        return labels

    def _check_references(self, file: PageFile) -> None:
        for region in file.formulas:
            for match in REFERENCE.finditer(region.body):
                start, end = (region.body_start + offset for offset in match.span())
                self.known(file, match[1], start, end)


class _AnyTag(yaml.SafeLoader):
    """Reads a file with tags that only MkDocs knows (`!ENV`), which matter to no navigation."""


_AnyTag.add_constructor(None, lambda loader, node: None)


def read_nav(config: Path) -> object:
    """The navigation in a file mkdocs.yml; none where the file is not there."""
    if not config.is_file():
        return None
    settings = yaml.load(config.read_text(encoding="utf-8"), _AnyTag)
    return settings.get("nav") if isinstance(settings, dict) else None


def pages_of(nav: object) -> Iterator[str]:
    """The names of the pages in a navigation, in their order."""
    if isinstance(nav, str):
        if nav.endswith((".md", ".ipynb")):
            yield nav
    elif isinstance(nav, dict):
        yield from pages_of([*nav.values()])
    elif isinstance(nav, list):
        for entry in nav:
            yield from pages_of(entry)


def _text_of(path: Path) -> str:
    """The text of a page, as the check reads it.

    Raises:
        MathematicsError: It cannot be read, or is not UTF-8: MkDocs would end with a traceback.
    """
    try:
        text, unread = read_page(path)
    except NoPageError as error:
        reason = str(error).removeprefix(f"{path}: ")
        raise MathematicsError(f"{_shown(path)}: {reason}") from error
    if unread:
        told = render(Report(_shown(path), text), findings=unread).rstrip("\n")
        raise MathematicsError(told)
    return text


def message(path: str, text: str, start: int, end: int, what: str, *notes: str) -> str:
    """What is wrong at a place of a page, as `nn3doc check` says it."""
    finding = Finding("read", what, start, end, tuple(note for note in notes if note))
    return render(Report(path, text), findings=[finding]).rstrip("\n")


def plain(text: str) -> str:
    """Text as Python-Markdown makes it before its extensions see it, without blanks at the ends."""
    return re.sub(r"(?<=\n) +\n", "\n", text.expandtabs(4)).strip()


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
