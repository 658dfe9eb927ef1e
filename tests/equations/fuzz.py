"""Throws changed and made-up formulas at the reader and the checker, in one process.

Every input ends in a verdict or in a finding for its author. A finding that the checker itself failed
is a mistake of the checker, and so is anything that is raised. Inputs are made from real pages: the
examples of the documentation, the formulas of the site, the constructs and the small pages with
verdicts. In one formula some tokens are left out, doubled, swapped, or taken from elsewhere; now and
then the page's other text is changed. The same seed gives the same inputs.

    python -m tests.equations.fuzz --count 100000 --seed 1

It tells each mistake once, with its input made as small as it can be.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from nn3doc.equations.check import check_page
from nn3doc.equations.examples import examples
from nn3doc.equations.page import Source, inspect_page
from nn3doc.equations.report.own_mistakes import own_mistake
from nn3doc.equations.text.markdown import MarkdownError, Region, formulas

TESTS = Path(__file__).parent
DOCS = TESTS.parents[1] / "docs"
LONGEST = 2500  # characters of a page
SUGGESTED = 10  # one input of so many is checked with suggestions, which take their time
MOST_SHRUNK = 400  # inputs that are tried to make one smaller

TOKEN = re.compile(
    r"\\(?:begin|end|mathbb|mathrm|mathbf|mathcal|operatorname|text)\{[^{}]*\}|\\[a-zA-Z]+|\\."
    r"|\d+(?:\.\d+)?|\s+|.",
    re.DOTALL,
)

Base = tuple[str, tuple[Source, ...]]  # a page, and the pages with its notation


@cache
def bases() -> list[Base]:
    """The pages that inputs are made from."""
    own = (DOCS / "check-your-own.md").read_text(encoding="utf-8")
    shown = examples(own)
    shared = next(one.body for one in shown if one.options.get("name") == "notation")
    found: list[Base] = []
    for one in shown:
        if one.language == "markdown" and one.options["check"] == "cures":
            lines = [line for line in one.body.split("\n") if line.strip()]
            found += [(line + "\n", (Source("notation.md", shared),)) for line in lines]
        elif one.language == "markdown":
            found.append((one.body, ()))
    notation = Source("notation.md", (DOCS / "notation.md").read_text(encoding="utf-8"))
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if path.name != "check-your-own.md":
            found += [(f"$${one.body}$$\n", (notation,)) for one in formulas(text)]
    for path in sorted((TESTS / "verdicts").glob("*.toml")):
        cases = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        found += [(case["page"].lstrip("\n"), ()) for case in cases]
    for path in sorted((TESTS / "constructs").glob("*.md")):
        parts = re.split(r"^#+ .*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found += [(part, ()) for part in parts]
    return [base for base in found if len(base[0]) <= LONGEST and regions(base[0])]


@cache
def pool() -> list[str]:
    """Tokens of all pages, each once."""
    tex = (one.body for text, _ in bases() for one in regions(text))
    return sorted({token for one in tex for token in TOKEN.findall(one) if token.strip()})


def regions(text: str) -> list[Region]:
    """The formulas of a page; none where it cannot be read."""
    try:
        return formulas(text)
    except MarkdownError:
        return []


# --- inputs -------------------------------------------------------------------------------------

Tokens = list[str]


def _leave_out(tokens: Tokens, chance: random.Random) -> None:
    del tokens[chance.randrange(len(tokens))]


def _double(tokens: Tokens, chance: random.Random) -> None:
    place = chance.randrange(len(tokens))
    tokens.insert(place, tokens[place])


def _swap(tokens: Tokens, chance: random.Random) -> None:
    one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]


def _put_in(tokens: Tokens, chance: random.Random) -> None:
    tokens.insert(chance.randrange(len(tokens) + 1), f" {chance.choice(pool())} ")


def _replace(tokens: Tokens, chance: random.Random) -> None:
    tokens[chance.randrange(len(tokens))] = f" {chance.choice(pool())} "


def _move(tokens: Tokens, chance: random.Random) -> None:
    start = chance.randrange(len(tokens))
    piece = tokens[start : start + chance.randint(1, 6)]
    del tokens[start : start + len(piece)]
    place = chance.randrange(len(tokens) + 1)
    tokens[place:place] = piece


def _wrap(tokens: Tokens, chance: random.Random) -> None:
    start = chance.randrange(len(tokens))
    end = min(len(tokens), start + chance.randint(1, 5))
    opening, closing = chance.choice(
        [
            ("{", "}"),
            ("(", ")"),
            (r"\left(", r"\right)"),
            (r"\sqrt{", "}"),
            ("^{", "}"),
            ("_{", "}"),
            (r"\|", r"\|"),
            ("|", "|"),
            (r"\frac{", "}{2}"),
            (r"\sum_{i=1}^{3} ", ""),
            ("[", "]"),
        ]
    )
    tokens[start:end] = [opening, *tokens[start:end], closing]


def _splice(tokens: Tokens, chance: random.Random) -> None:
    other = TOKEN.findall(chance.choice(regions(chance.choice(bases())[0])).body)
    start = chance.randrange(len(other)) if other else 0
    place = chance.randrange(len(tokens) + 1)
    tokens[place:place] = other[start : start + chance.randint(1, 8)]


def _all_anew(tokens: Tokens, chance: random.Random) -> None:
    tokens[:] = [f"{chance.choice(pool())} " for _ in range(chance.randint(1, 14))]


CHANGES: list[Callable[[Tokens, random.Random], None]] = [
    _leave_out,
    _leave_out,
    _double,
    _swap,
    _put_in,
    _put_in,
    _replace,
    _replace,
    _move,
    _wrap,
    _splice,
    _all_anew,
]


def made(chance: random.Random) -> Base:
    """One input."""
    text, notation = chance.choice(bases())
    if chance.random() < 0.05:  # anywhere on the page: tables, prose, marks
        start, end = 0, len(text)
    else:
        region = chance.choice(regions(text))
        start, end = region.body_start, region.body_end
    tokens = TOKEN.findall(text[start:end])
    for _ in range(chance.randint(1, 3)):
        if tokens:
            chance.choice(CHANGES)(tokens, chance)
    return text[:start] + "".join(tokens) + text[end:], notation


def inputs(seed: int, count: int) -> Iterator[Base]:
    """Inputs; the same ones for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield made(chance)


# --- mistakes -----------------------------------------------------------------------------------


def mistake(base: Base, suggested: bool = True) -> str:
    """The mistake of the checker on a page, as it is told; "" where there is none."""
    text, notation = base
    try:
        if suggested:
            report = check_page(text, notation=notation, code=False)
        else:
            report = inspect_page(text, notation=notation, code=False).report
    except Exception as error:
        return own_mistake(error, 0, 0).notes[0]
    own = [one for one in report.all_findings if one.kind == "checker"]
    return "\n".join(own[0].notes).split("\n")[0] if own else ""


def cause(told: str) -> str:
    """What two inputs have in common that show one mistake: its kind and its place."""
    return f"{told.partition(':')[0]} {told.rpartition('(')[2].rstrip(')')}"


def shrunk(base: Base) -> Base:
    """The same mistake with as little text as can be found."""
    text, notation = base
    wanted = cause(mistake(base))
    pieces: Sequence[str] = re.findall(r"[^\n]*\n?", text)
    tried = 0
    for split in (lambda whole: re.findall(r"[^\n]*\n?", whole), TOKEN.findall):
        pieces = [piece for piece in split("".join(pieces)) if piece]
        size = max(1, len(pieces) // 2)
        while size and tried < MOST_SHRUNK:
            start = 0
            while start < len(pieces) and tried < MOST_SHRUNK:
                fewer = [*pieces[:start], *pieces[start + size :]]
                tried += 1
                if cause(mistake(("".join(fewer), notation))) == wanted:
                    pieces = fewer
                else:
                    start += size
            size //= 2
    return "".join(pieces), notation


def search(seed: int, count: int) -> dict[str, tuple[str, Base]]:
    """What is told of each mistake that is found, by its cause, with the first input."""
    found: dict[str, tuple[str, Base]] = {}
    for number, base in enumerate(inputs(seed, count)):
        told = mistake(base, suggested=number % SUGGESTED == 0)
        if told and cause(told) not in found:
            found[cause(told)] = told, base
    return found


def main() -> int:
    """Searches, and tells what was found; 1 where the checker made a mistake."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=500_000, metavar="N", help="inputs")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the first inputs")
    args = parser.parse_args()
    begun, done, step = time.perf_counter(), 0, 1000
    causes: set[str] = set()
    while done < args.count:
        number = min(step, args.count - done)
        for one, (told, base) in search(args.seed + done // step, number).items():
            if one not in causes:
                causes.add(one)
                text, _ = shrunk(base)
                sys.stdout.write(f"{told}\n  {text.strip()!r}\n\n")
                sys.stdout.flush()
        done += number
    rate = done / (time.perf_counter() - begun)
    sys.stdout.write(
        f"{done:,} inputs, {rate:,.0f} a second: {len(causes)} mistakes of the checker\n"
    )
    return 1 if causes else 0


if __name__ == "__main__":
    sys.exit(main())
