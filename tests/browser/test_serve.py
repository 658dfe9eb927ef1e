"""A page is edited while the site is served: what the author is told, in which order, and where."""

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.browser.conftest import ROOT, config_of

NOTATION = """# Notation

| Symbol | Python | Shape | Meaning |
| --- | --- | --- | --- |
| $x$ | `x` | $\\mathbb{R}$ | a number |
"""
FIRST = "# First\n\nLet $y = x + 1$, so $y - x = 1$.\n"
SECOND = "---\nbuilds_on: [first.md]\n---\n\n# Second\n\nThen $y - x = 1$ as well.\n"
PAGES = {"index.md": SECOND, "notation.md": NOTATION, "first.md": FIRST}
LONGEST = 60.0  # seconds; only a failure takes as long


class Served:
    """`mkdocs serve`, and what it prints."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: queue.Queue[str] = queue.Queue()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{address}/"
        config = config_of(folder, ["index.md", "notation.md", "first.md"])
        command = [sys.executable, "-m", "mkdocs", "serve", "--config-file", str(config)]
        self.process = subprocess.Popen(
            [*command, "--dev-addr", address],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.until("Serving on")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def stop(self) -> None:
        """Ends it, and leaves nothing open."""
        self.process.terminate()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()

    def until(self, words: str) -> list[str]:
        """The lines up to the next one with these words."""
        seen = []
        while True:
            try:
                seen.append(self._lines.get(timeout=LONGEST))
            except queue.Empty:
                pytest.fail(f"{words!r} never came:\n" + "\n".join(seen))
            if words in seen[-1]:
                return seen

    def save(self, name: str, text: str) -> list[str]:
        """Saves a page in one step; the findings told until the site is made anew."""
        part = self._folder.parent / "part"
        part.write_text(text, encoding="utf-8")
        part.replace(self._folder / name)
        lines = self.until("Reloading browsers")
        return [line.split("docs/")[1] for line in lines if "WARNING" in line and ".md:" in line]

    def page(self, name: str) -> str:
        """A page as a reader gets it."""
        with urlopen(self.address + name, timeout=LONGEST) as answer:
            return str(answer.read().decode())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, text in PAGES.items():
        (docs / name).write_text(text, encoding="utf-8")
    found = Served(docs)
    yield found
    found.stop()


def test_what_is_edited_is_told_first_then_what_builds_on_it(served: Served) -> None:
    box = 'class="admonition failure nn-finding"'
    assert box not in served.page("index.html")
    changed = FIRST.replace("+ 1", "+ 2").replace("= 1", "= 2")
    assert served.save("first.md", changed) == ["index.md:7:15: the two sides differ"]
    assert box in served.page("index.html")
    assert box not in served.page("first.html")

    assert served.save("first.md", changed.replace("= 2$.", "= 3$.")) == [
        "first.md:3:30: the two sides differ",  # though the contents begin with the other page
        "index.md:7:15: the two sides differ",
    ]
    assert box in served.page("first.html")

    assert served.save("first.md", FIRST + "\nA sentence more.\n") == []
    assert box not in served.page("index.html")
    assert "A sentence more." in served.page("first.html")
