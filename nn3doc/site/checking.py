"""Checks the pages of the site as they are built, each only when something it depends on changed.

The checks run in a process of their own: the code of a page cannot harm the build, a page that
never ends can be stopped, PyTorch is imported once, and a change in the package's sources is seen,
because the process is then started anew.
"""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nn3doc.equations.builds_on import what_others_read
from nn3doc.equations.examples import Told as ToldOfExample
from nn3doc.equations.examples import told_of_page
from nn3doc.equations.pages import NOTEBOOK, read_page

__all__ = ["CheckedPage", "Checks", "PageChecker", "Told"]

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
        data: The page as `nn3doc check --json` tells it (nn3doc.equations.jsonform), without the
            trees of its formulas.
        told: Its findings.
        examples: What is said of the examples on it (nn3doc.equations.examples).
    """

    data: dict[str, Any]
    told: tuple[Told, ...]
    examples: tuple[ToldOfExample, ...] = ()


class Checks(Mapping[Path, CheckedPage]):
    """What is said of the pages of one build; to ask for one waits until it has been checked."""

    def __init__(self, found: dict[Path, Future[CheckedPage]], edited: list[Path]) -> None:
        self._found = found
        self.edited = edited
        """The pages whose own text has changed; the rest is checked again for another's sake."""

    def __getitem__(self, path: Path) -> CheckedPage:
        return self._found[path].result()

    def __iter__(self) -> Iterator[Path]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def is_done(self, path: Path) -> bool:
        """Whether a page need not be waited for."""
        return self._found[path].done()


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
        # One thread, which alone talks to the process, in the order in which pages are wanted.
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._said: dict[Path, CheckedPage] = {}  # by the file that it is kept in

    def check(self, path: Path) -> CheckedPage:
        """Checks a page on disk, unless it was checked with everything as it is now."""
        return self.start([path])[path]

    def start(self, paths: Iterable[Path]) -> Checks:
        """Checks pages on disk in the background, first those whose own text has changed.

        Of the others, those are checked that take something from a page that has changed in just
        that: prose and code of a page are of no matter to the pages that build on it.
        """
        sources = _sources_digest()
        found: dict[Path, Future[CheckedPage]] = {}
        edited: list[tuple[Path, Path]] = []
        later: list[tuple[Path, Path]] = []
        for path in paths:
            kept = self._kept(path, sources)
            said = self._said.get(kept) or _read(kept)
            if said is None:
                found[path] = Future()  # keeps its place in the order
                known = any(self._cache.glob(kept.name.rpartition("-")[0] + "-*.json"))
                (later if known else edited).append((path, kept))
            else:
                self._said[kept] = said
                found[path] = Future()
                found[path].set_result(said)
        for path, kept in [*edited, *later]:
            found[path] = self._thread.submit(self._checked, path, kept, sources)
        return Checks(found, [path for path, _ in edited])

    def warm(self) -> None:
        """Starts the process ahead, so that the first check does not wait for imports."""
        self._thread.submit(self._running, _sources_digest())

    def close(self) -> None:
        """Ends the process; no page can be checked any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._stop()

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def _kept(self, path: Path, sources: str) -> Path:
        """The file for what is said of a page: name, digest of its text, digest of all it needs."""
        name = re.sub(r"[^\w.-]", "-", path.name)
        own, needed = _digests(path, sources)
        return self._cache / f"{name}-{own}-{needed}.json"

    def _running(self, sources: str) -> _Worker:
        if self._worker is not None and (
            self._worker.sources != sources or not self._worker.is_alive()
        ):
            self._stop()
        if self._worker is None:
            self._worker = _Worker(sources)
        return self._worker

    def _checked(self, path: Path, kept: Path, sources: str) -> CheckedPage:
        found = self._ask(path, sources)
        keep = found.pop("keep")
        said = _said(found)
        if keep:
            self._keep(kept, found)
            self._said[kept] = said
        return said

    def _ask(self, path: Path, sources: str) -> dict[str, Any]:
        try:
            return {**self._running(sources).ask(str(path), self._seconds), "keep": True}
        except _NoAnswerError as error:
            self._stop()
            told = Told(0, 0, True, f"{path}:1:1: {error}\n")
        data = {"path": str(path), "ok": False, "findings": [], "equations": []}
        return {"data": data, "told": [asdict(told)], "examples": [], "keep": False}

    def _keep(self, path: Path, found: dict[str, Any]) -> None:
        """Writes what was said, whole or not at all, in place of what was said before."""
        self._cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")  # another build may write the same one
        part.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
        name = path.name.rsplit("-", 2)[0]
        for old in self._cache.glob(f"{name}-*.json"):
            if old != path:
                self._said.pop(old, None)
                old.unlink(missing_ok=True)


def _read(path: Path) -> CheckedPage | None:
    try:
        return _said(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):  # a cut-off file is as good as none
        return None


def _said(found: dict[str, Any]) -> CheckedPage:
    return CheckedPage(
        found["data"],
        tuple(Told(**told) for told in found["told"]),
        tuple(ToldOfExample(**told) for told in found["examples"]),
    )


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
        self._process.kill()
        self._process.join()  # who still waits for an answer is told that there will be none
        self._connection.close()


def _work(connection: Connection) -> None:
    """Answers with what is said of each page that is asked for, until nobody asks any more."""
    from nn3doc.equations.check import check_file
    from nn3doc.equations.jsonform import to_json
    from nn3doc.equations.messages import render

    sys.path.insert(0, str(Path.cwd()))
    gc.freeze()  # what was imported stays
    gc.set_threshold(100_000)  # a page makes many objects that live as long as its check
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
        data = to_json([report])["pages"][0]
        for equation in data["equations"]:
            del equation["tree"]  # half of all, and of no use to the site
        connection.send(
            {
                "data": data,
                "told": told,
                "examples": [asdict(one) for one in told_of],
            }
        )


def _digests(path: Path, sources: str) -> tuple[str, str]:
    """Digests of a page's own bytes, and of everything that its check depends on."""
    digest = hashlib.sha256(f"{sys.version} {version('torch')} {sources} {path}".encode())
    own = hashlib.sha256()
    for page in _needed(path):
        if page == path.resolve():
            own.update(page.read_bytes())
            read = own.hexdigest()
        else:
            read = _what_others_read(read_page(page)[0])
        digest.update(f"\0{page}\0{read}".encode())
    return own.hexdigest()[:12], digest.hexdigest()[:24]


_what_others_read = lru_cache(maxsize=200)(what_others_read)


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
