"""Single mistakes of the kinds people make, planted in the TeX of one formula.

Each edit replaces one span. Planted in a right equation it is a mutant; tried on a wrong one it may
be the mend (`MENDING`). The kinds are those found in errata of textbooks, and marks and words that a
reader of formulas could pass over (`PLANTED`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from nn3doc.equations.notation import Family, Notation, Reference
from nn3doc.equations.tex import (
    BigOperator,
    Binder,
    Call,
    Cases,
    Condition,
    Formula,
    Fraction,
    Group,
    Mark,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sequence,
    Set,
    Sum,
    TexError,
    Tuple,
    bare,
    children,
    parse,
    to_json,
    walk,
)

# What people slip into, the likeliest first: tried on a wrong formula, one of these may mend it.
MENDING = (
    "transpose",
    "layer",
    "sign",
    "factor 1/m",
    "order",
    "product",
    "symbol",
    "index",
    "sum",
    "term",
    "factor",
    "number",
    "brackets",
)
# Planted only: marks and words that a reader of formulas may overlook. As a mend they would make
# many a wrong formula hold that means something else.
PLANTED = (
    "power",
    "inverse",
    "prime",
    "function transpose",
    "decorated index",
    "relation",
    "wider set",
    "narrower set",
    "range",
    "digit",
    "size",
    "lost relation",
    "lost condition",
    "branch",
    "constant",
)
KINDS = (*MENDING, *PLANTED)
# Where a symbol is introduced, these make other statements wrong; other edits make another page.
OF_DECLARATIONS = ("wider set", "range", "size")
# These never leave the meaning as it is. Nobody who overlooks a mark can say that of it, so the
# checker is not asked.
NEVER_THE_SAME = ("inverse", "function transpose", "decorated index", "lost relation")

# Relations that are false where the first one is true. A weaker one is no mistake: where a = b,
# a <= b is true as well.
_RELATIONS = {
    "=": (r"\ne", "<", ">"),
    "!=": ("=",),
    "<": (">", "="),
    ">": ("<", "="),
    "<=": (r"\ge", "<"),
    ">=": (r"\le", ">"),
}
_SETS = {
    r"\mathbb{R}": (("narrower set", "(0, 1)"),),
    r"\{0,1\}": (("wider set", "(0, 1)"), ("wider set", r"\mathbb{R}")),
    "(0,1)": (("wider set", r"\mathbb{R}"),),
    "[0,1]": (("narrower set", "(0, 1)"), ("wider set", r"\mathbb{R}")),
}
_CONSTANTS = {"e": (r"\pi", "2"), r"\pi": ("e", "3")}
_REMOVED = {"transpose": "transpose", "power": "power", "prime": "prime"}
_OPERATOR = re.compile(r"\\(?:neq?|leq?|geq?|lt|gt|leqslant|geqslant)(?![a-zA-Z])|(?<![:])[=<>≠≤≥]")
_ADDED = {"power": "2", "inverse": "-1", "function transpose": "T"}


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


def edits(tex: str, notation: Notation, kinds: Collection[str] = KINDS) -> list[Edit]:
    """All single edits of a formula that can still be read, each reading of it once.

    Args:
        tex: The formula.
        notation: What its symbols are.
        kinds: Which kinds of edits.

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
    for edit in maker.all(formula):
        if edit.kind not in kinds:
            continue
        try:
            changed = parse(edit.apply(tex), notation.lexicon)
        except TexError:
            continue
        reading = _reading(changed)
        if reading not in seen:
            seen.add(reading)
            found.append(edit)
    return sorted(found, key=lambda edit: (KINDS.index(edit.kind), edit.start, edit.end))


def _is_rounded(side: Node) -> bool:
    """Whether a side has numbers with digits behind the point, which may be rounded."""
    return any(isinstance(node, Number) and node.decimals for node in walk(side))


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

    def all(self, formula: Formula) -> Iterator[Edit]:
        """Edits of a whole formula."""
        for statement in formula.statements:
            if isinstance(statement, Relation) and statement.operators[0] in ("in", "colon"):
                yield from self._declaration(statement)
            else:
                yield from self.below(statement)
        yield from self._lost_conditions(formula)

    def below(self, node: Node) -> Iterator[Edit]:
        """Edits of a node and of all below it."""
        if isinstance(node, Name | Scripted):
            reference = self.notation.reference(node)
            if reference is not None:
                yield from self._symbol(node, reference)
                for mark in reference.rest:
                    if mark.value is not None:
                        yield from self.below(mark.value)
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
            yield from self._other_relation(node)
        elif isinstance(node, Call):
            yield from self._call(node)
            if isinstance(node.function, Name | Scripted):
                yield from self._marked_function(node.function)
        elif isinstance(node, Binder):
            for limit in (node.low, node.high):
                yield from self._limit(limit)
            yield from self._free_binder(node)
        elif isinstance(node, Sequence):
            yield from self._limit(node.last)
        elif isinstance(node, Cases):
            yield from self._cases(node)
        elif isinstance(node, Tuple):
            yield from self._sizes(node)
        elif isinstance(node, Name):
            for other in _CONSTANTS.get(node.letter, ()):
                yield Edit("constant", node.start, node.end, f"{other} ", other)
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
                yield Edit(
                    "product",
                    one.end,
                    other.start,
                    r" \odot ",
                    rf"{self.text(one)} \odot {self.text(other)}",
                )
            elif node.operation == "odot":
                yield Edit(
                    "product", one.end, other.start, " ", f"{self.text(one)} {self.text(other)}"
                )
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
        yield Edit(
            "order",
            node.start,
            node.end,
            rf"\frac{{{below}}}{{{above}}}",
            rf"\frac{{{below}}}{{{above}}}",
        )

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
            family.letter
            for family in self.notation.all()
            if family.kind == "size"
            and not family.parts
            and family.letter not in self.notation.numbers
        ]

    def _call(self, node: Call) -> Iterator[Edit]:
        """`\\log(1 - x)` for `\\log(x)`, and the other way round."""
        if len(node.arguments) != 1:
            return
        argument = node.arguments[0]
        if isinstance(argument, Sum):
            return  # dropping its terms is among the edits of the sum
        if isinstance(node.function, Name) and node.function.letter in (r"\log", r"\ln"):
            yield Edit(
                "term",
                argument.start,
                argument.end,
                f"1 - {self.text(argument)}",
                f"1 - {self.text(argument)}",
            )

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
        for place, digit in enumerate(node.text):
            for other_digit in (int(digit) - 1, int(digit) + 1) if digit.isdigit() else ():
                if 0 <= other_digit <= 9:
                    text = f"{node.text[:place]}{other_digit}{node.text[place + 1 :]}"
                    yield Edit("digit", node.start, node.end, text, text)

    # --- relations, conditions, cases -------------------------------------------------------

    def _other_relation(self, node: Relation) -> Iterator[Edit]:
        """Another relation; and none, in a line that begins with it."""
        if isinstance(node.sides[-1], Sequence):
            return  # the range of an index
        for place, operator in enumerate(node.operators):
            start, end = node.sides[place].end, node.sides[place + 1].start
            written = _OPERATOR.search(self.tex, start, end)
            if written is None:
                continue
            shown = self.text(node.sides[place + 1])
            # What is computed differs from a rounded number, and so it is true of it.
            rounded = operator == "=" and any(map(_is_rounded, node.sides[place : place + 2]))
            for other in () if rounded else _RELATIONS.get(operator, ()):
                yield Edit(
                    "relation", written.start(), written.end(), f"{other} ", f"{other} {shown}"
                )
            if r"\\" in self.tex[start : written.start()]:
                yield Edit("lost relation", written.start(), written.end(), "", shown)

    def _lost_conditions(self, formula: Formula) -> Iterator[Edit]:
        """A formula without `for i != j` or without `(i = 1, ..., n)` behind it."""
        for before, node in pairwise(formula.statements):
            ranges = isinstance(node, Relation) and isinstance(node.sides[-1], Sequence)
            if isinstance(node, Condition) or ranges:
                end = node.end
                if self.tex[before.end : node.start].rstrip().endswith("("):
                    end = self.tex.find(")", end) + 1
                yield Edit("lost condition", before.end, end, "", self.text(before))

    def _free_binder(self, node: Binder) -> Iterator[Edit]:
        """`\\sum_j` for `\\sum_{j \\ne i}`."""
        if node.conditions:
            start = max(part.end for part in (node.index, node.low, node.within) if part)
            index = self.text(node.index)
            end = node.conditions[-1].end
            yield Edit("lost condition", start, end, "", f"the sum over {index}")

    def _cases(self, node: Cases) -> Iterator[Edit]:
        for value, condition in zip(node.values, node.conditions, strict=True):
            if condition is not None:
                yield Edit("lost condition", value.end, condition.end, " ", self.text(value))
        for one, other in pairwise(node.values):
            between = self.tex[one.end : other.start]
            swapped = f"{self.text(other)}{between}{self.text(one)}"
            yield Edit("branch", one.start, other.end, swapped, self.text(other))

    # --- ranges, sets and sizes -------------------------------------------------------------

    def _limit(self, node: Node | None) -> Iterator[Edit]:
        """Where a range ends: one sooner or later. Of numbers, `_number` sees to that."""
        if isinstance(node, Name | Scripted):
            for other in (f"{self.text(node)} - 1", f"{self.text(node)} + 1"):
                yield Edit("range", node.start, node.end, other, other)

    def _declaration(self, node: Relation) -> Iterator[Edit]:
        """Another set, other sizes, another range."""
        for part in (part for side in node.sides[1:] for part in walk(side)):
            if isinstance(part, Name | Set | Tuple):
                for kind, other in _SETS.get(self.text(part).replace(" ", ""), ()):
                    yield Edit(kind, part.start, part.end, other, other)
            if isinstance(part, Sequence):
                yield from self._limit(part.last)
                for limit in (part.first, part.last):
                    if isinstance(limit, Number):
                        yield from self._number(limit)
            elif isinstance(part, Tuple):
                yield from self._sizes(part)
            elif isinstance(part, Mark) and part.value is not None:
                yield from self._exponent(part.value)

    def _exponent(self, node: Node) -> Iterator[Edit]:
        """The sizes of `\\mathbb{R}^{n \\times m}`: swapped, or others."""
        factors = node.factors if isinstance(node, Product) else (node,)
        yield from self._swapped(factors)
        for factor in factors:
            if isinstance(factor, Number):
                yield from self._number(factor)
            for size in self._plain_sizes() if self._is_size(factor) else ():
                yield Edit("size", factor.start, factor.end, size, size)

    def _sizes(self, node: Tuple) -> Iterator[Edit]:
        if any(map(self._is_size, node.items)):
            yield from self._swapped(node.items)

    def _swapped(self, sizes: tuple[Node, ...]) -> Iterator[Edit]:
        for one, other in pairwise(sizes):
            between = self.tex[one.end : other.start]
            swapped = f"{self.text(other)}{between}{self.text(one)}"
            yield Edit("size", one.start, other.end, swapped, swapped)

    # --- symbols ----------------------------------------------------------------------------

    def _scripted(self, node: Scripted) -> Iterator[Edit]:
        yield from self._marks(node, node.marks, len(node.marks))

    def _marks(self, node: Node, marks: tuple[Mark, ...], count: int) -> Iterator[Edit]:
        for mark in marks:
            kind = _REMOVED.get(mark.kind)
            if kind is not None:
                start, end = mark.start, mark.end
                if count == 1 and self.tex[start] != "'":
                    caret = self.tex.rfind("^", 0, start)
                    start = caret
                    if self.tex[caret + 1 : caret + 2] == "{":
                        end = self.tex.find("}", end) + 1
                yield Edit(
                    kind, start, end, "", self.tex[node.start : start] + self.tex[end : node.end]
                )

    def _marked_function(self, node: Name | Scripted) -> Iterator[Edit]:
        """`f^2(x)`, `f^{-1}(x)`, `f'(x)` and `f^T(x)` for `f(x)`."""
        marks = node.marks if isinstance(node, Scripted) else ()
        shown = self.text(node)
        yield Edit("prime", node.end, node.end, "'", f"{shown}'")
        inside = marks[-1].end if marks else node.end
        if marks and self.tex[inside : inside + 1] != "}":
            return  # a second superscript cannot be put there
        for kind, mark in _ADDED.items():
            written = mark if marks else f"^{{{mark}}}"
            yield Edit(kind, inside, inside, written, f"{shown}^{{{mark}}}")

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
            yield Edit(
                "transpose",
                inside,
                inside,
                "T",
                self.tex[node.start : inside] + "T" + self.tex[inside : node.end],
            )

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
                family.letter != letter
                and family.kind == "value"
                and same_places
                and bool(family.entry_of) == bool(owner.entry_of)
                and (rank is None or size is None or rank == size)
            ):
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
            for decorated in (f"{self.text(node)}'", f"{self.text(node)}^2"):
                written = f"{{{decorated}}}" if self.tex[node.start - 1] in "_^" else decorated
                yield Edit("decorated index", node.start, node.end, written, f"index {decorated}")
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


__all__ = ["KINDS", "MENDING", "NEVER_THE_SAME", "OF_DECLARATIONS", "PLANTED", "Edit", "edits"]
