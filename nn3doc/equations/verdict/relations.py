"""What each relation says in each domain: of numbers, of matrices, of shapes, of sizes, of sets.

`MEANINGS` is the whole of it. A cell that is not there is refused: `(n, m) < (m, n)` says nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor

from nn3doc.equations.evaluate import Exact, related
from nn3doc.equations.meaning import Term, operation_of, walk_terms
from nn3doc.equations.model import PageModel
from nn3doc.equations.notation import NotationError
from nn3doc.equations.tex import Node, Relation

Domain = Literal["numbers", "matrices", "shapes", "sizes", "sets", "functions"]
Meaning = Literal[
    "equal", "close", "different", "ordered", "definite", "new value", "element", "part", "map"
]

MEANINGS: dict[str, dict[Domain, Meaning]] = {
    "=": {
        "numbers": "equal",
        "matrices": "equal",
        "shapes": "equal",
        "sizes": "equal",
        "functions": "equal",
    },
    ":=": {
        "numbers": "equal",
        "matrices": "equal",
        "shapes": "equal",
        "sizes": "equal",
        "functions": "equal",
    },
    "~": {"numbers": "close", "matrices": "close", "sizes": "close"},
    "!=": {
        "numbers": "different",
        "matrices": "different",
        "shapes": "different",
        "sizes": "different",
    },
    "<": {"numbers": "ordered", "matrices": "ordered", "sizes": "ordered"},
    "<=": {"numbers": "ordered", "matrices": "ordered", "sizes": "ordered"},
    ">": {"numbers": "ordered", "matrices": "ordered", "sizes": "ordered"},
    ">=": {"numbers": "ordered", "matrices": "ordered", "sizes": "ordered"},
    "succ": {"matrices": "definite"},
    "succeq": {"matrices": "definite"},
    "<-": {"numbers": "new value", "matrices": "new value"},
    "in": {"numbers": "element", "matrices": "element"},
    "subset": {"sets": "part"},
    "colon": {"functions": "map"},
}


def shown(operator: str) -> str:
    """A relation in TeX."""
    return _SHOWN.get(operator, operator)


_SAYS: dict[Meaning, str] = {
    "equal": "equal",
    "close": "equal up to the digits shown, or near a place",
    "different": "different",
    "ordered": "so for every entry and all values",
    "definite": "symmetric, and positive (semi)definite",
    "new value": "a new value",
    "element": "a declaration, or a claim about values",
    "part": "a declaration",
    "map": "a declaration",
}


def meanings_table() -> str:
    """`MEANINGS` in Markdown, for the page for authors."""
    domains: tuple[Domain, ...] = ("numbers", "matrices", "shapes", "sizes", "sets", "functions")
    rows = ["| Written | " + " | ".join(domains) + " |", "| --- " * (len(domains) + 1) + "|"]
    for operator, cells in MEANINGS.items():
        said = [_SAYS[cells[domain]] if domain in cells else "" for domain in domains]
        rows.append(f"| `{shown(operator)}` | " + " | ".join(said) + " |")
    return "\n".join(rows)


_ALONE = frozenset(["in", "subset", "colon", "<-"])  # no other relation beside them
_SHOWN = {
    "!=": r"\ne",
    "<=": r"\le",
    ">=": r"\ge",
    "succ": r"\succ",
    "succeq": r"\succeq",
    "~": r"\approx",
    "<-": r"\leftarrow",
    "in": r"\in",
    "subset": r"\subset",
    "colon": r"\colon",
}


def hold_chain(node: Relation) -> None:
    """Which relations stand beside each other: `a < b = c`, but not `a \\in A \\subset B`.

    Raises:
        NotationError: One of them stands alone, and here it does not.
    """
    for place, operator in enumerate(node.operators):
        if len(node.operators) > 1 and operator in _ALONE:
            raise NotationError(
                f"{shown(operator)} stands in a chain with another relation",
                node.sides[place + 1],
                "Write two formulas.",
                "read",
            )


def domain_of(left: Term, right: Term) -> Domain:
    """What two sides are."""
    terms = (*walk_terms(left), *walk_terms(right))
    if any(term.operation == "sizes" for term in terms):
        return "shapes"
    if left.shape or right.shape:
        return "matrices"
    rows = [operation_of(term) for term in terms]
    counted = all(row.counts or row.word for row in rows)
    return "sizes" if counted and any(row.name == "size" for row in rows) else "numbers"


def meaning(operator: str, domain: Domain, node: Node) -> Meaning:
    """What a relation says of a domain.

    Raises:
        NotationError: It says nothing.
    """
    found = MEANINGS.get(operator, {}).get(domain)
    if found is None:
        possible = [other for other, cells in MEANINGS.items() if domain in cells]
        listed = ", ".join(shown(other) for other in possible)
        raise NotationError(
            f"{shown(operator)} says nothing of {domain}",
            node,
            f"Of {domain} you can write {listed}.",
            "fits",
        )
    return found


def shapes_related(left: Term, operator: str, right: Term) -> bool:
    """A relation between shapes: they fit already, or differ."""
    return (left.shape == right.shape) == (operator != "!=")


# --- sizes ----------------------------------------------------------------------------------------

#: What breaks a relation between sizes.
OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}

_TRIED = {1: (*range(1, 13), 50, 100, 1000), 2: tuple(range(1, 13)), 3: tuple(range(1, 7))}
_FEW = (1, 2, 5)
_MOST = 3_000  # choices that are tried


def choices(names: Sequence[str], given: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Numbers for sizes, in every order and also equal; those that a page gives are what it gives."""
    free = [name for name in names if name not in given]
    values = _TRIED.get(len(free), _FEW)
    chosen = itertools.product(values, repeat=len(free))
    for numbers in itertools.islice(chosen, _MOST):
        yield {**given, **dict(zip(free, numbers, strict=True))}


def sizes_in(*terms: Term) -> set[str]:
    """The names of the sizes in some terms."""
    parts = (part for term in terms for part in walk_terms(term))
    return {name for part in parts if part.operation == "size" for name in part.data.names}


def wrong_sizes(
    book: PageModel,
    left: Term,
    right: Term,
    operator: str,
    given: Mapping[str, int] = MappingProxyType({}),
    conditions: Sequence[Term] = (),
) -> tuple[dict[str, int] | None, int]:
    """Sizes for which a relation between sizes is not true.

    Args:
        book: What the page says.
        left: One side.
        right: The other side.
        operator: The relation.
        given: Numbers of sizes that the page gives.
        conditions: What the page assumes of the sizes.

    Returns:
        The first such choice, and how many were tried.

    Raises:
        UndecidedError: A side is not worked out so.
    """
    tried = 0
    for sizes in choices(sorted(sizes_in(left, right, *conditions)), given):
        value = Exact(book, {}, sizes)
        if not all(_met(value, condition) for condition in conditions):
            continue
        tried += 1
        if not related(value(left), operator, value(right)):
            return sizes, tried
    return None, tried


def _met(value: Exact, condition: Term) -> bool:
    sides = [value(argument) for argument in condition.arguments]
    pairs = zip(sides, condition.data, sides[1:], strict=False)
    return all(related(one, operator, two) for one, operator, two in pairs)


def definite(left: Tensor, right: Tensor, strict: bool) -> bool:
    """Whether left - right is symmetric and positive (semi)definite."""
    gap = left - right
    gap = gap[torch.isfinite(gap).flatten(1).all(1)]  # the draws in which both have a value
    size = gap.abs().flatten(1).amax(1)
    if bool(((gap - gap.mT).abs().flatten(1).amax(1) > 1e-9 * size).any()) or not len(gap):
        return False
    smallest = torch.linalg.eigvalsh(gap).flatten(1).amin(1)
    met = smallest > 1e-9 * size if strict else smallest >= -1e-9 * size
    return bool(met.all())
