"""The notation of a page: what its table and its `\\in` statements say of every symbol.

A row of the table declares a *family*: `W^{[l]}` is one symbol for each layer. What its letters
carry is a pattern of slots and fixed parts, so any convention is only another table:

    $W^{[l]}$   W, superscript [slot l]            $W_l$      W, subscript slot l
    $n_x$       n, subscript fixed x               $\\delta^l$ δ, superscript slot l
    $\\mathbf{x}^{(i)}$   x, superscript (slot i)

The column Entry gives the pattern of one entry, `w^{[l]}_{j,k}`: the slots it has beyond the
symbol's own are its row and its column.

A `Notation` never changes: what adds to it makes another one. `NotationBuilder` holds the latest
while tables and statements are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from nn3doc.equations.notation.matching import (
    bold,
    fixed_text,
    is_one_command,
    mark_text,
    match_scripts,
    new_size,
    scripts_of,
)
from nn3doc.equations.notation.sizes import ONE, Size
from nn3doc.equations.notation.symbols import (
    INDEX_LETTERS,
    Family,
    NotationError,
    Part,
    Reference,
    SlotPlace,
    filled,
)
from nn3doc.equations.tex import (
    KNOWN,
    Bars,
    Lexicon,
    Mark,
    MarkKind,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum,
    bare,
    undecorated,
)

_SIZE_PRODUCTS = frozenset(["juxtaposition", "cdot", "times"])
LAST = 3  # how far layers and steps go, where a page leaves it open


@dataclass
class _Memo:
    """What was worked out of the families; copies with the same families share it."""

    known: dict[int, tuple[Node, Reference | None]] = field(default_factory=dict)
    lexicon: Lexicon | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Notation:
    """All that is known of the symbols of a page.

    Attributes:
        families: Families by letter.
        indices: Range of an index wherever nothing else is said.
        same_sizes: Sizes that are one: `n_x` is `n_0`.
        numbers: Sizes with one number for the whole page: `L = 2`.
        literals: Large numbers that stand for sizes: 784 is `n_x`.
        examples: All numbers that the page gives for sizes, for the last row of a matrix with dots.
        concrete: Letters whose values are gone through one by one, since shapes depend on them.
        index_sets: Which set an index is taken from: i from B.
        applied: Values that are written with the symbols they depend on, `l^{(i)}(w, b)`, by key.
        entry_norm: Whether the page says that `\\|A\\|_2` is made of the entries, as `\\|A\\|_F` is.
    """

    families: Mapping[str, tuple[Family, ...]] = field(default_factory=dict)
    indices: Mapping[str, tuple[Node, Node]] = field(default_factory=dict)
    same_sizes: Mapping[str, Size] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    literals: Mapping[int, Size] = field(default_factory=dict)
    examples: Mapping[int, Size] = field(default_factory=dict)
    concrete: Set[str] = frozenset()
    index_sets: Mapping[str, str] = field(default_factory=dict)
    applied: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    entry_norm: bool = False
    _by_key: Mapping[str, Family] = field(default_factory=dict)
    _memo: _Memo = field(default_factory=_Memo)

    def with_family(self, family: Family) -> Notation:
        """The same with one more family; one with the same pattern is replaced."""
        known = self.families.get(family.letter, ())
        others = tuple(other for other in known if other.key != family.key)
        concrete = {
            part.slot for part in family.parts if part.slot and part.place in ("bracket", "power")
        }
        if family.kind == "size":
            concrete.update(family.slots)
        return replace(
            self,
            families={**self.families, family.letter: (*others, family)},
            concrete=self.concrete | concrete,
            _by_key={**self._by_key, family.key: family},
            _memo=_Memo(),
        )

    def without_family(self, family: Family) -> Notation:
        """The same without a family."""
        kept = tuple(f for f in self.families[family.letter] if f.key != family.key)
        families = {**self.families, family.letter: kept}
        if not kept:
            del families[family.letter]
        return replace(
            self,
            families=families,
            applied={key: nodes for key, nodes in self.applied.items() if key != family.key},
            _by_key={key: one for key, one in self._by_key.items() if key != family.key},
            _memo=_Memo(),
        )

    def apart(self) -> Notation:
        """The same; what is looked up in it from now on is not remembered here."""
        return replace(self, _memo=replace(self._memo, known=dict(self._memo.known)))

    @property
    def lexicon(self) -> Lexicon:
        """Longer names and functions, for the reader of TeX."""
        if self._memo.lexicon is None:
            self._memo.lexicon = self._gathered_lexicon()
        return self._memo.lexicon

    def _gathered_lexicon(self) -> Lexicon:
        names, functions = set(), set()
        for letter, families in self.families.items():
            joined = letter[1:].isalpha() and letter[1:] not in KNOWN  # `\Delta w`, one name
            if not (len(letter) == 1 or is_one_command(letter)) or joined:
                names.add(letter)
            if any(family.kind == "function" or family.key in self.applied for family in families):
                functions.add(letter)
        return Lexicon(frozenset(names), frozenset(functions))

    def all(self) -> Iterator[Family]:
        """All families."""
        for families in self.families.values():
            yield from families

    @property
    def slots(self) -> frozenset[str]:
        """The letters of all indices that some symbol has."""
        return frozenset(slot for family in self.all() for slot in family.slots)

    def find(self, key: str) -> Family | None:
        """The family with a key."""
        return self._by_key.get(key)

    def reference(self, node: Node) -> Reference | None:
        """The symbol a name stands for; None if no family fits.

        Args:
            node: A `Name`, or a `Scripted` one.
        """
        known = self._memo.known.get(id(node))
        if known is None:
            known = self._memo.known[id(node)] = node, self._look_up(node)
        return known[1]

    def _look_up(self, node: Node) -> Reference | None:
        base, sub, marks = scripts_of(node)
        if not isinstance(base, Name):
            return None
        best: tuple[int, Reference] | None = None
        for family in (*self.families.get(base.letter, ()), *self._implied_entries(base.letter)):
            matched = match_scripts(family, sub, marks)
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
            replace(
                family,
                letter=letter,
                parts=(*family.parts, Part("sub", "·row")),
                entry_of=family.key,
                row="·row",
            )
            for bold in bold(letter)
            for family in self.families.get(bold, ())
            if family.kind == "value"
            and not family.entry_of
            and (family.shape is None or len(family.shape) == 2)
        ]
        upper = letter.upper() if len(letter) == 1 else ""
        if letter.startswith("\\") and letter.endswith("}") and letter[-2:-1].islower():
            upper = letter[:-2] + letter[-2].upper() + "}"
        for candidate in (upper, f"\\mathbf{{{upper}}}"):
            for family in self.families.get(candidate, ()) if upper else ():
                if family.kind == "value" and not family.entry_of:
                    if family.shape is None or len(family.shape) == 2:
                        parts = (*family.parts, Part("sub", "·row"), Part("sub", "·col"))
                        result.append(
                            replace(
                                family,
                                letter=letter,
                                parts=parts,
                                entry_of=family.key,
                                row="·row",
                                col="·col",
                            )
                        )
        return result

    def _reference(
        self,
        family: Family,
        slots: dict[str, Node | None],
        extra: tuple[Node, ...],
        rest: tuple[Mark, ...],
        node: Node,
        base: Name,
    ) -> Reference | None:
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

    def canonical(self, size: Size) -> Size:
        """A size with every name put to the one it is the same as."""
        number = size.number
        if number is not None:
            if number not in self.literals:
                return size
            size = self.literals[number]
        for _ in range(4):
            known = {}
            for name in size.names:
                if name in self.numbers:
                    known[name] = Size.of(self.numbers[name])
                elif name in self.same_sizes:
                    known[name] = self.same_sizes[name]
            following = size.replace(known)
            if following == size:
                return size
            size = following
        return size

    def size(self, node: Node, layers: Mapping[str, int]) -> Size:
        """The size an expression stands for.

        Args:
            node: The expression.
            layers: Values of concrete indices.

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
                part = self.size(term, layers)
                total = total + part if sign > 0 else total - part
            return self.canonical(total)
        if isinstance(node, Product) and node.operation in _SIZE_PRODUCTS:
            product = ONE
            for factor in node.factors:
                product = product * self.size(factor, layers)
            return self.canonical(product)
        if isinstance(node, Bars) and not node.double:
            reference = self.reference(node.inner)
            if reference is not None and reference.family.kind == "set":
                return Size.of(f"|{reference.family.letter}|")
        if isinstance(node, Name) and node.letter in layers:
            return Size.of(layers[node.letter])
        if isinstance(node, Name | Scripted):
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

    def integer(self, node: Node, layers: Mapping[str, int]) -> int:
        """The number that stands in a concrete slot: `l - 1` with l = 2 is 1.

        Raises:
            NotationError: It has no number.
        """
        size = self.size(node, layers)
        if size.number is None:
            raise NotationError(
                f"{size} has no number here",
                node,
                "A layer is a number: say in the notation which.",
                "fits",
            )
        return size.number

    def with_closed_ends(self) -> Notation:
        """The same with a number for an L that only says how far a concrete index goes."""
        ends = [(slot, high) for family in self.all() for slot, _, high in family.ranges]
        ends += [(letter, high) for letter, (_, high) in self.indices.items()]
        open_ends = dict.fromkeys(
            high.letter
            for letter, high in ends
            if letter in self.concrete and isinstance(high, Name) and self._is_size(high.letter)
        )
        closed = self
        for letter in open_ends:
            if closed.canonical(Size.of(letter)).number is None:
                closed = replace(closed, numbers={**closed.numbers, letter: LAST})
        return closed

    def _is_size(self, letter: str) -> bool:
        return any(family.kind == "size" for family in self.families.get(letter, ()))

    def slot_range(self, family: Family, slot: str) -> tuple[Node, Node] | None:
        """From where to where a slot runs for a family; None where nothing is said."""
        for name, low, high in family.ranges:
            if name == slot:
                return low, high
        return self.indices.get(slot)

    def numbers_of(self, family: Family, slot: str) -> tuple[int, int]:
        """The first and the last number of a slot; 1 and `LAST` where the page leaves them open."""
        limits = self.slot_range(family, slot)
        if limits is None:
            return 1, LAST
        try:
            return self.integer(limits[0], {}), self.integer(limits[1], {})
        except NotationError:
            return 1, LAST


@dataclass
class NotationBuilder:
    """A notation while tables and statements are read: `now` is what is known so far."""

    now: Notation = field(default_factory=Notation)

    def add(self, family: Family) -> Family:
        """Adds a family; one with the same pattern is replaced."""
        self.now = self.now.with_family(family)
        return family

    def add_applied(self, family: Family, parameters: tuple[Node, ...]) -> None:
        """Adds a family of values that are written with the symbols they depend on."""
        # Before the family, which begins with a new memo: the lexicon has what is applied.
        self.now = replace(self.now, applied={**self.now.applied, family.key: parameters})
        self.add(family)

    def remove(self, family: Family) -> None:
        """Takes a family out."""
        self.now = self.now.without_family(family)

    def set_index(self, letter: str, limits: tuple[Node, Node]) -> None:
        """Says over what an index runs wherever nothing else is said."""
        self.now = replace(self.now, indices={**self.now.indices, letter: limits})

    def close_ends(self) -> None:
        """Gives a number to an L that only says how far a concrete index goes."""
        self.now = self.now.with_closed_ends()

    def declare_sizes(self, node: Node, layers: Mapping[str, int]) -> None:
        """Adds the unknown plain letters of a size as new sizes, and reads it.

        Args:
            node: The size.
            layers: Values of concrete indices.

        Raises:
            NotationError: It is no size; what stands in front of that is declared all the same.
        """
        node = bare(node)
        if isinstance(node, Sum):
            parts = node.terms
        elif isinstance(node, Product) and node.operation in _SIZE_PRODUCTS:
            parts = node.factors
        else:
            if isinstance(node, Name | Scripted) and not (
                isinstance(node, Name) and node.letter in layers
            ):
                new = new_size(node)
                if new is not None and self.now.reference(node) is None:
                    self.add(new)
            self.now.size(node, layers)
            return
        for part in parts:
            self.declare_sizes(part, layers)


def as_index(node: Node) -> str:
    """The letter of a plain index; "" for anything else."""
    return node.letter if isinstance(node, Name) else ""


def any_layers(notation: Notation) -> dict[str, int]:
    """Some value for every concrete index, to read a size with."""
    return dict.fromkeys(notation.concrete, 1)


def pattern(node: Node, notation: Notation, slots: frozenset[str]) -> tuple[str, tuple[Part, ...]]:
    """The letter of a symbol and its parts, for declaring a family.

    Args:
        node: The symbol as written.
        notation: What is known already.
        slots: Letters that are indices though nothing else says so.

    Raises:
        NotationError: It is no symbol with plain scripts.
    """
    base, sub, marks = scripts_of(node)
    if not isinstance(base, Name):
        raise NotationError("a symbol is expected here", node)
    parts = [_part("sub", item, notation, slots) for item in sub]
    for mark in marks:
        if mark.kind == "transpose":
            raise NotationError(
                "a transposed symbol cannot be declared", mark, "Declare the symbol itself."
            )
        if mark.kind in ("prime", "star") or mark.value is None:
            parts.append(Part("power", fixed=mark_text(mark)))
        else:
            place: dict[MarkKind, SlotPlace] = {
                "bracket": "bracket",
                "paren": "paren",
                "angle": "angle",
                "power": "power",
            }
            part = _part(place[mark.kind], mark.value, notation, slots)
            if part.fixed and mark.kind != "power":
                part = replace(part, fixed=mark_text(mark))
            parts.append(part)
    return base.letter, tuple(parts)


def _part(place: SlotPlace, node: Node, notation: Notation, slots: frozenset[str]) -> Part:
    if isinstance(node, Name):
        is_size = any(f.kind != "index" for f in notation.families.get(node.letter, ()))
        index = any(
            letter in slots or letter in notation.indices or letter in notation.index_sets
            for letter in (node.letter, undecorated(node.letter))
        )
        letter = undecorated(node.letter)
        bracketed = place in ("bracket", "paren", "angle") and not letter.startswith(r"\math")
        if index or (bracketed and not is_size) or (letter in INDEX_LETTERS and not is_size):
            return Part(place, slot=node.letter)
    if place == "bracket" and isinstance(node, Number):  # `Z^{[1]}` is a Z of the first layer
        return Part(place, slot=_layer_letter(notation))
    text = fixed_text(node)
    if not text:
        raise NotationError(
            "only an index or a plain word can stand in the scripts of a declared symbol", node
        )
    return Part(place, fixed=text)


def _layer_letter(notation: Notation) -> str:
    """The letter that the page has for what stands in square brackets."""
    slots = (
        part.slot
        for family in notation.all()
        for part in family.parts
        if part.place == "bracket" and part.slot
    )
    return next(slots, "l")
