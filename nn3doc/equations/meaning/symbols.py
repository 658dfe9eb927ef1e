"""Symbols with their scripts: members of a family, entries, transposes, powers."""

from __future__ import annotations

from nn3doc.equations.meaning.context import (
    spelled,
    split_items,
    unread,
    without_marks,
    without_rest,
)
from nn3doc.equations.meaning.indices import Indices
from nn3doc.equations.meaning.products import as_number
from nn3doc.equations.meaning.terms import Term
from nn3doc.equations.notation import (
    FILLED,
    NUMBERS,
    ONE,
    NotationError,
    Range,
    Reference,
    Shape,
    is_sized,
    show,
    sized_shape,
    taken_apart,
)
from nn3doc.equations.tex import Bars, Call, Colon, Mark, Name, Node, Scripted, whole_number


class Symbols(Indices):
    """Symbols and what stands above and below them."""

    def name(self, node: Node) -> Term:
        """A symbol with its scripts."""
        key = spelled(node)
        if key in self.formals:
            self.account_all(node)
            return self.formals[key]
        if isinstance(node, Scripted):
            for count in range(1, len(node.marks) + 1):  # a power of an argument
                plain = without_marks(node, count)
                if (formal := self.formals.get(spelled(plain))) is not None:
                    self.account(*node.sub, *node.marks[: len(node.marks) - count])
                    return self.marked(formal, node.marks[len(node.marks) - count :], node)
        if isinstance(node, Scripted) and not (
            isinstance(node.base, Name) and self._has_family(node)
        ):
            return self._scripted(node)
        if isinstance(node, Scripted) and not node.sub and isinstance(node.base, Name):
            if node.base.letter in self.bound:  # a power of an index, whatever else has its letter
                return self._scripted(node)
        if isinstance(node, Name):
            if node.letter in self.bound or node.letter in self.layers:
                return self.index_value(node)
            if node.letter in self.free:
                return self.index_value(node)
        reference = self.reference(node)
        if reference is None:
            constant = self.constant(node)
            if constant is None:
                raise self.unknown(node)
            return constant
        if reference.family.kind == "index":
            return self.marked(self.index_value(reference.node), reference.rest, node)
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
            size = self.notation.size(without_rest(node, reference), self.layers)
            base = self.size_term(size, reference.node)
        else:
            base = self.value(reference)
            self._hold_entry_power(reference)
        return self.marked(base, reference.rest, node)

    def _hold_entry_power(self, reference: Reference) -> None:
        """`A_{i,j}^{-1}` is 1 over an entry, or an entry of the inverse: it says which.

        Raises:
            NotationError: Both readings are possible.
        """
        mark = reference.rest[0] if reference.rest else None
        if mark is None or not reference.is_entry or reference.spelled is not None:
            return
        sides = reference.family.shape or ()
        if (
            whole_number(mark.value) == -1
            and len(sides) == 2
            and not any(whole_number(side) == 1 for side in sides)
        ):
            letter = reference.family.letter
            raise NotationError(
                "this power can be read in two ways",
                mark,
                f"Write ({letter}^{{-1}})_{{…}} for an entry of the inverse, or \\frac{{1}}{{…}}.",
                "read",
            )

    def constant(self, node: Node) -> Term | None:
        """e, π, δ_ij, I and vectors of ones, where the page says nothing else of them."""
        letter, sub, marks = taken_apart(node)
        if letter in NUMBERS and not sub:
            number = Term("number", (), (), node, NUMBERS[letter])
            return self.marked(number, marks, node)
        if letter == r"\delta" and len(places := split_items(sub)) == 2:
            self.account(*sub)
            sides = tuple(self.compared(place) for place in places)
            indices = sides[0].indices | sides[1].indices
            test = Term("compare", sides, (), node, ("=",), indices)
            return self.marked(Term("indicator", (test,), (), node, None, indices), marks, node)
        if not is_sized(letter) or len(sub) > 1:
            return None
        size = self.size(sub[0]) if sub else None
        self.account(*sub)
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
                "family",
                tuple(batch),
                shape,
                reference.node,
                (family.key, arguments),
                frozenset().union(*(term.indices for term in batch)),
                family.column,
            )
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
            raise NotationError(
                "only a matrix or a vector has entries", node, "Leave the index out.", "fits"
            )
        self.account(*(place for place in (row, col) if place is not None))
        one_row, one_col = shape[0] == ONE, shape[1] == ONE
        if row is not None and col is None and one_row and not one_col:
            row, col = None, row
        at = []
        for place, size in ((row, shape[0]), (col, shape[1])):
            at.append(
                None
                if place is None or isinstance(place, Colon)
                else self.index_term(place, Range(ONE, size), tex)
            )
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
            "gather",
            (base, *terms),
            result,
            node,
            (at[0] is not None, at[1] is not None, kept[1]),
            base.indices.union(*(term.indices for term in terms)),
        )

    def unknown(self, node: Node) -> NotationError:
        """The finding for a symbol that is not declared, with what is."""
        base = node.base if isinstance(node, Scripted) else node
        letter = base.letter if isinstance(base, Name) else "this"
        same_letter = self.notation.families.get(letter, ())
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

    def _scripted(self, node: Scripted) -> Term:
        """Scripts on brackets, calls, norms: operations on a value."""
        base = node.base
        if isinstance(base, Bars):
            return self.marked(self.norm(base, node.sub, node), node.marks, node)
        if isinstance(base, Name) and base.letter == "e" and spelled(base) not in self.formals:
            return self._exponential(node)
        if isinstance(base, Name):
            reference = self.notation.reference(base)
            if (
                reference is not None
                and reference.family.kind == "function"
                and (base.letter not in self.bound)
            ):
                raise NotationError(
                    f"{reference.family.tex} is a function and has no argument here",
                    node,
                    f"Write {reference.family.tex}(…).",
                    "fits",
                )
        inner = self.term(base)
        if isinstance(base, Call) and node.marks and inner.shape != () and not node.sub:
            self.hold_one_power(base, inner, node.marks[0])
        if node.sub:
            self.account(*node.sub)
            places = list(split_items(node.sub))
            if len(places) > 2:
                raise NotationError("a matrix has two indices", node, question="fits")
            col = places[1] if len(places) == 2 else None
            inner = self.entry(inner, places[0], col, node, "this")
        return self.marked(inner, node.marks, node)

    def _exponential(self, node: Scripted) -> Term:
        mark = node.marks[0] if node.marks else None
        if (
            node.sub
            or len(node.marks) != 1
            or mark is None
            or mark.kind != "power"
            or (mark.value is None)
        ):
            raise self.unknown(node)
        self.account(mark)
        exponent = self.term(mark.value)
        return Term("apply", (exponent,), exponent.shape, node, "exp", exponent.indices)

    def marked(self, base: Term, marks: tuple[Mark, ...], node: Node) -> Term:
        """Transposes and powers, from left to right."""
        for mark in marks:
            if mark.kind == "transpose":
                base = self.transposed(base, mark, node)
            elif mark.kind == "power" and mark.value is not None:
                base = self.power(base, mark.value, node)
            else:
                raise unread(mark)
            self.account(mark)
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
        whole = whole_number(exponent)
        if len(base.shape) == 2 and base.shape[0] == base.shape[1] and whole is not None:
            return Term("matrix_power", (base,), base.shape, node, whole, indices)
        raise NotationError(
            f"a power of a matrix needs a square one; this one is {show(base.shape)}",
            node,
            "For a power of every entry write A \\odot A.",
            "fits",
        )
