"""Z = W A + b as rectangles: which sizes must agree, and how one cell of Z comes about."""

from nn3doc.site.figures.svg import ACCENT, GRID, INK, MUTED, Drawing

ROWS, INNER, EXAMPLES, ONE = 76, 56, 96, 16  # how long n_1, n_0, m and 1 are drawn
ROW, COLUMN, BAND = 36, 40, 12  # where the marked row and column start, and how wide they are
TOP = 34
NAMES = TOP + ROWS + 30


def _matrix(
    picture: Drawing, x: int, name: str, rows: tuple[int, str], columns: tuple[int, str]
) -> None:
    """One rectangle: its name below, its number of rows on the left and of columns above."""
    (tall, down), (wide, across) = rows, columns
    y = TOP + (ROWS - tall) / 2
    picture.rectangle(x, y, wide, tall, fill=GRID, fill_opacity=0.35, stroke_width=1.5)
    picture.text(x + wide / 2, NAMES, f"${name}$", size=19)
    picture.text(x + wide / 2, y - 8, f"${across}$", colour=ACCENT if across == "n_0" else MUTED)
    picture.text(
        x - 6,
        TOP + ROWS / 2 + 5,
        f"${down}$",
        anchor="end",
        colour=ACCENT if down == "n_0" else MUTED,
    )


def draw() -> str:
    """The picture as SVG."""
    picture = Drawing(480, 214)
    z, w, a, b = 30, 182, 284, 424
    n1, n0, m, one = (ROWS, "n_1"), (INNER, "n_0"), (EXAMPLES, "m"), (ONE, "1")
    _matrix(picture, z, "Z^{[1]}", n1, m)
    _matrix(picture, w, "W^{[1]}", n1, n0)
    _matrix(picture, a, "A^{[0]}", n0, m)
    for step in (1, 2):
        picture.rectangle(b + step * ONE, TOP, ONE, ROWS, stroke=MUTED, stroke_dasharray="3 3")
    _matrix(picture, b, "b^{[1]}", n1, one)
    picture.text(147, NAMES, "=", size=19)
    picture.text(396, NAMES, "+", size=19)
    row, column = TOP + ROW, COLUMN
    picture.rectangle(w, row, INNER, BAND, fill=ACCENT, stroke="none")
    picture.rectangle(a + column, TOP + (ROWS - INNER) / 2, BAND, INNER, fill=ACCENT, stroke="none")
    picture.rectangle(b, row, ONE, BAND, fill=ACCENT, stroke="none")
    picture.rectangle(z + column, row, BAND, BAND, fill=ACCENT, stroke="none")
    picture.text(z + column + BAND + 5, row + 12, "$z^{[1](i)}_j$", anchor="start", size=16)
    picture.text(
        12,
        180,
        "Row $j$ of $W^{[1]}$ times column $(i)$ of $A^{[0]}$, of the same length $n_0$,",
        anchor="start",
        size=16,
        colour=INK,
    )
    picture.text(
        12,
        202,
        "plus entry $j$ of $b^{[1]}$, which is the same for every example.",
        anchor="start",
        size=16,
        colour=INK,
    )
    return picture.svg()
