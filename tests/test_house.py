"""How the code hangs together stays as good as it is: `house.py` measures, this holds the limits."""

import ast
from collections.abc import Iterable

import pytest

from tests import house

# Who stands higher may import from below, never the other way.
ORDER = """
    check_each sybil examples
    check
    mistakes page
    code
    verdict
    evaluate
    model
    meaning sources
    notation unread show files
    tex text report isolate
""".strip()
SITE = """
    hooks
    checks code pages figures
    formulas
    kept sources
""".strip()


def floors(order: str, package: str) -> dict[str, int]:
    """The floor of each package of an order, from below."""
    return {
        f"{package}.{name}": floor
        for floor, line in enumerate(reversed(order.splitlines()))
        for name in line.split()
    }


FLOORS = floors(ORDER, "nn3doc.equations") | floors(SITE, "nn3doc.site")

# No measure may grow. Lower a limit when a change has lowered its measure.
LIMITS = {
    "floors": 12,
    "arrows": 115,
    "circles": 0,
    "past-the-door": 0,
    "inherited-across-files": 1,
    "lists-of-operations": 6,
    "complex-functions": 5,
    "foreign-writes": 133,
    "id-keys": 22,
    "not-formatted": 0,
}


@pytest.mark.parametrize(("measure", "limit"), LIMITS.items())
def test_no_measure_grows(measure: str, limit: int) -> None:
    assert house.figure(measure) <= limit, "\n".join(house.MEASURES[measure]())


def place(module: str) -> str:
    """What of the order a module belongs to; "" where it has no place there."""
    return next((name for name in FLOORS if house.within(module, name)), "")


def wrong_way(links: Iterable[tuple[str, str]]) -> list[str]:
    """The imports that do not point down."""
    return sorted(
        f"{above} imports {below}"
        for above, below in links
        if place(above) and place(below) and place(above) != place(below)
        if house.room(above) != "nn3doc.site" or house.room(below) == "nn3doc.site"
        if FLOORS[place(above)] <= FLOORS[place(below)]
    )


def test_a_package_imports_from_below_only() -> None:
    links = [(name, target) for name, targets in house.graph().items() for target in targets]
    assert wrong_way([("nn3doc.equations.tex.tree", "nn3doc.equations.model")]) == [
        "nn3doc.equations.tex.tree imports nn3doc.equations.model"
    ]
    assert wrong_way(links) == []


@pytest.mark.parametrize("package", ["nn3doc.equations", "nn3doc.site"])
def test_every_package_has_its_floor(package: str) -> None:
    inside = [name for name in house.trees() if house.within(name, package) and name != package]
    assert [name for name in inside if not place(name)] == []


def test_imports_are_seen_wherever_they_stand() -> None:
    source = "import a.b\ndef f():\n    from a import b, c\n    from . import d\n"
    known = {"a", "a.b", "a.d"}
    found = [name for name, _ in house.imports_of("a.e", ast.parse(source), known)]
    assert found == ["a.b", "a.b", "a", "a.d"]
