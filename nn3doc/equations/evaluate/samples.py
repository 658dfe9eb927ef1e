"""Draws sizes and values: many draws at once, wide, and the same at every run.

A claim is tried on values that look for its counterexample: of ordinary size, near 0, far from it, of
one sign and of both, equal for several symbols, and at, just below and just above the numbers where
it may change (`points`). `MODES` says which draw is of which kind. With all sizes equal a missing
transpose can hold by chance, so sizes are pairwise different; a second sample has them in the
opposite order, each another number (`mirrored`). Every value depends only on the seed and on the
symbol's name, never on the order in which symbols are asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import MissingValue
from nn3doc.equations.notation import FILLED, IDENTITIES, Domain, Family

_DIMENSIONS = (5, 4, 3, 7, 6, 8, 9, 10, 11, 12, 13, 2)
_OF_SETS = (2, 3)  # smaller than what they are taken from

Mode = Literal[
    "tame",  # 0.3 to 1.3, both signs
    "positive",  # 0.1 to 0.9: logarithms and roots, of 1 - x too, have a value there
    "reals",  # tame, and what is 0 or 1 lies between: tells whether a claim needs exactly 0 or 1
    "wide",  # 10^-3 to 10^3, each entry of its own size
    "scaled",  # each symbol of one size, 10^-3 to 10^3
    "alike",  # symbols of one shape are equal
    "constant",  # every entry of every symbol is the same number
    "points",  # some entries at, just below or just above a number of the page, the others tame
    "all points",  # all entries there
]
#: What holds on an open set holds everywhere for a smooth claim: a few draws of each kind.
SMOOTH: tuple[Mode, ...] = (
    *("tame",) * 6,
    *("positive",) * 4,
    *("reals",) * 2,
    *("wide",) * 3,
    "scaled",
    "alike",
    "constant",
    *("points",) * 2,
    *("all points",) * 3,
)
#: What a claim with kinks or an inequality is tried on besides; further draws are at points.
SEARCHING: tuple[Mode, ...] = (
    *("wide",) * 10,
    *("scaled",) * 6,
    *("alike",) * 2,
    *("constant",) * 4,
)
_NEAR = 2.0**-17  # how far just above a number is, relative to it
ORDINARY = 3.0  # in draws up to this size, float64 tells apart what is different


class Drawer:
    """Values for symbols that nothing defines, in several draws.

    Args:
        seed: Which sample; None draws nothing, and functions that nothing defines have no value.
        sizes: Names of the sizes that are known beforehand, in their order.
        constraints: What the page assumes of symbols, by key.
        given: Sizes that have a number.
        members: How many values a symbol has that stands for one of 1, …, K.
        modes: Of which kind each draw is; as many draws as there are modes.
        points: Numbers where claims may change, for the draws at points.
        mirrored: Whether the sizes have the opposite order.
    """

    def __init__(
        self,
        seed: int | None,
        sizes: Sequence[str] = (),
        constraints: dict[str, tuple[str, ...]] | None = None,
        given: dict[str, int] | None = None,
        members: Callable[[Family], int] | None = None,
        modes: Sequence[Mode] = ("tame",),
        points: Sequence[float] = (),
        mirrored: bool = False,
    ) -> None:
        self.seed = seed
        self.constraints = constraints or {}
        self.dimensions: dict[str, int] = dict(given or {})
        self.fixed = given is not None
        self.members = members or (lambda family: 3)
        self.modes = tuple(modes)
        self.points = tuple(points)
        for name in sizes:
            self.dimension(name)
        if mirrored:
            self.dimensions = _mirrored(self.dimensions)

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.modes)

    def of_mode(self, *modes: Mode) -> Tensor:
        """Which draws are of some kinds: `(draws,)`, booleans."""
        return torch.tensor([mode in modes for mode in self.modes])

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
        """Random numbers that depend on the seed and on a name only.

        Raises:
            MissingValue: Nothing is drawn.
        """
        if self.seed is None:
            raise MissingValue(name)
        generator = torch.Generator()
        generator.manual_seed(zlib.crc32(f"{self.seed}/{name}".encode()))
        return generator

    def uniform(self, name: str, shape: Sequence[int], share: bool = False) -> Tensor:
        """Numbers from 0 to 1: `(draws, *shape)`; the first draw is the same for any number of them.

        Args:
            name: For whom.
            shape: Axes of one draw.
            share: Whether all entries of a draw are one number.
        """
        size = [1] * len(shape) if share else list(shape)
        first = torch.rand(size, generator=self.generator(name), dtype=torch.float64)
        if self.draws == 1:
            return first[None]
        rest = torch.rand(
            [self.draws - 1, *size], generator=self.generator(f"more {name}"), dtype=torch.float64
        )
        return torch.cat([first[None], rest])

    def draw(
        self, key: tuple[str, tuple[int | None, ...]], family: Family, shape: list[int]
    ) -> Tensor:
        """The values of a symbol: `(draws, *shape)`, float64, ready to be differentiated by."""
        # A symbol with scripts of its own, such as \mathbf{1}^y, is no constant.
        standing = None if family.parts else standing_value(family.letter, shape)
        if standing is not None:
            return standing.expand(self.draws, *shape).clone().requires_grad_()
        name = f"{key[0]}{key[1]}"
        constraints = self.constraints.get(key[0], ())
        uniform = self.uniform(name, shape)
        if family.members is not None:
            value = torch.floor(uniform * self.members(family)) + 1
        elif family.domain.values:
            value = self._one_of(uniform, family.domain.values, constraints, name)
        else:
            value = self._real(name, uniform, family.domain, constraints)
        for constraint in constraints:
            value = _constrained(value, constraint, uniform if family.domain.values else None)
        return value.requires_grad_()

    def _one_of(
        self, uniform: Tensor, values: tuple[float, ...], constraints: tuple[str, ...], name: str
    ) -> Tensor:
        """One of a few values for each entry, all of them in turn; between them in `reals`."""
        count = len(values)
        chosen = torch.tensor(values, dtype=torch.float64)
        # The smallest symbol, one entry, has each value in some draws of each kind.
        turn = torch.arange(self.draws).reshape(-1, *[1] * (uniform.ndim - 1))
        found = chosen[((uniform * count).long() + turn) % count]
        low, high = min(values), max(values)
        between = low + (high - low) * (0.1 + 0.8 * uniform)
        reals = self._mask(uniform, "reals")
        return torch.where(reals & (count == 2), between, found)

    def _mask(self, like: Tensor, *modes: Mode) -> Tensor:
        return self.of_mode(*modes).reshape(-1, *[1] * (like.ndim - 1))

    def _real(
        self, name: str, uniform: Tensor, domain: Domain, constraints: tuple[str, ...]
    ) -> Tensor:
        """Real numbers in an interval, from both ends of which they may come close."""
        shape = uniform.shape[1:]
        domain = narrowed(domain, constraints)
        has_low, has_high = domain.low > float("-inf"), domain.high < float("inf")
        size = self._sizes(name, uniform)
        if has_low and has_high:
            value = self._between(name, uniform, domain)
        elif has_low:
            value = domain.low + size
        elif has_high:
            value = domain.high - size
        else:
            # The first draw takes its signs from the numbers behind those of its sizes.
            generator = self.generator(name)
            torch.rand(list(shape), generator=generator, dtype=torch.float64)
            first = torch.rand(list(shape), generator=generator, dtype=torch.float64)
            minus = self.uniform(f"sign {name}", shape) < 0.5
            minus[0] = first < 0.5
            one_sign = self.uniform(f"sign of {name}", shape, share=True) < 0.5
            minus = torch.where(self._mask(uniform, "constant", "scaled"), one_sign, minus)
            value = torch.where(minus & ~self._mask(uniform, "positive", "alike"), -size, size)
        return self._at_points(name, value, domain, domain.nonzero or "real" in constraints)

    def _sizes(self, name: str, uniform: Tensor) -> Tensor:
        """Positive numbers, of the size that each kind of draw has."""
        shape = uniform.shape[1:]
        size = 0.3 + uniform
        size = torch.where(self._mask(uniform, "positive"), 0.1 + 0.8 * uniform, size)
        if self.draws == 1:
            return size
        size = torch.where(self._mask(uniform, "wide"), 10 ** (6 * uniform - 3), size)
        scale = 10 ** (6 * self.uniform(f"scale {name}", shape, share=True) - 3)
        size = torch.where(self._mask(uniform, "scaled"), scale * size, size)
        alike = 0.3 + self.uniform(f"alike {tuple(shape)}", shape)
        size = torch.where(self._mask(uniform, "alike"), alike, size)
        same = 10 ** (4 * self.uniform("constant", [1] * len(shape)) - 2)
        return torch.where(self._mask(uniform, "constant"), same.expand_as(size), size)

    def _between(self, name: str, uniform: Tensor, domain: Domain) -> Tensor:
        """Numbers of an interval: in its middle, or as close to one end as `wide` goes."""
        width = domain.high - domain.low
        part = 0.1 + 0.8 * uniform
        if self.draws > 1:
            near = 0.5 * 10 ** (-4 * self.uniform(f"near {name}", uniform.shape[1:]))
            close = torch.where(uniform < 0.5, near, 1 - near)
            part = torch.where(self._mask(uniform, "wide", "scaled"), close, part)
            alike = 0.1 + 0.8 * self.uniform(f"alike {tuple(uniform.shape[1:])}", uniform.shape[1:])
            part = torch.where(self._mask(uniform, "alike"), alike, part)
            same = self.uniform("constant", [1] * (uniform.ndim - 1))
            part = torch.where(
                self._mask(uniform, "constant"), (0.1 + 0.8 * same).expand_as(part), part
            )
        return domain.low + width * part

    def _at_points(self, name: str, value: Tensor, domain: Domain, nonzero: bool) -> Tensor:
        """Puts entries at, just below and just above the points of the draw."""
        some, every = self._mask(value, "points"), self._mask(value, "all points")
        if not bool((some | every).any()):
            return value
        inside = [domain.low] if domain.has_low else []
        inside += [domain.high] if domain.has_high else []
        inside += [
            point
            for center in (0.0, *self.points)
            for point in _around(center)
            if domain.low < point < domain.high
        ]
        inside = [point for point in inside if point or not nonzero]
        if not inside:
            return value
        pool = torch.tensor(inside, dtype=torch.float64)
        shape = list(value.shape[1:])
        # Draw n of these is at point n, so that each is met, exactly: `all points` with all symbols
        # at one point, `points` with each symbol at its own; later rounds leave some entries tame.
        count = len(pool)
        round_, number = _numbered(every, count)
        own_round, own_number = _numbered(some, count)
        spread = torch.arange(value[0].numel()).reshape(1, *shape)
        own = own_number + zlib.crc32(name.encode()) % count + spread
        there = torch.where(every, pool[number], pool[own % count])
        there = torch.where(every & (round_ > 0), self._any_of(name, pool, shape), there)
        kept = self.uniform(f"where {name}", shape) < 0.5
        chosen = every | (some & ((own_round == 0) | kept))
        return torch.where(chosen, there, value)

    def _any_of(self, name: str, pool: Tensor, shape: Sequence[int]) -> Tensor:
        return pool[(self.uniform(f"point {name}", shape) * len(pool)).long()]

    def subset(self, name: str, whole: int, count: int) -> Tensor:
        """Which of `whole` things are in a set of `count`."""
        order = torch.randperm(whole, generator=self.generator(f"set {name}"))
        chosen = torch.zeros(whole, dtype=torch.bool)
        chosen[order[: min(count, max(whole - 1, 1))]] = True
        return chosen


def narrowed(domain: Domain, constraints: Sequence[str]) -> Domain:
    """The interval of a symbol, with the sign that the page assumes of it."""
    if {"positive", "nonnegative"} & set(constraints) and domain.low < 0:
        closed = "positive" not in constraints
        return Domain(0.0, domain.high, has_low=closed, has_high=domain.has_high)
    if {"negative", "nonpositive"} & set(constraints) and domain.high > 0:
        closed = "negative" not in constraints
        return Domain(domain.low, 0.0, has_low=domain.has_low, has_high=closed)
    return domain


def modes_for(points: Sequence[float]) -> tuple[Mode, ...]:
    """The draws for a claim with kinks or an inequality, with these points."""
    count = 3 * (len(points) + 1) + 2  # three for each point and for 0, and the ends of an interval
    together: tuple[Mode, ...] = ("all points",)
    apart: tuple[Mode, ...] = ("points",)
    return SMOOTH + SEARCHING + together * (count + 6) + apart * (3 * count)


def _numbered(chosen: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The draws that are chosen, numbered from 0 over and over: which round, and which number."""
    order = (torch.cumsum(chosen.flatten().long(), 0) - 1).clamp(min=0).reshape(chosen.shape)
    return order // count, order % count


def _around(center: float) -> tuple[float, float, float]:
    near = _NEAR * max(abs(center), 1.0)
    return center - near, center, center + near


def _mirrored(dimensions: dict[str, int]) -> dict[str, int]:
    """Sizes in the opposite order, each another number than before; those of sets stay.

    What holds for n = 5 alone is no claim about n. One or two sizes become larger, so that a slice up
    to 5 is seen, too; of more, the numbers start at 3, since the work grows with their product.
    """
    plain = [name for name in dimensions if not name.startswith("|")]
    found = dict(dimensions)
    number = 6 if len(plain) <= 2 else 3
    for name in sorted(plain, key=dimensions.__getitem__, reverse=True):
        number += number == dimensions[name]
        found[name] = number
        number += 1
    return found


def with_eigenvector(matrix: Tensor, vector: Tensor, number: Tensor) -> Tensor:
    """A matrix changed so that a vector is an eigenvector of it; a symmetric one stays so."""
    with torch.no_grad():
        line = vector @ vector.mT / (vector * vector).sum((-2, -1), keepdim=True)
        rest = torch.eye(line.shape[-1], dtype=torch.float64) - line
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
    if constraint == "orthogonal":
        rotated: Tensor = torch.linalg.qr(value)[0]
        return rotated
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

    Each draw has its own function; the first ones are of ordinary size, later ones large, small and
    unbounded, so that no bound holds for all.

    Args:
        drawer: Whose seed decides on the function.
        family: The function.
        arguments: Their first axis is that of the draws, their last two are rows and columns.
        shape: Rows and columns of the result; None where it is applied to every entry.
    """
    generator = drawer.generator(f"function {family.key}")
    further = drawer.generator(f"more functions {family.key}")
    draws = drawer.draws

    def random(*size: int) -> Tensor:
        """`(draws, *size)`."""
        first = torch.rand(1, *size, generator=generator, dtype=torch.float64) - 0.5
        rest = torch.rand(draws - 1, *size, generator=further, dtype=torch.float64) - 0.5
        return torch.cat([first, rest])

    def along(values: Tensor, tensor: Tensor) -> Tensor:
        """Numbers of the draws, to be multiplied with a value."""
        return values.reshape(-1, *[1] * (tensor.ndim - 1))

    scalars = family.source is None or all(not sizes for _, sizes in family.source)
    if shape is None and scalars:
        shift = random(1)
        inner = along(1 + random(1), arguments[0]) * arguments[0]
        for argument in arguments[1:]:
            inner = inner + along(1 + random(1), argument) * argument
        inner = inner + along(shift, inner)
        value = torch.atan(1.2 * inner) * along(0.8 + 0.3 * random(1), inner)
        value = value + 0.15 * torch.sin(0.9 * inner)
        straight = inner
    else:
        flat = torch.cat([argument.flatten(-2) for argument in arguments], dim=-1)
        rows, columns = shape or [1, 1]
        first, second = random(6, flat.shape[-1]), random(rows * columns, 6)
        shift, square = random(6), random(flat.shape[-1], 6)
        between = [1] * (flat.ndim - 2)
        first, second = (m.reshape(draws, *between, *m.shape[1:]) for m in (first, second))
        shift = shift.reshape(draws, *between, 6)
        square = square.reshape(draws, *between, *square.shape[1:])
        line = flat.unsqueeze(-2)
        hidden = torch.tanh((line @ first.mT).squeeze(-2) + shift)
        hidden = hidden + 0.2 * (line @ square).squeeze(-2) ** 2
        value = (hidden.unsqueeze(-2) @ second.mT).squeeze(-2)
        value = value.reshape(*value.shape[:-1], rows, columns)
        straight = value
    low, high = family.domain.low, family.domain.high
    if low > float("-inf") and high < float("inf"):
        return low + (high - low) * torch.sigmoid(value)
    ordinary = drawer.of_mode("tame", "positive", "reals").double()
    scale = torch.where(ordinary > 0, 1.0, 10 ** (6 * random(1)[:, 0])) * torch.where(
        (ordinary > 0) | (random(1)[:, 0] < 0), 1.0, -1.0
    )
    value = along(scale, value) * (
        value + along((1 - ordinary) * random(1)[:, 0], value) * straight
    )
    if low > float("-inf"):
        return low + torch.exp(value)
    return value
