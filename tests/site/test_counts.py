"""What is counted on the page about the checks."""

from pathlib import Path
from typing import Any

import pytest

from nn3doc.site.checks import counts, mutation
from nn3doc.site.checks.counts import add_counts, wants_counts


def equation(verdict: str, *kinds: str, reason: str = "", instances: int = 0) -> dict[str, object]:
    """An equation of a report."""
    return {
        "verdict": verdict,
        "reason": reason,
        "instances": instances,
        "display": True,
        "difference": 2e-16 * instances,
        "witnesses": [{"kind": kind} for kind in kinds],
    }


PAGES: list[dict[str, Any]] = [
    {"equations": [equation("holds", "autograd", "line", instances=1200), equation("defines")]},
    {"equations": [equation("unchecked", reason="Rounded."), equation("reads")]},
    {"equations": []},
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pages", "2"),
        ("formulas", "4"),
        ("displays", "4"),
        ("equations", "2"),
        ("holds", "1"),
        ("defines", "1"),
        ("failed", "0"),
        ("instances", "1,200"),
        ("difference", "2.4e-13"),
        ("autograd", "1"),
        ("code", "1"),
        ("lines", "1"),
        ("unchecked_count", "1"),
        ("unchecked", "- one formula: Rounded."),
    ],
)
def test_numbers(name: str, value: str) -> None:
    assert counts.counts(PAGES)[name] == value


def test_numbers_come_to_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.md").write_text("$x$", encoding="utf-8")
    file = tmp_path / "mutation.json"
    file.write_text(
        '{"pages": {}, "date": "2026-11-22", "table": "T\\n", "survivors":'
        ' [{"page": "docs/a.md", "written": "x", "planted": "-x"}]}',
        encoding="utf-8",
    )
    monkeypatch.setattr(counts, "FILE", file)
    assert wants_counts("{{ checked.pages }}")
    assert not wants_counts("{{ pages }}")
    assert add_counts("a {{ checked.holds }}\n\n{{ checked.mutation }}", PAGES, tmp_path) == (
        "a 1\n\nT\n\nThe mistakes were planted on 2026-11-22."
        " Formulas on page.md have changed since."
        "\n\nNot noticed: `-x` in place of `x`, on a.md."
    )


def test_a_page_has_changed_when_its_formulas_have(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Words $x$", encoding="utf-8")
    said = {"pages": mutation._pages(tmp_path)}
    page.write_text("Other words $x$", encoding="utf-8")
    assert mutation.changed_since(said, tmp_path) == []
    page.write_text("Other words $y$", encoding="utf-8")
    assert mutation.changed_since(said, tmp_path) == ["page.md"]
