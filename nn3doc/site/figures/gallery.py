"""Images of 28 by 28 pixels in rows, each with a short name."""

from collections.abc import Sequence

from nn3doc.site.figures.svg import GRID, MUTED, Drawing

PIXELS = 28


def gallery(
    tiles: Sequence[tuple[str, str]],
    columns: int,
    *,
    alt: str = "",
    framed: bool = False,
    named_above: bool = False,
) -> Drawing:
    """Images in rows, 480 units wide, so that they stay small enough on a wide page.

    Args:
        tiles: The markup of each image (see `pixels`) and its name; `$…$` in it is mathematics.
        columns: How many there are in a row.
        alt: What a reader who cannot see the picture is told.
        framed: Whether each image has a frame, which those with faint borders need.
        named_above: Whether only the first row has names, above it; otherwise each image has its
            own below it.
    """
    size = 480 / columns
    side = min(0.88 * size, 96)
    rows = -(-len(tiles) // columns)
    head, step = (24.0, size) if named_above else (4.0, side + 28)
    picture = Drawing(480, round(head + rows * step), alt)
    scale = side / PIXELS
    for place, (image, name) in enumerate(tiles):
        x = place % columns * size + (size - side) / 2
        y = head + place // columns * step
        picture.add("g", image, transform=f"translate({x:.1f} {y:.1f})scale({scale:.3g})")
        if framed:
            picture.rectangle(round(x, 1), round(y, 1), round(side, 1), round(side, 1), stroke=GRID)
        if name:
            level = 16 if named_above else round(y + side + 18, 1)
            picture.text(round(x + side / 2, 1), level, name, colour=MUTED, size=16)
    return picture
