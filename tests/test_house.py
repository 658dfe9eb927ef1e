"""How the code hangs together stays as good as it is: `house.py` measures, this holds the limits."""

import ast

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
FLOORS = {
    f"nn3doc.equations.{name}": floor
    for floor, line in enumerate(reversed(ORDER.splitlines()))
    for name in line.split()
}

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


def wrong_way(arrows: set[tuple[str, str]]) -> list[str]:
    """The arrows of the engine that do not point down."""
    return sorted(
        f"{above} imports {below}"
        for above, below in arrows
        if above in FLOORS and below in FLOORS and FLOORS[above] <= FLOORS[below]
    )


def test_a_package_imports_from_below_only() -> None:
    up = ("nn3doc.equations.tex", "nn3doc.equations.model")
    assert wrong_way({up, up[::-1]}) == ["nn3doc.equations.tex imports nn3doc.equations.model"]
    assert wrong_way(set(house.arrows())) == []


def test_every_package_has_its_floor() -> None:
    rooms = {house.room(name) for name in house.engine()} - {"nn3doc.equations"}
    assert rooms == set(FLOORS)


def test_imports_are_seen_wherever_they_stand() -> None:
    source = "import a.b\ndef f():\n    from a import b, c\n    from . import d\n"
    known = {"a", "a.b", "a.d"}
    found = [name for name, _ in house.imports_of("a.e", ast.parse(source), known)]
    assert found == ["a.b", "a.b", "a", "a.d"]
