"""Real digits: for each of 0 to 9 some images of the training data."""

from nn3doc.digits import load
from nn3doc.site.figures.gallery import gallery
from nn3doc.site.figures.pixels import layers
from nn3doc.site.figures.svg import INK

EACH = 3


def draw() -> str:
    """The picture as SVG."""
    X, Y, _, _ = load()
    labels = Y.argmax(dim=0)
    tiles = []
    for turn in range(EACH):
        for digit in range(10):
            column = (labels == digit).nonzero()[turn].item()
            name = str(digit) if turn == 0 else ""
            tiles.append((layers(X[:, int(column)].reshape(28, 28).tolist(), INK), name))
    return gallery(tiles, columns=10, named_above=True).svg()
