"""The JSON for programs: every field documented, nothing that is not, always valid."""

import json
import math
import re
from collections.abc import Iterator

from nn3doc.equations.report.findings import Equation, Finding, Report, SymbolUse, Witness
from nn3doc.equations.show import jsonform

TEXT = "Take $a = b$.\n\n$$\nZ = W A\n$$\n"


def report() -> Report:
    """A report that has something in every field."""
    wrong = Finding("holds", "the two sides differ", 10, 11, ("a note",), "c")
    outside = Finding("page", "no notation", 0, 4)
    symbol = SymbolUse("W^{[1]}", 4, 5, "W^{[l]}", "weights", "(n_1, n_0)", "W1", "(2, 3)")
    witness = Witness("line", "Z1", "nn3doc/network.py", 90, 1e-16)
    equation = Equation(
        5,
        12,
        6,
        "a = b",
        False,
        1,
        6,
        labels=("eq:a",),
        verdict="failed",
        reason="none",
        symbols=[symbol],
        roles=("claim",),
        shapes=("(n_1, m)", "(n_1, m)"),
        instances=12,
        difference=1e-15,
        witnesses=[witness],
        findings=[wrong],
        tree={"kind": "relation", "span": [0, 5], "sides": []},
        seconds=0.25,
    )
    alone = (("z", 3),)
    return Report(
        "docs/a.md", TEXT, [equation], [outside], snippets_compared=7, snippets_alone=alone
    )


def documented() -> dict[str, str]:
    """The table of the module's docstring: field → type."""
    rows = re.findall(r"^    ([\w.\[\]]+) +(\w+)(?:  |$)", jsonform.__doc__ or "", re.MULTILINE)
    return dict(rows)


NAMED = {
    "pages": "Page",
    "equations": "Equation",
    "findings": "Finding",
    "symbols": "Symbol",
    "witnesses": "Witness",
    "tree": "Tree",
    "alone": "Value",
}


def fields(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every field of a JSON value with its type, as the table writes them."""
    if isinstance(value, dict):
        kind = NAMED.get(path.removesuffix("[]").rpartition(".")[2])
        if kind and path != kind:
            yield path, kind
            path = kind
        for name, item in value.items():
            if not (path == "Tree" and name not in ("kind", "span")):
                yield from fields(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from fields(item, path + "[]")
    else:
        kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
        yield path, kinds[type(value)]


def test_the_documentation_names_every_field_and_no_other() -> None:
    assert dict(fields(jsonform.to_json([report()]), "")) == documented()


def test_one_equation_whole() -> None:
    (page,) = jsonform.to_json([report()])["pages"]
    assert page["equations"] == [
        {
            "start": 5,
            "end": 12,
            "body_start": 6,
            "line": 1,
            "column": 6,
            "tex": "a = b",
            "display": False,
            "labels": ["eq:a"],
            "verdict": "failed",
            "reason": "none",
            "roles": ["claim"],
            "shapes": ["(n_1, m)", "(n_1, m)"],
            "instances": 12,
            "difference": 1e-15,
            "symbols": [
                {
                    "key": "W^{[1]}",
                    "start": 4,
                    "end": 5,
                    "family": "W^{[l]}",
                    "meaning": "weights",
                    "shape": "(n_1, n_0)",
                    "python": "W1",
                    "sizes": "(2, 3)",
                    "part": "",
                }
            ],
            "witnesses": [
                {
                    "kind": "line",
                    "name": "Z1",
                    "file": "nn3doc/network.py",
                    "line": 90,
                    "difference": 1e-16,
                }
            ],
            "findings": [
                {
                    "kind": "holds",
                    "failing": True,
                    "message": "the two sides differ",
                    "notes": ["a note"],
                    "suggestion": "c",
                    "start": 10,
                    "end": 11,
                    "line": 1,
                    "column": 11,
                    "end_line": 1,
                    "end_column": 12,
                }
            ],
            "tree": {"kind": "relation", "span": [0, 5], "sides": []},
        }
    ]


def test_the_summary_counts_all_pages() -> None:
    assert jsonform.to_json([report(), report()])["summary"] == {
        "equations": 2,
        "instances": 24,
        "difference": 1e-15,
        "holds": 0,
        "defines": 0,
        "declares": 0,
        "reads": 0,
        "failed": 2,
        "skipped": 0,
        "unchecked": 0,
        "unread": 0,
        "snippets": 14,
        "alone": 2,
        "unrun": 0,
        "findings": 4,
    }


def test_no_page_is_valid_json_too() -> None:
    text = jsonform.dumps([])
    assert json.loads(text)["pages"] == []
    assert text.endswith("}\n")


def test_numbers_that_json_cannot_write_are_null() -> None:
    strange = report()
    strange.equations[0].difference = math.inf
    strange.equations[0].witnesses[0] = Witness("value", "a", difference=math.nan)
    (page,) = json.loads(jsonform.dumps([strange]))["pages"]
    assert page["equations"][0]["difference"] is None
    assert page["equations"][0]["witnesses"][0]["difference"] is None


def test_how_long_a_check_took_changes_nothing() -> None:
    slower = report()
    slower.equations[0].seconds = 3.0
    assert jsonform.dumps([slower]) == jsonform.dumps([report()])
