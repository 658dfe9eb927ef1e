"""The picture in the README: a page of the site as a reader sees it.

    python -m nn3doc.site.pages.screenshot [TARGET]

builds the site into a folder that is thrown away, and writes TARGET (docs/assets/screenshot.png).
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from nn3doc.site.pages.pdf import CHROMIUM_FLAGS, MissingChromiumError, chromium

__all__ = ["main", "take"]

_ROOT = Path(__file__).resolve().parents[3]
_PAGE = "summary.html"
_AT = ".step"  # the first equation beside its code


def take(site: Path, target: Path) -> None:
    """Writes a picture of one page of a built site, 1280 pixels wide, whole or not at all.

    Raises:
        MissingChromiumError: If there is no Chromium.
    """
    part = target.with_suffix(".part.png")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.goto((site / _PAGE).resolve().as_uri())
        page.locator(_AT).first.evaluate("step => scrollTo(0, step.offsetTop - 200)")
        page.locator(f"{_AT} .equation [data-symbol]").first.hover()
        page.wait_for_timeout(500)
        page.screenshot(path=part)
        browser.close()
    part.replace(target)


def main(arguments: list[str]) -> int:
    """Builds the site and takes the picture; returns the exit status."""
    target = Path(arguments[0] if arguments else _ROOT / "docs" / "assets" / "screenshot.png")
    with TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder]
        if subprocess.run(build, cwd=_ROOT, check=False).returncode:
            return 1
        try:
            take(Path(folder), target)
        except MissingChromiumError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    sys.stdout.write(f"{target} ({target.stat().st_size / 1e3:.0f} kB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
