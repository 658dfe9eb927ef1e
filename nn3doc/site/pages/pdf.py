"""The whole lesson as a PDF: the print page of the site, printed by Chromium.

    python -m nn3doc.site.pages.pdf [TARGET]

builds the site into a folder that is thrown away, and writes TARGET (dist/nn3doc.pdf).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["CHROMIUM_FLAGS", "MissingChromiumError", "chromium", "main", "write_pdf"]

# Chromium asks Google for one thing or another as it starts; these keep it to what it is told.
CHROMIUM_FLAGS = [
    "--no-sandbox",  # as root, in a container, it does not start otherwise; it only sees our pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ROOT = Path(__file__).resolve().parents[3]


class MissingChromiumError(RuntimeError):
    """There is no Chromium on this machine; the message says how to install it."""


def chromium() -> str:
    """The path of the machine's Chromium, or of the one that the variable CHROMIUM names.

    Raises:
        MissingChromiumError: If there is none.
    """
    for name in (os.environ.get("CHROMIUM", ""), *_NAMES):
        path = shutil.which(name)
        if path:
            return path
    raise MissingChromiumError(
        f"no Chromium found (looked for {', '.join(_NAMES)} on the PATH); on Debian and Ubuntu:"
        " apt-get install chromium"
    )


def write_pdf(page: Path, target: Path) -> None:
    """Prints a page into a PDF, whole or not at all.

    Args:
        page: An HTML file.
        target: The PDF; its folder is made if it is not there.

    Raises:
        MissingChromiumError: If there is no Chromium.
        RuntimeError: If Chromium writes no PDF; with what it said.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                *(chromium(), "--headless", *CHROMIUM_FLAGS),
                f"--user-data-dir={profile}",
                "--no-pdf-header-footer",
                "--generate-pdf-document-outline",
                f"--print-to-pdf={part}",
                page.resolve().as_uri(),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if not part.exists():
        raise RuntimeError(f"Chromium printed nothing: {done.stderr.strip()[-400:]}")
    part.replace(target)


def main(arguments: list[str]) -> int:
    """Builds the site and prints it; returns the exit status."""
    target = Path(arguments[0] if arguments else _ROOT / "dist" / "nn3doc.pdf")
    with TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", folder]
        if subprocess.run(build, cwd=_ROOT, check=False).returncode:
            return 1
        try:
            write_pdf(Path(folder) / "print.html", target)
        except RuntimeError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    sys.stdout.write(f"{target} ({target.stat().st_size / 1e6:.1f} MB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
