"""A checked page with one formula written otherwise: what the checks say of that.

Only what the change can reach is checked again: the formula's own statements and, where it defines
something, the statements and the code that rest on it. Symbols that nothing defines keep their
values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nn3doc.equations.code import add_witnesses
from nn3doc.equations.model import Definition, PageModel, Statement, claims_of, with_formula
from nn3doc.equations.report import Report
from nn3doc.equations.tex import Formula, TexError, parse
from nn3doc.equations.verdict import Checked, Outcome, Samples, check_statement


@dataclass
class Variant:
    """What the checks say of a changed formula.

    Attributes:
        caught: The first finding's message; "" if the page still passes.
        by: `read`, `known`, …, `elsewhere` (another statement), `code`, `untested`.
        results: What is said of the formula's own statements.
        book: The page as it would be.
        checker: What it is worked out with.
    """

    caught: str
    by: str
    results: list[Outcome]
    book: PageModel
    checker: Samples


class Variants:
    """Changed formulas of one page.

    Args:
        checked: The page as it is.
        path: Its path, for the code it names.
    """

    def __init__(self, checked: Checked, path: str = "page.md") -> None:
        self.checked = checked
        self.again = checked.again
        self.path = path
        self.numbers = checked.checker.example.copy(checked.book)
        self.by_place: dict[int, list[Statement]] = {}
        book = checked.book
        groups = (*book.definitions.values(), *book.updates.values(), book.functions.values())
        self._says = {d.statement for group in groups for d in group}
        self._says |= set(book.assumed_by.values())
        self._says |= {r.statement for r in checked.results if r.verdict == "declares"}
        for statement in checked.book.statements:
            if statement.own:
                self.by_place.setdefault(statement.place, []).append(statement)

    def own(self, place: int, tex: str) -> Variant:
        """What is said of a formula's own statements, were it written as `tex`.

        Args:
            place: Number of the formula among those that are checked.
            tex: The other TeX.
        """
        book = self.checked.book
        try:
            formula = parse(tex, book.notation.lexicon)
        except TexError as error:
            return Variant(error.message, "read", [], book, self.checked.checker)
        claims = self._claims(place, formula)
        if claims is not None:
            checker, statements = self.checked.checker, claims
            checker.example = self.numbers.copy(book)
        else:
            book = with_formula(book, place, formula)
            checker = self._checker(book)
            statements = [s for s in book.statements if s.own and s.place == place]
        results = [check_statement(checker, statement) for statement in statements]
        for result in results:
            if result.findings:
                finding = result.findings[0]
                return Variant(finding.message, finding.kind, results, book, checker)
        return Variant("", "", results, book, checker)

    def whole(self, place: int, tex: str, code: bool = True) -> Variant:
        """What is said of the page, were a formula written as `tex`."""
        outcome = self.own(place, tex)
        if outcome.caught:
            return outcome
        new = {one for result in outcome.results for one in result.defines}
        old = {
            one
            for result in self.checked.results
            if result.statement.place == place
            for one in result.defines
        }
        if any(r.verdict == "declares" or r.gives for r in outcome.results):
            return self._read_again(place, tex, outcome)
        if not new and not old:
            return outcome
        tested: set[Definition] = set()
        # What rests on the old definition comes first: it is likeliest to object.
        for result in sorted(self.checked.results, key=lambda r: old.isdisjoint(r.used)):
            if result.statement.place == place:
                continue
            statement = next(s for s in outcome.book.statements if s is result.statement)
            if result.verdict in ("reads", "states"):
                continue  # it rests on nothing that the formula defines
            again = check_statement(outcome.checker, statement)
            if again.findings or again.verdict == "skipped":
                message = again.findings[0].message if again.findings else "needs what is lost"
                return replace(outcome, caught=message, by="elsewhere")
            tested |= again.used
        found = self._code(outcome) if code else ""
        if found:
            return replace(outcome, caught=found, by="code")
        if not new <= tested | outcome.checker.tested:
            return replace(outcome, caught="untested definition", by="untested")
        return outcome

    def _read_again(self, place: int, tex: str, outcome: Variant) -> Variant:
        """The whole page with the change: what it declares or gives can reach anything."""
        equation = self.checked.checker.equations[place]
        text = self.checked.report.text
        end = equation.body_start + len(equation.tex)
        changed = text[: equation.body_start] + tex + text[end:]
        report = self.again(changed)
        failing = [f for f in report.all_findings if f.failing]
        if failing:
            return replace(outcome, caught=failing[0].message, by="elsewhere")
        return outcome

    def _code(self, outcome: Variant) -> str:
        """What the page's code says against the change."""
        source = self.checked.report
        report = Report(source.path, source.text)
        report.equations = [replace(e, findings=[], witnesses=[]) for e in source.equations]
        variant = Checked(report, outcome.book, outcome.checker)
        variant.results = [
            r
            for r in self.checked.results
            if all(r.statement.place != o.statement.place for o in outcome.results)
        ] + outcome.results
        outcome.checker.equations = [
            report.equations[source.equations.index(e)] for e in self.checked.checker.equations
        ]
        add_witnesses(variant, source.text, self.path, None)
        failing = [f for f in report.all_findings if f.failing]
        return failing[0].message if failing else ""

    def _claims(self, place: int, formula: Formula) -> list[Statement] | None:
        """The statements of a formula that only claims, before and after; None if it does more.

        Then nothing else of the page can change, and all that was worked out can be used again.
        """
        before = self.by_place.get(place, [])
        if any(one in self._says for one in before):
            return None
        return claims_of(self.checked.book, place, formula)

    def _checker(self, book: PageModel) -> Samples:
        if book is self.checked.book:
            return self.checked.checker
        known = self.checked.checker
        checker = Samples(book, known.seeds, known.equations, known.example.copy(book))
        for key in list(checker.example.values):  # what is defined now is worked out
            if book.find(key) is not None and self.checked.book.find(key) is None:
                del checker.example.values[key]
        return checker


__all__ = ["Variant", "Variants"]
