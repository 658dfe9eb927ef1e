"""A few thousand changed formulas find no mistake of the checker; and one that is there is found."""

from typing import Any

import pytest

from nn3doc.equations import page
from nn3doc.equations.model import occurrences as symbols
from tests.equations.fuzz import bases, cause, inputs, mistake, pool, search, shrunk

COUNT = 2_000


def test_the_checker_makes_no_mistake() -> None:
    found = search(seed=9, count=COUNT)
    assert [f"{told}\n{shrunk(base)[0]}" for told, base in found.values()] == []


def test_the_same_seed_gives_the_same_inputs() -> None:
    once = [text for text, _ in inputs(3, 200)]
    assert once == [text for text, _ in inputs(3, 200)]
    assert len(set(once)) > 190
    assert once != [text for text, _ in inputs(4, 200)]


def test_inputs_are_made_from_all_that_the_project_has() -> None:
    assert len(bases()) > 500
    assert {r"\frac", r"\sum", r"\nabla", "=", r"\mathbb{R}", r"\odot"} <= set(pool())


def test_a_mistake_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    uses = symbols.symbol_uses

    def fails(tex: str, *rest: Any) -> Any:
        if r"\odot" in tex:
            raise AssertionError
        return uses(tex, *rest)

    monkeypatch.setattr(page, "symbol_uses", fails)
    found = search(seed=5, count=300)
    (told, base), *others = found.values()
    assert others == []
    assert told.startswith("AssertionError: (page.py:")
    small, notation = shrunk(base)
    assert r"\odot" in small
    assert len(small.strip()) < 12
    assert cause(mistake((small, notation))) == cause(told)
