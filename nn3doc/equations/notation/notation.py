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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from nn3doc.equations.notation.matching import (
    bold,
    is_one_command,
    match_scripts,
    new_size,
    pattern,
    taken_apart,
)
from nn3doc.equations.notation.membership import Membership, membership
from nn3doc.equations.notation.sizes import ONE, Range, Shape, Size
from nn3doc.equations.notation.symbols import (
    INDEX_LETTERS,
    REAL,
    Domain,
    Family,
    NotationError,
    Part,
    Reference,
    filled,
)
from nn3doc.equations.tex import (
    KNOWN,
    Bars,
    Group,
    Lexicon,
    Mark,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Sum,
    TexError,
    bare,
)

_MAX_PLAIN_SIZE = 12


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
        entry_norm: Whether the page says that `\\|A\\|_2` is made of the entries, as `\\|A\\|_F` is.
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
    _lexicon: Lexicon | None = field(default=None, repr=False, compare=False)
    # What nodes stand for. It is shared by copies, until one of them is added to.
    _known: dict[int, tuple[Node, Reference | None]] = field(
        default_factory=dict, repr=False, compare=False
    )

    entry_norm: bool = False

    def copy(self, *, apart: bool = False) -> Notation:
        """A notation that can be added to without changing this one.

        Args:
            apart: Whether anything else of it may change as well, the range of an index for one.
        """
        return Notation(
            {letter: list(families) for letter, families in self.families.items()},
            dict(self.indices),
            dict(self.same_sizes),
            dict(self.numbers),
            dict(self.literals),
            dict(self.examples),
            set(self.concrete),
            dict(self.index_sets),
            dict(self.applied),
            dict(self._by_key),
            self._lexicon,
            dict(self._known) if apart else self._known,
            self.entry_norm,
        )

    @property
    def lexicon(self) -> Lexicon:
        """Longer names and functions, for the reader of TeX."""
        if self._lexicon is None:
            self._lexicon = self._gathered_lexicon()
        return self._lexicon

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

    def add(self, family: Family) -> Family:
        """Adds a family; one with the same pattern is replaced."""
        self._by_key[family.key] = family
        self._known, self._lexicon = {}, None
        known = self.families.setdefault(family.letter, [])
        known[:] = [other for other in known if other.key != family.key]
        known.append(family)
        for part in family.parts:
            if part.slot and part.place in ("bracket", "power"):
                self.concrete.add(part.slot)
        if family.kind == "size":
            self.concrete.update(family.slots)
        return family

    def add_applied(self, family: Family, parameters: tuple[Node, ...]) -> None:
        """Adds a family of values that are written with the symbols they depend on."""
        self.add(family)
        self.applied[family.key] = parameters
        self._lexicon = None

    @property
    def slots(self) -> frozenset[str]:
        """The letters of all indices that some symbol has."""
        return frozenset(slot for family in self.all() for slot in family.slots)

    def remove(self, family: Family) -> None:
        """Takes a family out."""
        self._by_key.pop(family.key, None)
        self.applied.pop(family.key, None)
        self._known, self._lexicon = {}, None
        kept = [other for other in self.families[family.letter] if other.key != family.key]
        self.families[family.letter] = kept
        if not kept:
            del self.families[family.letter]

    def find(self, key: str) -> Family | None:
        """The family with a key."""
        return self._by_key.get(key)

    def reference(self, node: Node) -> Reference | None:
        """The symbol a name stands for; None if no family fits.

        Args:
            node: A `Name`, or a `Scripted` one.
        """
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = node, self._look_up(node)
        return known[1]

    def _look_up(self, node: Node) -> Reference | None:
        base, sub, marks = taken_apart(node)
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
            if reference is None and declare and (name := new_size(node)):
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
            raise NotationError(
                f"{size} has no number here",
                node,
                "A layer is a number: say in the notation which.",
                "fits",
            )
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


def as_index(node: Node) -> str:
    """The letter of a plain index; "" for anything else."""
    return node.letter if isinstance(node, Name) else ""


__all__ = [
    "INDEX_LETTERS",
    "REAL",
    "Domain",
    "Family",
    "Group",
    "Membership",
    "Notation",
    "NotationError",
    "Part",
    "Range",
    "Reference",
    "TexError",
    "as_index",
    "filled",
    "membership",
    "pattern",
]


def any_layers(node: Node, notation: Notation) -> dict[str, int]:
    """Some value for every concrete index, to read a size with."""
    return dict.fromkeys(notation.concrete, 1)
