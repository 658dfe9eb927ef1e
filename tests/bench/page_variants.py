"""A built page, and the same page with its mathematics left to the reader's browser.

Everything but the mathematics is the same: each formula becomes its TeX again, the font of the
formulas leaves the stylesheet, and MathJax or KaTeX, as npm has them, is put into the head.
"""

import re
import shutil
from pathlib import Path

__all__ = ["VARIANTS", "make"]

VARIANTS = ("at build", "MathJax 4", "KaTeX", "no mathematics")

_ROOT = Path(__file__).resolve().parents[2]
_FORMULA = re.compile(r'<svg class="m\b[^>]*data-tex="([^"]*)".*?</svg>', re.DOTALL)
_MATHJAX = """
<script>window.MathJax = {"tex": {"inlineMath": [["\\\\(", "\\\\)"]]},
"loader": {"paths": {"fonts": "npm/@mathjax"}}};</script>
<script defer src="npm/mathjax/tex-mml-chtml.js"></script>"""
_KATEX = """
<link rel="stylesheet" href="npm/katex/dist/katex.min.css">
<script defer src="npm/katex/dist/katex.min.js"></script>
<script defer src="npm/katex/dist/contrib/auto-render.min.js"></script>
<script>addEventListener("DOMContentLoaded", () => {
  renderMathInElement(document.body, {"throwOnError": false}); });</script>"""
_COLOURS = {"loss": "#b3192b", "output": "#8a5200", "back": "#00695f"}
_COLOURS |= {"hidden": "#1d5bc0", "input": "#85309c"}


def make(site: Path, page: str, folder: Path) -> dict[str, str]:
    """Puts the variants of a page into a copy of the site.

    Args:
        site: The built site.
        page: A page of it.
        folder: Where the copy goes; made if it is not there.

    Returns:
        The file name of each variant.
    """
    if not folder.exists():
        shutil.copytree(site, folder)
        for name in ("mathjax", "@mathjax", "katex"):
            (folder / "npm").mkdir(exist_ok=True)
            (folder / "npm" / name).symlink_to(_ROOT / "node_modules" / name)
    text = (site / page).read_text(encoding="utf-8")
    opened = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    opened = _without_font(opened, folder)
    display = re.compile(r'(<div class="scroll"[^>]*>)' + _FORMULA.pattern, re.DOTALL)
    tex = display.sub(r"\1\\[\2\\]", opened)
    tex = _FORMULA.sub(r"\\(\1\\)", tex)
    texts = {
        "at build": text,
        "MathJax 4": _with(_coloured(tex), _MATHJAX),
        "KaTeX": _with(_coloured(tex), _KATEX),
        "no mathematics": _FORMULA.sub("", opened),
    }
    names = {}
    for number, (variant, written) in enumerate(texts.items()):
        names[variant] = page if variant == "at build" else f"{page[:-5]}.{number}.html"
        (folder / names[variant]).write_text(written, encoding="utf-8")
    return names


def _with(page: str, tags: str) -> str:
    return page.replace("</head>", f"{tags}\n</head>", 1)


def _coloured(page: str) -> str:
    """The names of the palette, which are classes of the built page, as colours."""
    return re.sub(
        r"\\textcolor\{(\w+)\}",
        lambda match: f"\\textcolor{{{_COLOURS[match[1]]}}}",
        page,
    )


def _without_font(page: str, folder: Path) -> str:
    """The page with a stylesheet that lacks the font of the formulas."""
    match = re.search(r'href="(assets/site\.[^"]*)\.css"', page)
    if match is None:
        raise ValueError("the page names no stylesheet assets/site.….css")
    css = (folder / f"{match[1]}.css").read_text(encoding="utf-8")
    plain = re.sub(r"@font-face\{font-family:nn3doc-mathematics[^}]*\}", "", css)
    (folder / f"{match[1]}.plain.css").write_text(plain, encoding="utf-8")
    return page.replace(f"{match[1]}.css", f"{match[1]}.plain.css")
