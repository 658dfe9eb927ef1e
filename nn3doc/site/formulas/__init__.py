"""Formulas: found on the pages and numbered, typeset by MathJax, drawn as SVG with a font of their own.

`math_extension` is what Python-Markdown is given by name.
"""

from nn3doc.site.formulas.mathematics import (
    UNINDEXED,
    Mathematics,
    shared_mathematics,
)
from nn3doc.site.formulas.site_formulas import (
    LABEL,
    MathematicsError,
    PageFile,
)
from nn3doc.site.formulas.typeset import (
    TypesetterError,
)

__all__ = [
    "LABEL",
    "UNINDEXED",
    "Mathematics",
    "MathematicsError",
    "PageFile",
    "TypesetterError",
    "shared_mathematics",
]
