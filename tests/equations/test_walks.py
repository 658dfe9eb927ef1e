"""Walks end: through folders with links, files that are none, many layers and many terms."""

import json
import os
import socket
import time
from pathlib import Path

import pytest

from nn3doc.commands import main
from nn3doc.equations import files as pages
from nn3doc.equations.check import check_page
from nn3doc.equations.files import NoPageError, find_pages, look_for
from nn3doc.equations.text.markdown import scan
from nn3doc.equations.unread.mathematics import unread


def write(path: Path, text: str = "So $1 + 1 = 2$.\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_links_upward_end(tmp_path: Path) -> None:
    page = write(tmp_path / "docs" / "a" / "page.md")
    write(tmp_path / "outside.md")
    for name in ("up", "again", "a/up", "a/self"):
        (tmp_path / "docs" / name).symlink_to(tmp_path if name == "up" else tmp_path / "docs")
    assert find_pages([tmp_path / "docs"]) == [page]


def test_links_to_each_other_end_and_a_page_is_given_once(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a" / "x.md"), write(tmp_path / "b" / "y.md")
    (tmp_path / "a" / "to_b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "to_a").symlink_to(tmp_path / "a")
    assert find_pages([tmp_path]) == [one, other]
    assert find_pages([tmp_path / "a"]) == [tmp_path / "a" / "to_b" / "y.md", one]


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "page.md")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "link").symlink_to(tmp_path / "elsewhere")
    assert find_pages([tmp_path / "docs"]) == [tmp_path / "docs" / "link" / "page.md"]


def test_a_pipe_a_socket_and_a_device_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket.md"))
        for path in (tmp_path / "pipe.md", tmp_path / "socket.md", Path("/dev/zero")):
            with pytest.raises(NoPageError, match="this is no file"):
                find_pages([path])
            with pytest.raises(NoPageError, match="this is no file"):
                pages.read_page(path)


def test_one_page_that_cannot_be_read_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pages, "MOST_BYTES", 100)
    os.mkfifo("pipe.md")
    Path("link.md").symlink_to("nowhere.md")
    write(Path("large.md"), "a" * 101)
    write(Path("right.md"))
    assert main(["check", "."]) == 1
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if ".md:" in line] == [
        "large.md:1:1: this page is too large: at most 100 bytes are read",
        "link.md:1:1: no such file or directory",
        "pipe.md:1:1: this is no file",
    ]
    assert out.splitlines()[-1].startswith("1 formula on 4 pages (3 pages without any): 1 holds; ")


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = write(tmp_path / "page.md")
    (tmp_path / "closed").mkdir()
    listed = os.scandir

    def denied(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", denied)
    found = look_for([tmp_path])
    reason = "this folder cannot be read: permission denied"
    assert (found.pages, found.closed) == ([page], {tmp_path / "closed": reason})
    with pytest.raises(NoPageError, match=reason):
        find_pages([tmp_path])
    assert main(["check", "--json", str(tmp_path)]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [(one["ok"], one["read"]) for one in said["pages"]] == [(True, True), (False, False)]


def test_folders_that_are_too_deep_or_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(50):
        Path("d" * 100).mkdir()
        os.chdir("d" * 100)
    write(Path("page.md"))
    found = look_for([tmp_path])
    assert (found.pages, list(found.closed.values())) == (
        [],
        ["this folder cannot be read: file name too long"],
    )
    monkeypatch.setattr(pages, "MOST_FILES", 10)
    with pytest.raises(NoPageError, match="this folder has more than 10 files below it"):
        look_for([tmp_path])


MARKS = [
    "$1 + 1 = 2$ ",
    "$a ",
    "$ a ",
    "` `` ",
    "<pre> ",
    r"\( ",
    r"\\( ",
    "[math] ",
    "<math ",
    r"x \begin{a} ",
    "stem:[",
    "$ 1 = 2 $\n\n",
    "\n::: {math}\n",
    "{math}`a` ",
]


@pytest.mark.parametrize("mark", MARKS)
def test_marks_that_nothing_closes_are_read_in_time(mark: str) -> None:
    begun = time.perf_counter()
    scan(mark * 20_000)
    unread(mark * 20_000)
    assert time.perf_counter() - begun < 20  # where each looked at all that follows: minutes


LAYERS = r"""
| Symbol | Shape | Meaning |
| --- | --- | --- |
| $L$ | $\mathbb{N}$ | number of layers: $L = 1000000000$ |
| $n_l$ | $\mathbb{N}$ | width of layer $l$, where $l = 0, \dots, L$ |
| $l$ | $\{1, \dots, L\}$ | which layer |
| $W^{[l]}$ | $\mathbb{R}^{n_l \times n_{l-1}}$ | weights, where $l = 1, \dots, L$ |
| $a^{[l]}$ | $\mathbb{R}^{n_l}$ | activations, where $l = 0, \dots, L$ |

$$a^{[l]} = W^{[l]} a^{[l-1]}$$

$$a^{[1]} = W^{[1]} a^{[0]}$$

```python
def f(a0, W1):
    a1 = W1 @ a0
    return a1
```
"""
TWICE = "Let $x \\in \\mathbb{R}$ and $f_0(x) = x + 1$. " + " ".join(
    f"Let $f_{{{one}}}(x) = f_{{{one - 1}}}(f_{{{one - 1}}}(x))$." for one in range(1, 25)
)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (LAYERS, "this has 1,000,000,000 cases; at most 200 are worked out"),
        (TWICE, "this is too large to be worked out: more than 30,000 operations"),
    ],
    ids=["layers", "functions of functions"],
)
def test_what_would_take_too_long_is_told(page: str, message: str) -> None:
    begun = time.perf_counter()
    found = [one for one in check_page(page).all_findings if one.failing]
    assert {one.message for one in found} == {message}
    assert all(one.notes for one in found)
    assert time.perf_counter() - begun < 120  # seconds, on a machine that does other things
