"""What a set says of its elements: `\\mathbb{R}^{n \\times m}`, `\\{0, 1\\}`, `(0, 1)`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nn3doc.equations.notation.symbols import REAL, Domain, FamilyKind
from nn3doc.equations.tex import (
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
        numbers = tuple(plain_number(item) for item in node.items)
        if all(number is not None for number in numbers):
            return Membership(Domain(values=tuple(n for n in numbers if n is not None)), ())
        return None
    if isinstance(node, Tuple) and len(node.items) == 2:
        ends = [plain_number(item) for item in node.items]
        if ends[0] is not None and ends[1] is not None and ends[0] < ends[1]:
            closed = node.brackets[0] == "[", node.brackets[-1] == "]"
            return Membership(Domain(ends[0], ends[1], has_low=closed[0], has_high=closed[1]), ())
        if node.brackets != "()":  # an interval whose ends are no plain numbers
            return None
        column = any(isinstance(item, Number) for item in node.items)
        return Membership(REAL, node.items, column=column)
    return None


def _positive(node: Scripted) -> Membership | None:
    r"""`\mathbb{R}_+`, `\mathbb{R}_{>0}`, `\mathbb{R}_{\ge 0}`, and the negative numbers."""
    if isinstance(node.base, Name) and node.base.letter == r"\mathbb{R}" and len(node.sub) == 1:
        sign = node.sub[0].text.strip() if isinstance(node.sub[0], Text) else ""
        closed = sign.startswith((r"\ge", r"\le"))
        if sign.startswith(("+", ">", r"\g")):
            return Membership(Domain(0.0, has_low=closed), ())
        if sign.startswith(("-", "<", r"\l")):
            return Membership(Domain(high=0.0, has_high=closed), ())
    return None


def _sizes(node: Node) -> tuple[Node, ...]:
    """The sizes in an exponent; `(N \\times N) \\times (M \\times N)` are four."""
    if isinstance(node, Product) and node.operation == "times":
        return tuple(size for factor in node.factors for size in _sizes(bare(factor)))
    return (bare(node),)


def plain_number(node: Node) -> float | None:
    """The number that stands there with its sign; None for anything else."""
    sign = 1.0
    node = bare(node)
    if isinstance(node, Sum) and len(node.terms) == 1:
        sign, node = float(node.signs[0]), node.terms[0]
    return sign * float(node.text) if isinstance(node, Number) else None
