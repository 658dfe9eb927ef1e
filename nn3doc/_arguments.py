"""Checks the arguments of a function against its own signature.

The shapes are read from the jaxtyping annotations, so what the signature shows is what is checked: there is no second
copy. Everything that can be worked out from the signature is worked out once, when the function is defined; a call
then costs a few microseconds.
"""

import functools
import inspect
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Literal, ParamSpec, SupportsIndex, TypeVar, get_args, get_origin

import torch
from jaxtyping import AbstractArray
from torch import Tensor

P = ParamSpec("P")
R = TypeVar("R")

Shape = Sequence[int]
Dims = Sequence[str | int]

#: The dtypes that have a matrix product and a sigmoid on every device; torch's float8 types have neither.
FLOATS = frozenset({torch.float16, torch.bfloat16, torch.float32, torch.float64})
INTEGERS = frozenset({torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64})


class ArgumentError(ValueError):
    """An argument has the wrong type, shape, dtype, size or value; the message says what was expected and why."""


@dataclass(frozen=True)
class TensorRule:
    """What the annotation of a tensor says.

    Attributes:
        name: The parameter.
        dims: Its dimensions: the name of a size (`"n1"`), or a number.
        integers: Whether integers are accepted besides floats.
        within_0_1: Whether its values must lie between 0 and 1.
    """

    name: str
    dims: Dims
    integers: bool
    within_0_1: bool


def check_arguments(
    *, within_0_1: Iterable[str] = (), may_be_0: Iterable[str] = ()
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a decorator that checks each argument against its annotation before the function runs.

    * `Float[Tensor, "n1 n0"]`: a float tensor of that shape. A size has one value throughout a call, at least 1; the
      first argument that has the size sets it. All float tensors share one dtype and one device.
    * `Real[Tensor, "n2 m"]`: the same, integers accepted too, and its dtype may differ.
    * `int`: a whole number, at least 1. `float`: a finite number.
    * `Literal["a", "b"]`: one of these.
    * Anything else is left to the function.

    Args:
        within_0_1: Names of tensors whose values must lie between 0 and 1.
        may_be_0: Names of whole numbers that may be 0.

    Returns:
        The decorator. The function it returns raises `ArgumentError`, a `ValueError`, for an argument that does not fit.
    """
    unit, zero = frozenset(within_0_1), frozenset(may_be_0)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        names = tuple(signature.parameters)
        rules: list[TensorRule] = []
        others: list[tuple[str, Callable[[str, object], None]]] = []
        for name, parameter in signature.parameters.items():
            kind = parameter.annotation
            if isinstance(kind, type) and issubclass(kind, AbstractArray):
                rules.append(_tensor_rule(name, kind, name in unit))
            elif kind is int:
                others.append((name, functools.partial(_check_whole, int(name not in zero))))
            elif kind is float:
                others.append((name, _check_finite))
            elif get_origin(kind) is Literal:
                others.append((name, functools.partial(_check_one_of, get_args(kind))))

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            values = dict(zip(names, args, strict=False))
            if kwargs or len(args) != len(names):
                bound = signature.bind(*args, **kwargs)
                bound.apply_defaults()
                values = bound.arguments
            for name, check in others:
                check(name, values[name])
            _check_tensors(rules, [values[rule.name] for rule in rules])
            return function(*args, **kwargs)

        return checked

    return decorate


def _tensor_rule(name: str, kind: type[AbstractArray], within_0_1: bool) -> TensorRule:
    dims = tuple(int(dim) if dim.isdecimal() else dim for dim in kind.dim_str.split())
    return TensorRule(name, dims, "int64" in kind.dtypes, within_0_1)


def _check_whole(least: int, name: str, value: object) -> None:
    whole = isinstance(value, SupportsIndex) and not isinstance(value, bool)
    if not whole or operator.index(value) < least:
        raise ArgumentError(f"{name} is {value!r}; expected a whole number, at least {least}")


def _check_finite(name: str, value: object) -> None:
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
        raise ArgumentError(f"{name} is {value!r}; expected a finite number")


def _check_one_of(choices: tuple[object, ...], name: str, value: object) -> None:
    if value not in choices:
        *others, last = map(repr, choices)
        raise ArgumentError(f"{name} is {value!r}; expected {', '.join(others)} or {last}")


def _check_tensors(rules: Sequence[TensorRule], values: Sequence[object]) -> None:
    sizes: dict[str, int] = {}
    first: tuple[str, Tensor] | None = None  # the first float tensor, whose dtype the others share
    for place, (rule, value) in enumerate(zip(rules, values, strict=True)):
        if not isinstance(value, Tensor):
            raise ArgumentError(_not_a_tensor(rule, value))
        dtype = value.dtype
        if dtype not in FLOATS and not (rule.integers and dtype in INTEGERS):
            raise ArgumentError(_wrong_dtype(rule, dtype))
        if first is None:
            first = rule.name, value
        elif dtype != first[1].dtype and not rule.integers:
            raise ArgumentError(_differs(rule.name, "dtype", dtype, first[0], first[1].dtype))
        elif value.device != first[1].device:
            raise ArgumentError(_differs(rule.name, "device", value.device, first[0], first[1].device))
        if not _shape_fits(rule.dims, value.shape, sizes):
            raise ArgumentError(_wrong_shape(rule, value, rules[:place], values[:place]))
        if rule.within_0_1:
            low, high = value.detach().aminmax()
            if not (low >= 0 and high <= 1):  # NaN fails too, written this way round
                raise ArgumentError(_outside_0_1(rule.name, value))


def _shape_fits(dims: Dims, shape: Shape, sizes: dict[str, int]) -> bool:
    """Compares a shape with what is expected, and notes in `sizes` each size met for the first time."""
    if len(shape) != len(dims):
        return False
    for dim, size in zip(dims, shape, strict=True):
        expected = sizes.setdefault(dim, size) if isinstance(dim, str) else dim
        if size != expected or size < 1:
            return False
    return True


# The messages. They are put together only when something is wrong, so they may take their time.


def _not_a_tensor(rule: TensorRule, value: object) -> str:
    kind = type(value)
    where = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    article = "an" if f"{where}{kind.__name__}"[0] in "aeiou" else "a"
    cure = "" if value is None else f": write torch.as_tensor({rule.name})"
    found = "None" if value is None else f"{article} {where}{kind.__name__}"
    return f"{rule.name} is {found}; expected a tensor {_tuple(rule.dims)}{cure}"


def _wrong_dtype(rule: TensorRule, dtype: torch.dtype) -> str:
    floats = "float32 (or float16, bfloat16, float64)"
    expected = f"{floats} or integers" if rule.integers else floats
    cure = f": write {rule.name}.float()" if not dtype.is_complex else ""
    return f"{rule.name} is {_short(dtype)}; expected {expected}{cure}"


def _differs(name: str, what: str, found: object, model: str, expected: object) -> str:
    return f"{name} is {_short(found)}; expected {_short(expected)}, the {what} of {model}: write {name}.to({model}.{what})"


def _wrong_shape(
    rule: TensorRule, value: Tensor, rules: Sequence[TensorRule], values: Sequence[object]
) -> str:
    known: dict[str, int] = {}
    origin: dict[str, str] = {}
    for earlier, tensor in zip(rules, values, strict=True):
        assert isinstance(tensor, Tensor)  # checked before this one
        for dim, size in zip(earlier.dims, tensor.shape, strict=True):
            if isinstance(dim, str) and dim not in known:
                known[dim], origin[dim] = size, f"{earlier.name} {_tuple(tensor.shape)}"

    shape = tuple(value.shape)
    found, symbols = f"{rule.name} is {_tuple(shape)}; expected {_tuple(rule.dims)}", rule.dims
    same_length = len(shape) == len(symbols)
    free = {dim: size for dim, size in zip(symbols, shape, strict=False) if isinstance(dim, str)} if same_length else {}
    for dim, size in free.items():
        if size == 0 and dim not in known:
            return f"{found} with {dim} at least 1{': there is no example' if dim == 'm' else ''}"

    numbers = tuple(dim if isinstance(dim, int) else known.get(dim, free.get(dim, dim)) for dim in symbols)
    if all(isinstance(dim, str) for dim in numbers):
        return f"{found}, {len(symbols)} dimensions"
    wrong = [
        dim
        for place, dim in enumerate(symbols)
        if isinstance(dim, str) and dim in known and not (same_length and shape[place] == known[dim])
    ]
    groups: dict[str, list[str]] = {}
    for dim in dict.fromkeys(wrong or [dim for dim in symbols if dim in known]):
        assert isinstance(dim, str)
        groups.setdefault(origin[dim], []).append(f"{dim} = {known[dim]}")
    reasons = "".join(f", {' and '.join(group)} from {source}" for source, group in groups.items())
    fitting = tuple(dim if isinstance(dim, int) else known.get(dim, dim) for dim in symbols)
    return f"{found} = {_tuple(numbers)}{reasons}{_cure(rule.name, value, fitting)}"


def _cure(name: str, value: Tensor, expected: Dims) -> str:
    """What to write so that the tensor fits, where transposing or adding a dimension does it."""
    def fits(shape: Shape) -> bool:
        pairs = zip(expected, shape, strict=True)
        return all(size == dim if isinstance(dim, int) else size > 0 for dim, size in pairs)

    if value.ndim == 2 and len(expected) == 2 and fits((value.shape[1], value.shape[0])):
        return f": {name}.T fits"
    if value.ndim == 1 and len(expected) == 2 and value.numel():
        for shape, text in (((1, value.numel()), "1, -1"), ((value.numel(), 1), "-1, 1")):
            if fits(shape):
                return f": {name}.reshape({text}) fits"
    return ""


def _outside_0_1(name: str, value: Tensor) -> str:
    row, column = ((value >= 0) & (value <= 1)).logical_not().nonzero()[0].tolist()
    return f"{name}[{row}, {column}] is {value[row, column].item():g}; expected values between 0 and 1"


def _short(kind: object) -> str:
    return str(kind).removeprefix("torch.")


def _tuple(dims: Sequence[str | int]) -> str:
    return f"({', '.join(map(str, dims))}{',' * (len(dims) == 1)})"
