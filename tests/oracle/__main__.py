"""Compares the checker with SymPy: `python -m tests.oracle --pairs 5000 --seed 1`."""

from __future__ import annotations

import argparse
import sys

from tests.oracle.judge import judge
from tests.oracle.make import pair, pairs
from tests.oracle.table import table, unread, wrong


def main() -> int:
    """Makes pairs, checks them, and prints one table; 1 if a verdict is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000, help="how many (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    parser.add_argument("--examples", type=int, default=2, help="examples of each wrong verdict")
    parser.add_argument("--only", type=int, help="show the pair of this number, and nothing else")
    arguments = parser.parse_args()
    if arguments.only is not None:
        one = judge(pair(arguments.seed, arguments.only))
        print(one.pair.page, f"right: {one.pair.right} {one.pair.where}", one, sep="\n")
        return int(one.outcome == "wrong")
    judged = [judge(one) for one in pairs(arguments.pairs, arguments.seed)]
    for part in (unread(judged), wrong(judged, arguments.examples), table(judged)):
        if part:
            print(part, end="\n\n")
    return int(any(one.outcome == "wrong" for one in judged))


if __name__ == "__main__":
    sys.exit(main())
