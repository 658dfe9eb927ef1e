"""The palette can be read: every colour of text on every ground it stands on, light and dark.

axe sees no colours inside formulas and drawings; here the palette itself is computed.
"""

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parents[2] / "docs" / "assets" / "stylesheets"
GROUNDS = ["--ground", "--ground-code", "--ground-apart", "--ground-lit", "--ground-lit-line"]
LINES = ["--line", "--line-lit"]  # no text
LEAST = 4.5  # WCAG 2.2, success criterion 1.4.3, text of ordinary size


def schemes() -> dict[str, dict[str, str]]:
    css = (SHEETS / "colours.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = re.findall(r'\[data-md-color-scheme="(\w+)"\]\s*\{([^}]*#[^}]*)\}', css)
    return {name: dict(re.findall(r"(--[\w-]+):\s*(#\w+)", body)) for name, body in found}


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    parts = [digit * 2 for digit in digits] if len(digits) == 3 else re.findall("..", digits)
    values = [int(part, 16) / 255 for part in parts]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_one_of_the_guidelines() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)


def test_both_schemes_name_the_same_colours() -> None:
    assert schemes()["default"].keys() == schemes()["slate"].keys()


@pytest.mark.parametrize("factor", ["loss", "output", "back", "hidden", "input"])
def test_every_factor_of_the_chain_rule_has_a_colour(factor: str) -> None:
    css = (SHEETS / "colours.css").read_text(encoding="utf-8")
    assert f".c-{factor} {{ color: var(--c-{factor}); fill: var(--c-{factor}); }}" in css
    assert all(f"--c-{factor}" in scheme for scheme in schemes().values())


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_stands_out_from_its_ground(scheme: str, ground: str) -> None:
    colours = schemes()[scheme]
    text = [name for name in colours if name not in (*GROUNDS, *LINES)]
    faint = {
        name: round(contrast(colours[name], colours[ground]), 2)
        for name in text
        if contrast(colours[name], colours[ground]) < LEAST
    }
    assert faint == {}


@pytest.mark.parametrize("sheet", sorted(SHEETS.glob("*.css")), ids=lambda path: path.name)
def test_no_sheet_but_the_palette_names_a_colour(sheet: Path) -> None:
    css = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", sheet.read_text(), flags=re.DOTALL)
    named = re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", css)
    assert sheet.name == "colours.css" or named == []
