"""Register the website's settings and event handlers with Sphinx."""

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
    citations,
    code_highlighting,
    downloads,
    interactive,
    launch_buttons,
    long_outputs,
    margin_notes,
    mathematics,
    news,
    obsolete_files,
    page_metadata,
    previews,
    redirects,
    search_index,
    search_page,
    site_files,
    social_cards,
    template_cache,
)
from .bundles import extension as bundling

STATIC = Path(__file__).parent / "static"
TEX = re.compile(r"<annotation [^<>]*>[^<>]*</annotation>")
"""Matches the TeX source of a formula, which its MathML contains so that it can be copied."""
COLOURS = "d2lbook-parts.css"
"""Style sheet of the parts, generated from their colours."""


def add_static(app: Sphinx, config: Config) -> None:
    """Serve our style sheets, script and font with the site. Handle `config-inited`."""
    config.html_static_path = [str(STATIC), *config.html_static_path]
    if "bibtex_reference_style" in config and config.bibtex_reference_style.startswith("author_year"):
        app.add_css_file("author-year.css")


def add_colours(app: Sphinx, config: Config) -> None:
    """Write the style sheet of the parts and serve it with the site. Handle `config-inited`."""
    folder = work_folder(app) / "static"
    write_if_changed(folder / COLOURS, style_sheet())
    config.html_static_path = [str(folder), *config.html_static_path]


def share_sidebars(app: Sphinx) -> None:
    """Let the pages of a folder share the equal parts of their sidebars. Handle `builder-inited`."""
    if has_sidebar() and isinstance(app.builder, StandaloneHTMLBuilder):
        from . import sidebar  # This imports an HTML parser, which only such a theme needs.

        connect_behind_sidebar(app, sidebar.Sidebars(app.builder).replace)


def escape_titles(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Escape what looks like markup in a title, and drop the TeX copies of its formulas. Handle `html-page-context`.

    The title of a window or tab is the title's HTML without its tags, so markup would break the page and each formula
    would come twice.
    """
    escape_title(context)
    if isinstance(context.get("title"), str):
        context["title"] = TEX.sub("", context["title"])


def forget_half_written(app: Sphinx) -> None:
    """Remove a `.buildinfo` that a full disk cut short, with which Sphinx would fail. Handle `builder-inited`."""
    file = Path(app.outdir, ".buildinfo")
    if file.is_file() and is_cut_short(file):
        file.unlink()


def setup(app: Sphinx) -> None:
    mathematics.setup(app)
    code_highlighting.setup(app)
    redirects.setup(app)
    news.setup(app)
    app.connect("config-inited", add_static)
    app.add_css_file(COLOURS)
    # Run after Sphinx's check (800), which drops folders inside the output folder, where `-b html` has its
    # doctrees.
    app.connect("config-inited", add_colours, priority=810)
    citations.setup(app)
    long_outputs.setup(app)
    margin_notes.setup(app)
    interactive.setup(app)
    previews.setup(app)
    page_metadata.setup(app)
    site_files.setup(app)
    social_cards.setup(app)
    bundling.setup(app)
    search_index.setup(app)
    search_page.setup(app)
    template_cache.setup(app)
    # Run last, after everything that may still connect the theme's handlers.
    app.connect("builder-inited", share_sidebars, priority=900)
    app.add_css_file("d2lbook.css")
    app.connect("builder-inited", forget_half_written)
    # Run after the downloads are known (500).
    app.connect("builder-inited", launch_buttons.replace_handler, priority=900)
    # Run after the theme, which sets the title (500) and adds its buttons (501 and 502).
    app.connect("html-page-context", escape_titles, priority=600)
    app.connect("html-page-context", downloads.add_buttons, priority=600)
    app.connect("html-collect-pages", obsolete_files.remove_obsolete_words)
    app.connect("build-finished", obsolete_files.remove_obsolete_files)
