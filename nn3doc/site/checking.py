"""Checks the pages of the site as they are built, each only when something it depends on changed.

The checks run in a process of their own: the code of a page cannot harm the build, a page that
never ends can be stopped, PyTorch is imported once, and a change in the package's sources is seen,
because the process is then started anew.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nn3doc.equations.examples import Told as ToldOfExample
from nn3doc.equations.examples import told_of_page
from nn3doc.equations.pages import NOTEBOOK, read_page

__all__ = ["CheckedPage", "PageChecker", "Told"]

PACKAGE = Path(__file__).resolve().parents[1]
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*$", re.MULTILINE | re.DOTALL)
_PAGE_NAME = re.compile(r"[^\s\[\],'\"]+\.md")


@dataclass(frozen=True)
class Told:
    """A finding as it is told.

    Attributes:
        start: Offset on the page of what is at fault.
        end: Offset behind it.
        failing: Whether the page fails by it.
        text: The message as the command prints it.
    """

    start: int
    end: int
    failing: bool
    text: str


@dataclass(frozen=True)
class CheckedPage:
    """What the check of a page says.

    Attributes:
        data: The page as `nn3doc check --json` tells it (nn3doc.equations.jsonform).
        told: Its findings.
        examples: What is said of the examples on it (nn3doc.equations.examples).
    """

    data: dict[str, Any]
    told: tuple[Told, ...]
    examples: tuple[ToldOfExample, ...] = ()


class PageChecker:
    """Checks pages and remembers what was said.

    Args:
        cache: A folder for what was said; made if it is not there. It may be deleted at any time.
        seconds: How long the check of one page may take.
    """

    def __init__(self, cache: Path, seconds: float = 120) -> None:
        self._cache = cache
        self._seconds = seconds
        self._worker: _Worker | None = None

    def check(self, path: Path) -> CheckedPage:
        """Checks a page on disk, unless it was checked with everything as it is now."""
        sources = _sources_digest()
        digest = _digest(path, sources)
        name = re.sub(r"[^\w.-]", "-", path.name)
        kept = self._cache / f"{name}-{digest}.json"
        found = _read(kept)
        if found is None:
            found = self._ask(path, sources)
            if found.pop("keep"):
                self._keep(kept, name, found)
        return CheckedPage(
            found["data"],
            tuple(Told(**told) for told in found["told"]),
            tuple(ToldOfExample(**told) for told in found["examples"]),
        )

    def warm(self) -> None:
        """Starts the process ahead, so that the first check does not wait for imports."""
        self._running(_sources_digest())

    def close(self) -> None:
        """Ends the process."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _running(self, sources: str) -> _Worker:
        if self._worker is not None and (
            self._worker.sources != sources or not self._worker.is_alive()
        ):
            self.close()
        if self._worker is None:
            self._worker = _Worker(sources)
        return self._worker

    def _ask(self, path: Path, sources: str) -> dict[str, Any]:
        try:
            return {**self._running(sources).ask(str(path), self._seconds), "keep": True}
        except _NoAnswerError as error:
            self.close()
            told = Told(0, 0, True, f"{path}:1:1: {error}\n")
        data = {"path": str(path), "ok": False, "findings": [], "equations": []}
        return {"data": data, "told": [asdict(told)], "examples": [], "keep": False}

    def _keep(self, path: Path, name: str, found: dict[str, Any]) -> None:
        """Writes what was said, whole or not at all, in place of what was said before."""
        self._cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")  # another build may write the same one
        part.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
        for old in self._cache.glob(f"{name}-*.json"):
            if old != path:
                old.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a cut-off file is as good as none
        return None
    return found


class _NoAnswerError(Exception):
    """Nothing is said of a page; the message says why."""


class _Worker:
    """A process that checks pages, one after the other."""

    def __init__(self, sources: str) -> None:
        self.sources = sources
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def ask(self, path: str, seconds: float) -> dict[str, Any]:
        """What is said of a page.

        Raises:
            _NoAnswerError: That takes too long, or the process ended.
        """
        try:
            self._connection.send((str(Path.cwd()), path))
            if not self._connection.poll(seconds):
                raise _NoAnswerError(
                    f"the check of this page did not end within {seconds:g} seconds"
                )
            answer: dict[str, Any] = self._connection.recv()
        except (EOFError, OSError) as error:
            raise _NoAnswerError("the process that checks this page ended by itself") from error
        return answer

    def stop(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.join()


def _work(connection: Connection) -> None:
    """Answers with what is said of each page that is asked for, until nobody asks any more."""
    from nn3doc.equations.check import check_file
    from nn3doc.equations.jsonform import to_json
    from nn3doc.equations.messages import render

    sys.path.insert(0, str(Path.cwd()))
    while True:
        try:
            folder, path = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        os.chdir(folder)
        report = check_file(Path(path))
        told = [
            asdict(Told(found.start, found.end, found.failing, render(report, findings=[found])))
            for found in report.all_findings
        ]
        told_of = told_of_page(read_page(Path(path))[0], Path(path))
        connection.send(
            {
                "data": to_json([report])["pages"][0],
                "told": told,
                "examples": [asdict(one) for one in told_of],
            }
        )


def _digest(path: Path, sources: str) -> str:
    """A digest of a page and of everything that its check depends on."""
    digest = hashlib.sha256(f"{sys.version} {version('torch')} {sources} {path}".encode())
    for page in _needed(path):
        digest.update(b"\0" + page.read_bytes())
    return digest.hexdigest()[:24]


def _needed(path: Path) -> Iterator[Path]:
    """The page, those that its front matter names, theirs, and the notation; each once."""
    folders = list(path.resolve().parents)[:4]
    todo = [path.resolve(), *(folder / "notation.md" for folder in folders)]
    seen: set[Path] = set()
    while todo:
        page = todo.pop(0)
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        yield page
        text = page.read_text(encoding="utf-8", errors="replace")
        front = _FRONT.match(text)
        whole = text if page.suffix == NOTEBOOK else ""
        names = _PAGE_NAME.findall(front.group(1) if front else whole)
        todo.extend((page.parent / name).resolve() for name in names)


def _sources_digest() -> str:
    """A digest of the package's sources: what it computes and how it is checked."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if not path.is_relative_to(PACKAGE / "site"):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
