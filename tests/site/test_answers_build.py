"""What the build writes so that formulas can answer: marks, symbols, evidence."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from nn3doc.equations.check import check_page
from nn3doc.equations.show.jsonform import to_json
from nn3doc.site.checks.answers import Answers, CheckedText, slug
from nn3doc.site.checks.evidence import evidence
from nn3doc.site.formulas.mathematics import Mathematics
from nn3doc.site.formulas.typeset import Formula, Setting, Typesetter

HOSTILE = "<script>alert(1)</script> \"'&"
PAGE = f"""# Page

| Symbol | Python | Shape | Meaning |
| --- | --- | --- | --- |
| $n_l$ | `n{{l}}` | $\\mathbb{{N}}$ | neurons in layer $l$ {HOSTILE} |
| $W^{{[l]}}$ | `W{{l}}` | $\\mathbb{{R}}^{{n_l \\times n_{{l-1}}}}$ | weights of layer $l$ |

Here $n_0 = 3$ and $n_1 = 2$, of layers $n_l$.

$$
\\label{{eq:twice}}
W^{{[1]}} + W^{{[1]}} = 2 W^{{[1]}}
$$

$$
W^{{[1]}} = V
$$
<!-- unchecked: because {HOSTILE} -->
"""


class Site:
    """A folder with one page, checked and converted."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.mathematics = Mathematics(folder, cache)
        self.answers = Answers(self.mathematics)
        (folder / "page.md").write_text(PAGE, encoding="utf-8")
        report = to_json([check_page(PAGE, code=False)])["pages"][0]
        self.answers.read({"page.md": CheckedText(PAGE, report, "page.html")})
        self.mathematics.prepare(self.answers.formulas("page.md"))
        self.mathematics.begin("page.md", PAGE)
        file = self.mathematics.site.files["page.md"]
        drawn = [
            self.mathematics.display(file, region)
            if region.kind == "display"
            else self.mathematics.inline(file, region)
            for region in file.formulas
        ]
        self.displays = [html for html in drawn if html.startswith("<div")]
        self.block = self.answers.page("page.md", "1 May 2026")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("cache"))


def data(block: str) -> dict[str, Any]:
    found = re.search(r'<template id="told-of-equations">(.*?)</template>', block)
    assert found
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


@pytest.mark.parametrize(
    ("tex", "name"),
    [
        (r"W^{[1]}", "W-1"),
        (r"n_{l-1}", "n_l-1"),
        (r"\hat{Y}", "hatY"),
        (r"x^{(i)}", "x-(i)"),
        (r"f'", "f-prime"),
        (r'"><script>', "223e3cscript3e"),
    ],
)
def test_a_symbol_has_a_name_that_is_safe_in_attributes(tex: str, name: str) -> None:
    assert slug(tex) == name


def test_every_occurrence_of_a_symbol_has_its_name(site: Site) -> None:
    assert re.findall(r'data-symbol="([^"]*)"', site.displays[0]) == ["W-1", "W-1", "W-1"]


def test_the_mark_leads_to_the_evidence_without_any_script(site: Site) -> None:
    assert re.findall(r'<a class="check.*?</a>', "".join(site.displays)) == [
        '<a class="check checked" href="evidence.html#page--eq-twice"'
        ' aria-label="Checked: it holds: evidence for equation (1.1)">✓</a>',
        f'<a class="check unchecked" href="evidence.html#page--{anchor(site.displays[1])}"'
        ' aria-label="Not checked: evidence for this equation">?</a>',
    ]


def anchor(display: str) -> str:
    return display.split('id="')[1].split('"')[0]


def test_a_symbol_of_any_layer_has_the_names_of_all_layers_of_the_page(site: Site) -> None:
    found = re.search(
        r'<tr data-row="n_l" data-names="([^"]*)".*?<td>([^<>]*<code>.*?)</td></tr>', site.block
    )
    assert found
    assert found.groups() == ("n0 n1", "<code>n0</code>, <code>n1</code>")


def test_a_row_tells_name_shape_and_python_and_leads_to_the_notation(site: Site) -> None:
    found = re.search(r'<tr data-row="W-1".*?</tr>', site.block)
    assert found
    told = re.sub(r"<svg[^>]*data-tex=\"([^\"]*)\".*?</svg>", r"$\1$", found[0])
    assert told == (
        '<tr data-row="W-1" data-names="W1"><td><a href="#symbol-W-l">$W^{[1]}$</a></td>'
        "<td>weights of layer $1$</td><td>$(n_1, n_0) = (2, 3)$</td><td><code>W1</code></td></tr>"
    )


def test_the_rows_of_the_notation_are_anchors(site: Site) -> None:
    table = '<tr>\n<td><svg class="m" data-tex="W^{[l]}"></svg></td></tr>'
    changed = site.answers.content(table + table, "page.md")
    assert changed == table.replace("<tr>", '<tr id="symbol-W-l">') + table
    assert site.answers.content(table, "other.md") == table


def test_evidence_is_told_as_data(site: Site) -> None:
    told = data(site.block)
    assert told["built"] == "1 May 2026"
    found = told["equations"]["eq-twice"]
    assert (found["title"], found["lines"]) == ("Checked: it holds", [])
    assert found["witnesses"] == ["Both sides, computed from random numbers, are equal."]
    assert found["said"][0].startswith("Both sides compared in ")


def test_what_an_author_writes_comes_out_as_text(site: Site) -> None:
    everything = site.block + site.answers.evidence({"page.md": HOSTILE}, HOSTILE)
    assert "<script" not in everything
    unchecked = data(site.block)["equations"][anchor(site.displays[1])]
    assert unchecked["said"] == [f"because {HOSTILE}."]


def test_the_list_has_every_equation_that_states_something(site: Site) -> None:
    html = site.answers.evidence({"page.md": "Page"}, "1 May 2026")
    assert '<dt id="page--eq-twice"><a href="page.html#eq-twice">(1.1)</a>' in html
    assert html.startswith(
        "<p>1 checked, 1 not checked, for the reason given. Built on 1 May 2026.</p>"
    )


@pytest.mark.parametrize(
    ("verdict", "sign", "title"),
    [
        ("holds", "✓", "Checked: it holds"),
        ("defines", "=", "Definition"),
        ("unchecked", "?", "Not checked"),
        ("failed", "✗", "Fails"),
        ("skipped", "✗", "Fails"),
    ],
)
def test_each_verdict_has_a_sign(verdict: str, sign: str, title: str) -> None:
    found = evidence(equation(verdict))
    assert found is not None
    assert (found.sign, found.title) == (sign, title)


@pytest.mark.parametrize("verdict", ["reads", "declares", "states"])
def test_a_formula_that_claims_nothing_has_no_mark(verdict: str) -> None:
    assert evidence(equation(verdict)) is None


def test_a_line_of_code_is_named() -> None:
    line = {"kind": "line", "name": "a.b.f: Z1", "file": "a/b.py", "line": 7, "difference": 3e-16}
    found = evidence({**equation("holds"), "witnesses": [line], "instances": 1})
    assert found is not None
    assert found.lines == ("a/b.py:7",)
    assert found.witnesses == ("`Z1` in `f` gives the same (line 7 of a/b.py).",)
    assert found.sentences == (
        "Both sides compared in 1 case.",
        "Largest relative difference: 3.0 · 10⁻¹⁶.",
    )


def equation(verdict: str) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "reason": "a reason",
        "instances": 0,
        "difference": 0.0,
        "witnesses": [],
        "findings": [],
    }


MARKED = [
    (r"W^{[1]T} + \hat y_j", [r"W^{[1]T}", r"\hat y_j"]),
    (r"\frac{\partial J}{\partial W}", ["J", "W"]),
    (r"\sum_{i=1}^{m} \ell^{(i)}_j", ["m", r"\ell^{(i)}_j"]),
    (r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", [r"\sigma'", "z"]),
    (r"\textcolor{loss}{\frac{1}{m} Z}", ["Z"]),
]


@pytest.mark.parametrize(("tex", "symbols"), MARKED, ids=[tex for tex, _ in MARKED])
def test_a_marked_formula_looks_and_sounds_the_same(
    tex: str, symbols: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    typesetter = Typesetter(tmp_path_factory.mktemp("cache"))
    for symbol in symbols:
        at = tex.rindex(symbol)
        behind = tex[at + len(symbol) :]
        plain = Formula(tex, True)
        marked = Formula(f"{tex[:at]}{{\\data{{symbol=s}}{{{symbol}}}}}{behind}", True)
        results = typesetter.typeset([plain, marked])
        one, other = results[plain], results[marked]
        assert isinstance(one, Setting)
        assert isinstance(other, Setting)
        assert "symbol" in str(other.parts)
        assert sorted(glyphs(one.parts)) == sorted(glyphs(other.parts))
        assert (one.width, one.height, one.depth) == (other.width, other.height, other.depth)
        assert one.speech == other.speech


def glyphs(parts: list[Any]) -> Iterator[str]:
    """Each glyph with its place, and each line, of a formula."""
    for kind, _, *rest in parts:
        if kind == "group":
            yield from glyphs(rest[0])
        elif kind == "text":
            yield from map(str, rest[0])
        else:
            yield from re.findall("M[^M]*", str(rest))
