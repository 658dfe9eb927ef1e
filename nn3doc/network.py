"""The seven functions of the lesson: a network with one hidden layer, its gradient written by hand.

One example is one column. Layer 0 is the input, layer 1 the hidden layer, layer 2 the output; `n0`,
`n1`, `n2` are their sizes and `m` is the number of examples. Each line of mathematics below is one
equation of the lesson, under the same
name: `dZ2` is the lesson's $dZ^{[2]}$.

Tensors may have any float dtype that torch can multiply (float16, bfloat16, float32, float64), the
same one throughout; `Y` may also hold integers. No function changes its inputs. An argument that
does not fit its signature (a shape, a dtype, a size below 1, no examples, a target outside [0, 1],
a number that is not finite) raises [`ArgumentError`][nn3doc.network.ArgumentError], which is a
`ValueError`.
"""

import warnings
from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float, Real
from torch import Tensor

from nn3doc._arguments import ArgumentError, check_arguments
from nn3doc._progress import show_progress

__all__ = [
    "ArgumentError",
    "LearningInterrupted",
    "backward_propagation",
    "compute_cost",
    "forward_propagation",
    "get_predictions_sigmoid",
    "initialize_parameters",
    "learn",
    "update_parameters",
]


class LearningInterrupted(RuntimeWarning):
    """Warns that `learn` was interrupted, and returns what was learnt until then."""


@check_arguments()
def initialize_parameters(
    n0: int, n1: int, n2: int, scale: float
) -> tuple[
    Float[Tensor, "n1 n0"], Float[Tensor, "n1 1"], Float[Tensor, "n2 n1"], Float[Tensor, "n2 1"]
]:
    """Draws the weights at random, `W1` before `W2`, and sets the biases to zero.

    Args:
        n0: Number of inputs.
        n1: Number of hidden neurons.
        n2: Number of outputs.
        scale: Standard deviation of the weights.

    Returns:
        `W1` (n1, n0), `b1` (n1, 1), `W2` (n2, n1) and `b2` (n2, 1), in torch's default float dtype.

    Raises:
        ArgumentError: A size is not a whole number of at least 1, or `scale` is not a finite
            number.
    """
    W1 = torch.randn(n1, n0) * scale
    b1 = torch.zeros(n1, 1)
    W2 = torch.randn(n2, n1) * scale
    b2 = torch.zeros(n2, 1)
    return W1, b1, W2, b2


@check_arguments()
def forward_propagation(
    A0: Float[Tensor, "n0 m"],
    W1: Float[Tensor, "n1 n0"],
    b1: Float[Tensor, "n1 1"],
    W2: Float[Tensor, "n2 n1"],
    b2: Float[Tensor, "n2 1"],
) -> tuple[Float[Tensor, "n1 m"], Float[Tensor, "n2 m"]]:
    """Computes what both layers put out, with the sigmoid as activation of each.

    Args:
        A0: Input, (n0, m): one example a column. It is also called `X`.
        W1: Weights of layer 1, (n1, n0).
        b1: Biases of layer 1, (n1, 1).
        W2: Weights of layer 2, (n2, n1).
        b2: Biases of layer 2, (n2, 1).

    Returns:
        `A1` (n1, m), the hidden layer, and `A2` (n2, m), the prediction, also called `Yhat`.

    Raises:
        ArgumentError: An argument does not fit the signature.
    """
    Z1 = W1 @ A0 + b1
    A1 = torch.sigmoid(Z1)
    Z2 = W2 @ A1 + b2
    A2 = torch.sigmoid(Z2)
    return A1, A2


@check_arguments()
def get_predictions_sigmoid(
    A0: Float[Tensor, "n0 m"],
    W1: Float[Tensor, "n1 n0"],
    b1: Float[Tensor, "n1 1"],
    W2: Float[Tensor, "n2 n1"],
    b2: Float[Tensor, "n2 1"],
) -> Float[Tensor, "n2 m"]:
    """Decides for 0 or 1: the output of the network, rounded.

    Args:
        A0: Input, (n0, m).
        W1: Weights of layer 1, (n1, n0).
        b1: Biases of layer 1, (n1, 1).
        W2: Weights of layer 2, (n2, n1).
        b2: Biases of layer 2, (n2, 1).

    Returns:
        Predictions, (n2, m), of 0.0 and 1.0. An output of exactly 0.5 becomes 0.0 (halves are
        rounded to even).

    Raises:
        ArgumentError: An argument does not fit the signature.
    """
    A1, A2 = forward_propagation(A0, W1, b1, W2, b2)
    predictions = torch.round(A2)
    return predictions


@check_arguments(within_0_1=["Y"], within_0_1_else_nan=["A2"])
def compute_cost(A2: Float[Tensor, "n2 m"], Y: Real[Tensor, "n2 m"]) -> Float[Tensor, "n2 1"]:
    """Computes the binary cross-entropy of each output, averaged over the examples.

    It is finite even where an output is exactly 0 or 1: logarithms are held at -100 or above, the
    bound that `torch.nn.BCELoss` documents, so that both agree.

    Args:
        A2: Prediction, (n2, m), each value in [0, 1].
        Y: Targets, (n2, m), each value in [0, 1]; floats or integers.

    Returns:
        `cost` (n2, 1). The sum of its entries is the cost J whose gradient `backward_propagation`
        computes.

    Raises:
        ArgumentError: An argument does not fit the signature, or holds a value outside [0, 1].
    """
    Y = Y.to(A2.dtype)
    log_A2 = torch.log(A2).clamp_(min=-100)
    log_1_A2 = torch.log(1 - A2).clamp_(min=-100)
    loss = -(Y * log_A2 + (1 - Y) * log_1_A2)
    cost = loss.mean(dim=1, keepdim=True)
    return cost


@check_arguments(within_0_1=["Y"])
def backward_propagation(
    A0: Float[Tensor, "n0 m"],
    A1: Float[Tensor, "n1 m"],
    A2: Float[Tensor, "n2 m"],
    Y: Real[Tensor, "n2 m"],
    W2: Float[Tensor, "n2 n1"],
) -> tuple[
    Float[Tensor, "n1 n0"], Float[Tensor, "n1 1"], Float[Tensor, "n2 n1"], Float[Tensor, "n2 1"]
]:
    """Computes the gradient of the cost J with respect to every parameter.

    J is the binary cross-entropy averaged over the examples and summed over the outputs; see
    Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", Nature
    323 (1986), for the method.

    Args:
        A0: Input, (n0, m).
        A1: Hidden layer, (n1, m), from `forward_propagation`.
        A2: Prediction, (n2, m), from `forward_propagation`.
        Y: Targets, (n2, m), each value in [0, 1]; floats or integers.
        W2: Weights of layer 2, (n2, n1).

    Returns:
        `dW1` (n1, n0), `db1` (n1, 1), `dW2` (n2, n1) and `db2` (n2, 1): `dW1` is the derivative of
        J with respect to `W1`.

    Raises:
        ArgumentError: An argument does not fit the signature, or `Y` holds a value outside [0, 1].
    """
    m = A0.shape[1]
    Y = Y.to(A2.dtype)
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = dZ2.sum(dim=1, keepdim=True) / m
    dZ1 = (W2.T @ dZ2) * (A1 * (1 - A1))
    dW1 = dZ1 @ A0.T / m
    db1 = dZ1.sum(dim=1, keepdim=True) / m
    return dW1, db1, dW2, db2


@check_arguments()
def update_parameters(
    W1: Float[Tensor, "n1 n0"],
    b1: Float[Tensor, "n1 1"],
    W2: Float[Tensor, "n2 n1"],
    b2: Float[Tensor, "n2 1"],
    dW1: Float[Tensor, "n1 n0"],
    db1: Float[Tensor, "n1 1"],
    dW2: Float[Tensor, "n2 n1"],
    db2: Float[Tensor, "n2 1"],
    lr: float,
) -> tuple[
    Float[Tensor, "n1 n0"], Float[Tensor, "n1 1"], Float[Tensor, "n2 n1"], Float[Tensor, "n2 1"]
]:
    """Takes one step of gradient descent.

    Args:
        W1: Weights of layer 1, (n1, n0).
        b1: Biases of layer 1, (n1, 1).
        W2: Weights of layer 2, (n2, n1).
        b2: Biases of layer 2, (n2, 1).
        dW1: Gradient with respect to `W1`, (n1, n0).
        db1: Gradient with respect to `b1`, (n1, 1).
        dW2: Gradient with respect to `W2`, (n2, n1).
        db2: Gradient with respect to `b2`, (n2, 1).
        lr: Learning rate.

    Returns:
        `W1`, `b1`, `W2` and `b2` after the step, as new tensors; the inputs are as they were.

    Raises:
        ArgumentError: An argument does not fit the signature, or `lr` is not a finite number.
    """
    W1 = W1 - lr * dW1
    b1 = b1 - lr * db1
    W2 = W2 - lr * dW2
    b2 = b2 - lr * db2
    return W1, b1, W2, b2


@check_arguments(within_0_1=["Y"], may_be_0=["num_epochs"])
def learn(
    X: Float[Tensor, "n0 m"],
    Y: Real[Tensor, "n2 m"],
    num_hidden: int,
    param_scale: float,
    num_epochs: int,
    learning_rate: float,
    *,
    progress: Literal["epochs", "bar", "quiet"] = "epochs",
    on_epoch: Callable[[int, Float[Tensor, "n2 1"]], None] | None = None,
) -> tuple[
    Float[Tensor, "n1 n0"], Float[Tensor, "n1 1"], Float[Tensor, "n2 n1"], Float[Tensor, "n2 1"]
]:
    """Learns parameters by batch gradient descent, from a random start.

    Interrupted (Ctrl-C, or the stop button of a notebook), it warns and returns the parameters of
    the last whole epoch.

    Args:
        X: Input, (n0, m).
        Y: Targets, (n2, m), each value in [0, 1]; floats or integers.
        num_hidden: Number of hidden neurons, n1.
        param_scale: Standard deviation of the weights at the start.
        num_epochs: Number of steps, each over all examples.
        learning_rate: Learning rate.
        progress: `"epochs"` prints a line each epoch, such as `  1/8: Cost=1.26`; `"bar"` shows a
            progress bar on standard error; `"quiet"` shows nothing. The cost shown is the mean over
            the outputs.
        on_epoch: Called in each epoch with its number, from 1, and its `cost` (n2, 1), to plot it,
            say. The cost is that of the parameters before the epoch's step.

    Returns:
        `W1` (n1, n0), `b1` (n1, 1), `W2` (n2, n1) and `b2` (n2, 1), in the dtype and on the device
        of `X`.

    Raises:
        ArgumentError: An argument does not fit the signature, or `progress` is none of the three.

    Warns:
        LearningInterrupted: Learning was interrupted; the message says after how many epochs.
    """
    Y = Y.to(X.dtype)
    start = initialize_parameters(X.shape[0], num_hidden, Y.shape[0], param_scale)
    W1, b1, W2, b2 = (parameter.to(X) for parameter in start)
    finished = 0
    try:
        with show_progress(progress, num_epochs) as show:
            for epoch in range(1, num_epochs + 1):
                A1, A2 = forward_propagation(X, W1, b1, W2, b2)
                cost = compute_cost(A2, Y)
                dW1, db1, dW2, db2 = backward_propagation(X, A1, A2, Y, W2)
                W1, b1, W2, b2 = update_parameters(
                    W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate
                )
                finished = epoch
                show(epoch, cost)
                if on_epoch is not None:
                    on_epoch(epoch, cost)
    except KeyboardInterrupt:
        warnings.warn(
            f"interrupted after {finished} of {num_epochs} epochs; what was learnt so far is kept",
            LearningInterrupted,
            stacklevel=3,  # the line that called learn; the second is the check of its arguments
        )
    return W1, b1, W2, b2
