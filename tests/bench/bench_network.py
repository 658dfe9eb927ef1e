"""Times one epoch of the hand-written gradient beside torch.nn, for the lesson's size and digits.

`python -m tests.bench.bench_network` prints a Markdown table (`nox -s bench` runs it); with
`--write` it also puts the table into README.md beside this file.

How it is measured: all candidates take turns within each round, so that whatever else the machine
does falls on all of them alike; the times are medians over the rounds, and a ratio is the median of
the ratios within the rounds. The number of threads is torch's own choice. Before the first round a
matrix as large as X is made and dropped, as in any session that reads or scales images: glibc then
keeps memory of that size for reuse, where it would otherwise give it back after every epoch, at
random, and what is measured would be page faults.
"""

import argparse
import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import torch
from torch import Tensor, nn

from nn3doc.network import (
    backward_propagation,
    compute_cost,
    forward_propagation,
    initialize_parameters,
    update_parameters,
)
from tests.bench import written

Epoch = Callable[[], object]

LR = 0.1
SIZES = {
    "lesson": (100, 12, 4, 10_000),
    "digits": (784, 64, 10, 5_000),
}
OURS = "nn3doc, checks included"
FLOOR = "floor"
#: candidate -> the most that ours may take of its time, for each size
GOALS = {
    "torch.nn with BCELoss": {"lesson": 0.5, "digits": 0.85},
    "torch.nn with BCEWithLogitsLoss": {"lesson": 0.9, "digits": 0.9},
    FLOOR: {"lesson": 1.3, "digits": 1.3},
}


def ours(X: Tensor, Y: Tensor, sizes: tuple[int, int, int]) -> Epoch:
    """One epoch of `learn`, from its public functions, their checks included."""
    parameters = list(initialize_parameters(*sizes, scale=0.1))

    def epoch() -> None:
        W1, b1, W2, b2 = parameters
        A1, A2 = forward_propagation(X, W1, b1, W2, b2)
        compute_cost(A2, Y)
        dW1, db1, dW2, db2 = backward_propagation(X, A1, A2, Y, W2)
        parameters[:] = update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, LR)

    return epoch


def torch_nn(X: Tensor, Y: Tensor, sizes: tuple[int, int, int], *, logits: bool) -> Epoch:
    """The same network in torch.nn, with autograd and SGD; an example is a row, as it has them."""
    n0, n1, n2 = sizes
    layers: list[nn.Module] = [nn.Linear(n0, n1), nn.Sigmoid(), nn.Linear(n1, n2)]
    network = nn.Sequential(*layers) if logits else nn.Sequential(*layers, nn.Sigmoid())
    cost = nn.BCEWithLogitsLoss() if logits else nn.BCELoss()
    sgd = torch.optim.SGD(network.parameters(), lr=LR)
    examples, targets = X.T.contiguous(), Y.T.contiguous()

    def epoch() -> None:
        sgd.zero_grad()
        cost(network(examples), targets).backward()
        sgd.step()

    return epoch


def floor(X: Tensor, Y: Tensor, sizes: tuple[int, int, int]) -> Epoch:
    """Five matrix products, two sigmoids, two logarithms: what none can leave out, each once."""
    W1, _, W2, _ = initialize_parameters(*sizes, scale=0.1)
    A1, A2 = torch.sigmoid(W1 @ X), torch.sigmoid(W2 @ torch.sigmoid(W1 @ X))
    dZ1, dZ2 = torch.randn_like(A1), torch.randn_like(A2)

    def epoch() -> None:
        torch.sigmoid(W1 @ X)
        torch.sigmoid(W2 @ A1)
        torch.log(A2)
        torch.log(A2)
        dZ2 @ A1.T
        W2.T @ dZ2
        dZ1 @ X.T

    return epoch


def measure(candidates: dict[str, Epoch], rounds: int, repeats: int) -> dict[str, list[float]]:
    """Times all candidates in turn, the order reversed every other round.

    Returns:
        Seconds an epoch for each candidate and round, each the mean of `repeats` epochs.
    """
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for epoch in candidates.values():
        for _ in range(3 * repeats):
            epoch()
    gc.disable()
    try:
        for number in range(rounds):
            order = list(candidates.items())
            for name, epoch in order if number % 2 else reversed(order):
                start = time.perf_counter()
                for _ in range(repeats):
                    epoch()
                seconds[name].append((time.perf_counter() - start) / repeats)
    finally:
        gc.enable()
    return seconds


def table(rounds: int) -> str:
    """Measures both sizes and writes the results as Markdown."""
    lines = [
        "| size: n0-n1-n2, m | candidate | ms an epoch | ours takes | goal | the floor takes |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    load = os.getloadavg()[0]
    for size, (n0, n1, n2, m) in SIZES.items():
        torch.manual_seed(0)
        torch.rand(n0, m)  # made and dropped: see above
        X, Y = torch.rand(n0, m), torch.randint(2, size=(n2, m)).float()
        sizes = n0, n1, n2
        candidates = {
            OURS: ours(X, Y, sizes),
            "torch.nn with BCELoss": torch_nn(X, Y, sizes, logits=False),
            "torch.nn with BCEWithLogitsLoss": torch_nn(X, Y, sizes, logits=True),
            FLOOR: floor(X, Y, sizes),
        }
        seconds = measure(candidates, rounds, repeats=5 if size == "lesson" else 2)
        for name, times in seconds.items():
            cells = [
                f"{size}: {n0}-{n1}-{n2}, {m:,}",
                name,
                f"{1e3 * statistics.median(times):.2f}",
            ]
            cells += (
                ["", "", ""]
                if name == OURS
                else [
                    f"{_ratio(seconds[OURS], times):.2f}×",
                    f"≤ {GOALS[name][size]}×",
                    "" if name == FLOOR else f"{_ratio(seconds[FLOOR], times):.2f}×",
                ]
            )
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"Measured on {date.today():%Y-%m-%d}: {_processor()}, {torch.get_num_threads()} threads, "
        f"torch {torch.__version__}, Python {platform.python_version()}; "
        f"medians of {rounds} rounds; "
        f"load of the machine before: {load:.1f}.",
    ]
    return "\n".join(lines) + "\n"


def _ratio(ours: list[float], others: list[float]) -> float:
    return statistics.median(own / other for own, other in zip(ours, others, strict=True))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (info.read_text().splitlines() if info.is_file() else [])
        if line.startswith("model name")
    ]
    return models[0] if models else platform.processor() or platform.machine()


def main() -> None:
    """Prints the table, and writes it into README.md if asked to."""
    parser = argparse.ArgumentParser(description="Times one epoch beside torch.nn.")
    parser.add_argument("--rounds", type=int, default=101, help="default: %(default)s")
    written.add_option(parser)
    args = parser.parse_args()
    text = table(args.rounds)
    print(text)
    if args.write:
        written.write("network", text)


if __name__ == "__main__":
    main()
