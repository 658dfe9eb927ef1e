"""The value rules: one function for each operation of the table, all draws and all entries at once.

A value is an `Array`: its first axis are the draws, its last two are rows and columns, the axes
between are the indices it depends on, by name. A number has rows = columns = 1. So an equation for
all j, k and i is one comparison, and no loop over entries is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from nn3doc.equations.evaluate.arrays import (
    Array,
    MissingValue,
    TooLarge,
    aligned_to,
    hold_size,
    scalar,
    with_two_axes,
    without_value,
)
from nn3doc.equations.evaluate.evaluator import RULES, Evaluator, value_rule
from nn3doc.equations.evaluate.linear_maps import hessian, jacobian, read_map
from nn3doc.equations.evaluate.samples import opaque
from nn3doc.equations.meaning import OPERATIONS, Index, Term
from nn3doc.equations.notation import ONE, NotationError, Size

MAX_DERIVED = 20_000
MOST_CONDITION = 1e12  # of a matrix whose inverse has some digits

Function = Callable[[Tensor], Tensor]
FUNCTIONS: dict[str, Function] = {}


# --- numbers and symbols --------------------------------------------------------------------


@value_rule("number")
def _number(evaluator: Evaluator, term: Term) -> Array:
    return scalar(float(term.data))


@value_rule("constant")
def _constant(evaluator: Evaluator, term: Term) -> Array:
    rows, columns = (evaluator.size(size) for size in term.shape or (ONE, ONE))
    if term.data is None:
        return Array((), torch.eye(rows, dtype=torch.float64)[None])
    return Array((), torch.full((1, rows, columns), term.data, dtype=torch.float64))


@value_rule("sizes")
def _sizes(evaluator: Evaluator, term: Term) -> Array:
    raise NotationError(
        "sizes stand here, no value",
        term.node,
        "For a vector write \\begin{bmatrix} … \\end{bmatrix}.",
        "fits",
    )


@value_rule("size")
def _size(evaluator: Evaluator, term: Term) -> Array:
    return scalar(float(evaluator.size(term.data)))


@value_rule("index")
def _index(evaluator: Evaluator, term: Term) -> Array:
    low, high = evaluator.limits(term.data)
    values = torch.arange(low, max(high + 1, low), dtype=torch.float64)
    return Array((term.data.name,), values.reshape(1, -1, 1, 1))


@value_rule("family")
def _family(evaluator: Evaluator, term: Term) -> Array:
    value = evaluator.symbol(term.data)
    if not term.arguments:
        return Array((), value)
    places: list[Term | None] = [*term.arguments, None, None]
    return take(evaluator, value, (), places)


@value_rule("formal")
def _formal(evaluator: Evaluator, term: Term) -> Array:
    if term.data not in evaluator.formals:
        raise MissingValue(str(term.data))
    return evaluator.formals[term.data]


@value_rule("gather")
def _gather(evaluator: Evaluator, term: Term) -> Array:
    base = evaluator(term.arguments[0])
    has_row, has_col, _ = term.data
    rest = list(term.arguments[1:])
    places = [rest.pop(0) if has else None for has in (has_row, has_col)]
    taken = take(evaluator, base.tensor, base.names, places)
    return Array(taken.names, with_two_axes(taken.tensor, term))


def take(
    evaluator: Evaluator, tensor: Tensor, lead: tuple[str, ...], places: list[Term | None]
) -> Array:
    """Entries of a tensor: behind the draws its first axes are `lead`, others have a place or stay."""
    count = 1 + len(lead)
    plain: list[str] = []
    for axis, place in enumerate(places):
        if place is None:
            continue
        index = place.data if place.operation == "index" else None
        whole = (1, tensor.shape[count + axis])
        if index is None or index.name in (*lead, *plain) or evaluator.limits(index) != whole:
            return _take_any(evaluator, tensor, lead, places)
        plain.append(index.name)
    named = [count + axis for axis, place in enumerate(places) if place is not None]
    kept = [count + axis for axis, place in enumerate(places) if place is None]
    return Array((*lead, *plain), tensor.permute(*range(count), *named, *kept))


def _take_any(
    evaluator: Evaluator, tensor: Tensor, lead: tuple[str, ...], places: list[Term | None]
) -> Array:
    count = 1 + len(lead)
    given = [(axis, evaluator(place)) for axis, place in enumerate(places) if place is not None]
    names = list(lead)
    for _, array in given:
        names += [name for name in array.names if name not in names]
    draws = max([tensor.shape[0], *(array.tensor.shape[0] for _, array in given)])
    tensor = tensor.expand(draws, *tensor.shape[1:])
    kept = [count + axis for axis, place in enumerate(places) if place is None]
    moved = tensor.permute(*range(count), *(count + axis for axis, _ in given), *kept)
    at: list[Tensor] = []
    for place in range(count):  # the draws and the axes of `lead`
        shape = [1] * (1 + len(names))
        shape[place] = tensor.shape[place]
        at.append(torch.arange(tensor.shape[place]).reshape(shape))
    for axis, array in given:
        position = aligned_to(array, tuple(names)).squeeze(-1).squeeze(-1)
        whole = position.detach().round().long() - 1
        size = tensor.shape[count + axis]
        if bool(((whole < 0) | (whole >= size)).any()):
            node = places[axis]
            assert node is not None
            raise NotationError(
                f"this index leaves its range 1, …, {size}",
                node.node,
                "Say for which values the equation holds.",
                "known",
            )
        at.append(whole)
    return Array(tuple(names), moved[tuple(at)] if at else moved)


# --- arithmetic -----------------------------------------------------------------------------


def together(evaluator: Evaluator, terms: tuple[Term, ...]) -> tuple[tuple[str, ...], list[Tensor]]:
    """Several values with the same axes in the same order."""
    arrays = [evaluator(term) for term in terms]
    if all(array.names == arrays[0].names for array in arrays):
        return arrays[0].names, [array.tensor for array in arrays]
    names: list[str] = []
    for array in arrays:
        names += [name for name in array.names if name not in names]
    tensors = [aligned_to(array, tuple(names)) for array in arrays]
    axes = [*range(1, 1 + len(names)), -2, -1]
    widest = [max(tensor.shape[axis] for tensor in tensors) for axis in axes]
    hold_size(*widest, draws=evaluator.draws)
    return tuple(names), tensors


@value_rule("add")
def _add(evaluator: Evaluator, term: Term) -> Array:
    names, tensors = together(evaluator, term.arguments)
    evaluator.note_parts(tensors)
    result = tensors[0] if term.data[0] > 0 else -tensors[0]
    for tensor, sign in zip(tensors[1:], term.data[1:], strict=True):
        result = result + tensor if sign > 0 else result - tensor
    return Array(names, result)


@value_rule("multiply")
def _multiply(evaluator: Evaluator, term: Term) -> Array:
    names, (left, right) = together(evaluator, term.arguments)
    return Array(names, left * right)


@value_rule("divide")
def _divide(evaluator: Evaluator, term: Term) -> Array:
    names, (left, right) = together(evaluator, term.arguments)
    return Array(names, left / right)


@value_rule("matmul")
def _matmul(evaluator: Evaluator, term: Term) -> Array:
    names, (left, right) = together(evaluator, term.arguments)
    return Array(names, left @ right)


@value_rule("dot")
def _dot(evaluator: Evaluator, term: Term) -> Array:
    names, (left, right) = together(evaluator, term.arguments)
    return Array(names, (left * right).sum((-2, -1), keepdim=True))


@value_rule("transpose")
def _transpose(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    return Array(array.names, array.tensor.mT)


@value_rule("power")
def _power(evaluator: Evaluator, term: Term) -> Array:
    names, (base, exponent) = together(evaluator, term.arguments)
    if term.arguments[1].operation == "number":
        result = base ** float(term.arguments[1].data)
    else:
        result = base**exponent
    # What is too small for float64 is not 0.
    return Array(names, without_value(result, (result == 0) & (base != 0)))


@value_rule("matrix_power")
def _matrix_power(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    if term.data >= 0:
        return Array(array.names, torch.linalg.matrix_power(array.tensor, term.data))
    matrix = array.tensor
    inverse, info = torch.linalg.inv_ex(matrix)
    # Of a matrix that is singular up to rounding, the inverse is rounding and nothing else.
    condition = matrix.detach().abs().sum(-1).amax(-1) * inverse.detach().abs().sum(-1).amax(-1)
    singular = (info != 0) | ~(condition < MOST_CONDITION)
    inverse = without_value(inverse, singular[..., None, None])
    return Array(array.names, torch.linalg.matrix_power(inverse, -term.data))


@value_rule("root")
def _root(evaluator: Evaluator, term: Term) -> Array:
    names, (base, degree) = together(evaluator, term.arguments)
    return Array(names, base ** (1 / degree))


@value_rule("norm")
def _norm(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    tensor = array.tensor
    if term.data == "1":
        evaluator.note_ties(tensor == 0)
        return Array(array.names, tensor.abs().sum((-2, -1), keepdim=True))
    if term.data == "inf":
        return Array(array.names, tensor.abs().amax((-2, -1), keepdim=True))
    if term.data == "spectral":
        known = torch.isfinite(tensor).flatten(-2).all(-1)[..., None, None]
        largest = torch.linalg.matrix_norm(torch.where(known, tensor, 0.0), 2)[..., None, None]
        return Array(array.names, without_value(largest, ~known))
    return Array(array.names, (tensor * tensor).sum((-2, -1), keepdim=True).sqrt())


@value_rule("trace")
def _trace(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    diagonal = array.tensor.diagonal(dim1=-2, dim2=-1).sum(-1)
    return Array(array.names, diagonal[..., None, None])


@value_rule("determinant")
def _determinant(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    return Array(array.names, torch.linalg.det(array.tensor)[..., None, None])


@value_rule("diagonal")
def _diagonal(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    return Array(array.names, torch.diag_embed(array.tensor.flatten(-2)))


@value_rule("diagonal_of")
def _diagonal_of(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    return Array(array.names, array.tensor.diagonal(dim1=-2, dim2=-1)[..., None])


# --- functions of a number ------------------------------------------------------------------


def _exp(tensor: Tensor) -> Tensor:
    result = tensor.exp()
    return without_value(result, result == 0)  # too small for float64, not 0


def _set_functions(functions: dict[str, Function]) -> None:
    for name, function in functions.items():
        if not OPERATIONS[name].word:
            raise KeyError(name)
        FUNCTIONS[name] = function
        RULES[name] = _apply


def _apply(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    if OPERATIONS[term.operation].kink:
        evaluator.note_ties(array.tensor == 0)
    return Array(array.names, FUNCTIONS[term.operation](array.tensor))


_set_functions(
    {
        "log": torch.log,
        "ln": torch.log,
        "exp": _exp,
        "sin": torch.sin,
        "cos": torch.cos,
        "tan": torch.tan,
        "tanh": torch.tanh,
        "sinh": torch.sinh,
        "cosh": torch.cosh,
        "cot": lambda x: 1 / torch.tan(x),
        "arcsin": torch.asin,
        "arccos": torch.acos,
        "arctan": torch.atan,
        "sign": torch.sign,
        "abs": torch.abs,
        "sqrt": torch.sqrt,
    }
)


@value_rule("prime")
def _prime(evaluator: Evaluator, term: Term) -> Array:
    inner = term.arguments[0]
    array = evaluator(inner.arguments[0])
    place = array.tensor * 1
    if not place.requires_grad:
        place.requires_grad_()
    result = FUNCTIONS[inner.operation](place)
    for _ in range(term.data):
        result = _slope(result, place)
    evaluator.note_derivative()
    return Array(array.names, result)


def _slope(value: Tensor, place: Tensor) -> Tensor:
    """The derivative of every entry by the entry it is made of; 0 where it is made of none."""
    if not value.requires_grad:  # the second derivative of a straight line
        return torch.zeros_like(place)
    (found,) = torch.autograd.grad(value.sum(), place, create_graph=True, materialize_grads=True)
    return found


# --- choices --------------------------------------------------------------------------------

COMPARE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "=": torch.eq,
    "!=": torch.ne,
    "<": torch.lt,
    ">": torch.gt,
    "<=": torch.le,
    ">=": torch.ge,
}


@value_rule("maximum")
def _maximum(evaluator: Evaluator, term: Term) -> Array:
    return _extreme(evaluator, term, torch.maximum)


@value_rule("minimum")
def _minimum(evaluator: Evaluator, term: Term) -> Array:
    return _extreme(evaluator, term, torch.minimum)


def _extreme(
    evaluator: Evaluator, term: Term, function: Callable[[Tensor, Tensor], Tensor]
) -> Array:
    names, tensors = together(evaluator, term.arguments)
    result = tensors[0]
    for tensor in tensors[1:]:
        result, tensor = torch.broadcast_tensors(result, tensor)
        evaluator.note_ties(result == tensor)
        result = function(result, tensor)
    return Array(names, result)


@value_rule("compare")
def _compare(evaluator: Evaluator, term: Term) -> Array:
    names, tensors = together(evaluator, term.arguments)
    result = torch.ones((), dtype=torch.bool)
    for left, right, operator in zip(tensors, tensors[1:], term.data, strict=False):
        if operator != "=" and (left.requires_grad or right.requires_grad):
            evaluator.note_close(left.detach(), right.detach())
            if operator != "!=":
                evaluator.note_ties(left == right)
        result = result & COMPARE[operator](left, right)
        # A comparison with what has no value has none: see `_indicator` and `_cases`.
    return Array(names, result)


@value_rule("indicator")
def _indicator(evaluator: Evaluator, term: Term) -> Array:
    array = evaluator(term.arguments[0])
    return Array(array.names, array.tensor.double())


@value_rule("cases")
def _cases(evaluator: Evaluator, term: Term) -> Array:
    names, tensors = together(evaluator, term.arguments)
    values, tests = tensors[: term.data], tensors[term.data :]
    open_ = torch.ones((), dtype=torch.bool)  # no case before has been met
    result = torch.full((), math.nan, dtype=torch.float64)
    taken: list[Tensor] = []
    for place, value in enumerate(values):
        met = open_ & tests[place] if place < len(tests) else open_
        taken.append(met)
        result = torch.where(met, value, result)
        open_ = open_ & ~met
    evaluator.note_branches(term, [*taken, open_])
    return Array(names, result)


# --- over an index --------------------------------------------------------------------------


def _over_index(
    evaluator: Evaluator, term: Term, neutral: float, reduce: Callable[[Tensor, int], Tensor]
) -> Array:
    """A value without the axis of an index; `neutral` is what counts where the index is left out."""
    index: Index = term.data
    names, tensors = together(evaluator, term.arguments)
    body, tests = tensors[0], tensors[1:]
    axis = 1 + names.index(index.name)
    if (mask := _members(evaluator, index)) is not None:
        tests.append(aligned_to(mask, names))
    for test in tests:
        body = torch.where(test, body, torch.tensor(neutral, dtype=torch.float64))
    return Array((*names[: axis - 1], *names[axis:]), reduce(body, axis))


@value_rule("sum")
def _sum(evaluator: Evaluator, term: Term) -> Array:
    return _over_index(evaluator, term, 0.0, Tensor.sum)


@value_rule("prod")
def _prod(evaluator: Evaluator, term: Term) -> Array:
    def product(body: Tensor, axis: int) -> Tensor:
        result = body.prod(axis)
        too_small = (result == 0) & (body != 0).all(axis)
        return without_value(result, too_small)

    return _over_index(evaluator, term, 1.0, product)


@value_rule("max")
def _max(evaluator: Evaluator, term: Term) -> Array:
    return _over_index(evaluator, term, -math.inf, partial(_largest, evaluator, Tensor.amax))


@value_rule("min")
def _min(evaluator: Evaluator, term: Term) -> Array:
    return _over_index(evaluator, term, math.inf, partial(_largest, evaluator, Tensor.amin))


def _largest(
    evaluator: Evaluator, reduce: Callable[[Tensor, int], Tensor], body: Tensor, axis: int
) -> Tensor:
    """The largest or the smallest along an axis; where there are two of them is a kink."""
    result = reduce(body, axis)
    evaluator.note_ties((body == result.unsqueeze(axis)).sum(axis) > 1)
    return result


def _members(evaluator: Evaluator, index: Index) -> Array | None:
    """Which values of an index are in its set, where the set is a part of them."""
    if not index.members or index.range is None:
        return None
    size = Size.of(f"|{index.members}|")
    if index.range.high == size:
        return None
    chosen = evaluator.drawer.subset(
        index.members, evaluator.size(index.range.high), evaluator.size(size)
    )
    return Array((index.name,), chosen.reshape(1, -1, 1, 1))


# --- matrices -------------------------------------------------------------------------------


@value_rule("stack")
def _stack(evaluator: Evaluator, term: Term) -> Array:
    names, tensors = together(evaluator, term.arguments)
    rows, columns = term.data
    cells = [cell[..., 0, 0] for cell in torch.broadcast_tensors(*tensors)]
    matrix = torch.stack(cells, dim=-1)
    return Array(names, matrix.reshape(*matrix.shape[:-1], rows, columns))


@value_rule("beside")
def _beside(evaluator: Evaluator, term: Term) -> Array:
    names, tensors = together(evaluator, term.arguments)
    lead = torch.broadcast_shapes(*(tensor.shape[:-2] for tensor in tensors))
    whole = [tensor.expand(*lead, *tensor.shape[-2:]) for tensor in tensors]
    return Array(names, torch.cat(whole, dim=term.data))


@value_rule("unfold")
def _unfold(evaluator: Evaluator, term: Term) -> Array:
    body = evaluator(term.arguments[0])
    names, tensor = body.names, body.tensor
    row, column = term.data
    for index, by_row in ((row, True), (column, False)):
        if index is None:
            continue
        low, high = evaluator.limits(index)
        if index.name in names:
            axis = names.index(index.name)
            names = (*names[:axis], *names[axis + 1 :])
            tensor = tensor.movedim(1 + axis, -3)
        else:
            tensor = tensor.unsqueeze(-3).expand(
                *tensor.shape[:-2], high - low + 1, *tensor.shape[-2:]
            )
        tensor = tensor.squeeze(-2) if by_row else tensor.squeeze(-1).mT
    return Array(names, tensor)


# --- functions of the page ------------------------------------------------------------------


@value_rule("call")
def _call(evaluator: Evaluator, term: Term) -> Array:
    key, primes = term.data
    names, tensors = together(evaluator, term.arguments)
    # Each draw has its own argument, so that a derivative by it is one for each draw, too.
    tensors = [tensor.expand(evaluator.draws, *tensor.shape[1:]) for tensor in tensors]
    if not primes:
        return _called(evaluator, key, names, tensors)
    evaluator.note_derivative()
    place = tensors[0] * 1
    if not place.requires_grad:
        place.requires_grad_()
    result = _called(evaluator, key, names, [place]).tensor
    if not result.requires_grad:
        return Array(names, torch.zeros_like(place))
    if primes == 2 and term.arguments[0].shape != () and term.shape != term.arguments[0].shape:
        return Array(names, hessian(result, place))
    for _ in range(primes):
        result = _slope(result, place)
    return Array(names, result)


def _called(evaluator: Evaluator, key: str, names: tuple[str, ...], tensors: list[Tensor]) -> Array:
    key = evaluator.alias(key)
    function = evaluator.book.function_definition(key)
    if function.body is None:
        family = evaluator.book.family(key)
        shape = [evaluator.size(size) for size in function.target] or None
        return Array(names, opaque(evaluator.drawer, family, tensors, shape))
    # A function of numbers takes each entry of a matrix by itself: rows and columns are two more
    # indices while its right side is worked out.
    lifted = tuple(f"·{axis}{len(names)}" for axis in ("row", "column"))
    entries = any(
        shape == () and tensor.shape[-2:] != (1, 1)
        for shape, tensor in zip(function.shapes, tensors, strict=True)
    )
    if entries:
        names = (*names, *lifted)
        tensors = [tensor[..., None, None] for tensor in tensors]
    formals = {
        name: Array(names, tensor)
        for name, tensor in zip(function.parameter_names, tensors, strict=True)
    }
    result = evaluator.with_formals(formals, function.body)
    if set(result.names) <= set(names):
        result = Array(names, aligned_to(result, names))
    if entries:
        rest = tuple(name for name in result.names if name not in lifted)
        result = Array(rest, aligned_to(result, (*rest, *lifted)).squeeze(-1).squeeze(-1))
    return result


@value_rule("at")
def _at(evaluator: Evaluator, term: Term) -> Array:
    count = term.data
    places, values = term.arguments[1 : 1 + count], term.arguments[1 + count :]
    changed: dict[tuple[str, tuple[int | None, ...]], Tensor] = {}
    for place, value in zip(places, values, strict=True):
        if place.operation != "family" or place.arguments:
            raise NotationError(
                "only a whole symbol can be put to a value",
                place.node,
                "Leave its index out.",
                "read",
            )
        given = evaluator(value)
        if given.names:
            raise NotationError(
                "the value has an index", value.node, "Put in a number or a whole symbol.", "read"
            )
        shape = evaluator.shape_of(place.data)
        # Not detached: what is differentiated outside may reach the symbol through its value.
        changed[place.data] = given.tensor.expand(evaluator.draws, *shape) * 1
    return evaluator.with_values(changed, term.arguments[0])


# --- derivatives ----------------------------------------------------------------------------


@value_rule("derivative")
def _derivative(evaluator: Evaluator, term: Term) -> Array:
    return read_map(_linear_map(evaluator, term.arguments[0], term.arguments[1]), term)


@value_rule("chain")
def _chain(evaluator: Evaluator, term: Term) -> Array:
    pairs = list(zip(term.arguments[::2], term.arguments[1::2], strict=True))
    result = _linear_map(evaluator, *pairs[0])
    for of, by in pairs[1:]:
        following = _linear_map(evaluator, of, by)
        names = [*result.names, *(n for n in following.names if n not in result.names)]
        left = aligned_to(result, tuple(names), 4)
        right = aligned_to(following, tuple(names), 4)
        result = Array(tuple(names), torch.einsum("...abcd,...cdef->...abef", left, right))
    return read_map(result, term)


def _linear_map(evaluator: Evaluator, of: Term, by: Term) -> Array:
    """The derivative of every entry of a value by every entry of another: four last axes."""
    evaluator.note_derivative()
    places: list[list[Term | None]] = []
    base = by
    while base.operation == "gather":
        has_row, has_col, _ = base.data
        rest = list(base.arguments[1:])
        places.append([rest.pop(0) if has else None for has in (has_row, has_col)])
        base = base.arguments[0]
    if len(places) > 1:
        raise NotationError(
            "an entry of an entry", by.node, "Write all its indices at once.", "fits"
        )
    row, col = places[0] if places else (None, None)
    lead: list[Term | None] = []
    if base.operation == "formal":
        variable = evaluator.formals[base.data]
        if variable.names:
            raise NotationError(
                "differentiate the function where it is defined",
                by.node,
                "Or write its derivative with a prime.",
            )
        source = variable.tensor
        if not source.requires_grad:
            source.requires_grad_()
    else:
        source = evaluator.symbol(base.data)
        lead = list(base.arguments)
    value = evaluator(of)
    entries, others = math.prod(value.tensor.shape[1:]), math.prod(source.shape[1:])
    if entries * others > MAX_DERIVED * 100 or entries > MAX_DERIVED:
        raise TooLarge("this derivative has too many entries")
    hold_size(entries, others, draws=evaluator.draws)
    full = jacobian(value.tensor, source)
    names = (*value.names, "·r", "·c")
    taken = take(evaluator, full, names, [*lead, row, col])
    tensor, found = taken.tensor, list(taken.names)
    kept = with_two_axes(tensor, by) if by.operation == "gather" else tensor
    order = [1 + place for place, name in enumerate(found) if name not in ("·r", "·c")]
    rows, columns = 1 + found.index("·r"), 1 + found.index("·c")
    return Array(
        tuple(found[place - 1] for place in order),
        kept.permute(0, *order, rows, columns, kept.ndim - 2, kept.ndim - 1),
    )


_missing = OPERATIONS.keys() - RULES.keys()
if _missing:  # found when the module is imported, not when a page has such a formula
    raise KeyError(f"operations without a value rule: {', '.join(sorted(_missing))}")
