"""Which Python name stands for which symbol, and how a symbol's value looks in Python."""

from __future__ import annotations

import itertools
import keyword

from nn3doc.equations.meaning import Key
from nn3doc.equations.model.page_model import PageModel
from nn3doc.equations.notation import Family, Size, filled

MOST_MEMBERS = 10_000  # of a family, that have Python names


def python_names(model: PageModel) -> dict[str, Key]:
    """The Python name of every value of a page: `W1` is `W^{[1]}`.

    The table's name counts, with its layer put in; where it has none, the obvious one.
    """
    names: dict[str, Key] = {}
    for family in model.notation.all():
        if family.kind != "value" or family.entry_of:
            continue
        for values in _members(family, model):
            name = python_name(family, values)
            if name.isidentifier():
                key = (
                    family.key,
                    tuple(
                        value if slot in model.notation.concrete else None
                        for slot, value in values.items()
                    ),
                )
                names.setdefault(name, key)
    return names


def spellings(names: dict[str, Key]) -> dict[str, Key]:
    """The same names, and how people write those that Python keeps for itself: `lam` for λ."""
    found = dict(names)
    for name, key in names.items():
        letter = _letter(key)
        others = [letter] if letter.isidentifier() else []
        if keyword.iskeyword(name):
            others += [f"{name}_", f"_{name}", *_SHORT.get(name, ())]
        for other in others:
            found.setdefault(other, key)
    return found


_SHORT = {"lambda": ("lam", "lamb", "lmbda", "lbda", "lmbd")}
_GREEK = dict(
    zip(
        (
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "phi",
            "chi",
            "psi",
            "omega",
        ),
        "αβγδεζηθικλμνξπρστφχψω",
        strict=True,
    )
)


def _letter(key: Key) -> str:
    """The Greek letter of a symbol without scripts; "" for any other."""
    return "" if key[1] or "|" in key[0] else _GREEK.get(key[0].removeprefix("\\"), "")


def python_name(family: Family, values: dict[str, int]) -> str:
    """The Python name of one member of a family."""
    if not family.python:
        return obvious_name(family.letter, [str(value) for value in values.values() if value])
    name = family.python
    for slot, value in values.items():
        name = name.replace(f"{{{slot}}}", str(value))
    return name


def python_sizes(model: PageModel) -> dict[str, Size]:
    """The Python names of sizes: `n0` is `n_0`, `m` is m."""
    names: dict[str, Size] = {}
    for family in model.notation.all():
        if family.kind != "size":
            continue
        for values in _members(family, model):
            size = Size.of(filled(family, [str(value) for value in values.values()]))
            names.setdefault(python_name(family, values), model.notation.canonical(size))
    return names


def _members(family: Family, model: PageModel) -> list[dict[str, int]]:
    """The values of a family's slots; an index slot is left at 0, all its values are one tensor."""
    ranges: list[range] = []
    for slot in family.slots:
        if slot not in model.notation.concrete:
            ranges.append(range(1))
            continue
        low, high = model.notation.numbers_of(family, slot)
        ranges.append(range(low, min(high, low + MOST_MEMBERS) + 1))
    members = itertools.islice(itertools.product(*ranges), MOST_MEMBERS)
    return [dict(zip(family.slots, values, strict=True)) for values in members]


def obvious_name(letter: str, arguments: list[str]) -> str:
    """The Python name where the table has none: `\\hat Y` is `Yhat`, `\\mathbf{x}` is `x`."""
    plain = letter
    for accent in ("hat", "bar", "tilde", "vec", "dot"):
        if plain.startswith(f"\\{accent}{{"):
            plain = obvious_name(plain[len(accent) + 2 : -1], []) + accent
    for font in ("mathbf", "mathrm", "mathcal", "mathbb", "mathsf"):
        if plain.startswith(f"\\{font}{{"):
            plain = plain[len(font) + 2 : -1]
    return plain.lstrip("\\") + "".join(argument for argument in arguments if argument.isdigit())
