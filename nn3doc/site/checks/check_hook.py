"""Shows what is wrong with a page where its author looks: in the terminal and on the page itself.

Each finding is a warning of MkDocs, so that `mkdocs build --strict` fails by it, and a box at the
equation or the code that it is about.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from nn3doc.equations import examples
from nn3doc.equations.files import NOTEBOOK, NoPageError, read_page
from nn3doc.equations.text import MarkdownError, Region, scan
from nn3doc.site.checks.answers import CheckedText
from nn3doc.site.checks.checking import CheckedPage, PageChecker, Told

__all__ = ["CheckedPages", "add_examples", "add_findings", "shown", "with_boxes"]

_log = logging.getLogger("mkdocs.plugins.nn3doc")


class CheckedPages(Mapping[str, CheckedText]):
    """What is said of the pages of one build; to ask for one waits until it has been checked.

    What is found on a page is told in the terminal when the page is first asked for.

    Args:
        pages: The files of the pages and their addresses in the site, by their names.
        checker: Checks pages.
    """

    def __init__(self, pages: Mapping[str, tuple[Path, str]], checker: PageChecker) -> None:
        self._pages: dict[str, tuple[Path, str, str]] = {}
        for name, (path, address) in pages.items():
            with contextlib.suppress(NoPageError):  # MkDocs will say so
                self._pages[name] = shown(path), read_page(path)[0], address
        self._checker = checker
        self._checks = checker.start(path for path, _, _ in self._pages.values())
        self._told: set[str] = set()

    def __getitem__(self, name: str) -> CheckedText:
        _, text, address = self._pages[name]
        return CheckedText(text, self.said(name).data, address)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)

    def text(self, name: str) -> str:
        """The text of a page, which nothing has to be waited for."""
        return self._pages[name][1]

    def said(self, name: str) -> CheckedPage:
        """All that is said of a page."""
        said = self._checks[self._pages[name][0]]
        if name not in self._told:
            self._told.add(name)
            for one in said.told:
                level = logging.WARNING if one.failing else logging.INFO
                _log.log(level, "%s", one.text.rstrip("\n"))
        return said

    def needs(self) -> set[Path]:
        """The files that what is said depends on: what code imports or reads, and pages."""
        return self._checker.watched(path for path, _, _ in self._pages.values())

    def edited(self) -> list[str]:
        """The pages whose text or files have changed."""
        return [name for name, (path, _, _) in self._pages.items() if path in self._checks.edited]

    def pending(self) -> list[str]:
        """The pages that are still being checked."""
        checks = self._checks
        return [name for name, (path, _, _) in self._pages.items() if not checks.is_done(path)]


def add_findings(content: str, path: Path, checked: CheckedPage) -> str:
    """The Markdown of a page with a box for each finding.

    Args:
        content: The page's Markdown, with or without its front matter, not changed otherwise. That
            of a notebook is not changed at all: places in a notebook are not places on its page.
        path: The page's file.
        checked: What is said of the page.
    """
    failing = [one for one in checked.told if one.failing]
    if not failing or path.suffix == NOTEBOOK:
        return content
    try:
        text, _ = read_page(path)
    except NoPageError:
        return content
    return with_boxes(content, text, failing)


def shown(path: Path) -> Path:
    """A file as messages name it: from the folder that the build was started in, if it is there."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def add_examples(content: str, path: Path, checked: CheckedPage) -> str:
    """Puts behind each example on a page what the checker says of it, and warns of broken ones.

    Args:
        content: The page's Markdown, with or without its front matter.
        path: The page's file.
        checked: What is said of the page.
    """
    found = examples.examples(content)
    if not found:
        return content
    told = checked.examples
    if len(told) != len(found):  # the page is not read, which is told already
        return content
    for region, one in zip(found, told, strict=True):
        if one.problem:
            line = region.body.strip().partition("\n")[0]
            _log.warning("%s: the example %r: %s", shown(path), line, one.problem)
    return examples.shown(content, told)


def with_boxes(content: str, text: str, told: list[Told]) -> str:
    """The Markdown of a page with a box behind each formula or code that something is told of.

    Args:
        content: The page's Markdown, which may lack the front matter.
        text: The page, which the offsets count in.
        told: What is told.
    """
    start = max(text.find(content[:200]), 0)
    try:
        regions = scan(text)
    except MarkdownError:
        regions = []
    boxes: dict[int, list[str]] = {}
    for one in told:
        place, prefix = _place(text, regions, one.start)
        boxes.setdefault(max(place - start, 0), []).append(f"{prefix}{_box(one.text)}\n{prefix}\n")
    for place in sorted(boxes, reverse=True):
        before, after = content[:place], content[place:]
        content = f"{before.rstrip(' ')}\n\n{''.join(boxes[place])}{after.removeprefix(chr(10))}"
    return content


def _place(text: str, regions: list[Region], offset: int) -> tuple[int, str]:
    """The end of a line behind what is at fault, and what stands before every line there."""
    region = next((r for r in regions if r.start <= offset < max(r.end, r.unchecked_end)), None)
    if region is not None and region.kind == "front":
        return region.end, ""
    start = region.start if region else offset
    end = max(region.end, region.unchecked_end) if region else offset
    first = text.rfind("\n", 0, start) + 1
    found = re.match(r"[ \t>]*", text[first:])
    prefix = found.group() if found else ""
    if region is not None and region.kind in ("display", "fence", "comment"):
        line_end = text.find("\n", end)
    else:  # behind the paragraph, the list or the table
        blank = re.compile(r"\n[ \t>]*(?:\n|\Z)").search(text, end)
        line_end = blank.start() if blank else -1
    return (line_end if line_end >= 0 else len(text)), prefix


def _box(message: str) -> str:
    """One line of HTML: nothing in it is Markdown or mathematics any more."""
    first, _, rest = message.rstrip("\n").partition("\n")
    body = f"<pre>{_plain(rest)}</pre>" if rest else ""
    return (
        '<div class="admonition failure nn-finding" role="alert">'
        f'<p class="admonition-title">{_plain(first)}</p>{body}</div>'
    )


def _plain(text: str) -> str:
    """Text in which every character that means something to Markdown or TeX is an entity."""
    return re.sub(r"[^\w .,:/-]|_", lambda found: f"&#{ord(found.group())};", text)
