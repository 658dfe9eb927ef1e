"""What a page shows and nobody reads: mathematics in other forms, code that is not run, outputs."""

from nn3doc.equations.unread.code import unrun
from nn3doc.equations.unread.mathematics import unread, unread_file
from nn3doc.equations.unread.outputs import uncompared

__all__ = ["uncompared", "unread", "unread_file", "unrun"]
