"""The network of the lesson: three layers of values, two layers of parameters, and their shapes."""

from nn3doc.site.figures.svg import ACCENT, HIDDEN, INK, INPUT, MUTED, OUTPUT, Drawing

RADIUS = 17
COLUMNS = (62, 240, 418)
NEURONS = (
    [(98, "$x_1$"), (146, "$x_2$"), (194, "$x_3$"), (290, "$x_{n_0}$")],
    [(122, "$a_1$"), (170, "$a_2$"), (266, "$a_{n_1}$")],
    [(146, "$\\hat y_1$"), (242, "$\\hat y_{n_2}$")],
)
DOTS = (247, 223, 199)
COLOURS = (INPUT, HIDDEN, OUTPUT)


def draw() -> str:
    """The picture as SVG."""
    picture = Drawing(480, 406)
    for left, right in ((0, 1), (1, 2)):
        every: list[str] = []
        first: list[str] = []
        for row, (y1, _) in enumerate(NEURONS[right]):
            for y0, _ in NEURONS[left]:
                x0, x1 = COLUMNS[left] + RADIUS, COLUMNS[right] - RADIUS
                (first if right == 1 and row == 0 else every).append(f"M{x0} {y0}L{x1} {y1}")
        picture.path("".join(every), stroke=MUTED, stroke_opacity=0.55)
        if first:
            picture.path("".join(first), stroke=ACCENT, stroke_width=2)
    for x, neurons, dots, colour in zip(COLUMNS, NEURONS, DOTS, COLOURS, strict=True):
        for y, name in neurons:
            picture.add(
                "circle",
                cx=x,
                cy=y,
                r=RADIUS,
                fill=colour,
                fill_opacity=0.14,
                stroke=colour,
                stroke_width=2,
            )
            picture.text(x, y + 5, name)
        for step in (-9, 0, 9):
            picture.add("circle", cx=x, cy=dots + step - 5, r=2, fill=colour)
    heads = (
        ("layer 0: input", "$A^{[0]} = X$", "$(n_0, m)$"),
        ("layer 1: hidden", "$A^{[1]}$", "$(n_1, m)$"),
        ("layer 2: output", "$A^{[2]} = \\hat Y$", "$(n_2, m)$"),
    )
    for x, (words, symbol, shape), colour in zip(COLUMNS, heads, COLOURS, strict=True):
        picture.text(x, 18, words, colour=colour, size=16)
        picture.text(x, 42, symbol, size=18)
        picture.text(x, 62, shape, colour=MUTED)
    for x, layer in ((151, 1), (329, 2)):
        picture.path(f"M{x - 62} 324v6h124v-6", stroke=INK)
        picture.text(x, 353, f"$W^{{[{layer}]}}$, $b^{{[{layer}]}}$", size=18)
        picture.text(x, 375, f"$(n_{layer}, n_{layer - 1})$, $(n_{layer}, 1)$", colour=MUTED)
    picture.text(151, 400, "row 1 of $W^{[1]}$: into $a_1$", colour=ACCENT, size=16)
    return picture.svg()
