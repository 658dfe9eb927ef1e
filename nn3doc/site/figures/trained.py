"""A network that has learnt to tell the ten digits, for the pictures that look into it."""

from functools import lru_cache

import torch
from torch import Tensor

from nn3doc.digits import load
from nn3doc.network import learn

HIDDEN = 16
EPOCHS = 200
SCALE = 0.05
LEARNING_RATE = 1.5


@lru_cache(maxsize=1)
def trained() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """`W1` (16, 784), `b1` (16, 1), `W2` (10, 16) and `b2` (10, 1).

    They are learnt in float64 and by one thread: whatever the machine, the pictures come out the
    same. Random numbers and threads are afterwards as they were.
    """
    X, Y, _, _ = load()
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        torch.set_num_threads(1)
        try:
            return learn(X.double(), Y, HIDDEN, SCALE, EPOCHS, LEARNING_RATE, progress="quiet")
        finally:
            torch.set_num_threads(threads)
