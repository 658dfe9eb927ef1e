"""What the seven functions say about an argument that does not fit: whole messages, in a table."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
import torch
from jaxtyping import Float, Real
from torch import Tensor

from nn3doc._arguments import ArgumentError, check_arguments
from nn3doc.network import (
    backward_propagation,
    compute_cost,
    forward_propagation,
    get_predictions_sigmoid,
    initialize_parameters,
    learn,
    update_parameters,
)

# The lesson's sizes: n0 = 100, n1 = 12, n2 = 4, and m = 50 examples.
A0, A1, A2 = torch.zeros(100, 50), torch.zeros(12, 50), torch.full((4, 50), 0.5)
Y = torch.zeros(4, 50, dtype=torch.int64)
W1, b1, W2, b2 = torch.zeros(12, 100), torch.zeros(12, 1), torch.zeros(4, 12), torch.zeros(4, 1)
NAN, INF = float("nan"), float("inf")

#: Right arguments of each function; each case changes one of them.
RIGHT: dict[Callable[..., Any], dict[str, object]] = {
    initialize_parameters: {"n0": 100, "n1": 12, "n2": 4, "scale": 0.1},
    forward_propagation: {"A0": A0, "W1": W1, "b1": b1, "W2": W2, "b2": b2},
    get_predictions_sigmoid: {"A0": A0, "W1": W1, "b1": b1, "W2": W2, "b2": b2},
    compute_cost: {"A2": A2, "Y": Y},
    backward_propagation: {"A0": A0, "A1": A1, "A2": A2, "Y": Y, "W2": W2},
    update_parameters: {
        "W1": W1,
        "b1": b1,
        "W2": W2,
        "b2": b2,
        "dW1": W1,
        "db1": b1,
        "dW2": W2,
        "db2": b2,
        "lr": 0.1,
    },
    learn: {
        "X": A0,
        "Y": Y,
        "num_hidden": 12,
        "param_scale": 0.1,
        "num_epochs": 1,
        "learning_rate": 0.1,
        "progress": "quiet",
    },
}


def put(tensor: Tensor, value: float, row: int, column: int) -> Tensor:
    """A float copy with one value changed."""
    copy = tensor.float().clone()
    copy[row, column] = value
    return copy


CASES: list[tuple[Callable[..., Any], str, object, str]] = [
    # shapes
    (
        forward_propagation,
        "W1",
        torch.zeros(12, 99),
        "W1 is (12, 99); expected (n1, n0) = (12, 100), n0 = 100 from A0 (100, 50)",
    ),
    (
        forward_propagation,
        "W1",
        W1.T,
        "W1 is (100, 12); expected (n1, n0) = (100, 100), n0 = 100 from A0 (100, 50): W1.T fits",
    ),
    (
        forward_propagation,
        "b1",
        b1.flatten(),
        "b1 is (12,); expected (n1, 1) = (12, 1), n1 = 12 from W1 (12, 100): "
        "b1.reshape(-1, 1) fits",
    ),
    (
        forward_propagation,
        "b1",
        b1.T,
        "b1 is (1, 12); expected (n1, 1) = (12, 1), n1 = 12 from W1 (12, 100): b1.T fits",
    ),
    (
        forward_propagation,
        "b1",
        A1,
        "b1 is (12, 50); expected (n1, 1) = (12, 1), n1 = 12 from W1 (12, 100)",
    ),
    (
        forward_propagation,
        "W2",
        W2[0],
        "W2 is (12,); expected (n2, n1) = (n2, 12), n1 = 12 from W1 (12, 100): "
        "W2.reshape(1, -1) fits",
    ),
    (forward_propagation, "A0", A0[:, 0], "A0 is (100,); expected (n0, m), 2 dimensions"),
    (forward_propagation, "A0", A0.sum(), "A0 is (); expected (n0, m), 2 dimensions"),
    (
        get_predictions_sigmoid,
        "b2",
        torch.zeros(5, 1),
        "b2 is (5, 1); expected (n2, 1) = (4, 1), n2 = 4 from W2 (4, 12)",
    ),
    (
        compute_cost,
        "Y",
        Y.T,
        "Y is (50, 4); expected (n2, m) = (4, 50), n2 = 4 and m = 50 from A2 (4, 50): Y.T fits",
    ),
    (
        compute_cost,
        "Y",
        Y[0],
        "Y is (50,); expected (n2, m) = (4, 50), n2 = 4 and m = 50 from A2 (4, 50)",
    ),
    (
        backward_propagation,
        "A1",
        A1[:, 1:],
        "A1 is (12, 49); expected (n1, m) = (12, 50), m = 50 from A0 (100, 50)",
    ),
    (
        backward_propagation,
        "W2",
        W2[1:, 1:],
        "W2 is (3, 11); expected (n2, n1) = (4, 12), n2 = 4 from A2 (4, 50), "
        "n1 = 12 from A1 (12, 50)",
    ),
    (
        update_parameters,
        "dW2",
        W2.T,
        "dW2 is (12, 4); expected (n2, n1) = (4, 12), n2 = 4 from W2 (4, 12), "
        "n1 = 12 from W1 (12, 100): dW2.T fits",
    ),
    (
        learn,
        "Y",
        Y.T,
        "Y is (50, 4); expected (n2, m) = (50, 50), m = 50 from X (100, 50): Y.T fits",
    ),
    (
        learn,
        "Y",
        Y[0],
        "Y is (50,); expected (n2, m) = (n2, 50), m = 50 from X (100, 50): Y.reshape(1, -1) fits",
    ),
    # nothing there
    (
        forward_propagation,
        "A0",
        A0[:, :0],
        "A0 is (100, 0); expected (n0, m) with m at least 1: there is no example",
    ),
    (
        compute_cost,
        "A2",
        A2[:, :0],
        "A2 is (4, 0); expected (n2, m) with m at least 1: there is no example",
    ),
    (forward_propagation, "A0", A0[:0], "A0 is (0, 50); expected (n0, m) with n0 at least 1"),
    (forward_propagation, "W1", W1[:0], "W1 is (0, 100); expected (n1, n0) with n1 at least 1"),
    # types
    (forward_propagation, "A0", None, "A0 is None; expected a tensor (n0, m)"),
    (
        forward_propagation,
        "A0",
        [[0.5]],
        "A0 is a list; expected a tensor (n0, m): write torch.as_tensor(A0)",
    ),
    (
        forward_propagation,
        "b1",
        0.5,
        "b1 is a float; expected a tensor (n1, 1): write torch.as_tensor(b1)",
    ),
    (
        forward_propagation,
        "W1",
        np.zeros((12, 100), np.float32),
        "W1 is a numpy.ndarray; expected a tensor (n1, n0): write torch.as_tensor(W1)",
    ),
    (
        forward_propagation,
        "A0",
        A0.long(),
        "A0 is int64; expected float32 (or float16, bfloat16, float64): write A0.float()",
    ),
    (
        forward_propagation,
        "A0",
        A0.to(torch.complex64),
        "A0 is complex64; expected float32 (or float16, bfloat16, float64)",
    ),
    (
        compute_cost,
        "Y",
        Y == 1,
        "Y is bool; expected float32 (or float16, bfloat16, float64) or integers: write Y.float()",
    ),
    (
        forward_propagation,
        "W2",
        W2.double(),
        "W2 is float64; expected float32, the dtype of A0: write W2.to(A0.dtype)",
    ),
    (
        forward_propagation,
        "W1",
        W1.to("meta"),
        "W1 is meta; expected cpu, the device of A0: write W1.to(A0.device)",
    ),
    # values
    (compute_cost, "Y", put(Y, 2, 0, 3), "Y[0, 3] is 2; expected values between 0 and 1"),
    (compute_cost, "Y", put(Y, -0.25, 3, 49), "Y[3, 49] is -0.25; expected values between 0 and 1"),
    (compute_cost, "Y", put(Y, NAN, 1, 0), "Y[1, 0] is nan; expected values between 0 and 1"),
    (compute_cost, "Y", Y + 2, "Y[0, 0] is 2; expected values between 0 and 1"),
    (compute_cost, "A2", put(A2, NAN, 0, 0), "A2[0, 0] is nan; expected values between 0 and 1"),
    (compute_cost, "A2", put(A2, 1.5, 2, 1), "A2[2, 1] is 1.5; expected values between 0 and 1"),
    (
        backward_propagation,
        "Y",
        put(Y, INF, 0, 0),
        "Y[0, 0] is inf; expected values between 0 and 1",
    ),
    (learn, "Y", put(Y, -1, 0, 7), "Y[0, 7] is -1; expected values between 0 and 1"),
    # numbers
    (initialize_parameters, "n1", 0, "n1 is 0; expected a whole number, at least 1"),
    (initialize_parameters, "n0", -3, "n0 is -3; expected a whole number, at least 1"),
    (initialize_parameters, "n2", 2.0, "n2 is 2.0; expected a whole number, at least 1"),
    (initialize_parameters, "n2", True, "n2 is True; expected a whole number, at least 1"),
    (
        initialize_parameters,
        "n2",
        torch.tensor([1, 2]),
        "n2 is tensor([1, 2]); expected a whole number, at least 1",
    ),
    (initialize_parameters, "scale", NAN, "scale is nan; expected a finite number"),
    (update_parameters, "lr", INF, "lr is inf; expected a finite number"),
    (update_parameters, "lr", "0.1", "lr is '0.1'; expected a finite number"),
    (update_parameters, "lr", True, "lr is True; expected a finite number"),
    (learn, "num_hidden", 0, "num_hidden is 0; expected a whole number, at least 1"),
    (learn, "param_scale", -INF, "param_scale is -inf; expected a finite number"),
    (learn, "num_epochs", -1, "num_epochs is -1; expected a whole number, at least 0"),
    (learn, "learning_rate", NAN, "learning_rate is nan; expected a finite number"),
    (learn, "progress", "all", "progress is 'all'; expected 'epochs', 'bar' or 'quiet'"),
]


@pytest.mark.parametrize(
    ("function", "name", "value", "message"), CASES, ids=[case[-1] for case in CASES]
)
def test_what_is_said_of_an_argument_that_does_not_fit(
    function: Callable[..., Any], name: str, value: object, message: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        function(**{**RIGHT[function], name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize("function", RIGHT)
def test_right_arguments_are_accepted(function: Callable[..., Any]) -> None:
    function(**RIGHT[function])
    function(*[value for name, value in RIGHT[function].items() if name != "progress"])


@pytest.mark.parametrize("whole", [12, np.int64(12), torch.tensor(12)])
def test_whole_numbers_of_other_libraries_are_accepted(whole: Any) -> None:
    assert initialize_parameters(100, whole, 4, 0.1)[0].shape == (12, 100)


@pytest.mark.parametrize("number", [1, 0.5, np.float32(0.5), -1.0])
def test_finite_numbers_of_any_kind_are_accepted(number: Any) -> None:
    assert initialize_parameters(100, 12, 4, number)[0].shape == (12, 100)


def test_a_mistake_is_found_again_and_after_a_right_call() -> None:
    for _ in range(2):
        compute_cost(A2, Y)
        with pytest.raises(ArgumentError):
            compute_cost(A2, Y[1:])


def test_targets_are_looked_through_again_once_they_are_changed() -> None:
    targets = Y.clone()
    compute_cost(A2, targets)
    targets[1, 2] = 7
    with pytest.raises(ArgumentError, match=r"^Y\[1, 2\] is 7; expected values between 0 and 1$"):
        compute_cost(A2, targets)


def test_tensors_of_inference_mode_are_looked_through_every_time() -> None:
    with torch.inference_mode():
        targets = Y.clone()
        compute_cost(A2, targets)
        targets[1, 2] = 7
        with pytest.raises(ArgumentError):
            compute_cost(A2, targets)


def test_the_checks_follow_the_signature_whatever_it_is() -> None:
    @check_arguments(within_0_1=["share"], may_be_0=["extra"])
    def function(
        rows: Float[Tensor, "k 3 p"],
        share: Real[Tensor, "p"],
        extra: int = 0,
        unit: Literal["cm", "in"] = "cm",
        anything: object = None,
    ) -> int:
        return extra

    rows = torch.zeros(2, 3, 4)
    assert function(rows, torch.ones(4, dtype=torch.int32), anything="goes") == 0
    for arguments, message in (
        ((rows[:, 1:], rows), "rows is (2, 2, 4); expected (k, 3, p) = (2, 3, 4)"),
        ((rows, rows[0, 0, 1:]), "share is (3,); expected (p,) = (4,), p = 4 from rows (2, 3, 4)"),
        ((rows, rows[0, 0], -1), "extra is -1; expected a whole number, at least 0"),
        ((rows, rows[0, 0], 1, "m"), "unit is 'm'; expected 'cm' or 'in'"),
        ((rows, rows[0, 0] - 1), "share[0] is -1; expected values between 0 and 1"),
    ):
        with pytest.raises(ArgumentError) as caught:
            function(*arguments)
        assert str(caught.value) == message
