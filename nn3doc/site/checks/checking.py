"""Checks the pages of the site as they are built, each only when something it depends on changed.

Each page is checked in a process of its own (nn3doc.equations.isolate), forked from one that has
PyTorch imported and is started anew when the checker's own sources change. What is said of a page
holds as long as nothing changes that it depends on: its text, what it takes from other pages, the
checker, and the files outside the installed packages that its code imports or reads.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nn3doc.equations.check_each import (
    check_here_or_apart,
    has_code,
    judged,
    read_or_none,
    warm_process,
)
from nn3doc.equations.examples import Told as ToldOfExample
from nn3doc.equations.examples import told_of_page
from nn3doc.equations.files import NoPageError, Read, read_page
from nn3doc.equations.isolate import Answer, Limits, WarmProcess
from nn3doc.equations.report import Report
from nn3doc.equations.show import render, to_json
from nn3doc.equations.sources import needed_pages, what_others_read
from nn3doc.site.kept import write_whole

__all__ = ["CheckedPage", "Checks", "PageChecker", "Told"]

PACKAGE = Path(__file__).resolve().parents[2]
_SAVED = "saved during the check"  # in place of a digest, so that none is equal
_CLOCK = 0.02  # seconds by which the clock of a file system may be behind


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
        data: The page as `nn3doc check --json` tells it (nn3doc.equations.show), without the
            trees of its formulas.
        told: Its findings.
        examples: What is said of the examples on it (nn3doc.equations.examples).
        files: The files that its code imports from outside the installed packages, or reads there,
            or would if they were there, each with a digest of its bytes.
    """

    data: dict[str, Any]
    told: tuple[Told, ...]
    examples: tuple[ToldOfExample, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    def is_current(self) -> bool:
        """Whether all files are as they were."""
        return all(_digest_of(file) == digest for file, digest in self.files)


class Checks(Mapping[Path, CheckedPage]):
    """What is said of the pages of one build; to ask for one waits until it has been checked."""

    def __init__(self, found: dict[Path, Future[CheckedPage]], edited: list[Path]) -> None:
        self._found = found
        self.edited = edited
        """The pages whose text or files have changed; the rest is checked for another's sake."""

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
        self._limits = Limits(seconds=seconds)
        self._warm: tuple[str, WarmProcess] | None = None
        # One thread, which alone talks to the process, in the order in which pages are wanted.
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._said: dict[Path, CheckedPage] = {}  # by the file that it is kept in

    def check(self, path: Path) -> CheckedPage:
        """Checks a page on disk, unless it was checked with everything as it is now."""
        return self.start([path])[path]

    def start(self, paths: Iterable[Path]) -> Checks:
        """Checks pages on disk in the background, first those whose text or files have changed.

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
            if said is None or not said.is_current():
                found[path] = Future()  # keeps its place in the order
                known = said is None and any(
                    self._cache.glob(kept.name.rpartition("-")[0] + "-*.json")
                )
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

    def watched(self, paths: Iterable[Path]) -> set[Path]:
        """The files besides the pages themselves that what is said of pages depends on."""
        pages = list(paths)
        kept = [self._said.get(self._kept(path, _sources_digest())) for path in pages]
        files = {Path(file) for said in kept if said for file, digest in said.files if digest}
        return files | {needed for path in pages for needed in needed_pages(path)}

    def close(self) -> None:
        """Ends the process; no page can be checked any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._stop()

    def _stop(self) -> None:
        warm, self._warm = self._warm, None
        if warm is not None:
            warm[1].close()

    def _kept(self, path: Path, sources: str) -> Path:
        """The file for what is said of a page: name, digest of its text, digest of all it needs."""
        name = re.sub(r"[^\w.-]", "-", path.name)
        own, needed = _digests(path, sources)
        return self._cache / f"{name}-{own}-{needed}.json"

    def _is_still(self, path: Path, kept: Path, sources: str) -> bool:
        try:
            return self._kept(path, sources) == kept
        except (OSError, NoPageError):  # it has been taken away
            return False

    def _running(self, sources: str) -> WarmProcess:
        """The process that forks one for each page; it knows the checker as it is now."""
        if self._warm is not None and self._warm[0] != sources:
            self._stop()
        if self._warm is None:
            self._warm = sources, warm_process(self._limits, [__name__])
        self._warm[1].start()
        return self._warm[1]

    def _checked(self, path: Path, kept: Path, sources: str) -> CheckedPage:
        started = time.time()
        found = self._ask(path, sources)
        # What was saved meanwhile may be another page, or another file, than what was checked.
        found["files"] = [
            (file, _SAVED if _saved_at(file) >= started - _CLOCK else digest)
            for file, digest in found["files"]
        ]
        keep = found.pop("keep") and self._is_still(path, kept, sources)
        said = _said(found)
        if keep:
            self._keep(kept, found)
            self._said[kept] = said
        return said

    def _ask(self, path: Path, sources: str) -> dict[str, Any]:
        read = read_or_none(path)
        arguments = {"path": path, "read": read}
        answer = check_here_or_apart(
            self._running(sources), __name__, "check_page", arguments, path, has_code(read)
        )
        return {**_as_kept(path, read, answer), "keep": answer.ended is None}

    def _keep(self, path: Path, found: dict[str, Any]) -> None:
        """Writes what was said, whole or not at all, in place of what was said before."""
        write_whole(path, json.dumps(found, ensure_ascii=False))
        name = path.name.rsplit("-", 2)[0]
        for old in self._cache.glob(f"{name}-*.json"):
            if old != path:
                self._said.pop(old, None)
                old.unlink(missing_ok=True)


def _read(path: Path) -> CheckedPage | None:
    try:
        return _said(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):  # a cut-off file is as good as none
        return None


def _said(found: dict[str, Any]) -> CheckedPage:
    return CheckedPage(
        found["data"],
        tuple(Told(**told) for told in found["told"]),
        tuple(ToldOfExample(**told) for told in found["examples"]),
        tuple((file, digest) for file, digest in found["files"]),
    )


def check_page(path: Path, read: Read | None) -> tuple[Report, list[tuple[str, str]]]:
    """What a page's own process sends: its report, and what is said of its examples."""
    from nn3doc.equations.check import report_of  # which imports torch

    report = report_of(path, read)
    for equation in report.equations:
        equation.tree = None  # half of all, and of no use to the site
    told = [] if report.text == "" else told_of_page(report.text, path)
    return report, [(one.text, one.problem) for one in told]


def _as_kept(path: Path, read: Read | None, answer: Answer) -> dict[str, Any]:
    """An answer as it is kept in the cache."""
    sent, examples = _parts(answer.value)
    report = judged(path, read, sent, answer.ended)
    data = to_json([report])["pages"][0]
    for equation in data["equations"]:
        del equation["tree"]
    told = [
        Told(found.start, found.end, found.failing, render(report, findings=[found]))
        for found in report.all_findings
    ]
    return {
        "data": data,
        "told": [asdict(one) for one in told],
        "examples": [asdict(ToldOfExample(*one)) for one in examples],
        "files": [(file, _digest_of(file)) for file in answer.files],
    }


def _parts(value: Any) -> tuple[object, list[tuple[str, str]]]:
    """The report and what is said of examples, where a page's process has sent just that."""
    if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], list)):
        return None, []
    report, examples = value
    pairs = all(isinstance(one, tuple) and list(map(type, one)) == [str, str] for one in examples)
    return report, examples if pairs else []


def _saved_at(file: str) -> float:
    """When a file was written last; 0 where it is not there."""
    try:
        return Path(file).stat().st_mtime
    except OSError:
        return 0.0


def _digest_of(file: str) -> str:
    """A digest of a file's bytes; "" where it is not there."""
    try:
        with Path(file).open("rb") as opened:  # data may be larger than the memory
            return hashlib.file_digest(opened, "sha256").hexdigest()[:24]
    except OSError:
        return ""


def _digests(path: Path, sources: str) -> tuple[str, str]:
    """Digests of a page's own bytes, and of everything that its check depends on."""
    digest = hashlib.sha256(f"{sys.version} {version('torch')} {sources} {path}".encode())
    own = hashlib.sha256()
    for page in needed_pages(path):
        if page == path.resolve():
            own.update(page.read_bytes())
            read = own.hexdigest()
        else:
            read = _what_others_read(read_page(page)[0])
        digest.update(f"\0{page}\0{read}".encode())
    return own.hexdigest()[:12], digest.hexdigest()[:24]


_what_others_read = lru_cache(maxsize=200)(what_others_read)


def _sources_digest() -> str:
    """A digest of the checker's own sources; those that pages import are known with each page."""
    digest = hashlib.sha256()
    for path in [PACKAGE / "__init__.py", *sorted((PACKAGE / "equations").rglob("*.py"))]:
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
