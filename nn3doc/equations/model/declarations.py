"""What statements declare, assume and define, gathered in reading order."""

from __future__ import annotations

from dataclasses import replace

from nn3doc.equations.meaning import Key
from nn3doc.equations.model.definitions import Assumption, Definition, Statement
from nn3doc.equations.model.functions import Functions
from nn3doc.equations.model.patterns import (
    INVERSES,
    STEPS,
    as_application,
    is_entry_norm,
    is_member,
    is_numeric,
    is_partial,
    is_pattern,
    stepped_index,
    symbols_in,
    tex_of,
)
from nn3doc.equations.model.roles import (
    DRAWN,
    NUMBERS_ONLY,
    SIGNED,
    Assumed,
    assumptions,
    is_constant,
    may_redefine,
)
from nn3doc.equations.notation import (
    Domain,
    Family,
    Membership,
    NotationError,
    Part,
    Reference,
    any_layers,
    membership,
    pattern,
    with_membership,
)
from nn3doc.equations.tex import (
    BigOperator,
    Binder,
    Call,
    Derivative,
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
            statement.role = "mention"
            return
        operator = node.operators[0]
        if operator == ":=" and is_entry_norm(node):
            self.notation.entry_norm = True
        if any(isinstance(side, Sequence) for side in node.sides):
            statement.role = "declaration"
        elif operator == "subset":
            statement.role = "declaration"
            self._declare_subset(node.sides[0])
        elif operator == "in":
            statement.role = "declaration"
            self._declare(node, statement)
        elif operator == "colon":
            statement.role = "declaration"
        elif operator == "<-" or self._is_update(statement):
            statement.role = "update"
            self._gather_definition(statement, self.updates)
        elif operator in ("=", ":=") and self._is_alias(statement, node):
            statement.role = "definition"
        elif self._assume(statement):
            statement.role = "assumption"
        elif operator in ("=", ":=") and not self._sizes_only(node):
            self._gather_definition(statement, self.definitions)

    def _is_update(self, statement: Statement) -> bool:
        """`w := w - \\alpha g`; `w = w - \\alpha g` of a symbol that has a value."""
        node = statement.node
        assert isinstance(node, Relation)
        if node.operators not in (("=",), (":=",)):
            return False
        left, right = node.sides
        reference = self.notation.reference(left)
        if reference is None or reference.family.kind != "value" or reference.rest:
            return False
        if node.operators == ("=",) and (
            statement.mode == "concludes"
            or not isinstance(bare(right), Sum)
            or not (reference.family.declared or reference.family.key in self.definitions)
        ):
            return False
        return any(self._is_same(reference, inner) for inner in symbols_in(right))

    def _is_same(self, reference: Reference, node: Node) -> bool:
        """Whether a symbol on the page is the same as another, powers and transposes aside."""
        other = self.notation.reference(node)
        if other is None or other.family.key != reference.family.key:
            return False
        ends = zip(
            (*reference.arguments, reference.row, reference.col),
            (*other.arguments, other.row, other.col),
            strict=True,
        )
        return all(one is two or same(one, two) for one, two in ends)

    def _is_alias(self, statement: Statement, node: Relation) -> bool:
        """`g = \\sigma`: from here on any g is the sigmoid."""
        functions = [self.notation.reference(side) for side in node.sides]
        if len(functions) != 2 or any(f is None or f.family.kind != "function" for f in functions):
            return False
        one, other = (f.family for f in functions if f is not None)
        known = self.aliases.get(one.key, ("", 0))[0]
        if known == other.key or one.key == other.key:
            return True
        if known or one.letter in self.functions or statement.mode == "concludes":
            self.problems[statement.order] = NotationError(
                "two functions are compared, not their values",
                node,
                f"Write {one.tex}(x) = {other.tex}(x).",
                "holds",
            )
            return True
        order = statement.order if statement.own else -1
        self.aliases[one.key] = (other.key, order)
        return True

    def _declare(self, node: Relation, statement: Statement) -> None:
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
                self._narrow(symbol, said, node, statement)
                continue
            for size in said.shape:
                self.notation.size(size, any_layers(size, self.notation), declare=True)
            if said.sequence:
                self._declare_sizes(*said.sequence)
            letter, parts = pattern(symbol, self.notation, frozenset())
            tex = tex_of(letter, parts)
            family = with_membership(Family(letter, parts, "value", (), tex, declared=True), said)
            self._introduce(self.notation.add(family), statement)

    def _narrow(self, symbol: Node, said: Membership, node: Relation, statement: Statement) -> None:
        """`for t \\in (0, 1)` of a declared number: some of its values."""
        reference = self.notation.reference(symbol)
        if reference is None or not reference.family.declared or not statement.mode:
            return
        family, domain = reference.family, said.domain
        inside = family.domain.low <= domain.low and domain.high <= family.domain.high
        if (
            statement.mode == "concludes"
            or said.shape
            or family.shape
            or domain.values
            or family.domain.values
            or domain == family.domain
            or not inside
            or family.key in self.definitions
            or family.kind != "value"
        ):
            return
        sides: list[Node] = [symbol]
        operators: list[str] = []
        if domain.low > float("-inf"):
            sides, operators = [_number(domain.low, node), *sides], [*operators, "<"]
        if domain.high < float("inf"):
            sides, operators = [*sides, _number(domain.high, node)], [*operators, "<"]
        relation = Relation(symbol.start, node.end, tuple(sides), tuple(operators))
        in_sentence = statement.mode == "restricts"
        keys = frozenset([family.key])
        self.assumed.append(Assumption(statement, keys, "compared", relation, in_sentence))

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

    def _assume(self, statement: Statement) -> bool:
        """Takes what a statement assumes of symbols that nothing defines, if its words let it."""
        node = statement.node
        assert isinstance(node, Relation)
        if len(node.sides) > 3 or statement.mode == "concludes":
            return False
        if statement.mode and self._assume_eigenvector(node):
            return True
        found = assumptions(node)
        references = [self.notation.reference(one.symbol) for one in found]
        kinds = {one.family.kind for one in references if one is not None}
        if not found or not kinds <= {"value", "size"}:
            return False
        new = [one for one, known in zip(found, references, strict=True) if known is None]
        if new:
            if len(new) < len(found) or any(one.kind not in NUMBERS_ONLY for one in new):
                return False
            for one in new:
                self._declare_number(one, statement)
            return True
        if not statement.mode:
            return False
        made: list[Assumption] = []
        for one, reference in zip(found, references, strict=True):
            assert reference is not None
            if reference.family.key in self.definitions or reference.rest:
                return False
            kind = one.kind
            if kind == "sums to one":
                kind = self._summed(node.sides[0], reference)
            if not kind or not self._take(one, kind, reference, statement, made):
                return False
        self.assumed += made
        return True

    def _take(
        self,
        one: Assumed,
        kind: str,
        reference: Reference,
        statement: Statement,
        made: list[Assumption],
    ) -> bool:
        """Takes one thing that is assumed of one symbol: for its draws, or for what is compared."""
        family, node = reference.family, statement.node
        assert isinstance(node, Relation)
        if family.kind == "size" and kind not in (*NUMBERS_ONLY, "compared"):
            return False
        ends = (*reference.arguments, *(end for end in (reference.row, reference.col) if end))
        whole = all(isinstance(end, Name) for end in ends)
        together = statement.in_table or (
            self.introduced.get(family.key, -1) == statement.sentence >= 0
        )
        if kind == "between" and whole and together and not family.domain.values:
            low = max(one.low, family.domain.low)
            high = min(one.high, family.domain.high)
            if low >= high:
                raise NotationError(
                    "these bounds leave no number", node, "Correct one of its bounds.", "holds"
                )
            self.declared_sets.setdefault(family.key, family.domain)
            self.notation.add(replace(family, domain=replace(family.domain, low=low, high=high)))
            return True
        if kind in DRAWN and whole and together and family.kind == "value":
            before = self.constraints.get(family.key, ())
            if kind not in before:
                self.constraints[family.key] = (*before, kind)
                self.assumed_by[family.key] = id(statement)
            return True
        if kind in NUMBERS_ONLY or kind == "compared":
            entries = not reference.is_entry and family.shape not in ((), None)
            if not entries and not any(isinstance(end, Name) for end in ends):
                kind = "compared"
            elif kind not in SIGNED or not whole:
                return False  # a condition on every entry that draws do not know
        keys = frozenset([family.key])
        if kind == "compared":
            known = [self.notation.reference(inner) for inner in symbols_in(node)]
            keys = frozenset(one.family.key for one in known if one is not None)
        in_sentence = statement.mode == "restricts" and not together
        made.append(Assumption(statement, keys, kind, node, in_sentence))
        return True

    def constraints_at(self, statement: Statement | None) -> dict[str, tuple[str, ...]]:
        """How symbols are drawn for a statement; without one, as the page has them at its end."""
        found = dict(self.constraints)
        for one in self.assumed:
            if one.kind == "compared":
                continue
            if (
                one.reaches(statement, self.assumed)
                if statement is not None
                else not one.in_sentence
            ):
                for key in one.keys:
                    found[key] = (*found.get(key, ()), one.kind)
        return found

    def conditions_at(self, statement: Statement) -> list[Assumption]:
        """What is assumed where a statement stands, and is compared with each draw."""
        return [
            one
            for one in self.assumed
            if one.kind == "compared" and one.reaches(statement, self.assumed)
        ]

    def _eigen_symbols(self, node: Relation) -> tuple[Key, Key, Key] | None:
        """Matrix, vector and number of `A v = \\lambda v`."""
        left, right = node.sides[0], node.sides[-1]
        if (
            node.operators != ("=",)
            or not isinstance(left, Product)
            or not isinstance(right, Product)
        ):
            return None
        if (
            len(left.factors) != 2
            or len(right.factors) != 2
            or not same(left.factors[1], right.factors[1])
        ):
            return None
        keys: list[Key] = []
        sizes: list[tuple[Node, ...] | None] = []
        for symbol in (*left.factors, right.factors[0]):
            reference = self.notation.reference(symbol)
            if (
                reference is None
                or reference.family.kind != "value"
                or reference.rest
                or (
                    reference.is_entry
                    or reference.family.slots
                    or reference.family.key in self.definitions
                )
            ):
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

    def _declare_number(self, one: Assumed, statement: Statement) -> None:
        """`c > 0` says that c is a number, too."""
        letter, parts = pattern(one.symbol, self.notation, frozenset())
        low, high = SIGNED.get(one.kind, (one.low, one.high))
        reference = self.notation.reference(one.symbol)
        if reference is not None:  # the other end of `0 < p < 1`
            low = max(low, reference.family.domain.low)
            high = min(high, reference.family.domain.high)
        tex = tex_of(letter, parts)
        family = self.notation.add(Family(letter, parts, "value", (), tex, Domain(low, high)))
        self._introduce(family, statement)
        if one.kind in DRAWN:
            self.constraints[family.key] = (*self.constraints.get(family.key, ()), one.kind)
            self.assumed_by[family.key] = id(statement)

    def _introduce(self, family: Family, statement: Statement) -> None:
        self.introduced[family.key] = statement.sentence if statement.own else -2

    def _summed(self, node: Node, reference: Reference) -> str:
        """Over which axis of a symbol `\\sum_k p_k = 1` runs; "" if it is not over one of them."""
        index = node.binders[0].index if isinstance(node, BigOperator) else None
        ends = (reference.row, reference.col)
        for place, end in zip((-2, -1), ends, strict=True):
            if end is not None and index is not None and same(end, index):
                return f"sums to one {place}"
        slots = [
            argument
            for slot, argument in zip(reference.family.slots, reference.arguments, strict=True)
            if slot not in self.notation.concrete
        ]
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
            declared = self.notation.reference(base)
            claims = (
                statement.mode in ("concludes", "restricts")
                and node.operators[0] == "="
                and declared is not None
                and declared.family.key in self.introduced
            )
            if plain and replaces and isinstance(function, Name) and not claims:
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
            self._implicit.append((statement, left))
        left = left.inner if isinstance(left, Shaped) else left
        if not isinstance(left, Name | Scripted):
            return
        if is_numeric(right, self.notation) and not numeric:
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
            if is_constant(left) and not may_redefine(left, node.operators[0], statement.mode):
                return
            if not isinstance(base, Name) or (
                isinstance(left, Scripted) and any(mark.kind == "transpose" for mark in left.marks)
            ):
                return
            letter, parts = pattern(left, self.notation, frozenset())
            if any(part.place == "power" and part.fixed.isdigit() for part in parts):
                self._powers.append(left)
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
        if into is self.definitions and not self._may_define(reference, statement):
            return
        statement.role = "update" if into is self.updates else "definition"
        into.setdefault(reference.family.key, []).append(
            Definition(
                statement,
                reference.family.key,
                reference.arguments,
                reference.row,
                reference.col,
                reference.is_entry,
                left,
                right,
            )
        )
        self._mark_recursion(statement, reference)

    def _may_define(self, reference: Reference, statement: Statement) -> bool:
        """A symbol that the text declares is any of its set: "then $a = b$" says more of it."""
        node = statement.node
        assert isinstance(node, Relation)
        return (
            statement.mode not in ("concludes", "restricts")
            or node.operators[0] == ":="
            or reference.family.key not in self.introduced
        )

    def _without_entries(
        self, letter: str, parts: tuple[Part, ...], node: Node
    ) -> tuple[Part, ...]:
        """`p_k = …` defines p entry by entry, where the page writes p for the whole."""
        if letter not in self._whole or self.notation.families.get(letter):
            return parts
        ends = [part for part in parts if part.place == "sub" and part.slot]
        subscripts = [part for part in parts if part.place == "sub"]
        if (
            not 1 <= len(ends) <= 2
            or len(subscripts) != len(ends)
            or any(part.slot in self.notation.concrete for part in ends)
        ):
            return parts
        for inner in walk(node):  # defined step by step
            if (
                isinstance(inner, Scripted)
                and isinstance(inner.base, Name)
                and (
                    inner.base.letter == letter
                    and not all(isinstance(item, Name | Number | Product) for item in inner.sub)
                )
            ):
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
        if inverse is None or not isinstance(symbol, Name | Scripted) or is_constant(symbol):
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

    def _know_parameters(self) -> None:
        """A parameter is a symbol of the page once something outside its function is said with it.

        That is a call, `\\sigma'(x) = …`, a derivative by it, or a word: "for a number $x$".
        """
        for letter, (domain, definitions) in self.parameters.items():
            if self.notation.reference(Name(0, 0, letter)) is not None:
                continue
            if any(self._speaks_of(other, letter, definitions) for other in self.statements):
                family = Family(letter, (), "value", (), letter, domain, declared=False)
                self.notation.add(family)

    def _speaks_of(self, statement: Statement, letter: str, definitions: list[Statement]) -> bool:
        node = statement.node
        if isinstance(node, Name):
            return node.letter == letter
        if statement in definitions:
            assert isinstance(node, Relation)
            if len(node.sides) > 2:  # its second step is a claim
                return True
            looked: tuple[Node, ...] = ()
        else:
            looked = (node,)
        for inner in (inner for part in looked for inner in walk(part)):
            given: list[Node] = []
            applied = as_application(inner)
            if applied is not None:
                base = applied[0].base if isinstance(applied[0], Scripted) else applied[0]
                if self._is_function(base) or isinstance(inner, Call):
                    given += applied[1]
            elif isinstance(inner, Derivative):
                given += inner.by
            if any(isinstance(n, Name) and n.letter == letter for g in given for n in walk(g)):
                return True
        return False

    def _judge_implicit(self) -> None:
        """`\\cos \\theta = …` says what θ is only if something else is said of θ."""
        for statement, symbol in self._implicit:
            reference = self.notation.reference(symbol)
            others = (s.node for s in self.statements if s is not statement)
            if reference is None or not any(
                self._is_same(reference, inner) for node in others for inner in symbols_in(node)
            ):
                node = statement.node
                assert isinstance(node, Relation)
                self.problems[statement.order] = NotationError(
                    "a new symbol inside a function, and nothing else is said of it",
                    node.sides[0],
                    "Write the symbol alone on the left, with the inverse function on the right.",
                )
        self._implicit = []
        for symbol in self._powers:
            assert isinstance(symbol, Scripted)
            plain = replace(symbol, marks=symbol.marks[:-1])
            root = plain if plain.marks or plain.sub else plain.base
            power = self.notation.reference(symbol)
            if self.notation.reference(root) is None or power is None:
                continue
            if not power.rest and power.family.key in self.definitions:  # it is a power, then
                self.notation.remove(power.family)
                for definition in self.definitions.pop(power.family.key):
                    definition.statement.role = "claim"
        self._powers = []

    def _finish(self) -> None:
        """What is known once all is read: the first members of what is defined step by step."""
        self._know_parameters()
        self._judge_implicit()
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
        self,
        statement: Statement,
        letter: str,
        parameters: tuple[Node, ...],
        left: Node,
        right: Node,
    ) -> None:
        family = next(f for f in self.notation.families[letter] if f.kind == "function")
        domains = [domain for domain, _ in family.source or ()]
        for place, parameter in enumerate(parameters):
            if self.notation.reference(parameter) is None and isinstance(parameter, Name):
                domain = domains[place] if place < len(domains) else Domain()
                self.parameters.setdefault(parameter.letter, (domain, []))[1].append(statement)
        statement.role = "definition"
        places = [*(left.sub if isinstance(left, Scripted) else ()), None, None]
        self.functions[letter] = Definition(
            statement, family.key, (), places[0], places[1], False, left, right, parameters
        )


def _number(value: float, where: Node) -> Node:
    """A number as a node."""
    text = f"{abs(value):.17g}"
    number = Number(where.start, where.end, text)
    return number if value >= 0 else Sum(where.start, where.end, (number,), (-1,))
