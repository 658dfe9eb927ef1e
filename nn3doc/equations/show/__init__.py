"""Findings as text for people and as JSON for programs."""

from nn3doc.equations.show.jsonform import (
    to_json,
)
from nn3doc.equations.show.messages import (
    render,
    summary,
)

__all__ = [
    "render",
    "summary",
    "to_json",
]
