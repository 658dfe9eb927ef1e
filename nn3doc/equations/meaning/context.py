"""What readings know of where they stand, and how a node finds its reading.

A reading is a function `(context, node) -> Term`, registered for a kind of node. It reads what is
below it by `read`, so that no reading needs to know of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from nn3doc.equations.meaning.terms import Index, Key, Term
from nn3doc.equations.notation import (
    Family,
    Notation,
    NotationError,
    Range,
    Reference,
    Room,
    Shape,
    Size,
)
from nn3doc.equations.tex import (
    Mark,
    Name,
    Node,
    Number,
    Product,
    Scripted,
    Tuple,
    bare,
    walk,
)

_R = TypeVar("_R", bound=Callable[..., Term])


class Definitions(Protocol):
    """What readings ask of a page."""

    @property
    def notation(self) -> Notation:
        """What its symbols are."""

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
    """A function as readings see it."""

    parameters: tuple[Node, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    indirect: bool


@dataclass
class Context:
    """Where a formula is read, for one choice of the concrete indices (layers).

    Attributes:
        definitions: The page.
        layers: Values of the concrete indices.
        uid: What makes the names of bound indices different from those of other formulas.
        formals: The arguments of the function that is read, by their spelling.
        quantifiers: The ranges that the formula gives its free indices.
        jacobian: Whether a derivative of a vector by a vector is always a matrix.
        numeral: The value of a numeral, where it is read as it is written; None where a large one
            may be a size of the page.
        notation: The page's notation.
        formal_keys: The arguments of the function by their families, so that their entries are
            theirs.
        free: The free indices met so far, by their letters.
        bound: The indices bound by what is around the node that is read.
        room: The size that would fit, for I and **1**.
        claims: Values with the sizes that stand beside them.
    """

    definitions: Definitions
    layers: Mapping[str, int]
    uid: str = ""
    formals: Mapping[str, Term] = field(default_factory=dict)
    quantifiers: Mapping[str, Range] = field(default_factory=dict)
    jacobian: bool = False
    numeral: Callable[[Number], float] | None = None
    notation: Notation = field(init=False)
    formal_keys: Mapping[Key, Term] = field(init=False)
    free: dict[str, Index] = field(default_factory=dict)
    bound: Mapping[str, Index] = field(default_factory=dict)
    room: Room = (None, None)
    claims: list[tuple[Term, Tuple]] = field(default_factory=list)
    _is_reading: bool = False
    _made: int = 0
    _accounted: set[Node] = field(default_factory=set)  # scripts that some reading has taken up

    def __post_init__(self) -> None:
        self.notation = self.definitions.notation
        self.formal_keys = _formal_keys(self.formals.values(), self.notation)

    # Scopes: what they change is as before behind them, whatever happens inside.

    @contextmanager
    def _inside(self, **changes: Any) -> Iterator[None]:
        outer = {name: getattr(self, name) for name in changes}
        try:
            for name, value in changes.items():
                setattr(self, name, value)
            yield
        finally:
            for name, value in outer.items():
                setattr(self, name, value)

    def reading(self) -> AbstractContextManager[None]:
        """Inside, nodes are parts of an expression."""
        return self._inside(_is_reading=True)

    def binding(self, *indices: Index) -> AbstractContextManager[None]:
        """Inside, the letters of some indices stand for these."""
        return self._inside(bound={**self.bound, **{index.letter: index for index in indices}})

    def hiding(self, letter: str) -> AbstractContextManager[None]:
        """Inside, a letter is no layer."""
        layers = {other: value for other, value in self.layers.items() if other != letter}
        return self._inside(layers=layers)

    def choosing(self, letter: str, value: int) -> AbstractContextManager[None]:
        """Inside, a letter is this layer."""
        return self._inside(layers={**self.layers, letter: value})

    def sizing(self, room: Shape | Room) -> AbstractContextManager[None]:
        """Inside, I and **1** have the size that fits."""
        return self._inside(room=(room[0], room[1]))

    def as_symbols(self, symbols: Iterable[Node]) -> AbstractContextManager[None]:
        """Inside, some symbols are those of the page, also where a function's argument is so called.

        A place binds its symbol: in `f(x) = \\left. x^2 \\right|_{x = 3}` the x of the square is 3.
        """
        hidden = {spelled(bare(symbol)) for symbol in symbols}
        keys = self.formal_keys.items()
        return self._inside(
            formals={name: term for name, term in self.formals.items() if name not in hidden},
            formal_keys={key: term for key, term in keys if spelled(term.node) not in hidden},
        )

    # Indices.

    def index(self, letter: str) -> Index | None:
        """The bound or free index that a letter stands for."""
        return self.bound.get(letter) or self.free.get(letter)

    def new_name(self, letter: str) -> str:
        """The name of a bound index, which no other one on the page has."""
        self._made += 1
        return f"{letter}#{self.uid}.{self._made}"

    # Scripts that mean something.

    def account(self, *scripts: Node) -> None:
        """Notes that marks and subscripts mean something: what is left over is refused."""
        self._accounted.update(scripts)

    def account_all(self, node: Node) -> None:
        """The same for all scripts of what was read as a whole, a size for one."""
        for inner in walk(node):
            if isinstance(inner, Scripted):
                self.account(*inner.sub, *inner.marks)

    def hold_accounted(self, node: Node) -> None:
        """Each mark and each subscript of an expression has been taken up by a reading.

        Raises:
            NotationError: One has not: it would be dropped in silence.
        """
        for inner in walk(node):
            for script in (*inner.sub, *inner.marks) if isinstance(inner, Scripted) else ():
                if script not in self._accounted:
                    raise unread(script)

    def reference(self, node: Node) -> Reference | None:
        """The symbol that a name with scripts stands for; `rest` is still to be read."""
        found = self.notation.reference(node)
        if found is not None and isinstance(node, Scripted):
            self.account(*node.sub, *node.marks[: len(node.marks) - len(found.rest)])
        return found

    def size(self, node: Node) -> Size:
        """A size, such as a limit of a sum."""
        found = self.notation.size(node, self.layers)
        self.account_all(node)
        return found


def _formal_keys(formals: Iterable[Term], notation: Notation) -> dict[Key, Term]:
    found: dict[Key, Term] = {}
    for formal in formals:
        if not isinstance(formal.node, Name | Scripted):
            continue
        reference = notation.reference(formal.node)
        if reference is None or reference.is_entry or reference.family.kind != "value":
            continue
        if all(slot in notation.concrete for slot in reference.family.slots) and all(
            isinstance(argument, Number) for argument in reference.arguments
        ):
            plain = tuple(notation.integer(argument, {}) for argument in reference.arguments)
            found[reference.family.key, plain] = formal
    return found


# --- readings -----------------------------------------------------------------------------------

READINGS: dict[type[Node], Callable[..., Term]] = {}


def reading(*kinds: type[Node]) -> Callable[[_R], _R]:
    """Registers a reading for kinds of nodes.

    Raises:
        KeyError: One of them has a reading already.
    """

    def register(function: _R) -> _R:
        for kind in kinds:
            if kind in READINGS:
                raise KeyError(kind)
            READINGS[kind] = function
        return function

    return register


def read(context: Context, node: Node) -> Term:
    """The meaning of an expression.

    Raises:
        NotationError: A symbol is not known, or shapes do not fit.
    """
    function = READINGS.get(type(node))
    if function is None:
        raise NotationError(
            "this cannot stand in an expression",
            node,
            "Write a number, a vector or a matrix.",
            "read",
        )
    if context._is_reading:
        return function(context, node)
    with context.reading():
        result = function(context, node)
    context.hold_accounted(node)  # only now: an outer node may take up the scripts of an inner one
    return result


def read_sized(context: Context, node: Node, room: Shape | Room) -> Term:
    """An expression where I or **1** has the size that fits."""
    with context.sizing(room):
        return read(context, node)


# --- questions about trees ----------------------------------------------------------------------


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


def split_items(sub: tuple[Node, ...]) -> tuple[Node, ...]:
    """Subscripts one by one: `jk` is two."""
    result: list[Node] = []
    for item in sub:
        if isinstance(item, Product) and item.operation == "juxtaposition":
            result.extend(item.factors)
        else:
            result.append(item)
    return tuple(result)


def without_rest(node: Node, reference: Reference) -> Node:
    """A symbol without the marks that are operations."""
    if not reference.rest or not isinstance(node, Scripted):
        return node
    return without_marks(node, len(reference.rest))


def without_marks(node: Scripted, count: int) -> Node:
    """A symbol without its last marks."""
    marks = node.marks[: len(node.marks) - count]
    if not marks and not node.sub:
        return node.base
    return Scripted(node.start, node.end, node.base, node.sub, marks)


def plain_text(node: Node) -> str:
    """A letter or a numeral as it is written; "" for anything else."""
    return node.letter if isinstance(node, Name) else node.text if isinstance(node, Number) else ""


# --- findings that several readings have --------------------------------------------------------


def unread(script: Node) -> NotationError:
    """A mark or a subscript that no reading takes up."""
    return NotationError(
        "I do not know what this mark means here"
        if isinstance(script, Mark)
        else "I do not know what this subscript means here",
        script,
        "Declare the symbol with it, in the notation table or by \\in.",
    )


def unknown(context: Context, node: Node) -> NotationError:
    """A symbol that is not declared, with what is."""
    base = node.base if isinstance(node, Scripted) else node
    letter = base.letter if isinstance(base, Name) else "this"
    same_letter = context.notation.families.get(letter, ())
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
