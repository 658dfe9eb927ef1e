"""How a symbol's value looks in Python, and what value a Python object has."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nn3doc.equations.notation import ONE, Family, Shape


def to_python(value: Tensor, shape: Shape, family: Family) -> Tensor:
    """A symbol's value as Python code has it: a number without axes, a vector of ℝ^n with one."""
    if not shape:
        return value.squeeze(-1).squeeze(-1)
    if len(shape) == 2 and shape[1] == ONE and not family.column:
        return value.squeeze(-1)
    return value


def from_python(value: object, shape: Shape) -> Tensor | None:
    """A value of Python code with rows and columns; None if it cannot be this symbol's."""
    tensor = as_tensor(value)
    if tensor is None:
        return None
    if not shape:
        return tensor.reshape(1, 1) if tensor.numel() == 1 else None
    if tensor.ndim == 0:
        return tensor.reshape(1, 1)
    if tensor.ndim == 1 and ONE in shape:
        return tensor.reshape(-1, 1) if shape[1] == ONE else tensor.reshape(1, -1)
    return tensor if tensor.ndim == 2 else None


def as_tensor(value: object) -> Tensor | None:
    """Numbers, truth values, tensors, arrays and lists of them in float64; None for all else."""
    if isinstance(value, bool | int | float):
        try:
            return torch.tensor(float(value), dtype=torch.float64)
        except OverflowError:
            return None
    if isinstance(value, Tensor):
        return (
            None
            if value.is_complex() or value.layout != torch.strided
            else (value.detach().cpu().double())
        )
    if isinstance(value, list | tuple | range):
        parts = [as_tensor(item) for item in value]
        known = [part for part in parts if part is not None]
        if not known or len(known) < len(parts) or len({part.shape for part in known}) > 1:
            return None
        return torch.stack(known)
    if hasattr(value, "__array__") and hasattr(value, "dtype"):
        array: Any = value
        if getattr(array.dtype, "kind", "") not in "biuf":
            return None
        try:
            return torch.tensor(array.__array__().astype("float64").tolist(), dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError):
            return None
    return None
