"""Looks for the counterexample of an inequality, and for values that reach a case: steps uphill.

Many draws are tried first. Then every draw is moved along the gradient of what would break the
claim, in steps that grow while they help and shrink when they do not. It is a search, not a proof: a
maximum that no draw leads to is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import aligned
from nn3doc.equations.evaluate.evaluator import Evaluator
from nn3doc.equations.evaluate.samples import narrowed, standing_value
from nn3doc.equations.meaning import Key, Term, walk_terms

STEPS = 70
_MARGIN = 1e-6  # of an interval's width, that is kept from its ends

Height = Callable[[Evaluator], Tensor]


def climb(evaluator: Evaluator, height: Height) -> Evaluator:
    """The same draws with the values of free symbols moved to where a height is larger.

    Args:
        evaluator: The draws; all that the height asks for has been asked once.
        height: A number for each draw, `(draws,)`, with its gradient.

    Returns:
        Draws whose height is at least what it was; the same evaluator if nothing can be moved.
    """
    free = {
        key: evaluator.memo[key]
        for key in sorted(evaluator.asked & evaluator.memo.keys(), key=str)
        if _is_free(evaluator, key)
    }
    if not free:
        return evaluator
    best = {key: value.detach() for key, value in free.items()}
    now = evaluator
    level, slope = _height_and_slope(now, height, best)
    scale = torch.stack([v.abs().flatten(1).amax(1) for v in best.values()]).amax(0)
    step = 0.1 * torch.where(scale > 0, scale, 1.0)
    for _ in range(STEPS):
        tried = {key: _inside(evaluator, key, best[key] + _along(step, slope[key])) for key in best}
        following = evaluator.with_leaves(tried)
        there, slope_there = _height_and_slope(following, height, tried)
        better = there > level
        step = torch.where(better, 1.6 * step, 0.4 * step)
        level = torch.where(better, there, level)
        for key in best:
            where = better.reshape(-1, *[1] * (best[key].ndim - 1))
            best[key] = torch.where(where, tried[key], best[key])
            slope[key] = torch.where(where, slope_there[key], slope[key])
    return evaluator.with_leaves(best)


def violation(left: Term, right: Term, sign: int) -> Height:
    """How far two sides are from `left <= right` (sign 1) or `left >= right` (sign -1)."""

    def height(evaluator: Evaluator) -> Tensor:
        a, b = aligned(evaluator(left), evaluator(right))
        gap = sign * (a - b)
        gap = gap.expand(evaluator.draws, *gap.shape[1:]).flatten(1)
        return torch.where(torch.isfinite(gap), gap, -torch.inf).amax(1)

    return height


def closeness(left: Term, right: Term) -> Height:
    """How close two sides are to each other, where they are not to be equal."""

    def height(evaluator: Evaluator) -> Tensor:
        a, b = aligned(evaluator(left), evaluator(right))
        gap = -(a - b).abs()
        gap = gap.expand(evaluator.draws, *gap.shape[1:]).flatten(1)
        return torch.where(torch.isfinite(gap), gap, -torch.inf).amax(1)

    return height


def towards(evaluator: Evaluator, cases: Term, branch: int) -> Evaluator:
    """The same draws with values moved to where a branch of cases is taken, as far as they can be.

    Args:
        evaluator: The draws.
        cases: The cases.
        branch: The number of the branch; its own condition is to be met, none before it.
    """
    tests = cases.arguments[cases.data :]
    wanted = [(test, 1) for test in tests[branch : branch + 1]]
    wanted += [(test, -1) for test in tests[:branch]]

    def height(inner: Evaluator) -> Tensor:
        margins = [_margin(inner, test, wish) for test, wish in wanted]
        return torch.stack(margins).amin(0)

    if any(argument.operation == "formal" for test, _ in wanted for argument in walk_terms(test)):
        return evaluator  # inside a function: its argument is not known here
    return climb(evaluator, height)


def _margin(evaluator: Evaluator, test: Term, wish: int) -> Tensor:
    """How far a comparison is met (wish 1) or missed (wish -1), in each draw."""
    gaps = []
    for left, right, operator in zip(test.arguments, test.arguments[1:], test.data, strict=False):
        sign = {"<": 1, "<=": 1, ">": -1, ">=": -1}.get(operator, 0)
        a, b = aligned(evaluator(right), evaluator(left))
        gap = sign * (a - b) if sign else -(a - b).abs()
        gap = gap.expand(evaluator.draws, *gap.shape[1:]).flatten(1)
        gaps.append(torch.where(torch.isfinite(gap), wish * gap, -torch.inf).amax(1))
    return torch.stack(gaps).amin(0)


def _height_and_slope(
    evaluator: Evaluator, height: Height, leaves: Mapping[Key, Tensor]
) -> tuple[Tensor, dict[Key, Tensor]]:
    level = height(evaluator)
    sources = [evaluator.memo[key] for key in leaves]
    known = torch.where(torch.isfinite(level), level, 0.0)
    if known.requires_grad:
        slopes = torch.autograd.grad(
            known.sum(), sources, materialize_grads=True, allow_unused=True
        )
    else:
        slopes = tuple(torch.zeros_like(source) for source in sources)
    plain = [torch.nan_to_num(slope, 0.0, 0.0, 0.0) for slope in slopes]
    length = torch.stack([(s * s).flatten(1).sum(1) for s in plain]).sum(0).sqrt()
    length = torch.where(length > 0, length, 1.0)
    unit = {key: _along(1 / length, slope) for key, slope in zip(leaves, plain, strict=True)}
    return level.detach(), unit


def _along(values: Tensor, tensor: Tensor) -> Tensor:
    return values.reshape(-1, *[1] * (tensor.ndim - 1)) * tensor


def _is_free(evaluator: Evaluator, key: Key) -> bool:
    """Whether a symbol may have any value near the one it has."""
    if evaluator.book.definition(key) is not None or key[0] in evaluator.book.eigen:
        return False
    family = evaluator.book.family(key[0])
    constraints = evaluator.drawer.constraints.get(key[0], ())
    return (
        not family.domain.values
        and family.members is None
        and set(constraints) <= {"positive", "negative", "nonnegative", "nonpositive"}
        and standing_value(family.letter, [2, 2]) is None
    )


def _inside(evaluator: Evaluator, key: Key, value: Tensor) -> Tensor:
    """A value put back into the set that its symbol is declared in."""
    constraints = evaluator.drawer.constraints.get(key[0], ())
    domain = narrowed(evaluator.book.family(key[0]).domain, constraints)
    finite = domain.low > float("-inf") and domain.high < float("inf")
    margin = _MARGIN * (domain.high - domain.low if finite else 1.0)
    low = domain.low + margin if domain.low > float("-inf") else None
    high = domain.high - margin if domain.high < float("inf") else None
    return value if low is None and high is None else value.clamp(low, high)
