"""Questions 2 and 3: gives every operation of a formula its one reading and its symbolic shape.

Where two readings are possible and differ, it is an error that says what to write. Nothing is
evaluated here. Layers are whole numbers by now (`A^{[l-1]}` is `A^{[0]}`), entries are not: an
index stays an index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from nn3doc.equations.constants import (
    FILLED,
    NUMBERS,
    Room,
    UnknownSizeError,
    is_sized,
    sized_shape,
    taken_apart,
)
from nn3doc.equations.elided import ElidedError, grid, series
from nn3doc.equations.notation import (
    Family,
    Notation,
    NotationError,
    Reference,
    as_index,
    filled,
    membership,
)
from nn3doc.equations.shapes_operations import (
    Operations,
    as_number,
    is_vector,
    product,
    total,
)
from nn3doc.equations.sizes import ONE, Range, Shape, Size, show
from nn3doc.equations.terms import Index, Term
from nn3doc.equations.tree import (
    At,
    Bars,
    BigOperator,
    Binder,
    Call,
    Cases,
    Colon,
    Derivative,
    Dots,
    Fraction,
    Group,
    Indicator,
    Inner,
    Mark,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Scripted,
    Sequence,
    Shaped,
    Sum,
    Tuple,
    bare,
    walk,
)

ELEMENTWISE = frozenset(
    "log ln exp sin cos tan tanh sinh cosh cot arcsin arccos arctan sign abs sqrt".split()
)


class Definitions(Protocol):
    """What the elaborator asks of a page."""

    notation: Notation

    def shape_of(self, family: Family, arguments: tuple[int | None, ...], node: Node) -> Shape:
        """The shape of one member of a family, declared or from its definition."""

    def function(self, letter: str, node: Node) -> FunctionLike:
        """How a function is applied."""

    def is_elementwise(self, term: Term, by: Term) -> bool:
        """Whether a term depends on another entry by entry."""

    def is_defined(self, family: Family) -> bool:
        """Whether the page defines a family somewhere."""

    def slot_range(self, family: Family, slot: str) -> Range | None:
        """Over what an index slot runs, where a definition says it."""


class FunctionLike(Protocol):
    """A function as the elaborator sees it."""

    parameters: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    indirect: bool


class Elaborator(Operations):
    """Makes terms of trees, for one choice of the concrete indices (layers)."""

    def __init__(
        self, definitions: Definitions, layers: Mapping[str, int], uid: str = "",
        formals: Mapping[str, Term] | None = None, quantifiers: Mapping[str, Range] | None = None,
        jacobian: bool = False,
    ) -> None:  # fmt: skip
        self.definitions = definitions
        self.notation = definitions.notation
        self.layers = dict(layers)
        self.uid = uid
        self.formals = dict(formals or {})
        self.formal_keys = self._formal_keys()
        self.quantifiers = dict(quantifiers or {})
        self.jacobian = jacobian
        self.free: dict[str, Index] = {}
        self.bound: dict[str, Index] = {}
        self.claims: list[tuple[Term, Tuple]] = []
        self.room: Room = (None, None)
        self._made = 0

    def _formal_keys(self) -> dict[tuple[str, tuple[int | None, ...]], Term]:
        """The arguments of a function by their families, so that their entries are theirs."""
        found: dict[tuple[str, tuple[int | None, ...]], Term] = {}
        for formal in self.formals.values():
            if not isinstance(formal.node, Name | Scripted):
                continue
            reference = self.notation.reference(formal.node)
            if reference is None or reference.is_entry or reference.family.kind != "value":
                continue
            if all(slot in self.notation.concrete for slot in reference.family.slots) and all(
                isinstance(argument, Number) for argument in reference.arguments
            ):
                plain = tuple(
                    self.notation.integer(argument, {}) for argument in reference.arguments
                )
                found[reference.family.key, plain] = formal
        return found

    # --- dispatch ---------------------------------------------------------------------------

    def term(self, node: Node) -> Term:
        """The meaning of an expression.

        Raises:
            NotationError: A symbol is not known, or shapes do not fit.
        """
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise NotationError("this cannot stand in an expression", node, question="read")
        return handler(self, node)

    def number(self, node: Number) -> Term:
        """A numeral; a large one that is a size of the page is that size."""
        if node.text.isdigit() and int(node.text) in self.notation.literals:
            return self.size_term(self.notation.literals[int(node.text)], node)
        return Term("number", (), (), node, float(node.text))

    def size_term(self, size: Size, node: Node) -> Term:
        """A size as a number."""
        return Term("size", (), (), node, self.notation.canonical(size))

    def group(self, node: Group) -> Term:
        """Brackets change nothing."""
        return self.term(node.inner)

    # --- symbols ----------------------------------------------------------------------------

    def name(self, node: Node) -> Term:
        """A symbol with its scripts."""
        key = spelled(node)
        if key in self.formals:
            return self.formals[key]
        if isinstance(node, Scripted):
            for count in range(1, len(node.marks) + 1):  # a power of an argument
                plain = _without_marks(node, count)
                if (formal := self.formals.get(spelled(plain))) is not None:
                    return self.marked(formal, node.marks[len(node.marks) - count :], node)
        if isinstance(node, Scripted) and not (
            isinstance(node.base, Name) and self._has_family(node)
        ):
            return self._scripted(node)
        if isinstance(node, Name):
            if node.letter in self.bound or node.letter in self.layers:
                return self.index_value(node)
            if node.letter in self.free:
                return self.index_value(node)
        reference = self.notation.reference(node)
        if reference is None:
            constant = self.constant(node)
            if constant is None:
                raise self.unknown(node)
            return constant
        if reference.family.kind == "index":
            return self.index_value(reference.node)
        if reference.family.kind == "function":
            raise NotationError(
                f"{reference.family.tex} is a function and has no argument here",
                node,
                f"Write {reference.family.tex}(…).",
                "fits",
            )
        if reference.family.kind == "set":
            raise NotationError("a set is no number", node, "Write |…| for its size.", "fits")
        if reference.family.kind == "size":
            size = self.notation.size(_without(node, reference), self.layers)
            base = self.size_term(size, reference.node)
        else:
            base = self.value(reference)
        return self.marked(base, reference.rest, node)

    def constant(self, node: Node) -> Term | None:
        """e, π, δ_ij, I and vectors of ones, where the page says nothing else of them."""
        letter, sub, marks = taken_apart(node)
        if letter in NUMBERS and not sub:
            number = Term("number", (), (), node, NUMBERS[letter])
            return self.marked(number, marks, node)
        if letter == r"\delta" and len(places := _split(sub)) == 2 and not marks:
            sides = tuple(self._side(place) for place in places)
            indices = sides[0].indices | sides[1].indices
            test = Term("compare", sides, (), node, ("=",), indices)
            return Term("indicator", (test,), (), node, None, indices)
        if not is_sized(letter) or len(sub) > 1:
            return None
        size = self.notation.size(sub[0], self.layers) if sub else None
        flipped = any(mark.kind == "transpose" for mark in marks)
        room = self.room[::-1] if flipped else self.room
        shape = sized_shape(letter, size, room, node)
        value = FILLED.get(letter)
        return self.marked(Term("constant", (), as_number(shape), node, value), marks, node)

    def _has_family(self, node: Scripted) -> bool:
        return self.notation.reference(node) is not None or not self._plain_known(node)

    def _plain_known(self, node: Scripted) -> bool:
        """Whether the base alone is known, so that the scripts are operations on it."""
        base = node.base
        if not isinstance(base, Name):
            return True
        if spelled(base) in self.formals or base.letter in self.bound or base.letter in self.layers:
            return True
        if base.letter == "e" and not self.notation.families.get("e"):
            return True
        reference = self.notation.reference(base)
        return reference is not None and reference.family.kind in ("index", "function")

    def value(self, reference: Reference) -> Term:
        """A symbol of the table as a value, or an entry of it."""
        family = reference.family
        concrete: list[int | None] = []
        batch: list[Term] = []
        for slot, node in zip(family.slots, reference.arguments, strict=True):
            if slot in self.notation.concrete:
                concrete.append(self._layer(family, slot, node))
            else:
                concrete.append(None)
                batch.append(self.index_term(node, self.slot_range(family, slot), family.tex))
        arguments = tuple(concrete)
        base = self.formal_keys.get((family.key, arguments))
        if base is None or batch:
            shape = self.definitions.shape_of(family, arguments, reference.node)
            base = Term(
                "family", tuple(batch), shape, reference.node, (family.key, arguments),
                frozenset().union(*(term.indices for term in batch)), family.column,
            )  # fmt: skip
        if not reference.is_entry:
            return base
        if base.shape == () and family.shape is not None and len(family.shape) == 2:
            for place in (reference.row, reference.col):  # a 1 × 1 matrix is its only entry
                if place is not None and not isinstance(place, Colon):
                    self.index_term(place, Range(ONE, ONE), family.tex)
            return base
        return self.entry(base, reference.row, reference.col, reference.node, family.tex)

    def entry(self, base: Term, row: Node | None, col: Node | None, node: Node, tex: str) -> Term:
        """An entry, a row or a column of a matrix; an entry of a vector."""
        shape = base.shape
        if len(shape) != 2:
            raise NotationError("only a matrix or a vector has entries", node, question="fits")
        one_row, one_col = shape[0] == ONE, shape[1] == ONE
        if row is not None and col is None and one_row and not one_col:
            row, col = None, row
        at = []
        for place, size in ((row, shape[0]), (col, shape[1])):
            at.append(
                None if place is None or isinstance(place, Colon)
                else self.index_term(place, Range(ONE, size), tex)
            )  # fmt: skip
        kept = [isinstance(place, Colon) for place in (row, col)]
        result: Shape
        if at[0] is not None and at[1] is not None:
            result = ()
        elif at[0] is not None:
            if one_col:
                result = ()
            else:
                result = (ONE, shape[1]) if kept[1] else (shape[1], ONE)
        elif at[1] is not None:
            result = () if one_row else (shape[0], ONE)
        else:
            return base
        terms = tuple(term for term in at if term is not None)
        return Term(
            "gather", (base, *terms), result, node,
            (at[0] is not None, at[1] is not None, kept[1]),
            base.indices.union(*(term.indices for term in terms)),
        )  # fmt: skip

    def _layer(self, family: Family, slot: str, node: Node) -> int:
        number = self.notation.integer(node, self.layers)
        limits = self.notation.slot_range(family, slot)
        if limits is not None:
            low, high = (self.notation.integer(limit, {}) for limit in limits)
            if not low <= number <= high:
                raise NotationError(
                    f"{filled(family, [str(number)])} does not exist",
                    node,
                    f"{family.tex} stands for {slot} = {low}, …, {high}.",
                )
        return number

    def slot_range(self, family: Family, slot: str) -> Range:
        """Over what the index in a slot runs."""
        said = self.definitions.slot_range(family, slot)
        if said is not None:
            return said
        limits = self.notation.slot_range(family, slot)
        if limits is not None:
            return Range(*(self.notation.size(limit, self.layers) for limit in limits))
        if slot in self.notation.index_sets:
            return Range(ONE, Size.of(f"|{self.notation.index_sets[slot]}|"))
        return Range(ONE, Size.of(f"#{slot}"))

    def unknown(self, node: Node) -> NotationError:
        """The finding for a symbol that is not declared, with what is."""
        base = node.base if isinstance(node, Scripted) else node
        letter = base.letter if isinstance(base, Name) else "this"
        same_letter = self.notation.families.get(letter, [])
        if same_letter:
            forms = ", ".join(dict.fromkeys(family.tex for family in same_letter))
            return NotationError(
                f"{letter} does not stand with these scripts", node, f"Declared here: {forms}."
            )
        return NotationError(
            f"unknown symbol {letter}",
            node,
            "Declare it in the notation table or by \\in, or define it by =.",
        )

    # --- indices ----------------------------------------------------------------------------

    def index_term(self, node: Node, range_: Range, owner: str) -> Term:
        """What stands in the place of an index: an index, a number, an expression of them."""
        node = bare(node)
        if isinstance(node, Name):
            found = self.bound.get(node.letter) or self.free.get(node.letter)
            if node.letter in self.layers and found is None:
                return Term("number", (), (), node, float(self.layers[node.letter]))
            if found is None and self._is_new_index(node):
                found = self._new_free(node)
            if found is not None:
                self.use(found, range_, node, owner)
                return Term("index", (), (), node, found, frozenset([found.name]))
        if isinstance(node, Number):
            if not node.text.isdigit():
                raise NotationError("an index is a whole number", node, question="fits")
            number = int(node.text)
            high = range_.high.number
            if number < (range_.low.number or 0) or (high is not None and number > high):
                raise NotationError(
                    f"{owner} has no entry {number} here",
                    node,
                    f"Its indices run over {range_}.",
                    "fits",
                )
            if number in self.notation.literals:
                return self.size_term(self.notation.literals[number], node)
            return Term("number", (), (), node, float(number))
        return self._index_expression(node, range_, owner)

    def _index_expression(self, node: Node, range_: Range, owner: str) -> Term:
        if isinstance(node, Name | Scripted):
            term = self.name(node)
            if term.shape != ():
                raise NotationError("an index is a number", node, question="fits")
            return term
        if isinstance(node, Sum | Product):
            shifted: list[Index] = []
            for name in walk(node):
                if isinstance(name, Name) and name.letter not in self.layers:
                    found = self.bound.get(name.letter) or self.free.get(name.letter)
                    if found is None and self._is_new_index(name):
                        found = self._new_free(name)
                    if found is not None and found.range is None:
                        shifted.append(found)
            for index in shifted:
                self.use(index, range_, node, owner)
            return self.term(node)
        raise NotationError("an index is expected here", node, question="fits")

    def _is_new_index(self, node: Name) -> bool:
        families = self.notation.families.get(node.letter, [])
        plain = [family for family in families if not family.parts]
        if not plain:
            return len(node.letter) == 1 or node.letter.startswith("\\")
        return plain[0].kind == "index"

    def _new_free(self, node: Name) -> Index:
        index = Index(node.letter, node.letter, self.quantifiers.get(node.letter), node)
        if index.range is not None:
            index.explicit, index.said = True, "as the formula says"
        limits = self.notation.indices.get(node.letter)
        if index.range is None and limits is not None and not self._depends_on_layer(limits):
            low, high = (self.notation.size(limit, self.layers) for limit in limits)
            index.range, index.said = Range(low, high), "as the notation says"
        if node.letter in self.notation.index_sets and index.range is None:
            index.members = self.notation.index_sets[node.letter]
        self.free[node.letter] = index
        return index

    def _depends_on_layer(self, limits: tuple[Node, Node]) -> bool:
        return any(
            isinstance(node, Name) and node.letter in self.notation.concrete
            for limit in limits
            for node in walk(limit)
        )

    def use(self, index: Index, range_: Range, node: Node, owner: str) -> None:
        """Holds one use of an index against its other uses.

        Raises:
            NotationError: The ranges differ.
        """
        if index.range is None:
            index.range, index.said = range_, f"in {owner}"
            return
        known = index.range
        if known == range_:
            return
        if index.members and known.high != range_.high:
            return
        below = (known.low - range_.low).number
        above = (range_.high - known.high).number
        if below is not None and above is not None and below >= 0 and above >= 0 and index.explicit:
            return
        raise NotationError(
            f"the index {index.letter} runs over {range_} here, in {owner}, "
            f"but over {known} {index.said}",
            node,
            "Use another letter, or the right symbol.",
            "known",
        )

    def index_value(self, node: Node) -> Term:
        """An index as a number: the i of `\\frac{1}{i}`."""
        letter = as_index(node)
        if letter in self.layers and letter not in self.bound:
            return Term("number", (), (), node, float(self.layers[letter]))
        found = self.bound.get(letter) or self.free.get(letter)
        if found is None:
            assert isinstance(node, Name)
            found = self._new_free(node)
        return Term("index", (), (), node, found, frozenset([found.name]))

    # --- scripts ----------------------------------------------------------------------------

    def _scripted(self, node: Scripted) -> Term:
        """Scripts on brackets, calls, norms: operations on a value."""
        base = node.base
        if isinstance(base, Bars):
            return self.marked(self.norm(base, node.sub, node), node.marks, node)
        if isinstance(base, Name) and base.letter == "e" and spelled(base) not in self.formals:
            return self._exponential(node)
        if isinstance(base, Name):
            reference = self.notation.reference(base)
            if reference is not None and reference.family.kind == "function":
                raise NotationError(
                    f"{reference.family.tex} is a function and has no argument here",
                    node,
                    f"Write {reference.family.tex}(…).",
                    "fits",
                )
        if isinstance(base, Derivative) and base.style == "nabla" and not node.sub:
            return self.marked(self.term(base), node.marks, node)
        inner = self.term(base)
        primes = [mark for mark in node.marks if mark.kind == "prime"]
        if primes and inner.operation == "apply" and isinstance(base, Call):
            marks = tuple(mark for mark in node.marks if mark.kind != "prime")
            derived = Term("prime", (inner,), inner.shape, node, len(primes), inner.indices)
            return self.marked(derived, marks, node)
        if node.sub:
            places = list(_split(node.sub))
            if len(places) > 2:
                raise NotationError("a matrix has two indices", node, question="fits")
            col = places[1] if len(places) == 2 else None
            inner = self.entry(inner, places[0], col, node, "this")
        return self.marked(inner, node.marks, node)

    def _exponential(self, node: Scripted) -> Term:
        if node.sub or len(node.marks) != 1 or node.marks[0].value is None:
            raise self.unknown(node)
        exponent = self.term(node.marks[0].value)
        return Term("apply", (exponent,), exponent.shape, node, "exp", exponent.indices)

    def marked(self, base: Term, marks: tuple[Mark, ...], node: Node) -> Term:
        """Transposes and powers, from left to right."""
        for mark in marks:
            if mark.kind == "transpose":
                base = self.transposed(base, mark, node)
            elif mark.kind == "power" and mark.value is not None:
                base = self.power(base, mark.value, node)
            else:
                raise NotationError(
                    "I do not know what this mark means here",
                    mark,
                    "Declare the symbol with it, in the notation table or by \\in.",
                    "known",
                )
        return base

    def transposed(self, base: Term, mark: Mark, node: Node) -> Term:
        """Rows for columns; a number has none."""
        if base.shape == ():
            raise NotationError("a number is transposed", mark, "Leave the transpose out.", "fits")
        if len(base.shape) != 2:
            raise NotationError("only a matrix can be transposed", node, question="fits")
        shape = (base.shape[1], base.shape[0])
        return Term("transpose", (base,), shape, node, None, base.indices, base.column)

    def power(self, base: Term, exponent: Node, node: Node) -> Term:
        """A power of a number; of a square matrix, by a whole number; the inverse."""
        power = self.term(exponent)
        if power.shape != ():
            raise NotationError("an exponent is a number", exponent, question="fits")
        indices = base.indices | power.indices
        if base.shape == ():
            return Term("power", (base, power), (), node, None, indices)
        whole = _whole(exponent)
        if len(base.shape) == 2 and base.shape[0] == base.shape[1] and whole is not None:
            return Term("matrix_power", (base,), base.shape, node, whole, indices)
        raise NotationError(
            f"a power of a matrix needs a square one; this one is {show(base.shape)}",
            node,
            "For a power of every entry write A \\odot A.",
            "fits",
        )

    # --- sums and products ------------------------------------------------------------------

    def sum(self, node: Sum) -> Term:
        """Terms of one shape; only a number and a declared column are repeated."""
        parts: list[tuple[Term, int]] = []
        later: list[tuple[int, Node]] = []  # what takes its size from the other terms
        terms, signs = list(node.terms), list(node.signs)
        place = 0
        while place < len(terms):
            following = terms[place + 1 : place + 3]
            if any(isinstance(term, Dots) for term in following):
                found = self._elided_sum(terms, signs, place)
                if found is not None:
                    term, used = found
                    parts.append((term, signs[place]))
                    place += used
                    continue
            if isinstance(terms[place], Dots):
                raise NotationError(
                    "what these dots leave out cannot be told",
                    terms[place],
                    "Write a_1 + a_2 + \\cdots + a_n, or \\sum.",
                    "read",
                )
            try:
                parts.append((self.term(terms[place]), signs[place]))
            except UnknownSizeError:
                if len(terms) == 1:
                    raise
                later.append((len(parts), terms[place]))
                parts.append((Term("number", (), (), terms[place], 0.0), signs[place]))
            place += 1
        if later:
            shape = next((term.shape for term, _ in parts if len(term.shape) == 2), None)
            for at, postponed in later:
                parts[at] = (self.sized(postponed, shape or self.room), parts[at][1])
        return total(parts, node)

    def sized(self, node: Node, room: Shape | Room) -> Term:
        """An expression where I or **1** has the size that fits."""
        outer, self.room = self.room, (room[0], room[1])
        try:
            return self.term(node)
        finally:
            self.room = outer

    def _elided_sum(
        self, terms: list[Node], signs: list[int], place: int
    ) -> tuple[Term, int] | None:
        dots = place + 1 if isinstance(terms[place + 1], Dots) else place + 2
        if dots + 1 >= len(terms) or any(sign != signs[place] for sign in signs[place : dots + 2]):
            return None
        second = terms[place + 1] if dots == place + 2 else None
        letter = f"·{terms[place].start}"
        try:
            found = series(terms[place], second, terms[dots + 1], letter)
        except ElidedError as error:
            if second is not None:
                return None
            raise NotationError(error.message, error.node, error.cure, "read") from error
        if found is None:
            return None
        body, low, high = found
        index = Name(terms[place].start, terms[place].end, letter)
        binder = Binder(index.start, index.end, index, low, high, None)
        span = (terms[place].start, terms[dots + 1].end)
        return self.big(BigOperator(*span, "sum", (binder,), body)), dots + 2 - place

    def product(self, node: Product) -> Term:
        """Juxtaposition scales or multiplies matrices; each sign has its own meaning."""
        chain = self._chain(node)
        if chain is not None:
            return chain
        if node.operation == "juxtaposition":
            node = self._with_calls(node)
        return product(node, self._factors(node))

    def _factors(self, node: Product) -> list[Term]:
        """The factors of a product; I and **1** fit between their neighbours."""
        found: list[Term | None] = []
        for factor in node.factors:
            try:
                found.append(self.term(factor))
            except UnknownSizeError:
                if all(isinstance(bare(other), Number) for other in node.factors if (
                    other is not factor
                )):  # fmt: skip
                    raise
                found.append(None)
        result: list[Term] = []
        for place, term in enumerate(found):
            if term is None:
                before = [t for t in result if len(t.shape) == 2]
                after = [t for t in found[place + 1 :] if t is not None and len(t.shape) == 2]
                room: tuple[Size, ...] | tuple[Size | None, Size | None] = (
                    before[-1].shape[1] if before else None, after[0].shape[0] if after else None
                )  # fmt: skip
                if node.operation == "odot" and (before or after):
                    room = (before or after)[0].shape
                term = self.sized(node.factors[place], room if before or after else self.room)
            result.append(term)
        return result

    def _with_calls(self, node: Product) -> Product:
        """A derivative of a function, followed by a place: `\\frac{\\partial f}{\\partial x}(0, 1)`."""
        factors: list[Node] = []
        for factor in node.factors:
            before = factors[-1] if factors else None
            if isinstance(before, Derivative) and self._is_place(before, factor):
                places = self._places(before, factor)
                factors[-1] = At(before.start, factor.end, before, places)
            else:
                factors.append(factor)
        return Product(node.start, node.end, node.operation, tuple(factors))

    def _is_place(self, derivative: Derivative, factor: Node) -> bool:
        of = derivative.of
        if not isinstance(of, Name | Scripted) or not isinstance(factor, Tuple | Group):
            return False
        reference = self.notation.reference(of)
        return reference is not None and reference.family.kind == "function"

    def _places(self, derivative: Derivative, factor: Node) -> tuple[Node, ...]:
        reference = self.notation.reference(derivative.of)
        assert reference is not None
        function = self.definitions.function(reference.family.letter, derivative.of)
        values = factor.items if isinstance(factor, Tuple) else (bare(factor),)
        if len(values) != len(function.parameters):
            raise NotationError(
                f"{reference.family.tex} has {len(function.parameters)} arguments",
                factor,
                question="fits",
            )
        return tuple(
            Relation(value.start, value.end, (parameter, value), ("=",))
            for parameter, value in zip(function.parameters, values, strict=True)
        )

    def fraction(self, node: Fraction) -> Term:
        """A quotient of numbers; entry by entry for two matrices of one shape."""
        above, below = self.term(node.numerator), self.term(node.denominator)
        indices = above.indices | below.indices
        if below.shape == () or above.shape == below.shape:
            return Term("divide", (above, below), above.shape, node, None, indices)
        if above.shape == () and above.operation in ("number", "size"):
            return Term("divide", (above, below), below.shape, node, None, indices)
        raise NotationError(
            f"a quotient of {show(above.shape)} and {show(below.shape)}",
            node,
            "Both have one shape, or the denominator is a number.",
            "fits",
        )

    def root(self, node: Root) -> Term:
        """A root, entry by entry."""
        inner = self.term(node.inner)
        if node.degree is None:
            return Term("apply", (inner,), inner.shape, node, "sqrt", inner.indices)
        degree = self.term(node.degree)
        return Term("root", (inner, degree), inner.shape, node, None, inner.indices)

    # --- big operators ----------------------------------------------------------------------

    def big(self, node: BigOperator, binder: int = 0) -> Term:
        """A sum, product, maximum or minimum over one index after the other."""
        if binder == len(node.binders):
            return self.term(node.body)
        said = node.binders[binder]
        letter = as_index(said.index)
        if not letter:
            raise NotationError("an index is expected here", said.index)
        if self._is_concrete(letter, node):
            return self._unrolled(node, binder, letter)
        self._made += 1
        index = Index(f"{letter}#{self.uid}.{self._made}", letter, None, said.index)
        outer_bound, outer_layer = self.bound.get(letter), self.layers.pop(letter, None)
        conditions = list(said.conditions)
        self._limits(index, said, conditions)
        self.bound[letter] = index
        try:
            body = self.big(node, binder + 1)
            tests = [self.condition(condition) for condition in conditions]
        finally:
            del self.bound[letter]
            if outer_bound is not None:
                self.bound[letter] = outer_bound
            if outer_layer is not None:
                self.layers[letter] = outer_layer
        if index.name not in body.indices:
            raise NotationError(
                f"the sum over {letter} has no {letter} in what it sums",
                node,
                "Put brackets around what belongs to it, or write the number of terms.",
                "known",
            )
        if index.range is None:
            raise NotationError(f"nothing says how far {letter} runs", said.index)
        indices = body.indices.union(*(test.indices for test in tests)) - {index.name}
        if node.operator in ("argmax", "argmin"):
            raise NotationError(f"\\{node.operator} cannot be checked", node, question="read")
        return Term(node.operator, (body, *tests), body.shape, node, index, indices)

    def _limits(self, index: Index, said: Binder, conditions: list[Node]) -> None:
        if said.within is not None:
            self._members(index, said)
        if said.high is None and said.low is None:
            return
        low = self.notation.size(said.low, self.layers) if said.low is not None else ONE
        if said.high is None:
            return
        inner = [n for n in walk(said.high) if as_index(n) in {**self.bound, **self.free}]
        if inner:
            left = Name(said.index.start, said.index.end, index.letter)
            conditions.append(Relation(said.start, said.end, (left, said.high), ("<=",)))
            return
        high = self.notation.size(said.high, self.layers)
        index.range, index.explicit = Range(low, high), True
        index.said = "as the sum says"

    def _members(self, index: Index, said: Binder) -> None:
        within = said.within
        assert within is not None
        listed = membership(within)
        if listed is not None and listed.sequence is not None:
            low, high = (self.notation.size(end, self.layers) for end in listed.sequence)
            index.range, index.explicit, index.said = Range(low, high), True, "as the sum says"
            return
        reference = self.notation.reference(within)
        if reference is None:
            raise self.unknown(within)
        if reference.family.kind != "set":
            raise NotationError(f"{reference.family.tex} is no set", within, question="fits")
        index.members = reference.family.letter
        known = self.notation.index_sets.get(index.letter)
        if known is None or known == index.members:
            index.range = Range(ONE, Size.of(f"|{index.members}|"))
            index.said = "as the sum says"

    def _is_concrete(self, letter: str, node: BigOperator) -> bool:
        """Whether an index is gone through one by one: it fills a layer's place somewhere below."""
        for inner in walk(node):
            if isinstance(inner, Scripted):
                reference = self.notation.reference(inner)
                if reference is None:
                    continue
                for slot, argument in zip(reference.family.slots, reference.arguments, strict=True):
                    if slot in self.notation.concrete and any(
                        as_index(part) == letter for part in walk(argument)
                    ):
                        return True
        return False

    def _unrolled(self, node: BigOperator, binder: int, letter: str) -> Term:
        said = node.binders[binder]
        limits = (said.low, said.high)
        if said.low is None or said.high is None:
            declared = self.notation.indices.get(letter)
            if declared is None:
                raise NotationError(f"nothing says how far {letter} runs", said.index)
            limits = declared
        low, high = (self.notation.integer(limit, self.layers) for limit in limits if limit)
        outer = self.layers.get(letter)
        parts = []
        try:
            for value in range(low, high + 1):
                self.layers[letter] = value
                parts.append(self.big(node, binder + 1))
        finally:
            self.layers.pop(letter, None)
            if outer is not None:
                self.layers[letter] = outer
        if not parts and node.operator == "sum" and any(
            as_index(name) in self.layers for limit in limits if limit for name in walk(limit)
        ):  # fmt: skip
            return Term("number", (), (), node, 0.0)  # \sum_{s=1}^{t} for t = 0
        if not parts:
            raise NotationError("this sum has no term", node, question="vacuous")
        if node.operator == "sum":
            return total([(part, 1) for part in parts], node)
        return product(
            Product(node.start, node.end, "juxtaposition", (node.body,) * len(parts)), parts
        )

    # --- matrices, bars, cases --------------------------------------------------------------

    def matrix(self, node: Matrix) -> Term:
        """A matrix cell by cell; dots are unfolded from the cells around them."""
        try:
            rows, row_range, col_range = grid(node)
        except ElidedError as error:
            raise NotationError(error.message, error.node, error.cure, "read") from error
        if row_range is None and col_range is None:
            return self.stacked([[self.term(cell) for cell in row] for row in rows], node)
        return self.unfolded(node, rows, row_range, col_range)

    def vector(self, node: Tuple) -> Term:
        """`[a, b]` is a row; `(n_1, m)` stands for anything of these sizes."""
        if node.brackets == "()" and len(node.items) == 2:
            shape = tuple(self.notation.size(item, self.layers) for item in node.items)
            column = any(isinstance(item, Number) and item.text == "1" for item in node.items)
            return Term("sizes", (), as_number(shape), node, column=column)
        if node.brackets != "[]":
            raise NotationError(
                "this list is no value",
                node,
                "Write \\begin{bmatrix} … \\end{bmatrix} for a vector.",
                "fits",
            )
        return self.stacked([[self.term(item) for item in node.items]], node)

    def norm(self, node: Bars, sub: tuple[Node, ...] = (), whole: Node | None = None) -> Term:
        """An absolute value, a norm, a determinant, or the size of a set."""
        if not node.double:
            reference = self.notation.reference(node.inner)
            if reference is not None and reference.family.kind == "set":
                return self.size_term(Size.of(f"|{reference.family.letter}|"), node)
        inner = self.term(node.inner)
        kind = "2"
        if sub:
            kind = {"F": "F", "2": "2", "1": "1", r"\infty": "inf"}.get(_text(sub[0]), "")
        if not kind:
            raise NotationError("I know the norms 1, 2 and F", sub[0], question="read")
        if not node.double:
            if inner.shape == ():
                return Term("apply", (inner,), (), node, "abs", inner.indices)
            if len(inner.shape) == 2 and inner.shape[0] == inner.shape[1]:
                return Term("determinant", (inner,), (), node, None, inner.indices)
            raise NotationError(
                "bars around a vector", node, "Write \\|…\\| for its length.", "fits"
            )
        if kind == "1" and not is_vector(inner.shape) and inner.shape != ():
            raise NotationError("this norm of a matrix can be read in two ways", node,
                                "Write the sum.", "fits")  # fmt: skip
        return Term("norm", (inner,), (), whole or node, "2" if kind == "F" else kind,
                    inner.indices)  # fmt: skip

    def inner(self, node: Inner) -> Term:
        """The inner product of two vectors of one shape."""
        left, right = self.term(node.left), self.term(node.right)
        if not is_vector(left.shape) or left.shape != right.shape:
            raise NotationError(
                f"an inner product of {show(left.shape)} and {show(right.shape)}",
                node,
                "It needs two vectors of one shape.",
                "fits",
            )
        return Term("dot", (left, right), (), node, None, left.indices | right.indices)

    def cases(self, node: Cases) -> Term:
        """Values with their conditions, the first that is met."""
        values = [self.term(value) for value in node.values]
        if any(value.shape != () for value in values):
            raise NotationError("the cases are numbers", node, question="fits")
        tests = [None if c is None else self.condition(c) for c in node.conditions]
        terms = (*values, *(test for test in tests if test is not None))
        indices = frozenset().union(*(term.indices for term in terms))
        return Term("cases", terms, (), node, len(values), indices)

    def indicator(self, node: Indicator) -> Term:
        """1 where a condition is met, 0 elsewhere."""
        test = self.condition(node.condition)
        return Term("indicator", (test,), (), node, None, test.indices)

    def condition(self, node: Node) -> Term:
        """A comparison of numbers."""
        if not isinstance(node, Relation):
            raise NotationError("a condition is expected here", node, question="read")
        sides = [self._side(side) for side in node.sides]
        if any(side.shape != () for side in sides):
            raise NotationError("only numbers are compared here", node, question="fits")
        if any(operator not in ("=", "!=", "<", ">", "<=", ">=") for operator in node.operators):
            raise NotationError("this condition cannot be read", node, question="read")
        indices = frozenset().union(*(side.indices for side in sides))
        return Term("compare", tuple(sides), (), node, node.operators, indices)

    def _side(self, node: Node) -> Term:
        if isinstance(node, Name) and (
            node.letter in self.bound or node.letter in self.free or node.letter in self.layers
        ):
            return self.index_value(node)
        return self.term(node)

    def shaped(self, node: Shaped) -> Term:
        """A value with its sizes beside it: a claim, held by `page`."""
        inner = self.term(node.inner)
        self.claims.append((inner, node.sizes))
        return inner

    def misplaced(self, node: Node) -> Term:
        """What is a statement, not a value."""
        raise NotationError("this cannot stand in an expression", node, question="read")


def spelled(node: Node) -> str:
    """One spelling for a symbol and its scripts, wherever it stands."""
    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Scripted):
        sub = ",".join(spelled(item) for item in node.sub)
        marks = ",".join(f"{m.kind}:{spelled(m.value) if m.value else ''}" for m in node.marks)
        return f"{spelled(node.base)}_{{{sub}}}^{{{marks}}}"
    return f"<{type(node).__name__}@{node.start}>"


def _split(sub: tuple[Node, ...]) -> tuple[Node, ...]:
    result: list[Node] = []
    for item in sub:
        if isinstance(item, Product) and item.operation == "juxtaposition":
            result.extend(item.factors)
        else:
            result.append(item)
    return tuple(result)


def _without(node: Node, reference: Reference) -> Node:
    """A symbol without the marks that are operations."""
    if not reference.rest or not isinstance(node, Scripted):
        return node
    return _without_marks(node, len(reference.rest))


def _without_marks(node: Scripted, count: int) -> Node:
    """A symbol without its last marks."""
    marks = node.marks[: len(node.marks) - count]
    if not marks and not node.sub:
        return node.base
    return Scripted(node.start, node.end, node.base, node.sub, marks)


def _whole(node: Node) -> int | None:
    node = bare(node)
    if isinstance(node, Number) and node.text.isdigit():
        return int(node.text)
    if isinstance(node, Sum) and len(node.terms) == 1 and node.signs == (-1,):
        inner = _whole(node.terms[0])
        return None if inner is None else -inner
    return None


def _text(node: Node) -> str:
    return node.letter if isinstance(node, Name) else node.text if isinstance(node, Number) else ""


# Each takes an elaborator and a node of its own kind.
_HANDLERS: dict[type[Node], Callable[..., Term]] = {
    Number: Elaborator.number,
    Name: Elaborator.name,
    Scripted: Elaborator.name,
    Group: Elaborator.group,
    Sum: Elaborator.sum,
    Product: Elaborator.product,
    Fraction: Elaborator.fraction,
    Root: Elaborator.root,
    BigOperator: Elaborator.big,
    Matrix: Elaborator.matrix,
    Tuple: Elaborator.vector,
    Bars: Elaborator.norm,
    Inner: Elaborator.inner,
    Cases: Elaborator.cases,
    Indicator: Elaborator.indicator,
    Shaped: Elaborator.shaped,
    Call: Operations.call,
    Derivative: Operations.derivative,
    At: Operations.at,
    Dots: Elaborator.misplaced,
    Relation: Elaborator.misplaced,
    Sequence: Elaborator.misplaced,
}
