"""MkDocs calls these while it builds the site (`hooks:` in mkdocs.yml).

Only glue: each event hands its part of the work to a module that knows nothing of MkDocs.
"""

import gc
import hashlib
import os
import subprocess
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
from nbformat import NotebookNode

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

_serving = False
_server: LiveReloadServer | None = None
_watched: set[Path] = set()
_checker: PageChecker | None = None
_checked: CheckedPages | None = None
_answers: Answers | None = None


def on_startup(*, command: str, dirty: bool) -> None:
    """Dates the site by its commit, so that two builds of one commit are the same."""
    global _serving
    _serving = command == "serve"
    # A build makes many objects and throws few away: looking for those takes a tenth of its time.
    gc.set_threshold(100_000)
    os.environ.setdefault("SOURCE_DATE_EPOCH", _date_of_commit())


def _date_of_commit() -> str:
    """When the newest commit was made, in seconds since 1970; 0 where there is no git to ask."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "0"
    return done.stdout.strip() or "0"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Takes back the stylesheet of mkdocstrings; blocks.css has what is used of it."""
    root = Path(config.config_file_path).parent
    places = {"docs_dir": config.docs_dir, "cache": str(root / ".cache" / "nn3doc")}
    for extension in ("formulas.math_extension", "code.source_extension"):
        config.mdx_configs[f"nn3doc.site.{extension}"] = places
    config.extra_css = [sheet for sheet in config.extra_css if "_mkdocstrings" not in str(sheet)]
    if _serving:
        _page_checker(config).warm()  # before the author saves the first page
    return config


def on_serve(
    server: LiveReloadServer, *, config: MkDocsConfig, builder: object
) -> LiveReloadServer:
    """Watches what the pages take from elsewhere: what their code imports or reads, other pages."""
    global _server
    _server = server
    _watch(config)
    return server


def _watch(config: MkDocsConfig) -> None:
    """Has the site made anew when something changes that a page takes from outside the pages."""
    if _server is None or _checked is None:
        return
    for path in sorted(_checked.needs() - _watched):
        _watched.add(path)
        if not path.is_relative_to(Path(config.docs_dir).resolve()):
            _server.watch(str(path))


def on_shutdown() -> None:
    """Ends the process that checks pages."""
    if _checker is not None:
        _checker.close()


def _page_checker(config: MkDocsConfig) -> PageChecker:
    global _checker
    if _checker is None:
        cache = Path(config.config_file_path).parent / ".cache" / "nn3doc" / "check"
        _checker = PageChecker(cache)
    return _checker


def _mathematics(config: MkDocsConfig) -> Mathematics:
    options = config.mdx_configs["nn3doc.site.formulas.math_extension"]
    return shared_mathematics(Path(options["docs_dir"]).resolve(), Path(options["cache"]).resolve())


def _page_answers(config: MkDocsConfig) -> Answers:
    global _answers
    if _answers is None:
        _answers = Answers(_mathematics(config))
    return _answers


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


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Leaves out what no page asks for, adds the site's one script, typesets what is new.

    While the site is served, only the page that was saved is waited for here. Those that build on
    it are checked while the others are made, and come last.
    """
    global _checked
    _checked = CheckedPages(_pages(files), _page_checker(config))
    for name in _checked.edited() if _serving else _checked:
        _checked.said(name)  # the author is told at once
    late = set(_checked.pending())
    answers = _page_answers(config)
    answers.read(_checked)
    ready = [name for name in _checked if name not in late]
    try:
        more = [tex for name in ready for tex in answers.formulas(name)]
        _mathematics(config).prepare(more, None if not late else ready)
    except (MathematicsError, TypesetterError) as error:
        raise PluginError(str(error)) from error
    kept = [file for file in files if not is_superfluous(file.dest_uri)]
    if late:  # those with numbers of all pages wait for all
        counting = {name for name in _checked if wants_counts(_checked.text(name))}
        kept.sort(key=lambda file: (file.src_uri in counting, file.src_uri in late))
    content = script(_own_assets(config) / "javascripts")
    return Files([*kept, File.generated(config, SCRIPT, content=content)])


def _own_assets(config: MkDocsConfig) -> Path:
    """The lesson's own styles and scripts: beside its templates, whatever pages are built."""
    return Path(str(config.theme.custom_dir)).parent / "assets"


def on_pre_page(page: Page, *, config: MkDocsConfig, files: Files) -> Page:
    """Lets a notebook page be rendered as every other; mkdocs-jupyter has put its own way there."""
    vars(page).pop("render", None)
    return page


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Checks a page, or runs it if it is a notebook, which goes on as Markdown."""
    assert _checked is not None
    name, path = page.file.src_uri, Path(str(page.file.abs_src_path))
    markdown = add_findings(markdown, path, _checked.said(name))
    markdown = add_examples(markdown, path, _checked.said(name))
    if wants_counts(markdown):
        reports = [checked.report for checked in _checked.values()]
        markdown = add_counts(markdown, reports, Path(config.docs_dir))
    if name.endswith(".ipynb"):
        notebook = page.meta["notebook"] = _notebook(page, config)
        page.meta.update(notebook.metadata.get("nn3doc", {}))  # its front matter
        page.meta["download"] = page.file.name + ".ipynb"
        markdown = as_markdown(notebook)
    for key in ("title", "description"):  # the theme puts these into its HTML as they are
        if key in page.meta:
            page.meta[key] = escape(str(page.meta[key]))
    try:
        _mathematics(config).begin(name, markdown, _page_answers(config).formulas(name))
        check_sources(_mathematics(config), markdown)
    except (MathematicsError, TypesetterError) as error:
        raise PluginError(str(error)) from error
    return markdown


def _notebook(page: Page, config: MkDocsConfig) -> NotebookNode:
    cache = Path(config.config_file_path).parent / ".cache" / "nn3doc"
    try:
        return executed(Path(str(page.file.abs_src_path)), cache)
    except NotebookError as error:
        raise PluginError(str(error)) from error


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mends what the theme leaves undone in tables and code, and adds what formulas answer."""
    answers, name = _page_answers(config), page.file.src_uri
    page.meta["answers"] = answers.page(name, _built())
    # MkDocs looks for anchors before formulas are put in, and would warn of links to equations.
    page.present_anchor_ids = (page.present_anchor_ids or set()) | ids(html)
    return answers.content(dress(html), name)


@event_priority(-100)  # when mkdocstrings has found where its references lead
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    """Hands the whole lesson to overrides/print.html, and all evidence to evidence.html."""
    pages = [file.page for file in files.documentation_pages() if file.page is not None]
    contents = {page.file.dest_uri: page.content or "" for page in _in_order(pages)}
    env.globals["whole_lesson"] = one_page(contents)
    titles = {page.file.src_uri: str(page.title) for page in _in_order(pages)}
    env.globals["evidence"] = _page_answers(config).evidence(titles, _built())
    for page in pages:  # the search index reads the contents next
        page.meta["content"] = page.content
        page.content = searchable(page.content or "")
    return env


@event_priority(-100)  # when the search index has what it wants
def on_page_context(
    context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    """Gives a page its formulas back."""
    page.content = page.meta.pop("content", page.content)
    return context


def _in_order(pages: list[Page]) -> list[Page]:
    """The pages of the contents, in their order; not those that the contents leave out."""
    listed = [page for page in pages if page.previous_page or page.next_page]
    following = next((page for page in listed if page.previous_page is None), None)
    ordered = []
    while following is not None:
        ordered.append(following)
        following = following.next_page
    return ordered


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Puts the notebook that was run beside its page, to download."""
    if page.file.src_uri.endswith(".ipynb"):
        target = Path(page.file.abs_dest_path).with_suffix(".ipynb")
        _write(target, nbformat.writes(page.meta["notebook"]))
    return output


def on_post_build(*, config: MkDocsConfig) -> None:
    """Writes the stylesheet, and gives every page its policy and the names of its files."""
    _watch(config)
    site = Path(config.site_dir)
    (site / "assets" / "_mkdocstrings.css").unlink(missing_ok=True)
    styles = InlineStyles()
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    for path, text in pages.items():
        try:
            pages[path] = styles.moved(dress_page(text))
        except ValueError as error:
            raise PluginError(f"{path.relative_to(site)}: {error}") from error
    css = style(_own_assets(config) / "stylesheets")
    css += _mathematics(config).style() + styles.rules()
    (site / STYLE).parent.mkdir(parents=True, exist_ok=True)
    (site / STYLE).write_text(css, encoding="utf-8")
    renamed = [_with_digest(site, name) for name in (STYLE, SCRIPT)]
    scripts = set().union(*(inline_scripts(text) for text in pages.values()))
    for path, text in pages.items():
        for name, with_digest in renamed:
            text = text.replace(name, with_digest)
        text = text.replace(UNINDEXED, "")
        if not _serving:  # MkDocs' reload at each save is a script that changes each time
            text = add_policy(text, policy(scripts))
        _write(path, text)


def _with_digest(site: Path, name: str) -> tuple[str, str]:
    """Puts a digest into a file's name: no reader gets an old style with a new page."""
    path = site / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    target = path.with_name(f"{path.stem}.{digest}{path.suffix}")
    path.replace(target)
    return name, target.relative_to(site).as_posix()


def _write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
