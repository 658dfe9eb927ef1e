"""What `learn` shows while it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from torch import Tensor

Show = Callable[[int, Tensor], None]


@contextmanager
def show_progress(progress: Literal["epochs", "bar", "quiet"], num_epochs: int) -> Iterator[Show]:
    """Gives a function to call after each epoch with its number, from 1, and its cost (n2, 1).

    What it shows is the mean over the outputs, whatever their number, so that networks of different
    sizes compare.

    Args:
        progress: `"epochs"` for a line each epoch, `"bar"` for a progress bar on standard error,
            `"quiet"` for nothing.
        num_epochs: The number of epochs there will be.
    """
    if progress == "epochs":
        width = max(3, len(str(num_epochs)))
        yield lambda epoch, cost: print(f"{epoch:>{width}}/{num_epochs}: {_mean(cost)}")
    elif progress == "bar":
        from tqdm import tqdm  # here, since only a bar needs it

        with tqdm(total=num_epochs, unit="epoch") as bar:

            def show(epoch: int, cost: Tensor) -> None:
                bar.set_postfix_str(_mean(cost), refresh=False)
                bar.update(epoch - bar.n)

            yield show
    else:
        yield lambda epoch, cost: None


def _mean(cost: Tensor) -> str:
    return f"Cost={cost.mean().item():.2f}"
