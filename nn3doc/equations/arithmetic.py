"""Sums, products, functions of numbers and comparisons, all entries at once."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor

from nn3doc.equations.arrays import (
    COMPARE,
    ELEMENTWISE,
    Array,
    aligned_to,
    hold_size,
)
from nn3doc.equations.terms import Term


class Arithmetic(ABC):
    """Operations that need nothing but the values of their arguments."""

    @abstractmethod
    def __call__(self, term: Term) -> Array:
        """The value of a term."""

    def all(self, terms: tuple[Term, ...]) -> tuple[tuple[str, ...], list[Tensor]]:
        """Several values with the same axes in the same order."""
        arrays = [self(term) for term in terms]
        if all(array.names == arrays[0].names for array in arrays):
            return arrays[0].names, [array.tensor for array in arrays]
        names: list[str] = []
        for array in arrays:
            names += [name for name in array.names if name not in names]
        tensors = [aligned_to(array, tuple(names)) for array in arrays]
        widest = [
            max(sizes) for sizes in zip(*(t.shape[: len(names)] for t in tensors), strict=True)
        ]
        hold_size(*widest, *(max(t.shape[axis] for t in tensors) for axis in (-2, -1)))
        return tuple(names), tensors

    def add(self, term: Term) -> Array:
        names, tensors = self.all(term.arguments)
        result = tensors[0] if term.data[0] > 0 else -tensors[0]
        for tensor, sign in zip(tensors[1:], term.data[1:], strict=True):
            result = result + tensor if sign > 0 else result - tensor
        return Array(names, result)

    def multiply(self, term: Term) -> Array:
        names, (left, right) = self.all(term.arguments)
        return Array(names, left * right)

    def divide(self, term: Term) -> Array:
        names, (left, right) = self.all(term.arguments)
        return Array(names, left / right)

    def matmul(self, term: Term) -> Array:
        names, (left, right) = self.all(term.arguments)
        return Array(names, left @ right)

    def dot(self, term: Term) -> Array:
        names, (left, right) = self.all(term.arguments)
        return Array(names, (left * right).sum((-2, -1), keepdim=True))

    def transpose(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, array.tensor.mT)

    def power(self, term: Term) -> Array:
        names, (base, exponent) = self.all(term.arguments)
        if term.arguments[1].operation == "number":
            return Array(names, base ** float(term.arguments[1].data))
        return Array(names, base**exponent)

    def matrix_power(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, torch.linalg.matrix_power(array.tensor, term.data))

    def root(self, term: Term) -> Array:
        names, (base, degree) = self.all(term.arguments)
        return Array(names, base ** (1 / degree))

    def apply(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, ELEMENTWISE[term.data](array.tensor))

    def extreme(self, term: Term) -> Array:
        names, tensors = self.all(term.arguments)
        function = torch.maximum if term.data == "max" else torch.minimum
        result = tensors[0]
        for tensor in tensors[1:]:
            result = function(*torch.broadcast_tensors(result, tensor))
        return Array(names, result)

    def norm(self, term: Term) -> Array:
        array = self(term.arguments[0])
        tensor = array.tensor
        if term.data == "1":
            return Array(array.names, tensor.abs().sum((-2, -1), keepdim=True))
        if term.data == "inf":
            return Array(array.names, tensor.abs().amax((-2, -1), keepdim=True))
        if term.data == "spectral":
            largest = torch.linalg.matrix_norm(tensor, 2)
            return Array(array.names, largest[..., None, None])
        return Array(array.names, (tensor * tensor).sum((-2, -1), keepdim=True).sqrt())

    def trace(self, term: Term) -> Array:
        array = self(term.arguments[0])
        diagonal = array.tensor.diagonal(dim1=-2, dim2=-1).sum(-1)
        return Array(array.names, diagonal[..., None, None])

    def determinant(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, torch.linalg.det(array.tensor)[..., None, None])

    def diagonal(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, torch.diag_embed(array.tensor.flatten(-2)))

    def diagonal_of(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, array.tensor.diagonal(dim1=-2, dim2=-1)[..., None])

    def compare(self, term: Term) -> Array:
        names, tensors = self.all(term.arguments)
        result = torch.ones((), dtype=torch.bool)
        for left, right, operator in zip(tensors, tensors[1:], term.data, strict=False):
            result = result & COMPARE[operator](left, right)
        return Array(names, result)

    def indicator(self, term: Term) -> Array:
        array = self(term.arguments[0])
        return Array(array.names, array.tensor.double())

    def cases(self, term: Term) -> Array:
        names, tensors = self.all(term.arguments)
        values, tests = tensors[: term.data], tensors[term.data :]
        if len(tests) < len(values):
            result = values[-1]
        else:
            result = torch.full((), math.nan, dtype=torch.float64)
        for value, test in reversed(list(zip(values, tests, strict=False))):
            result = torch.where(test, value, result)
        return Array(names, result)
