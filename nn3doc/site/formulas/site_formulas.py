r"""The pages of a site as one book: which formulas they hold, and how its equations are numbered.

An equation gets a number by `\label{eq:name}`: the number of its page in the navigation, a dot,
and its own number on that page. `$\eqref{eq:name}$` on any page shows it, and leads there.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nn3doc.equations.files import NoPageError, read_page
from nn3doc.equations.report import Finding, Report
from nn3doc.equations.show import render
from nn3doc.equations.text import MarkdownError, Region, scan

__all__ = ["Book", "Label", "MathematicsError", "Sheet", "message"]

REFERENCE = re.compile(r"\\eqref\s*\{\s*([^{}]*?)\s*\}")
LABEL = re.compile(r"\\label\s*\{\s*([^{}]*?)\s*\}")
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n.*?^---[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_PAGE = re.compile(r"[\w./-]+\.(?:md|ipynb)\b")


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
class Sheet:
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


class Book:
    """The pages below a folder.

    Args:
        folder: The folder of the pages (`docs`). The file mkdocs.yml beside it, where there is one,
            gives their order.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sheets: dict[str, Sheet] = {}
        self.labels: dict[str, Label] = {}
        self._state: tuple[tuple[str, int, int], ...] | None = None

    def refresh(self) -> bool:
        """Reads what has changed on disk; says whether anything has.

        Raises:
            MathematicsError: A page cannot be read, a formula is never closed, two equations have
                one label, or a reference leads nowhere.
        """
        files = [path for path in sorted(self.folder.rglob("*.md")) if path.is_file()]
        stats = [(path, path.stat()) for path in files]
        state = tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)
        if state == self._state:
            return False
        self._state = None  # until all is well: what is wrong is told again
        sheets = {}
        for path in files:
            name = path.relative_to(self.folder).as_posix()
            text = _text_of(path)
            old = self.sheets.get(name)
            sheets[name] = old if old and old.text == text else Sheet(name, _shown(path), text)
        self.sheets = sheets
        self.labels = self._numbered()
        for sheet in self.sheets.values():
            self._check_references(sheet)
        self._state = state
        return True

    def sheet_of(self, text: str) -> Sheet | None:
        """The page of which this is the Markdown, with or without its front matter."""
        body = plain(text)
        return next((s for s in self.sheets.values() if body in (s.body, s.whole)), None)

    def page_number(self, name: str) -> int:
        """The place of a page in the navigation, from 1; pages that it leaves out come last."""
        order = self._order()
        return order.index(name) + 1 if name in order else len(order) + 1

    def known(self, sheet: Sheet, label: str, start: int, end: int) -> Label:
        """The equation a reference on a page means.

        Raises:
            MathematicsError: There is no such equation.
        """
        if label in self.labels:
            return self.labels[label]
        close = difflib.get_close_matches(label, self.labels, n=1)
        mend = f"Did you mean {close[0]}?" if close else ""
        raise sheet.error(
            start,
            end,
            f"no equation has the label {label}",
            mend or f"Write \\label{{{label}}} into the display that is meant.",
        )

    def _order(self) -> list[str]:
        config = self.folder.parent / "mkdocs.yml"
        text = config.read_text(encoding="utf-8") if config.is_file() else ""
        nav = re.search(r"^nav:\n((?:[ \t-].*\n|\n)*)", text, re.MULTILINE)
        named = _PAGE.findall(re.sub(r"#.*", "", nav[1])) if nav else []
        return list(dict.fromkeys([*named, *sorted(self.sheets)]))

    def _numbered(self) -> dict[str, Label]:
        labels: dict[str, Label] = {}
        order = {name: place for place, name in enumerate(self._order(), start=1)}
        for sheet in sorted(self.sheets.values(), key=lambda sheet: order[sheet.name]):
            count = 0
            for region in sheet.formulas:
                for match in LABEL.finditer(region.body):
                    count += 1
                    start, end = (region.body_start + offset for offset in match.span())
                    name = match[1]
                    if region.kind == "inline":
                        raise sheet.error(
                            start,
                            end,
                            "an inline formula has no number",
                            "Write the formula as a display, between $$ and $$, or leave out"
                            " the \\label.",
                        )
                    if LABEL.search(region.body, 0, match.start()):
                        raise sheet.error(
                            start,
                            end,
                            "this display has a label already, and a display has one number",
                            "Split it into two displays, or leave out one \\label.",
                        )
                    if name in labels:
                        first = labels[name]
                        raise sheet.error(
                            start,
                            end,
                            f"two equations have the label {name}",
                            f"The other one is ({first.number}) in {first.page}.",
                        )
                    if not re.fullmatch(r"eq:[\w.-]+", name):
                        raise sheet.error(
                            start,
                            end,
                            f"{name or 'nothing'} is no label for an equation",
                            "Write \\label{eq:name}, the name of letters, digits and hyphens.",
                        )
                    number = f"{order[sheet.name]}.{count}"
                    labels[name] = Label(sheet.name, name.replace(":", "-", 1), number)
        return labels

    def _check_references(self, sheet: Sheet) -> None:
        for region in sheet.formulas:
            for match in REFERENCE.finditer(region.body):
                start, end = (region.body_start + offset for offset in match.span())
                self.known(sheet, match[1], start, end)


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
