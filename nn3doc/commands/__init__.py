"""The subcommands of `nn3doc`, each a module of its own.

A module here has `NAME`, `HELP` (half a sentence), `add_arguments(parser)` and `run(args) -> int`,
the exit code. It imports what is slow (torch, the engine) inside `run`, so that `nn3doc --help`
answers at once and no command needs what only another one uses. `nn3doc.cli` lists the modules.
"""


class UserError(Exception):
    """What the user asked for cannot be done; the text is one sentence, with the cure."""
