"""How long reading and checking equations takes: `python -m tests.bench.bench_equations [--write]`.

Times are of the processor, in one thread, without the time that importing PyTorch takes. With
`--seeds 50` the pages are checked with so many pairs of draws instead, to see a false alarm.
"""

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import torch

from nn3doc.equations.check import check_file, check_page
from nn3doc.equations.tex import TexError, parse
from nn3doc.equations.text.markdown import formulas
from tests.bench import written

DOCS = Path(__file__).parents[2] / "docs"
TABLE = """| Symbol | Shape | Meaning |
| --- | --- | --- |
| $x$ | $\\mathbb{R}$ | a number |
| $y$ | $\\mathbb{R}$ | another |

"""


def seconds(action: Callable[[], object]) -> float:
    """Processor time of an action."""
    begun = time.process_time()
    action()
    return time.process_time() - begun


def generated(count: int) -> str:
    """A page with so many equations, each another one."""
    return TABLE + "\n".join(
        f"$$\n(x + {n} y)^2 = x^2 + {2 * n} x y + {n * n} y^2\n$$\n" for n in range(1, count + 1)
    )


def read(tex: str) -> None:
    """Reads a formula anew; what is no formula takes time, too."""
    try:
        parse.__wrapped__(tex)
    except TexError:
        return


def site() -> str:
    """The pages of the site."""
    pages = sorted(DOCS.glob("*.md"))
    bodies = [region.body for page in pages for region in formulas(page.read_text("utf-8"))]
    reading = [seconds(partial(read, body)) for body in bodies]
    equations, total = [], 0.0
    for page in pages:
        begun = time.process_time()
        report = check_file(page, code=False)
        total += time.process_time() - begun
        equations += [e.seconds for e in report.equations if e.verdict in ("holds", "defines")]
    lines = {
        "formulas": f"{len(bodies):,}",
        "reading one, median": f"{1000 * statistics.median(reading):.2f} ms",
        "reading one, longest": f"{1000 * max(reading):.1f} ms",
        "checking an equation, median": f"{1000 * statistics.median(equations):.1f} ms",
        "checking all pages, text alone": f"{total:.2f} s",
    }
    rows = "".join(f"| {what} | {value} |\n" for what, value in lines.items())
    return f"| the site's pages | |\n| --- | ---: |\n{rows}"


def growth(most: int) -> str:
    """Time and memory of pages that grow."""
    rows = ["| equations | time | per equation | memory | per equation |", "| ---: " * 5 + "|"]
    for count in (100, 1_000, 10_000):
        if count > most:
            break
        text = generated(count)
        taken = seconds(partial(check_page, text, code=False))
        tracemalloc.start()
        report = check_page(text, code=False)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(report.equations) >= count
        assert report.ok
        rows.append(
            f"| {count:,} | {taken:.2f} s | {1000 * taken / count:.2f} ms"
            f" | {size / 2**20:.1f} MB | {size / count / 1024:.1f} kB |"
        )
    return "\n".join(rows)


def alarms(pairs: int) -> int:
    """How many findings pages that hold have with other draws."""
    found = 0
    for page in sorted(DOCS.glob("*.md")):
        for pair in range(pairs):
            report = check_file(page, seeds=(2 * pair + 101, 2 * pair + 102), code=False)
            for finding in report.all_findings:
                found += finding.failing
                print(f"{page.name}, pair {pair}: {finding.message}")
        print(f"{page.name}: {pairs} pairs of seeds", flush=True)
    print(f"{found} false alarms")
    return found


def main() -> int:
    """Prints the tables, and writes them into README.md if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=0, metavar="N", help="pairs of draws")
    parser.add_argument("--most", type=int, default=10_000, metavar="N", help="largest page")
    written.add_option(parser)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.seeds:
        return int(alarms(arguments.seeds) > 0)
    when = datetime.now(UTC).date().isoformat()
    text = f"{site()}\n{growth(arguments.most)}\n\nMeasured on {when}, one thread.\n"
    print(text)
    if arguments.write:
        written.write("equations", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
