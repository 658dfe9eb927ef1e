"""What a command says instead of doing something."""


class UserError(Exception):
    """What the user asked for cannot be done; the text is one sentence, with the cure."""
