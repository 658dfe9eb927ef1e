"""A process of its own for each page: whatever its code does, it does to nothing else.

    command or site  --asks-->  warm process  --forks-->  watcher  --forks-->  process of the page
                     <--------------answer--------------           <--report--

The warm process imports once what every check needs, and runs no code of any page. For each page it
forks a watcher, and that the process of the page. The watcher looks at it and at everything that it
starts: for how long they run, what memory they take, how much they write, how many they are. At a
limit it kills them all; a limit holds in C code too, because nobody in the page's process is asked.
When a page is done, what its code left running is killed.

A page is judged only by the report that its process sends when its check has come to its end. It
comes on a pipe of its own, behind a number that was drawn for this page, and holds plain data:
what a page's code prints, or an exit with code 0, is no report.

Where a system cannot fork (Windows), pages are checked in the process that asks.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import io
import itertools
import json
import math
import mmap
import os
import pickle
import random
import re
import secrets
import select
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn

from nn3doc.equations.isolate import state

__all__ = ["AVAILABLE", "Answer", "Ended", "Limits", "Pending", "WarmProcess", "answers"]

AVAILABLE = hasattr(os, "fork")
_RETURN_TIME = 1.5  # seconds behind a limit after which the watcher itself is given up
_SEND_TIME = 30.0  # seconds between two parts of an answer
_GRACE = 0.5  # seconds in which helpers of a page that is done may end by themselves
_DUMP_TIME = 1.0  # seconds for a stopped process to write where it is
_LOOK = 0.02  # seconds between two looks at memory and processes
_MORE_TASKS = 500  # that may run besides, of other programs of the user
_PLACE = struct.Struct(
    "!QQ?"
)  # which code of the page is run: two offsets, and whether it still is
_MEMORY_OF_CHECK = 2_000_000_000  # bytes for the check itself, beside what the code still holds
_MOST_BYTES = 500_000_000  # of a report


@dataclass(frozen=True)
class Limits:
    """What the process of a page may take.

    Attributes:
        seconds: Time from its start to its report.
        memory: Bytes of memory, all its processes together, beyond what the warm process has.
        output: Bytes that it writes past Python to its standard output and error.
        processes: How many processes it may start that run at the same time.
    """

    seconds: float = 120.0
    memory: int = 4_000_000_000
    output: int = 10_000_000
    processes: int = 64


_PACKAGE = __name__.partition(".")[0]
# The package is found where this process has found it: both are to be the same checker, also where
# another one is installed.
_CALL = """\
import sys
sys.path[:] = {path!r}
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
spec = PathFinder.find_spec({package!r}, [{folder!r}])
sys.modules[{package!r}] = module_from_spec(spec)
spec.loader.exec_module(sys.modules[{package!r}])
from {module} import serve
serve{arguments!r}
"""

_NO_LIMITS = Limits(math.inf, 1 << 60, 1 << 60, 1 << 30)  # of a page without code


@dataclass(frozen=True)
class Ended:
    """How the process of a page ended, if it did not end well.

    Attributes:
        how: What happened, as a message says it.
        cure: What to do about it.
        line: The line of the page that was being run; 0 where it is not known.
        start: Offset of the piece of code that was being run; 0 where it is not known.
        end: Offset behind its first line.
    """

    how: str
    cure: str = ""
    line: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Answer:
    """What came of a page.

    Attributes:
        value: What was asked for; None where the process ended before.
        ended: What went wrong with the process, if anything did.
        files: Files outside the installed packages that its code imported or read, or would have
            if they were there.
    """

    value: Any = None
    ended: Ended | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Job:
    """What the warm process is asked: to call a function of a module in a process of its own."""

    folder: str
    module: str
    function: str
    arguments: dict[str, Any]
    page: str
    limits: Limits | None


# --- the side that asks -------------------------------------------------------------------------


class WarmProcess:
    """A process that has imported what is needed and forks one for each question.

    Args:
        modules: What it imports.
        limits: What a page's process may take.
        threads: How many threads torch may use in one process; 0 for as many as it likes.
    """

    def __init__(self, modules: Sequence[str], limits: Limits, threads: int = 0) -> None:
        self._modules = list(modules)
        self._threads = threads
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._end: Callable[[], object] = lambda: None

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def is_alive(self) -> bool:
        """Whether it can be asked without being started first."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it, unless it runs; its imports go on while this process does something else."""
        if self.is_alive():
            return
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            call = _CALL.format(
                path=_path_of_imports(),
                package=_PACKAGE,
                folder=str(Path(sys.modules[_PACKAGE].__path__[0]).parent),
                module=__name__,
                arguments=(theirs.fileno(), self._modules, self._threads),
            )
            self._process = subprocess.Popen(
                [sys.executable, "-c", call],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for this process, which then closes that one
            )
        self._connection = ours
        self._end = weakref.finalize(self, _end, self._process, ours)  # also when Python ends

    def ask(
        self,
        module: str,
        function: str,
        arguments: dict[str, Any],
        page: str,
        limited: bool = True,
    ) -> Pending:
        """Calls a function in a process of its own; several may be asked at the same time.

        Args:
            module: Its module.
            function: Its name there.
            arguments: Its arguments.
            page: The page that it checks, as its code names it.
            limited: Whether the limits hold: the page has code.

        Returns:
            What to wait for.
        """
        limits = self.limits if limited else None
        data = pickle.dumps(_Job(str(Path.cwd()), module, function, arguments, page, limits))
        for _ in range(2):  # the code of a page may have killed the warm process
            self.start()
            assert self._connection is not None
            ours, theirs = socket.socketpair()
            try:
                with theirs:
                    socket.send_fds(
                        self._connection, [struct.pack("!Q", len(data))], [theirs.fileno()]
                    )
                self._connection.sendall(data)
            except OSError:
                self.close()
            else:
                break
        assert self._process is not None
        return Pending(ours, limits, self._process.pid)

    def close(self) -> None:
        """Ends it; a page that is being checked is given up when nobody waits for it any more."""
        self._end()


def _path_of_imports() -> list[str]:
    """Where the warm process looks for modules: last of all in the folder where it is started.

    A file `random.py` there, which is no concern of the checker's, would be imported in its place.
    """
    here = {"", str(Path.cwd())}
    return [*(folder for folder in sys.path if folder not in here), str(Path.cwd())]


def _end(process: subprocess.Popen[bytes], connection: socket.socket) -> None:
    connection.close()
    try:
        process.wait(2.0)  # it ends when nobody is connected
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Pending:
    """An answer that is waited for."""

    def __init__(self, connection: socket.socket, limits: Limits | None, warm: int) -> None:
        self._connection = connection
        self._limits = limits
        self._warm = warm
        self._group: int | None = None  # of the page's process, once it runs
        self._until = math.inf

    def fileno(self) -> int:
        """What `select` waits for."""
        return self._connection.fileno()

    def has_come(self, ready: bool) -> bool:
        """Whether the answer is there, or will never be.

        Args:
            ready: Whether something can be read.
        """
        if self._group is not None:
            return ready or time.monotonic() > self._until
        if not ready:  # the code of another page may have stopped the warm process: it is to go on
            with contextlib.suppress(OSError):
                os.kill(self._warm, signal.SIGCONT)
            return False
        try:
            self._group = int(
                _receive(self._connection)
            )  # behind the imports, which take their time
        except (OSError, EOFError):
            return True
        if self._limits is not None:
            self._until = time.monotonic() + self._limits.seconds + _RETURN_TIME
        return False

    def answer(self) -> Answer:
        """Waits for the answer."""
        first_of([self])
        with self._connection:
            late = time.monotonic() > self._until  # the watcher is stopped, say
            self._connection.settimeout(0.0 if late else _SEND_TIME)
            try:
                ended, data = pickle.loads(_receive(self._connection))
                answer = _read_report(data) if data else Answer()
            except (OSError, EOFError) as error:
                if self._group is not None:
                    _kill_group(self._group)
                if isinstance(error, BlockingIOError) and self._limits is not None:
                    return Answer(None, _too_long(self._limits))
                return Answer(None, Ended("the code ended the process that watches it", _NOTHING))
            except pickle.UnpicklingError:
                how = "the code sent something in place of the report"
                return Answer(None, Ended(how, _NOTHING))
        return replace(answer, ended=ended) if ended else answer

    def give_up(self) -> None:
        """Ends the process of the page; nobody waits for it any more."""
        self._connection.close()


def first_of(pending: Sequence[Pending]) -> Pending:
    """Waits for several answers until one is there."""
    while True:
        ready, _, _ = select.select(pending, [], [], 0.5)
        for one in pending:
            if one.has_come(one in ready):
                return one


def answers(asks: Iterable[Callable[[], Pending]], at_once: int) -> Iterator[Answer]:
    """The answers to questions, in their order; when one has come, the next is asked.

    Args:
        asks: The questions.
        at_once: How many are worked on at the same time.
    """
    todo = enumerate(asks)
    asked: dict[int, Pending] = {}
    found: dict[int, Answer] = {}
    with contextlib.ExitStack() as ending:
        for place in itertools.count():
            while True:
                for number, ask in itertools.islice(todo, at_once - len(asked)):
                    asked[number] = ask()
                    ending.callback(asked[number].give_up)
                if place in found or not asked:
                    break
                first = first_of(list(asked.values()))
                number = next(number for number, one in asked.items() if one is first)
                found[number] = asked.pop(number).answer()
            if place not in found:
                return
            yield found.pop(place)


_STOPPED = "It was stopped."
_NOTHING = "Nothing else on this page was checked."
_MORE_MEMORY = "It was stopped, and nothing else on this page was checked. --memory gives it more."
_MORE_TIME = (
    "It was stopped, and nothing else on this page was checked. --seconds gives it more time."
)


def _too_long(limits: Limits) -> Ended:
    time_given = f"{limits.seconds:g} second" + ("" if limits.seconds == 1 else "s")
    return Ended(f"the code did not end within {time_given}", _MORE_TIME)


class _Reader(pickle.Unpickler):
    """Reads reports, and nothing that would run code of the page here."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "nn3doc.equations.report.findings":
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and is_dataclass(found):
                return found
        raise pickle.UnpicklingError(f"a report holds no {module}.{name}")


def _read_report(data: bytes) -> Answer:
    """What the process of a page has sent; see `_run_job` for its form.

    Raises:
        pickle.UnpicklingError: It is something else.
    """
    try:
        (size,) = struct.unpack("!Q", data[:8])
        told = json.loads(data[8 : 8 + size])
        place = int(told["place"][0]), int(told["place"][1])
        ended = Ended(str(told["ended"]), _STOPPED, 0, *place) if told["ended"] else None
        files = tuple(map(str, told["files"]))
        return Answer(_Reader(io.BytesIO(data[8 + size :])).load(), ended, files)
    except Exception as error:  # whatever bytes do that are no pickle
        raise pickle.UnpicklingError(str(error)) from error


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(struct.pack("!Q", len(data)) + data)


def _receive(connection: socket.socket) -> bytes:
    """The next message.

    Raises:
        EOFError: The other side is gone.
        OSError: It does not answer in time.
    """
    (size,) = struct.unpack("!Q", _exactly(connection, 8))
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    pieces = []
    while size:
        piece = connection.recv(min(size, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


# --- the warm process ---------------------------------------------------------------------------


def serve(descriptor: int, modules: Sequence[str], threads: int) -> None:
    """Starts what it is asked for until nobody is connected; the main function of the process."""
    connection = socket.socket(fileno=descriptor)
    connection.set_inheritable(False)
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    torch: Any = sys.modules.get("torch")
    if torch is not None and threads:
        torch.set_num_threads(threads)  # threads of two pages would wait for each other's cores
    _adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks is interrupted, and closes this
    gc.collect()
    gc.freeze()  # what was imported stays; the pages' processes share it
    gc.set_threshold(100_000)  # a page makes many objects that live as long as its check
    # Python 3.12 warns of threads: those of NumPy and torch, which know what a fork is.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    watchers: set[int] = set()
    while True:
        ready, _, _ = select.select([connection], [], [], 1.0 if watchers else None)
        while watchers:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            watchers.discard(pid)
        for pid in _children(os.getpid()):
            if pid not in watchers:  # its watcher was killed
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        if not ready:
            continue
        try:
            head, found, _, _ = socket.recv_fds(connection, 8, 1)
            (size,) = struct.unpack("!Q", head)
            job: _Job = pickle.loads(_exactly(connection, size))
        except (EOFError, OSError, struct.error):
            return
        pid = os.fork()
        if pid == 0:
            connection.close()
            _watch(job, socket.socket(fileno=found[0]))
        os.close(found[0])
        watchers.add(pid)


def _watch(job: _Job, connection: socket.socket) -> NoReturn:
    """The main function of a watcher."""
    try:
        _end_with_parent()  # even if the page's code has stopped it
        _adopt_orphans()
        _come_first()
        watched = _Watch(job, connection)
        answer = watched.run()
        if answer is not None:
            _send(connection, pickle.dumps(answer))
        watched.kill(20.0)  # the rest, where there are too many for now
    finally:
        os._exit(0)


class _Watch:
    """The process of one page, seen from its watcher."""

    def __init__(self, job: _Job, connection: socket.socket) -> None:
        self._job = job
        self._limits = job.limits or _NO_LIMITS
        self._connection = connection
        self._place = mmap.mmap(-1, _PLACE.size)  # shared with the page's process
        self._token = secrets.token_bytes(16)
        self._report = bytearray()
        self._dump = bytearray()
        self._written = 0
        self._status: int | None = None
        self._own = _memory_of(os.getpid())
        self._image = _image_of(os.getpid())

    def run(self) -> tuple[Ended | None, bytes] | None:
        """Runs the page; what to answer, or None where nobody waits for it any more."""
        pipes = [os.pipe() for _ in range(3)]
        self._pid = os.fork()
        if self._pid == 0:
            for read, _ in pipes:
                os.close(read)
            self._connection.close()
            _run_job(self._job, self._token, self._place, [write for _, write in pipes])
        for read, write in pipes:
            os.close(write)
            os.set_blocking(read, False)
        reads = [read for read, _ in pipes]
        try:
            _send(self._connection, str(self._pid).encode())
            return self._answer(self._until_end(reads), reads)
        except (EOFError, OSError):
            return None
        finally:
            self.kill(0.5)
            for read in reads:
                os.close(read)
            self._place.close()

    def _until_end(self, reads: list[int]) -> Ended | None:
        """Waits for the report, or the end of the process, or a limit, which is given back.

        Raises:
            EOFError: Nobody waits for an answer any more.
        """
        started = looked = time.monotonic()
        limits = self._limits
        while True:
            ready, _, _ = select.select([self._connection.fileno(), *reads], [], [], _LOOK / 2)
            if self._connection.fileno() in ready:
                raise EOFError
            self._read(reads, ready)
            if self._has_report():
                return None
            self._reap()
            if self._status is not None:
                self._read(reads, reads)
                return None
            now = time.monotonic()
            if now - started > limits.seconds:
                return _too_long(limits)
            if self._written > limits.output:
                return Ended(f"the code writes more than {limits.output:,} bytes", _NOTHING)
            if now - looked < _LOOK:
                continue
            looked = now
            family = _descendants(os.getpid(), limits.processes + 1)
            if len(family) > limits.processes:
                how = Ended(f"the code runs more than {limits.processes} processes", _NOTHING)
                return self._placed(how)  # at once: they are more each moment
            *_, running = _PLACE.unpack(self._place[:])
            most = limits.memory + (0 if running else _MEMORY_OF_CHECK)
            if sum(map(self._memory, family)) > most:
                gigabytes = f"{limits.memory / 1e9:g} GB"
                return Ended(f"the code takes more than {gigabytes} of memory", _MORE_MEMORY)

    def _memory(self, pid: int) -> int:
        """What a process takes beyond what it shares with the warm process, if it is a fork of it."""
        taken = _memory_of(pid)
        forked = _image_of(pid) == self._image
        return max(0, taken - self._own) if forked else taken

    def _read(self, reads: list[int], ready: Sequence[int]) -> None:
        for index, descriptor in enumerate(reads):
            if descriptor not in ready:
                continue
            with contextlib.suppress(BlockingIOError):
                data = os.read(descriptor, 1 << 20)
                if index == 0 and len(self._report) < _MOST_BYTES:
                    self._report += data
                elif index == 1:
                    self._written += len(data)
                elif index == 2 and len(self._dump) < 100_000:
                    self._dump += data
                if not data:
                    time.sleep(0.002)  # it was closed, and stays ready

    def _has_report(self) -> bool:
        head = len(self._token) + 8
        if len(self._report) < head:
            return False
        (size,) = struct.unpack("!Q", self._report[head - 8 : head])
        return self._report[: head - 8] == self._token and len(self._report) >= head + size

    def _reap(self) -> None:
        """Takes note of processes that have ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid:
                self._status = status

    def _answer(self, limit: Ended | None, reads: list[int]) -> tuple[Ended | None, bytes]:
        if limit is not None and limit.start == limit.end:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGXCPU)  # it writes where it is
            self._read_dump(reads)
        if limit is not None:
            return self._placed(limit), b""
        if self._has_report():
            head, left = len(self._token) + 8, self._left_running()
            number = "a process" if left == 1 else f"{left} processes"
            ended = Ended(f"the code leaves {number} running", _STOPPED) if left else None
            return ended and self._placed(ended), bytes(self._report[head:])
        status = os.waitstatus_to_exitcode(self._status or 0)
        if status < 0:
            ended = Ended(f"the code was ended by the signal {_signal(-status)}", _NOTHING)
        elif status == _LOST:
            ended = Ended("the code closed the pipe that its report goes through", _NOTHING)
        else:
            ended = Ended(f"the code ended Python itself, with exit code {status}", _NOTHING)
        return self._placed(ended), b""

    def _read_dump(self, reads: list[int]) -> None:
        """Reads where the process is; on a busy machine it takes a while to write that."""
        until = time.monotonic() + _DUMP_TIME
        length = -1
        while time.monotonic() < until and not 0 < len(self._dump) == length:
            length = len(self._dump)
            time.sleep(0.05)
            self._read(reads, reads)

    def _placed(self, ended: Ended) -> Ended:
        """The same with the place on the page, as far as it is known."""
        start, end, running = _PLACE.unpack(self._place[:])
        name = self._job.page.encode("ascii", "backslashreplace")[:400]
        found = re.search(rb'File "' + re.escape(name) + rb'[^"]*", line (\d+)', bytes(self._dump))
        if self._dump and not running and not found:  # in the checker, or in an imported function
            return replace(ended, how=ended.how.replace("the code", "the check of this page"))
        return replace(ended, line=int(found[1]) if found else 0, start=start, end=end)

    def _left_running(self) -> int:
        """How many processes a page that is done leaves; those that end by themselves are none."""
        until = time.monotonic() + _GRACE
        while True:
            self._reap()
            left = [pid for pid in _descendants(os.getpid()) if pid != self._pid]
            if not left or time.monotonic() > until:
                return len(left)
            time.sleep(0.01)

    def kill(self, seconds: float) -> None:
        """Kills the page's process and everything that it started, or what it can in that time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _kill_group(self._pid, self._status is None)
            self._reap()
            left = _descendants(os.getpid())
            if self._status is None and self._pid not in left:
                left.append(self._pid)
            if not left:
                return
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)


def _kill_group(pid: int, leader: bool = True) -> None:
    """Kills a page's process, unless it has ended and its number may be another's, and its group."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    if leader:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _come_first() -> None:
    """Lets this process run whenever it wants to, where that is allowed: a fork bomb leaves no time.

    Whoever may not do so is no superuser, and is held by the limit of `_limit`.
    """
    with contextlib.suppress(OSError, AttributeError):
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK  # the page's process is an ordinary one
        os.sched_setscheduler(0, policy, os.sched_param(1))


def _adopt_orphans() -> None:
    """Linux: what a page's process leaves behind becomes a child of this process, and is found."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _descendants(pid: int, most: int = 1000) -> list[int]:
    """The processes that a process started, and theirs, that still run; [] where nobody can say.

    Args:
        pid: The process.
        most: How many of them are enough to know.
    """
    found: list[int] = []
    todo = [pid]
    while todo and len(found) < most:
        children = list(itertools.islice(_children(todo.pop(0)), most))
        found += children
        todo += children
    return found


def _children(pid: int) -> Iterator[int]:
    for task in _listing(f"/proc/{pid}/task"):
        for child in _text(f"{task}/children").split():
            state_of_it = _text(f"/proc/{child}/stat").rpartition(")")[2].split()[:1]
            if state_of_it not in ([], ["Z"]):
                yield int(child)


def _memory_of(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where nobody can say."""
    fields = _text(f"/proc/{pid}/statm").split()
    return int(fields[1]) * mmap.PAGESIZE if len(fields) > 1 else 0


def _image_of(pid: int) -> list[str]:
    """Where the code and the stack of a process are: the same in all forks, drawn at each start.

    Its command line would tell as much, but waits for a process that is forking.
    """
    return _text(f"/proc/{pid}/stat").rpartition(")")[2].split()[23:26]


def _listing(folder: str) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(folder)]
    except OSError:
        return []


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# --- the process of a page ----------------------------------------------------------------------

_LOST = 70  # exit code of a process that cannot send its report


def _run_job(job: _Job, token: bytes, place: mmap.mmap, pipes: Sequence[int]) -> NoReturn:
    """Does what is asked and sends the report; what the code of the page does, it does here."""
    status = 1
    try:
        report, output, dump = pipes
        own = os.getpid()
        os.setsid()
        os.chdir(job.folder)
        sys.path[:] = [job.folder, *(folder for folder in sys.path if folder != job.folder)]
        _end_with_parent()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        os.close(output)
        most = _limit(job.limits) if job.limits is not None else None
        faulthandler.enable(dump, all_threads=False)
        faulthandler.register(signal.SIGXCPU, dump, all_threads=False, chain=False)

        def note(start: int, end: int, begins: bool) -> None:
            place[:] = _PLACE.pack(start, end, begins)
            _limit_memory(most if begins else None)  # the check has what it needs to tell the rest

        state.TOLD = note
        _new_randomness()
        sys.dont_write_bytecode = True  # of a module that is saved twice within a second, say
        needed = Needed()
        value: object = None
        ended: Ended | None = None
        try:
            function = getattr(importlib.import_module(job.module), job.function)
            value = function(**job.arguments)
            ended = _threads_left()
        except BaseException as error:  # KeyboardInterrupt, raised by the code
            ended = Ended(f"the code ended the check with {type(error).__name__}")
        if os.getpid() == own:  # and not another one, which the code made of it
            status = _LOST
            start, end, _ = _PLACE.unpack(place[:])
            told = json.dumps(
                {
                    "ended": ended.how if ended else "",
                    "place": [start, end],
                    "files": needed.files(),
                }
            ).encode()
            data = struct.pack("!Q", len(told)) + told + pickle.dumps(value)
            _write(report, token + struct.pack("!Q", len(data)) + data)
        status = 0
    finally:
        os._exit(status)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _end_with_parent() -> None:
    """Linux: the process is killed when the one that started it is no more."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG


def _limit(limits: Limits) -> int | None:
    """Limits that hold although nobody looks; the watcher looks at all processes together.

    Returns:
        How many bytes of data the process may have while it runs code of the page; None where that
        is not known.
    """
    import resource  # which Windows has not

    cores = os.cpu_count() or 1
    _set_limit(resource.RLIMIT_CORE, 0)
    _set_limit(resource.RLIMIT_CPU, math.ceil(limits.seconds * cores) + 5)
    if os.getuid() != 0:  # which holds for all processes of a user, and threads
        _set_limit(resource.RLIMIT_NPROC, _tasks_of_user() + limits.processes + _MORE_TASKS)
    # What torch reserves and never uses does not count here.
    data = re.search(r"VmData:\s+(\d+) kB", _text("/proc/self/status"))
    return int(data[1]) * 1024 + limits.memory if data else None


def _tasks_of_user() -> int:
    """How many threads run in all processes of this user."""
    own, count = os.getuid(), 0
    for folder in _listing("/proc"):
        with contextlib.suppress(OSError):
            if folder.rpartition("/")[2].isdigit() and Path(folder).stat().st_uid == own:
                count += len(_listing(f"{folder}/task"))
    return count


def _limit_memory(most: int | None) -> None:
    """Lets Python raise a MemoryError where more is asked for; lifts that limit with None."""
    import resource

    if most is not None or resource.getrlimit(resource.RLIMIT_DATA)[0] >= 0:
        _set_limit(resource.RLIMIT_DATA, most)


def _set_limit(name: int, most: int | None) -> None:
    import resource

    _, hard = resource.getrlimit(name)
    wanted = hard if most is None else most if hard < 0 else min(most, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(name, (wanted, hard))


def _new_randomness() -> None:
    """Pages that set no seed draw other numbers, as in processes that were not forked."""
    random.seed()
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _threads_left() -> Ended | None:
    until = time.monotonic() + _GRACE
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                return Ended("the code leaves a thread running")
    return None


class Needed:
    """Takes note of what a page's code needs of the disk: what it imports and what it reads.

    What could not be found is noted, too. What the checker itself reads is not: whoever keeps what
    is said of a page knows that. Nor is what another program reads, or a library past Python.
    """

    def __init__(self) -> None:
        self._before = set(sys.modules)
        self._asked: set[str] = set()
        self._opened: dict[str, bool] = {}  # whether what stood there before was read first
        _installed_folders()  # which reads files itself when it is first asked
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "import":
            self._asked.add(str(arguments[0]))
        elif event == "open":
            with contextlib.suppress(Exception):  # which would be raised in the code
                self._note(*arguments)

    def _note(self, path: Any, mode: object, flags: int) -> None:
        """Takes note of a file that is opened; one that the code itself makes tells nothing new."""
        if isinstance(path, int) or Path(os.fsdecode(path)).is_dir() or _opened_by_checker():
            return
        opened = Path(os.fsdecode(path)).absolute()
        file = str(opened.parent.resolve() / opened.name)  # a link may lead elsewhere one day
        made = flags & os.O_TRUNC or (flags & os.O_CREAT and not opened.exists())
        only_written = flags & os.O_ACCMODE == os.O_WRONLY
        if made or not only_written:
            self._opened.setdefault(file, not made)

    def files(self) -> list[str]:
        """The files outside the installed packages; places of those not found."""
        found = {file for file, read in self._opened.items() if read and _may_be_edited(file)}
        for name in {*self._asked, *sys.modules} - self._before:
            module: Any = sys.modules.get(name)
            if module is not None:
                file = getattr(module, "__file__", None)
                if isinstance(file, str) and (name.startswith("nn3doc.") or not _installed(file)):
                    found.add(str(Path(file).resolve()))
                continue
            parent, _, last = name.rpartition(".")
            folders = getattr(sys.modules.get(parent), "__path__", ()) if parent else sys.path
            for folder in map(str, folders):
                if not _installed(folder) and not folder.endswith(".zip"):
                    place = Path(folder or ".").resolve() / last
                    found.update([f"{place}.py", str(place / "__init__.py")])
        return sorted(found)


def _opened_by_checker() -> bool:
    """Whether the checker opens a file, itself or through a library, and not the page's code."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    while frame is not None:
        file = frame.f_code.co_filename
        if Path(file).is_relative_to(Path(__file__).parents[1]):
            return True
        if not file.startswith("<frozen ") and not _installed(file):
            return False
        frame = frame.f_back
    return True


def _may_be_edited(file: str) -> bool:
    """Whether a file that code reads is one that people write, or is not there yet."""
    system = ("/dev/", "/proc/", "/sys/")
    made = file.startswith(system) or file.endswith(".pyc")
    return not made and not _installed(file)


def _installed(path: str) -> bool:
    """Whether a file belongs to Python or to an installed package."""
    file = Path(path).resolve()
    return any(file.is_relative_to(folder) for folder in _installed_folders()) or bool(
        {"site-packages", "dist-packages"} & set(file.parts)
    )


@lru_cache(maxsize=1)
def _installed_folders() -> tuple[Path, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple({Path(sysconfig.get_path(name)).resolve() for name in names})
