"""The command `nn3doc`, also `python -m nn3doc`.

Exit codes: 0 for success, 1 where a command looked for faults and found some, 2 for a mistake in
how it was called, 130 after Ctrl-C. A mistake is told in one sentence on standard error. So is an
output that cannot be written, with 1: nobody saw what was found.
"""

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import nn3doc
from nn3doc.commands.errors import UserError

#: The modules of the subcommands, in the order of the help.
COMMANDS = ("nn3doc.commands.train", "nn3doc.commands.check", "nn3doc.commands.mutate")


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


class _Version(argparse.Action):
    """Prints the version; it is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"nn3doc {nn3doc.__version__}")
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    """Builds the parser of the command and of all its subcommands."""
    parser = _Parser(
        prog="nn3doc",
        description="A lesson on backpropagation whose every equation and snippet is checked.",
        epilog="nn3doc COMMAND --help tells more about a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(name)
        command = commands.add_parser(
            module.NAME,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run, name=module.NAME)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        argv: The arguments; those of the process if None.

    Returns:
        The exit code.
    """
    name, args = "nn3doc", argparse.Namespace()
    if sys.stdout is None:  # `>&-`: what was found would be told to nobody
        return _unwritable(name, "it is closed")
    try:
        args = make_parser().parse_args(argv)
        name = f"nn3doc {args.name}"
        code: int = args.run(args)
        sys.stdout.flush()
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        if error.filename is not None or error.errno not in _UNWRITABLE:
            raise
        # What is still to be written would fail once more when Python ends.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.EPIPE and not getattr(args, "verdict", False):
            return 1  # as in `nn3doc … | head`: nothing more is to be said
        return _unwritable(name, (error.strerror or str(error)).lower())
    return code


# A pipe that nobody reads any more, as in `nn3doc … | head`; a full disk; a closed or broken file.
_UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO)


def _unwritable(name: str, reason: str) -> int:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(f"{name}: standard output cannot be written: {reason}", file=sys.stderr)
    return 1
