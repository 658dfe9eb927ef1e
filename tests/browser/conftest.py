"""The built site in a real browser: built once a session, served by each worker."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright

from nn3doc.site.formulas.site_formulas import pages_of, read_nav
from nn3doc.site.pages.pdf import CHROMIUM_FLAGS, MissingChromiumError, chromium

ROOT = Path(__file__).resolve().parents[2]


def page_names() -> list[str]:
    """The pages of the contents in mkdocs.yml, as files of the site."""
    names = pages_of(read_nav(ROOT / "mkdocs.yml"))
    return [Path(name).with_suffix(".html").as_posix() for name in names]


@pytest.fixture(scope="session")
def pages() -> list[str]:
    """The pages of the contents, in their order."""
    return page_names()


def build_site(target: Path, *, docs: Path | None = None, nav: list[str] | None = None) -> None:
    """Builds the site strictly, as `nox -s docs` does; or one of other pages in the same way."""
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(target)]
    if docs is None:
        command += ["--strict"]
    else:
        command += ["--config-file", str(config_of(docs, nav or []))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} fails:\n{done.stdout}{done.stderr}")


def config_of(docs: Path, nav: list[str]) -> Path:
    """A configuration like mkdocs.yml, but of other pages."""
    config = docs.parent / f"{docs.name}.yml"
    settings = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": str(docs),
        "nav": nav,
        "theme": {"custom_dir": str(ROOT / "docs" / "overrides")},
        "hooks": [str(ROOT / "nn3doc" / "site" / "hooks.py")],
    }
    config.write_text(json.dumps(settings), encoding="utf-8")  # all JSON is YAML
    return config


@pytest.fixture(scope="session")
def build() -> Callable[..., None]:
    """Builds the site into a folder: `build(target)`, `build(target, docs=…, nav=[…])`."""
    return build_site


@pytest.fixture(scope="session")
def once(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str, Callable[[Path], None]], Path]:
    """Makes a folder in the first worker that asks for it; the others wait and use the same."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent

    def make(name: str, write: Callable[[Path], None]) -> Path:
        folder, failure = base / name, base / f"{name}.failure"
        with FileLock(base / f"{name}.lock"):
            if failure.exists():  # told in full once, not by every test
                pytest.fail(failure.read_text().splitlines()[0] + " (see above)", pytrace=False)
            if not folder.exists():
                try:
                    write(folder)
                except RuntimeError as error:
                    failure.write_text(str(error))
                    pytest.fail(str(error), pytrace=False)
        return folder

    return make


@pytest.fixture(scope="session")
def site(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The built site; one that is there already, if the variable NN3DOC_SITE names it."""
    built = os.environ.get("NN3DOC_SITE")
    return Path(built).resolve() if built else once("site", build_site)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a log, and without the port that a site was built for."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        """Instant navigation trusts the addresses of sitemap.xml: they are given as served here."""
        if self.path != "/sitemap.xml":
            super().do_GET()
            return
        text = (Path(self.directory) / "sitemap.xml").read_text(encoding="utf-8")
        body = re.sub(
            r"(<loc>)https?://[^/]+/", rf"\1http://{self.headers['Host']}/", text
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves folders from free ports of this machine; gives their addresses."""
    servers: dict[Path, ThreadingHTTPServer] = {}

    def address(folder: Path) -> str:
        if folder not in servers:
            handler = partial(Quiet, directory=str(folder))
            servers[folder] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=servers[folder].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[folder].server_port}/"

    yield address
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium, the machine's own."""
    try:
        path = chromium()
    except MissingChromiumError as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@dataclass
class Tab:
    """An open page, and what came up since it was opened."""

    page: Page
    base: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, name: str, *, until: Any = "networkidle") -> None:
        """Opens a page of the site and waits until it is loaded, and nothing more on the way."""
        self.page.goto(self.base + name, wait_until="load")
        self.page.wait_for_load_state(until)

    def elsewhere(self) -> list[str]:
        """Requests that went to another place than the site."""
        own = (self.base, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def sideways(self) -> int:
        """By how many pixels the page is wider than its window."""
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return max(0, int(width))

    def axe(self) -> list[str]:
        """What axe-core finds fault with, a line each."""
        source = ROOT / "node_modules" / "axe-core" / "axe.min.js"
        if not source.exists():
            pytest.fail("axe-core is missing; run: npm ci", pytrace=False)
        # Through the debugger: the page's own security policy lets no such script in.
        session = self.page.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": source.read_text(encoding="utf-8")})
        found: list[dict[str, Any]] = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(result => result.violations)"
        )
        return [
            f"{violation['id']}: {node['html'][:120]} ({json.dumps(node['target'])})"
            for violation in found
            for node in violation["nodes"]
        ]


@pytest.fixture(scope="session")
def open_tab(
    browser: Browser, site: Path, serve: Callable[[Path], str]
) -> Iterator[Callable[..., Tab]]:
    """Opens tabs: `open_tab(scheme="dark", width=360, javascript=False, folder=…)`."""
    contexts = []

    def opened(
        *,
        scheme: Any = "light",
        width: int = 1280,
        javascript: bool = True,
        folder: Path | None = None,
        base: str | None = None,
    ) -> Tab:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",  # no waiting for things to slide
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        tab = Tab(context.new_page(), base or serve(folder or site))
        tab.page.on(
            "console",
            lambda message: (
                tab.problems.append(f"{message.type}: {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        tab.page.on("pageerror", lambda error: tab.problems.append(str(error)))
        tab.page.on("request", lambda request: tab.requests.append(request.url))
        return tab

    yield opened
    for context in contexts:
        context.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives tests that take a `name` every page, the list of evidence and the page of error 404."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", [*page_names(), "404.html", "evidence.html"], scope="module")
