"""What authors write is data: scripts, quotes and handlers in it come out as text or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ATTACK = """<script>window.hit = 1</script><b onclick="window.hit = 1">b</b>"'&"""
PAGE = f"""---
title: 'Title {ATTACK.replace("'", "''")}'
description: 'Description {ATTACK.replace("'", "''")}'
---

# Heading {ATTACK}

Prose {ATTACK} and `code {ATTACK}` and [a link](javascript:window.hit=1).

| Symbol | Meaning |
| --- | --- |
| $x$ | Cell {ATTACK} |

A formula $\\text{{<script>window.hit = 1</script>"'}}$
<!-- unchecked: reason {ATTACK} -->
and one of its own:

$$
\\text{{<img src=x onerror="window.hit = 1">}} = 1
$$
<!-- unchecked: reason {ATTACK} -->

```python title='Code {ATTACK.replace("'", "")}'
text = '''{ATTACK}'''
```

![Picture {ATTACK}](none.png)
"""


@pytest.fixture(scope="module")
def hostile(
    once: Callable[[str, Callable[[Path], None]], Path],
    build: Callable[..., None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A site of two hostile pages, made as the lesson's site is."""
    docs = tmp_path_factory.mktemp("hostile")
    (docs / "index.md").write_text(PAGE, encoding="utf-8")
    (docs / "other.md").write_text("# Other\n\nA page to come from.\n", encoding="utf-8")
    return once(
        "hostile-site", lambda target: build(target, docs=docs, nav=["other.md", "index.md"])
    )


@pytest.mark.parametrize("instant", [False, True], ids=["directly", "by instant navigation"])
def test_nothing_that_an_author_wrote_acts(
    open_tab: Callable[..., Any], hostile: Path, instant: bool
) -> None:
    tab = open_tab(folder=hostile)
    if instant:
        tab.go("other.html")
        tab.page.locator(".turn__link--next").click()
        tab.page.locator("article table").wait_for()
    else:
        tab.go("index.html")
    page = tab.page
    assert page.evaluate("window.hit") is None
    page.evaluate("""() => {
        addEventListener("click", event => event.preventDefault());  // links are not followed
        for (const element of document.querySelectorAll("article *")) element.click?.();
    }""")
    assert page.evaluate("window.hit") is None
    refused = [problem for problem in tab.problems if "Content Security Policy" in problem]
    assert refused == []  # there is nothing left for the policy to refuse

    shown = page.locator("article").inner_text()
    for place in ("Heading ", "Prose ", "code ", "Cell "):
        assert f"{place}<script>window.hit = 1</script>" in shown, place
    assert "<script>window.hit = 1</script>" in page.title()
    description = page.locator("meta[name=description]").get_attribute("content")
    assert description == f"Description {ATTACK}"
