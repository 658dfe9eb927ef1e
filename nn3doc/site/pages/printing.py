"""The whole lesson on one page, to be printed.

The contents of the pages one after another. An anchor of a page becomes `page--anchor`, so that the
same heading on two pages stays apart, and links between the pages lead to places on this one.
"""

import re
from html import escape
from urllib.parse import unquote, urlsplit

from nn3doc.site.pages.tags import Attributes, attribute, change_tags

__all__ = ["one_page"]

_REFERENCES = (
    "for",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "headers",
    "popovertarget",
)

_MOVED = [*attribute("id", *_REFERENCES, "href", "xlink:href"), "url(#"]


def one_page(pages: dict[str, str]) -> str:
    """Joins the contents of pages.

    Args:
        pages: Contents (HTML) by the name of the page's file, in order: `{"index.html": "<h1>…"}`.

    Returns:
        One piece of HTML; every page a `<section>`, every link between them an anchor in it.
    """
    sections = []
    for name, content in pages.items():
        page = name.removesuffix(".html")

        def moved(tag: str, attributes: Attributes, name: str = name) -> Attributes | None:
            changed = {key: _moved(key, value, name, pages) for key, value in attributes.items()}
            return changed if changed != attributes else None

        # All that is folded on the page is open on paper.
        content = re.sub(r"<details(?![^>]*\bopen\b)", "<details open", content)
        content = change_tags(content, moved, having=_MOVED)
        sections.append(f'<section class="page" id="{escape(page)}">{content}</section>')
    return "\n".join(sections)


def _moved(attribute: str, value: str | None, name: str, pages: dict[str, str]) -> str | None:
    page = name.removesuffix(".html")
    if value is None:
        return None
    if attribute == "id":
        return f"{page}--{value}"
    if attribute in _REFERENCES:
        return " ".join(f"{page}--{part}" for part in value.split())
    if attribute in ("href", "xlink:href"):
        return _link(value, name, pages)
    # References of drawings to their own gradients, clips and arrow heads.
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{page}--\1)", value)


def _link(value: str, name: str, pages: dict[str, str]) -> str:
    parts = urlsplit(value)
    target = unquote(parts.path) or name
    if parts.scheme or parts.netloc or target not in pages:
        return value
    page = target.removesuffix(".html")
    return f"#{page}--{parts.fragment}" if parts.fragment else f"#{page}"
