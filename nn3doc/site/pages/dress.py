"""What Material leaves undone in the content of a page, mended in its HTML.

Wide tables, code and equations scroll in boxes of their own; a keyboard must reach these and a
screen reader must be told what they are. Done here, when the site is built, so that it holds
without JavaScript too.
"""

import re
from collections import Counter
from html import escape

from nn3doc.site.pages.tags import Attributes, attribute, change_tags, text_of

__all__ = ["dress", "dress_page", "ids"]

_TABLE = re.compile(r"<table>(?P<inner>.*?)</table>", re.DOTALL)
_ALIVE = re.compile(
    r"<(?=/?(?:script|style|iframe|object|embed|base|meta|link|form)\b)", re.IGNORECASE
)
_CHANGED = [*attribute("on", "href"), "script:", "&#", "<pre", "<td", "<th"]
_ID = attribute("id")
_CHECKBOX = re.compile(r"""(<input\b(?=[^>]*\btype="checkbox")[^>]*?)\s+autocomplete="[^">]*\"""")
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(?P<text>.*?)</h[1-6]>", re.DOTALL)


def dress(content: str) -> str:
    """The content of a page (HTML) with boxes that keyboards reach and readers can name.

    What could act by itself, a script above all, comes out as text: authors write data, and the
    security policy names only the scripts that stand in the theme's templates.
    """
    content = _ALIVE.sub("&lt;", content)
    return change_tags(_boxed_tables(content), _mended, having=_CHANGED)


def _is_safe(name: str, value: str | None) -> bool:
    is_script = (value or "").strip().lower().startswith(("javascript:", "vbscript:"))
    return not is_script and not name.lower().startswith("on")


def ids(content: str) -> set[str]:
    """The anchors of a page: what a link to it may name."""
    found: set[str] = set()

    def note(name: str, attributes: Attributes) -> None:
        found.update(value for key, value in attributes.items() if key == "id" and value)

    change_tags(content, note, having=_ID)
    return found


def dress_page(page: str) -> str:
    """A finished page; the theme gives its check boxes an attribute that only fields have."""
    return _CHECKBOX.sub(r"\1", page)


def _boxed_tables(content: str) -> str:
    """Puts each plain table into a box that scrolls, named by the heading it stands under."""
    given: Counter[str] = Counter()

    def boxed(match: re.Match[str]) -> str:
        above = [text_of(found["text"]) for found in _HEADING.finditer(content, 0, match.start())]
        name = f"Table: {above[-1].rstrip('¶ #')}" if above else "Table"
        given[name] += 1
        if given[name] > 1:
            name = f"{name} ({given[name]})"
        # An empty cell in the corner is the heading of nothing.
        inner = re.sub(r"<th\b([^>]*)>\s*</th>", r"<td\1></td>", match["inner"])
        # A class, or Material's script would put a second box of its own around it.
        return (
            f'<div class="scroll" role="group" aria-label="{escape(name)}" tabindex="0">'
            f'<table class="data">{inner}</table></div>'
        )

    return _TABLE.sub(boxed, content)


def _mended(name: str, attributes: Attributes) -> Attributes | None:
    mended = {key: value for key, value in attributes.items() if _is_safe(key, value)}
    if name == "pre":
        mended.setdefault("tabindex", "0")
    if name in ("td", "th") and (mended.get("style") or "").startswith("text-align"):
        align = (mended.pop("style") or "").split(":")[1].strip(" ;")
        mended["class"] = f"{mended.get('class') or ''} {align}".strip()
    return mended if mended != attributes else None
