"""What a page says: its notation, its statements, and which of them define a symbol.

A left side that is seen for the first time is a definition; seen again, it is a claim. The
definitions of a page are gathered before anything is worked out, so that its symbols may be defined
through each other, layer by layer.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from nn3doc.equations.meaning import spelled
from nn3doc.equations.model.declarations import Declarations
from nn3doc.equations.model.definitions import Definition, Statement
from nn3doc.equations.model.patterns import (
    MAY_NAME,
    PREFIXES,
    as_application,
    compares_indices,
    concrete_letters,
    is_numeric,
    layer_limits,
    range_of,
    tex_of,
    whole_letters,
    without_set,
)
from nn3doc.equations.model.roles import Mode, Prose, Words, assumptions, is_constant, may_redefine
from nn3doc.equations.notation import Family, NotationError, function_family, membership, pattern
from nn3doc.equations.tex import (
    FUNCTIONS,
    Condition,
    Formula,
    MapType,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Shaped,
    TexError,
    bare,
    inverse_letter,
    is_inverse,
    joined,
    parse,
)
from nn3doc.equations.text import Region, scan


class Book(Declarations):
    """The notation and the definitions that hold for a page."""

    def read(
        self,
        regions: Iterable[Region],
        own: bool,
        parsed: Callable[[int, Formula], None],
        failed: Callable[[int, Exception], None],
        tables: list[tuple[int, int]],
        text: str = "",
    ) -> None:
        """Adds the statements of a page's formulas.

        Args:
            regions: The formulas.
            text: The page, for the words in front of them.
            own: Whether it is the page that is checked.
            parsed: Told of each formula that could be read.
            failed: Told of each that could not.
            tables: From where to where notation tables stand.
        """
        regions = list(regions)
        self.regions = regions
        self.prose = Prose(text, scan(text)) if text else None
        lost = self._find_functions(regions)
        for place, region in enumerate(regions):
            if region.unchecked is not None:
                continue
            try:
                if place in lost:
                    raise lost[place]
                formula = parse(region.body, self.notation.lexicon)
                in_table = any(start <= region.start < end for start, end in tables)
                self.add_formula(formula, place, own, in_table)
                parsed(place, formula)
            except Exception as error:  # what is no TexError is a mistake of the checker
                failed(place, error)
        self._finish()

    def _find_functions(self, regions: list[Region]) -> dict[int, Exception]:
        """Functions are known before anything is read with them: `f(x) = …`, `f \\colon A \\to B`.

        Returns:
            Mistakes of the checker, by the number of the formula.
        """
        lost: dict[int, Exception] = {}
        for place, region in enumerate(regions):
            if region.unchecked is not None:
                continue
            try:
                self._find_names_in(region)
            except TexError:
                continue  # told when it is read
            except Exception as error:
                lost[place] = error
        for family in list(self.notation.all()):  # f^{(2)}, met before f was known as a function
            if self._is_derivative(family):
                self.notation.remove(family)
        return lost

    def _find_names_in(self, region: Region) -> None:
        formula = parse(region.body, self.notation.lexicon)
        self._whole.update(whole_letters(formula))
        if not MAY_NAME.search(region.body):
            return
        for statement in formula.statements:
            with contextlib.suppress(NotationError):  # told when the statement is checked
                self._find_names(statement, self._words(region, statement).mode)

    def _words(self, region: Region | None, node: Node) -> Words:
        """What the words in front of a statement make of it."""
        if self.prose is None or region is None:
            return Words()
        return self.prose.words(region, node.start)

    def _find_names(self, statement: Node, mode: Mode) -> None:
        if not isinstance(statement, Relation):
            return
        if statement.operators[0] in ("=", ":=", "in"):
            self._declare_function(statement, mode)
            self._declare_long_name(statement.sides[0])
        elif isinstance(statement.sides[1], MapType):
            self._declare_map(statement)

    def _declare_long_name(self, left: Node) -> None:
        """`dz = …`, `\\Delta w = …`: one name, where d or Δ alone is nothing on this page."""
        if not isinstance(left, Product) or left.operation != "juxtaposition":
            return
        first, *others = left.factors
        last = others[0]
        base = last.base if isinstance(last, Scripted) else last
        if len(others) != 1 or not isinstance(base, Name) or not isinstance(first, Name):
            return
        if first.letter not in PREFIXES or self.notation.families.get(first.letter):
            return
        name = Name(first.start, base.end, joined((first.letter, base.letter)))
        symbol = replace(last, base=name) if isinstance(last, Scripted) else name
        if self.notation.reference(symbol) is None:
            letter, parts = pattern(symbol, self.notation, frozenset())
            self.notation.add(
                Family(letter, parts, "value", None, tex_of(letter, parts), declared=False)
            )

    def _declare_function(self, statement: Relation, mode: Mode) -> None:
        applied = as_application(statement.sides[0])
        if applied is None:
            return
        function, parameters = applied
        if (inverse := self._inverse_of(function)) is not None:
            function = inverse
        base = function.base if isinstance(function, Scripted) else function
        if not isinstance(base, Name) or base.letter.removeprefix("\\") in FUNCTIONS:
            return
        if is_constant(base) and not may_redefine(base, statement.operators[0], mode):
            return  # `\pi (x + 1) = …` is a product
        letters = {spelled(parameter) for parameter in parameters}
        if len(letters) != len(parameters) or not all(
            isinstance(parameter, Name | Scripted) for parameter in parameters
        ):
            return
        if isinstance(function, Scripted):
            self._declare_applied(function, parameters)
            return
        reference = self.notation.reference(function)
        if reference is not None and reference.family.kind == "function":
            return
        if reference is not None and not all(self._is_symbol(p) for p in parameters):
            return
        self.notation.add(
            Family(
                base.letter,
                (),
                "function",
                None,
                base.letter,
                declared=False,
                python=reference.family.python if reference else "",
                meaning=reference.family.meaning if reference else "",
            )
        )

    def _is_derivative(self, family: Family) -> bool:
        """Whether what was taken for a value `f^{(2)}(x)` is the derivative of a function."""
        orders = [part.place == "paren" and part.fixed[1:-1].isdigit() for part in family.parts]
        known = (
            f.kind == "function" and not f.parts for f in self.notation.families[family.letter]
        )
        applied = family.key in self.notation.applied and not family.declared
        return applied and orders == [True] and any(known)

    def _inverse_of(self, function: Node) -> Name | None:
        """`f^{-1}(y) = …` defines a function of its own, where f is one."""
        if not is_inverse(function):
            return None
        assert isinstance(function, Scripted)
        assert isinstance(function.base, Name)
        reference = self.notation.reference(function.base)
        if reference is None or reference.family.kind != "function":
            return None
        return Name(function.start, function.end, inverse_letter(function.base.letter))

    def _declare_applied(self, function: Scripted, parameters: tuple[Node, ...]) -> None:
        """`l^{(i)}(w, b) = …`: a value for each i, with the symbols it is made of."""
        if self.notation.reference(function) is not None:
            return
        if any(
            mark.kind == "transpose" or (mark.kind == "power" and isinstance(mark.value, Number))
            for mark in function.marks
        ):
            return  # an operation on what is known without it
        try:
            letter, parts = pattern(function, self.notation, frozenset())
        except NotationError:
            return
        family = Family(letter, parts, "value", None, tex_of(letter, parts), declared=False)
        self.notation.add_applied(family, parameters)

    def _is_symbol(self, node: Node) -> bool:
        reference = self.notation.reference(node)
        return reference is None or reference.family.kind == "value"

    def _declare_map(self, statement: Relation) -> None:
        left, kind = statement.sides
        assert isinstance(kind, MapType)
        if not isinstance(left, Name):
            return
        source = bare(kind.source)
        factors = source.factors if isinstance(source, Product) else (source,)
        found = [membership(factor) for factor in factors]
        target = membership(kind.target)
        if target is None or any(one is None for one in found):
            return
        known = Family(left.letter, (), "function", None, left.letter)
        sizes = [one for one in found if one is not None]
        for said in (*sizes, target):
            for size in said.shape:
                self.notation.size(size, {}, declare=True)
        family = function_family(known, sizes, target)
        before = self.notation.find(family.key)
        if before is not None and before.kind == "function" and before.source is not None:
            return  # a second declaration is compared with the first
        self.notation.add(family)
        self.introduced[family.key] = -2

    def add_formula(self, formula: Formula, place: int, own: bool, in_table: bool = False) -> None:
        """Adds the statements of one formula."""
        ranges: dict[str, tuple[Node, Node]] = {}
        made: list[Statement] = []
        for node in formula.statements:
            condition = node.word if isinstance(node, Condition) else ""
            inner = node.relation if isinstance(node, Condition) else node
            limits = range_of(inner)
            region = self._region(place)
            words = Words("introduces") if in_table else self._words(region, node)
            if limits is not None and self._is_index(limits[0]):
                letter, low, high = limits
                if len(formula.statements) > 1 or condition:
                    ranges[letter] = (low, high)
                if letter not in self.notation.indices and not in_table:
                    self._declare_sizes(low, high)
                    self.notation.indices[letter] = (low, high)
                    self.notation.close_ends()
                if len(formula.statements) == 1:
                    made.append(self._statement(inner, place, own, in_table, words))
                continue
            if (
                condition in ("if", "when", "whenever", "for")
                and made
                and (condition != "for" or compares_indices(inner))
            ):
                made[-1].conditions.append(inner)
                continue
            if (
                condition in ("near", "around", "close")
                and made
                and not (isinstance(inner, Relation) and inner.operators == ("in",))
            ):
                made[-1].near.append(inner)
                continue
            if (
                region is not None
                and isinstance(inner, Relation)
                and assumptions(inner)
                and words.mode
            ):
                for one in self._listed(made, inner.start, region):  # `a, b > 0` is said of both
                    one.node = replace(
                        inner, start=one.node.start, sides=(one.node, *inner.sides[1:])
                    )
            made.extend(
                self._statement(part, place, own, in_table, words) for part in without_set(inner)
            )
        region = self._region(place)
        for statement, after in itertools.pairwise([*made, None]):
            if region is not None and statement is not None:
                end = after.node.start if after is not None else statement.node.end
                self._read_arrow(statement, region.body[statement.node.end : end])
        for before, statement in itertools.pairwise([None, *made]):
            assert statement is not None
            statement.ranges = ranges
            statement.order = len(self.statements) + 1000 * place
            self.statements.append(statement)
            try:
                if before is not None and region is not None:
                    between = region.body[before.node.end : statement.node.start]
                    _hold_line(before.node, statement.node, between)
                    if not isinstance(before.node, Relation) and r"\text" in between:
                        statement.words = Words(
                            "concludes"
                        )  # `a \text{ plus } b = …` is one sentence
                self._gather(statement)
            except NotationError as error:
                self.problems[statement.order] = error

    def _region(self, place: int) -> Region | None:
        """The formula with a number, on the page that is read."""
        if self.prose is None or place >= len(self.regions):
            return None
        return self.regions[place]

    def _read_arrow(self, statement: Statement, behind: str) -> None:
        """`x > 0 \\implies |x| = x`: for its formula only; `\\iff` claims both, and gives nothing."""
        if re.search(r"\\(?:iff|Leftrightarrow)\b", behind):
            statement.words = Words("concludes")
        elif re.search(r"\\(?:implies|Rightarrow|Longrightarrow)\b", behind) and (
            statement.mode != "introduces"
        ):
            statement.words = Words("restricts", -1)

    def _listed(self, made: list[Statement], start: int, region: Region) -> list[Statement]:
        """The symbols directly in front of a statement, with nothing but commas between."""
        found: list[Statement] = []
        for statement in reversed(made):
            node = statement.node
            between = region.body[node.end : start]
            if not isinstance(node, Name | Scripted) or between.strip(" \\;:!\n") != ",":
                break
            found.append(statement)
            start = node.start
        return found

    def _statement(
        self, node: Node, place: int, own: bool, in_table: bool, words: Words
    ) -> Statement:
        region = self._region(place)
        sentence = section = -1
        if self.prose is not None and region is not None:
            sentence = self.prose.sentence(region.start)
            section = self.prose.section(region.start)
        general = self.prose is not None and region is not None and self.prose.is_general(region)
        return Statement(
            node,
            place,
            1000 * place,
            own,
            in_table=in_table,
            words=words,
            sentence=sentence,
            general=general,
            section=section,
        )

    def is_assumption(self, statement: Statement) -> bool:
        """Whether a statement is what the page assumes of a symbol."""
        return statement.role == "assumption"

    def copy(self) -> Book:
        """The same book, to be added to without changing this one; it shares what is said."""
        book = Book(self.notation.copy(apart=True))
        for name in (*_SAID, "_steps", "_numeric", "_whole"):
            setattr(book, name, _copied(getattr(self, name)))
        return book

    def without(self, definitions: Iterable[Definition]) -> Book:
        """The same page without some of its definitions; nothing worked out is taken over."""
        gone = {id(definition) for definition in definitions}
        book = self.sized({})
        kept = {
            key: [d for d in group if id(d) not in gone] for key, group in self.definitions.items()
        }
        book.definitions = {key: group for key, group in kept.items() if group}
        book.functions = {k: d for k, d in self.functions.items() if id(d) not in gone}
        return book

    def sized(self, sizes: Mapping[str, int]) -> Book:
        """The same page with numbers for sizes; nothing that was worked out is taken over."""
        notation = self.notation.copy()
        notation.numbers.update(sizes)
        book = Book(notation)
        for name in _SAID:
            setattr(book, name, getattr(self, name))
        book.current = self.current
        return book


def _hold_line(before: Node, node: Node, between: str) -> None:
    """A line of a derivation has a relation, or goes on with a sign.

    Behind an `&` it begins with it: there `b \\\\ &= c` would say nothing of what stands above b.
    """
    behind_mark = between.rpartition("\\\\")[2].count("&") % 2 == 1
    if (
        isinstance(before, Relation)
        and (behind_mark or not isinstance(node, Relation | Shaped | Condition))
        and "\\\\" in between
        and not re.search(r"\\(?:text|mbox|quad|qquad)\b", between)
    ):
        raise NotationError(
            "this line has no relation",
            node,
            "Write = or another relation in front of it; a line that goes on begins with + or -.",
            "read",
        )


_SAID = (
    "statements",
    "definitions",
    "functions",
    "updates",
    "constraints",
    "eigen",
    "assumed_by",
    "assumed",
    "introduced",
    "declared_sets",
    "parameters",
    "aliases",
    "problems",
    "prose",
    "regions",
)


def _copied(value: Any) -> Any:
    """Lists, sets and dictionaries anew, and those in dictionaries; all else is shared."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return type(value)(value) if isinstance(value, list | set) else value


__all__ = [
    "Book",
    "Definition",
    "Statement",
    "concrete_letters",
    "is_numeric",
    "layer_limits",
    "replace",
]
