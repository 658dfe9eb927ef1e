"""The packages of the checker, drawn from their imports: whoever stands higher imports from below."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from nn3doc.site.figures.svg import INK, LOSS, MUTED, Drawing

ENGINE = Path(__file__).parents[2] / "equations"
NAME = "nn3doc.equations"
WIDTH, TALL, STEP, BOX = 480, 30, 62, 104


def files() -> list[Path]:
    """What the picture is drawn from."""
    return sorted(ENGINE.rglob("*.py"))


def arrows() -> set[tuple[str, str]]:
    """Who imports from whom: the packages of the checker, and the modules that lie beside them."""
    found = set()
    for path in files():
        start = path.relative_to(ENGINE).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                if node.module == NAME:
                    targets = [alias.name for alias in node.names]
                elif node.module.startswith(NAME + "."):
                    targets = [node.module.split(".")[2]]
                else:
                    continue
                found |= {(start, target) for target in targets if target != start}
    return found


def floors(links: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The floor of each: the number of packages on the longest way down from it, itself aside."""
    below = defaultdict(set)
    for start, end in links:
        below[start].add(end)
        below.setdefault(end, set())
    found: dict[str, int] = {}

    def floor(one: str) -> int:
        if one not in found:
            found[one] = 1 + max(map(floor, below[one]), default=-1)
        return found[one]

    for one in below:
        floor(one)
    return found


def reduced(links: set[tuple[str, str]], height: Mapping[str, int]) -> set[tuple[str, str]]:
    """Without the arrows that a way over others goes, too."""
    below = defaultdict(set)
    reach: dict[str, set[str]] = {}
    for start, end in links:
        below[start].add(end)
    for one in sorted(height, key=height.__getitem__):
        reach[one] = below[one].union(*(reach[end] for end in below[one]))
    return {
        (start, end)
        for start, end in links
        if not any(end in reach[other] for other in below[start] - {end})
    }


def draw() -> str:
    """The picture as SVG."""
    links = arrows()
    height = floors(links)
    rows = defaultdict(list)
    for name in sorted(height):
        rows[height[name]].append(name)
    top = max(rows)
    place = {
        name: (WIDTH * (index + 0.5) / len(names), 20 + STEP * (top - floor))
        for floor, names in rows.items()
        for index, name in enumerate(names)
    }
    picture = Drawing(WIDTH, 40 + STEP * top)
    for start, end in sorted(reduced(links, height)):
        (x0, y0), (x1, y1) = place[start], place[end]
        near = height[start] - height[end] == 1
        points = [(x0, y0 + TALL / 2), (x1, y1 - TALL / 2 - 1)]
        if not near:  # round what stands between
            aside = 14 if min(x0, x1) < WIDTH / 2 else WIDTH - 14
            points = [points[0], (aside, y0 + STEP), (aside, y1 - STEP), points[1]]
        picture.arrow(points, MUTED, stroke_width=1.2)
    for name, (x, y) in place.items():
        colour = INK if (ENGINE / name).is_dir() else LOSS
        picture.rectangle(
            x - BOX / 2, y - TALL / 2, BOX, TALL, rx=6, fill="var(--page,#fff)", stroke=colour
        )
        picture.text(x, y + 5, name, size=15)
    return picture.svg()
