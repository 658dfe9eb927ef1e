"""Whether statements hold: definitions, claims, updates, worked examples."""

from nn3doc.equations.verdict.checked import (
    Checked,
)
from nn3doc.equations.verdict.outcomes import (
    role_played,
)
from nn3doc.equations.verdict.snippet_values import (
    MisfitError,
    SnippetValues,
    as_symbol,
    as_tensor,
    hold_sizes,
)
from nn3doc.equations.verdict.statements import (
    Checker,
    Result,
)

__all__ = [
    "Checked",
    "Checker",
    "MisfitError",
    "Result",
    "SnippetValues",
    "as_symbol",
    "as_tensor",
    "hold_sizes",
    "role_played",
]
