"""The names of a page, found before anything is read with them: how a formula reads depends on them."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from nn3doc.equations.meaning import spelled
from nn3doc.equations.model.declaring import declare_map
from nn3doc.equations.model.draft import Draft
from nn3doc.equations.model.patterns import (
    MAY_NAME,
    PREFIXES,
    as_application,
    tex_of,
    whole_letters,
)
from nn3doc.equations.model.roles import Mode, is_constant, may_redefine
from nn3doc.equations.notation import Family, NotationError, pattern
from nn3doc.equations.tex import (
    FUNCTIONS,
    MapType,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    TexError,
    inverse_letter,
    is_inverse,
    joined,
    parse,
)
from nn3doc.equations.text import Region


def find_names(draft: Draft, regions: list[Region]) -> dict[int, Exception]:
    """Functions are known before anything is read with them: `f(x) = …`, `f \\colon A \\to B`.

    Returns:
        Mistakes of the checker, by the number of the formula.
    """
    lost: dict[int, Exception] = {}
    for place, region in enumerate(regions):
        if region.unchecked is not None:
            continue
        try:
            _find_names_in(draft, region)
        except TexError:
            continue  # told when it is read
        except Exception as error:
            lost[place] = error
    for family in list(draft.notation.all()):  # f^{(2)}, met before f was known as a function
        if _is_derivative(draft, family):
            draft.symbols.remove(family)
    return lost


def _find_names_in(draft: Draft, region: Region) -> None:
    formula = parse(region.body, draft.notation.lexicon)
    draft.whole.update(whole_letters(formula))
    if not MAY_NAME.search(region.body):
        return
    for statement in formula.statements:
        with contextlib.suppress(NotationError):  # told when the statement is checked
            _find_names_of(draft, statement, draft.words(region, statement).mode)


def _find_names_of(draft: Draft, statement: Node, mode: Mode) -> None:
    if not isinstance(statement, Relation):
        return
    if statement.operators[0] in ("=", ":=", "in"):
        _name_function(draft, statement, mode)
        _name_long(draft, statement.sides[0])
    elif isinstance(statement.sides[1], MapType):
        declare_map(draft, statement)


def _name_long(draft: Draft, left: Node) -> None:
    """`dz = …`, `\\Delta w = …`: one name, where d or Δ alone is nothing on this page."""
    if not isinstance(left, Product) or left.operation != "juxtaposition":
        return
    first, *others = left.factors
    last = others[0]
    base = last.base if isinstance(last, Scripted) else last
    if len(others) != 1 or not isinstance(base, Name) or not isinstance(first, Name):
        return
    if first.letter not in PREFIXES or draft.notation.families.get(first.letter):
        return
    name = Name(first.start, base.end, joined((first.letter, base.letter)))
    symbol = replace(last, base=name) if isinstance(last, Scripted) else name
    if draft.reference(symbol) is None:
        letter, parts = pattern(symbol, draft.notation, frozenset())
        draft.symbols.add(
            Family(letter, parts, "value", None, tex_of(letter, parts), declared=False)
        )


def _name_function(draft: Draft, statement: Relation, mode: Mode) -> None:
    """`f(x) = …`: f is a function, unless it is known as something else."""
    applied = as_application(statement.sides[0])
    if applied is None:
        return
    function, parameters = applied
    function = _inverse_of(draft, function) or function
    if not _may_be_function(function, statement.operators[0], mode) or not _are_parameters(
        parameters
    ):
        return
    if isinstance(function, Scripted):
        _name_applied(draft, function, parameters)
        return
    assert isinstance(function, Name)
    reference = draft.reference(function)
    if reference is not None and (
        reference.family.kind == "function" or not all(_is_symbol(draft, p) for p in parameters)
    ):
        return
    draft.symbols.add(
        Family(
            function.letter,
            (),
            "function",
            None,
            function.letter,
            declared=False,
            python=reference.family.python if reference else "",
            meaning=reference.family.meaning if reference else "",
        )
    )


def _may_be_function(function: Node, operator: str, mode: Mode) -> bool:
    base = function.base if isinstance(function, Scripted) else function
    return (
        isinstance(base, Name)
        and base.letter.removeprefix("\\") not in FUNCTIONS
        # `\pi (x + 1) = …` is a product
        and (not is_constant(base) or may_redefine(base, operator, mode))
    )


def _are_parameters(parameters: tuple[Node, ...]) -> bool:
    """Whether these are symbols, each another."""
    letters = {spelled(parameter) for parameter in parameters}
    return len(letters) == len(parameters) and all(
        isinstance(parameter, Name | Scripted) for parameter in parameters
    )


def _is_derivative(draft: Draft, family: Family) -> bool:
    """Whether what was taken for a value `f^{(2)}(x)` is the derivative of a function."""
    orders = [part.place == "paren" and part.fixed[1:-1].isdigit() for part in family.parts]
    known = (f.kind == "function" and not f.parts for f in draft.notation.families[family.letter])
    applied = family.key in draft.notation.applied and not family.declared
    return applied and orders == [True] and any(known)


def _inverse_of(draft: Draft, function: Node) -> Name | None:
    """`f^{-1}(y) = …` defines a function of its own, where f is one."""
    if not is_inverse(function):
        return None
    assert isinstance(function, Scripted)
    assert isinstance(function.base, Name)
    reference = draft.reference(function.base)
    if reference is None or reference.family.kind != "function":
        return None
    return Name(function.start, function.end, inverse_letter(function.base.letter))


def _name_applied(draft: Draft, function: Scripted, parameters: tuple[Node, ...]) -> None:
    """`l^{(i)}(w, b) = …`: a value for each i, with the symbols it is made of."""
    if draft.reference(function) is not None:
        return
    if any(
        mark.kind == "transpose" or (mark.kind == "power" and isinstance(mark.value, Number))
        for mark in function.marks
    ):
        return  # an operation on what is known without it
    try:
        letter, parts = pattern(function, draft.notation, frozenset())
    except NotationError:
        return
    family = Family(letter, parts, "value", None, tex_of(letter, parts), declared=False)
    draft.symbols.add_applied(family, parameters)


def _is_symbol(draft: Draft, node: Node) -> bool:
    reference = draft.reference(node)
    return reference is None or reference.family.kind == "value"
