"""A process of its own for each page, whose code cannot reach anything else."""

from nn3doc.equations.isolate.isolation import (
    AVAILABLE,
    Answer,
    Ended,
    Limits,
    Pending,
    WarmProcess,
    answers,
)
from nn3doc.equations.isolate.state import (
    PRINTED_FILE,
    PageState,
    Printed,
    TooMuchOutputError,
    copied,
    is_value,
    running,
)

__all__ = [
    "AVAILABLE",
    "PRINTED_FILE",
    "Answer",
    "Ended",
    "Limits",
    "PageState",
    "Pending",
    "Printed",
    "TooMuchOutputError",
    "WarmProcess",
    "answers",
    "copied",
    "is_value",
    "running",
]
