"""What a page says: what it declares, defines and assumes. Without PyTorch.

`read` makes a `PageModel` of one that is there and one more page; it is data that no longer changes.
"""

from nn3doc.equations.model.definitions import (
    Definition,
    DefinitionError,
    Function,
    Statement,
)
from nn3doc.equations.model.occurrences import (
    symbol_uses,
)
from nn3doc.equations.model.page_model import (
    END,
    PageModel,
)
from nn3doc.equations.model.patterns import (
    by_cases,
    concrete_letters,
    is_numeric,
    layer_limits,
    written_out,
)
from nn3doc.equations.model.reading import (
    claims_of,
    read,
    with_formula,
)
from nn3doc.equations.model.roles import (
    COMPARISONS,
    Role,
    assumptions,
    is_constant,
)
from nn3doc.equations.model.spelling import obvious_name, python_names, python_sizes, spellings

__all__ = [
    "COMPARISONS",
    "END",
    "Definition",
    "DefinitionError",
    "Function",
    "PageModel",
    "Role",
    "Statement",
    "assumptions",
    "by_cases",
    "claims_of",
    "concrete_letters",
    "is_constant",
    "is_numeric",
    "layer_limits",
    "obvious_name",
    "python_names",
    "python_sizes",
    "read",
    "spellings",
    "symbol_uses",
    "with_formula",
    "written_out",
]
