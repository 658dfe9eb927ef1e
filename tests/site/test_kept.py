"""Files are kept from one build to the next, and never half written."""

from pathlib import Path

import pytest

from nn3doc.site.kept import kept, write_whole


def test_a_kept_file_is_made_once_and_replaces_the_one_before(tmp_path: Path) -> None:
    made = []

    def make() -> str:
        made.append(1)
        return f"made {len(made)}"

    cache = tmp_path / "cache"
    assert kept(cache, "a.txt", "11", make).read_text() == "made 1"
    assert kept(cache, "a.txt", "11", make).read_text() == "made 1"
    (cache / "a-longer-11.txt").write_text("another's")
    assert kept(cache, "a.txt", "22", make) == cache / "a-22.txt"
    assert sorted(file.name for file in cache.iterdir()) == ["a-22.txt", "a-longer-11.txt"]


def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="a"):
        write_whole(tmp_path / "a", "text")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
