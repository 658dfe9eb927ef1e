"""The site as a zip file: the same bytes for the same files, whole or not at all."""

import os
import zipfile
from pathlib import Path

import pytest

from nn3doc.site.pages.archive import main, pack


def a_site(folder: Path, *, date: int) -> Path:
    for name, text in {"index.html": "home", "assets/site.css": "p {}", "b.html": "b"}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (date, date))
    return folder


def test_all_files_are_in_one_folder_and_in_order(tmp_path: Path) -> None:
    pack(a_site(tmp_path / "site", date=10**9), tmp_path / "dist" / "site.zip")
    with zipfile.ZipFile(tmp_path / "dist" / "site.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "nn3doc/assets/site.css": b"p {}",
            "nn3doc/b.html": b"b",
            "nn3doc/index.html": b"home",
        }
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["site.zip"]


def test_the_bytes_do_not_depend_on_when(tmp_path: Path) -> None:
    pack(a_site(tmp_path / "one", date=10**9), tmp_path / "one.zip")
    pack(a_site(tmp_path / "two", date=2 * 10**9), tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_folder_without_a_site_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), str(tmp_path / "site.zip")]) == 1
    assert capsys.readouterr().err == f"no site in {tmp_path}; build it first: mkdocs build\n"
    assert list(tmp_path.iterdir()) == []
