"""A page as a PDF, by the machine's Chromium."""

from pathlib import Path

import pytest

from nn3doc.site.pages.pdf import MissingChromiumError, chromium, write_pdf

PAGE = "<!doctype html><meta charset='utf-8'><title>A</title><h1>One page</h1>"


def test_a_page_is_printed_whole(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    target = tmp_path / "made" / "page.pdf"
    write_pdf(page, target)
    assert target.read_bytes().startswith(b"%PDF-")
    assert [path.name for path in target.parent.iterdir()] == ["page.pdf"]


def test_without_a_chromium_the_message_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(MissingChromiumError) as caught:
        chromium()
    assert str(caught.value) == (
        "no Chromium found (looked for chromium, chromium-browser, google-chrome on the PATH);"
        " on Debian and Ubuntu: apt-get install chromium"
    )


def test_a_chromium_that_prints_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho no fonts >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    with pytest.raises(RuntimeError) as caught:
        write_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
    assert str(caught.value) == "Chromium printed nothing: no fonts"
