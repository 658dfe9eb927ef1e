"""What is said of a page: findings as data."""

from nn3doc.equations.report.findings import (
    EXACTLY,
    Equation,
    Finding,
    FindingKind,
    Part,
    Report,
    SymbolUse,
    Verdict,
    Witness,
)
from nn3doc.equations.report.own_mistakes import (
    guarded,
    own_mistake,
)

__all__ = [
    "EXACTLY",
    "Equation",
    "Finding",
    "FindingKind",
    "Part",
    "Report",
    "SymbolUse",
    "Verdict",
    "Witness",
    "guarded",
    "own_mistake",
]
