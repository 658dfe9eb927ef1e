"""What the code of a page claims of its symbols: each value with the inputs that it was made from.

A name is followed from the statement that binds it anew through all that change it: `J = 0`, then
`J += …` in a loop, then `J = J / n` make one value, that of the end. An input is the value of another
symbol as it stood when it was read, wherever it went on the way: `h = w @ x; z = h + b` makes z from
w, x and b. What the code took from elsewhere (a model, data that are no symbol's) is remembered, too:
then nothing can be said of symbols that it did not read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from nn3doc.equations.code.recording import Event, is_list

MOST_OF_A_LINE = 5  # values that are compared: the first ones and the last ones


@dataclass(frozen=True)
class Claimed:
    """A value that the code gives a symbol.

    Attributes:
        name: The symbol's Python name.
        value: The value.
        line: The line that bound it last.
        first_line: The line that bound it anew, before it was changed.
        piece: In which piece of the code.
        inputs: The values of the symbols that it was made from.
        around: What else had a value then.
        complete: Whether it was made from nothing else.
        literal: Digits behind the point, where it is only written down.
        rounds: Digits behind the point that it was rounded to.
        before: For an update: the value that stood before.
        reads: The names that its lines read.
        lasting: Whether it was neither changed nor bound anew further below.
        clear: Whether each of its inputs had one value all the while.
        constant: Whether it was made from a number, too, that is no symbol's.
        in_loop: Whether it reads what a `for` has bound.
    """

    name: str
    value: object
    line: int
    first_line: int
    piece: int
    inputs: Mapping[str, object]
    around: Mapping[str, object]
    complete: bool
    literal: int | None = None
    rounds: int | None = None
    before: object = None
    reads: frozenset[str] = frozenset()
    lasting: bool = True
    clear: bool = True
    constant: bool = False
    in_loop: bool = False


@dataclass(frozen=True)
class _Made:
    """What a statement makes a value from.

    Attributes:
        inputs: The values of symbols.
        other: Whether it takes data that are no symbol's.
        constant: Whether it takes a number that is no symbol's.
    """

    inputs: Mapping[str, object]
    other: bool
    constant: bool


@dataclass
class _Chain:
    """A value from the statement that binds it anew on."""

    piece: int
    first_line: int
    line: int = 0
    value: object = None
    inputs: dict[str, object] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)  # inputs that changed meanwhile
    other: bool = False
    constant: bool = False
    around: Mapping[str, object] = field(default_factory=dict)
    literal: int | None = None
    rounds: int | None = None
    reads: frozenset[str] = frozenset()
    loops: frozenset[str] = frozenset()  # names that a `for` has bound
    told: bool = False
    loop: bool = False

    def add(self, made: _Made) -> None:
        for name, value in made.inputs.items():
            if name in self.inputs and self.inputs[name] is not value:
                self.unclear.add(name)
            self.inputs[name] = value
        self.other |= made.other
        self.constant |= made.constant

    def copy(self, piece: int) -> _Chain:
        """The same value, to be changed in a piece."""
        inputs, unclear = dict(self.inputs), set(self.unclear)
        return replace(self, inputs=inputs, unclear=unclear, told=False, piece=piece, literal=None)

    def claimed(self, name: str) -> Claimed:
        around = {
            other: value
            for other, value in self.around.items()
            if other != name and other not in self.loops
        }
        return Claimed(
            name,
            self.value,
            self.line,
            self.first_line,
            self.piece,
            dict(self.inputs),
            around,
            not self.other,
            self.literal,
            self.rounds,
            reads=self.reads,
            clear=not self.unclear,
            constant=self.constant,
            in_loop=not self.loops.isdisjoint(self.reads),
        )


def claims_of(
    events: Iterable[Event], stands_for: Callable[[str, object], bool], sizes: Collection[str] = ()
) -> list[Claimed]:
    """The values that the code gives symbols, in its order; of a line in a loop only some.

    Args:
        events: What its statements bound and changed.
        stands_for: Whether a name with a value is a symbol of the page.
        sizes: The Python names of sizes: one that a `for` binds is an index of that name.
    """
    chains: dict[str, _Chain] = {}
    found: list[Claimed] = []
    piece = -1
    for event in events:
        if event.piece != piece:
            _close(chains, found)
            piece = event.piece
        if event.kind == "end":
            for name in event.names:
                if name in chains:
                    _hold_unseen(chains[name], event.after, name)
            continue
        counted = {name for name in sizes if name not in chains or not chains[name].loop}
        symbols = {
            name
            for name in event.reads
            if name in counted or stands_for(name, event.before.get(name))
        }
        made = {name: _made_from(event, name, chains, symbols) for name in event.names}
        loops = frozenset(name for name, chain in chains.items() if chain.loop)
        for name in event.names:
            before = chains.get(name)
            extends = name in event.extends and before is not None
            numbers = event.after.get(name) is not None
            if extends and event.kind == "statement":
                _hold_unseen(chains[name], event.before, name)
            if name in event.extends and name in event.before and numbers:
                found.append(_changed(event, name, made[name], loops))
            if before is not None and not (extends and numbers):
                _claim(before, name, found)
            if extends:
                chain = chains[name].copy(event.piece)
            else:
                chain = _Chain(event.piece, event.line, loop=event.kind == "loop")
                chain.literal = event.literal
                chain.other = name in event.extends  # made from a value of unknown origin
            chain.add(made[name])
            chain.line, chain.value = event.line, event.after.get(name)
            chain.around, chain.rounds = event.before, event.rounds
            chain.reads |= event.reads
            chain.loops |= loops
            chains[name] = chain
    _close(chains, found)
    return _some(_lasting(found))


def _changed(event: Event, name: str, made: _Made, loops: Collection[str]) -> Claimed:
    """What one statement makes of a value, for the updates of a page."""
    around = {n: v for n, v in event.before.items() if n != name and n not in loops}
    return Claimed(
        name,
        event.after[name],
        event.line,
        event.line,
        event.piece,
        made.inputs,
        around,
        not made.other,
        before=event.before[name],
        reads=event.reads,
        constant=made.constant,
    )


def _claim(chain: _Chain, name: str, found: list[Claimed]) -> None:
    """Claims a value, once, as far as it is one."""
    if not chain.told and not chain.loop and chain.value is not None:
        found.append(chain.claimed(name))
    chain.told = True


def _close(chains: Mapping[str, _Chain], found: list[Claimed]) -> None:
    """At the end of a piece each value that it made is claimed."""
    for name, chain in chains.items():
        _claim(chain, name, found)


def _hold_unseen(chain: _Chain, values: Mapping[str, object], name: str) -> None:
    """Passes of a loop that nobody looked at: the inputs must be what they were."""
    value = values.get(name)
    if value is chain.value:
        return
    chain.value = value
    for other, before in chain.inputs.items():
        if values.get(other) is not before:
            chain.unclear.add(other)


def _made_from(
    event: Event, name: str, chains: Mapping[str, _Chain], symbols: Collection[str]
) -> _Made:
    """The inputs of a statement, and whether it reads what is not known."""
    inputs: dict[str, object] = {}
    other, constant = "" in event.strange, event.stands_in
    for read in event.reads:
        if read == name:
            continue
        value = event.before.get(read)
        chain = chains.get(read)
        if read in symbols:
            if value is not None:
                inputs[read] = value
            else:
                other |= read in event.strange or read in event.holders
            continue
        other |= read in event.strange
        if chain is None or not (chain.inputs or chain.other):
            other |= read in event.holders or (value is not None and _is_data(value))
            constant |= value is not None and (chain is None or not chain.loop)
            continue
        for own, given in chain.inputs.items():
            if own != name or event.before.get(name) is not None:
                inputs.setdefault(own, given)
        other |= chain.other or bool(chain.unclear)
        constant |= chain.constant
    inputs.pop(name, None)
    return _Made(inputs, other, constant)


def _is_data(value: object) -> bool:
    """Whether something is more than one number."""
    if is_list(value):
        return bool(value)
    shape = getattr(value, "shape", ())
    return any(size != 1 for size in shape)


def _lasting(found: list[Claimed]) -> list[Claimed]:
    """Which values stay: what follows is neither a change of it nor another value."""
    last = {one.name: index for index, one in enumerate(found)}
    return [
        one if last[one.name] == index else replace(one, lasting=False)
        for index, one in enumerate(found)
    ]


def _some(found: list[Claimed]) -> list[Claimed]:
    """Of a line that is run often the first values and the last ones."""
    groups: dict[tuple[int, str, bool], list[int]] = {}
    for index, one in enumerate(found):
        groups.setdefault((one.line, one.name, one.before is None), []).append(index)
    kept: set[int] = set()
    for group in groups.values():
        kept.update(group[: MOST_OF_A_LINE - 2], group[-2:])
    return [one for index, one in enumerate(found) if index in kept]


__all__ = ["Claimed", "claims_of"]
