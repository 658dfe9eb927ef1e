"""Whether equations are what the code does: pages run, functions called, values compared."""

from nn3doc.equations.code.runs import (
    Runner,
    Snippet,
    Snippets,
    relative,
    run_page,
)
from nn3doc.equations.code.witness import (
    Planting,
    add_witnesses,
)

__all__ = [
    "Planting",
    "Runner",
    "Snippet",
    "Snippets",
    "add_witnesses",
    "relative",
    "run_page",
]
