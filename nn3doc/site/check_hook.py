"""Shows what is wrong with a page where its author looks: in the terminal and on the page itself.

Each finding is a warning of MkDocs, so that `mkdocs build --strict` fails by it, and a box at the
equation or the code that it is about.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

from nn3doc.equations import examples, markdown
from nn3doc.equations.markdown import MarkdownError, Region
from nn3doc.equations.pages import NOTEBOOK, NoPageError, read_page
from nn3doc.site.checking import PageChecker, Told

__all__ = ["add_examples", "add_findings", "shown", "with_boxes"]

_log = logging.getLogger("mkdocs.plugins.nn3doc")


def add_findings(content: str, path: Path, checker: PageChecker) -> str:
    """Checks a page, logs what is found, and gives its Markdown with a box for each finding.

    Args:
        content: The page's Markdown, with or without its front matter, not changed otherwise. That
            of a notebook is not changed at all: places in a notebook are not places on its page.
        path: The page's file.
        checker: Checks pages.
    """
    told = checker.check(shown(path)).told
    for one in told:
        _log.log(logging.WARNING if one.failing else logging.INFO, "%s", one.text.rstrip("\n"))
    failing = [one for one in told if one.failing]
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


def add_examples(content: str, path: Path, checker: PageChecker) -> str:
    """Puts behind each example on a page what the checker says of it, and warns of broken ones.

    Args:
        content: The page's Markdown, with or without its front matter.
        path: The page's file.
        checker: Checks pages.
    """
    found = examples.examples(content)
    if not found:
        return content
    here = shown(path)
    told = checker.check(here).examples
    if len(told) != len(found):  # the page is not read, which is told already
        return content
    for region, one in zip(found, told, strict=True):
        if one.problem:
            line = region.body.strip().partition("\n")[0]
            _log.warning("%s: the example %r: %s", here, line, one.problem)
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
        regions = markdown.scan(text)
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
