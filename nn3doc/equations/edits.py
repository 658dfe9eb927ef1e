"""Single mistakes of the kinds people make, planted in the TeX of one formula.

Each edit replaces one span. Planted in a right equation it is a mutant; tried on a wrong one it may
be the mend. The kinds are those found in errata of textbooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nn3doc.equations.families import Family, Reference
from nn3doc.equations.notation import Notation
from nn3doc.equations.tex import parse
from nn3doc.equations.tokens import TexError
from nn3doc.equations.tree import (
    BigOperator,
    Binder,
    Call,
    Fraction,
    Group,
    Mark,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sum,
    bare,
    children,
    to_json,
    walk,
)

KINDS = (
    "transpose", "layer", "sign", "factor 1/m", "order", "product", "symbol", "index", "sum",
    "term", "factor", "number", "brackets",
)  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One single change of a formula.

    Attributes:
        kind: One of `KINDS`.
        start: Offset in the TeX of what is replaced.
        end: Offset behind it.
        replacement: What stands there instead.
        written: The part to show a reader: `A^{[1]T}`.
    """

    kind: str
    start: int
    end: int
    replacement: str
    written: str

    def apply(self, tex: str) -> str:
        """The TeX with the change made."""
        return tex[: self.start] + self.replacement + tex[self.end :]


def edits(tex: str, notation: Notation) -> list[Edit]:
    """All single edits of a formula that can still be read, each reading of it once.

    Args:
        tex: The formula.
        notation: What its symbols are.

    Returns:
        The edits, the likeliest kinds first; [] for a formula that cannot be read.
    """
    try:
        formula = parse(tex, notation.lexicon)
    except TexError:
        return []
    found: list[Edit] = []
    seen = {_reading(formula)}
    maker = _Maker(tex, notation)
    for statement in formula.statements:
        if isinstance(statement, Relation) and statement.operators[0] in ("in", "colon"):
            continue
        for edit in maker.below(statement):
            try:
                changed = parse(edit.apply(tex), notation.lexicon)
            except TexError:
                continue
            reading = _reading(changed)
            if reading not in seen:
                seen.add(reading)
                found.append(edit)
    return sorted(found, key=lambda edit: (KINDS.index(edit.kind), edit.start, edit.end))


def _reading(node: Node) -> str:
    """A tree without its places, to tell readings apart."""
    return re.sub(r"'span': \[\d+, \d+\]", "", str(to_json(node)))


class _Maker:
    """Makes the edits of one formula."""

    def __init__(self, tex: str, notation: Notation) -> None:
        self.tex = tex
        self.notation = notation

    def text(self, node: Node) -> str:
        """What a node is written as."""
        return self.tex[node.start : node.end]

    def below(self, node: Node) -> Iterator[Edit]:
        """Edits of a node and of all below it."""
        if isinstance(node, Name | Scripted):
            reference = self.notation.reference(node)
            if reference is not None:
                yield from self._symbol(node, reference)
                for edit in self._arguments(reference):
                    before, after = self.tex[node.start : edit.start], self.tex[edit.end : node.end]
                    yield replace(edit, written=before + edit.replacement + after)
                return
        yield from self._own(node)
        for child in children(node):
            yield from self.below(child)

    def _own(self, node: Node) -> Iterator[Edit]:
        if isinstance(node, Sum):
            yield from self._sum(node)
        elif isinstance(node, Product):
            yield from self._product(node)
        elif isinstance(node, Fraction):
            yield from self._fraction(node)
        elif isinstance(node, BigOperator):
            start = node.body.start
            yield Edit(
                "sum",
                node.start,
                start,
                "",
                f"it without the sum over {self.text(node.binders[0])}",
            )
        elif isinstance(node, Number):
            yield from self._number(node)
        elif isinstance(node, Scripted):
            yield from self._scripted(node)
        elif isinstance(node, Relation):
            yield from self._relation(node)
        elif isinstance(node, Call):
            yield from self._call(node)
        elif isinstance(node, Group) and isinstance(node.inner, Sum):
            inner = node.inner
            yield Edit("brackets", node.start, node.end, f" {self.text(inner)} ", self.text(inner))

    # --- sums, products, fractions ----------------------------------------------------------

    def _sum(self, node: Sum) -> Iterator[Edit]:
        for place, term in enumerate(node.terms):
            mark = self._sign_before(node, place)
            if mark is not None:
                other = "+" if node.signs[place] < 0 else "-"
                if place == 0:
                    other = "" if node.signs[0] < 0 else "-"
                shown = f"{other} {self.text(term)}" if place else f"{other}{self.text(term)}"
                yield Edit("sign", mark, mark + 1, other, shown)
            elif place == 0:
                yield Edit("sign", term.start, term.start, "-", f"-{self.text(term)}")
            if len(node.terms) > 1:
                start = term.start if mark is None else mark
                following = "" if place else self._first_sign(node)
                end = node.terms[1].start if place == 0 else term.end
                yield Edit("term", start, end, following, f"it without {self.text(term)}")

    def _first_sign(self, node: Sum) -> str:
        return "-" if node.signs[1] < 0 else ""

    def _sign_before(self, node: Sum, place: int) -> int | None:
        start = node.terms[place - 1].end if place else node.start
        match = re.search(r"[+\-−]", self.tex[start : node.terms[place].start])
        return start + match.start() if match else None

    def _product(self, node: Product) -> Iterator[Edit]:
        factors = node.factors
        for one, other in zip(factors, factors[1:], strict=False):
            between = self.tex[one.end : other.start]
            if node.operation != "slash":
                swapped = f"{self.text(other)}{between or ' '}{self.text(one)} "
                yield Edit("order", one.start, other.end, swapped, swapped.strip())
            if node.operation == "juxtaposition":
                yield Edit("product", one.end, other.start, r" \odot ",
                           rf"{self.text(one)} \odot {self.text(other)}")  # fmt: skip
            elif node.operation == "odot":
                yield Edit("product", one.end, other.start, " ",
                           f"{self.text(one)} {self.text(other)}")  # fmt: skip
        if node.operation == "slash":
            yield Edit("factor", factors[0].end, factors[1].end, "", self.text(factors[0]))
            return
        for place, factor in enumerate(factors):
            kind = "factor 1/m" if self._is_inverse_size(factor) else "factor"
            start = factor.start if place == 0 else factors[place - 1].end
            end = factors[1].start if place == 0 else factor.end
            yield Edit(kind, start, end, "", f"it without {self.text(factor)}")

    def _is_inverse_size(self, node: Node) -> bool:
        return isinstance(node, Fraction) and self._is_size(node.denominator)

    def _is_size(self, node: Node) -> bool:
        reference = self.notation.reference(bare(node))
        return reference is not None and reference.family.kind == "size"

    def _fraction(self, node: Fraction) -> Iterator[Edit]:
        above, below = self.text(node.numerator), self.text(node.denominator)
        yield Edit("factor", node.start, node.end, f"({above})", above)
        yield Edit("order", node.start, node.end, rf"\frac{{{below}}}{{{above}}}",
                   rf"\frac{{{below}}}{{{above}}}")  # fmt: skip

    def _relation(self, node: Relation) -> Iterator[Edit]:
        """What is missing in front of a right side: a sign, a factor 1/m."""
        for side in node.sides[1:]:
            if isinstance(side, Sum) and node.operators[0] != "<-":
                wrapped = f"-({self.text(side)})"
                yield Edit("sign", side.start, side.end, wrapped, wrapped)
            elif not isinstance(side, Number):
                yield Edit("sign", side.start, side.start, "-", f"-{self.text(side)}")
            for size in self._plain_sizes():
                factor = rf"\frac{{1}}{{{size}}} "
                body = self.text(side)
                body = f"({body})" if isinstance(side, Sum) else body
                yield Edit("factor 1/m", side.start, side.end, factor + body, factor + body)

    def _plain_sizes(self) -> list[str]:
        return [
            family.letter for family in self.notation.all()
            if family.kind == "size" and not family.parts
            and family.letter not in self.notation.numbers
        ]  # fmt: skip

    def _call(self, node: Call) -> Iterator[Edit]:
        """`\\log(1 - x)` for `\\log(x)`, and the other way round."""
        if len(node.arguments) != 1:
            return
        argument = node.arguments[0]
        if isinstance(argument, Sum):
            return  # dropping its terms is among the edits of the sum
        if isinstance(node.function, Name) and node.function.letter in (r"\log", r"\ln"):
            yield Edit("term", argument.start, argument.end, f"1 - {self.text(argument)}",
                       f"1 - {self.text(argument)}")  # fmt: skip

    def _number(self, node: Number) -> Iterator[Edit]:
        if node.text.isdigit() and len(node.text) < 3:
            value = int(node.text)
            for other in (value + 1, value - 1, 2 * value):
                if other >= 0 and other != value:
                    yield Edit("number", node.start, node.end, str(other), str(other))
        elif "." in node.text:
            digits = list(node.text)
            digits[-1] = str((int(digits[-1]) + 3) % 10)
            other_text = "".join(digits)
            yield Edit("number", node.start, node.end, other_text, other_text)

    # --- symbols ----------------------------------------------------------------------------

    def _scripted(self, node: Scripted) -> Iterator[Edit]:
        yield from self._marks(node, node.marks, len(node.marks))

    def _marks(self, node: Node, marks: tuple[Mark, ...], count: int) -> Iterator[Edit]:
        for mark in marks:
            if mark.kind == "transpose":
                start, end = mark.start, mark.end
                if count == 1:
                    caret = self.tex.rfind("^", 0, start)
                    start = caret
                    if self.tex[caret + 1 : caret + 2] == "{":
                        end = self.tex.find("}", end) + 1
                yield Edit("transpose", start, end, "", self.tex[node.start : start]
                           + self.tex[end : node.end])  # fmt: skip

    def _symbol(self, node: Node, reference: Reference) -> Iterator[Edit]:
        family = reference.family
        if isinstance(node, Scripted):
            yield from self._marks(node, reference.rest, len(node.marks))
        if family.kind == "value" and not reference.is_entry and not reference.rest:
            if family.shape is None or len(family.shape) == 2:
                yield from self._add_transpose(node)
        base = node.base if isinstance(node, Scripted) else node
        if family.kind != "value" or not isinstance(base, Name):
            return
        letter = reference.spelled.letter if reference.spelled else base.letter
        for other in self._alike(reference, letter):
            written = self.tex[base.start : base.end]
            replacement = other + (" " if other[-1:].isalpha() and "\\" in other else "")
            if replacement.strip() != written.strip():
                shown = replacement + self.tex[base.end : node.end]
                yield Edit("symbol", base.start, base.end, replacement, shown)

    def _add_transpose(self, node: Node) -> Iterator[Edit]:
        if isinstance(node, Name):
            yield Edit("transpose", node.end, node.end, "^T", self.text(node) + "^T")
            return
        assert isinstance(node, Scripted)
        if not node.marks:
            yield Edit("transpose", node.end, node.end, "^T", self.text(node) + "^T")
            return
        inside = node.marks[-1].end
        if self.tex[inside : inside + 1] == "}":
            yield Edit("transpose", inside, inside, "T",
                       self.tex[node.start : inside] + "T" + self.tex[inside : node.end])  # fmt: skip

    def _alike(self, reference: Reference, letter: str) -> list[str]:
        """Letters of other symbols with the same scripts and as many sizes: Y for Ŷ, A for Z."""
        owner = reference.spelled or reference.family
        places = [(part.place, bool(part.slot)) for part in owner.parts]
        size = None if reference.family.shape is None else len(reference.family.shape)
        found = []
        for family in self.notation.all():
            same_places = [(part.place, bool(part.slot)) for part in family.parts] == places
            rank = self._rank(family)
            if (
                family.letter != letter and family.kind == "value" and same_places
                and bool(family.entry_of) == bool(owner.entry_of)
                and (rank is None or size is None or rank == size)
            ):  # fmt: skip
                found.append(family.letter)
        return sorted(set(found))

    def _rank(self, family: Family) -> int | None:
        owner = self.notation.find(family.entry_of) if family.entry_of else family
        return None if owner is None or owner.shape is None else len(owner.shape)

    # --- layers and indices -----------------------------------------------------------------

    def _arguments(self, reference: Reference) -> Iterator[Edit]:
        for slot, node in zip(reference.family.slots, reference.arguments, strict=True):
            if slot in self.notation.concrete:
                yield from self._layer(node)
            else:
                yield from self._index(node)
        for node_ in (reference.row, reference.col):
            if node_ is not None:
                yield from self._index(node_)

    def _layer(self, node: Node) -> Iterator[Edit]:
        if isinstance(node, Number) and node.text.isdigit():
            for other in (int(node.text) - 1, int(node.text) + 1):
                if other >= 0:
                    yield Edit("layer", node.start, node.end, str(other), f"layer {other}")
        elif isinstance(node, Name):
            for other_text in (f"{self.text(node)}-1", f"{self.text(node)}+1"):
                yield Edit("layer", node.start, node.end, other_text, f"layer {other_text}")
        elif isinstance(node, Sum):
            plain = next((t for t in node.terms if isinstance(t, Name)), None)
            if plain is not None:
                yield Edit("layer", node.start, node.end, plain.letter, f"layer {plain.letter}")

    def _index(self, node: Node) -> Iterator[Edit]:
        if isinstance(node, Name):
            for other in sorted(self._letters() - {node.letter}):
                yield Edit("index", node.start, node.end, other, f"index {other}")
        elif isinstance(node, Number) and node.text.isdigit() and len(node.text) < 3:
            for number in (int(node.text) - 1, int(node.text) + 1):
                if number >= 1:
                    yield Edit("index", node.start, node.end, str(number), f"index {number}")

    def _letters(self) -> set[str]:
        """The index letters that the formula uses already."""
        try:
            formula = parse(self.tex, self.notation.lexicon)
        except TexError:
            return set()
        letters: set[str] = set()
        for node in walk(formula):
            if isinstance(node, Binder) and isinstance(node.index, Name):
                letters.add(node.index.letter)
            if isinstance(node, Name | Scripted):
                reference = self.notation.reference(node)
                for place in (reference.row, reference.col) if reference else ():
                    if isinstance(place, Name):
                        letters.add(place.letter)
        return letters


__all__ = ["KINDS", "Edit", "edits"]
