"""What is said of one statement, and words for it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import torch
from torch import Tensor

from nn3doc.equations.meaning import Key
from nn3doc.equations.model import Definition, Role, Statement
from nn3doc.equations.notation import Domain, Family
from nn3doc.equations.report import Finding, FindingKind, Verdict, Witness
from nn3doc.equations.tex import Name, Node


@dataclass
class Outcome:
    """What is said of one statement.

    Attributes:
        statement: The statement.
        verdict: How it stands.
        findings: What is wrong with it.
        instances: How many numbers were compared.
        difference: The largest relative difference of what holds.
        shapes: The shapes of its sides.
        witnesses: What confirmed it.
        used: Definitions that a claim of it rests on.
        defines: Definitions that are this statement's.
        states: Symbols that stand on a left side of it, for witnesses in code.
        updates: Symbols that it gives a new value.
        gives: Whether it gives numbers that nothing has confirmed so far.
    """

    statement: Statement
    verdict: Verdict = "reads"
    findings: list[Finding] = field(default_factory=list)
    instances: int = 0
    difference: float = 0.0
    shapes: tuple[str, ...] = ()
    witnesses: list[Witness] = field(default_factory=list)
    used: set[Definition] = field(default_factory=set)
    defines: set[Definition] = field(default_factory=set)
    states: set[Key] = field(default_factory=set)
    updates: set[Key] = field(default_factory=set)
    gives: bool = False

    def is_now(self, verdict: Verdict, *, unless: Verdict | None = None) -> None:
        """How the statement stands, if it does not stand in another way already."""
        if self.verdict != unless:
            self.verdict = verdict

    def has_shapes(self, *shapes: str) -> None:
        """The shapes of its sides."""
        self.shapes = shapes

    def compared(self, instances: int, difference: float = 0.0) -> None:
        """Some more numbers were compared."""
        self.instances += instances
        self.difference = max(self.difference, difference)

    def give(self) -> None:
        """It gives numbers, and claims nothing by that."""
        self.gives = True
        self.is_now("declares", unless="holds")

    def fail(self, finding: Finding) -> None:
        """Something is wrong with it."""
        self.verdict = "failed"
        self.findings.append(finding)

    def become(self, other: Outcome) -> None:
        """What is said when the statement is looked at in another way."""
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))


def role_played(outcome: Outcome) -> Role:
    """The part a statement plays, now that it has been checked."""
    role = outcome.statement.role
    if outcome.gives:
        return "example value"
    if role == "definition" and not outcome.defines and outcome.verdict == "holds":
        return "claim"  # of what its own right side is made of
    if role == "claim" and outcome.verdict in ("declares", "states"):
        return "declaration"
    return role


_KINDS: dict[str, FindingKind] = {
    "read": "read",
    "known": "known",
    "fits": "fits",
    "holds": "holds",
    "vacuous": "vacuous",
    "notation": "notation",
}


def finding_kind(question: str) -> FindingKind:
    """The kind of finding for the question that fails."""
    return _KINDS.get(question, "read")


def case_notes(layers: dict[str, int]) -> list[str]:
    """A note that names the layers of a case."""
    if not layers:
        return []
    return ["in the case " + ", ".join(f"{letter} = {value}" for letter, value in layers.items())]


def outside_value(family: Family, tensor: Tensor) -> float | None:
    """A value that is not in the set a symbol is declared in."""
    domain = family.domain
    flat = tensor.flatten()
    if domain.values:
        apart = torch.stack([(flat - value).abs() > 1e-9 for value in domain.values]).all(0)
        bad = flat[apart]
        return float(bad[0]) if bad.numel() and family.members is None else None
    for outside in (flat < domain.low, flat > domain.high):
        if bool(outside.any()):
            return float(flat[outside][0])
    return None


def end_reached(domain: Domain, tensor: Tensor) -> float | None:
    """An end of an interval that does not belong to it, where a value is just that."""
    flat = tensor.flatten()
    for end, belongs in ((domain.low, domain.has_low), (domain.high, domain.has_high)):
        if not belongs and not domain.values and bool((flat == end).any()):
            return end
    return None


def domain_text(family: Family, domain: Domain | None = None) -> str:
    """The set a symbol is declared in, as it is written."""
    domain = domain or family.domain
    if domain.is_real:
        return r"\mathbb{R}"
    if domain.values:
        return "{" + ", ".join(f"{value:g}" for value in domain.values) + "}"
    return f"[{domain.low:g}, {domain.high:g}]"


def letter_of(node: Node) -> str:
    """The letter of a plain symbol; "this" for anything else."""
    return node.letter if isinstance(node, Name) else "this"
