"""A process of its own for each page: however its code ends it, that is told, and nothing else is."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import IO

import pytest

from nn3doc.equations.check_each import check_files, warm_process
from nn3doc.equations.isolate.isolation import Limits, WarmProcess
from nn3doc.equations.report.findings import Report
from nn3doc.equations.show.messages import render

LIMITS = Limits(seconds=1.0, memory=400_000_000, output=1_000_000, processes=20)
PATIENT = replace(LIMITS, seconds=15.0)  # for what another limit ends
NOTATION = dedent(
    """\
    # Page

    | Symbol | Python | Shape | Meaning |
    | --- | --- | --- | --- |
    | $x$ | `x` | $\\mathbb{R}$ | a number |
    | $y$ | `y` | $\\mathbb{R}$ | another |

    Let $y = x + 1$, so $y - x = 1$.

    """
)
MORE_MEMORY = (
    "  It was stopped, and nothing else on this page was checked. --memory gives it more.\n"
)
NOTHING = "  Nothing else on this page was checked.\n"
MORE = (
    "  It was stopped, and nothing else on this page was checked. --seconds gives it more time.\n"
)


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    """One warm process for all tests: to start one takes a second."""
    with warm_process(LIMITS) as found:
        found.ask("nn3doc.equations.files", "find_pages", {"paths": []}, "").answer()
        yield found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for pages, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page(name: str, code: str) -> Path:
    path = Path(name)
    path.write_text(f"{NOTATION}```python\n{dedent(code).strip()}\n```\n", encoding="utf-8")
    return path


def told(warm: WarmProcess, path: Path) -> str:
    return render(checked(warm, path))


def checked(warm: WarmProcess, path: Path) -> Report:
    (report,) = check_files([path], warm)
    return report


# The code of a page, and all that is said of it.
HOSTILE = {
    "exit with 0": (
        "import os\nos._exit(0)",
        "page.md:11:1: the code ended Python itself, with exit code 0\n   11 | import os\n"
        "      | ^^^^^^^^^\n" + NOTHING,
    ),
    "exit with 3, in a function": (
        "import os\ndef end():\n    os._exit(3)\n\nend()",
        "page.md:11:1: the code ended Python itself, with exit code 3\n   11 | import os\n"
        "      | ^^^^^^^^^\n" + NOTHING,
    ),
    "something on every pipe, then an exit": (
        """
        import os
        for pipe in range(3, 100):
            try:
                os.write(pipe, b"ok" * 100)
            except OSError:
                pass
        os._exit(0)
        """,
        "page.md:11:1: the code ended Python itself, with exit code 0\n   11 | import os\n"
        "      | ^^^^^^^^^\n" + NOTHING,
    ),
    "sys.exit": (
        "import sys\nsys.exit(0)",
        "page.md:12:1: SystemExit: 0\n   12 | sys.exit(0)\n      | ^^^^^^^^^^^\n",
    ),
    "an interrupt of its own": (
        "raise KeyboardInterrupt",
        "page.md:11:1: the code ended the check with KeyboardInterrupt\n"
        "   11 | raise KeyboardInterrupt\n      | ^^^^^^^^^^^^^^^^^^^^^^^\n  It was stopped.\n",
    ),
    "a segmentation fault": (
        "import ctypes\n\nctypes.string_at(0)",
        "page.md:13:1: the code was ended by the signal SIGSEGV\n   13 | ctypes.string_at(0)\n"
        "      | ^^^^^^^^^^^^^^^^^^^\n" + NOTHING,
    ),
    "an abort": (
        "import os\nos.abort()",
        "page.md:12:1: the code was ended by the signal SIGABRT\n   12 | os.abort()\n"
        "      | ^^^^^^^^^^\n" + NOTHING,
    ),
    "a signal to itself": (
        "import os\nos.kill(os.getpid(), 9)",
        "page.md:11:1: the code was ended by the signal SIGKILL\n   11 | import os\n"
        "      | ^^^^^^^^^\n" + NOTHING,
    ),
    "a signal to its group": (
        "import os\nos.killpg(0, 15)",
        "page.md:11:1: the code was ended by the signal SIGTERM\n   11 | import os\n"
        "      | ^^^^^^^^^\n" + NOTHING,
    ),
    "a signal to its parent": (
        "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(9)",
        "page.md:1:1: the code ended the process that watches it\n    1 | # Page\n      | ^\n"
        + NOTHING,
    ),
    "a loop": (
        "x = 1\nwhile True:\n    x += 1",
        "page.md:13:5: the code did not end within 1 second\n   13 | x += 1\n"
        "      | ^^^^^^\n" + MORE,
    ),
    "a loop on one line": (
        "while True: pass",
        "page.md:11:1: the code did not end within 1 second\n   11 | while True: pass\n"
        "      | ^^^^^^^^^^^^^^^^\n" + MORE,
    ),
    "a loop that nothing is raised through": (
        """
        while True:
            try:
                while True: pass
            except BaseException:
                pass
        """,
        "page.md:13:9: the code did not end within 1 second\n   13 | while True: pass\n"
        "      | ^^^^^^^^^^^^^^^^\n" + MORE,
    ),
    "a loop in C": (
        "def total():\n    return sum(range(10**12))\n\ntotal()",
        "page.md:12:5: the code did not end within 1 second\n   12 | return sum(range(10**12))\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^\n" + MORE,
    ),
    "a regular expression": (
        "import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
        "page.md:12:1: the code did not end within 1 second\n"
        "   12 | re.match('(a+)+$', 'a' * 40 + 'b')\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n" + MORE,
    ),
    "a long sleep": (
        "import time\ntime.sleep(10**6)",
        "page.md:12:1: the code did not end within 1 second\n   12 | time.sleep(10**6)\n"
        "      | ^^^^^^^^^^^^^^^^^\n" + MORE,
    ),
    "a process that is stopped": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "page.md:11:1: the code did not end within 1 second\n   11 | import os, signal\n"
        "      | ^^^^^^^^^^^^^^^^^\n" + MORE,
    ),
    "signals that are ignored": (
        """
        import signal
        for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
        """,
        "page.md:11:1: the code did not end within 1 second\n   11 | import signal\n"
        "      | ^^^^^^^^^^^^^\n" + MORE,
    ),
    "memory, little by little": (
        "x = []\nwhile True:\n    x.append(bytes(10**8))",
        "page.md:13:14: MemoryError\n   13 | x.append(bytes(10**8))\n"
        "      |          ^^^^^^^^^^^^\n",
    ),
    "memory, all at once": (
        "x = 'x' * 10**10",
        "page.md:11:5: MemoryError\n   11 | x = 'x' * 10**10\n      |     ^^^^^^^^^^^^\n",
    ),
    "memory of several processes": (
        """
        import subprocess, sys, time
        waste = "x = b'x' * 3 * 10**8\\nwhile True: pass"
        for _ in range(2):
            subprocess.Popen([sys.executable, "-c", waste])
        time.sleep(9)
        """,
        "page.md:15:1: the code takes more than 0.4 GB of memory\n   15 | time.sleep(9)\n"
        "      | ^^^^^^^^^^^^^\n" + MORE_MEMORY,
    ),
    "prints": (
        "while True:\n    print('x' * 1000)",
        "page.md:12:5: the code prints more than 10,000,000 characters\n"
        "   12 | print('x' * 1000)\n      | ^^^^^^^^^^^^^^^^^\n",
    ),
    "output past Python": (
        "import os\nwhile True:\n    os.write(1, b'x' * 10_000)",
        "page.md:13:5: the code writes more than 1,000,000 bytes\n"
        "   13 | os.write(1, b'x' * 10_000)\n      | ^^^^^^^^^^^^^^^^^^^^^^^^^^\n" + NOTHING,
    ),
    "output of another program": (
        "import subprocess\nsubprocess.run(['yes'])",
        "page.md:12:1: the code writes more than 1,000,000 bytes\n"
        "   12 | subprocess.run(['yes'])\n      | ^^^^^^^^^^^^^^^^^^^^^^^\n" + NOTHING,
    ),
    "a closed output": (
        "import sys\nsys.stdout.close()\nprint(1)",
        "page.md:13:1: ValueError: I/O operation on closed file.\n   13 | print(1)\n"
        "      | ^^^^^^^^\n",
    ),
    "everything closed": (
        "import os\nos.closerange(0, 200)",
        "page.md:11:1: the code closed the pipe that its report goes through\n"
        "   11 | import os\n      | ^^^^^^^^^\n" + NOTHING,
    ),
    "a program left running": (
        "import subprocess\nsubprocess.Popen(['sleep', '1000'])",
        "page.md:11:1: the code leaves a process running\n   11 | import subprocess\n"
        "      | ^^^^^^^^^^^^^^^^^\n  It was stopped.\n",
    ),
    "a daemon": (
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)
        """,
        "page.md:11:1: the code leaves a process running\n   11 | import os, time\n"
        "      | ^^^^^^^^^^^^^^^\n  It was stopped.\n",
    ),
    "a thread left running": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()",
        "page.md:11:1: the code leaves a thread running\n   11 | import threading, time\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^\n  It was stopped.\n",
    ),
    "a fork bomb": (
        "import os\nwhile True:\n    os.fork()",
        "page.md:11:1: the code runs more than 20 processes\n   11 | import os\n"
        "      | ^^^^^^^^^\n" + NOTHING,
    ),
    "a fork bomb of the shell": (
        "import subprocess, time\nsubprocess.run('f() { f | f & }; f', shell=True)\ntime.sleep(9)",
        "page.md:11:1: the code runs more than 20 processes\n   11 | import subprocess, time\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^\n" + NOTHING,
    ),
}


@pytest.mark.parametrize(("code", "message"), HOSTILE.values(), ids=HOSTILE)
def test_however_it_ends_the_page_fails_with_one_finding(
    warm: WarmProcess, folder: Path, code: str, message: str
) -> None:
    warm.limits = LIMITS if "did not end" in message else PATIENT
    started = time.monotonic()
    assert told(warm, page("page.md", code)) == message
    assert time.monotonic() - started < warm.limits.seconds + 2.0


RIGHT = {
    "nothing special": "x = 1.0\ny = x + 1",
    "a program that ends": "import subprocess\nsubprocess.run(['true'], check=True)",
    "a pool that is closed": """
        from multiprocessing import Pool
        with Pool(2) as pool:
            assert pool.map(abs, [-1, 2]) == [1, 2]
    """,
    "a thread that ends": """
        import threading
        thread = threading.Thread(target=print)
        thread.start()
        thread.join()
    """,
    "a gradient": """
        import torch
        a = torch.ones(300, 300, requires_grad=True)
        (a @ a).sum().backward()
        assert a.grad is not None
    """,
    "a message to standard error": "import sys\nprint('told', file=sys.stderr)",
}


@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT)
def test_what_ends_well_passes(warm: WarmProcess, folder: Path, code: str) -> None:
    warm.limits = PATIENT
    report = checked(warm, page("page.md", code))
    assert render(report) == ""
    assert len(report.equations) == 6


# --- pages beside each other --------------------------------------------------------------------


@pytest.mark.parametrize("hostile", ["exit with 0", "a loop in C", "a signal to its parent"])
def test_nineteen_other_pages_are_judged_as_without_it(
    warm: WarmProcess, folder: Path, hostile: str
) -> None:
    warm.limits = replace(LIMITS, seconds=3.0)
    wrong = "x = 1.0\ny = x + 2"
    pages = [page(f"{n:02}.md", wrong if n % 3 == 0 else "x = 1.0\ny = x + 1") for n in range(20)]
    for path in pages[::3]:
        path.write_text(path.read_text().replace("y - x = 1$", "y - x = 2$"))
    page("07.md", HOSTILE[hostile][0])
    reports = list(check_files(pages, warm))
    assert [report.path for report in reports] == [str(path) for path in pages]
    failed = [number for number, report in enumerate(reports) if not report.ok]
    assert failed == sorted({7, *range(0, 20, 3)})
    assert all(len(report.equations) == 6 for n, report in enumerate(reports) if n != 7)


REACHING = {
    "an attribute of a module": (
        "import math\nmath.tau_of_mine = 1",
        "import math\nmath.tau_of_mine",
    ),
    "a function of the library": (
        "import torch\ntorch.sigmoid = torch.tanh",
        "import torch\nassert torch.sigmoid is torch.tanh",
    ),
    "the environment": (
        "import os\nos.environ['MINE'] = '1'",
        "import os\nos.environ['MINE']",
    ),
    "where modules are looked for": (
        "import sys\nsys.path.append('mine')",
        "import sys\nassert 'mine' in sys.path",
    ),
    "modules": ("import sys\nsys.modules['mine'] = sys", "import mine"),
    "the folder": (
        "import os\nos.chdir('..')",
        "import os\nassert not os.path.exists('second.md')",
    ),
    "warnings": (
        "import warnings\nwarnings.simplefilter('error')",
        "import warnings\nassert warnings.filters[0][0] == 'error'",
    ),
    "the default dtype": (
        "import torch\ntorch.set_default_dtype(torch.float64)",
        "import torch\nassert torch.get_default_dtype() == torch.float64",
    ),
    "the default device": (
        "import torch\ntorch.set_default_device('meta')",
        "import torch\nassert torch.ones(1).device.type == 'meta'",
    ),
    "builtins": ("import builtins\nbuiltins.mine = 1", "mine"),
    "random numbers": (
        "import random\nrandom.seed(1)",
        "import random\nassert random.random() == random.Random(1).random()",
    ),
    "a limit": (
        "import sys\nsys.setrecursionlimit(12345)",
        "import sys\nassert sys.getrecursionlimit() == 12345",
    ),
}


@pytest.mark.parametrize(("first", "second"), REACHING.values(), ids=REACHING)
def test_nothing_that_a_page_does_reaches_another(
    warm: WarmProcess, folder: Path, first: str, second: str
) -> None:
    warm.limits = PATIENT
    pages = [page("first.md", first), page("second.md", second), page("third.md", second)]
    assert [report.ok for report in check_files(pages, warm)] == [True, False, False]
    both = page("both.md", f"{first}\n{second}")
    assert checked(warm, both).ok  # it would be seen


WRONG = "x = 1.0\ny = x + 2"


def test_a_page_is_checked_as_it_was_read(warm: WarmProcess, folder: Path) -> None:
    warm.limits = PATIENT
    empty = "open({!r}, 'w').write('No formulas.')\n"
    pages = [
        page("first.md", empty.format("second.md")),
        page("second.md", WRONG),
        page("third.md", empty.format("third.md") + WRONG),
    ]
    assert [report.ok for report in check_files(pages, warm)] == [True, False, False]


def test_code_that_is_written_into_a_page_meanwhile_is_not_run(
    warm: WarmProcess, folder: Path
) -> None:
    warm.limits = PATIENT
    endless = "open('second.md', 'w').write('```python\\nwhile True: pass\\n```\\n')"
    pages = [page("first.md", endless), Path("second.md")]
    pages[1].write_text(NOTATION, encoding="utf-8")
    assert [report.ok for report in check_files(pages, warm)] == [True, True]


def test_a_warm_process_that_was_stopped_goes_on(warm: WarmProcess, folder: Path) -> None:
    warm.limits = PATIENT
    stop = """
        import os, signal
        watcher = open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()
        os.kill(int(watcher[1]), signal.SIGSTOP)
    """
    pages = [page("first.md", stop), *(page(f"{n}.md", WRONG) for n in range(3))]
    assert [report.ok for report in check_files(pages, warm)] == [True, False, False, False]


def test_a_file_named_as_a_module_of_python_harms_no_page(folder: Path) -> None:
    for name in ("random", "numbers", "types", "queue"):
        Path(f"{name}.py").write_text("raise ValueError('mine')", encoding="utf-8")
    path = page("page.md", "import random\nx = random.random()\ny = x + 1")
    with warm_process(PATIENT) as fresh:
        assert told(fresh, path) == ""


def test_what_cannot_be_shown_is_no_report(warm: WarmProcess, folder: Path) -> None:
    warm.limits = PATIENT
    forged = """
        from nn3doc.equations import check, report
        check.check_with = lambda *_, **__: report.Report("page.md", text, findings=["x", 3])
        text = open("page.md").read()
    """
    assert told(warm, page("page.md", forged)).splitlines()[0] == (
        "page.md:1:1: the code sent something in place of the report"
    )


def test_pages_without_python_stay_in_this_process(folder: Path) -> None:
    Path("page.md").write_text(NOTATION, encoding="utf-8")
    with warm_process(LIMITS) as unused:
        assert checked(unused, Path("page.md")).ok
        assert not unused.is_alive()


# --- the command --------------------------------------------------------------------------------


def command(
    *arguments: str, stdout: int | IO[str] | None = None, closed: bool = False
) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "nn3doc", "check", *arguments]
    if closed:
        run = ["sh", "-c", f"{shlex.join(run)} >&-"]
    path = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(run, stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment)


def test_the_limits_of_the_command(folder: Path) -> None:
    page("page.md", HOSTILE["a loop"][0])
    answer = command("page.md", "--seconds", "1", "--json", stdout=subprocess.PIPE)
    (one,) = json.loads(answer.stdout)["pages"]
    assert (answer.returncode, answer.stderr) == (1, "")
    assert [found["message"] for found in one["findings"]] == [
        "the code did not end within 1 second"
    ]


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    page("page.md", "x = 1.0")
    said = "nn3doc check: standard output cannot be written: "
    with Path("/dev/full").open("w") as full:
        answer = command("page.md", stdout=full)
    assert (answer.returncode, answer.stderr) == (1, said + "no space left on device\n")
    reading, writing = os.pipe()
    os.close(reading)
    answer = command("page.md", stdout=writing)
    os.close(writing)
    assert (answer.returncode, answer.stderr) == (1, said + "broken pipe\n")
    answer = command("page.md", closed=True)
    closed = "nn3doc: standard output cannot be written: it is closed\n"
    assert (answer.returncode, answer.stderr) == (1, closed)
