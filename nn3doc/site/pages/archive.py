"""The built site as one zip file, to be read from disk.

python -m nn3doc.site.pages.archive FOLDER TARGET
"""

import sys
import zipfile
from pathlib import Path

__all__ = ["main", "pack"]


def pack(folder: Path, target: Path) -> None:
    """Zips a folder, whole or not at all; the same files give the same bytes whenever it is done.

    Args:
        folder: What to pack; in the zip it is called `nn3doc`.
        target: The zip file; its folder is made if it is not there.

    Raises:
        FileNotFoundError: If the folder has no `index.html`, and so is not a built site.
    """
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"no site in {folder}; build it first: mkdocs build")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            # An entry made from its name alone has no date but the first that a zip can hold.
            entry = zipfile.ZipInfo(f"nn3doc/{file.relative_to(folder).as_posix()}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16  # to be read by everyone
            archive.writestr(entry, file.read_bytes())
    part.replace(target)


def main(arguments: list[str]) -> int:
    """Packs the folder named first into the file named second; returns the exit status."""
    folder, target = map(Path, arguments)
    try:
        pack(folder, target)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{target} ({target.stat().st_size / 1e6:.1f} MB)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
