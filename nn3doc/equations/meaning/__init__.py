"""What formulas mean: the table of operations. Nothing here is worked out, so it needs no PyTorch."""

from nn3doc.equations.meaning.operations import (
    FUNCTIONS_OF_NUMBERS,
    OPERATIONS,
    Degree,
    Operation,
    operation_of,
)

__all__ = ["FUNCTIONS_OF_NUMBERS", "OPERATIONS", "Degree", "Operation", "operation_of"]
