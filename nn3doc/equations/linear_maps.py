"""Derivatives of tensors by tensors, by autograd, and how they are read as matrices."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nn3doc.equations.arrays import Array
from nn3doc.equations.terms import Term


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
    """All derivatives of a tensor by another: the axes of the one, then those of the other."""
    count = value.numel()
    if not value.requires_grad:
        return torch.zeros(*value.shape, *source.shape, dtype=torch.float64)
    flat = value.reshape(-1)
    if count == 1:
        (found,) = torch.autograd.grad(flat[0], source, create_graph=True, materialize_grads=True)
        return found.reshape(*value.shape, *source.shape)
    gradients: Sequence[Tensor | None] = torch.autograd.grad(
        flat, source, torch.eye(count, dtype=torch.float64), create_graph=True,
        is_grads_batched=True, allow_unused=True,
    )  # fmt: skip
    if gradients[0] is None:
        return torch.zeros(*value.shape, *source.shape, dtype=torch.float64)
    return gradients[0].reshape(*value.shape, *source.shape)


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
