"""Every formula and every piece of code of the pages and docstrings is a test."""

from pathlib import Path

from nn3doc.equations.sybil import collect

pytest_collect_file = collect(
    Path(__file__).parent,
    pages=["README.md", "docs/*.md", "docs/**/*.md", "docs/*.ipynb"],
    docstrings=["nn3doc/*.py", "nn3doc/**/*.py"],
)
