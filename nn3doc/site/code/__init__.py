"""Code on the pages: excerpts of the package, and the notebook page.

`source_extension` is what Python-Markdown is given by name.
"""

from nn3doc.site.code.notebook import (
    NotebookError,
    as_markdown,
    executed,
)
from nn3doc.site.code.source_extension import (
    check_sources,
)

__all__ = [
    "NotebookError",
    "as_markdown",
    "check_sources",
    "executed",
]
