"""MkDocs calls these while it builds the site (`hooks:` in mkdocs.yml).

Only glue: each event hands its part of the work to a package that knows nothing of MkDocs. What
is to be known from one event to the next is in one object, `Build`.
"""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import nbformat
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from nn3doc.site.checks import (
    Answers,
    CheckedPages,
    PageChecker,
    add_counts,
    add_examples,
    add_findings,
    wants_counts,
)
from nn3doc.site.code import NotebookError, as_markdown, check_sources, executed
from nn3doc.site.formulas import (
    UNINDEXED,
    Mathematics,
    MathematicsError,
    TypesetterError,
    shared_mathematics,
)
from nn3doc.site.kept import write_whole
from nn3doc.site.pages import (
    SCRIPT,
    STYLE,
    InlineStyles,
    add_policy,
    dress,
    dress_page,
    ids,
    inline_scripts,
    is_superfluous,
    one_page,
    policy,
    script,
    searchable,
    style,
)


@dataclass(frozen=True)
class Tools:
    """What every build of one run uses: under serve, each save is another build."""

    checker: PageChecker
    mathematics: Mathematics
    answers: Answers

    @classmethod
    def of(cls, config: MkDocsConfig) -> Tools:
        """For the pages and the cache of a configuration."""
        cache = _cache(config).resolve()
        mathematics = shared_mathematics(Path(config.docs_dir).resolve(), cache)
        return cls(PageChecker(cache / "check"), mathematics, Answers(mathematics))


class Build:
    """One run of MkDocs, `mkdocs build` or `mkdocs serve`; its methods are MkDocs' events."""

    def __init__(self) -> None:
        self._serving = False
        self._server: LiveReloadServer | None = None
        self._watched: set[Path] = set()
        self._made: Tools | None = None
        self._checked: CheckedPages | None = None

    @property
    def _tools(self) -> Tools:
        assert self._made is not None  # `on_config` comes before whatever needs them
        return self._made

    @property
    def _pages(self) -> CheckedPages:
        assert self._checked is not None  # so does `on_files`
        return self._checked

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Dates the site by its commit, so that two builds of one commit are the same."""
        self._serving = command == "serve"
        # A build throws few of its objects away: looking for those takes a tenth of its time.
        gc.set_threshold(100_000)
        os.environ.setdefault("SOURCE_DATE_EPOCH", _date_of_commit())

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Takes back the stylesheet of mkdocstrings; blocks.css has what is used of it."""
        places = {"docs_dir": config.docs_dir, "cache": str(_cache(config))}
        for extension in ("formulas.math_extension", "code.source_extension"):
            config.mdx_configs[f"nn3doc.site.{extension}"] = places
        config.extra_css = [file for file in config.extra_css if "_mkdocstrings" not in str(file)]
        if self._made is None:
            self._made = Tools.of(config)
        self._made.mathematics.site.follow(config.nav)
        if self._serving:
            self._made.checker.warm()  # before the author saves the first page
        return config

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object
    ) -> LiveReloadServer:
        """Watches what pages take from elsewhere: what their code imports or reads, other pages."""
        self._server = server
        self._watch(config)
        return server

    def _watch(self, config: MkDocsConfig) -> None:
        """Has the site made anew when something changes that a page takes from outside the pages."""
        if self._server is None:
            return
        for path in sorted(self._pages.needs() - self._watched):
            self._watched.add(path)
            if not path.is_relative_to(Path(config.docs_dir).resolve()):
                self._server.watch(str(path))

    def on_shutdown(self) -> None:
        """Ends the process that checks pages."""
        if self._made is not None:
            self._made.checker.close()

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Leaves out what no page asks for, adds the site's one script, typesets what is new.

        While the site is served, only the page that was saved is waited for here. Those that build
        on it are checked while the others are made, and come last.
        """
        checked = self._checked = CheckedPages(_pages(files), self._tools.checker)
        for name in checked.edited() if self._serving else checked:
            checked.said(name)  # the author is told at once
        late = set(checked.pending())
        answers = self._tools.answers
        answers.read(checked)
        ready = [name for name in checked if name not in late]
        more = [tex for name in ready for tex in answers.formulas(name)]
        with _stops_the_build():
            self._tools.mathematics.prepare(more, None if not late else ready)
        kept = [file for file in files if not is_superfluous(file.dest_uri)]
        if late:  # those with numbers of all pages wait for all
            counting = {name for name in checked if wants_counts(checked.text(name))}
            kept.sort(key=lambda file: (file.src_uri in counting, file.src_uri in late))
        content = script(_own_assets(config) / "javascripts")
        return Files([*kept, File.generated(config, SCRIPT, content=content)])

    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        """Lets a notebook be rendered as any page; mkdocs-jupyter has put its own way there."""
        vars(page).pop("render", None)
        return page

    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Checks a page, or runs it if it is a notebook, which goes on as Markdown."""
        name, path = page.file.src_uri, Path(str(page.file.abs_src_path))
        said = self._pages.said(name)
        markdown = add_findings(markdown, path, said)
        markdown = add_examples(markdown, path, said)
        if wants_counts(markdown):
            reports = [checked.report for checked in self._pages.values()]
            markdown = add_counts(markdown, reports, Path(config.docs_dir))
        if name.endswith(".ipynb"):
            with _stops_the_build():
                notebook = page.meta["notebook"] = executed(path, _cache(config))
            page.meta.update(notebook.metadata.get("nn3doc", {}))  # its front matter
            page.meta["download"] = page.file.name + ".ipynb"
            markdown = as_markdown(notebook)
        for key in ("title", "description"):  # the theme puts these into its HTML as they are
            if key in page.meta:
                page.meta[key] = escape(str(page.meta[key]))
        with _stops_the_build():
            self._tools.mathematics.begin(name, markdown, self._tools.answers.formulas(name))
            check_sources(self._tools.mathematics, markdown)
        return markdown

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Mends what the theme leaves undone in tables and code, and adds what formulas answer."""
        answers, name = self._tools.answers, page.file.src_uri
        page.meta["answers"] = answers.page(name, _built())
        # MkDocs looks for anchors before formulas are put in, and would warn of links to equations.
        page.present_anchor_ids = (page.present_anchor_ids or set()) | ids(html)
        return answers.content(dress(html), name)

    @event_priority(-100)  # when mkdocstrings has found where its references lead
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Hands the whole lesson to overrides/print.html, and all evidence to evidence.html."""
        pages = [file.page for file in files.documentation_pages() if file.page is not None]
        contents = {page.file.dest_uri: page.content or "" for page in _in_order(pages)}
        env.globals["whole_lesson"] = one_page(contents)
        titles = {page.file.src_uri: str(page.title) for page in _in_order(pages)}
        env.globals["evidence"] = self._tools.answers.evidence(titles, _built())
        for page in pages:  # the search index reads the contents next
            page.meta["content"] = page.content
            page.content = searchable(page.content or "")
        return env

    @event_priority(-100)  # when the search index has what it wants
    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Gives a page its formulas back."""
        page.content = page.meta.pop("content", page.content)
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Puts the notebook that was run beside its page, to download."""
        if page.file.src_uri.endswith(".ipynb"):
            target = Path(page.file.abs_dest_path).with_suffix(".ipynb")
            write_whole(target, nbformat.writes(page.meta["notebook"]))
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Writes the stylesheet, and gives every page its policy and the names of its files."""
        self._watch(config)
        site = Path(config.site_dir)
        (site / "assets" / "_mkdocstrings.css").unlink(missing_ok=True)
        styles = InlineStyles()
        pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
        for path, text in pages.items():
            try:
                pages[path] = styles.moved(dress_page(text))
            except ValueError as error:
                raise PluginError(f"{path.relative_to(site)}: {error}") from error
        css = style(_own_assets(config) / "stylesheets", _cache(config))
        css += self._tools.mathematics.style() + styles.rules()
        write_whole(site / STYLE, css)
        renamed = [_with_digest(site, name) for name in (STYLE, SCRIPT)]
        scripts = set().union(*(inline_scripts(text) for text in pages.values()))
        for path, text in pages.items():
            for name, with_digest in renamed:
                text = text.replace(name, with_digest)
            text = text.replace(UNINDEXED, "")
            if not self._serving:  # MkDocs' reload at each save is a script that changes each time
                text = add_policy(text, policy(scripts))
            write_whole(path, text)


@contextmanager
def _stops_the_build() -> Iterator[None]:
    """MkDocs ends with the message of a `PluginError`, and with a traceback of any other."""
    try:
        yield
    except (MathematicsError, NotebookError, TypesetterError) as error:
        raise PluginError(str(error)) from error


def _cache(config: MkDocsConfig) -> Path:
    """The folder for what is kept from one build to the next."""
    return Path(config.config_file_path).parent / ".cache" / "nn3doc"


def _date_of_commit() -> str:
    """When the newest commit was made, in seconds since 1970; 0 where there is no git to ask."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "0"
    return done.stdout.strip() or "0"


def _pages(files: Files) -> dict[str, tuple[Path, str]]:
    """The files of all pages and their addresses, by their names."""
    return {
        file.src_uri: (Path(file.abs_src_path), file.dest_uri)
        for file in files
        if file.abs_src_path is not None and file.src_uri.endswith((".md", ".ipynb"))
    }


def _built() -> str:
    """The date of the build, as readers write it."""
    date = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    return f"{date.day} {date:%B %Y}"


def _own_assets(config: MkDocsConfig) -> Path:
    """The lesson's own styles and scripts: beside its templates, whatever pages are built."""
    return Path(str(config.theme.custom_dir)).parent / "assets"


def _in_order(pages: list[Page]) -> list[Page]:
    """The pages of the contents, in their order; not those that the contents leave out."""
    listed = [page for page in pages if page.previous_page or page.next_page]
    following = next((page for page in listed if page.previous_page is None), None)
    ordered = []
    while following is not None:
        ordered.append(following)
        following = following.next_page
    return ordered


def _with_digest(site: Path, name: str) -> tuple[str, str]:
    """Puts a digest into a file's name: no reader gets an old style with a new page."""
    path = site / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    target = path.with_name(f"{path.stem}.{digest}{path.suffix}")
    path.replace(target)
    return name, target.relative_to(site).as_posix()


_build = Build()

# MkDocs takes a module for its plugin, and calls what it finds by these names.
on_startup = _build.on_startup
on_config = _build.on_config
on_serve = _build.on_serve
on_shutdown = _build.on_shutdown
on_files = _build.on_files
on_pre_page = _build.on_pre_page
on_page_markdown = _build.on_page_markdown
on_page_content = _build.on_page_content
on_env = _build.on_env
on_page_context = _build.on_page_context
on_post_page = _build.on_post_page
on_post_build = _build.on_post_build
