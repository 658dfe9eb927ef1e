"""The notation of a page: what its table and its `\\in` statements say of every symbol.

A row of the table declares a *family*: `W^{[l]}` is one symbol for each layer. What its letters
carry is a pattern of slots and fixed parts, so any convention is only another table:

    $W^{[l]}$   W, superscript [slot l]            $W_l$      W, subscript slot l
    $n_x$       n, subscript fixed x               $\\delta^l$ δ, superscript slot l
    $\\mathbf{x}^{(i)}$   x, superscript (slot i)

The column Entry gives the pattern of one entry, `w^{[l]}_{j,k}`: the slots it has beyond the
symbol's own are its row and its column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from nn3doc.equations.sizes import ONE, Range, Shape, Size
from nn3doc.equations.tex import Lexicon
from nn3doc.equations.tokens import ACCENTS, TexError
from nn3doc.equations.tree import (
    Bars,
    Group,
    Mark,
    MarkKind,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sequence,
    Set,
    Sum,
    Text,
    Tuple,
    bare,
)

SlotPlace = Literal["sub", "bracket", "paren", "angle", "power"]
FamilyKind = Literal["value", "size", "index", "set", "function"]
INDEX_LETTERS = frozenset("ijklpqrst")
_MAX_PLAIN_SIZE = 12
_BRACKETS = {"bracket": ("[", "]"), "paren": ("(", ")"), "angle": ("⟨", "⟩")}


class NotationError(ValueError):
    """A symbol, a size or a row of the table that does not fit.

    Attributes:
        start: Offset of the first character at fault, in the formula or cell it stands in.
        end: Offset behind the last one.
        cure: How to mend it.
        question: Which of the five questions fails: `known`, `fits` or `notation`.
    """

    def __init__(self, message: str, node: Node, cure: str = "", question: str = "known") -> None:
        super().__init__(message)
        self.message = message
        self.start = node.start
        self.end = node.end
        self.cure = cure
        self.question = question


@dataclass(frozen=True)
class Part:
    """One script of a symbol: a slot for an index, or a fixed part of its name."""

    place: SlotPlace
    slot: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class Domain:
    """Where a value lies: an interval, or a few numbers."""

    low: float = float("-inf")
    high: float = float("inf")
    values: tuple[float, ...] = ()
    nonzero: bool = False

    @property
    def is_real(self) -> bool:
        """Whether nothing is said of it."""
        return self == Domain()


REAL = Domain()


@dataclass(frozen=True)
class Family:
    """One row of the notation: a symbol for every value of its slots.

    Attributes:
        letter: Canonical letter.
        parts: Its scripts, subscripts first.
        kind: What it is.
        shape: Sizes, in which slots may occur as in `n_l`; None until its definition is read.
        tex: How the table writes it.
        domain: Where its values lie.
        python: Its Python name, slots in braces; "" where the obvious one is meant.
        meaning: What the table says of it.
        ranges: Range of a slot for this family only: `A^{[l]}`, l = 0, …, L.
        column: Declared with a literal 1 as a size: the only thing that is repeated in a sum.
        entry_of: For the pattern of an entry: the family it belongs to.
        row: Slot that is the row; "" where there is none.
        col: Slot that is the column.
        source: For a function: domains and shapes of its arguments.
        members: For an index set, the size of it; for an integer symbol, the last integer.
    """

    letter: str
    parts: tuple[Part, ...]
    kind: FamilyKind
    shape: tuple[Node, ...] | None
    tex: str
    domain: Domain = REAL
    python: str = ""
    meaning: str = ""
    ranges: tuple[tuple[str, Node, Node], ...] = ()
    column: bool = False
    entry_of: str = ""
    row: str = ""
    col: str = ""
    source: tuple[tuple[Domain, tuple[Node, ...]], ...] | None = None
    target: tuple[Node, ...] = ()
    members: Node | None = None
    declared: bool = True

    @property
    def key(self) -> str:
        """One name for the family, whatever its slots are called."""
        return self.letter + "".join(f"|{part.place}:{part.fixed}" for part in self.parts)

    @property
    def slots(self) -> tuple[str, ...]:
        """Letters of its slots, in the order of its parts."""
        return tuple(part.slot for part in self.parts if part.slot)


@dataclass(frozen=True)
class Reference:
    """A symbol met in a formula, matched with a family.

    Attributes:
        family: The family; for an entry, the family of the whole.
        arguments: What stands in the family's slots.
        row: What stands at the row of an entry; None where it is left out.
        col: The same for the column.
        is_entry: Whether it is written as an entry.
        rest: Marks that belong to no slot: transpose, power.
        node: The symbol without `rest`.
        spelled: The entry family it was written with, if any.
    """

    family: Family
    arguments: tuple[Node, ...]
    row: Node | None
    col: Node | None
    is_entry: bool
    rest: tuple[Mark, ...]
    node: Node
    spelled: Family | None = None


@dataclass
class Notation:
    """All that is known of the symbols of a page.

    Attributes:
        families: Families by letter.
        indices: Range of an index wherever nothing else is said.
        same_sizes: Sizes that are one: `n_x` is `n_0`.
        numbers: Sizes with one number for the whole page: `L = 2`.
        literals: Large numbers that stand for sizes: 784 is `n_x`.
        examples: All numbers that the page gives for sizes, for the last row of a matrix with dots.
        applied: Values that are written with the symbols they depend on, `l^{(i)}(w, b)`, by key.
        concrete: Letters whose values are gone through one by one, since shapes depend on them.
        index_sets: Which set an index is taken from: i from B.
    """

    families: dict[str, list[Family]] = field(default_factory=dict)
    indices: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    same_sizes: dict[str, Size] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    literals: dict[int, Size] = field(default_factory=dict)
    examples: dict[int, Size] = field(default_factory=dict)
    concrete: set[str] = field(default_factory=set)
    index_sets: dict[str, str] = field(default_factory=dict)
    applied: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    _by_key: dict[str, Family] = field(default_factory=dict, repr=False)

    def copy(self) -> Notation:
        """A notation that can be added to without changing this one."""
        return Notation(
            {letter: list(families) for letter, families in self.families.items()},
            dict(self.indices), dict(self.same_sizes), dict(self.numbers), dict(self.literals),
            dict(self.examples), set(self.concrete), dict(self.index_sets), dict(self.applied),
            dict(self._by_key),
        )  # fmt: skip

    @property
    def lexicon(self) -> Lexicon:
        """Longer names and functions, for the reader of TeX."""
        names, functions = set(), set()
        for letter, families in self.families.items():
            if not (len(letter) == 1 or _is_one_command(letter)):
                names.add(letter)
            if any(family.kind == "function" or family.key in self.applied for family in families):
                functions.add(letter)
        return Lexicon(frozenset(names), frozenset(functions))

    def all(self) -> Iterator[Family]:
        """All families."""
        for families in self.families.values():
            yield from families

    def add(self, family: Family) -> Family:
        """Adds a family; one with the same pattern is replaced."""
        self._by_key[family.key] = family
        known = self.families.setdefault(family.letter, [])
        known[:] = [other for other in known if other.key != family.key]
        known.append(family)
        for part in family.parts:
            if part.slot and part.place in ("bracket", "power"):
                self.concrete.add(part.slot)
        if family.kind == "size":
            self.concrete.update(family.slots)
        return family

    @property
    def slots(self) -> frozenset[str]:
        """The letters of all indices that some symbol has."""
        return frozenset(slot for family in self.all() for slot in family.slots)

    def remove(self, family: Family) -> None:
        """Takes a family out."""
        self._by_key.pop(family.key, None)
        kept = [other for other in self.families[family.letter] if other.key != family.key]
        self.families[family.letter] = kept
        if not kept:
            del self.families[family.letter]

    def find(self, key: str) -> Family | None:
        """The family with a key."""
        return self._by_key.get(key)

    # --- matching a symbol with a family ----------------------------------------------------

    def reference(self, node: Node) -> Reference | None:
        """The symbol a name stands for; None if no family fits.

        Args:
            node: A `Name`, or a `Scripted` one.
        """
        base, sub, marks = _taken_apart(node)
        if not isinstance(base, Name):
            return None
        best: tuple[int, Reference] | None = None
        for family in (*self.families.get(base.letter, ()), *self._implied_entries(base.letter)):
            matched = _match(family, sub, marks)
            if matched is None:
                continue
            score, slots, extra, rest = matched
            reference = self._reference(family, slots, extra, rest, node, base)
            if reference is not None and (best is None or score > best[0]):
                best = score, reference
        return best[1] if best else None

    def _implied_entries(self, letter: str) -> list[Family]:
        """`x_{j,k}` is an entry of `X` where the table does not say otherwise."""
        if self.families.get(letter):
            return []
        result = [
            replace(family, letter=letter, parts=(*family.parts, Part("sub", "·row")),
                    entry_of=family.key, row="·row")
            for bold in _bold(letter) for family in self.families.get(bold, ())
            if family.kind == "value" and not family.entry_of
            and (family.shape is None or len(family.shape) == 2)
        ]  # fmt: skip
        upper = letter.upper() if len(letter) == 1 else ""
        if letter.startswith("\\") and letter.endswith("}") and letter[-2:-1].islower():
            upper = letter[:-2] + letter[-2].upper() + "}"
        for candidate in (upper, f"\\mathbf{{{upper}}}"):
            for family in self.families.get(candidate, ()) if upper else ():
                if family.kind == "value" and not family.entry_of:
                    if family.shape is None or len(family.shape) == 2:
                        parts = (*family.parts, Part("sub", "·row"), Part("sub", "·col"))
                        result.append(
                            replace(family, letter=letter, parts=parts, entry_of=family.key,
                                    row="·row", col="·col")
                        )  # fmt: skip
        return result

    def _reference(
        self, family: Family, slots: dict[str, Node | None], extra: tuple[Node, ...],
        rest: tuple[Mark, ...], node: Node, base: Name,
    ) -> Reference | None:  # fmt: skip
        end = max([base.end, *(n.end for n in slots.values() if n), *(n.end for n in extra)])
        place = replace(base, end=node.end if not rest else max(end, base.end))
        if family.entry_of:
            if extra:
                return None
            owner = self.find(family.entry_of)
            assert owner is not None
            arguments = [slots.get(slot) for slot in owner.slots]
            if any(argument is None for argument in arguments):
                return None
            row = slots.get(family.row) if family.row else None
            col = slots.get(family.col) if family.col else None
            return Reference(
                owner,
                tuple(a for a in arguments if a is not None),
                row,
                col,
                True,
                rest,
                place,
                family,
            )
        values = [slots[slot] for slot in family.slots]
        if any(value is None for value in values):
            return None
        arguments_ = tuple(value for value in values if value is not None)
        if not extra:
            return Reference(family, arguments_, None, None, False, rest, place)
        if family.kind != "value" or len(extra) > 2:
            return None
        if family.shape is not None and len(family.shape) == 0:
            return None
        if len(extra) == 2:
            return Reference(family, arguments_, extra[0], extra[1], True, rest, place)
        return Reference(family, arguments_, extra[0], None, True, rest, place)

    # --- sizes ------------------------------------------------------------------------------

    def canonical(self, size: Size) -> Size:
        """A size with every name put to the one it is the same as."""
        number = size.number
        if number is not None and number in self.literals:
            size = self.literals[number]
        for _ in range(4):
            known = {**self.same_sizes, **{n: Size.of(v) for n, v in self.numbers.items()}}
            following = size.replace(known)
            if following == size:
                return size
            size = following
        return size

    def size(self, node: Node, layers: Mapping[str, int], declare: bool = False) -> Size:
        """The size an expression stands for.

        Args:
            node: The expression.
            layers: Values of concrete indices.
            declare: Whether an unknown plain letter becomes a new size.

        Raises:
            NotationError: It is no size, or it names a symbol that is none.
        """
        node = bare(node)
        if isinstance(node, Number):
            if not node.text.isdigit():
                raise NotationError("a size is a whole number", node, question="fits")
            return self.canonical(Size.of(int(node.text)))
        if isinstance(node, Sum):
            total = Size(())
            for term, sign in zip(node.terms, node.signs, strict=True):
                part = self.size(term, layers, declare)
                total = total + part if sign > 0 else total - part
            return self.canonical(total)
        if isinstance(node, Product) and node.operation in ("juxtaposition", "cdot", "times"):
            product = ONE
            for factor in node.factors:
                product = product * self.size(factor, layers, declare)
            return self.canonical(product)
        if isinstance(node, Bars) and not node.double:
            reference = self.reference(node.inner)
            if reference is not None and reference.family.kind == "set":
                return Size.of(f"|{reference.family.letter}|")
        if isinstance(node, Name) and node.letter in layers:
            return Size.of(layers[node.letter])
        if isinstance(node, Name | Scripted):
            reference = self.reference(node)
            if reference is None and declare and (name := _new_size(node)):
                self.add(name)
                reference = self.reference(node)
            if reference is not None and reference.family.kind == "size" and not reference.rest:
                return self.canonical(Size.of(self.size_name(reference, layers)))
            if isinstance(node, Name) and node.letter in self.indices:
                raise NotationError(f"{node.letter} is an index, not a size", node, question="fits")
        raise NotationError(
            "I cannot read this as a size",
            node,
            "A size is a number or a symbol that the table gives the shape \\mathbb{N}.",
            "fits",
        )

    def size_name(self, reference: Reference, layers: Mapping[str, int]) -> str:
        """The name of a size with its slots filled in: `n_2`."""
        values = [str(self.integer(argument, layers)) for argument in reference.arguments]
        return filled(reference.family, values)

    @staticmethod
    def size_name_of(family: Family) -> str:
        """The name of a size without slots: `n_x`."""
        return filled(family, ())

    def integer(self, node: Node, layers: Mapping[str, int]) -> int:
        """The number that stands in a concrete slot: `l - 1` with l = 2 is 1.

        Raises:
            NotationError: It has no number.
        """
        size = self.size(node, layers)
        if size.number is None:
            raise NotationError(f"{size} has no number here", node, question="fits")
        return size.number

    def close_ends(self) -> None:
        """Gives a number to an L that only says how far a concrete index goes."""
        for family in self.all():
            for slot, _, high in family.ranges:
                self._close_end(slot, high)
        for letter, (_, high) in self.indices.items():
            self._close_end(letter, high)

    def _close_end(self, letter: str, high: Node) -> None:
        if letter in self.concrete and isinstance(high, Name):
            if any(family.kind == "size" for family in self.families.get(high.letter, ())):
                if self.canonical(Size.of(high.letter)).number is None:
                    self.numbers[high.letter] = _CHOSEN

    def shape(self, family: Family, layers: Mapping[str, int]) -> Shape | None:
        """The shape of one member of a family, its slots given by their letters."""
        if family.shape is None:
            return None
        return tuple(self.size(size, layers) for size in family.shape)

    def slot_range(self, family: Family, slot: str) -> tuple[Node, Node] | None:
        """From where to where a slot runs for a family; None where nothing is said."""
        for name, low, high in family.ranges:
            if name == slot:
                return low, high
        return self.indices.get(slot)


_CHOSEN = 3  # layers, where a page leaves their number open


def filled(family: Family, values: Iterable[str]) -> str:
    """The TeX of one member of a family: `W^{[1]}`."""
    given = iter(values)
    sub, marks = "", ""
    for part in family.parts:
        content = next(given) if part.slot else part.fixed
        if part.place == "sub":
            sub += ("," if sub else "") + content
        elif part.place == "power":
            marks += content
        else:
            left, right = _BRACKETS[part.place]
            marks += f"{left}{content}{right}"
    subscript = "" if not sub else f"_{sub}" if len(sub) == 1 else f"_{{{sub}}}"
    superscript = "" if not marks else f"^{marks}" if len(marks) == 1 else f"^{{{marks}}}"
    return family.letter + superscript + subscript


def _taken_apart(node: Node) -> tuple[Node, tuple[Node, ...], tuple[Mark, ...]]:
    if isinstance(node, Scripted):
        items: list[Node] = []
        for item in node.sub:
            if isinstance(item, Product) and item.operation == "juxtaposition" and all(
                isinstance(factor, Name | Number) for factor in item.factors
            ):  # fmt: skip
                items.extend(item.factors)  # `w_{jk}` is `w_{j,k}`
            else:
                items.append(item)
        return node.base, tuple(items), node.marks
    return node, (), ()


def _match(
    family: Family, sub: tuple[Node, ...], marks: tuple[Mark, ...]
) -> tuple[int, dict[str, Node | None], tuple[Node, ...], tuple[Mark, ...]] | None:
    """How well scripts fit a family: score, slots, further subscripts and further marks."""
    slots: dict[str, Node | None] = {}
    score = 0
    ends = {family.row, family.col} - {""}
    wanted = [part for part in family.parts if part.place == "sub"]
    rest = list(sub)
    for place, part in enumerate(wanted):
        if part.fixed:
            if not rest or _fixed_text(rest[0]) != part.fixed:
                return None
            rest.pop(0)
            score += 3
        elif rest:
            missing = len(wanted) - place - len(rest)
            if missing > 0 and part.slot in ends and part.slot == family.col:
                slots[part.slot] = None
                continue
            slots[part.slot] = rest.pop(0)
            score += 2
        elif part.slot in ends:
            slots[part.slot] = None
        else:
            return None
    remaining = list(marks)
    for part in family.parts:
        if part.place == "sub":
            continue
        mark = remaining[0] if remaining else None
        if part.fixed:
            if mark is None or _mark_text(mark) != part.fixed:
                return None
            remaining.pop(0)
            score += 3
        elif mark is not None and mark.kind == part.place:
            slots[part.slot] = mark.value
            remaining.pop(0)
            score += 2
        elif part.slot in ends:
            slots[part.slot] = None
        else:
            return None
    if any(mark.kind in ("bracket", "paren", "angle") for mark in remaining):
        return None
    if family.entry_of and ends and all(slots.get(end) is None for end in ends):
        return None
    if not family.entry_of and family.shape is not None and not family.shape and rest:
        return None
    return score - len(rest), slots, tuple(rest), tuple(remaining)


def _fixed_text(node: Node) -> str:
    """The text of a script that is part of a name: x in `n_x`, in in `n_{\\text{in}}`, 0."""
    if isinstance(node, Name):
        return node.letter
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Text):
        return node.text.strip()
    return ""


def _mark_text(mark: Mark) -> str:
    if mark.kind in ("prime", "star"):
        return {"prime": "'", "star": "*"}[mark.kind]
    if mark.value is None:
        return ""
    left, right = _BRACKETS.get(mark.kind, ("", ""))
    return left + _fixed_text(mark.value) + right


def _bold(letter: str) -> tuple[str, ...]:
    """How the vector is written whose entries have a letter: x_k is an entry of \\mathbf{x}."""
    accent, _, inner = letter.partition("{")
    if inner and accent[1:] in ACCENTS:
        inner = inner[:-1]
        return f"{accent}{{\\mathbf{{{inner}}}}}", f"\\mathbf{{{accent}{{{inner}}}}}"
    if letter.startswith(r"\mathbf{"):
        return ()
    return f"\\mathbf{{{letter}}}", f"\\vec{{{letter}}}"


def _is_one_command(letter: str) -> bool:
    return (
        letter.startswith("\\")
        and (letter[1:].isalpha() or letter.endswith("}"))
        and (letter.count("\\") == 1 or "{\\" in letter)
    )


def _new_size(node: Node) -> Family | None:
    """An unknown letter in the exponent of ℝ is a new size."""
    if isinstance(node, Name):
        return Family(node.letter, (), "size", (), node.letter, declared=False)
    if isinstance(node, Scripted) and isinstance(node.base, Name) and not node.marks:
        if len(node.sub) == 1 and (text := _fixed_text(node.sub[0])):
            parts = (Part("sub", fixed=text),)
            return Family(node.base.letter, parts, "size", (), f"{node.base.letter}_{text}",
                          declared=False)  # fmt: skip
    return None


def pattern(node: Node, notation: Notation, slots: frozenset[str]) -> tuple[str, tuple[Part, ...]]:
    """The letter of a symbol and its parts, for declaring a family.

    Args:
        node: The symbol as written.
        notation: What is known already.
        slots: Letters that are indices though nothing else says so.

    Raises:
        NotationError: It is no symbol with plain scripts.
    """
    base, sub, marks = _taken_apart(node)
    if not isinstance(base, Name):
        raise NotationError("a symbol is expected here", node)
    parts = [_part("sub", item, notation, slots) for item in sub]
    for mark in marks:
        if mark.kind == "transpose":
            raise NotationError("a transposed symbol cannot be declared", mark,
                                "Declare the symbol itself.")  # fmt: skip
        if mark.kind in ("prime", "star") or mark.value is None:
            parts.append(Part("power", fixed=_mark_text(mark)))
        else:
            place: dict[MarkKind, SlotPlace] = {
                "bracket": "bracket", "paren": "paren", "angle": "angle", "power": "power"
            }  # fmt: skip
            part = _part(place[mark.kind], mark.value, notation, slots)
            if part.fixed and mark.kind != "power":
                part = replace(part, fixed=_mark_text(mark))
            parts.append(part)
    return base.letter, tuple(parts)


def _part(place: SlotPlace, node: Node, notation: Notation, slots: frozenset[str]) -> Part:
    if isinstance(node, Name):
        is_size = any(f.kind != "index" for f in notation.families.get(node.letter, ()))
        index = node.letter in slots or node.letter in notation.indices or (
            node.letter in notation.index_sets
        )  # fmt: skip
        if index or (place in ("bracket", "paren", "angle") and not is_size) or (
            node.letter in INDEX_LETTERS and not is_size
        ):  # fmt: skip
            return Part(place, slot=node.letter)
    if place == "bracket" and isinstance(node, Number):  # `Z^{[1]}` is a Z of the first layer
        return Part(place, slot=_layer_letter(notation))
    text = _fixed_text(node)
    if not text:
        raise NotationError(
            "only an index or a plain word can stand in the scripts of a declared symbol", node
        )
    return Part(place, fixed=text)


def _layer_letter(notation: Notation) -> str:
    """The letter that the page has for what stands in square brackets."""
    slots = (part.slot for family in notation.all() for part in family.parts
             if part.place == "bracket" and part.slot)  # fmt: skip
    return next(slots, "l")


@dataclass(frozen=True)
class Membership:
    """What a set says of its elements: `\\mathbb{R}^{n \\times m}`."""

    domain: Domain
    shape: tuple[Node, ...]
    kind: FamilyKind = "value"
    column: bool = False
    sequence: tuple[Node, Node] | None = None


def membership(node: Node) -> Membership | None:
    """What is said of a symbol that is an element of a set; None if it is no set I know.

    `\\mathbb{R}`, `\\mathbb{R}^{n}`, `\\mathbb{R}^{n \\times m}`, `\\{0, 1\\}^{…}`, `(0, 1)`, `[0, 1]`,
    `\\mathbb{R}_{>0}`, `\\{1, \\dots, K\\}`, `\\mathbb{N}`, and sizes alone, `(n, m)`.
    """
    node = bare(node)
    if isinstance(node, Scripted):
        powers = [mark.value for mark in node.marks if mark.kind == "power" and mark.value]
        inner = _positive(node) or membership(node.base)
        if inner is None or inner.shape or len(powers) != len(node.marks) or len(powers) > 1:
            return None
        if node.sub and _positive(node) is None:
            return None
        if not powers:
            return inner
        sizes = _sizes(powers[0])
        column = len(sizes) == 2 and any(isinstance(s, Number) and s.text == "1" for s in sizes)
        if len(sizes) == 1:
            one = Number(node.end, node.end, "1")
            sizes = (sizes[0], one)
        return replace(inner, shape=sizes, kind="value", column=column)
    if isinstance(node, Name):
        if node.letter == r"\mathbb{R}":
            return Membership(REAL, ())
        if node.letter in (r"\mathbb{N}", r"\mathbb{Z}"):
            return Membership(REAL, (), "size")
        return None
    if isinstance(node, Set):
        if len(node.items) == 1 and isinstance(node.items[0], Sequence):
            return Membership(REAL, (), "index", sequence=(node.items[0].first, node.items[0].last))
        numbers = tuple(_plain_number(item) for item in node.items)
        if all(number is not None for number in numbers):
            return Membership(Domain(values=tuple(n for n in numbers if n is not None)), ())
        return None
    if isinstance(node, Tuple) and len(node.items) == 2:
        ends = [_plain_number(item) for item in node.items]
        if ends[0] is not None and ends[1] is not None and ends[0] < ends[1]:
            return Membership(Domain(ends[0], ends[1]), ())
        column = any(isinstance(item, Number) for item in node.items)
        return Membership(REAL, node.items, column=column)
    return None


def _positive(node: Scripted) -> Membership | None:
    r"""`\mathbb{R}_+`, `\mathbb{R}_{>0}`, `\mathbb{R}_{\ge 0}`, and the negative numbers."""
    if isinstance(node.base, Name) and node.base.letter == r"\mathbb{R}" and len(node.sub) == 1:
        sign = node.sub[0].text.strip() if isinstance(node.sub[0], Text) else ""
        if sign.startswith(("+", ">", r"\g")):
            return Membership(Domain(0.0), ())
        if sign.startswith(("-", "<", r"\l")):
            return Membership(Domain(high=0.0), ())
    return None


def _sizes(node: Node) -> tuple[Node, ...]:
    """The sizes in an exponent; `(N \\times N) \\times (M \\times N)` are four."""
    if isinstance(node, Product) and node.operation == "times":
        return tuple(size for factor in node.factors for size in _sizes(bare(factor)))
    return (bare(node),)


def _plain_number(node: Node) -> float | None:
    sign = 1.0
    node = bare(node)
    if isinstance(node, Sum) and len(node.terms) == 1:
        sign, node = float(node.signs[0]), node.terms[0]
    return sign * float(node.text) if isinstance(node, Number) else None


def as_index(node: Node) -> str:
    """The letter of a plain index; "" for anything else."""
    return node.letter if isinstance(node, Name) else ""


__all__ = [
    "INDEX_LETTERS", "REAL", "Domain", "Family", "Group", "Membership", "Notation",
    "NotationError", "Part", "Range", "Reference", "TexError", "as_index", "filled",
    "membership", "pattern",
]  # fmt: skip
