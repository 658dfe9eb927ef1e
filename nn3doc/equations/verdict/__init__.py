"""Whether statements hold: definitions, claims, updates, worked examples."""

from nn3doc.equations.verdict.checked import (
    Checked,
)
from nn3doc.equations.verdict.closures import (
    closure,
    closure_of,
    untested,
)
from nn3doc.equations.verdict.outcomes import (
    Outcome,
    role_played,
)
from nn3doc.equations.verdict.samples import (
    Samples,
)
from nn3doc.equations.verdict.sides import (
    assignments,
    reader,
)
from nn3doc.equations.verdict.snippet_values import (
    MisfitError,
    SnippetValues,
    as_symbol,
    as_tensor,
    hold_sizes,
)
from nn3doc.equations.verdict.statements import (
    blame,
    check_statement,
    take_numbers,
)

__all__ = [
    "Checked",
    "MisfitError",
    "Outcome",
    "Samples",
    "SnippetValues",
    "as_symbol",
    "as_tensor",
    "assignments",
    "blame",
    "check_statement",
    "closure",
    "closure_of",
    "hold_sizes",
    "reader",
    "role_played",
    "take_numbers",
    "untested",
]
