"""What a page says: what it declares, defines and assumes. Without PyTorch."""

from nn3doc.equations.model.book import (
    Book,
)
from nn3doc.equations.model.definitions import (
    Definition,
    DefinitionError,
    Function,
    Statement,
)
from nn3doc.equations.model.forms import (
    by_cases,
    written_out,
)
from nn3doc.equations.model.occurrences import (
    symbol_uses,
)
from nn3doc.equations.model.patterns import (
    concrete_letters,
    is_numeric,
    layer_limits,
)
from nn3doc.equations.model.python_names import obvious_name, python_names, python_sizes, spellings
from nn3doc.equations.model.roles import (
    COMPARISONS,
    Role,
    assumptions,
    is_constant,
)

__all__ = [
    "COMPARISONS",
    "Book",
    "Definition",
    "DefinitionError",
    "Function",
    "Role",
    "Statement",
    "assumptions",
    "by_cases",
    "concrete_letters",
    "is_constant",
    "is_numeric",
    "layer_limits",
    "obvious_name",
    "python_names",
    "python_sizes",
    "spellings",
    "symbol_uses",
    "written_out",
]
