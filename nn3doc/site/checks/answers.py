r"""What formulas answer when a reader points at them, taken from the checker's reports.

Each symbol in a formula gets the attribute `data-symbol`, the same for every occurrence; each
display a mark that leads to its evidence; each page a table of its symbols. The table is there for
every reader; the script cards.js takes what it shows from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from os.path import relpath
from pathlib import PurePosixPath
from typing import Any

from nn3doc.equations.notation import tables
from nn3doc.equations.text import MarkdownError, Region
from nn3doc.site.checks.evidence import Evidence, Listed, evidence, listed
from nn3doc.site.formulas import LABEL, Mathematics, PageFile

__all__ = ["EVIDENCE", "Answers", "CheckedText", "slug"]

EVIDENCE = "evidence.html"
_NOTATION = "notation.md"
_ROW = re.compile(r'<tr>(?=\s*<td[^>]*>\s*<svg\b[^>]*?\bdata-tex="(?P<tex>[^"]*)")')


@dataclass(frozen=True)
class CheckedText:
    """A page as it was checked.

    Attributes:
        text: Its text.
        report: What was said of it, as nn3doc.equations.show has it.
        address: Where it will be in the site: `backpropagation.html`.
    """

    text: str
    report: Mapping[str, Any]
    address: str


@dataclass
class _Page:
    """A page while the site is built."""

    checked: CheckedText
    symbols: dict[str, dict[str, Any]] = field(default_factory=dict)
    equations: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    declared: set[str] = field(default_factory=set)
    marked: dict[str, tuple[str, Evidence]] = field(default_factory=dict)
    annotated: dict[tuple[str, str | None], str | None] = field(default_factory=dict)


class Answers:
    """The answers of all pages of a site.

    Args:
        mathematics: Sets the formulas; its annotator and its marker are set here.
    """

    def __init__(self, mathematics: Mathematics) -> None:
        self._mathematics = mathematics
        self._checked: Mapping[str, CheckedText] = {}
        self._pages: dict[str, _Page] = {}
        mathematics.annotator = self._annotated
        mathematics.marker = self._mark

    def read(self, pages: Mapping[str, CheckedText]) -> None:
        """Takes in what was said of the pages, by their names: `backpropagation.md`.

        A page is looked up when it is first needed: looking it up may take until it is checked.
        """
        self._checked = pages
        self._pages = {}

    def _page(self, name: str) -> _Page | None:
        if name not in self._pages:
            checked = self._checked.get(name)
            if checked is None:
                return None
            self._pages[name] = _read(checked)
        return self._pages[name]

    def formulas(self, name: str) -> Iterator[str]:
        """TeX of the formulas that a page's table of symbols needs."""
        page = self._page(name)
        for key, symbol in page.symbols.items() if page else ():
            yield key
            yield from _split(symbol["meaning"])[1::2]
            if shape := _shape(key, symbol):
                yield shape

    def content(self, html: str, name: str) -> str:
        """The content of a page, each row of a notation table with an anchor of its own."""
        page = self._page(name)
        seen: set[str] = set()

        def row(match: re.Match[str]) -> str:
            tex = unescape(match["tex"])
            if page is None or tex not in page.declared or tex in seen:
                return match[0]
            seen.add(tex)
            return f'<tr id="symbol-{escape(slug(tex))}">'

        return _ROW.sub(row, html)

    def page(self, name: str, built: str) -> str:
        """What stands behind a page's content: its symbols, and the evidence of its equations.

        Args:
            name: The page.
            built: When the site was built, as readers write a date.
        """
        page = self._page(name)
        if page is None or not (page.symbols or page.marked):
            return ""
        rows = "".join(self._row(key, symbol, page) for key, symbol in page.symbols.items())
        table = (
            '<details class="symbols"><summary>Symbols on this page</summary>'
            '<div class="scroll" role="group" aria-label="Table: Symbols on this page"'
            ' tabindex="0"><table class="data"><thead><tr><th>Symbol</th><th>Meaning</th>'
            f"<th>Shape</th><th>In Python</th></tr></thead><tbody>{rows}</tbody></table></div>"
            "</details>"
        )
        told = {
            anchor: {
                "title": found.title,
                "said": found.sentences,
                "witnesses": found.witnesses,
                "lines": found.lines,
            }
            for anchor, (_, found) in page.marked.items()
        }
        data = json.dumps(
            {"built": built, "equations": told}, ensure_ascii=False, separators=(",", ":")
        )
        # No <script>: instant navigation would make a running one of it.
        data = f'<template id="told-of-equations">{escape(data, quote=False)}</template>'
        return f"{table if rows else ''}{data}"

    def evidence(self, titles: Mapping[str, str], built: str) -> str:
        """The list of all equations with their evidence.

        Args:
            titles: Titles of the pages by their names, in the order in which they are read.
            built: When the site was built.
        """
        entries: list[Listed] = []
        for name, title in titles.items():
            page = self._page(name)
            if page is not None:
                entries.extend(self._entries(page, title))
        return listed(entries, built)

    def _entries(self, page: _Page, title: str) -> Iterator[Listed]:
        address = page.checked.address
        numbers = {
            label.anchor: f"({label.number})" for label in self._mathematics.site.labels.values()
        }
        for anchor, (tex, found) in page.marked.items():
            here = _anchor(address, anchor)
            number = numbers.get(anchor, "")
            yield Listed(title, f"{address}#{anchor}", here, number, tex, found)
        inline = [equation for equation in page.equations.values() if not equation["display"]]
        for place, equation in enumerate(inline, start=1):
            if told := evidence(equation):
                here = _anchor(address, f"inline-{place}")
                yield Listed(title, address, here, "", equation["tex"], told)

    def _annotated(self, file: PageFile, region: Region) -> str | None:
        page = self._page(file.name)
        if page is None:
            return None
        key = region.body, region.unchecked
        if key not in page.annotated:  # it is asked for when typeset, and when drawn
            equation = page.equations.get(_key(region))
            page.annotated[key] = _annotated(region.body, equation) if equation else None
        return page.annotated[key]

    def _mark(self, file: PageFile, region: Region, anchor: str) -> str:
        page = self._page(file.name)
        equation = page.equations.get(_key(region)) if page else None
        found = evidence(equation) if equation else None
        if page is None or found is None:
            return ""
        page.marked[anchor] = region.body, found
        label = LABEL.search(region.body)
        known = self._mathematics.site.labels.get(label[1]) if label else None
        name = f"equation ({known.number})" if known else "this equation"
        address = page.checked.address
        target = f"{_from(address, EVIDENCE)}#{_anchor(address, anchor)}"
        return (
            f'<a class="check {found.kind}" href="{escape(target)}"'
            f' aria-label="{escape(found.title)}: evidence for {name}">{found.sign}</a>'
        )

    def _row(self, key: str, symbol: Mapping[str, Any], page: _Page) -> str:
        drawn = self._mathematics.formula(key)
        target = self._declared_at(symbol["family"], page)
        if target:
            drawn = f'<a href="{escape(target)}">{drawn}</a>'
        meaning = _split(symbol["meaning"] or "a symbol of this page alone")
        meaning[0::2] = [escape(words) for words in meaning[0::2]]
        meaning[1::2] = [self._mathematics.formula(tex) for tex in meaning[1::2]]
        shape = _shape(key, symbol)
        python = ", ".join(f"<code>{escape(name)}</code>" for name in symbol["names"])
        return (
            f'<tr data-row="{escape(slug(key))}" data-names="{escape(" ".join(symbol["names"]))}">'
            f"<td>{drawn}</td><td>{''.join(meaning)}</td>"
            f"<td>{self._mathematics.formula(shape) if shape else ''}</td>"
            f"<td>{python}</td></tr>"
        )

    def _declared_at(self, family: str, page: _Page) -> str:
        """The row of a notation table that declares a symbol; "" for one of the page's own."""
        anchor = f"#symbol-{slug(family)}"
        if family in page.declared:
            return anchor
        notation = self._page(_NOTATION)
        if notation is None or family not in notation.declared:
            return ""
        return _from(page.checked.address, notation.checked.address) + anchor


def slug(tex: str) -> str:
    r"""A symbol's TeX as a name for attributes and anchors: `W^{[1]}` is `W-1`."""
    text = re.sub(r"[{}\[\]\\\s]", "", tex).replace("^", "-").replace("'", "-prime")
    return re.sub(r"[^\w()-]", lambda match: f"{ord(match[0]):x}", text, flags=re.ASCII)


def _read(checked: CheckedText) -> _Page:
    page = _Page(checked)
    try:
        rows = tables(checked.text)
    except MarkdownError:
        rows = []  # which the checker has told
    page.declared = {row.cells["symbol"].text.strip(" $") for row in rows if "symbol" in row.cells}
    for equation in checked.report["equations"]:
        page.equations.setdefault(_key_of(equation["tex"], equation["reason"]), equation)
        for symbol in equation["symbols"]:
            known = page.symbols.setdefault(symbol["key"], dict(symbol))
            for name in ("shape", "sizes"):
                known[name] = known[name] or symbol[name]
    for symbol in page.symbols.values():
        symbol["names"] = _names(symbol, page.symbols.values())
    return page


def _annotated(tex: str, equation: Mapping[str, Any]) -> str:
    """A formula's TeX with its symbols marked."""
    # Blanks may have changed since the page was checked, nothing else has.
    places = [place for place, character in enumerate(tex) if not character.isspace()]
    places.append(len(tex))
    pieces = []
    done = 0
    for symbol in equation["symbols"]:
        start, last = (
            len("".join(equation["tex"][:offset].split()))
            for offset in (symbol["start"], symbol["end"])
        )
        start, end = places[start], places[last - 1] + 1
        part = f",part={symbol['part']}" if symbol["part"] else ""
        data = f"\\data{{symbol={slug(symbol['key'])}{part}}}"
        pieces += [tex[done:start], f"{{{data}{{{tex[start:end]}}}}}"]
        done = end
    return "".join([*pieces, tex[done:]])


def _names(symbol: Mapping[str, Any], all_of_page: Iterable[Mapping[str, Any]]) -> list[str]:
    """Python names that stand for a symbol; for that of any layer, those of the page's layers."""
    if "{" not in symbol["python"]:
        return [symbol["python"]] if symbol["python"] else []
    kin = [other["python"] for other in all_of_page if other["family"] == symbol["family"]]
    return sorted({name for name in kin if name.isidentifier()})


def _key(region: Region) -> tuple[str, str]:
    return _key_of(region.body, region.unchecked or "")


def _key_of(tex: str, reason: str) -> tuple[str, str]:
    return "".join(tex.split()), reason


def _shape(key: str, symbol: Mapping[str, Any]) -> str:
    """A shape in sizes and numbers, of a size its number: `(n_1, m) = (2, 4)`, `m = 4`."""
    left = symbol["shape"] or (key if symbol["sizes"] else "")
    return f"{left} = {symbol['sizes']}" if symbol["sizes"] else left


def _split(words: str) -> list[str]:
    """Words and formulas in turn; words alone where a `$` is missing."""
    pieces = words.split("$")
    return pieces if len(pieces) % 2 else [words]


def _anchor(address: str, anchor: str) -> str:
    page = address.removesuffix(".html").replace("/", "-")
    return f"{page}--{anchor}"


def _from(address: str, target: str) -> str:
    return PurePosixPath(relpath(target, PurePosixPath(address).parent)).as_posix()
