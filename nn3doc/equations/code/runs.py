"""Runs the code of a page as a reader would: top to bottom, in one namespace.

Code that fails, or prints something else than the page shows, is a finding with its place on the
page. Nothing that a page does ends in a traceback of ours or changes what is outside the page:
random states, torch's default dtype and how tensors are printed are put back after each piece.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import difflib
import doctest
import io
import linecache
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType, TracebackType

from nn3doc.equations.code.functions import PageFunction, check_source, imported_functions
from nn3doc.equations.code.recording import Event, Recorder
from nn3doc.equations.code.trace import Local, Result, Trace, trace
from nn3doc.equations.isolate import (
    PRINTED_FILE,
    PageState,
    Printed,
    TooMuchOutputError,
    copied,
    is_value,
    running,
)
from nn3doc.equations.report import Finding
from nn3doc.equations.text import Code, Lines, assigned_names, find_code, used_names
from nn3doc.equations.unread import uncompared

__all__ = [
    "Local",
    "PageFunction",
    "Result",
    "Runner",
    "Snippet",
    "Snippets",
    "Trace",
    "imported_functions",
    "relative",
    "run_page",
    "trace",
]

_MOST_LINES = 20  # of a difference between two outputs


@dataclass
class Snippet:
    """One piece of code that was run.

    Attributes:
        code: The code.
        assigned: The names it binds at its top level, with the page's line that does so.
        values: Copies of the numbers and tensors among them, as they were when it ended.
        printed: What it printed.
        findings: What is wrong with it.
        uncompared: What looks like its output and is compared with nothing.
        blocked: Why it could not be judged: it needs what code above failed to give. That code has
            the finding, so that one mistake is reported once.
    """

    code: Code
    assigned: dict[str, int] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    printed: str = ""
    findings: list[Finding] = field(default_factory=list)
    uncompared: list[Finding] = field(default_factory=list)
    blocked: Finding | None = None


@dataclass
class Snippets:
    """What the code of a page did.

    Attributes:
        path: The page.
        text: Its text.
        namespace: The namespace after the last piece.
        ran: The pieces that were run, in their order.
        events: What their statements bound and changed, in the order in which they were run.
    """

    path: str
    text: str
    namespace: dict[str, object]
    ran: list[Snippet] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the code, in the order of the page."""
        return [finding for snippet in self.ran for finding in snippet.findings]

    def is_unchecked(self, piece: int) -> bool:
        """Whether a remark behind a piece says why it is not compared."""
        return self.ran[piece].code.region.unchecked is not None

    @property
    def uncompared(self) -> list[Finding]:
        """What looks like an output and is compared with nothing."""
        own = [finding for snippet in self.ran for finding in snippet.uncompared]
        ran = [(snippet.code, snippet.printed) for snippet in self.ran]
        return own + list(uncompared(self.text, ran))

    def values_at(self, offset: int) -> dict[str, tuple[object, int]]:
        """What the code above an offset had assigned: name → (value, line that assigned it)."""
        result: dict[str, tuple[object, int]] = {}
        for snippet in self.ran:
            if snippet.code.region.end > offset:
                break
            for name, line in snippet.assigned.items():
                result.pop(name, None)  # what is not a number any more is none
                if name in snippet.values:
                    result[name] = (snippet.values[name], line)
        return result


def run_page(text: str, path: str, pieces: Sequence[Code] | None = None) -> Snippets:
    """Runs all code of a page.

    Args:
        text: The page.
        path: Its path, as messages and tracebacks name it.
        pieces: Its code, where it is known already.

    Raises:
        MarkdownError: A fence or a comment of the page is never closed.
    """
    return Runner(text, path, pieces).run_all()


class Runner:
    """Runs the code of a page piece by piece; what stands above a piece is run before it, once.

    Attributes:
        text: The page.
        path: Its path.
        pieces: Its code, in the order of the page.
        snippets: What was run so far.
    """

    def __init__(self, text: str, path: str, pieces: Sequence[Code] | None = None) -> None:
        self.text = text
        self.path = path
        self.pieces = list(find_code(text) if pieces is None else pieces)
        self._module = ModuleType("__page__", "The namespace of a page's code.")
        self._module.__file__ = path
        self.snippets = Snippets(path, text, vars(self._module))
        self._lines = Lines(text)
        self._state = PageState(text)
        self._recorder = Recorder(self.snippets.namespace, self.snippets.events)
        self._lost: dict[str, int] = {}  # names that failed code should have bound → its line

    def run(self, piece: Code) -> Snippet:
        """Runs a piece of the page, and before it whatever stands above it and was not run yet."""
        index = self.pieces.index(piece)
        ran = self.snippets.ran
        while len(ran) <= index:
            ran.append(self._run(self.pieces[len(ran)]))
        return ran[index]

    def run_all(self) -> Snippets:
        """Runs whatever was not run yet."""
        if self.pieces:
            self.run(self.pieces[-1])
        return self.snippets

    def _run(self, code: Code) -> Snippet:
        snippet = Snippet(code)
        if code.kind == "output":
            message = "this output belongs to no code"
            cure = "Put it directly behind the ```python fence that prints it."
            snippet.findings.append(Finding("code", message, *_opening(code), (cure,)))
            return snippet
        if code.kind == "source":
            snippet.findings.extend(check_source(code, self.text))
            return snippet
        self._show_to_tracebacks()
        before = sys.modules.get("__page__")
        sys.modules["__page__"] = self._module
        printed = Printed()
        try:
            with (
                running(*code.span(self._lines, code.first_line)),
                self._state,
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(io.StringIO()),
                _no_input(),
                self._recorder,
            ):
                if code.kind == "doctest":
                    self._run_doctest(snippet)
                else:
                    self._run_python(snippet)
        finally:
            if before is None:
                del sys.modules["__page__"]
            else:
                sys.modules["__page__"] = before
        snippet.printed = printed.getvalue()
        namespace = self.snippets.namespace
        snippet.values = {
            name: copied(namespace[name])
            for name in snippet.assigned
            if name in namespace and is_value(namespace[name])
        }
        if code.output and not snippet.findings and not snippet.blocked:
            if code.output.likely and not snippet.printed.strip():
                self._uncompared(snippet, code.output)
            else:
                self._compare(snippet, code.output)
        return snippet

    def _run_python(self, snippet: Snippet) -> None:
        code = snippet.code
        try:
            tree = _as_a_script(ast.parse(code.padded, self.path))
            flags = self._future_flags()
            compile(tree, self.path, "exec", flags=flags, dont_inherit=True)
        except (SyntaxError, ValueError) as error:  # ValueError: a null character
            snippet.findings.append(self._not_python(code, error))
            return
        snippet.assigned = assigned_names(tree)
        used = used_names(tree)
        watched = self._recorder.watched(tree, len(self.snippets.ran))
        try:
            exec(
                compile(watched, self.path, "exec", flags=flags, dont_inherit=True),
                self.snippets.namespace,
            )
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: a page does not end the check
            finding = self._raised(code, error)
            failed = self._lines.place(finding.start)[0]
            lost = [name for name, line in snippet.assigned.items() if line >= failed]
            needed = sorted(used & set(self._lost))
            self._lost.update(dict.fromkeys(lost, self._lost[needed[0]] if needed else failed))
            if needed:
                snippet.blocked = self._blocked(finding, needed[0])
            else:
                snippet.findings.append(finding)
        else:
            for name in snippet.assigned:
                self._lost.pop(name, None)
            needed = sorted(used & set(self._lost))
            if needed and code.output:  # it went on with a value that is not the one meant
                start, end = code.span(self._lines, code.first_line)
                snippet.blocked = self._blocked(Finding("code", "", start, end), needed[0])

    def _blocked(self, finding: Finding, name: str) -> Finding:
        line = self._lost[name]
        message = f"not checked: it needs {name}, which the code on line {line} failed to assign"
        return Finding("code", message, finding.start, finding.end)

    def _future_flags(self) -> int:
        """`from __future__ import annotations` holds for all code below it."""
        flags = 0
        for name in __future__.all_feature_names:
            feature = getattr(__future__, name)
            if self.snippets.namespace.get(name) is feature:
                flags |= getattr(feature, "compiler_flag", 0)
        return flags

    def _not_python(self, code: Code, error: SyntaxError | ValueError) -> Finding:
        if isinstance(error, SyntaxError) and error.lineno:
            column = max(0, (error.offset or 1) - 1)
            start = code.offset(self._lines, error.lineno, column)
            if error.end_lineno == error.lineno and (error.end_offset or 0) > column + 1:
                end = code.offset(self._lines, error.lineno, (error.end_offset or 1) - 1)
            else:
                end = start + 1
            return Finding("code", f"{type(error).__name__}: {error.msg}", start, end)
        start, end = code.span(self._lines, code.first_line)
        return Finding("code", f"{type(error).__name__}: {error}", start, end)

    def _raised(self, code: Code, error: BaseException) -> Finding:
        """An exception, at the expression of the page that raised it."""
        start, end = code.span(self._lines, code.first_line)
        place: tuple[CodeType, int] | None = None
        notes: list[str] = []
        step: TracebackType | None = error.__traceback__
        while step is not None:
            frame = step.tb_frame
            if frame.f_code.co_filename == self.path:
                place, notes = (frame.f_code, step.tb_lasti), []
            elif place is not None and frame.f_code.co_filename != PRINTED_FILE:
                file = relative(frame.f_code.co_filename)
                notes = [f"raised in {file}:{step.tb_lineno}, in {frame.f_code.co_name}"]
            step = step.tb_next
        if place is not None:
            start, end = self._span(code, *place)
        lines = "".join(traceback.format_exception_only(error)).rstrip().split("\n")
        error.__traceback__ = None  # holds the frames, and with them all values
        if isinstance(error, TooMuchOutputError):
            return Finding("code", str(error), start, end)
        if isinstance(error, SyntaxError) and error.filename:  # of a module that is imported
            notes = [f"raised in {relative(error.filename)}:{error.lineno or 1}"]
            return Finding("code", f"SyntaxError: {error.msg}", start, end, tuple(notes))
        module = type(error).__module__
        message = lines[0].removeprefix(f"{module}.")
        return Finding("code", message, start, end, (*lines[1:], *notes))

    def _span(self, code: Code, compiled: CodeType, instruction: int) -> tuple[int, int]:
        positions = list(compiled.co_positions())[instruction // 2]
        line, end_line, column, end_column = positions
        if line is None:
            return code.span(self._lines, code.first_line)
        # A function may be defined by code above the one that calls it.
        code = max(
            (piece for piece in self.pieces if piece.first_line <= line),
            key=lambda piece: piece.first_line,
            default=code,
        )
        if end_line is None or column is None or end_column is None:
            return code.span(self._lines, line)
        start = code.offset(self._lines, line, _characters(code, line, column))
        end = code.offset(self._lines, end_line, _characters(code, end_line, end_column))
        return start, max(end, start + 1)

    def _run_doctest(self, snippet: Snippet) -> None:
        code = snippet.code
        try:
            source = "\n".join(_with_blank_lines(code.lines)) + "\n"
            examples = doctest.DocTestParser().get_examples(source, self.path)
        except ValueError as error:
            told = _DOCTEST_ERROR.match(str(error))
            line = code.first_line + (int(told.group(1)) - 1 if told else 0)
            message = f"this line {told.group(2)}" if told else str(error)
            start, end = code.span(self._lines, line)
            snippet.findings.append(Finding("code", message, start, end))
            return
        for example in examples:
            with contextlib.suppress(SyntaxError):  # told when it is run
                names = assigned_names(ast.parse(example.source))
                line = code.first_line + example.lineno
                snippet.assigned.update(dict.fromkeys(names, line))
        test = doctest.DocTest(examples, {}, "__page__", self.path, 0, None)
        test.globs = self.snippets.namespace
        runner = _DoctestRunner(self._recorder, len(self.snippets.ran), code.first_line)
        runner.run(test, clear_globs=False)
        for example, message, notes in runner.failures_seen:
            start, end = code.span(self._lines, code.first_line + example.lineno)
            snippet.findings.append(Finding("code", message, start, end, tuple(notes)))

    def _compare(self, snippet: Snippet, output: Code) -> None:
        """Holds what was printed against the fence that says so, blanks at line ends aside."""
        expected = _stripped(output.source)
        got = _stripped(snippet.printed)
        if expected == got:
            return
        differs = next(
            (i for i, (a, b) in enumerate(zip(expected, got, strict=False)) if a != b),
            min(len(expected), len(got)),
        )
        start, end = _opening(output)
        if expected:
            line = output.first_line + min(differs, len(expected) - 1)
            start, end = output.span(self._lines, line)
        message = "the code above prints something else"
        notes = _diff(expected, got)
        if output.likely:
            notes = (*notes, "If it is no output, put a line of text between the two.")
        snippet.findings.append(Finding("code", message, start, end, notes))

    def _uncompared(self, snippet: Snippet, output: Code) -> None:
        """What looks like the value of the last line, which nothing prints."""
        body = ast.parse(snippet.code.source).body if snippet.code.source.strip() else []
        if not body or not isinstance(body[-1], ast.Expr) or not output.source.strip():
            return
        message = "output that is not compared: the code above prints nothing"
        cure = "Print it, or put a line of text between the two if it is no output."
        snippet.uncompared.append(Finding("unrun", message, *_opening(output), (cure,)))

    def _show_to_tracebacks(self) -> None:
        """Gives the page's code, and nothing else of the page, to `inspect` and tracebacks."""
        rows = [""] * (self.text.count("\n") + 2)
        for code in self.pieces:
            if code.kind in ("python", "hidden"):
                for index, row in enumerate(code.lines):
                    rows[code.first_line - 1 + index] = row
        shown = [row + "\n" for row in rows]
        # Without a time, it stays although the file has another text.
        linecache.cache[self.path] = (sum(map(len, shown)), None, shown, self.path)


def _as_a_script(tree: ast.Module) -> ast.Module:
    """`if __name__ == "__main__":` is met, as for a reader who runs the code."""
    found: ast.Module = _Script().visit(tree)
    return found


class _Script(ast.NodeTransformer):
    """Puts in the name that a script has, wherever code reads it outside of functions."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replaces the name of the module."""
        if node.id == "__name__" and isinstance(node.ctx, ast.Load):
            return ast.copy_location(ast.Constant("__main__"), node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Leaves a function as it is: what it reads is its module's."""
        return node


def _with_blank_lines(lines: Sequence[str]) -> list[str]:
    """A doctest of a fence: text behind an empty line is output, too, up to the next prompt."""
    kept = list(lines)
    prompted = False
    for number, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith((">>>", "...")):
            prompted = True
        elif not stripped and prompted:
            later = next((one.strip() for one in lines[number:] if one.strip()), ">>>")
            if not later.startswith((">>>", "#")):
                indent = re.match(r"\s*", next(one for one in lines if one.strip()))
                kept[number] = (indent.group() if indent else "") + "<BLANKLINE>"
    return kept


_DOCTEST_ERROR = re.compile(
    r"line (\d+) of the docstring for .*? "
    r"(lacks blank after (?:>>>|\.\.\.)|has inconsistent leading whitespace)"
)


class _DoctestRunner(doctest.DocTestRunner):
    """Collects what fails instead of printing it."""

    def __init__(self, recorder: Recorder, piece: int, first_line: int) -> None:
        super().__init__(verbose=False)
        self.failures_seen: list[tuple[doctest.Example, str, Sequence[str]]] = []
        self._recorder, self._piece, self._first_line = recorder, piece, first_line
        self._number: int | None = None

    def report_start(self, out: object, test: doctest.DocTest, example: doctest.Example) -> None:
        self._number = None
        with contextlib.suppress(SyntaxError):  # told when it is run
            body = ast.parse(example.source).body
            if len(body) == 1:
                line = self._first_line + example.lineno
                self._number = self._recorder.begin(body[0], self._piece, line)

    def report_success(
        self, out: object, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._number is not None:
            self._recorder.finish(self._number)

    def report_failure(
        self, out: object, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        self._finish()
        notes = _diff(_stripped(example.want), _stripped(got))
        self.failures_seen.append((example, "this prints something else", notes))

    def report_unexpected_exception(
        self, out: object, test: doctest.DocTest, example: doctest.Example, exc_info: object
    ) -> None:
        assert isinstance(exc_info, tuple)
        error = exc_info[1]
        if isinstance(error, KeyboardInterrupt):
            raise error
        lines = "".join(traceback.format_exception_only(error)).rstrip().split("\n")
        message = lines[0].removeprefix(f"{type(error).__module__}.")
        self.failures_seen.append((example, message, lines[1:]))


def relative(path: str) -> str:
    """A path from the current folder where it lies below it."""
    file, here = Path(path), Path.cwd()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else path


@contextlib.contextmanager
def _no_input() -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO()
    try:
        yield
    finally:
        sys.stdin = before


def _opening(code: Code) -> tuple[int, int]:
    """The opening mark of a fence."""
    return code.region.start, code.region.body_start - 1


def _characters(code: Code, line: int, column: int) -> int:
    """A column in bytes of UTF-8, as Python counts, in characters."""
    index = line - code.first_line
    row = code.lines[index] if 0 <= index < len(code.lines) else ""
    return len(row.encode()[:column].decode(errors="ignore"))


def _stripped(text: str) -> list[str]:
    """The lines without blanks at their ends and without empty lines at the text's end."""
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _diff(expected: list[str], got: list[str]) -> tuple[str, ...]:
    """What the page shows and what was printed, one below the other."""
    if len(expected) <= 1 and len(got) <= 1:
        page = expected[0] if expected else "nothing"
        printed = got[0] if got else "nothing"
        return (f"the page shows: {page}", f"it prints:      {printed}")
    found = [row for row in difflib.ndiff(expected, got) if not row.startswith("?")]
    rows = [row.rstrip() for row in found[:_MOST_LINES]]
    if len(found) > _MOST_LINES:
        rows.append(f"… and {len(found) - _MOST_LINES} more lines")
    return ("- the page shows, + it prints:", *rows)
