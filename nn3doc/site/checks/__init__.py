"""What the site tells of the checks: findings, the answers of formulas, evidence, counted numbers."""

from nn3doc.site.checks.answers import (
    Answers,
)
from nn3doc.site.checks.check_hook import (
    CheckedPages,
    add_examples,
    add_findings,
)
from nn3doc.site.checks.checking import (
    PageChecker,
)
from nn3doc.site.checks.counts import (
    add_counts,
    wants_counts,
)

__all__ = [
    "Answers",
    "CheckedPages",
    "PageChecker",
    "add_counts",
    "add_examples",
    "add_findings",
    "wants_counts",
]
