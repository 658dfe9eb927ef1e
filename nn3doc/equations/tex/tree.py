"""The tree of a formula: a few kinds of node, each with its exact span in the TeX.

The tree says what is written, not what it means: `A^{[1]T}` is a name with the marks `[1]` and
transpose, and only the notation table knows that `[1]` is a layer. It is plain data and goes to
JSON as it is (`to_json`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in a tree. `start` and `end` are offsets into the formula's TeX."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A numeral as written: `12`, `0.50`, `60\\,000`."""

    text: str

    @property
    def decimals(self) -> int | None:
        """Digits behind the point; None for a whole number."""
        return len(self.text.partition(".")[2]) if "." in self.text else None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A letter with its accents and font, in one canonical spelling: `\\hat{y}`, `\\mathbf{x}`."""

    letter: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Words: `\\text{…}`; in a subscript a part of the name."""

    text: str


@dataclass(frozen=True, slots=True)
class Dots(Node):
    """`\\cdots`, `\\vdots`, `\\ddots`, `\\dots`: what is left out."""

    tex: str


@dataclass(frozen=True, slots=True)
class Colon(Node):
    """`:` in a subscript: all rows, or all columns."""


MarkKind = Literal["bracket", "paren", "angle", "transpose", "prime", "star", "power"]


@dataclass(frozen=True, slots=True)
class Mark(Node):
    """One part of a superscript: `[l]`, `(i)`, `\\langle i \\rangle`, `T`, `'`, `*`, a power."""

    kind: MarkKind
    value: Node | None = None


@dataclass(frozen=True, slots=True)
class Scripted(Node):
    """A base with subscripts, `_{j,k}` as two items, and the marks of its superscript."""

    base: Node
    sub: tuple[Node, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Group(Node):
    """Brackets around one expression."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    """A list in brackets: sizes `(n_1, m)`, an interval `[0, 1)`, a vector `[2x, -y]`."""

    items: tuple[Node, ...]
    brackets: str


@dataclass(frozen=True, slots=True)
class Set(Node):
    """`\\{ … \\}`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Terms with their signs (+1 or -1); a term may be `Dots`."""

    terms: tuple[Node, ...]
    signs: tuple[int, ...]


ProductKind = Literal["juxtaposition", "cdot", "odot", "times", "slash"]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors under one operation; `slash` has two."""

    operation: ProductKind
    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """`\\frac{…}{…}`."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Root(Node):
    """`\\sqrt{…}`, `\\sqrt[3]{…}`."""

    inner: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """`\\frac{\\partial F}{\\partial G}`, `\\frac{d}{dx} F`, `\\nabla_W J`, of any order.

    Attributes:
        style: `partial`, `total` or `nabla`.
        of: What is differentiated.
        by: By what; a variable stands here once for each order. Empty for a bare `\\nabla`.
    """

    style: Literal["partial", "total", "nabla"]
    of: Node
    by: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function applied to arguments."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Binder(Node):
    """What a big operator runs over.

    Attributes:
        index: The index it binds.
        low: First value; None where only the index is written.
        high: Last value; None where it is not written.
        within: The set of `i \\in S`.
        conditions: Further conditions: `i \\ne j`.
        implied: Whether it is bound only if the notation has it as an index: the j of
            `\\sum_{i < j}`, where no j stands outside of the sum.
    """

    index: Node
    low: Node | None
    high: Node | None
    within: Node | None
    conditions: tuple[Node, ...] = ()
    implied: bool = False


@dataclass(frozen=True, slots=True)
class BigOperator(Node):
    """`\\sum`, `\\prod`, `\\max`, `\\min` over indices."""

    operator: str
    binders: tuple[Binder, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Bars(Node):
    """`|x|` or `\\|x\\|`; the index of `\\|x\\|_F` is the subscript of a `Scripted` around it."""

    inner: Node
    double: bool


@dataclass(frozen=True, slots=True)
class Inner(Node):
    """`\\langle u, v \\rangle`."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """Rows of cells; a cell may be `Dots` or empty (None)."""

    rows: tuple[tuple[Node | None, ...], ...]
    brackets: str


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """`\\begin{cases} value & condition \\\\ … \\end{cases}`; the last condition may be None."""

    values: tuple[Node, ...]
    conditions: tuple[Node | None, ...]


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    """`\\mathbb{1}(condition)`."""

    condition: Node


@dataclass(frozen=True, slots=True)
class At(Node):
    """`\\left. F \\right|_{x = 0}`: F with symbols put to values."""

    inner: Node
    places: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Shaped(Node):
    """An expression with its sizes behind or below it: `W (n_1, n_0)`, `\\underbrace{W}_{(n, m)}`."""

    inner: Node
    sizes: Tuple


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """`1, \\dots, L` behind `=` or in a set: all whole numbers from first to last."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Listing(Node):
    """`a, b` in front of `\\in`: each of them."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapType(Node):
    """`\\mathbb{R}^n \\to \\mathbb{R}`, behind `f \\colon` or in a notation table."""

    source: Node
    target: Node


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """A chain `a = b = c`: `sides` has one item more than `operators`."""

    sides: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """What follows `\\text{if}` or `\\text{for}`: it restricts the statements before it."""

    relation: Node
    word: str


@dataclass(frozen=True, slots=True)
class Formula(Node):
    """A whole formula.

    Attributes:
        statements: Relations, conditions and bare expressions, in their order.
        labels: What `\\label` names, with the offset of each.
        references: What `\\eqref` and `\\ref` name, with the offset of each.
    """

    statements: tuple[Node, ...]
    labels: tuple[tuple[str, int], ...] = ()
    references: tuple[tuple[str, int], ...] = ()


_parts_of: dict[type[Node], tuple[str, ...]] = {}  # `fields` is too slow for every step of a walk


def _parts(node: Node) -> tuple[str, ...]:
    """The fields of a node that say what it is, not where it stands."""
    names = _parts_of.get(type(node))
    if names is None:
        names = tuple(field.name for field in fields(node) if field.name not in ("start", "end"))
        _parts_of[type(node)] = names
    return names


def children(node: Node) -> list[Node]:
    """The nodes directly below a node, in their order."""
    found: list[Node] = []
    for name in _parts(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            _collect(value, found)
    return found


def _collect(values: tuple[object, ...], found: list[Node]) -> None:
    for value in values:
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            _collect(value, found)


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it, outer ones first."""
    waiting = [node]
    while waiting:
        following = waiting.pop()
        yield following
        waiting.extend(reversed(children(following)))


def same(left: object, right: object) -> bool:
    """Whether two trees say the same, wherever they stand."""
    if isinstance(left, Node):
        if type(left) is not type(right):
            return False
        return all(same(getattr(left, name), getattr(right, name)) for name in _parts(left))
    if isinstance(left, tuple):
        return (
            isinstance(right, tuple)
            and len(left) == len(right)
            and all(same(one, two) for one, two in zip(left, right, strict=True))
        )
    return left == right


def bare(node: Node) -> Node:
    """A node without the brackets around it."""
    while isinstance(node, Group):
        node = node.inner
    return node


def whole_number(node: Node | None) -> int | None:
    """The whole number that stands there with its sign; None for anything else."""
    node = bare(node) if node is not None else None
    if isinstance(node, Number) and node.text.isdigit():
        return int(node.text)
    if isinstance(node, Sum) and len(node.terms) == 1 and node.signs == (-1,):
        inner = whole_number(node.terms[0])
        return None if inner is None else -inner
    return None


def stepped(node: Node) -> tuple[Node | None, int]:
    """An expression as something and a whole number: `n - 1`."""
    number = whole_number(node)
    if number is not None:
        return None, number
    if isinstance(node, Sum) and len(node.terms) == 2 and node.signs[0] == 1:
        step = whole_number(node.terms[1])
        if step is not None:
            return node.terms[0], step * node.signs[1]
    return node, 0


def is_inverse(node: Node) -> bool:
    """Whether something is `f^{-1}`, a letter with this one mark."""
    return (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and not node.sub
        and [mark.kind for mark in node.marks] == ["power"]
        and whole_number(node.marks[0].value) == -1
    )


def inverse_letter(letter: str) -> str:
    """The letter of the inverse of a function: it is a function of its own."""
    return letter + "^{-1}"


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """A tree with each node put to what `change` makes of it, inner ones first."""

    def inner(value: object) -> object:
        if isinstance(value, Node):
            return rebuilt(value, change)
        return tuple(inner(item) for item in value) if isinstance(value, tuple) else value

    return change(mapped(inner, node))


def mapped(change: Callable[..., Any], node: Node, *others: Node) -> Node:
    """A node with each part put to what `change` makes of it, and of that part of nodes of its kind.

    A part is a node, a tuple, a word or a number.
    """
    parts = {
        name: change(getattr(node, name), *(getattr(other, name) for other in others))
        for name in _parts(node)
    }
    return replace(node, **parts)


def to_json(value: object) -> Any:
    """A tree as plain lists and dictionaries; `kind` names the node, `span` its offsets."""
    if isinstance(value, Node):
        result: dict[str, Any] = {
            "kind": type(value).__name__.lower(),
            "span": [value.start, value.end],
        }
        return result | {name: to_json(getattr(value, name)) for name in _parts(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value
