"""Findings as text for people and as JSON for programs."""

from nn3doc.equations.show.jsonform import (
    dumps,
    to_json,
)
from nn3doc.equations.show.messages import (
    render,
    summary,
)

__all__ = [
    "dumps",
    "render",
    "summary",
    "to_json",
]
