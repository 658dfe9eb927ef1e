"""What the checker says of a pair, beside what is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nn3doc.equations.page import inspect_page
from tests.oracle.make import Pair

Outcome = Literal["agreed", "wrong", "unread"]
OUTCOMES: tuple[Outcome, ...] = ("agreed", "wrong", "unread")
# Findings that say that a page could not be read, and nothing of whether it is true.
UNREAD = ("page", "notation", "read", "known", "fits", "vacuous")


@dataclass(frozen=True)
class Judged:
    """A pair with what the checker says of it.

    Attributes:
        pair: The pair.
        outcome: Whether the verdict agrees with the truth; or the pair is not read.
        message: What the checker says, its first line.
    """

    pair: Pair
    outcome: Outcome
    message: str


def judge(pair: Pair) -> Judged:
    """Checks the page of a pair."""
    try:
        report = inspect_page(pair.page, code=False).report
    except Exception as error:  # a mistake of the checker is what this looks for, too
        return Judged(pair, "wrong", f"the checker itself failed: {type(error).__name__}")
    failing = [finding for finding in report.all_findings if finding.failing]
    own = [finding for finding in failing if "checker itself" in finding.message]
    judged = [finding for finding in failing if finding.kind not in UNREAD]
    if own:
        return Judged(pair, "wrong", own[0].message)
    if judged:
        return Judged(pair, "wrong" if pair.right else "agreed", judged[0].message)
    if failing:
        return Judged(pair, "unread", failing[0].message)
    verdict = report.equations[-1].verdict
    if verdict != "holds":
        return Judged(pair, "wrong", f"not compared: the checker says that it {verdict}")
    return Judged(pair, "agreed" if pair.right else "wrong", "passes")
