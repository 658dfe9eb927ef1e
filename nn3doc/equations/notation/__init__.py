"""What the symbols of a page are: shapes, scripts and sets, declared by its table and its text."""

from nn3doc.equations.notation.constants import (
    FILLED,
    IDENTITIES,
    NUMBERS,
    Room,
    UnknownSizeError,
    is_sized,
    sized_shape,
    taken_apart,
)
from nn3doc.equations.notation.notation import (
    LAST,
    Notation,
    NotationBuilder,
    any_layers,
    as_index,
    pattern,
)
from nn3doc.equations.notation.sets import (
    Membership,
    membership,
    plain_number,
)
from nn3doc.equations.notation.sizes import (
    ONE,
    Range,
    Shape,
    Size,
    show,
)
from nn3doc.equations.notation.symbols import (
    INDEX_LETTERS,
    REAL,
    Domain,
    Family,
    NotationError,
    Part,
    Reference,
    filled,
)
from nn3doc.equations.notation.table import (
    TableProblem,
    function_family,
    read_table,
    tables,
    undeclared_sizes,
    with_membership,
)

__all__ = [
    "FILLED",
    "IDENTITIES",
    "INDEX_LETTERS",
    "LAST",
    "NUMBERS",
    "ONE",
    "REAL",
    "Domain",
    "Family",
    "Membership",
    "Notation",
    "NotationBuilder",
    "NotationError",
    "Part",
    "Range",
    "Reference",
    "Room",
    "Shape",
    "Size",
    "TableProblem",
    "UnknownSizeError",
    "any_layers",
    "as_index",
    "filled",
    "function_family",
    "is_sized",
    "membership",
    "pattern",
    "plain_number",
    "read_table",
    "show",
    "sized_shape",
    "tables",
    "taken_apart",
    "undeclared_sizes",
    "with_membership",
]
