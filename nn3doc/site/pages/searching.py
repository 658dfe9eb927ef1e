"""What the search looks through: the words of a page and its code."""

import re

__all__ = ["searchable"]

_NO_WORDS = re.compile(
    r"""<svg\b[^<]*+(?:<(?!/svg)[^<]*+)*+</svg\s*>  # private characters, scattered letters
      | <a\ class="(?:number|check)\b[^>]*>.*?</a>  # beside equations: # and \u2713
    """,
    re.DOTALL | re.VERBOSE,
)


def searchable(content: str) -> str:
    """The content of a page (HTML) without what nobody searches for, and no result should show."""
    return _NO_WORDS.sub("", content)
