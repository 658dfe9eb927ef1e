"""Reads the four files of the original MNIST database, plain or gzipped.

The format is IDX, described by LeCun, Cortes and Burges with "The MNIST database of handwritten
digits": two zero bytes, the type of the data (8 for unsigned bytes), the number of dimensions, each
dimension as four bytes with the highest first, then the data. Nothing of a file is trusted: its
sizes are compared with what it holds.
"""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: What each of the four files is called, and under what other name it is also handed on.
FILES = {
    "train images": ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
    "train labels": ("train-labels-idx1-ubyte", "train-labels.idx1-ubyte"),
    "test images": ("t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"),
    "test labels": ("t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"),
}
#: The most bytes a file may claim to hold: the largest of the four has 47,040,000.
MOST = 2**30

Bytes = NDArray[np.uint8]


class DigitsError(ValueError):
    """The digits cannot be read; the message says what is wrong with which file, and the cure."""


def read_mnist(folder: Path, part: str) -> tuple[Bytes, Bytes]:
    """Reads the images and labels of one part of MNIST.

    Args:
        folder: Where the files are.
        part: `"train"` or `"test"`.

    Returns:
        Images (m, 28, 28) with values 0 to 255, and labels (m,) from 0 to 9.

    Raises:
        DigitsError: A file is missing, cut off, of another kind, or does not belong to the other.
    """
    image_path, label_path = _find(folder, f"{part} images"), _find(folder, f"{part} labels")
    images, labels = read_idx(image_path, dimensions=3), read_idx(label_path, dimensions=1)
    if images.shape[1:] != (28, 28):
        height, width = images.shape[1:]
        raise DigitsError(
            f"{image_path} holds images of {height} × {width} pixels; expected 28 × 28"
        )
    if len(images) != len(labels):
        raise DigitsError(
            f"{image_path} holds {len(images)} images, but "
            f"{label_path} holds {len(labels)} labels; expected two files of the same set"
        )
    if labels.max() > 9:
        raise DigitsError(f"{label_path} holds the label {labels.max()}; expected digits, 0 to 9")
    return images, labels


def read_idx(path: Path, dimensions: int) -> Bytes:
    """Reads one IDX file of unsigned bytes.

    Args:
        path: The file; whether it is gzipped is seen from its content.
        dimensions: How many dimensions it is to have: 3 for images, 1 for labels.

    Returns:
        An array of that many dimensions, none of which is 0.

    Raises:
        DigitsError: The file cannot be read, is of another kind, is empty, cut off or too long.
    """
    content = _content(path)
    magic = bytes([0, 0, 8, dimensions])
    if content[:4] != magic:
        raise DigitsError(
            f"{path} is no IDX file of {'images' if dimensions == 3 else 'labels'}: "
            f"it starts with the bytes {content[:4].hex(' ') or '(none)'}; "
            f"expected {magic.hex(' ')}"
        )
    start = 4 + 4 * dimensions
    header = content[4:start]
    if len(header) < 4 * dimensions:
        raise DigitsError(f"{path} is cut off within its first {start} bytes: fetch it again")
    shape = tuple(int.from_bytes(header[at : at + 4], "big") for at in range(0, len(header), 4))
    sizes, expected, found = " × ".join(map(str, shape)), math.prod(shape), len(content) - start
    if expected == 0:
        raise DigitsError(f"{path} holds nothing: its sizes are {sizes}")
    if found != expected:
        if dimensions > 1:
            sizes = f"{sizes} = {expected}"
        what = "cut off" if found < expected else "too long"
        raise DigitsError(
            f"{path} is {what}: it holds {found} bytes of data; expected {sizes}: fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _find(folder: Path, what: str) -> Path:
    if not folder.is_dir():
        raise DigitsError(
            f"{folder} is no folder; expected one with the four MNIST files "
            f"{', '.join(names[0] for names in FILES.values())}, plain or .gz"
        )
    for name in FILES[what]:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise DigitsError(f"{folder / FILES[what][0]} is missing, and so is {FILES[what][0]}.gz")


def _content(path: Path) -> bytes:
    """The bytes of a file, unpacked if it is gzipped, and no more of them than MNIST can have."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            with gzip.open(file) if packed else file as plain:
                content = plain.read(MOST + 1)
    except EOFError:
        raise DigitsError(
            f"{path} is cut off: its gzip data ends too early; fetch it again"
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DigitsError(f"{path} is damaged: {error}; fetch it again") from None
    except OSError as error:
        raise DigitsError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > MOST:
        raise DigitsError(
            f"{path} is too long: it holds more than {MOST} bytes, which no file of MNIST does"
        )
    return content
