"""Finished pages: their HTML dressed, secured, joined for print; the two files that all of them load.

`archive`, `pdf` and `screenshot` are commands, which make something of a built site.
"""

from nn3doc.site.pages.assets import (
    SCRIPT,
    STYLE,
    is_superfluous,
    script,
    style,
)
from nn3doc.site.pages.dress import (
    dress,
    dress_page,
    ids,
)
from nn3doc.site.pages.policy import (
    InlineStyles,
    add_policy,
    inline_scripts,
    policy,
)
from nn3doc.site.pages.printing import (
    one_page,
)
from nn3doc.site.pages.searching import (
    searchable,
)

__all__ = [
    "SCRIPT",
    "STYLE",
    "InlineStyles",
    "add_policy",
    "dress",
    "dress_page",
    "ids",
    "inline_scripts",
    "is_superfluous",
    "one_page",
    "policy",
    "script",
    "searchable",
    "style",
]
