"""What statements declare, assume and define, gathered in reading order."""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.book_functions import Functions
from nn3doc.equations.definitions import Definition, Statement
from nn3doc.equations.families import Domain, Family, NotationError, Reference
from nn3doc.equations.matching import pattern
from nn3doc.equations.membership import membership
from nn3doc.equations.notation import Part
from nn3doc.equations.patterns import (
    INVERSES,
    STEPS,
    any_layers,
    as_application,
    assumption,
    is_entry_norm,
    is_member,
    is_numeric,
    is_partial,
    is_pattern,
    stepped_index,
    tex_of,
)
from nn3doc.equations.table import with_membership
from nn3doc.equations.tree import (
    BigOperator,
    Binder,
    Call,
    Listing,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sequence,
    Shaped,
    Sum,
    bare,
    same,
    walk,
)
from nn3doc.equations.values import Key


class Declarations(Functions):
    """Declarations, assumptions and definitions."""

    def _is_index(self, letter: str) -> bool:
        families = self.notation.families.get(letter, [])
        return not families or any(family.kind == "index" for family in families)

    def _declare_sizes(self, *nodes: Node) -> None:
        for node in nodes:
            try:
                self.notation.size(node, {}, declare=True)
            except NotationError:
                continue

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
        if operator == ":=" and is_entry_norm(node):
            self.notation.entry_norm = True
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
                self.notation.size(size, any_layers(size, self.notation), declare=True)
            if said.sequence:
                self._declare_sizes(*said.sequence)
            letter, parts = pattern(symbol, self.notation, frozenset())
            tex = tex_of(letter, parts)
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
        found = assumption(node)
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
            Family(letter, parts, "value", (), tex_of(letter, parts), domains.get(kind, Domain()))
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
        applied = as_application(left)
        if applied is not None and self._is_function(applied[0]):
            function, parameters = applied
            base = function.base if isinstance(function, Scripted) else function
            assert isinstance(base, Name)
            plain = all(isinstance(parameter, Name | Scripted) for parameter in parameters)
            known = self.functions.get(base.letter)
            replaces = known is None or (is_partial(known.right) and not is_partial(right))
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
                Family(letter, parts, "value", None, tex_of(letter, parts), declared=False)
            )
            reference = self.notation.reference(left)
            assert reference is not None
        if (
            reference.rest
            or reference.family.kind != "value"
            or not is_pattern(reference, self.notation)
        ):
            return
        into.setdefault(reference.family.key, []).append(
            Definition(statement, reference.family.key, reference.arguments, reference.row,
                       reference.col, reference.is_entry, left, right)
        )  # fmt: skip
        self._mark_recursion(statement, reference)

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
        inverse = INVERSES.get(left.function.letter)
        symbol = bare(left.arguments[0])
        if inverse is None or not isinstance(symbol, Name | Scripted):
            return None
        if self.notation.reference(symbol) is not None:
            return None
        function = Name(right.start, right.start, inverse)
        return symbol, Call(right.start, right.end, function, (right,))

    def _mark_recursion(self, statement: Statement, reference: Reference) -> None:
        """A symbol defined by itself a step before or after is gone through step by step."""
        family = reference.family
        for inner in walk(statement.node):
            if not isinstance(inner, Scripted):
                continue
            other = self.notation.reference(inner)
            if other is None or other.family.key != family.key:
                continue
            for slot, argument in zip(other.family.slots, other.arguments, strict=True):
                stepped = stepped_index(argument, self.notation)
                if stepped is not None and stepped[1]:
                    self.notation.concrete.add(slot)
                    self._steps.append((family.key, slot, *stepped, statement))

    def _finish(self) -> None:
        """What is known once all is read: the first members of what is defined step by step."""
        for key, slot, letter, step, statement in self._steps:
            family = self.notation.find(key)
            limits = statement.ranges.get(letter) or self.notation.indices.get(letter)
            if limits is None:  # time goes on: a few steps stand for all
                limits = (Number(0, 0, "1"), Number(0, 0, STEPS))
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
                if other.key != family.key and is_member(other, family):
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
