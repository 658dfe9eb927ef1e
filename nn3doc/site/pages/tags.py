"""Changing the start tags of a finished HTML page, and nothing else of it.

The pages come out of Markdown, MathJax, Pygments and the theme's templates. Parsing and printing
them anew would change what those wrote; here all but the tags meant stays byte for byte.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape

__all__ = ["Attributes", "attribute", "change_tags", "text_of"]

Attributes = dict[str, str | None]
"""Attributes of a tag by name, in their order; None for one without a value (`hidden`)."""

_TAG = r"""
    <!--.*?-->  # what looks like a tag in comments, scripts and styles is none
  | <(?P<raw>script|style)\b.*?</(?P=raw)\s*>
  | <(?P<name>[a-zA-Z][^\s/>]*)
     (?P<attributes>(?:\s+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)
     \s*(?P<slash>/?)>"""
_TOKEN = re.compile(_TAG, re.DOTALL | re.VERBOSE)
_DRAWING = re.compile(r"<svg\b[^<]*+(?:<(?!/svg)[^<]*+)*+</svg\s*>")
_TOKEN_OR_DRAWING = re.compile(rf"(?P<drawing>{_DRAWING.pattern}) | {_TAG}", re.DOTALL | re.VERBOSE)
_ATTRIBUTE = re.compile(
    r"""\s+(?P<name>[^\s=>/"']+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'>]+)))?"""
)


def change_tags(
    page: str,
    change: Callable[[str, Attributes], Mapping[str, str | None] | None],
    having: Sequence[str] = ("",),
) -> str:
    """Rewrites start tags of a page.

    Args:
        page: HTML, a whole document or a part of one.
        change: Called with the name and the attributes of start tags, in order. It returns the
            attributes to write, or None to leave the tag as it is.
        having: Only tags with one of these in their text are looked at; letters are small, and
            stand for capitals, too. Drawings are passed over whole where they lack them:
            mathematics has tens of thousands of tags that matter to nobody.

    Returns:
        The page; tags for which `change` returned None, end tags and text are what they were.
    """
    in_tag = re.compile("|".join(map(re.escape, having)), re.IGNORECASE).search

    def has(text: str) -> bool:  # in a long text this is sooner done than `in_tag`
        text = text.lower()
        return any(part in text for part in having)

    def drawing_or_tag(match: re.Match[str]) -> str:
        drawing: str | None = match["drawing"]
        if drawing is None:
            return tag(match)
        return _TOKEN.sub(tag, drawing) if has(drawing) else drawing

    def tag(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None or not in_tag(match[0]):
            return match[0]
        attributes = change(name, _attributes(match["attributes"]))
        if attributes is None:
            return match[0]
        written = "".join(
            f" {key}" if value is None else f' {key}="{escape(value)}"'
            for key, value in attributes.items()
        )
        return f"<{name}{written}{match['slash']}>"

    return _TOKEN_OR_DRAWING.sub(drawing_or_tag, page) if has(page) else page


def _attributes(text: str) -> Attributes:
    found: Attributes = {}
    for match in _ATTRIBUTE.finditer(text):
        values = [match["double"], match["single"], match["bare"]]
        value = next((value for value in values if value is not None), None)
        found[match["name"]] = None if value is None else unescape(value)
    return found


def attribute(*names: str) -> list[str]:
    """Texts of which tags with one of these attributes have one, for `having` of `change_tags`."""
    return [before + name for name in names for before in " \n\t/'\""]


def text_of(html: str) -> str:
    """The text of a piece of HTML on one line, without its tags, comments, scripts and styles."""
    without = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", "", html, flags=re.DOTALL)
    return " ".join(unescape(without).split())
