r"""Reports as JSON, for programs: editors, other tools, the page in the reader's browser.

Offsets count characters (Unicode code points) from 0, in the page's text or, where the table says
so, in the formula's TeX; lines and columns count from 1. Numbers that are not finite are null. The
same pages give the same JSON, byte for byte. `version` grows when a field changes its meaning or
goes away; new fields may come at any time.

    version               integer   1
    summary.equations     integer   formulas on all pages
    summary.instances     integer   cases compared
    summary.difference    number    largest relative difference between two sides
    summary.holds         integer   formulas that hold
    summary.defines       integer   formulas that define something
    summary.declares      integer   formulas that declare something
    summary.reads         integer   formulas that state nothing and are only read
    summary.failed        integer   formulas that fail
    summary.skipped       integer   formulas that build on what fails
    summary.unchecked     integer   formulas left unchecked on purpose
    summary.unread        integer   places and files with mathematics that is not read
    summary.unrun         integer   places with code that is not run, or output that is not compared
    summary.snippets      integer   numbers that snippets assign and that were compared
    summary.alone         integer   values of snippets that were compared with nothing
    summary.findings      integer   findings on all pages, warnings among them
    pages[]               Page      in the order they were named

    Page.path             string    as the user named the page
    Page.read             boolean   false: a file with mathematics that is no page, or a folder
    Page.ok               boolean   whether nothing was found that fails it
    Page.findings[]       Finding   findings outside of formulas
    Page.snippets         integer   numbers that its snippets assign and that were compared
    Page.alone[]          Value     values of defined symbols that were compared with nothing
    Page.equations[]      Equation  all formulas, displays and inline, in their order

    Value.name            string    the Python name of the symbol
    Value.line            integer   the line that gives it the value

    Equation.start        integer   offset of the formula with its marks, on the page
    Equation.end          integer   offset behind it
    Equation.body_start   integer   offset of its TeX, on the page
    Equation.line         integer   line of `start`
    Equation.column       integer   column of `start`
    Equation.tex          string    its TeX
    Equation.display      boolean   a display rather than an inline formula
    Equation.labels[]     string    names given by \\label
    Equation.verdict      string    holds, defines, declares, states, reads, failed, unchecked
                                    or skipped
    Equation.reason       string    why it is unchecked; "" if it is not
    Equation.roles[]      string    the part of each statement: definition, claim, assumption,
                                    update, example value, declaration or mention
    Equation.shapes[]     string    symbolic shape of each side: (n_1, m)
    Equation.instances    integer   cases compared: layers, entries, seeds
    Equation.difference   number    largest relative difference seen
    Equation.symbols[]    Symbol    its symbols, in their order
    Equation.witnesses[]  Witness   what confirmed it
    Equation.findings[]   Finding   what is wrong with it
    Equation.tree         Tree      null where the TeX could not be read

    Symbol.key            string    the symbol: W^{[1]}
    Symbol.start          integer   offset in the TeX
    Symbol.end            integer   offset behind it
    Symbol.family         string    its row of the notation table: W^{[l]}
    Symbol.meaning        string    what the row says it means, in Markdown
    Symbol.shape          string    in symbolic sizes; "" for a number
    Symbol.sizes          string    in the page's numbers: (2, 3); "" without any
    Symbol.part           string    "" for all of it; entry, row or column
    Symbol.python         string    its name in Python; "" without one

    Witness.kind          string    autograd, value, function, line, snippet or numbers
    Witness.name          string    what confirmed the formula
    Witness.file          string    file of its line of code; "" without one
    Witness.line          integer   that line; 0 without one
    Witness.difference    number    largest relative difference seen

    Finding.kind          string    page, notation, read, known, fits, holds, code, untested,
                                    vacuous, remark, unread, unrun, or checker: its own mistake
    Finding.failing       boolean   whether the page fails by it; a warning does not
    Finding.message       string    what was found
    Finding.notes[]       string    what was expected and how to mend it
    Finding.suggestion    string    TeX that would hold in its place; "" without any
    Finding.start         integer   offset on the page
    Finding.end           integer   offset behind it
    Finding.line          integer   line of `start`
    Finding.column        integer   column of `start`
    Finding.end_line      integer   line of `end`
    Finding.end_column    integer   column of `end`

    Tree.kind             string    name of the node, see nn3doc.equations.tex.tree; then its fields
    Tree.span[]           integer   its two offsets in the TeX
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from nn3doc.equations.report import Equation, Finding, Report, SymbolUse, Witness
from nn3doc.equations.show.messages import count_verdicts
from nn3doc.equations.text import Lines

VERSION = 1
_COUNTED = (
    "holds",
    "defines",
    "declares",
    "reads",
    "failed",
    "skipped",
    "unchecked",
    "unread",
    "snippets",
    "alone",
    "unrun",
)


def to_json(reports: Iterable[Report]) -> dict[str, Any]:
    """The reports as plain lists and dictionaries; the module's docstring lists the fields."""
    pages = list(reports)
    equations = [equation for report in pages for equation in report.equations]
    differences = [e.difference for e in equations]
    counts = count_verdicts(pages)
    return {
        "version": VERSION,
        "summary": {
            "equations": len(equations),
            "instances": sum(e.instances for e in equations),
            "difference": _finite(max(differences, default=0.0)),
            **{name: counts[name] for name in _COUNTED},
            "findings": sum(len(report.all_findings) for report in pages),
        },
        "pages": [_page(report) for report in pages],
    }


def dumps(reports: Iterable[Report]) -> str:
    """The reports as JSON text, which ends in a line's end."""
    return json.dumps(to_json(reports), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _page(report: Report) -> dict[str, Any]:
    lines = Lines(report.text)
    return {
        "path": report.path,
        "read": report.is_page,
        "ok": report.ok,
        "findings": [_finding(finding, lines) for finding in report.findings],
        "snippets": report.snippets_compared,
        "alone": [{"name": name, "line": line} for name, line in report.snippets_alone],
        "equations": [_equation(equation, lines) for equation in report.equations],
    }


def _equation(equation: Equation, lines: Lines) -> dict[str, Any]:
    return {
        "start": equation.start,
        "end": equation.end,
        "body_start": equation.body_start,
        "line": equation.line,
        "column": equation.column,
        "tex": equation.tex,
        "display": equation.display,
        "labels": list(equation.labels),
        "verdict": equation.verdict,
        "reason": equation.reason,
        "roles": list(equation.roles),
        "shapes": list(equation.shapes),
        "instances": equation.instances,
        "difference": _finite(equation.difference),
        "symbols": [_symbol(symbol) for symbol in equation.symbols],
        "witnesses": [_witness(witness) for witness in equation.witnesses],
        "findings": [_finding(finding, lines) for finding in equation.findings],
        "tree": equation.tree,
    }


def _symbol(symbol: SymbolUse) -> dict[str, Any]:
    return asdict(symbol)


def _witness(witness: Witness) -> dict[str, Any]:
    return {**asdict(witness), "difference": _finite(witness.difference)}


def _finding(finding: Finding, lines: Lines) -> dict[str, Any]:
    line, column = lines.place(finding.start)
    end_line, end_column = lines.place(finding.end)
    return {
        "kind": finding.kind,
        "failing": finding.failing,
        "message": finding.message,
        "notes": list(finding.notes),
        "suggestion": finding.suggestion,
        "start": finding.start,
        "end": finding.end,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
