"""Reads the notation table of a page: a Markdown table with the columns Symbol and Shape.

    | Symbol | Entry | Python | Shape | Meaning |

Entry, Python and Meaning may be missing. A formula in Meaning may say for which values a symbol
exists (`$l = 0, \\dots, L$`), that two sizes are one (`$n_x = n_0$`), that a size has one number
(`$L = 2$`); any other statement there is one like those of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nn3doc.equations.notation.notation import (
    Notation,
    NotationBuilder,
    any_layers,
    pattern,
)
from nn3doc.equations.notation.sets import Membership, membership
from nn3doc.equations.notation.sizes import Size
from nn3doc.equations.notation.symbols import Domain, Family, NotationError, Part, filled
from nn3doc.equations.report import FindingKind, own_mistake
from nn3doc.equations.tex import (
    Name,
    Node,
    Number,
    Product,
    Relation,
    Scripted,
    Sequence,
    TexError,
    bare,
    parse,
    parse_symbol,
    same,
    walk,
)
from nn3doc.equations.text import Lines, Region, scan

_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_PARTS = {
    "symbol": re.compile(r"\$[^$]+\$"),
    "entry": re.compile(r"\$[^$]+\$"),
    "python": re.compile(r"`[^`]+`"),
}
_COLUMNS = {
    "symbol": "symbol",
    "entry": "entry",
    "entries": "entry",
    "python": "python",
    "code": "python",
    "shape": "shape",
    "meaning": "meaning",
    "description": "meaning",
    "name": "meaning",
}


@dataclass(frozen=True)
class Cell:
    """One cell of the table; `start` is its offset on the page."""

    text: str
    start: int


@dataclass(frozen=True)
class TableProblem:
    """A row that cannot be read.

    Attributes:
        message: What was found.
        start: Offset on the page of what is at fault.
        end: Offset behind it.
        cure: How to mend it.
        kind: `checker` where it is a mistake of the checker itself.
    """

    message: str
    start: int
    end: int
    cure: str
    kind: FindingKind = "notation"


@dataclass(frozen=True)
class Row:
    """One row, its cells by column."""

    cells: dict[str, Cell]


def tables(text: str) -> list[Row]:
    """The rows of all notation tables of a page, in their order."""
    lines = Lines(text)
    hidden = [r for r in scan(text) if r.kind in ("fence", "comment", "front")]
    rows: list[Row] = []
    count = text.count("\n") + 1
    number = 1
    while number < count:
        header = lines.line(number)
        if "|" in header and _RULE.match(lines.line(number + 1)) and "|" in lines.line(number + 1):
            names = [
                _COLUMNS.get(cell.text.strip(" *_").lower(), "")
                for cell in _cells(header, lines.start(number))
            ]
            number += 2
            wanted = {"symbol", "shape"} <= set(names) and not _inside(
                lines.start(number - 2), hidden
            )
            while number <= count and "|" in lines.line(number):
                if wanted:
                    cells = _cells(lines.line(number), lines.start(number))
                    row = Row({n: c for n, c in zip(names, cells, strict=False) if n})
                    rows.extend(_rows_of_symbols(row))
                number += 1
        else:
            number += 1
    return rows


def _rows_of_symbols(row: Row) -> list[Row]:
    """A row for each of several symbols in one cell: `$a$, $b$`; the rest they have in common."""
    parts = {
        name: list(pattern.finditer(row.cells[name].text))
        for name, pattern in _PARTS.items()
        if name in row.cells
    }
    count = len(parts.get("symbol", ()))
    if count < 2:
        return [row]
    rows = []
    for place in range(count):
        cells = dict(row.cells)
        for name, found in parts.items():
            if len(found) == count:  # one for each; any other number is of all of them
                whole = row.cells[name]
                cells[name] = Cell(found[place][0], whole.start + found[place].start())
        rows.append(Row(cells))
    return rows


def read_table(text: str, symbols: NotationBuilder) -> list[TableProblem]:
    """Adds the families of a page's notation tables to a notation.

    Args:
        text: The page.
        symbols: The notation, which is added to.

    Returns:
        What could not be read; the other rows are added all the same.
    """
    problems: list[TableProblem] = []
    rows = tables(text)
    for read in (_read_row, _facts):
        for row in rows:
            try:
                read(row, symbols)
            except _CellError as error:
                problems.append(error.problem)
            except Exception as error:
                problems.append(_own_problem(error, row))
    symbols.close_ends()
    return problems


def _own_problem(error: Exception, row: Row) -> TableProblem:
    """A mistake of the checker, which costs one row."""
    cell = next(iter(row.cells.values()))
    found = own_mistake(error, cell.start, cell.start + len(cell.text), "row")
    return TableProblem(found.message, found.start, found.end, "\n".join(found.notes), found.kind)


def undeclared_sizes(text: str, symbols: NotationBuilder) -> list[TableProblem]:
    """The sizes in a page's tables that nothing declares; they count as declared from here on.

    Args:
        text: The page.
        symbols: All that the page declares, in its tables and in its text.
    """
    problems: list[TableProblem] = []
    for row in tables(text):
        try:
            problems += _undeclared_in(row, symbols)
        except TexError:
            continue  # which is told when the table is read
        except Exception as error:
            problems.append(_own_problem(error, row))
    return problems


def _undeclared_in(row: Row, symbols: NotationBuilder) -> list[TableProblem]:
    problems: list[TableProblem] = []
    shape = row.cells.get("shape")
    reference = symbols.now.reference(parse_symbol(_tex(row.cells.get("symbol"))))
    if reference is None or shape is None:
        return []
    for size in reference.family.shape or ():
        layers = any_layers(symbols.now)
        try:
            symbols.now.size(size, layers)
        except NotationError as error:
            problem = _CellError(error.message, shape, error.start, error.end, error.cure)
            problems.append(problem.problem)
            try:
                symbols.declare_sizes(size, layers)
            except NotationError:  # no size at all: the symbol's shape is not known
                symbols.add(replace(reference.family, shape=None))
                break
    return problems


class _CellError(Exception):
    def __init__(self, message: str, cell: Cell, start: int, end: int, cure: str = "") -> None:
        super().__init__(message)
        offset = cell.start + _formula_start(cell.text)
        self.problem = TableProblem(message, offset + start, offset + end, cure)


def _formula_start(text: str) -> int:
    return text.find("$") + 1 if "$" in text else 0


def _inside(offset: int, regions: list[Region]) -> bool:
    return any(region.start <= offset < region.end for region in regions)


def _cells(line: str, offset: int) -> list[Cell]:
    cells: list[Cell] = []
    position = 0
    for piece in [*(m.start() for m in _CELL.finditer(line)), len(line)]:
        cells.append(Cell(line[position:piece], offset + position))
        position = piece + 1
    if cells and not cells[0].text.strip():
        cells = cells[1:]
    if cells and not cells[-1].text.strip() and line.rstrip().endswith("|"):
        cells = cells[:-1]
    return cells


def _tex(cell: Cell | None) -> str:
    if cell is None:
        return ""
    match = re.search(r"\$([^$]+)\$", cell.text)
    return match.group(1) if match else ""


def _read_row(row: Row, symbols: NotationBuilder) -> None:
    symbol, shape = row.cells.get("symbol"), row.cells.get("shape")
    if symbol is None or not symbol.text.strip():
        return
    tex = _tex(symbol)
    if not tex:
        raise _CellError(
            "the symbol of this row is not in dollar signs",
            symbol,
            0,
            len(symbol.text),
            "Write $…$ around it.",
        )
    try:
        node = parse_symbol(tex)
        family = _family(node, tex, row, shape, symbols)
    except TexError as error:
        raise _CellError(error.message, symbol, error.start, error.end, error.cure) from error
    except NotationError as error:
        raise _CellError(error.message, symbol, error.start, error.end, error.cure) from error
    if family is None:
        return
    symbols.add(family)
    entry_tex = _tex(row.cells.get("entry"))
    if entry_tex:
        cell = row.cells["entry"]
        try:
            symbols.add(_entry(parse_symbol(entry_tex), entry_tex, family, symbols.now))
        except (TexError, NotationError) as error:
            raise _CellError(error.message, cell, error.start, error.end, error.cure) from error


def _family(
    node: Node, tex: str, row: Row, shape: Cell | None, symbols: NotationBuilder
) -> Family | None:
    shape_tex = _tex(shape)
    python = row.cells["python"].text.strip().strip("`") if "python" in row.cells else ""
    meaning = row.cells["meaning"].text.strip() if "meaning" in row.cells else ""
    letter, parts = pattern(node, symbols.now, frozenset())
    known = Family(letter, parts, "value", (), tex, python=python, meaning=meaning)
    if not shape_tex or shape is None:
        words = shape.text.strip().lower() if shape else ""
        if words in ("", "scalar", "number", "a number"):
            return known
        if words in ("function", "a function"):
            return replace(known, kind="function")
        if words in ("set", "a set", "index set"):
            return replace(known, kind="set")
        raise _CellError(
            f"I cannot read {words!r} as a shape",
            shape or row.cells["symbol"],
            0,
            len(shape.text) if shape else 1,
            "Write $\\mathbb{R}^{n \\times m}$, $\\mathbb{R}^n$, $\\mathbb{R}$, $\\mathbb{N}$, a map "
            "or an index range.",
        )
    try:
        formula = parse(shape_tex)
        if re.search(r"\\(to|rightarrow)\b", shape_tex):
            return _function(known, formula.statements, shape)
        if len(formula.statements) != 1 or (said := membership(formula.statements[0])) is None:
            raise _CellError(
                "I cannot read this as a shape",
                shape,
                0,
                len(shape_tex),
                "Write $\\mathbb{R}^{n \\times m}$, $\\mathbb{R}^n$, $\\mathbb{R}$, $\\mathbb{N}$, "
                "a map $A \\to B$ or an index range $\\{1, \\dots, n\\}$.",
            )
    except TexError as error:
        raise _CellError(error.message, shape, error.start, error.end, error.cure) from error
    if said.kind == "index" and said.sequence and isinstance(node, Name) and not parts:
        symbols.set_index(letter, said.sequence)
        return replace(known, kind="index")
    return with_membership(known, said)


def with_membership(family: Family, said: Membership) -> Family:
    """A family with the shape and the domain that a set gives it."""
    if said.kind == "index" and said.sequence:
        return replace(
            family, kind="value", shape=(), domain=Domain(values=(1.0,)), members=said.sequence[1]
        )
    return replace(family, kind=said.kind, shape=said.shape, domain=said.domain, column=said.column)


def _function(known: Family, statements: tuple[Node, ...], shape: Cell) -> Family:
    """Function = set ("\\times" set)* "\\to" set."""
    if len(statements) != 2:
        raise _CellError("a map is written A \\to B", shape, 0, len(shape.text))
    source = bare(statements[0])
    factors = source.factors if isinstance(source, Product) else (source,)
    found = [membership(factor) for factor in factors]
    target = membership(statements[1])
    if target is None or any(one is None for one in found):
        raise _CellError(
            "I cannot read this map",
            shape,
            0,
            len(_tex(shape)),
            "Write $\\mathbb{R} \\to \\mathbb{R}$.",
        )
    return function_family(known, [one for one in found if one is not None], target)


def function_family(known: Family, source: list[Membership], target: Membership) -> Family:
    """A family that is a function between sets."""
    return replace(
        known,
        kind="function",
        source=tuple((one.domain, one.shape) for one in source),
        target=target.shape,
        domain=target.domain,
    )


def _entry(node: Node, tex: str, owner: Family, notation: Notation) -> Family:
    """The pattern of an entry; which of its further slots is the row, and which the column."""
    fixed = {part.fixed for part in owner.parts}
    letters = {
        item.letter
        for part in (node.sub if isinstance(node, Scripted) else ())
        for item in walk(part)
        if isinstance(item, Name) and item.letter not in fixed
    }
    letter, parts = pattern(node, notation, frozenset(letters | set(owner.slots)))
    further = [part for part in parts if part.slot and part.slot not in owner.slots]
    shape = owner.shape or ()
    row = col = ""
    if len(shape) != 2 or not 1 <= len(further) <= 2:
        raise NotationError(
            "the entry does not fit the shape",
            node,
            "A matrix has entries with two indices, a vector with one.",
        )
    one = [isinstance(size, Number) and size.text == "1" for size in shape]
    if len(further) == 1:
        if one == [True, False]:
            col = further[0].slot
        elif one[1]:
            row = further[0].slot
        else:
            raise NotationError("a matrix has two indices", node)
    else:
        row, col = _row_and_column(further, shape, node, notation)
    return Family(
        letter,
        parts,
        "value",
        (),
        tex,
        owner.domain,
        entry_of=owner.key,
        row=row,
        col=col,
        python=owner.python,
        meaning=owner.meaning,
    )


def _row_and_column(
    further: list[Part], shape: tuple[Node, ...], node: Node, notation: Notation
) -> tuple[str, str]:
    first, second = further
    if first.place == second.place:
        return first.slot, second.slot
    for one, other in ((first, second), (second, first)):
        if one.slot in notation.indices:
            high = notation.indices[one.slot][1]
            at = [same(high, size) for size in shape]
            if at == [True, False]:
                return one.slot, other.slot
            if at == [False, True]:
                return other.slot, one.slot
    mark = second if second.place != "sub" else first
    raise NotationError(
        "which of the indices is the row cannot be told",
        node,
        f"Give {mark.slot} a row of its own above this one, with its range: "
        f"$\\{{1, \\dots, m\\}}$.",
        "notation",
    )


def _facts(row: Row, symbols: NotationBuilder) -> None:
    """What the formulas in Meaning say of the row's own symbol: ranges, equal sizes, a number."""
    meaning, tex = row.cells.get("meaning"), _tex(row.cells.get("symbol"))
    if meaning is None or not tex:
        return
    for match in re.finditer(r"\$([^$]+)\$", meaning.text):
        try:
            formula = parse(match.group(1), symbols.now.lexicon)
            node = parse_symbol(tex)
        except TexError:
            continue  # the page's own check reports it
        reference = symbols.now.reference(node)
        for statement in formula.statements:
            if reference is not None and isinstance(statement, Relation):
                family = symbols.now.find(reference.family.key)
                if family is not None:
                    _fact(statement, family, node, symbols)


def _fact(statement: Relation, family: Family, node: Node, symbols: NotationBuilder) -> None:
    left, right = statement.sides[0], statement.sides[-1]
    if statement.operators != ("=",) and statement.operators != ("in",):
        return
    sequence = right if isinstance(right, Sequence) else None
    if statement.operators == ("in",) and (said := membership(right)) and said.sequence:
        sequence = Sequence(right.start, right.end, *said.sequence)
    if sequence is not None and isinstance(left, Name) and left.letter in family.slots:
        ranges = (*family.ranges, (left.letter, sequence.first, sequence.last))
        symbols.add(replace(family, ranges=ranges))
        return
    if family.kind == "size" and same(left, node) and not family.slots:
        try:
            size = symbols.now.size(right, {})
        except NotationError:
            return
        name, now = filled(family, ()), symbols.now
        if size.number is not None:
            symbols.now = replace(now, numbers={**now.numbers, name: size.number})
        elif size != Size.of(name):
            symbols.now = replace(now, same_sizes={**now.same_sizes, name: size})
