"""What the pages have in common, and that their elided matrices are what the package writes."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nn3doc.equations.text.markdown import formulas, scan
from nn3doc.matrices import bmatrix, bvector, bvector_row

DOCS = Path(__file__).parents[1] / "docs"
WITH_EXERCISES = [
    "notation.md",
    "dataset.md",
    "parameters.md",
    "forward-propagation.md",
    "loss-and-cost.md",
    "backpropagation.md",
    "summary.md",
    "learning.md",
    "matrices.md",
]
LESSON = ["index.md", *WITH_EXERCISES, "what-changed.md", "how-checked.md"]
WORKED_EXAMPLE = {
    "X": [[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.5], [0.5, 1.0, 0.0, 1.0]],
    "Y": [[1, 0, 0, 1]],
    "W1": [[2.0, -1.0, 0.0], [-1.0, 1.0, 1.0]],
    "b1": [[-1.0], [0.5]],
    "W2": [[-2.0, 2.0]],
    "b2": [[1.0]],
}


def read(page: str) -> str:
    """The text of a page."""
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", LESSON)
def test_a_page_starts_with_its_description_and_has_one_title(page: str) -> None:
    without_code = re.sub(r"^ *```.*?^ *```", "", read(page), flags=re.MULTILINE | re.DOTALL)

    assert re.match(r"---\ndescription: [A-Z].{30,160}\.\n", without_code)
    assert len(re.findall(r"^# ", without_code, re.MULTILINE)) == 1


@pytest.mark.parametrize("page", WITH_EXERCISES)
def test_every_exercise_is_numbered_and_has_a_folded_answer(page: str) -> None:
    marks = re.findall(r"^(\?\?\?\+? .*)$", read(page), re.MULTILINE)

    count = len(marks) // 2
    assert count >= 2
    expected = [
        (f'???+ question "Exercise {n}"', '??? success "Answer"') for n in range(1, count + 1)
    ]
    assert marks == [mark for pair in expected for mark in pair]


def definitions(page: str) -> Iterator[tuple[str, object]]:
    """The tensors of the worked example that a page writes down, as lists."""
    for region in scan(read(page)):
        if region.kind == "fence" and region.language == "python" and region.body.strip():
            lines = region.body.splitlines()
            body = "\n".join(line.removeprefix(region.prefix) for line in lines)
            for statement in ast.parse(body).body:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                    call, target = statement.value, statement.targets[0]
                    if ast.unparse(call.func) == "torch.tensor" and isinstance(target, ast.Name):
                        yield target.id, ast.literal_eval(call.args[0])


@pytest.mark.parametrize("page", sorted(set(WITH_EXERCISES) - {"matrices.md"}))
def test_the_worked_example_has_the_same_numbers_on_every_page(page: str) -> None:
    found = {name: value for name, value in definitions(page) if name in WORKED_EXAMPLE}

    assert found
    assert found == {name: WORKED_EXAMPLE[name] for name in found}


@pytest.mark.parametrize("page", LESSON)
def test_code_shown_from_the_package_assigns_the_names_that_are_to_be_shown(page: str) -> None:
    for region in scan(read(page)):
        if region.kind == "fence" and "source" in region.options:
            module, _, function = region.options["source"].rpartition(".")
            source = inspect.getsource(getattr(importlib.import_module(module), function))
            assigned = set(re.findall(r"\b(\w+)(?=(?:, \w+)* = )", source))
            assert region.body.strip() == ""
            assert set(region.options.get("show", "").split()) <= assigned


ELIDED = re.compile(r"\\begin\{bmatrix\}((?:(?!\\begin\{bmatrix\}).)*?)\\end\{bmatrix\}", re.DOTALL)


def rewritten(tex: str) -> str:
    """What the package writes for an elided matrix with the template and the sizes of this one."""
    rows = [[cell.strip() for cell in row.split("&")] for row in tex.split(r"\\")]
    first = rows[0][0]
    last = rows[-1][-1]
    template, numbers = "", []
    below = rows[1][0] if len(rows) > 1 else first
    beside = rows[0][1] if len(rows[0]) > 1 else first
    for own, under, right in zip(first, below, beside, strict=True):
        word = "row" if own != under else "col" if own != right else ""
        template += word or own
        numbers += [word] if word else []
    pattern = re.escape(template).replace("row", "(.+?)").replace("col", "(.+?)")
    match = re.fullmatch(pattern, last)
    assert match, f"{last} is not of the form {template}"
    size = dict(zip(numbers, match.groups(), strict=True))
    if len(rows) == 1:
        return bvector_row(template, size["col"])
    if len(rows[0]) == 1:
        short = len(rows) == 4
        return bmatrix(template, size["row"], 1, short) if short else bvector(template, size["row"])
    return bmatrix(template, size["row"], size["col"], compress=len(rows[0]) == 4)


def elided(page: str) -> list[str]:
    """The elided matrices in the formulas of a page."""
    return [
        match.group()
        for region in formulas(read(page))
        for match in ELIDED.finditer(region.body)
        if r"\cdots" in match.group(1) or r"\vdots" in match.group(1)
    ]


def plain(tex: str) -> str:
    """TeX without the blanks that mean nothing."""
    return re.sub(r"\s+", " ", tex).strip()


@pytest.mark.parametrize(
    "page",
    ["dataset.md", "parameters.md", "forward-propagation.md", "backpropagation.md", "matrices.md"],
)
def test_elided_matrices_are_what_the_package_writes(page: str) -> None:
    matrices = elided(page)

    assert matrices
    for matrix in matrices:
        inner = matrix.removeprefix(r"\begin{bmatrix}").removesuffix(r"\end{bmatrix}")
        assert plain(rewritten(inner)) == plain(matrix)


def test_an_elided_matrix_with_a_wrong_corner_is_noticed() -> None:
    right = bmatrix("x_{row,col}", "n_x", "m")
    wrong = right.replace("x_{n_x-1,m}", "x_{n_x-1,n_x}")

    inner = wrong.removeprefix(r"\begin{bmatrix}").removesuffix(r"\end{bmatrix}")
    assert plain(rewritten(inner)) == plain(right)
    assert plain(rewritten(inner)) != plain(wrong)
