"""Draws sizes and values: the sizes pairwise different, the values tame, the same at every run.

With all sizes equal a missing transpose can hold by chance; a value near 0 or far from it can hide
a term. Every value depends only on the seed and on the symbol's name, never on the order in which
symbols are asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from nn3doc.equations.constants import FILLED, IDENTITIES
from nn3doc.equations.families import Domain, Family

_DIMENSIONS = (5, 4, 3, 7, 6, 8, 9, 10, 11, 12, 13, 2)
_OF_SETS = (2, 3)  # smaller than what they are taken from


class Drawer:
    """Values for symbols that nothing defines.

    Args:
        seed: Which draw.
        sizes: Names of the sizes that are known beforehand, in their order.
        as_reals: Whether symbols that are 0 or 1 are drawn as real numbers between them: with only
            0 and 1, y² = y hides mistakes.
        positive: Whether real numbers are drawn positive, for roots and logarithms.
        constraints: What the page assumes of symbols, by key.
        given: Sizes that have a number.
        members: How many values a symbol has that stands for one of 1, …, K.
    """

    def __init__(
        self, seed: int, sizes: Sequence[str] = (), as_reals: bool = True, positive: bool = False,
        constraints: dict[str, tuple[str, ...]] | None = None, given: dict[str, int] | None = None,
        members: Callable[[Family], int] | None = None,
    ) -> None:  # fmt: skip
        self.seed = seed
        self.as_reals = as_reals
        self.positive = positive
        self.constraints = constraints or {}
        self.dimensions: dict[str, int] = dict(given or {})
        self.fixed = given is not None
        self.members = members or (lambda family: 3)
        for name in sizes:
            self.dimension(name)

    def dimension(self, name: str) -> int:
        """The number of a named size; each name has its own."""
        if name not in self.dimensions:
            if self.fixed:
                raise KeyError(name)
            taken = set(self.dimensions.values())
            free = [number for number in _DIMENSIONS if number not in taken]
            if name.startswith("|"):
                free = [number for number in _OF_SETS if number not in taken] or [_OF_SETS[0]]
            self.dimensions[name] = free[0] if free else max(taken) + 1
        return self.dimensions[name]

    def generator(self, name: str) -> torch.Generator:
        """Random numbers that depend on the seed and on a name only."""
        generator = torch.Generator()
        generator.manual_seed(zlib.crc32(f"{self.seed}/{name}".encode()))
        return generator

    def draw(
        self, key: tuple[str, tuple[int | None, ...]], family: Family, shape: list[int]
    ) -> Tensor:
        """The value of a symbol: `shape`, float64, ready to be differentiated by."""
        # a symbol with scripts of its own, such as \mathbf{1}^y, is no constant
        standing = None if family.parts else standing_value(family.letter, shape)
        if standing is not None:
            return standing.requires_grad_()
        generator = self.generator(f"{key[0]}{key[1]}")
        uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
        constraints = self.constraints.get(key[0], ())
        if family.members is not None:
            value = torch.floor(uniform * self.members(family)) + 1
        else:
            value = self._in_domain(uniform, family.domain, constraints, generator, shape)
        for constraint in constraints:
            whole = bool(family.domain.values) and not self.as_reals
            value = _constrained(value, constraint, uniform if whole else None)
        return value.requires_grad_()

    def _in_domain(
        self, uniform: Tensor, domain: Domain, constraints: tuple[str, ...],
        generator: torch.Generator, shape: list[int],
    ) -> Tensor:  # fmt: skip
        if domain.values:
            if self.as_reals and len(domain.values) == 2:
                low, high = min(domain.values), max(domain.values)
                return low + (high - low) * (0.1 + 0.8 * uniform)
            chosen = torch.tensor(domain.values, dtype=torch.float64)
            return chosen[(uniform * len(chosen)).long()]
        finite = domain.low > float("-inf"), domain.high < float("inf")
        if all(finite):
            return domain.low + (domain.high - domain.low) * (0.1 + 0.8 * uniform)
        size = 0.3 + uniform
        if finite[0]:
            return domain.low + size
        if finite[1]:
            return domain.high - size
        if "positive" in constraints:
            return size
        if self.positive:  # and below 1, so that log(1 - x) has a value, too
            return 0.1 + 0.8 * uniform
        if "negative" in constraints:
            return -size
        sign = torch.rand(shape, generator=generator, dtype=torch.float64) < 0.5
        return torch.where(sign, -size, size)

    def subset(self, name: str, whole: int, count: int) -> Tensor:
        """Which of `whole` things are in a set of `count`."""
        order = torch.randperm(whole, generator=self.generator(f"set {name}"))
        chosen = torch.zeros(whole, dtype=torch.bool)
        chosen[order[: min(count, max(whole - 1, 1))]] = True
        return chosen


def with_eigenvector(matrix: Tensor, vector: Tensor, number: Tensor) -> Tensor:
    """A matrix changed so that a vector is an eigenvector of it; a symmetric one stays so."""
    with torch.no_grad():
        line = vector @ vector.mT / (vector * vector).sum()
        rest = torch.eye(len(line), dtype=torch.float64) - line
        changed: Tensor = rest @ matrix @ rest + number * line
    return changed.requires_grad_()


def standing_value(letter: str, shape: list[int]) -> Tensor | None:
    """I, **1** and **0** are what they are, also where a page declares how large they are."""
    if letter in FILLED:
        return torch.full(shape, FILLED[letter], dtype=torch.float64)
    if letter in IDENTITIES and len(shape) == 2 and shape[0] == shape[1] > 1:
        return torch.eye(shape[0], dtype=torch.float64)
    return None


def _constrained(value: Tensor, constraint: str, uniform: Tensor | None) -> Tensor:
    """A value as the page assumes it; with `uniform`, one of its entries is 1 and the others 0."""
    if constraint == "symmetric":
        return (value + value.mT) / 2
    if constraint == "positive definite":
        size = value.shape[-1]
        return value @ value.mT / size + torch.eye(size, dtype=torch.float64)
    if constraint == "unit":
        return value / (value * value).sum((-2, -1), keepdim=True).sqrt()
    if constraint.startswith("sums to one"):
        axis = int(constraint.rpartition(" ")[2])
        if uniform is not None:
            one = torch.zeros_like(uniform)
            return one.scatter_(axis, uniform.argmax(axis, keepdim=True), 1.0)
        return value.abs() / value.abs().sum(axis, keepdim=True)
    return value


def opaque(
    drawer: Drawer, family: Family, arguments: list[Tensor], shape: list[int] | None
) -> Tensor:
    """A smooth function that is like no other: what holds for it holds for any.

    Args:
        drawer: Whose seed decides on the function.
        family: The function.
        arguments: Their last two axes are rows and columns.
        shape: Rows and columns of the result; None where it is applied to every entry.
    """
    generator = drawer.generator(f"function {family.key}")

    def random(*size: int) -> Tensor:
        return torch.rand(*size, generator=generator, dtype=torch.float64) - 0.5

    scalars = family.source is None or all(not sizes for _, sizes in family.source)
    if shape is None and scalars:
        inner = sum(((1 + random(1)) * argument for argument in arguments), random(1))
        assert isinstance(inner, Tensor)
        value = torch.atan(1.2 * inner) * (0.8 + 0.3 * random(1)) + 0.15 * torch.sin(0.9 * inner)
    else:
        flat = torch.cat([argument.flatten(-2) for argument in arguments], dim=-1)
        rows, columns = shape or [1, 1]
        first = random(6, flat.shape[-1])
        second = random(rows * columns, 6)
        hidden = torch.tanh(flat @ first.T + random(6)) + 0.2 * (flat @ random(
            flat.shape[-1], 6)) ** 2  # fmt: skip
        value = (hidden @ second.T).reshape(*flat.shape[:-1], rows, columns)
    low, high = family.domain.low, family.domain.high
    if low > float("-inf") and high < float("inf"):
        return low + (high - low) * torch.sigmoid(value)
    if low > float("-inf"):
        return low + torch.exp(value)
    return value
