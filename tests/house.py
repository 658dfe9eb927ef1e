"""Measures the house: how the code of `nn3doc` hangs together, in a table.

    python -m tests.house           # prints the table
    python -m tests.house MEASURE   # prints what one measure counts, each with its place

A *room* is a folder of modules; a module that lies beside such folders is a room of its own. An
*arrow* goes from a room to one that it imports from. A room's *floor* is the number of rooms on the
longest way of arrows down from it. A *circle* is a set of modules each of which imports, through
others, itself. `test_house.py` holds the limits.
"""

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "nn3doc"
ENGINE = HOUSE / "equations"
COMPLEX = 15


@cache
def trees() -> dict[str, ast.Module]:
    """The modules by their dotted names, packages by the name of the package."""
    return {
        _name(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(HOUSE.rglob("*.py"))
    }


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def path_of(module: str) -> Path:
    """The file of a module."""
    folder = ROOT.joinpath(*module.split("."))
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def is_package(module: str) -> bool:
    """Whether a module is the `__init__` of a package."""
    return path_of(module).name == "__init__.py"


def engine() -> dict[str, ast.Module]:
    """The modules of the engine."""
    return {name: tree for name, tree in trees().items() if within(name, "nn3doc.equations")}


def within(module: str, package: str) -> bool:
    """Whether a module is a package or lies in it."""
    return module == package or module.startswith(package + ".")


# --- who imports whom ---------------------------------------------------------------------------


def import_statements(
    module: str, tree: ast.AST, package: bool = False
) -> Iterator[tuple[str, str, ast.AST]]:
    """What a module imports, wherever in it: from where, which name ("" for all), the statement.

    Args:
        module: Its dotted name, which `from . import` starts from.
        tree: The module.
        package: Whether it is the `__init__` of a package.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")
            parents = parents[: len(parents) - node.level + package] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from ((base, alias.name, node) for alias in node.names)


def imports_of(
    module: str, tree: ast.AST, known: Collection[str], package: bool = False
) -> Iterator[tuple[str, ast.AST]]:
    """The modules among some known ones that a module imports, each with the statement."""
    for base, name, node in import_statements(module, tree, package):
        # `from nn3doc import network` may name a module or a thing in one
        target = f"{base}.{name}" if f"{base}.{name}" in known else base
        if target in known:
            yield target, node


@cache
def graph() -> dict[str, set[str]]:
    """Which modules each one imports."""
    known = trees()
    return {
        name: {target for target, _ in imports_of(name, tree, known, is_package(name))} - {name}
        for name, tree in known.items()
    }


def room(module: str) -> str:
    """The room that a module lies in."""
    parts = module.split(".")
    for package in ("nn3doc.equations", "nn3doc"):
        if module == package:
            return module
        if within(module, package):
            return ".".join(parts[: package.count(".") + 2])
    return module


@cache
def arrows() -> frozenset[tuple[str, str]]:
    """The arrows between rooms."""
    return frozenset(
        (room(name), room(target))
        for name, targets in graph().items()
        for target in targets
        if room(name) != room(target)
    )


def floors() -> dict[str, int]:
    """The floor of each room."""
    below = defaultdict(set)
    for above, under in arrows():
        below[above].add(under)
    found: dict[str, int] = {}

    def floor(one: str, seen: frozenset[str]) -> int:
        if one not in found:
            under = [floor(other, seen | {one}) for other in below[one] - seen - {one}]
            found[one] = 1 + max(under, default=0)
        return found[one]

    for name in trees():
        floor(room(name), frozenset())
    return found


def circles() -> list[list[str]]:
    """Sets of modules that import each other; a package's `__init__` only gathers its modules."""
    links = graph()
    inits = {name for name in links if is_package(name)}
    reach: dict[str, set[str]] = {}
    for start in links.keys() - inits:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for target in links[todo.pop()] - inits:
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        reach[start] = seen
    found = {
        frozenset(other for other in seen if name in reach[other])
        for name, seen in reach.items()
        if name in seen
    }
    return sorted(sorted(one) for one in found)


def past_the_door() -> list[str]:
    """Imports from within a package by somebody outside of it, rather than from its `__init__`."""
    known = trees()
    packages = {name for name in known if is_package(name) and room(name) == name} - {
        "nn3doc",
        "nn3doc.equations",
        "nn3doc.commands",
    }
    return [
        f"{_place(name, node)} imports {target}"
        for name, tree in known.items()
        for target, node in imports_of(name, tree, known, is_package(name))
        if room(target) in packages and target != room(target) and room(name) != room(target)
    ]


# --- what stands in the files -------------------------------------------------------------------


def _place(module: str, node: ast.AST) -> str:
    return f"{path_of(module).relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def inherited_across_files() -> list[str]:
    """Classes whose base stands in another file of this repository; Protocols, exceptions aside."""
    homes: dict[str, list[tuple[str, ast.ClassDef]]] = defaultdict(list)
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append((name, node))

    def is_exempt(node: ast.ClassDef) -> bool:
        bases = [ast.unparse(base) for base in node.bases]
        return any(
            base == "Protocol" or base.endswith(("Error", "Exception", "Warning")) for base in bases
        )

    return [
        f"{_place(name, node)} {node.name}({base.id})"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and base.id in homes
        if name not in [home for home, _ in homes[base.id]]
        if not any(is_exempt(parent) for _, parent in homes[base.id])
    ]


def operation_names() -> set[str]:
    """The names of the operations, from the one table."""
    from nn3doc.equations.meaning.operations import OPERATIONS

    return set(OPERATIONS)


def lists_of_operations() -> list[str]:
    """Collections of three or more names of operations, outside of the one table."""
    names = operation_names()
    collections = (ast.Set, ast.Tuple, ast.List, ast.Dict)
    found = []
    for module, tree in engine().items():
        if module == "nn3doc.equations.meaning.operations":
            continue
        for node in ast.walk(tree):
            if isinstance(node, collections):
                items = node.keys if isinstance(node, ast.Dict) else node.elts
                texts = {item.value for item in items if isinstance(item, ast.Constant)}
                if len(texts & names) >= 3 and texts <= names:
                    found.append(_place(module, node))
    return found


@cache
def complex_functions() -> list[str]:
    """Functions of more than so many independent ways (McCabe), as ruff counts them."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "C901",
        "--exit-zero",
    ]
    option = f"lint.mccabe.max-complexity={COMPLEX}"
    command += ["--config", option, "--output-format", "json", str(HOUSE)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        f"{Path(one['filename']).relative_to(ROOT)}:{one['location']['row']} {one['message']}"
        for one in json.loads(run.stdout)
    ]


def foreign_writes() -> list[str]:
    """Assignments to attributes of another object than `self`, in the engine."""
    found = []
    for module, tree in engine().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                targets = [node.target]
            else:
                continue
            parts = [one for target in targets for one in _parts(target)]
            found += [
                f"{_place(module, node)} {ast.unparse(one)}"
                for one in parts
                if isinstance(one, ast.Attribute) and ast.unparse(one.value) not in ("self", "cls")
            ]
    return found


def _parts(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [part for one in target.elts for part in _parts(one)]
    return [target]


def id_keys() -> list[str]:
    """Uses of `id()`, in the engine."""
    return [
        _place(module, node)
        for module, tree in engine().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "id"
    ]


def _lines(pattern: str, folder: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(folder.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def not_formatted() -> list[str]:
    """Lines that the formatter is told to leave alone."""
    return _lines(r"# fmt: (?:skip|off)", HOUSE)


def lines() -> list[str]:
    """Lines of the engine."""
    return _lines("", ENGINE)


def comments() -> list[str]:
    """Lines of the engine that are, or end in, a comment."""
    return _lines(r"(?:^|\s)#[ :]\s*[a-zA-Z`]", ENGINE)


MEASURES: dict[str, Callable[[], list[str]]] = {
    "floors": lambda: [
        f"{floor:2} {one}" for one, floor in sorted(floors().items(), key=_by_floor)
    ],
    "arrows": lambda: [f"{above} -> {under}" for above, under in sorted(arrows())],
    "circles": lambda: [" ".join(one) for one in circles()],
    "past-the-door": past_the_door,
    "inherited-across-files": inherited_across_files,
    "lists-of-operations": lists_of_operations,
    "complex-functions": complex_functions,
    "foreign-writes": foreign_writes,
    "id-keys": id_keys,
    "not-formatted": not_formatted,
    "lines": lines,
    "comments": comments,
}


def _by_floor(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def figure(measure: str) -> int:
    """The number of a measure: the highest floor, or how many there are."""
    return max(floors().values()) if measure == "floors" else len(MEASURES[measure]())


def main(arguments: list[str]) -> int:
    """Prints the table, or what one measure counts."""
    if not arguments:
        rows = [f"{name:24} {figure(name):6}" for name in MEASURES]
        sys.stdout.write("\n".join(rows) + "\n")
    elif arguments[0] in MEASURES:
        sys.stdout.write("\n".join(MEASURES[arguments[0]]()) + "\n")
    else:
        sys.stderr.write(f"There is no measure {arguments[0]}; there are {', '.join(MEASURES)}.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
