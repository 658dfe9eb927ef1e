"""The pictures: all drawn, all at home on any page, and drawn anew only when something changed."""

import gzip
import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from markdown import markdown
from markdown.extensions import Extension

from nn3doc.site import figures
from nn3doc.site.figures import FigureError, names, path
from nn3doc.site.figures.chart import Chart
from nn3doc.site.figures.inline import FigureExtension
from nn3doc.site.figures.pixels import outline
from nn3doc.site.figures.svg import LabelError, label
from nn3doc.site.sources import sources

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / figures.CACHE
SVG = "{http://www.w3.org/2000/svg}"


def foreign(svg: str) -> list[str]:
    """What a page with a strict security policy, or without a network, would not show."""
    root = ElementTree.fromstring(svg)
    found = [f"<{e.tag.removeprefix(SVG)}>" for e in root.iter() if not e.tag.startswith(SVG)]
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        if tag in {"style", "script", "image", "use", "foreignObject", "a"}:
            found.append(f"<{tag}>")
        for key, value in element.attrib.items():
            if key in {"style", "id"} or key.endswith("href") or key.startswith("on"):
                found.append(key)
            if re.search(r"url\(|https?:", value):
                found.append(value)
    return found


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<path d='M0 0'/>", []),
        ("<style>p{}</style>", ["<style>"]),
        ("<path style='fill:red'/>", ["style"]),
        ("<path id='a'/>", ["id"]),
        ("<image href='data:x'/>", ["<image>", "href"]),
        ("<path fill='url(#a)'/>", ["url(#a)"]),
        ("<path onclick='x()'/>", ["onclick"]),
    ],
)
def test_what_is_foreign_is_found(inside: str, found: list[str]) -> None:
    assert foreign(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>") == found


@pytest.mark.parametrize("name", names())
def test_each_picture_fits_on_any_page(name: str) -> None:
    svg = path(name, CACHE).read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    assert foreign(svg) == []
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
    assert int(root.attrib["width"]) <= 480  # larger, and its text is too small on a phone
    assert len(gzip.compress(svg.encode())) < 8000
    sizes = [float(text.attrib["font-size"]) for text in root.iter(f"{SVG}text")]
    assert min(sizes) >= 15


def test_each_module_that_draws_is_a_picture_with_a_name() -> None:
    files = sorted((ROOT / "nn3doc/site/figures").glob("*.py"))
    drawing = [file.stem for file in files if "\ndef draw()" in file.read_text(encoding="utf-8")]
    assert [stem.replace("_", "-") for stem in drawing] == list(names())


@pytest.mark.parametrize("name", names())
def test_drawn_again_it_is_the_same(name: str) -> None:
    module = import_module(f"nn3doc.site.figures.{name.replace('-', '_')}")
    assert module.draw() == path(name, CACHE).read_text(encoding="utf-8")


def test_the_pages_show_every_picture_and_no_other() -> None:
    asked = {
        name
        for page in (ROOT / "docs").rglob("*.md")
        for name in re.findall(r"\(figures/([\w-]+)\.svg\)", page.read_text(encoding="utf-8"))
    }
    assert asked == set(names())


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each import of a picture's code and each drawing instead of making it."""
    made: list[str] = []

    def draw() -> str:
        made.append("drawn")
        return "<svg/>"

    def imported(name: str) -> SimpleNamespace:
        made.append("imported")
        return SimpleNamespace(draw=draw)

    monkeypatch.setattr(figures, "import_module", imported)
    return made


def test_a_picture_is_drawn_once_and_again_when_what_it_depends_on_changes(
    tmp_path: Path, drawings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = path("loss", tmp_path)
    assert path("loss", tmp_path) == first
    assert drawings == ["imported", "drawn"]

    monkeypatch.setattr(figures, "digest", lambda code: "c" * 16)
    assert path("loss", tmp_path).name == f"loss-{'c' * 16}.svg"
    assert drawings == ["imported", "drawn"] * 2
    assert [file.name for file in tmp_path.iterdir()] == [f"loss-{'c' * 16}.svg"]


def test_the_network_counts_for_pictures_of_what_it_learns() -> None:
    code = (ROOT / "nn3doc/site/figures/learning_rates.py").read_text(encoding="utf-8")
    used = {file.name for file in sources([code])}
    assert {"network.py", "svg.py"} <= used


def test_an_interrupted_drawing_leaves_no_file(
    tmp_path: Path, drawings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(part: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        path("loss", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_does_not_exist() -> None:
    with pytest.raises(FigureError) as caught:
        path("los")
    assert str(caught.value) == (
        "there is no figure 'los'; expected one of digits, learning-rates, loss, network, shapes, "
        "sigmoid, worked-graph"
    )


IMAGE = '![A "curve" & more](figures/loss.svg)'


@pytest.mark.parametrize(
    ("source", "is_drawn"),
    [
        (IMAGE, True),
        (f"Text before.\n\n{IMAGE}\n\nText after.", True),
        (f"- item\n\n    {IMAGE}", True),
        (f'<div markdown="1">\n\n{IMAGE}\n\n</div>', True),
        (f"```\n{IMAGE}\n```", False),
        (f"In a line: {IMAGE}", False),
        ("![Another](pictures/loss.svg)", False),
    ],
)
def test_a_picture_in_markdown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, is_drawn: bool
) -> None:
    monkeypatch.setattr(figures, "read", lambda name, cache: f"<svg class='{name}'/>\n")
    extensions: list[str | Extension] = [
        "pymdownx.superfences",
        "md_in_html",
        FigureExtension(cache=str(tmp_path)),
    ]
    html = markdown(source, extensions=extensions)
    start = '<figure><svg role="img" aria-label="A &quot;curve&quot; &amp; more" '
    expected = start + "class='loss'/></figure>"
    assert (expected in html) == is_drawn
    assert "<p><figure>" not in html


@pytest.mark.parametrize(
    ("rows", "data"),
    [
        (["#"], "m0 0h1v1h-1z"),
        (["##", "##"], "m0 0h2v2h-2z"),
        (["#.", ".."], "m0 0h1v1h-1z"),
        (["..", ".."], ""),
        (["#.#"], "m0 0h1v1h-1zm2 0h1v1h-1z"),
        (["###", "#.#", "###"], "m0 0h3v3h-3zm1 1v1h1v-1z"),  # the hole runs the other way round
    ],
)
def test_outline_of_pixels(rows: list[str], data: str) -> None:
    assert outline([[sign == "#" for sign in row] for row in rows]) == data


def plain(markup: str) -> str:
    return "".join(ElementTree.fromstring(f"<text>{markup}</text>").itertext()).strip("\u200b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b", "a < b"),
        ("$W^{[1]}$ is $(n_1, n_0)$", "W[1]\u200b is (n1, n0)"),
        (r"$\partial \hat y$", "∂ ŷ"),
        ("$x_{n_0}$", "xn0"),
        ("$-1$", "−1"),
    ],
)
def test_label(text: str, shown: str) -> None:
    assert plain(label(text)) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$x", "label '$x': a $ has no partner; write mathematics as $…$"),
        (r"$\foo x$", r"label '$\\foo x$': '\\foo x' is not known here"),
    ],
)
def test_a_label_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(LabelError) as caught:
        label(text)
    assert str(caught.value) == message


def test_a_chart_leaves_out_what_is_not_finite_or_outside() -> None:
    chart = Chart((0, 1), (0, 1), x_ticks=(0, 1), y_ticks=(0, 1), x_label="x", y_label="y")
    before = chart.svg()
    chart.function(lambda x: 1 / (x - x))
    chart.curve([(0, 7), (1, 8)])
    assert chart.svg() == before


def test_equal_ratios_are_equal_steps_on_a_logarithmic_axis() -> None:
    chart = Chart(
        (0, 1), (1, 100), x_ticks=(), y_ticks=(1,), x_label="", y_label="", logarithmic=True
    )
    low, middle, high = (chart.at(0, value)[1] for value in (1, 10, 100))
    assert low - middle == pytest.approx(middle - high)
