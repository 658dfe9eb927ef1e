"""A Content-Security-Policy that lets a page load the site's own files and nothing else.

A browser that obeys it runs no script and uses no style that was smuggled into a page. Two things
that the site's own makers write into pages would be refused as well, and are seen to here:

- Small scripts of the theme, within the page: the policy names each by its SHA-256. All pages get
  the same policy, since instant navigation shows the next page under the policy of the first.
- `style="…"` attributes, of MathJax above all: they become classes of the site's one stylesheet.
"""

import hashlib
import re
from base64 import b64encode

from nn3doc.site.pages.tags import Attributes, attribute, change_tags

__all__ = ["InlineStyles", "add_policy", "inline_scripts", "policy"]

_SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<text>.*?)</script\s*>", re.DOTALL)
_STYLE = attribute("style")
_CHARSET = re.compile(r'<meta charset="?utf-8"?\s*/?>', re.IGNORECASE)


class InlineStyles:
    """Gathers the styles written into tags, over all pages, and gives each a class."""

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}

    def moved(self, page: str) -> str:
        """The page with a class in the place of every `style` attribute.

        Raises:
            ValueError: If the page has a `<style>` element; the policy would refuse it.
        """
        element = re.search(r"<style\b[^>]*>[^<]{0,60}", page)
        if element:
            raise ValueError(
                f"a page holds its own stylesheet, {element[0]!r}, which the site's"
                " Content-Security-Policy refuses; move it to docs/assets/stylesheets/"
            )
        return change_tags(page, self._with_class, having=_STYLE)

    def _with_class(self, name: str, attributes: Attributes) -> Attributes | None:
        if "style" not in attributes:
            return None
        style = ";".join(
            re.sub(r"\s*:\s*", ":", part.strip(), count=1)
            for part in (attributes["style"] or "").split(";")
            if part.strip()
        )
        kept = {key: value for key, value in attributes.items() if key != "style"}
        if style:
            # Named by content, not counted: one changed page must not rename those of all others.
            digest = hashlib.sha256(style.encode()).hexdigest()[:6]
            given = self._classes.setdefault(style, f"s-{digest}")
            kept["class"] = f"{kept.get('class') or ''} {given}".strip()
        return kept

    def rules(self) -> str:
        """The stylesheet of the classes given so far; they weigh as much as the attributes did."""
        return "".join(
            f".{name}{{{style.replace(';', '!important;')}!important}}"
            for style, name in sorted(self._classes.items(), key=lambda item: item[1])
        )


def inline_scripts(page: str) -> set[str]:
    """The hashes of the scripts that stand in a page, as a policy names them."""
    found = set()
    for match in _SCRIPT.finditer(page):
        kind = re.search(r"""\btype=["']?([^"'\s>]+)""", match["attributes"])
        is_data = kind is not None and kind[1] not in ("text/javascript", "module")
        if not is_data and not re.search(r"\bsrc=", match["attributes"]):
            digest = hashlib.sha256(match["text"].encode()).digest()
            found.add(f"'sha256-{b64encode(digest).decode()}'")
    return found


def policy(scripts: set[str]) -> str:
    """The policy of all pages, given the hashes of all scripts that stand in pages."""
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *sorted(scripts)]),
            "style-src 'self'",
            "img-src 'self' data:",  # small icons stand in the stylesheet as data:
            "font-src 'self' data:",
            "connect-src 'self'",  # search and instant navigation fetch the site's own files
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def add_policy(page: str, text: str) -> str:
    """The page with the policy as its first tag after the character set: it binds what follows.

    Raises:
        ValueError: If the page names no character set.
    """
    meta = f'<meta http-equiv="Content-Security-Policy" content="{text}">'
    changed, count = _CHARSET.subn(lambda match: match[0] + meta, page, count=1)
    if count != 1:
        raise ValueError('a page has no <meta charset="utf-8"> to put its security policy behind')
    return changed
