"""Where mathematics and code stand on a Markdown page."""

from nn3doc.equations.text.excerpts import (
    COLOURS,
    SOURCE_OPTIONS,
    Excerpt,
    Line,
    SourceError,
    excerpt,
)
from nn3doc.equations.text.markdown import (
    Lines,
    MarkdownError,
    Region,
    formulas,
    scan,
)
from nn3doc.equations.text.snippets import (
    PLAIN,
    TYPED,
    Code,
    assigned_names,
    body_of,
    find_bare_doctests,
    find_code,
    from_regions,
    used_names,
)

__all__ = [
    "COLOURS",
    "PLAIN",
    "SOURCE_OPTIONS",
    "TYPED",
    "Code",
    "Excerpt",
    "Line",
    "Lines",
    "MarkdownError",
    "Region",
    "SourceError",
    "assigned_names",
    "body_of",
    "excerpt",
    "find_bare_doctests",
    "find_code",
    "formulas",
    "from_regions",
    "scan",
    "used_names",
]
