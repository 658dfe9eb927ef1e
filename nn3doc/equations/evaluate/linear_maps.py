"""Derivatives of tensors by tensors, by autograd, and how they are read as matrices.

The first axis is that of the draws. Draws do not depend on each other, so one pass backwards gives
the derivatives of an entry in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import Array
from nn3doc.equations.meaning import Term


def read_map(full: Array, term: Term) -> Array:
    """A linear map as the matrix that its reading says."""
    tensor, kind = full.tensor, term.data
    if kind == "gradient":
        if tensor.shape[-4:-2] == (1, 1):
            return Array(full.names, tensor[..., 0, 0, :, :])
        return Array(full.names, tensor[..., 0, 0])
    if kind == "elementwise":
        return Array(full.names, torch.einsum("...abab->...ab", tensor))
    if kind in ("jacobian", "transposed"):
        matrix = tensor.flatten(-4, -3).flatten(-2, -1)
        return Array(full.names, matrix if kind == "jacobian" else matrix.mT)
    return full


def jacobian(value: Tensor, source: Tensor) -> Tensor:
    """All derivatives of a tensor by another.

    Args:
        value: `(draws, …)`, or `(1, …)` where it is the same in all draws.
        source: `(draws, …)`.

    Returns:
        `(draws, axes of the value, axes of the source)`.
    """
    draws = source.shape[0]
    shape = (draws, *value.shape[1:], *source.shape[1:])
    if not value.requires_grad:
        return torch.zeros(shape, dtype=torch.float64)
    flat = value.expand(draws, *value.shape[1:]).reshape(draws, -1)
    count = flat.shape[1]
    if count == 1:
        (found,) = torch.autograd.grad(
            flat.sum(), source, create_graph=True, materialize_grads=True
        )
        return found.reshape(shape)
    entries = torch.eye(count, dtype=torch.float64)[:, None, :].expand(count, draws, count)
    gradients: Sequence[Tensor | None] = torch.autograd.grad(
        flat, source, entries, create_graph=True, is_grads_batched=True, allow_unused=True
    )
    if gradients[0] is None:
        return torch.zeros(shape, dtype=torch.float64)
    return gradients[0].movedim(0, 1).reshape(shape)


def hessian(value: Tensor, place: Tensor) -> Tensor:
    """All second derivatives of a number by the entries of a vector; other axes are independent."""
    (first,) = torch.autograd.grad(value.sum(), place, create_graph=True, materialize_grads=True)
    flat = first.flatten(-2)
    if not first.requires_grad:
        return torch.zeros(*flat.shape, flat.shape[-1], dtype=torch.float64)
    rows = []
    for entry in range(flat.shape[-1]):
        (row,) = torch.autograd.grad(
            flat[..., entry].sum(), place, create_graph=True, materialize_grads=True
        )
        rows.append(row.flatten(-2))
    return torch.stack(rows, dim=-2)
