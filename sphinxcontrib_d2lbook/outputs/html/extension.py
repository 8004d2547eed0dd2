"""How the website meets Sphinx."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import sphinx
from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config

from sphinxcontrib_d2lbook.execution.extension import work_folder
from sphinxcontrib_d2lbook.files import digest
from sphinxcontrib_d2lbook.upstream.sphinx.html import is_cut_short, template_environment
from sphinxcontrib_d2lbook.upstream.theme import connect_behind_sidebar, has_sidebar

from . import assets, code, downloads, left, mathematics, parts, redirects, search, titles

STATIC = Path(__file__).parent / "static"


def add_static(app: Sphinx, config: Config) -> None:
    """Serve our style sheets, script and font with the site."""
    config.html_static_path = [str(STATIC), *config.html_static_path]
    if "bibtex_reference_style" in config and config.bibtex_reference_style.startswith("author_year"):
        app.add_css_file("author-year.css")


def keep_templates(app: Sphinx) -> None:
    """Keep the theme's templates as compiled code from one build to the next. Handler of `builder-inited`.

    Jinja looks at a template's source before it takes what is kept; what else the code depends on names the folder.
    Within one build it need not look at a file whenever a page or a template asks for it.
    """
    environment = template_environment(app.builder)
    if environment is not None:
        name = digest(sphinx.__version__, metadata.version("jinja2"), *sorted(environment.extensions))
        folder = work_folder(app) / "templates" / name[:16]
        folder.mkdir(parents=True, exist_ok=True)
        environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
        environment.auto_reload = False


def share_sidebars(app: Sphinx) -> None:
    """Let the pages of a folder share what is the same in their sidebars. Handler of `builder-inited`."""
    if has_sidebar() and isinstance(app.builder, StandaloneHTMLBuilder):
        from . import sidebar  # with it comes the parser of HTML, which only such a theme needs

        connect_behind_sidebar(app, sidebar.Sidebars(app.builder).replace)


def forget_half_written(app: Sphinx) -> None:
    """Remove a `.buildinfo` that a full disk cut short, with which Sphinx would fail. Handler of `builder-inited`."""
    file = Path(app.outdir, ".buildinfo")
    if file.is_file() and is_cut_short(file):
        file.unlink()


def setup_extension(app: Sphinx) -> None:
    mathematics.setup_extension(app)
    code.setup_extension(app)
    redirects.setup_extension(app)
    app.connect("config-inited", add_static)
    parts.setup_extension(app)
    titles.setup_extension(app)
    assets.setup_extension(app)
    search.setup_extension(app)
    # After all that may still connect the theme's handlers.
    app.connect("builder-inited", share_sidebars, priority=900)
    app.add_css_file("d2lbook.css")
    app.connect("builder-inited", forget_half_written)
    app.connect("builder-inited", keep_templates)
    # After the theme (501 and 502) has made its buttons.
    app.connect("html-page-context", downloads.add_buttons, priority=600)
    app.connect("html-collect-pages", left.forget_words)
    app.connect("build-finished", left.remove)
