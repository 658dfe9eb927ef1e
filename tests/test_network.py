"""The seven functions: their numbers against independent ways to the same, and what they refuse."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

import nn3doc
from nn3doc import network
from nn3doc.network import (
    ArgumentError,
    backward_propagation,
    compute_cost,
    forward_propagation,
    get_predictions_sigmoid,
    initialize_parameters,
    learn,
    update_parameters,
)

size = st.integers(1, 6)
sizes = st.tuples(size, size, size, size)  # n0, n1, n2, m
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def draw(
    n0: int, n1: int, n2: int, m: int, seed: int = 0, dtype: torch.dtype = torch.float64
) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Random X, Y of 0s and 1s, and parameters, biases included."""
    torch.manual_seed(seed)
    X, Y = torch.randn(n0, m), torch.randint(2, size=(n2, m))
    W1, b1 = torch.randn(n1, n0), torch.randn(n1, 1)
    W2, b2 = torch.randn(n2, n1), torch.randn(n2, 1)
    return X.to(dtype), Y, (W1.to(dtype), b1.to(dtype), W2.to(dtype), b2.to(dtype))


def cost_of(X: Tensor, Y: Tensor, parameters: tuple[Tensor, ...]) -> Tensor:
    """The cost J, in torch's own functions rather than ours."""
    W1, b1, W2, b2 = parameters
    hidden = torch.nn.functional.linear(X.T, W1, b1.flatten()).sigmoid()
    logits = torch.nn.functional.linear(hidden, W2, b2.flatten())
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, Y.T.to(X.dtype), reduction="none"
    )
    return losses.mean(dim=0).sum()


# --- the numbers


def test_initialize_parameters_draws_w1_then_w2_and_sets_the_biases_to_zero() -> None:
    torch.manual_seed(3)
    W1, b1, W2, b2 = initialize_parameters(4, 3, 2, scale=0.5)

    torch.manual_seed(3)
    assert torch.equal(W1, torch.randn(3, 4) * 0.5)
    assert torch.equal(W2, torch.randn(2, 3) * 0.5)
    assert torch.equal(b1, torch.zeros(3, 1))
    assert torch.equal(b2, torch.zeros(2, 1))


def test_forward_propagation_worked_by_hand() -> None:
    A0 = torch.tensor([[1.0, 0.0], [2.0, 0.0]])
    W1, b1 = torch.tensor([[3.0, -1.0]]), torch.tensor([[-1.0]])  # Z1 = (3 - 2 - 1, -1) = (0, -1)
    W2, b2 = torch.tensor([[2.0]]), torch.tensor([[-1.0]])

    A1, A2 = forward_propagation(A0, W1, b1, W2, b2)

    low = 1 / (1 + torch.e)  # sigmoid(-1)
    torch.testing.assert_close(A1, torch.tensor([[0.5, low]]))
    torch.testing.assert_close(A2, torch.sigmoid(torch.tensor([[0.0, 2 * low - 1]])))


def test_predictions_are_the_outputs_rounded_and_one_half_becomes_zero() -> None:
    A0 = torch.tensor([[-9.0, 0.0, 9.0]])
    one = torch.ones(1, 1)
    Yhat = get_predictions_sigmoid(A0, one, 0 * one, 2 * one, -one)
    assert torch.equal(Yhat, torch.tensor([[0.0, 0.0, 1.0]]))


@given(sizes, st.integers(0, 99))
def test_predictions_agree_with_forward_propagation(
    n: tuple[int, int, int, int], seed: int
) -> None:
    X, _, parameters = draw(*n, seed)
    _, A2 = forward_propagation(X, *parameters)
    assert torch.equal(get_predictions_sigmoid(X, *parameters), (A2 > 0.5).to(X.dtype))


@given(sizes, st.integers(0, 99))
def test_compute_cost_agrees_with_torch(n: tuple[int, int, int, int], seed: int) -> None:
    X, Y, parameters = draw(*n, seed)
    _, A2 = forward_propagation(X, *parameters)
    bce = torch.nn.functional.binary_cross_entropy(A2, Y.double(), reduction="none")
    torch.testing.assert_close(compute_cost(A2, Y), bce.mean(dim=1, keepdim=True))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("a", [0.0, 1e-42, 1e-6, 0.5, 1.0])
def test_compute_cost_is_finite_at_saturation_as_in_torch(
    a: float, y: float, dtype: torch.dtype
) -> None:
    A2, Y = torch.tensor([[a]], dtype=dtype), torch.tensor([[y]], dtype=dtype)
    cost = compute_cost(A2, Y)
    assert cost.isfinite().all()
    torch.testing.assert_close(cost[0, 0], torch.nn.functional.binary_cross_entropy(A2, Y))


def test_compute_cost_averages_over_the_examples_of_each_output() -> None:
    A2 = torch.tensor([[0.5, 0.25], [0.5, 0.5]])
    Y = torch.tensor([[1, 1], [0, 1]])
    expected = torch.tensor([[1.5], [1.0]]) * torch.log(torch.tensor(2.0))
    torch.testing.assert_close(compute_cost(A2, Y), expected)


@given(sizes, st.integers(0, 99))
def test_backward_propagation_agrees_with_autograd(n: tuple[int, int, int, int], seed: int) -> None:
    X, Y, parameters = draw(*n, seed)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])

    leaves = tuple(parameter.clone().requires_grad_() for parameter in parameters)
    torch.testing.assert_close(gradient, torch.autograd.grad(cost_of(X, Y, leaves), leaves))


def test_autograd_goes_through_the_functions_themselves() -> None:
    X, Y, parameters = draw(3, 4, 2, 5)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])

    leaves = tuple(parameter.clone().requires_grad_() for parameter in parameters)
    J = compute_cost(forward_propagation(X, *leaves)[1], Y).sum()
    torch.testing.assert_close(gradient, torch.autograd.grad(J, leaves))


@given(sizes, st.integers(0, 99))
def test_backward_propagation_agrees_with_finite_differences(
    n: tuple[int, int, int, int], seed: int
) -> None:
    X, Y, parameters = draw(*n, seed)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])

    step = 1e-6
    for parameter, derivative in zip(parameters, gradient, strict=True):
        for place in range(parameter.numel()):
            value = parameter.view(-1)[place].item()
            J = []
            for moved in (value + step, value - step):
                parameter.view(-1)[place] = moved
                J.append(compute_cost(forward_propagation(X, *parameters)[1], Y).sum().item())
            parameter.view(-1)[place] = value
            expected = (J[0] - J[1]) / (2 * step)
            assert derivative.view(-1)[place].item() == pytest.approx(expected, abs=1e-8, rel=1e-6)


def test_update_parameters_goes_against_the_gradient() -> None:
    W1, b1 = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]])
    W2, b2 = torch.tensor([[4.0]]), torch.tensor([[5.0]])
    gradient = torch.tensor([[10.0, 20.0]]), b1, W2, b2
    updated = update_parameters(W1, b1, W2, b2, *gradient, 0.5)
    expected = torch.tensor([[-4.0, -8.0]]), b1 / 2, W2 / 2, b2 / 2
    torch.testing.assert_close(updated, expected)


def test_learn_does_what_the_six_functions_do_one_after_the_other() -> None:
    X, Y, _ = draw(5, 3, 2, 8, dtype=torch.float32)
    torch.manual_seed(1)
    W1, b1, W2, b2 = initialize_parameters(5, 3, 2, 0.5)
    for _ in range(4):
        A1, A2 = forward_propagation(X, W1, b1, W2, b2)
        gradient = backward_propagation(X, A1, A2, Y, W2)
        W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradient, 0.1)

    torch.manual_seed(1)
    learnt = learn(X, Y, 3, 0.5, 4, 0.1, progress="quiet")
    torch.testing.assert_close(learnt, (W1, b1, W2, b2), rtol=0, atol=0)


def test_learning_lowers_the_cost() -> None:
    X, Y, _ = draw(5, 3, 2, 8, dtype=torch.float32)
    costs: list[float] = []
    learn(
        X, Y, 8, 1.0, 50, 0.5, progress="quiet", on_epoch=lambda _, c: costs.append(c.sum().item())
    )
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0] / 2


@given(sizes)
def test_shapes_are_those_of_the_signatures(n: tuple[int, int, int, int]) -> None:
    X, Y, parameters = draw(*n)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])
    results: dict[Callable[..., object], tuple[Tensor, ...]] = {
        initialize_parameters: initialize_parameters(*n[:3], 1.0),
        forward_propagation: (A1, A2),
        backward_propagation: gradient,
        update_parameters: update_parameters(*parameters, *gradient, 0.1),
        learn: learn(X, Y, n[1], 1.0, 1, 0.1, progress="quiet"),
    }
    known = dict(zip(("n0", "n1", "n2", "m"), n, strict=True)) | {"1": 1}
    for function, tensors in results.items():
        annotations = get_args(inspect.signature(function).return_annotation)
        for annotation, tensor in zip(annotations, tensors, strict=True):
            assert tensor.shape == tuple(known[dim] for dim in annotation.dim_str.split())


# --- what is easily lost


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_large_input_saturates_and_is_no_nan(dtype: torch.dtype) -> None:
    A0 = torch.tensor([[-1e4, -800.0, 800.0, 1e4]], dtype=dtype)
    one = torch.ones(1, 1, dtype=dtype)
    A1, A2 = forward_propagation(A0, one, 0 * one, 1e4 * one, -5e3 * one)
    steps = torch.tensor([[0.0, 0.0, 1.0, 1.0]], dtype=dtype)
    assert torch.equal(A1, steps)
    assert torch.equal(A2, steps)


def test_nothing_between_0_and_1_is_cut_off() -> None:
    A0 = torch.tensor([[-30.0, -10.0, 10.0]], dtype=torch.float64)
    one = torch.ones(1, 1, dtype=torch.float64)
    A1, A2 = forward_propagation(A0, one, 0 * one, 20 * one, -10 * one)
    torch.testing.assert_close(A1, 1 / (1 + torch.exp(-A0)), rtol=1e-12, atol=0)
    torch.testing.assert_close(A2, 1 / (1 + torch.exp(10 - 20 * A1)), rtol=1e-12, atol=0)
    Y = torch.tensor([[0.0, 0.25, 1.0]], dtype=torch.float64)
    expected = torch.nn.functional.binary_cross_entropy(A1, Y)
    torch.testing.assert_close(compute_cost(A1, Y)[0, 0], expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_predictions_and_new_parameters_keep_the_dtype(dtype: torch.dtype) -> None:
    X, Y, parameters = draw(3, 4, 2, 5, dtype=dtype)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])
    updated = update_parameters(*parameters, *gradient, 0.1)
    predictions = get_predictions_sigmoid(X, *parameters)
    assert {tensor.dtype for tensor in (predictions, *updated)} == {dtype}


@pytest.fixture
def default_dtype() -> Iterator[Callable[[torch.dtype], None]]:
    """Sets torch's default dtype, and puts it back."""
    before = torch.get_default_dtype()
    yield torch.set_default_dtype
    torch.set_default_dtype(before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_start_has_the_default_dtype_and_all_its_digits(
    dtype: torch.dtype, default_dtype: Callable[[torch.dtype], None]
) -> None:
    default_dtype(dtype)
    torch.manual_seed(3)
    start = initialize_parameters(4, 3, 2, scale=0.3)
    torch.manual_seed(3)
    W1, W2 = torch.randn(3, 4) * 0.3, torch.randn(2, 3) * 0.3
    expected = (W1, torch.zeros(3, 1), W2, torch.zeros(2, 1))
    assert {tensor.dtype for tensor in start} == {dtype}
    torch.testing.assert_close(start, expected, rtol=0, atol=0)


def test_the_start_is_on_the_default_device() -> None:
    with torch.device("meta"):
        start = initialize_parameters(4, 3, 2, scale=0.5)
    assert {tensor.device.type for tensor in start} == {"meta"}


DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
def test_everything_stays_on_the_device(device: str) -> None:
    X, Y, parameters = draw(3, 4, 2, 5)
    X, Y = X.to(device), Y.to(device)
    W1, b1, W2, b2 = (parameter.to(device) for parameter in parameters)
    A1, A2 = forward_propagation(X, W1, b1, W2, b2)
    gradient = backward_propagation(X, A1, A2, Y, W2)
    learnt = learn(X, Y, 4, 0.1, 2, 0.1, progress="quiet")
    everything = (A1, A2, compute_cost(A2, Y), *gradient, *learnt)
    assert {tensor.device.type for tensor in everything} == {device}


def soft(n2: int, m: int) -> Tensor:
    """Targets between 0 and 1."""
    return torch.linspace(0.05, 0.95, n2 * m, dtype=torch.float64).reshape(n2, m)


def test_targets_may_lie_between_0_and_1() -> None:
    X, _, _ = draw(5, 3, 2, 8)
    Y = soft(2, 8)
    torch.manual_seed(1)
    W1, b1, W2, b2 = (start.to(X) for start in initialize_parameters(5, 3, 2, 0.5))
    costs: list[Tensor] = []
    for _ in range(3):
        A1, A2 = forward_propagation(X, W1, b1, W2, b2)
        loss = torch.nn.functional.binary_cross_entropy(A2, Y, reduction="none")
        costs.append(loss.mean(dim=1, keepdim=True))
        leaves = tuple(leaf.clone().requires_grad_() for leaf in (W1, b1, W2, b2))
        gradient = torch.autograd.grad(cost_of(X, Y, leaves), leaves)
        W1, b1, W2, b2 = (
            parameter - 0.1 * derivative
            for parameter, derivative in zip((W1, b1, W2, b2), gradient, strict=True)
        )
    torch.manual_seed(1)
    seen: list[Tensor] = []
    learnt = learn(
        X, Y, 3, 0.5, 3, 0.1, progress="quiet", on_epoch=lambda _, cost: seen.append(cost)
    )
    torch.testing.assert_close(learnt, (W1, b1, W2, b2))
    torch.testing.assert_close(seen, costs)


def test_autograd_reaches_every_input_of_every_function() -> None:
    X, _, parameters = draw(2, 3, 2, 4)
    Y = soft(2, 4)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])

    def updated(*tensors: Tensor) -> tuple[Tensor, ...]:
        W1, b1, W2, b2, dW1, db1, dW2, db2 = tensors
        return update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, 0.1)

    def learnt(X: Tensor, Y: Tensor) -> tuple[Tensor, ...]:
        torch.manual_seed(0)
        return learn(X, Y, 2, 0.5, 2, 0.1, progress="quiet")

    calls: list[tuple[Callable[..., Tensor | Sequence[Tensor]], tuple[Tensor, ...]]] = [
        (forward_propagation, (X, *parameters)),
        (compute_cost, (A2, Y)),
        (backward_propagation, (X, A1, A2, Y, parameters[2])),
        (updated, (*parameters, *gradient)),
        (learnt, (X, Y)),
    ]
    for function, arguments in calls:
        leaves = tuple(argument.clone().requires_grad_() for argument in arguments)
        assert torch.autograd.gradcheck(function, leaves)
        results = function(*leaves)  # gradcheck passes over a result that has lost its graph
        results = (results,) if isinstance(results, Tensor) else results
        assert all(result.requires_grad for result in results)


# --- what goes in


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("y_dtype", [*DTYPES, torch.uint8, torch.int64])
def test_any_float_dtype_stays_and_targets_may_be_of_any_other(
    dtype: torch.dtype, y_dtype: torch.dtype
) -> None:
    X, Y, parameters = draw(3, 4, 2, 5, dtype=dtype)
    Y = Y.to(y_dtype)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])
    learnt = learn(X, Y, 4, 0.1, 2, 0.1, progress="quiet")
    everything = (A1, A2, compute_cost(A2, Y), *gradient, *learnt)
    assert {tensor.dtype for tensor in everything} == {dtype}


def test_no_function_changes_its_inputs() -> None:
    X, Y, parameters = draw(3, 4, 2, 5)
    A1, A2 = forward_propagation(X, *parameters)
    gradient = backward_propagation(X, A1, A2, Y, parameters[2])
    inputs = (X, Y.double(), *parameters, A1, A2, *gradient)
    before = tuple(tensor.clone() for tensor in inputs)

    get_predictions_sigmoid(X, *parameters)
    compute_cost(A2, inputs[1])
    backward_propagation(X, A1, A2, inputs[1], parameters[2])
    update_parameters(*parameters, *gradient, 0.1)
    learn(X, inputs[1], 2, 0.1, 2, 0.1, progress="quiet")

    torch.testing.assert_close(inputs, before, rtol=0, atol=0)


def test_arguments_may_be_named() -> None:
    X, Y, (W1, b1, W2, b2) = draw(3, 4, 2, 5)
    A1, A2 = forward_propagation(b2=b2, W2=W2, b1=b1, W1=W1, A0=X)
    torch.testing.assert_close((A1, A2), forward_propagation(X, W1, b1, W2, b2))
    torch.testing.assert_close(compute_cost(Y=Y, A2=A2), compute_cost(A2, Y))


def test_a_missing_argument_is_told_as_python_tells_it() -> None:
    call: Callable[..., object] = compute_cost
    with pytest.raises(TypeError, match=r"^missing a required argument: 'Y'$"):
        call(torch.rand(1, 1))


# --- what learn shows


def test_progress_in_the_lessons_format(capsys: pytest.CaptureFixture[str]) -> None:
    X = torch.zeros(2, 3)  # so that every output is one half, and stays so with one 0 and one 1
    learn(X[:, :2], torch.tensor([[0, 1]]), 2, 0.0, 3, 0.1)
    captured = capsys.readouterr()
    assert captured.out == "  1/3: Cost=0.69\n  2/3: Cost=0.69\n  3/3: Cost=0.69\n"
    assert captured.err == ""


def test_progress_shows_the_mean_over_the_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[Tensor] = []
    X, Y, _ = draw(5, 3, 4, 8, dtype=torch.float32)
    learn(X, Y, 3, 1.0, 1, 0.1, on_epoch=lambda _, cost: shown.append(cost))
    assert capsys.readouterr().out == f"  1/1: Cost={shown[0].mean().item():.2f}\n"


def test_progress_stays_aligned_over_more_epochs_than_three_digits_have(
    capsys: pytest.CaptureFixture[str],
) -> None:
    learn(torch.zeros(1, 2), torch.tensor([[0, 1]]), 1, 0.0, 1000, 0.1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "   1/1000: Cost=0.69"
    assert lines[-1] == "1000/1000: Cost=0.69"


def test_progress_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    learn(torch.zeros(1, 2), torch.tensor([[0, 1]]), 1, 0.0, 3, 0.1, progress="quiet")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_progress_bar_is_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    learn(torch.zeros(1, 2), torch.tensor([[0, 1]]), 1, 0.0, 3, 0.1, progress="bar")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "3/3" in captured.err
    assert "Cost=0.69" in captured.err


def test_on_epoch_gets_the_number_and_the_cost_of_each_output() -> None:
    X, Y, _ = draw(5, 3, 4, 8, dtype=torch.float32)
    calls: list[tuple[int, Tensor]] = []
    torch.manual_seed(0)
    learn(X, Y, 3, 1.0, 2, 0.1, progress="quiet", on_epoch=lambda *call: calls.append(call))

    torch.manual_seed(0)
    _, A2 = forward_propagation(X, *initialize_parameters(5, 3, 4, 1.0))
    assert [epoch for epoch, _ in calls] == [1, 2]
    torch.testing.assert_close(calls[0][1], compute_cost(A2, Y))


def test_interrupted_learning_returns_what_was_learnt_so_far() -> None:
    X, Y, _ = draw(5, 3, 4, 8, dtype=torch.float32)

    def interrupt(epoch: int, _: Tensor) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    torch.manual_seed(0)
    expected = learn(X, Y, 3, 1.0, 2, 0.1, progress="quiet")
    torch.manual_seed(0)
    with pytest.warns(network.LearningInterrupted) as caught:
        learnt = learn(X, Y, 3, 1.0, 9, 0.1, progress="quiet", on_epoch=interrupt)

    torch.testing.assert_close(learnt, expected, rtol=0, atol=0)
    assert [str(warning.message) for warning in caught] == [
        "interrupted after 2 of 9 epochs; what was learnt so far is kept"
    ]
    assert caught[0].filename == __file__  # the warning points at the caller's line


def test_interrupted_within_the_first_epoch_it_returns_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: Tensor) -> None:
        raise KeyboardInterrupt

    X, Y, _ = draw(5, 3, 4, 8, dtype=torch.float32)
    torch.manual_seed(0)
    start = initialize_parameters(5, 3, 4, 1.0)
    torch.manual_seed(0)
    monkeypatch.setattr(network, "forward_propagation", interrupt)
    message = "interrupted after 0 of 9 epochs; what was learnt so far is kept"
    with pytest.warns(network.LearningInterrupted, match=message):
        learnt = learn(X, Y, 3, 1.0, 9, 0.1, progress="quiet")
    torch.testing.assert_close(learnt, start, rtol=0, atol=0)


def test_targets_are_looked_at_although_there_is_no_epoch() -> None:
    X, Y, _ = draw(5, 3, 4, 8)
    with pytest.raises(ArgumentError, match=r"Y"):
        learn(X, Y + 2, 3, 1.0, 0, 0.1, progress="quiet")


def test_no_epoch_gives_the_start() -> None:
    torch.manual_seed(0)
    start = initialize_parameters(2, 3, 1, 0.5)
    torch.manual_seed(0)
    learnt = learn(torch.rand(2, 4), torch.ones(1, 4), 3, 0.5, 0, 0.1)
    assert [tensor.shape for tensor in learnt] == [tensor.shape for tensor in start]


# --- the package


def test_the_package_has_the_seven_functions() -> None:
    for name in nn3doc.__all__:
        assert getattr(nn3doc, name) is getattr(network, name)
    assert len(nn3doc.__all__) == 7
    assert {*nn3doc.__all__, "__version__"} <= set(dir(nn3doc))


def test_the_package_tells_names_it_does_not_have() -> None:
    with pytest.raises(AttributeError, match=r"^module 'nn3doc' has no attribute 'lern'$"):
        _ = nn3doc.lern


def test_argument_error_is_a_value_error() -> None:
    assert issubclass(ArgumentError, ValueError)
