"""Images made of pixels as a few filled outlines, so that they take the colours of the page.

An image is drawn as nested layers: the area where it is at least so dark, then the area where it is
darker. Each area is one path along the edges of its pixels: no seams between pixels at any size, no
bitmap whose colours could not follow the page, and about a kilobyte an image.
"""

from collections.abc import Sequence
from typing import TypeAlias

Image: TypeAlias = Sequence[Sequence[float]]

LEVELS = ((0.15, 0.25), (0.4, 0.4), (0.65, 0.5), (0.85, 1.0))
"""From which value on a layer is drawn, and how opaque. Together they come close to the value."""


def outline(mask: Sequence[Sequence[bool]]) -> str:
    """The data of a path around all pixels that are set, holes left open.

    Every pixel's border runs clockwise, borders shared by two pixels are left out, and the others
    are chained into closed loops. By the rule "nonzero" their inside is exactly the pixels.
    """
    heads: dict[tuple[int, int], list[tuple[int, int]]] = {}
    height, width = len(mask), len(mask[0])

    def is_set(row: int, column: int) -> bool:
        return 0 <= row < height and 0 <= column < width and bool(mask[row][column])

    for y in range(height):
        for x in range(width):
            if not mask[y][x]:
                continue
            if not is_set(y - 1, x):
                heads.setdefault((x, y), []).append((x + 1, y))
            if not is_set(y, x + 1):
                heads.setdefault((x + 1, y), []).append((x + 1, y + 1))
            if not is_set(y + 1, x):
                heads.setdefault((x + 1, y + 1), []).append((x, y + 1))
            if not is_set(y, x - 1):
                heads.setdefault((x, y + 1), []).append((x, y))
    data, pen = [], (0, 0)
    while heads:
        start = min(heads, key=lambda point: (point[1], point[0]))
        corners = _loop(heads, start)
        data.append(f"m{corners[0][0] - pen[0]} {corners[0][1] - pen[1]}")
        for (x0, y0), (x1, y1) in zip(corners, corners[1:], strict=False):
            data.append(f"h{x1 - x0}" if y0 == y1 else f"v{y1 - y0}")
        data.append("z")
        pen = corners[0]
    return "".join(data)


def _loop(
    heads: dict[tuple[int, int], list[tuple[int, int]]], start: tuple[int, int]
) -> list[tuple[int, int]]:
    """Takes one closed loop of borders out of the table: its corners, the first not repeated."""
    points = [start]
    while True:
        following = heads[points[-1]]
        step = following.pop()
        if not following:
            del heads[points[-1]]
        if step == start:
            break
        points.append(step)
    return [
        point
        for before, point, after in zip(
            [points[-1], *points], points, [*points[1:], start], strict=False
        )
        if not (before[0] == point[0] == after[0] or before[1] == point[1] == after[1])
    ]


def layers(image: Image, colour: str, levels: Sequence[tuple[float, float]] = LEVELS) -> str:
    """The paths of an image with values from 0 (nothing) to 1 (full colour), one unit a pixel."""
    out = []
    for threshold, opacity in levels:
        data = outline([[value >= threshold for value in row] for row in image])
        if data:
            dim = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
            out.append(f'<path fill="{colour}"{dim} d="{data}"/>')
    return "".join(out)


def signed_layers(
    image: Image, plus: str, minus: str, levels: Sequence[tuple[float, float]] = LEVELS
) -> str:
    """The same of values from -1 to 1, in one colour above zero and another below."""
    below = [[-value for value in row] for row in image]
    return layers(image, plus, levels) + layers(below, minus, levels)
