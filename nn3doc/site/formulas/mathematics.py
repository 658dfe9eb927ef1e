"""The mathematics of a site: every formula of every page, typeset in one go, drawn as HTML.

This knows nothing of MkDocs, and of Python-Markdown only what a page's text looks like; the
Markdown extension is math_extension.py.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import cache
from html import escape
from pathlib import Path

from nn3doc.equations.text import COLOURS, Region
from nn3doc.site.formulas.drawing import Alphabet, draw, style
from nn3doc.site.formulas.font import font_face
from nn3doc.site.formulas.site_formulas import (
    LABEL,
    REFERENCE,
    MathematicsError,
    PageFile,
    SiteFormulas,
)
from nn3doc.site.formulas.typeset import Formula, Refusal, Setting, Typesetter

__all__ = ["COLOURS", "UNINDEXED", "Annotator", "Mathematics", "shared_mathematics"]

UNINDEXED = ' data-search-exclude=""'
"""Keeps a formula out of the search index; of no use to readers of the page."""

_WIDE = 14_000  # thousandths of an em; wider displays may have to scroll, on a phone or zoomed in

Annotator = Callable[[PageFile, Region], str | None]
r"""Gives a formula's TeX with `\class`, `\data` or `\cssId` around its symbols, or None."""

Marker = Callable[[PageFile, Region, str], str]
"""Gives HTML to stand beside a display, whose anchor it is told; it may be none."""


class Mathematics:
    """The formulas of the pages below a folder.

    Args:
        folder: The folder of the pages.
        cache: The folder for what is kept from one build to the next.

    Attributes:
        annotator: Marks the symbols of a formula, so that pages can tell about them. What it
            returns must look the same.
        marker: Says whether a display is checked.
    """

    def __init__(self, folder: Path, cache: Path) -> None:
        self.site = SiteFormulas(folder)
        self.annotator: Annotator | None = None
        self.marker: Marker | None = None
        self._cache = cache
        self._typesetter = Typesetter(cache)
        self._alphabet = Alphabet()
        self._set: dict[Formula, Setting] = {}
        self._drawings: dict[str, str] = {}
        self._file: PageFile | None = None
        self._prepared: set[str] = set()  # names of pages
        self._ids: Counter[str] = Counter()

    def prepare(self, more: Iterable[str] = (), only: Collection[str] | None = None) -> None:
        """Typesets every formula of pages that is new, all in one run.

        Args:
            more: TeX of formulas that `formula` will be asked for, and are on no page.
            only: The names of these pages; all pages by default.

        Raises:
            MathematicsError: A formula that cannot be set, a label or a reference that is wrong.
            TypesetterError: Node or MathJax is missing.
        """
        self._refresh()
        names = self.site.files.keys() - self._prepared
        if only is not None:
            names &= set(only)
        further = [Formula(tex) for tex in more]
        if names or further:
            files = [file for name, file in self.site.files.items() if name in names]
            self._typeset(files, further)
            self._prepared |= names

    def _refresh(self) -> None:
        if self.site.refresh():
            self._prepared.clear()

    def begin(self, name: str, text: str, more: Iterable[str] = ()) -> None:
        """Says which page's Markdown is converted from now on.

        Args:
            name: The page's file, relative to the folder of pages.
            text: Its Markdown; it may differ from the file's, as a notebook's does.
            more: As `prepare` has it.

        Raises:
            MathematicsError: As `prepare` does.
        """
        self.prepare(more, [name])
        self._ids.clear()
        file = self.site.files.get(name)
        if file is None or file.body != text.strip():
            path = file.path if file else str(self.site.folder / name)
            file = PageFile(name, path, text)
            self._typeset([file])
        self._file = file

    def file_of(self, text: str) -> PageFile:
        """The page that a piece of Markdown belongs to, or the piece as a page of its own."""
        self._refresh()
        found = self.site.file_of(text)
        if found is not None and found != self._file:  # whoever converts does not call `begin`
            self.prepare()
            self._ids.clear()
            self._file = found
        here = self._file
        piece = PageFile(here.name if here else "", here.path if here else "page", text)
        self._typeset([piece])
        return piece

    def inline(self, file: PageFile, region: Region) -> str:
        """An inline formula as HTML; a reference to an equation as a Markdown link."""
        reference = REFERENCE.fullmatch(region.body.strip())
        if reference:
            label = self.site.known(file, reference[1], region.body_start, region.body_end)
            target = ""
            if label.page != file.name:
                target = os.path.relpath(label.page, Path(file.name).parent)
            return f"[({label.number})]({target.replace(os.sep, '/')}#{label.anchor})"
        return self._drawn(file, region) + self._note(region)

    def display(self, file: PageFile, region: Region) -> str:
        """A display as HTML: a box that scrolls where it is too wide, and a link to itself."""
        match = LABEL.search(region.body)
        label = self.site.labels.get(match[1]) if match else None
        if label:
            anchor, number = label.anchor, f"({label.number})"
        else:
            digest = hashlib.sha256(" ".join(region.body.split()).encode()).hexdigest()[:6]
            anchor, number = f"eq-{digest}", ""
        self._ids[anchor] += 1
        if self._ids[anchor] > 1:
            anchor += f"-{self._ids[anchor]}"
        drawn = self._drawn(file, region)
        name = f"equation {number}" if number else "this equation"
        kind = "number" if number else "number unnumbered"
        box = ""
        if self._set[self._formula(file, region)].width > _WIDE:
            box = f' tabindex="0" role="group" aria-label="{f"Equation {number}".strip()}"'
        note = ""
        if region.unchecked is not None:
            note = f'<p class="unchecked">Not checked: {escape(region.unchecked)}</p>'
        mark = self.marker(file, region, anchor) if self.marker else ""
        return (
            f'<div class="equation" id="{anchor}"><div class="scroll"{box}>{drawn}</div>'
            f'<a class="{kind}" href="#{anchor}" aria-label="Link to {name}">{number or "#"}</a>'
            f"{mark}{note}</div>"
        )

    def formula(self, tex: str) -> str:
        """An inline formula that is on no page, as HTML; as code if it cannot be typeset."""
        if tex not in self._drawings:  # the same symbols are in the tables of many pages
            formula = Formula(tex)
            if formula not in self._set:
                self._typeset([], [formula])
            setting = self._set.get(formula)
            if setting is None or not set(setting.colours) <= set(COLOURS):
                return f"<code>{escape(tex)}</code>"
            self._drawings[tex] = self._svg(setting, tex)
        return self._drawings[tex]

    def style(self) -> str:
        """The style rules that all formulas drawn so far need, their font included."""
        if not self._alphabet.glyphs:
            return style()
        outlines = self._typesetter.outlines
        return font_face(self._alphabet.glyphs, outlines, self._cache) + style()

    def _drawn(self, file: PageFile, region: Region) -> str:
        setting = self._set[self._formula(file, region)]
        return self._svg(setting, " ".join(LABEL.sub("", region.body).split()))

    def _svg(self, setting: Setting, tex: str) -> str:
        attributes = {
            "class": "m",
            "role": "img",
            "aria-label": setting.speech or tex,
            "data-tex": tex,
            "data-search-exclude": "",
        }
        return draw(setting, self._alphabet, attributes)

    def _note(self, region: Region) -> str:
        """A mark behind an inline formula that opens the reason why it is not checked."""
        if region.unchecked is None:
            return ""
        name = f"unchecked-{hashlib.sha256(region.unchecked.encode()).hexdigest()[:6]}"
        self._ids[name] += 1
        name += f"-{self._ids[name]}"
        return (
            f'<button type="button" class="unchecked" popovertarget="{name}"'
            f' aria-label="Why this formula is not checked">?</button>'
            f'<span class="unchecked" id="{name}" popover>Not checked: {escape(region.unchecked)}'
            "</span>"
        )

    def _formula(self, file: PageFile, region: Region, *, marked: bool = True) -> Formula:
        """What MathJax is given: without labels, with the numbers of references."""
        tex = region.body
        if marked and self.annotator is not None:
            tex = self.annotator(file, region) or tex
        if "\\label" not in tex and "\\eqref" not in tex:
            return Formula(tex, region.kind == "display")
        tex = LABEL.sub(lambda match: " " * len(match[0]), tex)

        def number(match: re.Match[str]) -> str:
            start, end = (region.body_start + offset for offset in match.span())
            return f"\\text{{({self.site.known(file, match[1], start, end).number})}}"

        return Formula(REFERENCE.sub(number, tex), region.kind == "display")

    def _typeset(self, files: Iterable[PageFile], more: Iterable[Formula] = ()) -> None:
        wanted: dict[Formula, tuple[PageFile, Region]] = {}
        for file in files:
            for region in file.formulas:
                if region.kind == "inline" and REFERENCE.fullmatch(region.body.strip()):
                    continue
                formula = self._formula(file, region)
                if formula not in self._set:
                    wanted.setdefault(formula, (file, region))
        problems = []
        further = [formula for formula in more if formula not in self._set]
        for formula, result in self._typesetter.typeset([*wanted, *further]).items():
            if formula not in wanted:
                if isinstance(result, Setting):
                    self._set[formula] = result
                continue
            file, region = wanted[formula]
            if isinstance(result, Refusal):
                if problem := self._refused(file, region, formula, result):
                    problems.append(problem)
            elif unknown := [name for name in result.colours if name not in COLOURS]:
                problems.append(_unknown_colour(file, region, unknown[0]))
            else:
                self._set[formula] = result
        if problems:
            raise MathematicsError("\n\n".join(problems))

    def _refused(self, file: PageFile, region: Region, formula: Formula, refusal: Refusal) -> str:
        """What is wrong with a formula; nothing if it can be set as its author wrote it."""
        unmarked = self._formula(file, region, marked=False)
        if unmarked != formula:  # offsets in what the author wrote are wanted
            again = self._typesetter.typeset([unmarked])[unmarked]
            if isinstance(again, Setting):  # only its symbols cannot be marked
                self._set[formula] = again
                return ""
            refusal = again
        start, end = _at_fault(unmarked.tex, refusal)
        what = f"MathJax cannot typeset this: {refusal.message}"
        return str(file.error(region.body_start + start, region.body_start + end, what))


def _at_fault(tex: str, refusal: Refusal) -> tuple[int, int]:
    """What to underline: the word that the message names, before where it was noticed."""
    for name in re.findall(r"\\(?:begin|end)\{[^}]*\}|\\(?:[a-zA-Z]+|.)", refusal.message)[::-1]:
        place = tex.rfind(name, 0, refusal.at + len(name))
        if place >= 0:
            return place, place + len(name)
    at = min(refusal.at, len(tex.rstrip()))
    return max(at - 1, 0), max(at, 1)


def _unknown_colour(file: PageFile, region: Region, name: str) -> str:
    match = re.search(rf"\\(?:text)?color\s*\{{\s*({re.escape(name)})\s*\}}", region.body)
    start, end = match.span(1) if match else (0, len(region.body))
    note = f"The colours are {', '.join(COLOURS[:-1])} and {COLOURS[-1]}: \\textcolor{{loss}}{{…}}"
    start, end = region.body_start + start, region.body_start + end
    return str(file.error(start, end, f"{name} is no colour of these pages", note))


@cache
def shared_mathematics(folder: Path, cache: Path) -> Mathematics:
    """The mathematics of a folder of pages; the same for all who ask."""
    return Mathematics(folder, cache)
