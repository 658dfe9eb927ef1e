"""One stylesheet for the whole site: what is used of the theme's, then the lesson's own.

Material's two stylesheets hold rules for much that this site does not have (version menus, tabs,
blogs, consent forms, right-to-left scripts, thirty colour schemes). Every reader would fetch them,
and the browser would match each against every node of a page full of mathematics.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import tinycss2

__all__ = ["trim"]

_NESTED = ("media", "supports", "layer", "container")


@dataclass(frozen=True)
class Rule:
    """A rule: `head, head { body }`.

    Attributes:
        heads: Its selectors; of a rule like `@media` what stands before the brace.
        body: Its declarations, or the rules in it; None without braces (`@charset …;`).
    """

    heads: tuple[str, ...]
    body: "tuple[str, ...] | list[Rule] | None"

    @property
    def is_at(self) -> bool:
        """Whether this is one like `@media`, which has no selectors."""
        return self.heads[0].startswith("@")


def trim(css: str, unused: Callable[[str], bool]) -> str:
    """Leaves out rules whose selectors are all unused, then what only those used.

    Args:
        css: A stylesheet.
        unused: Says of one selector (`.md-tabs__link:hover`) whether nothing on the site matches.

    Returns:
        The stylesheet without rules for unused selectors, without `@keyframes` that no rule
        names, and without custom properties that no rule reads.

    Raises:
        ValueError: The stylesheet has something in it that is no rule.
    """
    parsed = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    rules = _without_selectors(_rules(parsed), unused)
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


def _rules(nodes: Iterable[Any]) -> list[Rule]:
    rules = []
    for node in nodes:
        if node.type == "error":
            raise ValueError(f"line {node.source_line} of a stylesheet: {node.message}")
        if node.type == "qualified-rule":
            rules.append(Rule(_split(node.prelude, ","), _split(node.content, ";")))
            continue
        heads = (f"@{node.at_keyword}{_text(node.prelude)}".strip(),)
        if node.content is None:
            rules.append(Rule(heads, None))
        elif node.at_keyword in _NESTED:
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            rules.append(Rule(heads, _rules(inner)))
        elif node.at_keyword == "keyframes":
            rules.append(Rule(heads, (_text(node.content).strip(),)))
        else:
            rules.append(Rule(heads, _split(node.content, ";")))
    return rules


def _split(tokens: Iterable[Any], mark: str) -> tuple[str, ...]:
    """The pieces between marks; a mark in brackets or in a string is in a token of its own."""
    pieces: list[list[Any]] = [[]]
    for token in tokens:
        if token == mark:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return tuple(text for piece in pieces if (text := _text(piece).strip()))


def _text(tokens: Iterable[Any]) -> str:
    return str(tinycss2.serialize(one for one in tokens if one.type != "comment"))


def _without_selectors(rules: list[Rule], unused: Callable[[str], bool]) -> list[Rule]:
    kept = []
    for rule in rules:
        if isinstance(rule.body, list):
            inner = _without_selectors(rule.body, unused)
            if inner:
                kept.append(Rule(rule.heads, inner))
        elif rule.is_at:
            kept.append(rule)
        else:
            selectors = tuple(head for head in rule.heads if not unused(head))
            if selectors:
                kept.append(Rule(selectors, rule.body))
    return kept


def _without_unread(rules: list[Rule], read: set[str], named: set[str]) -> list[Rule]:
    kept = []
    for rule in rules:
        keyframes = re.match(r"@keyframes\s+(\S+)", rule.heads[0])
        if isinstance(rule.body, list):
            inner = _without_unread(rule.body, read, named)
            if inner:
                kept.append(Rule(rule.heads, inner))
        elif keyframes:
            if keyframes[1] in named:
                kept.append(rule)
        elif rule.body is None:
            kept.append(rule)
        else:
            lines = tuple(line for line in rule.body if not _unread(line, read))
            if lines:
                kept.append(Rule(rule.heads, lines))
    return kept


def _unread(declaration: str, read: set[str]) -> bool:
    name = declaration.split(":", 1)[0].strip()
    return name.startswith("--") and name not in read


def _written(rules: list[Rule]) -> str:
    text = []
    for rule in rules:
        head = ",".join(rule.heads)
        if rule.body is None:
            text.append(f"{head};")
        else:
            body = _written(rule.body) if isinstance(rule.body, list) else ";".join(rule.body)
            text.append(f"{head}{{{body}}}")
    return "".join(text)
