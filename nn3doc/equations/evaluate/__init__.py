"""Works terms out in float64: draws of values, value rules, derivatives, comparisons."""

from nn3doc.equations.evaluate.arrays import (
    Array,
    MissingValue,
    TooLarge,
    aligned,
)
from nn3doc.equations.evaluate.assembling import (
    assemble,
)
from nn3doc.equations.evaluate.comparing import (
    MARGIN,
    ORDERED,
    REPLICAS,
    Comparison,
    both,
    compare,
    describe,
    example,
    ordinary,
    rounding,
    told,
    unreached,
)
from nn3doc.equations.evaluate.evaluator import (
    NOISE,
    Evaluator,
    walk_meaning,
)
from nn3doc.equations.evaluate.exact import (
    Exact,
    Interval,
    UndecidedError,
    related,
    shortest,
)
from nn3doc.equations.evaluate.python_values import (
    as_tensor,
    from_python,
    to_python,
)
from nn3doc.equations.evaluate.rules import (
    COMPARE,
)
from nn3doc.equations.evaluate.samples import (
    SMOOTH,
    Drawer,
    Mode,
    modes_for,
    narrowed,
    standing_value,
)
from nn3doc.equations.evaluate.searching import (
    climb,
    closeness,
    towards,
    violation,
)

__all__ = [
    "COMPARE",
    "MARGIN",
    "NOISE",
    "ORDERED",
    "REPLICAS",
    "SMOOTH",
    "Array",
    "Comparison",
    "Drawer",
    "Evaluator",
    "Exact",
    "Interval",
    "MissingValue",
    "Mode",
    "TooLarge",
    "UndecidedError",
    "aligned",
    "as_tensor",
    "assemble",
    "both",
    "climb",
    "closeness",
    "compare",
    "describe",
    "example",
    "from_python",
    "modes_for",
    "narrowed",
    "ordinary",
    "related",
    "rounding",
    "shortest",
    "standing_value",
    "to_python",
    "told",
    "towards",
    "unreached",
    "violation",
    "walk_meaning",
]
