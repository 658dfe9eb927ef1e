"""What the checker says of a page: plain data, for messages, for JSON, for tests and for the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FindingKind = Literal[
    "page",  # the page itself: not there, not UTF-8, an unclosed mark, no notation
    "notation",  # a row of the notation table that cannot be read
    "read",  # question 1
    "known",  # question 2
    "fits",  # question 3
    "holds",  # question 4
    "code",  # question 5
    "untested",  # a definition that nothing restates
    "vacuous",  # no instance
    "checker",  # a mistake of the checker itself, not of the page
    "unread",  # mathematics in a form, or in a file, that is not read
    "unrun",  # code that is not run, or output that is not compared
    "remark",  # an `unchecked` remark that is wrong: no reason, or nothing to leave unchecked
]
Part = Literal["", "entry", "row", "column"]
Verdict = Literal[
    "holds", "defines", "declares", "states", "reads", "failed", "unchecked", "skipped"
]


@dataclass(frozen=True)
class Finding:
    """One mistake on a page.

    Attributes:
        kind: Which question it fails.
        message: What was found, one line, lower case, no full stop.
        start: Offset on the page of the first character at fault.
        end: Offset behind the last one.
        notes: What was expected and how to mend it, one line each.
        suggestion: TeX that would hold in place of what stands from `start` to `end`.
        failing: Whether the page fails by it; a warning does not.
    """

    kind: FindingKind
    message: str
    start: int
    end: int
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    failing: bool = True


@dataclass(frozen=True)
class SymbolUse:
    """One occurrence of a symbol in a formula.

    Attributes:
        key: The symbol, the same for every occurrence on every page: `W^{[1]}`, `w^{[1]}_{j,k}`.
        start: Offset in the formula's TeX.
        end: Offset behind it.
        family: The row of the notation table it belongs to: `W^{[l]}`.
        meaning: That row's meaning, layers put in; Markdown.
        shape: Shape of the symbol in symbolic sizes: `(n_1, n_0)`; "" for a number or a function.
        python: Its Python name; "" where it has none.
        sizes: The same shape in this page's example numbers, `(2, 3)`, and of a size its number;
            "" where there are none.
        part: What of the symbol is meant here: an entry, a row or a column of it; "" for all.
    """

    key: str
    start: int
    end: int
    family: str
    meaning: str
    shape: str
    python: str
    sizes: str = ""
    part: Part = ""


#: The name of a witness of a claim that holds only as some symbols are one of two numbers.
EXACTLY = "only for exact values"


@dataclass(frozen=True)
class Witness:
    """One independent confirmation of an equation.

    Attributes:
        kind: `autograd`, `value` (both sides evaluated), `function` (a function of the page's
            imports), `line` (a local variable inside one, where it is bound and in the end),
            `returned` (what it gives back), `final` (what it leaves filled or changed), `snippet`
            (what the page's code assigned),
            `numbers` (the page's worked example).
        name: What confirmed it: `nn3doc.network.backward_propagation`, `dZ1`; for `value` and
            `autograd`, `EXACTLY` or "".
        file: The file of its line of code, relative to the folder the check ran in; "" if none.
        line: The line in that file; 0 if none.
        difference: The largest relative difference seen.
    """

    kind: str
    name: str
    file: str = ""
    line: int = 0
    difference: float = 0.0


@dataclass
class Equation:
    """What is said of one formula, display or inline.

    Attributes:
        start: Offset of its region on the page (the opening `$`).
        end: Offset behind the region.
        body_start: Offset of its TeX.
        tex: The TeX.
        display: Whether it is a display.
        line: Line of `start`, from 1.
        column: Column of `start`, from 1.
        labels: Names given by `\\label`.
        verdict: The worst of its statements' verdicts; `reads` where it states nothing.
        reason: Why it is unchecked.
        symbols: Its symbols with their spans.
        roles: The part that each of its statements plays, see `roles`: `definition`, `claim` …
        shapes: The symbolic shape of each side: `("(n_1, m)", "(n_1, m)")`.
        instances: How many cases (layers times entries times seeds) were compared.
        difference: The largest relative difference between two sides that hold.
        witnesses: What confirmed it.
        findings: What is wrong with it.
        tree: The tree, ready for JSON.
        seconds: How long its check took.
    """

    start: int
    end: int
    body_start: int
    tex: str
    display: bool
    line: int
    column: int
    labels: tuple[str, ...] = ()
    verdict: Verdict = "reads"
    reason: str = ""
    symbols: list[SymbolUse] = field(default_factory=list)
    roles: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    instances: int = 0
    difference: float = 0.0
    witnesses: list[Witness] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tree: dict[str, Any] | None = None
    seconds: float = 0.0


@dataclass
class Report:
    """What is said of one page.

    Attributes:
        path: The page, as the user named it.
        text: Its text.
        is_page: Whether it is read; a file with mathematics that is no page is only told.
        functions_compared: How many functions of the page's code agree with it.
        functions_alone: How many functions on the page are compared with nothing.
        equations: All formulas, in their order.
        findings: Findings that belong to no formula (the page, its notation).
        snippets_compared: How many numbers that the page's code assigns were compared.
        snippets_alone: Names of symbols, with lines, whose values were compared with nothing.
    """

    path: str
    text: str
    equations: list[Equation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_page: bool = True
    snippets_compared: int = 0
    snippets_alone: tuple[tuple[str, int], ...] = ()
    functions_compared: int = 0
    functions_alone: int = 0

    @property
    def all_findings(self) -> list[Finding]:
        """All findings, in the order of their places."""
        found = [*self.findings, *(f for e in self.equations for f in e.findings)]
        return sorted(found, key=lambda finding: (finding.start, finding.end))

    @property
    def ok(self) -> bool:
        """Whether nothing was found that fails the page."""
        return not any(finding.failing for finding in self.all_findings)
