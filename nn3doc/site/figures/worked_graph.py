"""The chain from W1 to J as a graph: every edge carries its partial derivative, in its colour."""

from nn3doc.site.figures.svg import BACK, HIDDEN, INPUT, LOSS, MUTED, OUTPUT, Drawing, Point

# name of a node -> where its centre is, its symbol, its shape in the worked example
NODES = {
    "W1": (42, 50, "$W^{[1]}$", "$(2, 3)$"),
    "A0": (42, 136, "$A^{[0]}$", "$(3, 4)$"),
    "b1": (42, 222, "$b^{[1]}$", "$(2, 1)$"),
    "Z1": (228, 136, "$Z^{[1]}$", "$(2, 4)$"),
    "A1": (400, 136, "$A^{[1]}$", "$(2, 4)$"),
    "W2": (42, 330, "$W^{[2]}$", "$(1, 2)$"),
    "b2": (42, 446, "$b^{[2]}$", "$(1, 1)$"),
    "Z2": (228, 388, "$Z^{[2]}$", "$(1, 4)$"),
    "Yhat": (400, 388, "$\\hat Y$", "$(1, 4)$"),
    "L": (400, 520, "$\\Lambda$", "$(1, 4)$"),
    "J": (228, 520, "$J$", "scalar"),
}
WIDE, TALL = 58, 48


def draw() -> str:
    """The picture as SVG."""
    picture = Drawing(480, 556)

    def edge(start: str, end: str, colour: str, over: str, under: str, x: float, y: float) -> None:
        """An arrow between two nodes and the partial derivative beside it."""
        (x0, y0, *_), (x1, y1, *_) = NODES[start], NODES[end]
        gap_x, gap_y = WIDE / 2 + 3, TALL / 2 + 3
        ends: list[Point]
        if x0 == x1:
            side = 1 if y1 > y0 else -1
            ends = [(x0, y0 + side * gap_y), (x1, y1 - side * gap_y)]
        else:
            side = 1 if x1 > x0 else -1
            slope = 0 if y0 == y1 else (14 if y1 < y0 else -14)
            ends = [(x0 + side * gap_x, y0), (x1 - side * gap_x, y1 + slope)]
        picture.arrow(ends, colour)
        if over:
            picture.fraction(x, y, over, under, colour, 46)

    edge("W1", "Z1", INPUT, r"\partial z^{[1]}", r"\partial w^{[1]}", 152, 48)
    edge("A0", "Z1", MUTED, "", "", 0, 0)
    edge("b1", "Z1", INPUT, r"\partial z^{[1]}", r"\partial b^{[1]}", 152, 222)
    edge("Z1", "A1", HIDDEN, r"\partial a^{[1]}", r"\partial z^{[1]}", 314, 104)
    picture.arrow([(400, 163), (400, 300), (228, 230), (228, 361)], BACK)
    picture.fraction(270, 236, r"\partial z^{[2]}", r"\partial a^{[1]}", BACK, 46)
    edge("W2", "Z2", INPUT, r"\partial z^{[2]}", r"\partial w^{[2]}", 152, 318)
    edge("b2", "Z2", INPUT, r"\partial z^{[2]}", r"\partial b^{[2]}", 152, 458)
    edge("Z2", "Yhat", OUTPUT, r"\partial \hat y", r"\partial z^{[2]}", 314, 356)
    edge("Yhat", "L", LOSS, r"\partial \ell", r"\partial \hat y", 436, 452)
    edge("L", "J", MUTED, "", "", 0, 0)
    picture.text(314, 508, "mean over $i$", colour=MUTED, size=15)
    for x, y, symbol, shape in NODES.values():
        picture.rectangle(x - WIDE / 2, y - TALL / 2, WIDE, TALL, rx=9, stroke_width=1.5)
        picture.text(x, y - 2, symbol, size=18)
        picture.text(x, y + 17, shape, colour=MUTED, size=15)
    return picture.svg()
