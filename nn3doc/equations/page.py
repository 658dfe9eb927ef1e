"""Checks all equations of a page: the five questions, asked of every statement.

`inspect_file` finds the notation and the pages a page builds on; `inspect_page` works on texts. What
one statement says and whether it holds, `verdict` decides; what the page's code says of it, `code`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from nn3doc.equations.code import Snippets, add_witnesses
from nn3doc.equations.files import NoPageError, read_page
from nn3doc.equations.model import PageModel, read, symbol_uses
from nn3doc.equations.notation import (
    NotationBuilder,
    NotationError,
    TableProblem,
    read_table,
    tables,
    undeclared_sizes,
)
from nn3doc.equations.report import Equation, Finding, Report, guarded, own_mistake
from nn3doc.equations.sources import (
    NOTATION_FILE,
    Source,
    builds_on_names,
    label_spans,
    notation_beside,
    table_spans,
    within,
)
from nn3doc.equations.tex import Formula, TexError, to_json
from nn3doc.equations.text import Lines, MarkdownError, Region, formulas
from nn3doc.equations.unread import unread, unrun
from nn3doc.equations.verdict import (
    Checked,
    Samples,
    SnippetValues,
    blame,
    check_statement,
    role_played,
    take_numbers,
    untested,
)

_OPERATOR = re.compile(
    r"\s*(\\(odot|cdot|times|partial|nabla|top|sum|prod|dots|cdots|vdots|ddots|leftarrow|in|circ"
    r"|approx|le|ge|ne|mathbb\{R\}|infty|to)|[=<>+\-/]|:=)?\s*\Z"
)


def inspect_file(
    path: Path,
    text: str,
    notation: Path | None = None,
    code: bool | Snippets = True,
    strict: bool = False,
    seeds: Sequence[int] = (1, 2),
) -> Checked:
    """Checks a page on disk.

    Args:
        path: The page.
        text: What is written there: it is read once, and that is run and checked.
        notation: A page with the notation table, if it is not `notation.md` beside the page or in a
            folder above it.
        code: See `inspect_page`.
        strict: Whether a definition that nothing restates is a failure.
        seeds: Which draws.

    Returns:
        The report with what stands behind it. If a page that it needs cannot be read, a finding says
        why.
    """
    sources: list[Source] = []
    found = notation or notation_beside(path)
    if found is not None and found.resolve() != path.resolve():
        symbols = _read(found)
        if isinstance(symbols, Finding):
            return _unread(path, text, symbols)
        sources.append(Source(str(found), symbols))
    try:
        earlier = _builds_on(path, text, {path.resolve()})
    except FileNotFoundError as error:
        finding = Finding("page", str(error), 0, 1, ("Correct builds_on in its front matter.",))
        return _unread(path, text, finding)
    return inspect_page(text, str(path), sources, earlier, code, strict, seeds)


def _unread(path: Path, text: str, finding: Finding) -> Checked:
    book = PageModel()
    return Checked(Report(str(path), text, findings=[finding]), book, Samples(book))


def inspect_page(
    text: str,
    path: str = "page.md",
    notation: Sequence[Source] = (),
    builds_on: Sequence[Source] = (),
    code: bool | Snippets = True,
    strict: bool = False,
    seeds: Sequence[int] = (1, 2),
) -> Checked:
    """Checks a page.

    Args:
        text: The page.
        path: Its name, for messages.
        notation: Pages with notation tables, besides the page's own.
        builds_on: Pages whose definitions hold here, earlier ones first.
        code: Whether functions that the page imports or defines are held against its equations; or
            what its snippets have assigned, which is then held against them, too.
        strict: Whether a definition that nothing restates is a failure.
        seeds: Which draws.

    Returns:
        The report with what stands behind it.
    """
    report = Report(path, text)
    earlier = tuple(notation), tuple(builds_on)
    try:
        regions, own = formulas(text), tables(text)
    except MarkdownError as error:
        report.findings.append(Finding("page", str(error), error.offset, error.end, (error.cure,)))
        book = PageModel()
        return Checked(report, book, Samples(book, seeds))
    if own and all(source.text != text for source in notation):
        book, problems = _book(*earlier, text)
    else:
        book, problems = _book_without_own_table(*earlier)
    report.findings += problems
    equations, book = _read_own(text, report, book, regions)
    symbols = NotationBuilder(book.notation)
    report.findings += [_table_finding(one) for one in undeclared_sizes(text, symbols)]
    book = replace(book, notation=symbols.now)
    checker = Samples(book, seeds, equations)
    checked = Checked(report, book, checker, regions=regions)
    checked.again = lambda changed: (
        inspect_page(changed, path, notation, builds_on, code, True, seeds).report
    )
    snippets = None if isinstance(code, bool) else code
    whole = partial(guarded, report.findings.append, 0, 0, "page")
    with whole():
        if snippets is not None:
            checker.example.snippets = SnippetValues(book, snippets.values_at)
        take_numbers(checker)
    _check_statements(checked)
    with whole():
        if code:
            add_witnesses(checked, text, path, snippets, strict=strict)
    with whole():
        _report_untested(checked, strict, asked=bool(code))
    report.findings += unread(text, failing=strict)
    if code:
        report.findings += unrun(text, strict, snippets.uncompared if snippets else ())
    return checked


def _book(
    notation: tuple[Source, ...], builds_on: tuple[Source, ...], text: str = ""
) -> tuple[PageModel, tuple[Finding, ...]]:
    """What is known before a page's own formulas are read.

    Args:
        notation: Pages with notation tables.
        builds_on: Pages whose definitions hold.
        text: The page, for its own notation table.

    Returns:
        The book, and what is wrong with the tables.
    """
    symbols = NotationBuilder()
    findings: list[Finding] = []
    for source in notation:
        findings += _read_source_table(source, symbols)
    findings += map(_table_finding, read_table(text, symbols))
    book = PageModel(symbols.now)
    for source in (*notation, *builds_on):
        book = _read_statements(source, book, only_tables=source in notation)
    return book, tuple(findings)


@lru_cache(maxsize=8)  # the pages of a site build on the same few, and on one more each
def _book_without_own_table(
    notation: tuple[Source, ...], builds_on: tuple[Source, ...]
) -> tuple[PageModel, tuple[Finding, ...]]:
    return _book(notation, builds_on)


# --- sources --------------------------------------------------------------------------------


def _read(path: Path) -> str | Finding:
    try:
        text, wrong = read_page(path)
    except NoPageError as error:
        return Finding("page", str(error), 0, 0)
    if wrong:
        return Finding("page", f"{path}: {wrong[0].message}", 0, 0, wrong[0].notes)
    return text


def _builds_on(path: Path, text: str, seen: set[Path]) -> list[Source]:
    sources: list[Source] = []
    try:
        names = builds_on_names(text)
    except MarkdownError:
        return []
    for name in names:
        other = (path.parent / name).resolve()
        if other in seen:
            continue
        seen.add(other)
        read = _read(other)
        if isinstance(read, Finding):
            raise FileNotFoundError(f"the page builds on {name}, which cannot be read")
        sources += _builds_on(other, read, seen)
        sources.append(Source(str(path.parent / name), read))
    return sources


def _read_source_table(source: Source, symbols: NotationBuilder) -> list[Finding]:
    findings = []
    for problem in read_table(source.text, symbols):
        line, column = Lines(source.text).place(problem.start)
        where = f"{source.path}:{line}:{column}"
        findings.append(Finding(problem.kind, f"{where}: {problem.message}", 0, 0, (problem.cure,)))
    return findings


def _table_finding(problem: TableProblem) -> Finding:
    return Finding(problem.kind, problem.message, problem.start, problem.end, (problem.cure,))


def _read_statements(source: Source, book: PageModel, only_tables: bool) -> PageModel:
    try:
        regions = formulas(source.text)
    except MarkdownError:
        return book
    spans, labels = table_spans(source.text), label_spans(source.text)
    if only_tables:
        regions = [r for r in regions if within(r, spans)]
    regions = [r for r in regions if not within(r, labels) and not _OPERATOR.match(r.body)]
    nothing = (lambda place, formula: None), (lambda place, error: None)
    return read(book, regions, False, *nothing, spans, source.text)


def _read_own(
    text: str, report: Report, book: PageModel, regions: list[Region]
) -> tuple[list[Equation], PageModel]:
    """The equations of the page that are checked, and what is known once they are read."""
    lines = Lines(text)
    labels, spans = label_spans(text), table_spans(text)
    kept: list[Region] = []
    equations: list[Equation] = []
    for region in regions:
        line, column = lines.place(region.start)
        equation = Equation(
            region.start,
            region.end,
            region.body_start,
            region.body,
            region.kind == "display",
            line,
            column,
        )
        report.equations.append(equation)
        if region.unchecked is not None:
            equation.verdict, equation.reason = "unchecked", region.unchecked
            if not region.unchecked:
                equation.findings.append(
                    Finding(
                        "remark",
                        "this remark gives no reason",
                        region.end,
                        region.unchecked_end,
                        ("Write <!-- unchecked: the reason -->.",),
                    )
                )
        elif within(region, labels):
            equation.verdict = "declares"
        elif not _OPERATOR.match(region.body):
            kept.append(region)
            equations.append(equation)

    def parsed(place: int, formula: Formula) -> None:
        equations[place].labels = tuple(name for name, _ in formula.labels)
        equations[place].tree = to_json(formula)

    def failed(place: int, error: Exception) -> None:
        equation = equations[place]
        equation.verdict = "failed"
        offset = equation.body_start
        if not isinstance(error, TexError):
            equation.findings.append(own_mistake(error, offset, offset + len(equation.tex)))
            return
        notes = (error.cure,) if error.cure else ()
        equation.findings.append(
            Finding("read", error.message, offset + error.start, offset + error.end, notes)
        )

    guard = partial(guarded, report.findings.append, 0, 0, "page")
    return equations, read(book, kept, True, parsed, failed, spans, text, guard)


# --- statements -----------------------------------------------------------------------------


def _check_statements(checked: Checked) -> None:
    checker = checked.checker
    worst = ["failed", "skipped", "holds", "defines", "declares", "states", "reads"]
    first: dict[str, int] = dict(checker.example.sizes)
    sizes: dict[int, dict[str, int]] = {}
    for statement in checked.book.statements:
        if not statement.own:
            continue
        equation = checker.equations[statement.place]
        begun = time.perf_counter()
        result = check_statement(checker, statement)
        equation.seconds += time.perf_counter() - begun
        checked.results.append(result)
        sizes[statement.place] = dict(checker.example.sizes)
        first = {**checker.example.sizes, **first}
        equation.instances += result.instances
        equation.difference = max(equation.difference, result.difference)
        equation.roles += (role_played(result),)
        equation.shapes += result.shapes
        equation.witnesses += result.witnesses
        equation.findings += result.findings
        if worst.index(result.verdict) < worst.index(equation.verdict):
            equation.verdict = result.verdict
    with guarded(checked.report.findings.append, 0, 0, "page"):
        blame(checker)
    seen: set[tuple[str, str]] = set()
    given: dict[str, int] = {}
    for number, equation in enumerate(checker.equations):
        place = equation.body_start, equation.body_start + len(equation.tex)
        # A size has the number of its example; before one is given, the first that follows.
        given = sizes.get(number, given)
        with guarded(equation.findings.append, *place):
            equation.symbols = symbol_uses(equation.tex, checked.book, {**first, **given})
        kept = []
        for finding in equation.findings:
            if finding.kind == "known" and finding.message.startswith("unknown symbol"):
                if (finding.kind, finding.message) in seen:
                    continue  # the same unknown symbol is told once
                seen.add((finding.kind, finding.message))
            kept.append(finding)
        equation.findings = kept


_UNUSED = (
    "these numbers are used nowhere",
    "Nothing is worked out from them, and no code confirms them.",
)
_UNWORKED = (
    "this number cannot be worked out from what the page gives",
    "What it is said of is defined: give numbers to the symbols that it is made of.",
)


def _report_untested(checked: Checked, strict: bool, asked: bool) -> None:
    """Tells of definitions that nothing restates.

    Args:
        checked: The page.
        strict: Whether the page fails by them.
        asked: Whether the page's code was asked, too.
    """
    checker = checked.checker
    cure = "A claim that uses it, or a function of the page's code, would test it."
    notes = (cure,) if asked else (cure, "The page's code was not asked (--no-code).")
    # What a failing claim would have tested is told when the claim is mended: no cascade.
    doubted = {one for r in checked.results if r.findings for one in r.used}
    named = {
        use.family
        for equation in checker.equations
        if any(finding.failing for finding in equation.findings)
        for use in equation.symbols
    }
    for definition in untested(checker, checked.results):
        if definition in doubted or checked.book.family(definition.family).tex in named:
            continue
        equation = checker.equations[definition.statement.place]
        offset = equation.body_start
        equation.findings.append(
            Finding(
                "untested",
                "untested definition: nothing restates it",
                offset + definition.left.start,
                offset + definition.left.end,
                notes,
                failing=strict,
            )
        )
    for key, (statement, where) in checker.example.unused.items():
        if key in checker.example.used:
            continue
        equation = checker.equations[statement.place]
        # Unless words assume it, a number for what the page defines is a claim: here one of nothing.
        assumed = statement.mode in ("introduces", "restricts")
        claimed = asked and not assumed and checker.book.find(key) is not None
        message, note = _UNWORKED if claimed else _UNUSED
        start, end = equation.body_start + where.start, equation.body_start + where.end
        failing = strict or claimed
        equation.findings.append(Finding("untested", message, start, end, (note,), failing=failing))


__all__ = [
    "NOTATION_FILE",
    "Checked",
    "NotationError",
    "Source",
    "inspect_file",
    "inspect_page",
]
