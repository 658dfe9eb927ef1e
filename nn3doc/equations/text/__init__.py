"""Where mathematics and code stand on a Markdown page, and what of both is not read."""

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
    Code,
    assigned_names,
    find_bare_doctests,
    find_code,
    from_regions,
    used_names,
)
from nn3doc.equations.text.unread import (
    unread,
    unread_file,
)
from nn3doc.equations.text.unrun import (
    unrun,
)

__all__ = [
    "COLOURS",
    "SOURCE_OPTIONS",
    "Code",
    "Excerpt",
    "Line",
    "Lines",
    "MarkdownError",
    "Region",
    "SourceError",
    "assigned_names",
    "excerpt",
    "find_bare_doctests",
    "find_code",
    "formulas",
    "from_regions",
    "scan",
    "unread",
    "unread_file",
    "unrun",
    "used_names",
]
