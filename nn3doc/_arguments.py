"""Checks the arguments of a function against its own signature.

The shapes are read from the jaxtyping annotations, so what the signature shows is what is checked:
there is no second copy. Everything that can be worked out from the signature is worked out once,
when the function is defined; a call then costs a few microseconds.
"""

import functools
import inspect
import math
import operator
import weakref
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
Kind = tuple[Shape, torch.dtype, torch.device]

#: The dtypes that have a matrix product and a sigmoid on every device; torch's float8 types have
#: neither.
FLOATS = frozenset({torch.float16, torch.bfloat16, torch.float32, torch.float64})
INTEGERS = frozenset({torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64})


class ArgumentError(ValueError):
    """An argument has the wrong type, shape, dtype, size or value.

    The message says what was found, what was expected, and where the expectation comes from.
    """


@dataclass(frozen=True)
class TensorRule:
    """What the annotation of a tensor says.

    Attributes:
        name: The parameter.
        dims: Its dimensions: the name of a size (`"n1"`), or a number.
        integers: Whether integers are accepted besides floats.
    """

    name: str
    dims: Dims
    integers: bool


class Seen:
    """Remembers the last tensor whose values were found good.

    So `Y` is not looked through anew in every epoch.

    torch counts the changes made to a tensor in place; a tensor changed since is looked through
    again. (Only changes past torch, through a shared NumPy array, are not counted. Tensors of
    inference mode have no such count: they are not remembered.)
    """

    def __init__(self) -> None:
        self._reference: Callable[[], Tensor | None] = lambda: None
        self._version = 0

    def holds(self, value: Tensor) -> bool:
        """Tells whether this is the tensor noted last, and unchanged."""
        return self._reference() is value and self._version == value._version

    def note(self, value: Tensor) -> None:
        """Remembers this tensor, without keeping it alive."""
        if not value.is_inference():
            self._reference, self._version = weakref.ref(value), value._version


def check_arguments(
    *,
    within_0_1: Iterable[str] = (),
    within_0_1_else_nan: Iterable[str] = (),
    may_be_0: Iterable[str] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a decorator that checks each argument against its annotation before the function runs.

    * `Float[Tensor, "n1 n0"]`: a float tensor of that shape. A size has one value throughout a
      call, at least 1; the first argument that has the size sets it. All float tensors share one
      dtype and one device.
    * `Real[Tensor, "n2 m"]`: the same, integers accepted too, and its dtype may differ.
    * `int`: a whole number, at least 1. `float`: a finite number.
    * `Literal["a", "b"]`: one of these.
    * Anything else is left to the function.

    Args:
        within_0_1: Names of tensors whose values must lie between 0 and 1.
        within_0_1_else_nan: The same, for tensors of which a value outside makes the result, one
            tensor, hold NaN: they are looked through only when it does.
        may_be_0: Names of whole numbers that may be 0.

    Returns:
        The decorator. The function it returns raises `ArgumentError`, a `ValueError`, for an
        argument that does not fit.
    """
    unit, late = frozenset(within_0_1), frozenset(within_0_1_else_nan)
    zero = frozenset(may_be_0)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        count = len(signature.parameters)
        rules: list[TensorRule] = []
        places: list[int] = []
        limited: list[tuple[int, str, Seen]] = []
        limited_late: list[tuple[int, str, Seen]] = []
        others: list[tuple[int, str, Callable[[str, object], None]]] = []
        for place, (name, parameter) in enumerate(signature.parameters.items()):
            kind = parameter.annotation
            if isinstance(kind, type) and issubclass(kind, AbstractArray):
                rules.append(_tensor_rule(name, kind))
                places.append(place)
                if name in unit:
                    limited.append((place, name, Seen()))
                if name in late:
                    limited_late.append((place, name, Seen()))
            elif kind is int:
                least = 0 if name in zero else 1
                others.append((place, name, functools.partial(_check_whole, least)))
            elif kind is float:
                others.append((place, name, _check_finite))
            elif get_origin(kind) is Literal:
                others.append((place, name, functools.partial(_check_one_of, get_args(kind))))

        last: list[Kind | None] | None = None

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal last
            values: tuple[object, ...] = args
            if kwargs or len(args) != count:
                bound = signature.bind(*args, **kwargs)
                bound.apply_defaults()
                values = tuple(bound.arguments.values())
            for place, name, check in others:
                check(name, values[place])
            kinds = [_kind(values[place]) for place in places]
            if kinds != last:  # epoch after epoch they are the same, and were found to fit
                _check_tensors(rules, [values[place] for place in places])
                last = kinds
            for place, name, seen in limited:
                _check_0_1(name, values[place], seen)
            result = function(*args, **kwargs)
            if limited_late and isinstance(result, Tensor) and math.isnan(result.sum().item()):
                for place, name, seen in limited_late:
                    _check_0_1(name, values[place], seen)
            return result

        return checked

    return decorate


def _tensor_rule(name: str, kind: type[AbstractArray]) -> TensorRule:
    dims = tuple(int(dim) if dim.isdecimal() else dim for dim in kind.dim_str.split())
    return TensorRule(name, dims, "int64" in kind.dtypes)


def _kind(value: object) -> Kind | None:
    return (value.shape, value.dtype, value.device) if isinstance(value, Tensor) else None


def _check_whole(least: int, name: str, value: object) -> None:
    try:
        fits = (
            isinstance(value, SupportsIndex)
            and not isinstance(value, bool)
            and operator.index(value) >= least
        )
    except TypeError:  # a tensor or array that is not one whole number
        fits = False
    if not fits:
        raise ArgumentError(f"{name} is {value!r}; expected a whole number, at least {least}")


def _check_finite(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
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
            raise ArgumentError(
                _differs(rule.name, "device", value.device, first[0], first[1].device)
            )
        if not _shape_fits(rule.dims, value.shape, sizes):
            raise ArgumentError(_wrong_shape(rule, value, rules[:place], values[:place]))


def _check_0_1(name: str, value: object, seen: Seen) -> None:
    assert isinstance(value, Tensor)  # checked before its values
    if seen.holds(value):
        return
    low, high = value.detach().aminmax()
    if not (low.item() >= 0 and high.item() <= 1):  # this way round, NaN fails too
        raise ArgumentError(_outside_0_1(name, value))
    seen.note(value)


def _shape_fits(dims: Dims, shape: Shape, sizes: dict[str, int]) -> bool:
    """Compares a shape with what is expected; notes in `sizes` each size met for the first time."""
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
    cure = f"write {name}.to({model}.{what})"
    return f"{name} is {_short(found)}; expected {_short(expected)}, the {what} of {model}: {cure}"


def _wrong_shape(
    rule: TensorRule, value: Tensor, rules: Sequence[TensorRule], values: Sequence[object]
) -> str:
    """Tells the shape found from the one expected, given the arguments before, which fit."""
    known: dict[str | int, int] = {}
    origin: dict[str | int, str] = {}
    for earlier, tensor in zip(rules, values, strict=True):
        assert isinstance(tensor, Tensor)  # checked before this one
        for dim, size in zip(earlier.dims, tensor.shape, strict=True):
            if isinstance(dim, str) and dim not in known:
                known[dim], origin[dim] = size, f"{earlier.name} {_tuple(tensor.shape)}"

    message = f"{rule.name} is {_tuple(value.shape)}; expected {_tuple(rule.dims)}"
    own: dict[str | int, int] = {}
    if value.ndim == len(rule.dims):
        own = dict(zip(rule.dims, value.shape, strict=True))
    for dim, size in own.items():
        if size == 0 and isinstance(dim, str) and dim not in known:
            return f"{message} with {dim} at least 1{': there is no example' * (dim == 'm')}"
    if not any(isinstance(dim, int) or dim in known for dim in rule.dims):
        return f"{message}, {len(rule.dims)} dimensions"

    expected = [known.get(dim, dim) for dim in rule.dims]
    shown = [own.get(dim, dim) if isinstance(dim, str) else dim for dim in expected]
    at_odds = [dim for dim in rule.dims if dim in known and own.get(dim) != known[dim]]
    reasons: dict[str, list[str]] = {}  # what comes from one argument is told together
    for dim in dict.fromkeys(at_odds or [dim for dim in rule.dims if dim in known]):
        reasons.setdefault(origin[dim], []).append(f"{dim} = {known[dim]}")
    why = "".join(f", {' and '.join(sizes)} from {source}" for source, sizes in reasons.items())
    return f"{message} = {_tuple(shown)}{why}{_cure(rule.name, value, expected)}"


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
    wrong = ((value >= 0) & (value <= 1)).logical_not()
    place = ", ".join(map(str, wrong.nonzero()[0].tolist()))
    return f"{name}[{place}] is {value[wrong][0].item():g}; expected values between 0 and 1"


def _short(kind: object) -> str:
    return str(kind).removeprefix("torch.")


def _tuple(dims: Sequence[str | int]) -> str:
    return f"({', '.join(map(str, dims))}{',' * (len(dims) == 1)})"
