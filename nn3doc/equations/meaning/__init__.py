"""What formulas mean: the table of operations, typed terms, and the readings that make them from trees.

Nothing here is worked out, so it needs no PyTorch.
"""

from nn3doc.equations.meaning.context import (
    plain_text,
    spelled,
)
from nn3doc.equations.meaning.operations import (
    FUNCTIONS_OF_NUMBERS,
    OPERATIONS,
    Degree,
    Operation,
    operation_of,
)
from nn3doc.equations.meaning.readings import (
    Elaborator,
)
from nn3doc.equations.meaning.terms import (
    Index,
    Key,
    Term,
    as_number,
    walk_terms,
)

__all__ = [
    "FUNCTIONS_OF_NUMBERS",
    "OPERATIONS",
    "Degree",
    "Elaborator",
    "Index",
    "Key",
    "Operation",
    "Term",
    "as_number",
    "operation_of",
    "plain_text",
    "spelled",
    "walk_terms",
]
