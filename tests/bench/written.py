"""Tables of figures in README.md, each between two marks: `<!-- page: … -->`, `<!-- end of page -->`."""

import argparse
import re
from pathlib import Path

README = Path(__file__).with_name("README.md")


def add_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--write` to a bench's options."""
    parser.add_argument("--write", action="store_true", help=f"also write it into {README.name}")


def write(name: str, text: str) -> None:
    """Puts a bench's text into README.md in the place of what stands there.

    Raises:
        ValueError: README.md has no such place.
    """
    old = README.read_text(encoding="utf-8")
    place = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->\n)", re.DOTALL)
    if not place.search(old):
        raise ValueError(f"{README.name} has no place for {name}")
    new = place.sub(lambda found: f"{found[1]}\n{text.strip()}\n\n{found[2]}", old)
    README.write_text(new, encoding="utf-8")
