"""Times built pages in Chromium, beside the same pages with MathJax or KaTeX in the browser.

    python -m tests.bench.page [--site site] [--runs 5] [--pages loss-and-cost.html …] [--write]

Cold cache, gzip, the variants in turn, medians. "Final" is when the picture on the screen stops
changing: the last frame of the screencast that differs from the one before, counted from the start
of navigation. "Blocked" is what tasks of the main thread take beyond 50 ms each. Ratios within one
run count; on another machine all figures move together.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from nn3doc.site.pages.pdf import CHROMIUM_FLAGS, chromium
from tests.bench import written
from tests.bench.lighthouse import Compressing
from tests.bench.page_variants import VARIANTS, make

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["loss-and-cost.html", "backpropagation.html"]  # a usual page, and the heaviest
QUIET = 1.5  # seconds without a new frame or request after which a page is taken to be final
LONGEST = 60.0  # seconds

# Runs in the page before anything of it: what the browser itself measures.
OBSERVE = """
window.shift = 0; window.blocked = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.blocked += Math.max(entry.duration - 50, 0);
}).observe({type: "longtask", buffered: true});
"""

MEASURES = {
    "final, ms": 0,
    "main thread blocked, ms": 0,
    "layout shift": 3,
    "kB sent": 0,
    "requests": 0,
    "requests to other hosts": 0,
    "nodes": 0,
}


class Visit:
    """One visit to a page, from an empty cache."""

    def __init__(self, browser: Browser, slowed: int) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.client = self.context.new_cdp_session(self.page)
        self.frames: list[tuple[float, str]] = []
        self.sent: list[float] = []
        self.within: set[str] = set()  # what stands in the page or a sheet as data: is not sent
        self.addresses: list[str] = []
        self.last = time.monotonic()
        self.client.on("Page.screencastFrame", self._frame)
        self.client.on("Network.requestWillBeSent", self._request)
        self.client.on("Network.loadingFinished", self._received)
        self.client.send("Network.enable")
        self.client.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        self.page.add_init_script(OBSERVE)

    def _frame(self, event: dict[str, Any]) -> None:
        self.client.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})
        if not self.frames or self.frames[-1][1] != event["data"]:
            self.frames.append((event["metadata"]["timestamp"], event["data"]))
            self.last = time.monotonic()

    def _request(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith(("data:", "blob:")):
            self.within.add(event["requestId"])
        else:
            self.addresses.append(event["request"]["url"])
            self.last = time.monotonic()

    def _received(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self.within:
            self.sent.append(event["encodedDataLength"])
        self.last = time.monotonic()

    def measure(self, host: str, page: str, typeset: bool) -> dict[str, float]:
        """Goes to a page, waits until nothing changes any more, and says what was seen."""
        self.client.send("Page.startScreencast", {"format": "jpeg", "everyNthFrame": 1})
        self.page.goto(f"{host}/{page}", wait_until="load", timeout=LONGEST * 1000)
        if typeset:
            formulas = "document.querySelector('mjx-container, .katex')"
            self.page.wait_for_function(formulas, timeout=LONGEST * 1000)
        self.last = time.monotonic()
        while time.monotonic() - self.last < QUIET:
            self.page.wait_for_timeout(100)
            asked = time.monotonic()
            self.page.evaluate("0")  # answered only when the main thread is free
            if time.monotonic() - asked > 0.2:
                self.last = time.monotonic()
        seen: dict[str, float] = self.page.evaluate(
            "({start: performance.timeOrigin / 1000, shift, blocked,"
            " nodes: document.querySelectorAll('*').length})"
        )
        self.context.close()
        other = [address for address in self.addresses if not address.startswith(host)]
        figures = [
            1000 * (self.frames[-1][0] - seen["start"]),
            seen["blocked"],
            seen["shift"],
            sum(self.sent) / 1000,
            len(self.addresses),
            len(other),
            seen["nodes"],
        ]
        return dict(zip(MEASURES, figures, strict=True))


def measure(browser: Browser, host: str, names: dict[str, str], slowed: int, runs: int) -> str:
    """Visits all variants in turn; a table of the medians."""
    seen: dict[str, list[dict[str, float]]] = {variant: [] for variant in VARIANTS}
    for _ in range(runs):
        for variant in VARIANTS:
            typeset = variant in ("MathJax 4", "KaTeX")
            visit = Visit(browser, slowed)
            seen[variant].append(visit.measure(host, names[variant], typeset))
    lines = [f"| | {' | '.join(VARIANTS)} |", "| --- |" + " ---: |" * len(VARIANTS)]
    medians = {
        measure: [statistics.median(run[measure] for run in seen[v]) for v in VARIANTS]
        for measure in MEASURES
    }
    for measure, digits in MEASURES.items():
        cells = " | ".join(f"{value:,.{digits}f}" for value in medians[measure])
        lines.append(f"| {measure} | {cells} |")
    final, blocked = medians["final, ms"], medians["main thread blocked, ms"]
    lines.append(
        f"\nFinal {final[1] / final[0]:.1f} times sooner than MathJax, {final[2] / final[0]:.1f}"
        f" times sooner than KaTeX; blocked for {blocked[0] / max(blocked[1], 1):.2f} of MathJax's"
        " time."
    )
    return "\n".join(lines)


def table(site: Path, pages: list[str], runs: int) -> str:
    """Measures the pages of a built site, as it is and slowed four times."""
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "site"
        names = {page: make(site, page, copy) for page in pages}
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressing, directory=str(copy)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
            for page in pages:
                for slowed, how in ((1, "processor as it is"), (4, "processor slowed four times")):
                    measured = measure(browser, host, names[page], slowed, runs)
                    parts.append(f"**{page.removesuffix('.html')}, {how}**\n\n{measured}\n")
            version = browser.version
            browser.close()
        server.shutdown()
    when = datetime.now(UTC).date().isoformat()
    parts.append(f"Measured on {when}: Chromium {version}, medians of {runs} visits each.\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Prints the tables, and writes them into README.md if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--site", type=Path, help="the built site; built anew without it")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", nargs="*", default=PAGES)
    written.add_option(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        site = options.site or Path(folder) / "site"
        if options.site is None:
            command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
            subprocess.run(command, cwd=ROOT, check=True)
        text = table(site, options.pages, options.runs)
    print(text)
    if options.write:
        written.write("page", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
