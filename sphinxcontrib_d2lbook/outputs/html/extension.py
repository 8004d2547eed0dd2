"""How the website meets Sphinx."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config

from ...common.files import write_if_changed
from ...common.part_colours import style_sheet
from ...execution.extension import work_folder
from ...upstream.sphinx.html import is_cut_short
from ...upstream.theme import connect_behind_sidebar, escape_title, has_sidebar
from . import (
    code_highlighting,
    downloads,
    launch_buttons,
    mathematics,
    obsolete_files,
    redirects,
    search_index,
    template_cache,
)

STATIC = Path(__file__).parent / "static"
TEX = re.compile(r"<annotation [^<>]*>[^<>]*</annotation>")
"""The source of a formula, which is in its MathML to be copied."""
COLOURS = "d2lbook-parts.css"
"""The style sheet of the parts, made from the one definition of their colours."""


def add_static(app: Sphinx, config: Config) -> None:
    """Serve our style sheets, script and font with the site."""
    config.html_static_path = [str(STATIC), *config.html_static_path]
    if "bibtex_reference_style" in config and config.bibtex_reference_style.startswith("author_year"):
        app.add_css_file("author-year.css")


def add_colours(app: Sphinx, config: Config) -> None:
    """Write the style sheet of the parts and serve it with the site. Handler of `config-inited`."""
    folder = work_folder(app) / "static"
    write_if_changed(folder / COLOURS, style_sheet())
    config.html_static_path = [str(folder), *config.html_static_path]


def share_sidebars(app: Sphinx) -> None:
    """Let the pages of a folder share what is the same in their sidebars. Handler of `builder-inited`."""
    if has_sidebar() and isinstance(app.builder, StandaloneHTMLBuilder):
        from . import sidebar  # with it comes the parser of HTML, which only such a theme needs

        connect_behind_sidebar(app, sidebar.Sidebars(app.builder).replace)


def escape_titles(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Keep what looks like markup in a title from breaking the page, and formulas in it from being told twice.

    The title of a window or tab is what is left of the title's HTML without its tags. Handler of `html-page-context`.
    """
    escape_title(context)
    if isinstance(context.get("title"), str):
        context["title"] = TEX.sub("", context["title"])


def forget_half_written(app: Sphinx) -> None:
    """Remove a `.buildinfo` that a full disk cut short, with which Sphinx would fail. Handler of `builder-inited`."""
    file = Path(app.outdir, ".buildinfo")
    if file.is_file() and is_cut_short(file):
        file.unlink()


def setup(app: Sphinx) -> None:
    mathematics.setup(app)
    code_highlighting.setup(app)
    redirects.setup(app)
    app.connect("config-inited", add_static)
    app.add_css_file(COLOURS)
    # Behind Sphinx's check (800), which drops folders inside the output folder: there the doctrees are for `-b html`.
    app.connect("config-inited", add_colours, priority=810)
    search_index.setup(app)
    template_cache.setup(app)
    # After all that may still connect the theme's handlers.
    app.connect("builder-inited", share_sidebars, priority=900)
    app.add_css_file("d2lbook.css")
    app.connect("builder-inited", forget_half_written)
    # After what is offered for download is known (500).
    app.connect("builder-inited", launch_buttons.replace_handler, priority=900)
    # After the theme (500) has put the title in, as after the theme (501 and 502) has made its buttons.
    app.connect("html-page-context", escape_titles, priority=600)
    app.connect("html-page-context", downloads.add_buttons, priority=600)
    app.connect("html-collect-pages", obsolete_files.forget_words)
    app.connect("build-finished", obsolete_files.remove)
