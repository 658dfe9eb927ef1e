"""A page that has been checked: its report with all that stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nn3doc.equations.model import PageModel
from nn3doc.equations.report import Report
from nn3doc.equations.text import Region
from nn3doc.equations.verdict.outcomes import Outcome
from nn3doc.equations.verdict.samples import Samples


@dataclass
class Checked:
    """A page's report with what stands behind it, for witnesses, mutation and tests.

    Attributes:
        report: The report.
        book: What the page says.
        checker: What it was worked out with.
        results: What is said of each of its statements.
        regions: Its formulas.
        again: Checks the page once more, with another text, strictly.
    """

    report: Report
    book: PageModel
    checker: Samples
    results: list[Outcome] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    again: Callable[[str], Report] = lambda text: Report("", text)
