"""What hidden neurons look for: rows of W1 as images, after learning the ten digits."""

from nn3doc.site.figures.gallery import gallery
from nn3doc.site.figures.pixels import signed_layers
from nn3doc.site.figures.svg import HIDDEN, OUTPUT
from nn3doc.site.figures.trained import trained

SHOWN = 8
LEVELS = ((0.25, 0.3), (0.5, 0.5), (0.8, 1.0))


def draw() -> str:
    """The picture as SVG."""
    W1 = trained()[0]
    tiles = []
    for row, weights in enumerate(W1[:SHOWN], start=1):
        image = (weights / weights.abs().max()).reshape(28, 28).tolist()
        tiles.append((signed_layers(image, OUTPUT, HIDDEN, LEVELS), f"$w^{{[1]}}_{row}$"))
    return gallery(tiles, columns=4, framed=True).svg()
