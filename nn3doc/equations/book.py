"""What a page says: its notation, its statements, and which of them define a symbol.

A left side that is seen for the first time is a definition; seen again, it is a claim. The
definitions of a page are gathered before anything is worked out, so that its symbols may be defined
through each other, layer by layer.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from nn3doc.equations.markdown import Region
from nn3doc.equations.notation import (
    Domain,
    Family,
    Notation,
    NotationError,
    Part,
    Reference,
    filled,
    membership,
    pattern,
)
from nn3doc.equations.shapes import Elaborator, spelled
from nn3doc.equations.shapes_operations import as_number
from nn3doc.equations.sizes import ONE, Range, Shape, Size, show
from nn3doc.equations.table import function_family, with_membership
from nn3doc.equations.terms import Term, walk_terms
from nn3doc.equations.tex import parse
from nn3doc.equations.tokens import FUNCTIONS, TexError
from nn3doc.equations.tree import (
    Bars,
    BigOperator,
    Binder,
    Call,
    Cases,
    Condition,
    Formula,
    Group,
    Listing,
    MapType,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sequence,
    Shaped,
    Sum,
    Tuple,
    bare,
    children,
    same,
    walk,
)
from nn3doc.equations.values import Array, Evaluator, Key, reorder


@dataclass(eq=False)
class Statement:
    """One statement of a formula.

    Attributes:
        node: A relation, an expression, or sizes beside a value.
        place: Number of its formula on its page.
        order: Number in all that is read.
        own: Whether it stands on the page that is checked, not on one it builds on.
        ranges: Ranges of indices that the formula itself gives: `l = 1, …, L`.
        conditions: What `\\text{if}` says.
        near: What `\\text{near}` says.
        in_table: Whether it stands in a notation table.
    """

    node: Node
    place: int
    order: int
    own: bool
    ranges: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    conditions: list[Node] = field(default_factory=list)
    near: list[Node] = field(default_factory=list)
    in_table: bool = False


@dataclass(eq=False)
class Definition:
    """A statement's left side, where it is the first of its kind.

    Attributes:
        statement: The statement.
        family: Key of the symbol.
        arguments: What fills its slots.
        row: Index of the row, if it is defined entry by entry.
        col: Index of the column.
        is_entry: Whether it is.
        left: The left side.
        right: The right side.
        parameters: For a function.
    """

    statement: Statement
    family: str
    arguments: tuple[Node, ...]
    row: Node | None
    col: Node | None
    is_entry: bool
    left: Node
    right: Node
    parameters: tuple[Node, ...] = ()


@dataclass
class Function:
    """A function, for the elaborator and for the evaluator."""

    parameters: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    target: Shape
    parameter_names: tuple[str, ...]
    body: Term | None
    indirect: bool = False  # its arguments are in it through other definitions of the page


class DefinitionError(Exception):
    """A definition that another statement needs has a finding of its own."""

    def __init__(self, definition: Definition) -> None:
        super().__init__(definition.family)
        self.definition = definition


class Book:
    """The notation and the definitions that hold for a page."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.statements: list[Statement] = []
        self.definitions: dict[str, list[Definition]] = {}
        self.functions: dict[str, Definition] = {}
        self.updates: dict[str, list[Definition]] = {}
        self.constraints: dict[str, tuple[str, ...]] = {}
        self.eigen: dict[str, tuple[Key, Key]] = {}
        self.assumed_by: dict[str, int] = {}
        self.aliases: dict[str, tuple[str, int]] = {}
        self.problems: dict[int, NotationError | TexError] = {}
        self.current: Statement | None = None
        self._steps: list[tuple[str, str, str, int, Statement]] = []
        self._numeric: list[Statement] = []
        self._whole: set[str] = set()
        self._terms: dict[tuple[int, Key], tuple[Term, Elaborator, Term | None]] = {}
        self._working: set[tuple[int, Key]] = set()
        self._functions_working: set[str] = set()
        self._limits: dict[tuple[int, str], tuple[int, int] | None] = {}
        self._functions: dict[str, Function] = {}
        self._shapes: dict[Key, Shape] = {}
        self._slot_ranges: dict[tuple[str, str], Range] = {}

    # --- reading ----------------------------------------------------------------------------

    def read(
        self, regions: Iterable[Region], own: bool, parsed: Callable[[int, Formula], None],
        failed: Callable[[int, TexError], None], tables: list[tuple[int, int]],
    ) -> None:  # fmt: skip
        """Adds the statements of a page's formulas.

        Args:
            regions: The formulas.
            own: Whether it is the page that is checked.
            parsed: Told of each formula that could be read.
            failed: Told of each that could not.
            tables: From where to where notation tables stand.
        """
        regions = list(regions)
        self._find_functions(regions)
        for place, region in enumerate(regions):
            if region.unchecked is not None:
                continue
            try:
                formula = parse(region.body, self.notation.lexicon)
            except TexError as error:
                failed(place, error)
                continue
            in_table = any(start <= region.start < end for start, end in tables)
            self.add_formula(formula, place, own, in_table)
            parsed(place, formula)
        self._finish()

    def _find_functions(self, regions: list[Region]) -> None:
        """Functions are known before anything is read with them: `f(x) = …`, `f \\colon A \\to B`."""
        for region in regions:
            if region.unchecked is not None:
                continue
            try:
                formula = parse(region.body, self.notation.lexicon)
            except TexError:
                continue
            self._whole.update(_whole_letters(formula))
            if not _MAY_NAME.search(region.body):
                continue
            for statement in formula.statements:
                with contextlib.suppress(NotationError):  # told when the statement is checked
                    self._find_names(statement)

    def _find_names(self, statement: Node) -> None:
        if not isinstance(statement, Relation):
            return
        if statement.operators[0] in ("=", ":=", "in"):
            self._declare_function(statement.sides[0])
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
        if first.letter not in _PREFIXES or self.notation.families.get(first.letter):
            return
        name = Name(first.start, base.end, first.letter + base.letter)
        symbol = replace(last, base=name) if isinstance(last, Scripted) else name
        if self.notation.reference(symbol) is None:
            letter, parts = pattern(symbol, self.notation, frozenset())
            self.notation.add(
                Family(letter, parts, "value", None, _tex_of(letter, parts), declared=False)
            )

    def _declare_function(self, left: Node) -> None:
        applied = _as_application(left)
        if applied is None:
            return
        function, parameters = applied
        base = function.base if isinstance(function, Scripted) else function
        assert isinstance(base, Name)
        if base.letter.removeprefix("\\") in FUNCTIONS:
            return
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
            Family(base.letter, (), "function", None, base.letter, declared=False,
                   python=reference.family.python if reference else "",
                   meaning=reference.family.meaning if reference else "")
        )  # fmt: skip

    def _declare_applied(self, function: Scripted, parameters: tuple[Node, ...]) -> None:
        """`l^{(i)}(w, b) = …`: a value for each i, with the symbols it is made of."""
        if self.notation.reference(function) is not None:
            return
        if any(mark.kind == "transpose" for mark in function.marks):
            return
        try:
            letter, parts = pattern(function, self.notation, frozenset())
        except NotationError:
            return
        family = Family(letter, parts, "value", None, _tex_of(letter, parts), declared=False)
        self.notation.add(family)
        self.notation.applied[family.key] = parameters

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
        self.notation.add(function_family(known, sizes, target))

    def add_formula(self, formula: Formula, place: int, own: bool, in_table: bool = False) -> None:
        """Adds the statements of one formula."""
        ranges: dict[str, tuple[Node, Node]] = {}
        made: list[Statement] = []
        for node in formula.statements:
            condition = node.word if isinstance(node, Condition) else ""
            inner = node.relation if isinstance(node, Condition) else node
            limits = _range_of(inner)
            if limits is not None and self._is_index(limits[0]):
                letter, low, high = limits
                if len(formula.statements) > 1 or condition:
                    ranges[letter] = (low, high)
                if letter not in self.notation.indices and not in_table:
                    self._declare_sizes(low, high)
                    self.notation.indices[letter] = (low, high)
                    self.notation.close_ends()
                if len(formula.statements) == 1:
                    made.append(self._statement(inner, place, own, in_table))
                continue
            if (
                condition in ("if", "when", "whenever", "for")
                and made
                and (condition != "for" or _compares_indices(inner))
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
            made.extend(self._statement(part, place, own, in_table) for part in _without_set(inner))
        for statement in made:
            statement.ranges = ranges
            self.statements.append(statement)
            try:
                self._gather(statement)
            except NotationError as error:
                self.problems[statement.order] = error

    def _statement(self, node: Node, place: int, own: bool, in_table: bool) -> Statement:
        return Statement(node, place, len(self.statements) + 1000 * place, own, in_table=in_table)

    def _is_index(self, letter: str) -> bool:
        families = self.notation.families.get(letter, [])
        return not families or any(family.kind == "index" for family in families)

    def _declare_sizes(self, *nodes: Node) -> None:
        for node in nodes:
            try:
                self.notation.size(node, {}, declare=True)
            except NotationError:
                continue

    # --- declarations and definitions -------------------------------------------------------

    def _gather(self, statement: Statement) -> None:
        node = statement.node
        for inner in walk(node):
            if isinstance(inner, Binder) and isinstance(inner.within, Name):
                if self.notation.reference(inner.within) is None:
                    letter = inner.within.letter
                    self.notation.add(Family(letter, (), "set", (), letter, declared=False))
        if not isinstance(node, Relation):
            return
        operator = node.operators[0]
        if any(isinstance(side, Sequence) for side in node.sides):
            return
        if operator == "subset":
            self._declare_subset(node.sides[0])
        elif operator == "in":
            self._declare(node)
        elif operator == "<-":
            self._gather_definition(statement, self.updates)
        elif operator in ("=", ":=") and self._is_alias(statement, node):
            return
        elif operator in ("=", ":=") and not self._constrain(statement):
            if not self._sizes_only(node):
                self._gather_definition(statement, self.definitions)
        elif operator in (">", "<", ">=", "<=", "!=", "succ", "succeq"):
            self._constrain(statement)

    def _is_alias(self, statement: Statement, node: Relation) -> bool:
        """`g = \\sigma`: from here on any g is the sigmoid."""
        functions = [self.notation.reference(side) for side in node.sides]
        if len(functions) != 2 or any(f is None or f.family.kind != "function" for f in functions):
            return False
        one, other = (f.family.key for f in functions if f is not None)
        if one != other and one not in self.aliases:
            order = statement.order if statement.own else -1
            self.aliases[one] = (other, order)
        return True

    def alias(self, key: str, order: int) -> str:
        """The function that a function is, for a statement that comes with an order."""
        found = self.aliases.get(key)
        return found[0] if found is not None and found[1] < order else key

    def sized(self, sizes: Mapping[str, int]) -> Book:
        """The same page with numbers for sizes; nothing that was worked out is taken over."""
        notation = self.notation.copy()
        notation.numbers.update(sizes)
        book = Book(notation)
        for name in ("statements", "definitions", "functions", "updates", "constraints", "eigen",
                     "assumed_by", "aliases", "problems", "current"):  # fmt: skip
            setattr(book, name, getattr(self, name))
        return book

    def _declare(self, node: Relation) -> None:
        left, right = node.sides[0], node.sides[1]
        symbols = left.items if isinstance(left, Listing) else (left,)
        said = membership(right)
        for symbol in symbols:
            if said is None:
                if isinstance(right, Name) and isinstance(symbol, Name):
                    if self.notation.reference(right) is None:
                        self.notation.add(
                            Family(right.letter, (), "set", (), right.letter, declared=False)
                        )
                    self.notation.index_sets.setdefault(symbol.letter, right.letter)
                continue
            if said.kind == "index" and said.sequence and isinstance(symbol, Name):
                if self._is_index(symbol.letter) and symbol.letter not in self.notation.indices:
                    self._declare_sizes(*said.sequence)
                    self.notation.indices[symbol.letter] = said.sequence
                continue
            if self._known_as_whole(symbol) or not isinstance(symbol, Name | Scripted):
                continue
            for size in said.shape:
                self.notation.size(size, _any_layers(size, self.notation), declare=True)
            if said.sequence:
                self._declare_sizes(*said.sequence)
            letter, parts = pattern(symbol, self.notation, frozenset())
            tex = _tex_of(letter, parts)
            self.notation.add(
                with_membership(Family(letter, parts, "value", (), tex, declared=True), said)
            )

    def _declare_subset(self, symbol: Node) -> None:
        """`\\mathcal{B} \\subset \\{1, \\dots, n\\}` is a set."""
        if isinstance(symbol, Name) and self.notation.reference(symbol) is None:
            self.notation.add(Family(symbol.letter, (), "set", (), symbol.letter, declared=False))

    def _known_as_whole(self, symbol: Node) -> bool:
        reference = self.notation.reference(symbol)
        return reference is not None and (reference.family.declared or not reference.is_entry)

    def _sizes_only(self, node: Relation) -> bool:
        """Whether a relation speaks of sizes, such as `n_0 = n_x`."""
        reference = self.notation.reference(node.sides[0])
        if reference is None or reference.family.kind != "size":
            return False
        for side in node.sides[1:]:
            try:
                number = self.notation.size(side, {}).number
            except NotationError:
                continue
            if number is None or number < 2:
                continue
            try:
                size = self.notation.size(node.sides[0], {})
            except NotationError:
                return True
            if size.number is None:
                self.notation.examples.setdefault(number, size)
                if number > 12:
                    self.notation.literals.setdefault(number, size)
        return True

    def _constrain(self, statement: Statement) -> bool:
        """Takes what a statement assumes of a symbol that nothing defines."""
        node = statement.node
        assert isinstance(node, Relation)
        if len(node.sides) > 3:
            return False
        if self._assume_eigenvector(node):
            return True
        found = _assumption(node)
        if found is None:
            return False
        symbol, kind = found
        reference = self.notation.reference(symbol)
        if reference is None and kind in ("positive", "negative", "real"):
            self._declare_number(symbol, kind)
            return True
        if reference is None or reference.family.kind != "value":
            return False
        if kind == "sums to one":
            kind = self._summed(node.sides[0], reference)
            if not kind:
                return False
        elif reference.is_entry:
            return False
        key = reference.family.key
        known = self.constraints.get(key, ())
        if key in self.definitions or not statement.own:
            return kind in known
        if kind not in known:
            self.constraints[key] = (*known, kind)
            self.assumed_by[key] = id(statement)
        return True

    def _eigen_symbols(self, node: Relation) -> tuple[Key, Key, Key] | None:
        """Matrix, vector and number of `A v = \\lambda v`."""
        left, right = node.sides[0], node.sides[-1]
        if node.operators != ("=",) or not isinstance(left, Product) or not isinstance(
            right, Product
        ):  # fmt: skip
            return None
        if len(left.factors) != 2 or len(right.factors) != 2 or not same(
            left.factors[1], right.factors[1]
        ):  # fmt: skip
            return None
        keys: list[Key] = []
        sizes: list[tuple[Node, ...] | None] = []
        for symbol in (*left.factors, right.factors[0]):
            reference = self.notation.reference(symbol)
            if reference is None or reference.family.kind != "value" or reference.rest or (
                reference.is_entry or reference.family.slots
                or reference.family.key in self.definitions
            ):  # fmt: skip
                return None
            keys.append((reference.family.key, ()))
            sizes.append(reference.family.shape)
        matrix, vector, number = sizes
        square = matrix is not None and len(matrix) == 2 and same(*matrix)
        if not square or vector is None or len(vector) != 2 or number != ():
            return None
        return keys[0], keys[1], keys[2]

    def _assume_eigenvector(self, node: Relation) -> bool:
        found = self._eigen_symbols(node)
        if found is None or found[0][0] in self.eigen:
            return False
        self.eigen[found[0][0]] = found[1:]
        return True

    def _declare_number(self, symbol: Node, kind: str) -> None:
        """`c > 0` says that c is a number, too."""
        letter, parts = pattern(symbol, self.notation, frozenset())
        domains = {"positive": Domain(low=0.0), "negative": Domain(high=0.0)}
        self.notation.add(
            Family(letter, parts, "value", (), _tex_of(letter, parts), domains.get(kind, Domain()))
        )

    def _summed(self, node: Node, reference: Reference) -> str:
        """Over which axis of a symbol `\\sum_k p_k = 1` runs; "" if it is not over one of them."""
        index = node.binders[0].index if isinstance(node, BigOperator) else None
        ends = (reference.row, reference.col)
        for place, end in zip((-2, -1), ends, strict=True):
            if end is not None and index is not None and same(end, index):
                return f"sums to one {place}"
        slots = [
            argument for slot, argument in zip(reference.family.slots, reference.arguments,
                                               strict=True)
            if slot not in self.notation.concrete
        ]  # fmt: skip
        for place, argument in enumerate(slots):
            if index is not None and same(argument, index):
                return f"sums to one {place}"
        return ""

    def _gather_definition(
        self, statement: Statement, into: dict[str, list[Definition]], numeric: bool = False
    ) -> None:
        node = statement.node
        assert isinstance(node, Relation)
        left, right = node.sides[0], node.sides[1]
        applied = _as_application(left)
        if applied is not None and self._is_function(applied[0]):
            function, parameters = applied
            base = function.base if isinstance(function, Scripted) else function
            assert isinstance(base, Name)
            plain = all(isinstance(parameter, Name | Scripted) for parameter in parameters)
            known = self.functions.get(base.letter)
            replaces = known is None or (_is_partial(known.right) and not _is_partial(right))
            if plain and replaces and isinstance(function, Name):
                self._define_function(statement, base.letter, parameters, left, right)
            return
        if applied is not None and self._is_applied(applied[0]):
            left = applied[0]
            for parameter in applied[1]:
                if self.notation.reference(parameter) is None and isinstance(parameter, Name):
                    self.notation.add(
                        Family(parameter.letter, (), "value", (), parameter.letter, declared=False)
                    )
        elif (inverted := self._inverted(left, right)) is not None:
            left, right = inverted
        left = left.inner if isinstance(left, Shaped) else left
        if not isinstance(left, Name | Scripted):
            return
        if is_numeric(right) and not numeric:
            if into is self.definitions:
                self._numeric.append(statement)
            if self.notation.reference(left) is not None:
                return
        reference = self.notation.reference(left)
        named = reference is not None and any(
            mark.kind in ("prime", "star") for mark in reference.rest
        )
        if reference is None or (named and into is self.definitions):
            if into is self.updates:
                return
            base = left.base if isinstance(left, Scripted) else left
            if not isinstance(base, Name) or (
                isinstance(left, Scripted) and any(mark.kind == "transpose" for mark in left.marks)
            ):
                return
            letter, parts = pattern(left, self.notation, frozenset())
            parts = self._without_entries(letter, parts, statement.node)
            self.notation.add(
                Family(letter, parts, "value", None, _tex_of(letter, parts), declared=False)
            )
            reference = self.notation.reference(left)
            assert reference is not None
        if reference.rest or reference.family.kind != "value" or not _is_pattern(reference, self):
            return
        into.setdefault(reference.family.key, []).append(
            Definition(statement, reference.family.key, reference.arguments, reference.row,
                       reference.col, reference.is_entry, left, right)
        )  # fmt: skip
        self._mark_recursion(statement, reference, right)

    def _without_entries(
        self, letter: str, parts: tuple[Part, ...], node: Node
    ) -> tuple[Part, ...]:
        """`p_k = …` defines p entry by entry, where the page writes p for the whole."""
        if letter not in self._whole or self.notation.families.get(letter):
            return parts
        ends = [part for part in parts if part.place == "sub" and part.slot]
        subscripts = [part for part in parts if part.place == "sub"]
        if not 1 <= len(ends) <= 2 or len(subscripts) != len(ends) or any(
            part.slot in self.notation.concrete for part in ends
        ):  # fmt: skip
            return parts
        for inner in walk(node):  # defined step by step
            if isinstance(inner, Scripted) and isinstance(inner.base, Name) and (
                inner.base.letter == letter
                and not all(isinstance(item, Name | Number | Product) for item in inner.sub)
            ):  # fmt: skip
                return parts
        return tuple(part for part in parts if part not in ends)

    def _is_applied(self, node: Node) -> bool:
        reference = self.notation.reference(node)
        return reference is not None and reference.family.key in self.notation.applied

    def _inverted(self, left: Node, right: Node) -> tuple[Node, Node] | None:
        """`\\cos \\theta = r` says what an unknown θ is."""
        if not isinstance(left, Call) or not isinstance(left.function, Name):
            return None
        inverse = _INVERSES.get(left.function.letter)
        symbol = bare(left.arguments[0])
        if inverse is None or not isinstance(symbol, Name | Scripted):
            return None
        if self.notation.reference(symbol) is not None:
            return None
        function = Name(right.start, right.start, inverse)
        return symbol, Call(right.start, right.end, function, (right,))

    def _mark_recursion(self, statement: Statement, reference: Reference, right: Node) -> None:
        """A symbol defined by itself a step before or after is gone through step by step."""
        family = reference.family
        for inner in (*walk(right), *walk(statement.node)):
            if not isinstance(inner, Scripted):
                continue
            other = self.notation.reference(inner)
            if other is None or other.family.key != family.key:
                continue
            for slot, argument in zip(other.family.slots, other.arguments, strict=True):
                stepped = _stepped_index(argument, self.notation)
                if stepped is not None and stepped[1]:
                    self.notation.concrete.add(slot)
                    self._steps.append((family.key, slot, *stepped, statement))

    def _finish(self) -> None:
        """What is known once all is read: the first members of what is defined step by step."""
        for key, slot, letter, step, statement in self._steps:
            family = self.notation.find(key)
            limits = statement.ranges.get(letter) or self.notation.indices.get(letter)
            if limits is None:  # time goes on: a few steps stand for all
                limits = (Number(0, 0, "1"), Number(0, 0, _STEPS))
                self.notation.indices[letter] = limits
            if family is None or not isinstance(limits[0], Number):
                continue
            low, high = self.notation.slot_range(family, slot) or limits
            first = int(limits[0].text) + step
            if isinstance(low, Number) and first < int(low.text):
                low = replace(low, text=str(max(first, 0)))
            if step > 0 and same(high, limits[1]) and limits[1] is not None:
                one = Number(high.start, high.end, str(step))
                high = Sum(high.start, high.end, (high, one), (1, 1))
            others = tuple(said for said in family.ranges if said[0] != slot)
            self.notation.add(replace(family, ranges=(*others, (slot, low, high))))
        recursive = {step[0] for step in self._steps}
        self._steps = []
        if recursive:
            self._join_first_members(recursive)
        self.notation.close_ends()

    def _join_first_members(self, recursive: set[str]) -> None:
        """`h_0` is a member of `h_t`, also where it was met first; `v_0 = 0` defines it."""
        found = [self.notation.find(key) for key in recursive]
        for family in [one for one in found if one is not None]:
            for other in list(self.notation.families[family.letter]):
                if other.key != family.key and _is_member(other, family):
                    self.notation.remove(other)
                    for definition in self.definitions.pop(other.key, []):
                        self._gather_definition(definition.statement, self.definitions)
        for statement in self._numeric:
            node = statement.node
            assert isinstance(node, Relation)
            reference = self.notation.reference(node.sides[0])
            if reference is not None and reference.family.key in recursive:
                known = self.definitions.get(reference.family.key, [])
                if all(definition.statement is not statement for definition in known):
                    self._gather_definition(statement, self.definitions, numeric=True)
        self._numeric = []

    def _is_function(self, node: Node) -> bool:
        reference = self.notation.reference(node)
        return reference is not None and reference.family.kind == "function"

    def _define_function(
        self, statement: Statement, letter: str, parameters: tuple[Node, ...], left: Node,
        right: Node,
    ) -> None:  # fmt: skip
        family = next(f for f in self.notation.families[letter] if f.kind == "function")
        domains = [domain for domain, _ in family.source or ()]
        for place, parameter in enumerate(parameters):
            if self.notation.reference(parameter) is None and isinstance(parameter, Name):
                domain = domains[place] if place < len(domains) else Domain()
                self.notation.add(
                    Family(parameter.letter, (), "value", (), parameter.letter, domain,
                           declared=False)
                )  # fmt: skip
        places = [*(left.sub if isinstance(left, Scripted) else ()), None, None]
        self.functions[letter] = Definition(
            statement, family.key, (), places[0], places[1], False, left, right, parameters
        )

    # --- for the elaborator -----------------------------------------------------------------

    def shape_of(self, family: Family, arguments: tuple[int | None, ...], node: Node) -> Shape:
        """See `shapes.Definitions`."""
        key = (family.key, arguments)
        if key in self._shapes:
            return self._shapes[key]
        if family.shape is not None:
            layers = {
                slot: value
                for slot, value in zip(family.slots, arguments, strict=True)
                if value is not None
            }
            shape = as_number(tuple(self.notation.size(size, layers) for size in family.shape))
        else:
            found = self.find(key)
            if found is None:
                raise NotationError(
                    f"nothing says what {family.tex} is",
                    node,
                    "Declare it in the notation table or by \\in, or define it by =.",
                )
            term, elaborator, _ = self.elaborated(found, key)
            shape = self._entry_shape(found, elaborator) if found.is_entry else term.shape
        self._shapes[key] = shape
        return shape

    def _entry_shape(self, definition: Definition, elaborator: Elaborator) -> Shape:
        """The shape of what is defined entry by entry: how far the indices of the entry run."""
        sizes: list[Size] = []
        for node in (definition.row, definition.col):
            index = elaborator.free.get(node.letter) if isinstance(node, Name) else None
            if node is None:
                sizes.append(ONE)
            elif index is None or index.range is None:
                raise NotationError("nothing says how far this index runs", node,
                                    "Declare the symbol by \\in.")  # fmt: skip
            else:
                sizes.append(index.range.high)
        return as_number((sizes[0], sizes[1]))

    def shape_of_key(self, key: Key) -> Shape:
        """The shape of a symbol that has been met."""
        family = self.family(key[0])
        return self.shape_of(family, key[1], Name(0, 0, family.letter))

    def slot_range(self, family: Family, slot: str) -> Range | None:
        """Over what an index slot runs, where a definition says it."""
        if (family.key, slot) in self._slot_ranges:
            return self._slot_ranges[family.key, slot]
        if family.declared:
            return None
        for definition in self.definitions.get(family.key, ()):
            place = family.slots.index(slot)
            letter = definition.arguments[place]
            if not isinstance(letter, Name):
                continue
            key = (family.key, tuple(None for _ in family.slots))
            if (id(definition), key) in self._working:
                return None
            _, elaborator, _ = self.elaborated(definition, key)
            index = elaborator.free.get(letter.letter)
            if index is not None and index.range is not None:
                self._slot_ranges[family.key, slot] = index.range
                return index.range
        return None

    def slot_sizes(self, key: Key) -> tuple[Size, ...]:
        """See `values.Book`."""
        family = self.family(key[0])
        elaborator = Elaborator(self, {})
        sizes = []
        for slot, value in zip(family.slots, key[1], strict=True):
            if value is None:
                range_ = elaborator.slot_range(family, slot)
                sizes.append(range_.high)
        return tuple(sizes)

    def function(self, letter: str, node: Node) -> Function:
        """See `shapes.Definitions`."""
        if letter in self._functions:
            return self._functions[letter]
        family = next(f for f in self.notation.families[letter] if f.kind == "function")
        definition = self.functions.get(letter)
        if definition is None:
            if family.source is None:
                one = Name(node.start, node.end, "x")
                return self._remember(letter, Function((one,), ((),), (), (), ("x",), None))
            shapes = tuple(
                as_number(tuple(self.notation.size(size, {}) for size in sizes))
                for _, sizes in family.source
            )
            target = as_number(tuple(self.notation.size(size, {}) for size in family.target))
            names = tuple(f"x{place}" for place in range(len(shapes)))
            nodes = tuple(Name(node.start, node.end, name) for name in names)
            return self._remember(letter, Function(nodes, shapes, target, target, names, None))
        found = []
        for place, parameter in enumerate(definition.parameters):
            reference = self.notation.reference(parameter)
            if family.source is not None and place < len(family.source):
                sizes = family.source[place][1]
                found.append(as_number(tuple(self.notation.size(size, {}) for size in sizes)))
            elif reference is not None and not reference.is_entry and all(
                isinstance(argument, Number) for argument in reference.arguments
            ):  # fmt: skip
                found.append(self.shape_of(reference.family, self._plain(reference), parameter))
            else:
                found.append(())
        names = tuple(spelled(parameter) for parameter in definition.parameters)
        formals = {
            name: Term("formal", (), shape, parameter, name)
            for name, shape, parameter in zip(names, found, definition.parameters, strict=True)
        }
        if letter in self._functions_working:
            raise NotationError(f"{letter} is defined through itself", definition.right)
        self._functions_working.add(letter)
        try:
            elaborator = Elaborator(self, {}, f"f{letter}", formals, {})
            body = elaborator.term(definition.right)
            body, entries = self._by_entries(definition, elaborator, body)
            unbound = [i for i in elaborator.free.values() if i.letter not in entries]
            if unbound:
                raise NotationError(
                    f"the index {unbound[0].letter} is free on the right",
                    unbound[0].node,
                    "Make it an argument, or sum over it.",
                )
            through = self._reached_parameters(definition, body)
            self._hold_parameters(definition, body, through)
        except NotationError as error:
            if definition.statement is self.current:
                raise
            raise DefinitionError(definition) from error
        finally:
            self._functions_working.discard(letter)
        return self._remember(
            letter,
            Function(definition.parameters, tuple(found), body.shape, body.shape, names, body,
                     bool(through)),
        )  # fmt: skip

    def _by_entries(
        self, definition: Definition, elaborator: Elaborator, body: Term
    ) -> tuple[Term, set[str]]:
        """The whole of a function that is defined entry by entry: `f(z)_i = …`."""
        entries = {
            node.letter for node in (definition.row, definition.col) if isinstance(node, Name)
        }
        if not entries:
            return body, entries
        shape = self._entry_shape(definition, elaborator)
        row, col = (
            elaborator.free.get(node.letter) if isinstance(node, Name) else None
            for node in (definition.row, definition.col)
        )
        bound = {index.name for index in (row, col) if index is not None}
        whole = Term("unfold", (body,), shape, definition.right, (row, col), body.indices - bound)
        return whole, entries

    def _remember(self, letter: str, function: Function) -> Function:
        self._functions[letter] = function
        return function

    def _plain(self, reference: Reference) -> tuple[int | None, ...]:
        values: list[int | None] = []
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            concrete = slot in self.notation.concrete
            values.append(self.notation.integer(argument, {}) if concrete else None)
        return tuple(values)

    def _hold_parameters(self, definition: Definition, body: Term, through: set[str]) -> None:
        """The arguments of a function are what its right side uses."""
        used = {term.data for term in walk_terms(body) if term.operation == "formal"} | through
        for parameter in definition.parameters:
            if spelled(parameter) not in used:
                raise NotationError(
                    "this argument does not occur on the right",
                    parameter,
                    "Leave it out, or write the argument that is meant.",
                )

    def _reached_parameters(self, definition: Definition, body: Term) -> set[str]:
        """The arguments that the right side has through other definitions: w in `J(w) = \\sum_i p_i`."""
        wanted: dict[str, str] = {}
        for parameter in definition.parameters:
            reference = self.notation.reference(parameter)
            if reference is not None and reference.family.kind == "value":
                wanted[reference.family.key] = spelled(parameter)
        reached: set[str] = set()
        seen: set[Key] = set()
        stack = [body]
        while stack:
            for term in walk_terms(stack.pop()):
                if term.operation != "family" or term.data in seen:
                    continue
                seen.add(term.data)
                if term.data[0] in wanted:
                    reached.add(wanted[term.data[0]])
                found = self.find(term.data)
                if found is not None:
                    stack.append(self.elaborated(found, term.data)[0])
        return reached

    def is_assumption(self, statement: Statement) -> bool:
        """Whether a statement is what the page assumes of a symbol."""
        node = statement.node
        if isinstance(node, Relation) and (symbols := self._eigen_symbols(node)) is not None:
            return self.eigen.get(symbols[0][0]) == symbols[1:]
        found = _assumption(node) if isinstance(node, Relation) else None
        if found is None:
            return False
        reference = self.notation.reference(found[0])
        if reference is None or reference.family.key in self.definitions:
            return False
        if found[1] in ("positive", "negative", "real") and reference.family.shape == () and (
            reference.family.domain == _SIGNED[found[1]]
        ):  # fmt: skip
            return True
        known = self.constraints.get(reference.family.key, ())
        return any(kind.startswith(found[1]) for kind in known)

    def is_defined(self, family: Family) -> bool:
        """See `shapes.Definitions`."""
        return family.key in self.definitions

    def is_elementwise(self, term: Term, by: Term) -> bool:
        """See `shapes.Definitions`."""
        return self._dependence(term, by, 0) == "entry"

    def _dependence(self, term: Term, by: Term, depth: int) -> str:
        """How a term depends on a symbol: `none`, `entry` by entry, or `mixed`."""
        if depth > 60:
            return "mixed"
        if term.operation == by.operation and term.data == by.data and term.operation in (
            "family", "formal"
        ):  # fmt: skip
            return "entry"
        if term.operation == "family":
            found = self.find(term.data)
            if found is None:
                return "none"
            if found.is_entry:
                return self._entry_dependence(found, term.data, by, depth)
            return self._dependence(self.elaborated(found, term.data)[0], by, depth + 1)
        parts = [self._dependence(argument, by, depth + 1) for argument in term.arguments]
        if all(part == "none" for part in parts):
            return "none"
        entrywise = term.operation in (
            "add",
            "multiply",
            "divide",
            "apply",
            "power",
            "extreme",
            "call",
            "cases",
        )
        if entrywise and "mixed" not in parts:
            same_shape = all(
                argument.shape == by.shape
                for argument, part in zip(term.arguments, parts, strict=True)
                if part == "entry"
            )
            return "entry" if same_shape else "mixed"
        return "mixed"

    def _entry_dependence(self, found: Definition, key: Key, by: Term, depth: int) -> str:
        body = self.elaborated(found, key)[0]
        at = (found.row, found.col)

        def look(term: Term) -> str:
            if term.operation == "gather":
                inner = self._dependence(term.arguments[0], by, depth + 1)
                if inner == "none":
                    return "none"
                places = term.arguments[1:]
                wanted = [node for node in at if node is not None]
                own = len(places) == len(wanted) and all(
                    place.operation == "index" and isinstance(node, Name)
                    and place.data.letter == node.letter
                    for place, node in zip(places, wanted, strict=True)
                )  # fmt: skip
                return inner if own else "mixed"
            if term.operation in ("family", "formal"):
                return self._dependence(term, by, depth + 1)
            parts = [look(argument) for argument in term.arguments]
            if all(part == "none" for part in parts):
                return "none"
            if "mixed" in parts or term.operation in ("sum", "prod", "max", "min", "matmul"):
                return "mixed"
            return "entry"

        return look(body)

    # --- definitions for values -------------------------------------------------------------

    def family(self, key: str) -> Family:
        """See `values.Book`."""
        family = self.notation.find(key)
        assert family is not None
        return family

    def find(self, key: Key, updates: bool = False) -> Definition | None:
        """The definition of one member of a family: the first that fits it."""
        for definition in (self.updates if updates else self.definitions).get(key[0], ()):
            if self.layers_for(definition, key) is not None:
                if updates or not self._circular(definition, key):
                    return definition
        return None

    def _circular(self, definition: Definition, key: Key) -> bool:
        """A left side that its own right side already depends on is a claim."""
        memo = self.__dict__.setdefault("_circles", {})
        place = (id(definition), key)
        if place not in memo:
            memo[place] = False
            memo[place] = self._reaches(definition, key)
        return bool(memo[place])

    def _reaches(self, definition: Definition, goal: Key) -> bool:
        try:
            stack = [self._read(definition, goal)[0]]
        except (NotationError, DefinitionError):
            return False
        seen: set[Key] = set()
        called: set[str] = set()
        while stack:
            for term in walk_terms(stack.pop()):
                if term.operation == "call":
                    body = self.function_definition(term.data[0]).body
                    if body is not None and term.data[0] not in called:
                        called.add(term.data[0])
                        stack.append(body)
                if term.operation != "family" or term.data in seen:
                    continue
                if term.data == goal:
                    return True
                seen.add(term.data)
                earlier = [
                    other for other in self.definitions.get(term.data[0], ())
                    if other.statement.order < definition.statement.order
                    and self.layers_for(other, term.data) is not None
                ]  # fmt: skip
                if earlier:
                    try:
                        stack.append(self._read(earlier[0], term.data)[0])
                    except (NotationError, DefinitionError):
                        continue
        return False

    def layers_for(self, definition: Definition, key: Key) -> dict[str, int] | None:
        """The layers for which a definition speaks of a member of a family."""
        layers: dict[str, int] = {}
        family = self.family(key[0])
        for slot, node, value in zip(family.slots, definition.arguments, key[1], strict=True):
            if slot not in self.notation.concrete or value is None:
                continue
            stepped = _stepped_index(node, self.notation)
            if stepped is not None:
                letter, step = stepped
                layers[letter] = value - step
                limits = definition.statement.ranges.get(letter)
                if limits is not None:
                    low, high = (self.notation.integer(limit, {}) for limit in limits)
                    if not low <= value - step <= high:
                        return None
                if not self.exists(definition, letter, value - step):
                    return None
            else:
                try:
                    if self.notation.integer(node, {}) != value:
                        return None
                except NotationError:
                    return None
        return layers

    def exists(self, definition: Definition, letter: str, value: int) -> bool:
        """Whether every symbol of a definition exists for a layer."""
        place = (id(definition), letter)
        if place not in self._limits:
            node = definition.statement.node
            self._limits[place] = layer_limits(node, letter, self.notation)
        limits = self._limits[place]
        return limits is None or limits[0] <= value <= limits[1]

    def elaborated(self, definition: Definition, key: Key) -> tuple[Term, Elaborator, Term | None]:
        """The meaning of a definition's right side for one member of its family."""
        term, elaborator, left = self._read(definition, key)
        if left is not None and left.shape != term.shape:
            if definition.statement is not self.current:
                raise DefinitionError(definition)
            raise NotationError(
                f"the left side is {show(left.shape)}, this is {show(term.shape)}",
                definition.right,
                "Both sides have one shape.",
                "fits",
            )
        return term, elaborator, left

    def _read(self, definition: Definition, key: Key) -> tuple[Term, Elaborator, Term | None]:
        """The same, whether or not the two sides fit."""
        place = (id(definition), key)
        if place in self._terms:
            return self._terms[place]
        if place in self._working:
            raise NotationError("this symbol is defined through itself", definition.left)
        self._working.add(place)
        try:
            layers = self.layers_for(definition, key) or {}
            term, elaborator, left = self._both_sides(definition, layers, jacobian=False)
            if left is not None and left.shape != term.shape:
                term, elaborator, left = self._both_sides(definition, layers, jacobian=True)
            self._hold_indices(definition, elaborator, term)
        except NotationError as error:
            if definition.statement is self.current:
                raise
            raise DefinitionError(definition) from error
        finally:
            self._working.discard(place)
        self._terms[place] = (term, elaborator, left)
        return self._terms[place]

    def _both_sides(
        self, definition: Definition, layers: Mapping[str, int], jacobian: bool
    ) -> tuple[Term, Elaborator, Term | None]:
        ranges = self.ranges(definition.statement, layers)
        uid = f"d{definition.statement.order}"
        elaborator = Elaborator(self, layers, uid, None, ranges, jacobian)
        left = None
        if self.family(definition.family).shape is not None:
            left = elaborator.term(definition.left)
        return elaborator.term(definition.right), elaborator, left

    def _hold_indices(self, definition: Definition, elaborator: Elaborator, term: Term) -> None:
        written = {
            node.letter
            for argument in (*definition.arguments, definition.row, definition.col)
            if argument is not None
            for node in walk(argument)
            if isinstance(node, Name)
        }
        for index in elaborator.free.values():
            if index.letter not in written and index.name in term.indices:
                raise NotationError(
                    f"the index {index.letter} is free on the right and not on the left",
                    index.node,
                    "Sum over it, or add it on the left.",
                )

    def ranges(self, statement: Statement, layers: Mapping[str, int]) -> dict[str, Range]:
        """The ranges that a formula gives its indices."""
        found = {}
        for letter, (low, high) in statement.ranges.items():
            if letter not in layers:
                found[letter] = Range(
                    self.notation.size(low, layers), self.notation.size(high, layers)
                )
        return found

    def definition(self, key: Key) -> tuple[Term, Callable[[Evaluator, Array], Tensor]] | None:
        """See `values.Book`."""
        found = self.find(key)
        if found is None:
            return None
        term = self.elaborated(found, key)[0]
        return term, lambda evaluator, array: self.assemble(found, key, evaluator, array)

    def assemble(
        self, definition: Definition, key: Key, evaluator: Evaluator, array: Array
    ) -> Tensor:
        """Puts a right side's value together as a symbol's: index slots, then rows and columns."""
        family = self.family(key[0])
        names = [
            node.letter
            for node, value in zip(definition.arguments, key[1], strict=True)
            if value is None and isinstance(node, Name)
        ]
        ends = [node for node in (definition.row, definition.col) if node is not None]
        entry_names = [node.letter for node in ends if isinstance(node, Name)]
        wanted = (*names, *entry_names)
        tensor = self._from_one(definition, key, evaluator, reorder(array, wanted), len(names))
        sizes = [evaluator.size(size) for size in self.slot_sizes(key)]
        shape = [evaluator.size(s) for s in (self.shape_of_key(key) or (ONE, ONE))]
        if not definition.is_entry:
            return tensor.expand(*sizes, *shape)
        if definition.row is not None and definition.col is not None:
            tensor = tensor.squeeze(-1).squeeze(-1)
        elif definition.row is not None:
            if family.shape is not None and len(family.shape) == 2 and tensor.shape[-2:] == (1, 1):
                tensor = tensor.squeeze(-1)
            else:
                tensor = tensor.squeeze(-1)
        else:
            tensor = tensor.squeeze(-1).mT if tensor.shape[-1] == 1 else tensor.squeeze(-2)
        return tensor.expand(*sizes, *shape)

    def _from_one(
        self, definition: Definition, key: Key, evaluator: Evaluator, tensor: Tensor, count: int
    ) -> Tensor:
        """Room for the members before the first one that is defined: `y_i`, i = 2, …, n."""
        free = self.elaborated(definition, key)[1].free
        written = [node.letter for node, value in zip(definition.arguments, key[1], strict=True)
                   if value is None and isinstance(node, Name)]  # fmt: skip
        for axis, letter in enumerate(written[:count]):
            index = free.get(letter)
            if index is None or index.range is None or tensor.shape[axis] == 1:
                continue
            before = evaluator.size(index.range.low) - 1
            if before > 0:
                shape = [*tensor.shape[:axis], before, *tensor.shape[axis + 1 :]]
                tensor = torch.cat([tensor.new_zeros(shape), tensor], dim=axis)
        return tensor

    def function_definition(self, key: str) -> Function:
        """See `values.Book`."""
        family = self.family(key)
        return self.function(family.letter, Name(0, 0, family.letter))


def layer_limits(node: Node, letter: str, notation: Notation) -> tuple[int, int] | None:
    """For which values of a concrete index every symbol of a statement exists."""
    low: int | None = None
    high: int | None = None
    for inner in _outermost(node):
        reference = notation.reference(inner)
        if reference is None:
            continue
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            if slot not in notation.concrete:
                continue
            offset = _offset(argument, letter)
            limits = notation.slot_range(reference.family, slot)
            if offset is None or limits is None:
                continue
            first, last = (notation.integer(limit, {}) - offset for limit in limits)
            low = first if low is None else max(low, first)
            high = last if high is None else min(high, last)
    return None if low is None or high is None else (low, high)


def concrete_letters(node: Node, notation: Notation) -> list[str]:
    """The letters that fill a concrete slot somewhere in a statement and are bound by no sum."""
    bound = {
        binder.index.letter
        for binder in walk(node)
        if isinstance(binder, Binder) and isinstance(binder.index, Name)
    }
    found: dict[str, None] = {}
    for inner in _outermost(node):
        reference = notation.reference(inner)
        if reference is None:
            continue
        for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
            if slot in notation.concrete:
                for name in walk(argument):
                    if isinstance(name, Name) and name.letter not in bound:
                        families = notation.families.get(name.letter, [])
                        if not families or any(f.kind == "index" for f in families):
                            found[name.letter] = None
    return list(found)


def _outermost(node: Node) -> Iterator[Node]:
    for inner in walk(node):
        if isinstance(inner, Scripted | Name):
            yield inner


def _offset(node: Node, letter: str) -> int | None:
    """The c where a slot is filled with `l + c`; None where l is not in it."""
    node = bare(node)
    if isinstance(node, Name):
        return 0 if node.letter == letter else None
    if not any(isinstance(name, Name) and name.letter == letter for name in walk(node)):
        return None
    if isinstance(node, Sum):
        offset = 0
        for term, sign in zip(node.terms, node.signs, strict=True):
            if isinstance(term, Number) and term.text.isdigit():
                offset += sign * int(term.text)
            elif not (isinstance(term, Name) and term.letter == letter and sign == 1):
                return None
        return offset
    return None


def _without_set(node: Node) -> list[Node]:
    """`A = B \\in S` says two things: that A is B, and in which set it is."""
    if not isinstance(node, Relation) or len(node.operators) < 2 or node.operators[-1] != "in":
        return [node]
    last = node.sides[-2]
    return [
        Relation(node.start, last.end, node.sides[:-1], node.operators[:-1]),
        Relation(last.start, node.end, node.sides[-2:], ("in",)),
    ]


def _whole_letters(node: Node) -> set[str]:
    """The letters that a formula writes without a subscript."""
    found: set[str] = set()

    def look(inner: Node) -> None:
        if isinstance(inner, Name):
            found.add(inner.letter)
        elif isinstance(inner, Scripted):
            if not inner.sub or not isinstance(inner.base, Name):
                look(inner.base)
            for part in (*inner.sub, *(mark.value for mark in inner.marks)):
                if part is not None:
                    look(part)
        else:
            for child in children(inner):
                look(child)

    look(node)
    return found


def _compares_indices(node: Node) -> bool:
    """`i \\ne j`: for which values of the indices something is said."""
    return (
        isinstance(node, Relation)
        and set(node.operators) <= {"!=", "<", ">", "<=", ">="}
        and (all(isinstance(side, Name | Number | Sum) for side in node.sides))
    )


def _range_of(node: Node) -> tuple[str, Node, Node] | None:
    """`l = 1, …, L` or `l \\in \\{1, …, L\\}`."""
    if not isinstance(node, Relation) or len(node.operators) != 1:
        return None
    left, right = node.sides
    if not isinstance(left, Name):
        return None
    if node.operators[0] == "=" and isinstance(right, Sequence):
        return left.letter, right.first, right.last
    if node.operators[0] == "in" and (said := membership(right)) and said.sequence:
        return left.letter, *said.sequence
    return None


def _is_partial(node: Node) -> bool:
    """Whether a definition by cases leaves some out: a later one for all of them replaces it."""
    return (
        isinstance(node, Cases)
        and node.conditions[-1] is not None
        and all(
            isinstance(condition, Relation) and condition.operators == ("=",)
            for condition in node.conditions
        )
    )


def _as_application(node: Node) -> tuple[Node, tuple[Node, ...]] | None:
    """The function and the arguments of `f(x)`, however it was read."""
    if isinstance(node, Scripted) and isinstance(node.base, Call) and not node.marks:
        node = node.base  # f(x)_i: entry by entry
    if isinstance(node, Call) and isinstance(node.function, Name | Scripted):
        return node.function, node.arguments
    if isinstance(node, Shaped) and isinstance(node.inner, Name | Scripted):
        return node.inner, node.sizes.items
    if isinstance(node, Product) and node.operation == "juxtaposition" and len(node.factors) == 2:
        function, argument = node.factors
        if isinstance(function, Name | Scripted) and isinstance(argument, Group):
            return function, (argument.inner,)
        if isinstance(function, Name | Scripted) and isinstance(argument, Tuple):
            return function, argument.items
    return None


def _is_pattern(reference: Reference, book: Book) -> bool:
    """Whether a left side is a symbol with plain indices, each once."""
    letters: list[str] = []
    for node in (*reference.arguments, reference.row, reference.col):
        if isinstance(node, Name):
            letters.append(node.letter)
        elif node in (reference.row, reference.col) and node is not None:
            return False
        elif (
            node is not None and not isinstance(node, Number)
            and _stepped_index(node, book.notation) is None
        ):  # fmt: skip
            families = [n for n in walk(node) if isinstance(n, Name)]
            if any(not book.notation.families.get(n.letter) for n in families):
                return False
    return len(set(letters)) == len(letters)


def _is_member(member: Family, family: Family) -> bool:
    """Whether one symbol is another with numbers in its slots."""
    return len(member.parts) == len(family.parts) and all(
        one == other
        or (other.slot and one.place == other.place and one.fixed.strip("()").isdigit())
        for one, other in zip(member.parts, family.parts, strict=True)
    )


def _stepped_index(node: Node, notation: Notation) -> tuple[str, int] | None:
    """The index in a slot and how many steps further it is: `t + 1`; None where there is none."""
    for name in walk(node):
        if isinstance(name, Name):
            families = notation.families.get(name.letter)
            if families and not any(family.kind == "index" for family in families):
                return None
            offset = _offset(node, name.letter)
            return None if offset is None else (name.letter, offset)
    return None


def is_numeric(node: Node) -> bool:
    """Whether an expression has numbers in it and no symbols."""
    numbers = False
    for inner in walk(node):
        if isinstance(inner, Name) and inner.letter not in ("e", r"\pi") and not (
            inner.letter.startswith("\\") and re.fullmatch(r"\\(log|ln|exp|sqrt)", inner.letter)
        ):  # fmt: skip
            return False
        numbers = numbers or isinstance(inner, Number)
    return numbers


def _assumption(node: Relation) -> tuple[Node, str] | None:
    """What a relation assumes: `Q = Q^\\top`, `\\|v\\| = 1`, `x > 0`, `Q \\succ 0`, `\\sum_k p_k = 1`."""
    left, right = node.sides[0], node.sides[-1]
    operator = node.operators[0]
    if operator == "=" and len(node.sides) == 2:
        for one, other in ((left, right), (right, left)):
            if isinstance(other, Scripted) and [m.kind for m in other.marks] == ["transpose"]:
                if not other.sub and same(other.base, one):
                    return one, "symmetric"
        inner = left.base if isinstance(left, Scripted) else left
        one_ = isinstance(right, Number) and float(right.text) == 1
        if isinstance(inner, Bars) and inner.double and one_:
            if isinstance(inner.inner, Name | Scripted):
                return inner.inner, "unit"
        if isinstance(left, BigOperator) and left.operator == "sum" and one_:
            if isinstance(left.body, Name | Scripted) and len(left.binders) == 1:
                return left.body, "sums to one"
        return None
    if operator in ("succ", "succeq") and isinstance(left, Name | Scripted):
        return left, "positive definite"
    zero = isinstance(right, Number) and float(right.text) == 0
    if isinstance(left, Name | Scripted) and zero and len(node.sides) == 2:
        kinds = {">": "positive", ">=": "positive", "<": "negative", "<=": "negative",
                 "!=": "real"}  # fmt: skip
        return (left, kinds[operator]) if operator in kinds else None
    return None


_STEPS = "3"
_PREFIXES = frozenset(["d", r"\mathrm{d}", r"\Delta", r"\delta"])
_MAY_NAME = re.compile(r"\(|to\b|d|\\Delta|\\delta")
_INVERSES = {
    r"\log": r"\exp", r"\ln": r"\exp", r"\exp": r"\log", r"\cos": r"\arccos", r"\sin": r"\arcsin",
    r"\tan": r"\arctan",
}  # fmt: skip
_SIGNED = {"positive": Domain(low=0.0), "negative": Domain(high=0.0), "real": Domain()}


def _any_layers(node: Node, notation: Notation) -> dict[str, int]:
    return dict.fromkeys(notation.concrete, 1)


def _tex_of(letter: str, parts: tuple[Part, ...]) -> str:
    family = Family(letter, parts, "value", (), letter)
    return filled(family, family.slots)


__all__ = ["Book", "Definition", "Statement", "concrete_letters", "is_numeric", "layer_limits",
           "replace"]  # fmt: skip
