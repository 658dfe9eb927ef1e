"""Single mistakes, planted: what the checks catch, and what an author probably meant."""

from nn3doc.equations.mistakes.mutate import (
    Tally,
    mutate_page,
    read_explained,
)
from nn3doc.equations.mistakes.mutate_code import (
    BrokenTestsError,
    mutate_modules,
)
from nn3doc.equations.mistakes.suggest import (
    add_suggestions,
)

__all__ = [
    "BrokenTestsError",
    "Tally",
    "add_suggestions",
    "mutate_modules",
    "mutate_page",
    "read_explained",
]
