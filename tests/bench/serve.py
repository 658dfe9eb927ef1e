"""Times what the mathematics adds to a build, and how soon an author is told of a mistake.

    python -m tests.bench.serve [--runs 5] [--write]

Two copies of the site, one with its formulas taken out, are built with and without what is kept
from earlier builds, and then served side by side; the same page of both is saved in turn. A rebuild
is from the change seen to the page shown anew. The time until a finding is from the save to its
line in the terminal. Ratios within one run count.
"""

import argparse
import os
import queue
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from nn3doc.equations.text.markdown import scan
from tests.bench import written

ROOT = Path(__file__).resolve().parents[2]
PAGE = "loss-and-cost.md"
LONGEST = 120.0  # seconds


def copied(folder: Path, formulas: bool) -> Path:
    """A copy of what the site is built from, with its formulas or without."""
    folder.mkdir()
    for name in ("docs", "nn3doc", "node_modules", "mkdocs.yml", "package.json"):
        if name in ("docs", "mkdocs.yml"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        else:
            (folder / name).symlink_to(ROOT / name)
    if (ROOT / ".cache").is_dir():  # the notebook that was run need not run again
        shutil.copytree(ROOT / ".cache", folder / ".cache")
    if not formulas:
        for page in (folder / "docs").glob("*.md"):
            page.write_text(without_formulas(page.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def without_formulas(text: str) -> str:
    """A page whose displays are gone and whose formulas in lines are a letter.

    Its notation tables are tables like any other, its examples code; nothing is wrong with it.
    """
    for region in reversed(scan(text)):
        body = {"display": "", "inline": "x"}.get(region.kind)
        if region.kind == "fence":
            body = re.sub(r' check="\w+"', "", text[region.start : region.end], count=1)
        if body is not None:
            text = text[: region.start] + body + text[region.end :]
    return re.sub(r"^\| Symbol ", "| Sign ", text, flags=re.MULTILINE)


class Served:
    """`mkdocs serve` of one copy, and what it prints."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
        self.page = folder / "docs" / PAGE
        self.text = self.page.read_text(encoding="utf-8")
        self.lines: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.until("Serving on")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, words: str) -> str:
        """The next line with these words."""
        while True:
            line = self.lines.get(timeout=LONGEST)
            if words in line:
                return line

    def save(self, text: str) -> None:
        """Saves the page in one step: half of it would be built, too."""
        while not self.lines.empty():
            self.lines.get()
        part = self.page.parents[1] / "part"
        part.write_text(text, encoding="utf-8")
        part.replace(self.page)

    def rebuild(self, edit: str) -> float:
        """Saves the page with a line more; the seconds of the build that follows."""
        self.save(f"{self.text}\n{edit}\n")
        self.until("Detected file changes")
        begun = time.monotonic()
        self.until("Reloading browsers")
        taken = time.monotonic() - begun
        time.sleep(1.0)  # for the watcher to have seen all there is
        return taken

    def told(self, number: int) -> float:
        """Saves the page with a mistake; the seconds until it is told."""
        begun = time.monotonic()
        wrong = f"\n$$\n\\hat Y = Y + {number}\n$$\n"
        self.save(self.text + wrong)
        self.until("the two sides differ")
        taken = time.monotonic() - begun
        self.until("Reloading browsers")
        time.sleep(1.0)
        return taken


FORGOTTEN = {  # what a build does not find in the cache; the notebook that was run stays
    "build, formulas to be checked and typeset": ["check", "mathematics*"],
    "build, formulas to be typeset": ["mathematics*"],
    "build, all in the cache": [],
}


EDITS = {  # with formulas, and on the page without
    "rebuild under `serve`, a sentence more": ("One more: {}.", "One more: {}."),
    "rebuild under `serve`, a formula more": ("$$\n{0} \\hat Y = \\hat Y \\cdot {0}\n$$", "x{}"),
}


def build(folder: Path, forgotten: list[str]) -> float:
    """Seconds of one build of a copy, as a process of its own."""
    cache = folder / ".cache" / "nn3doc"
    for kept in [path for pattern in forgotten for path in cache.glob(pattern)]:
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    begun = time.monotonic()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    return time.monotonic() - begun


def table(runs: int) -> str:
    """Measures both copies in turn; a table of the medians."""
    seconds: dict[str, tuple[list[float], list[float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        copies = [copied(Path(place) / name, name == "with") for name in ("with", "without")]
        for copy in copies:
            build(copy, [])
        for how, forgotten in FORGOTTEN.items():
            both = seconds[how] = ([], [])
            for _ in range(runs):
                for times, copy in zip(both, copies, strict=True):
                    times.append(build(copy, forgotten))
        served = [Served(copy) for copy in copies]
        try:
            for how, edits in EDITS.items():
                both = seconds[how] = ([], [])
                for number in range(runs):
                    for times, server, edit in zip(both, served, edits, strict=True):
                        times.append(server.rebuild(edit.format(number)))
            told = [served[0].told(number) for number in range(1, runs + 1)]
        finally:
            for server in served:
                server.process.terminate()
                server.process.wait()
    lines = ["| | with formulas | without | difference | ratio |", "| --- |" + " ---: |" * 4]
    for how, (with_, without) in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(with_, without, strict=True))
        one, other = statistics.median(with_), statistics.median(without)
        lines.append(
            f"| {how} | {one:.2f} s | {other:.2f} s | {one - other:.2f} s | {ratio:.2f}× |"
        )
    lines.append(
        f"| from a save with a mistake to its message | {statistics.median(told):.2f} s | | | |"
    )
    when = datetime.now(UTC).date().isoformat()
    return "\n".join(lines) + f"\n\nMeasured on {when}: medians of {runs}.\n"


def main(arguments: list[str]) -> int:
    """Prints the table, and writes it into README.md if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--runs", type=int, default=5)
    written.add_option(parser)
    options = parser.parse_args(arguments)
    text = table(options.runs)
    print(text)
    if options.write:
        written.write("serve", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
