"""Calls a function of a page with drawn values, as the page would call it."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import io
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import torch

from nn3doc.equations.code.arguments import Kind, Wanted, names_read, plain, values_for, wanted
from nn3doc.equations.code.functions import PageFunction
from nn3doc.equations.code.trace import Trace, innermost, parameters_of, trace
from nn3doc.equations.evaluate import Evaluator, as_tensor
from nn3doc.equations.isolate import copied, is_value
from nn3doc.equations.meaning import Key
from nn3doc.equations.model import PageModel
from nn3doc.equations.notation import Size


class CannotCallError(Exception):
    """A function cannot be called with values of the page; the message says why."""


@dataclass
class Called:
    """One call.

    Attributes:
        record: What it did.
        given: The values it was called with, by the names of its parameters.
        attributes: What it made of its object's attributes, those that it changed.
        before: What they were before.
    """

    record: Trace
    given: dict[str, object]
    attributes: dict[str, object] = field(default_factory=dict)
    before: dict[str, object] = field(default_factory=dict)


@dataclass
class Callee:
    """A function and what it is called with.

    Attributes:
        function: The function.
        call: What is called.
        wanted: What it needs.
        names: Which Python name stands for which symbol.
        sizes: The same for sizes.
        namespace: The page's namespace, for instances.
    """

    function: PageFunction
    call: Callable[..., Any]
    wanted: Wanted
    names: Mapping[str, Key]
    sizes: Mapping[str, Size]
    namespace: Mapping[str, Any]


def callee(
    function: PageFunction,
    names: Mapping[str, Key],
    sizes: Mapping[str, Size],
    namespace: Mapping[str, Any],
    given: frozenset[str] = frozenset(),
) -> Callee:
    """A function, ready to be called.

    Args:
        function: The function.
        names: Which Python name stands for which symbol.
        sizes: The same for sizes.
        namespace: The page's namespace.
        given: Parameters whose values come from elsewhere.

    Raises:
        CannotCallError: A parameter is no symbol of the page.
    """
    call = plain(function.function, {**names, **sizes})
    accepts = function.accepts
    if isinstance(call, functools.partial):
        accepts = dict(inspect.signature(call).parameters)
    needed = wanted(accepts, function.inner or call, names, sizes, given)
    if needed.unknown:
        _refuse_unknown(needed.unknown, "")
    return Callee(function, call, needed, names, sizes, namespace)


def _refuse_unknown(unknown: tuple[str, ...], of: str) -> None:
    listed = ", ".join(unknown)
    noun = "parameter" if len(unknown) == 1 else "parameters"
    verb = "is no symbol" if len(unknown) == 1 else "are no symbols"
    raise CannotCallError(f"{noun} {listed}{of} {verb} of this page")


def called(
    one: Callee,
    book: PageModel,
    evaluator: Evaluator,
    draw: int,
    kind: Kind,
    given: Mapping[str, object] | None = None,
    watch: bool = False,
    seed: int = 0,
    noted: frozenset[str] = frozenset(),
) -> Called:
    """Calls a function with the values of one draw.

    Args:
        one: The function.
        book: The page.
        evaluator: The draws.
        draw: Which.
        kind: In which form values are given.
        given: Values of parameters that come from elsewhere.
        watch: See `trace`.
        seed: Of the random numbers that it may draw.
        noted: See `trace`.

    Raises:
        CannotCallError: A symbol has no value, or its object cannot be made.
    """
    arguments = values_for(one.wanted.parameters, book, evaluator, draw, kind)
    around = values_for(one.wanted.globals, book, evaluator, draw, kind)
    if arguments is None or around is None:
        raise CannotCallError("a symbol that it needs has no value")
    arguments.update(given or {})
    inner = one.function.inner or innermost(one.call)
    call, instance = one.call, None
    with _seeded(seed), _globals(inner, around):
        if one.function.owner is not None:
            instance = _instance(one, one.function.owner, book, evaluator, draw, kind)
            call = _bound(one, instance)
        before = _snapshot(instance)
        positional, named = _passed(call, arguments, one.function.accepts)
        record = trace(call, named, positional=positional, inner=inner, watch=watch, noted=noted)
        after = _snapshot(instance)
        if instance is not None and record.returned is instance:
            record.results = ()  # its attributes are compared
    changed = {
        name: value
        for name, value in after.items()
        if name not in before or not _equal(value, before[name])
    }
    return Called(record, {**around, **arguments}, changed, before)


def _passed(
    call: Callable[..., Any],
    arguments: Mapping[str, object],
    accepts: Mapping[str, inspect.Parameter],
) -> tuple[list[object], dict[str, object]]:
    """Arguments as they are passed: in their order to a decorator that takes anything."""
    own = set(parameters_of(call) or ())
    if all(name in own for name in arguments):
        return [], dict(arguments)
    positional: list[object] = []
    named = dict(arguments)
    for name, parameter in accepts.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY or name not in named:
            break
        positional.append(named.pop(name))
    return positional, named


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Random numbers of torch and NumPy from a seed; what they were is put back."""
    numpy: Any = sys.modules.get("numpy")
    states = random.getstate(), numpy and numpy.random.get_state(), torch.get_rng_state()
    random.seed(seed)
    torch.default_generator.manual_seed(seed)  # torch.manual_seed looks for devices each time
    if numpy:
        numpy.random.seed(seed)
    try:
        with numpy.errstate(all="ignore") if numpy else contextlib.nullcontext():
            yield
    finally:
        random.setstate(states[0])
        torch.set_rng_state(states[2])
        if numpy:
            numpy.random.set_state(states[1])


@contextlib.contextmanager
def _globals(inner: FunctionType | None, values: Mapping[str, object]) -> Iterator[None]:
    """Symbols that a function reads from its module, put to the drawn values while it runs."""
    if inner is None or not values:
        yield
        return
    before = {name: inner.__globals__[name] for name in values}
    inner.__globals__.update(values)
    try:
        yield
    finally:
        inner.__globals__.update(before)


def _bound(one: Callee, instance: object) -> Callable[..., Any]:
    name = one.function.last_name
    is_value = isinstance(
        inspect.getattr_static(type(instance), name, None), property | functools.cached_property
    )
    if one.call is one.function.function and not is_value:
        found: Callable[..., Any] = getattr(instance, name)
        return found
    return functools.partial(one.call, instance)


def _instance(
    one: Callee, owner: type, book: PageModel, evaluator: Evaluator, draw: int, kind: Kind
) -> object:
    """An object whose attributes with names of the table have the drawn values.

    Raises:
        CannotCallError: None can be made, or it has weights that are no symbols of the page.
    """
    taken = parameters_of(owner)
    if taken is None:
        raise CannotCallError(f"Python cannot tell what {owner.__name__}() takes")
    accepts = {
        name: parameter
        for name, parameter in taken.items()
        if parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    }
    needed = wanted(accepts, owner, one.names, one.sizes)
    made = next((v for v in one.namespace.values() if type(v) is owner), None)
    if not needed.unknown:
        values = values_for(needed.parameters, book, evaluator, draw, kind)
        if values is None:
            raise CannotCallError("a symbol that it needs has no value")
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                instance: Any = owner(**values)
        except Exception as error:
            raise CannotCallError(
                f"{owner.__name__}() fails for values of this page: {type(error).__name__}: {error}"
            ) from error
    elif made is not None:
        instance, values = copy.deepcopy(made), {}
    else:
        _refuse_unknown(needed.unknown, f" of {owner.__name__}")
        raise AssertionError
    for name, value in _attributes(instance).items():
        key = one.names.get(name)
        if key is None or name in values or book.find(key) is not None:
            continue
        drawn = values_for({name: key}, book, evaluator, draw, kind)
        if drawn is not None:
            _put(instance, name, value, drawn[name])
    # What another method would have set: `fit` sets the weights that `predict` needs.
    for name in sorted(names_read(one.function.inner) & set(one.names)):
        if not hasattr(instance, name) and book.find(one.names[name]) is None:
            drawn = values_for({name: one.names[name]}, book, evaluator, draw, kind)
            with contextlib.suppress(AttributeError):
                setattr(instance, name, (drawn or {})[name])
    if isinstance(instance, torch.nn.Module):
        instance.eval()
        for name, _ in instance.named_parameters():
            if name not in one.names:
                raise CannotCallError(f"{name} of {owner.__name__} is no symbol of this page")
    return instance


def _put(instance: Any, name: str, before: object, value: object) -> None:
    """Gives an attribute a drawn value, in the form it has."""
    if isinstance(before, torch.Tensor):
        tensor = as_tensor(value)
        assert tensor is not None
        if tensor.numel() == before.numel():
            tensor = tensor.reshape(before.shape)
        single = isinstance(value, torch.Tensor) and value.dtype == torch.float32
        value = tensor.float() if single else tensor
        if isinstance(before, torch.nn.Parameter):
            value = torch.nn.Parameter(value)
    with contextlib.suppress(AttributeError):  # frozen, or a property
        setattr(instance, name, value)


def _attributes(instance: object) -> dict[str, object]:
    """The numbers and tensors among an object's attributes."""
    if instance is None:
        return {}
    found: dict[str, object] = dict(getattr(instance, "__dict__", {}))
    for name in getattr(type(instance), "__slots__", ()):
        if hasattr(instance, name):
            found[name] = getattr(instance, name)
    if isinstance(instance, torch.nn.Module):
        found.update(instance.named_parameters(recurse=False))
        found.update(instance.named_buffers(recurse=False))
    return {
        name: value
        for name, value in found.items()
        if is_value(value) or (isinstance(value, list) and as_tensor(value) is not None)
    }


def _snapshot(instance: object) -> dict[str, object]:
    return {name: copied(value) for name, value in _attributes(instance).items()}


def _equal(one: object, other: object) -> bool:
    first, second = as_tensor(one), as_tensor(other)
    if first is None or second is None:
        return one is other
    return first.shape == second.shape and bool(((first == second) | first.isnan()).all())


__all__ = ["Called", "Callee", "CannotCallError", "called", "callee"]
