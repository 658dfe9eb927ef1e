"""Test images that the trained network takes for another digit, the surest mistakes first."""

from nn3doc.digits import load
from nn3doc.network import forward_propagation
from nn3doc.site.figures.gallery import gallery
from nn3doc.site.figures.pixels import layers
from nn3doc.site.figures.svg import INK
from nn3doc.site.figures.trained import trained

SHOWN = 10


def draw() -> str:
    """The picture as SVG."""
    _, _, X_test, Y_test = load()
    _, A2 = forward_propagation(X_test.double(), *trained())
    guess, truth = A2.argmax(dim=0), Y_test.argmax(dim=0)
    wrong = (guess != truth).nonzero().flatten()
    surest = wrong[A2.amax(dim=0)[wrong].argsort(descending=True, stable=True)][:SHOWN].tolist()
    tiles = [
        (layers(X_test[:, i].reshape(28, 28).tolist(), INK), f"{truth[i]}, read as {guess[i]}")
        for i in surest
    ]
    return gallery(tiles, columns=5).svg()
