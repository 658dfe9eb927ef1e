"""The subcommands of `nn3doc`, each a module of its own.

A module here has `NAME`, `HELP` (half a sentence), `add_arguments(parser)` and `run(args) -> int`,
the exit code. It imports what is slow (torch, the engine) inside `run`, so that `nn3doc --help`
answers at once and no command needs what only another one uses. `main` lists the modules.
"""

from nn3doc.commands.errors import UserError
from nn3doc.commands.main import main

__all__ = ["UserError", "main"]
