"""The two files that every page loads: one stylesheet and one script.

Each is put together from the theme's and the lesson's own (docs/assets), because every further
file is a further round trip for the reader. What the theme brings besides is left out of the site.
"""

import hashlib
import re
from importlib.resources import files
from pathlib import Path

from nn3doc.site.kept import kept
from nn3doc.site.pages import stylesheet
from nn3doc.site.pages.stylesheet import trim

__all__ = ["FAVICON", "SCRIPT", "STYLE", "UNUSED", "is_superfluous", "script", "style"]

STYLE = "assets/site.css"
SCRIPT = "assets/site.js"
FAVICON = "assets/favicon.svg"

# Order matters: later rules win.
_SHEETS = ["colours", "page", "navigation", "blocks", "mathematics", "answers", "print"]
_SCRIPTS = ["lesson", "mathematics", "places", "lights", "cards", "answers"]

# Parts of the theme that no page here has; tests/browser/test_files.py looks whether that is so.
_UNUSED_PARTS = """
    annotation author banner button clipboard code consent content__button draft feedback
    header__source input meta nav pagination path pin post profile progress select social source
    source-file status tabs tag tags tooltip tooltip2 top version
""".split()
_UNUSED_CLASSES = """
    comment critic emojione gemoji giscus grid highlighttable keys
    linenodiv mermaid tabbed task-list twemoji
""".split()
UNUSED = re.compile(
    rf"""\.md-(?:{"|".join(_UNUSED_PARTS)})(?![a-z0-9])(?!-[a-z])
       | \.(?:{"|".join(_UNUSED_CLASSES)})(?![a-z])
       | \[dir=rtl\]  # text from right to left
       | data-md-color-(?:primary|accent)=  # colour schemes other than the two in colours.css
       | only-(?:light|dark) | gh-(?:light|dark)
       | table:not\(\[class\]\)  # every table has one (dress.py)
       | data-md-color-switching  # set for a moment at every start: all styles twice anew
       | \[data-sort | columnheader | search__suggest | data-md-type=
       | \.no-js\ \.md-(?:search|header__button)  # navigation.css says when there is no search""",
    re.VERBOSE,
)
# These the pages have, but the lesson's own sheets give them a look (formulas: their own height).
_REDONE = re.compile(r"\.admonition|\.md-typeset.*\b(?:details|summary)\b|\.md-typeset svg$")


def is_superfluous(path: str) -> bool:
    """Says of a file of the theme, by its path in the site, whether no page asks for it."""
    return path.startswith(
        ("assets/stylesheets/", "assets/javascripts/", "assets/images/")
    ) and not re.match(r"assets/javascripts/workers/search\.[^/]*\.js$", path)


def style(own: Path, cache: Path) -> str:
    """The stylesheet of the site, as far as it is the same for whatever the pages hold.

    Args:
        own: The folder docs/assets/stylesheets.
        cache: A folder for what is made of it, which takes half a second.
    """
    theme = _of_theme("stylesheets/main.*.css") + _of_theme("stylesheets/palette.*.css")
    parts = [own / f"{name}.css" for name in _SHEETS]
    lesson = "\n".join(part.read_text(encoding="utf-8") for part in parts if part.exists())
    digest = hashlib.sha256("\0".join([theme, lesson, *_makers()]).encode()).hexdigest()[:16]
    file = kept(cache, "site.css", digest, lambda: _trimmed(theme, lesson))
    return file.read_text(encoding="utf-8")


def _makers() -> list[str]:
    """The sources that decide what becomes of the stylesheets."""
    return [Path(str(file)).read_text(encoding="utf-8") for file in (__file__, stylesheet.__file__)]


def _trimmed(theme: str, lesson: str) -> str:
    theme = trim(theme, lambda selector: bool(UNUSED.search(selector) or _REDONE.search(selector)))
    lesson += _dark_before_scripts(lesson)
    # Once more over both: what the lesson's own sheets redefine is no longer read from the theme's.
    return trim(theme + lesson, lambda selector: False)


def _dark_before_scripts(lesson: str) -> str:
    """The dark colours for who wants dark, until the theme's script has started, or without it.

    The theme's script is what turns a page dark; without this a dark page would flash white.
    """
    dark = re.search(r'\[data-md-color-scheme="slate"\] (\{[^}]*\})', lesson)
    if dark is None:
        raise ValueError('colours.css has no rule for [data-md-color-scheme="slate"]')
    # A reader's own choice is set before the first line is drawn, with this attribute.
    undecided = ".no-js body:not([data-md-color-media])"
    return f"@media screen and (prefers-color-scheme: dark) {{{undecided} {dark[1]}}}"


def script(own: Path) -> str:
    """The script of the site: the theme's, between two of the lesson's own.

    Args:
        own: The folder docs/assets/javascripts.
    """
    before = (own / "before.js").read_text(encoding="utf-8")
    theme = re.sub(r"//# sourceMappingURL=\S+", "", _of_theme("javascripts/bundle.*.js"))
    after = [(own / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    return "\n;\n".join([before, theme.strip(), *after])


def _of_theme(pattern: str) -> str:
    """The text of the one file of Material that fits a pattern; its names hold a digest."""
    folder = Path(str(files("material"))) / "templates" / "assets"
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(
            f"Material for MkDocs should have one file assets/{pattern}, but has {len(found)};"
            " this version of it is not one that nn3doc knows (see constraints.txt)"
        )
    return found[0].read_text(encoding="utf-8")
