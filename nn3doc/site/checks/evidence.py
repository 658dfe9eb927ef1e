"""What is told of an equation when a reader asks how it is checked.

From the checker's report (nn3doc.equations.show), never written by hand. Sentences are plain
text, code in them between backticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["Evidence", "Listed", "evidence", "listed", "spoken"]

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Evidence:
    """What is known of one equation.

    Attributes:
        sign: The mark beside it: `✓`, `=` for a definition, `?` unchecked, `✗` failing.
        kind: The same as a word, a class of the mark: checked, defined, unchecked or failing.
        title: The mark in words.
        sentences: What was compared, and how it came out.
        witnesses: What confirmed it, one by one.
        lines: Lines of code that compute it: `nn3doc/network.py:189`.
    """

    sign: str
    kind: str
    title: str
    sentences: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def evidence(equation: Mapping[str, Any]) -> Evidence | None:
    """The evidence of an equation of a report; None for a formula that states nothing."""
    verdict = equation["verdict"]
    if verdict == "unchecked":
        return Evidence("?", "unchecked", "Not checked", (_sentence(equation["reason"]),))
    if verdict in ("failed", "skipped"):
        told = tuple(_sentence(found["message"]) for found in equation["findings"])
        return Evidence("✗", "failing", "Fails", told or ("Nothing gives its symbols values.",))
    if verdict not in ("holds", "defines"):
        return None
    witnesses = tuple(dict.fromkeys(map(_witness, equation["witnesses"])))
    lines = tuple(
        dict.fromkeys(f"{w['file']}:{w['line']}" for w in equation["witnesses"] if w["line"])
    )
    if verdict == "holds":
        return Evidence("✓", "checked", "Checked: it holds", _compared(equation), witnesses, lines)
    if witnesses:
        title = "Definition, which the code confirms"
        return Evidence("✓", "checked", title, _compared(equation), witnesses, lines)
    told = ("It says what a symbol stands for, so there is nothing to compare it with.",)
    return Evidence("=", "defined", "Definition", told)


def _compared(equation: Mapping[str, Any]) -> tuple[str, ...]:
    """How many cases were compared, and the largest difference over all of them."""
    count = equation["instances"]
    differences = [equation["difference"], *(w["difference"] for w in equation["witnesses"])]
    largest = max((value for value in differences if value is not None), default=0.0)
    sentences = []
    if count:
        sentences.append(f"Both sides compared in {count} {'case' if count == 1 else 'cases'}.")
    if largest:
        sentences.append(f"Largest relative difference: {_number(largest)}.")
    elif count or equation["witnesses"]:
        sentences.append("No difference, to the last digit.")
    return tuple(sentences)


def _witness(witness: Mapping[str, Any]) -> str:
    name = witness["name"]
    match witness["kind"]:
        case "autograd":
            return "PyTorch's automatic differentiation gives the same." + _exactly(name)
        case "value":
            return "Both sides, computed from random numbers, are equal." + _exactly(name)
        case "numbers":
            return "The numbers of the worked example agree."
        case "function":
            return f"`{name}` computes the same."
        case "line":
            function, _, variable = name.rpartition(": ")
            where = f"line {witness['line']} of {witness['file']}"
            return f"`{variable}` in `{function.rpartition('.')[2]}` gives the same ({where})."
        case "returned":
            function, _, variable = name.rpartition(": ")
            where = f"line {witness['line']} of {witness['file']}"
            return f"`{function.rpartition('.')[2]}` returns the same ({where})."
        case "final":
            function, _, variable = name.rpartition(": ")
            return f"`{variable}` in `{function.rpartition('.')[2]}` has the same value in the end."
        case "snippet":
            return (
                f"The code on this page computes the same{_named(name)} (line {witness['line']})."
            )
        case kind:
            return f"Confirmed by {kind}{_named(name)}."


def _exactly(name: str) -> str:
    return " It needs a symbol that is exactly one of two numbers, such as 0 or 1." if name else ""


def _named(name: str) -> str:
    return f": `{name}`" if name else ""


def _number(value: float) -> str:
    digits, _, exponent = f"{value:.1e}".partition("e")
    return f"{digits} · 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def spoken(text: str) -> str:
    """A sentence as HTML, what stands between backticks as code."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    pieces[1::2] = [f"<code>{piece}</code>" for piece in pieces[1::2]]
    return "".join(pieces)


@dataclass(frozen=True)
class Listed:
    """An equation in the list of all of them.

    Attributes:
        page: Title of its page.
        address: Where it stands: `backpropagation.html#eq-dw2`; the page alone if it has no anchor.
        anchor: Its own anchor in the list.
        number: `(7.2)`, or "" without one.
        tex: Its TeX.
        evidence: What is known of it.
    """

    page: str
    address: str
    anchor: str
    number: str
    tex: str
    evidence: Evidence


def listed(entries: Iterable[Listed], built: str) -> str:
    """All equations with their evidence, as HTML; `built` says when."""
    pages: dict[str, list[Listed]] = {}
    for entry in entries:
        pages.setdefault(entry.page, []).append(entry)
    every = [entry for entries in pages.values() for entry in entries]
    counted = ", ".join(
        f"{count} {words}"
        for kind, words in _KINDS.items()
        if (count := sum(entry.evidence.kind == kind for entry in every))
    )
    sections = [
        f"<h2>{escape(page)}</h2><dl>{''.join(map(_entry, entries))}</dl>"
        for page, entries in pages.items()
    ]
    return f"<p>{counted or 'No equations yet'}. Built on {escape(built)}.</p>{''.join(sections)}"


_KINDS = {
    "checked": "checked",
    "defined": "definitions",
    "unchecked": "not checked, for the reason given",
    "failing": "failing",
}


def _entry(entry: Listed) -> str:
    found = entry.evidence
    tex = re.sub(r"\s*\\label\{[^}]*\}\s*", "", entry.tex)
    said = " ".join(map(spoken, found.sentences))
    witnesses = "".join(f"<li>{spoken(witness)}</li>" for witness in found.witnesses)
    return (
        f'<dt id="{escape(entry.anchor)}"><a href="{escape(entry.address)}">'
        f"{entry.number or 'Equation'}</a> <code>{escape(' '.join(tex.split()))}</code></dt>"
        f'<dd><p><span class="check {found.kind}" aria-hidden="true">{found.sign}</span> '
        f"{escape(found.title)}. {said}</p>{f'<ul>{witnesses}</ul>' if witnesses else ''}</dd>"
    )
