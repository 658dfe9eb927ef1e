"""Files that are kept from one build to the next, and files that are written whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["kept", "write_whole"]


def kept(cache: Path, name: str, digest: str, make: Callable[[], bytes | str]) -> Path:
    """A file of the cache; it is made only if it is not there, in the place of older ones.

    Args:
        cache: The folder; made if it is not there. It may be deleted at any time.
        name: What the file is called: `mathematics.woff2`.
        digest: Changes with whatever decides what is in the file; goes into its name.
        make: Gives what is in it.
    """
    stem, dot, suffix = name.rpartition(".")
    file = cache / f"{stem}-{digest}{dot}{suffix}"
    if not file.exists():
        write_whole(file, make())
        for old in cache.glob(f"{stem}-{'?' * len(digest)}{dot}{suffix}"):
            if old != file:
                old.unlink(missing_ok=True)
    return file


def write_whole(file: Path, content: bytes | str) -> None:
    """Writes a file under its name once it is complete, even when two builds run at a time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
