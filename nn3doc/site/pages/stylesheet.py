"""One stylesheet for the whole site: what is used of the theme's, then the lesson's own.

Material's two stylesheets hold rules for much that this site does not have (version menus, tabs,
blogs, consent forms, right-to-left scripts, thirty colour schemes). Every reader would fetch them,
and the browser would match each against every node of a page full of mathematics.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["trim"]

_STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
# Comments, strings, brackets with all they hold (`url(data:…;…)`), the marks that divide, the rest.
_PIECE = re.compile(
    rf"""/\*.*?\*/|{_STRING}|\((?:[^()"']|{_STRING})*\)|[{{}};,]|[^{{}};,"'(/]+|.""",
    re.DOTALL,
)
_NESTED = re.compile(r"@(?:media|supports|layer|container)\b")


@dataclass(frozen=True)
class Rule:
    """A rule: `prelude { body }`; without braces (`@charset …;`) the body is None."""

    prelude: str
    body: "str | list[Rule] | None"


def trim(css: str, unused: Callable[[str], bool]) -> str:
    """Leaves out rules whose selectors are all unused, then what only those used.

    Args:
        css: A stylesheet.
        unused: Says of one selector (`.md-tabs__link:hover`) whether nothing on the site matches.

    Returns:
        The stylesheet without rules for unused selectors, without `@keyframes` that no rule
        names, and without custom properties that no rule reads.
    """
    rules = _without_selectors(_rules(css), unused)
    text = _written(rules)
    while True:
        read = set(re.findall(r"var\((--[\w-]+)", text))
        animations = " ".join(re.findall(r"animation(?:-name)?:([^;}]*)", text))
        named = set(re.findall(r"[\w-]+", animations))
        rules = _without_unread(rules, read, named)
        shorter = _written(rules)
        if shorter == text:
            return text
        text = shorter


def split_list(text: str) -> list[str]:
    """Splits at the commas that stand in no brackets and no string."""
    parts = [""]
    depth = 0
    for piece in _PIECE.findall(text):
        if piece in "([" and piece:
            depth += 1
        elif piece in ")]" and piece:
            depth -= 1
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _rules(css: str) -> list[Rule]:
    pieces = iter(_PIECE.findall(css))
    return _block(pieces)


def _block(pieces: Iterable[str]) -> list[Rule]:
    rules = []
    prelude = ""
    for piece in pieces:
        if piece == "{":
            head = prelude.strip()
            prelude = ""
            if _NESTED.match(head):
                rules.append(Rule(head, _block(pieces)))
            else:
                rules.append(Rule(head, _body(pieces)))
        elif piece == "}":
            break
        elif piece == ";":
            rules.append(Rule(prelude.strip(), None))
            prelude = ""
        elif not piece.startswith("/*"):
            prelude += piece
    return rules


def _body(pieces: Iterable[str]) -> str:
    body = ""
    depth = 0
    for piece in pieces:
        if piece == "}" and depth == 0:
            break
        depth += (piece == "{") - (piece == "}")
        if not piece.startswith("/*"):
            body += piece
    return body.strip().rstrip(";")


def _without_selectors(rules: list[Rule], unused: Callable[[str], bool]) -> list[Rule]:
    kept = []
    for rule in rules:
        if isinstance(rule.body, list):
            inner = _without_selectors(rule.body, unused)
            if inner:
                kept.append(Rule(rule.prelude, inner))
        elif rule.prelude.startswith("@"):
            kept.append(rule)
        else:
            selectors = [part for part in split_list(rule.prelude) if not unused(part)]
            if selectors:
                kept.append(Rule(",".join(selectors), rule.body))
    return kept


def _without_unread(rules: list[Rule], read: set[str], named: set[str]) -> list[Rule]:
    kept = []
    for rule in rules:
        keyframes = re.match(r"@keyframes\s+(\S+)", rule.prelude)
        if isinstance(rule.body, list):
            inner = _without_unread(rule.body, read, named)
            if inner:
                kept.append(Rule(rule.prelude, inner))
        elif keyframes:
            if keyframes[1] in named:
                kept.append(rule)
        elif rule.body is None:
            kept.append(rule)
        else:
            lines = [line for line in _declarations(rule.body) if not _unread(line, read)]
            if lines:
                kept.append(Rule(rule.prelude, ";".join(lines)))
    return kept


def _declarations(body: str) -> list[str]:
    found = [""]
    for piece in _PIECE.findall(body):
        if piece == ";":
            found.append("")
        else:
            found[-1] += piece
    return [line.strip() for line in found if line.strip()]


def _unread(declaration: str, read: set[str]) -> bool:
    name = declaration.split(":", 1)[0].strip()
    return name.startswith("--") and name not in read


def _written(rules: list[Rule]) -> str:
    text = []
    for rule in rules:
        if rule.body is None:
            text.append(f"{rule.prelude};")
        else:
            body = _written(rule.body) if isinstance(rule.body, list) else rule.body
            text.append(f"{rule.prelude}{{{body}}}")
    return "".join(text)
