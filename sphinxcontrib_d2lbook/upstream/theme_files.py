"""Know which files pydata-sphinx-theme and sphinx-book-theme load, and how their templates ask for them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from .sphinx.versions import SPHINX
from .theme import PYDATA

HEAD_SHEETS = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")
"""What the theme's macro `head_pre_assets` loads, in its order."""
BODY_SCRIPTS = ("_static/scripts/bootstrap.js", "_static/scripts/pydata-sphinx-theme.js")
"""What the theme's macro `body_post` loads, deferred, in its order."""
ICON_SCRIPT = "_static/scripts/fontawesome.js"
"""What the theme's macro `head_js_preload` loads, deferred: Font Awesome's icons."""
ICON_LIBRARY = "FontAwesome"
"""Name by which scripts of authors add icons of their own to that script."""
MACROS = {"head_pre_assets", "head_js_preload", "body_post"}
FEWER = "pages load the theme's style sheets and scripts one by one, with all icons"
CODED_ICONS = (
    "angle-down bitbucket chevron-down code download expand file file-pdf github gitlab lightbulb pencil-alt play "
    "rocket square-bitbucket square-github square-gitlab square-twitter xmark"
)
"""Icons that the themes' code, not their templates, puts into pages."""
SEARCH_SCRIPT = re.compile(r"""\s*<script src="(?:[^"]*/)?(?:searchtools|language_data|searchindex)\.js"></script>""")
"""Matches an element by which the theme loads a part of the search."""


def has_known_macros() -> bool:
    """Return whether the installed pydata-sphinx-theme has the macros that our templates replace, and no others.

    pydata-sphinx-theme 0.15 to 0.20 generate `static/webpack-macros.html` with these three. With others, pages load
    the same files as without us: only speed is lost.
    """
    try:
        root = metadata.distribution("pydata-sphinx-theme")
    except metadata.PackageNotFoundError:
        return False
    folder = Path(str(root.locate_file("pydata_sphinx_theme/theme/pydata_sphinx_theme")))
    file = folder / "static" / "webpack-macros.html"
    text = file.read_text("utf-8") if file.is_file() else ""
    if set(re.findall(r"\{% macro (\w+)\(", text)) != MACROS:
        PYDATA.do_without("the macros of static/webpack-macros.html", FEWER)
        return False
    return True


def report_unknown_sheets() -> None:
    """Log that the theme's style sheets are not those of pydata-sphinx-theme 0.15 to 0.20."""
    PYDATA.do_without(f"{' and '.join(HEAD_SHEETS)} that can be joined", FEWER)


def report_unknown_icons() -> None:
    """Log that Font Awesome's script is not written as in pydata-sphinx-theme 0.15 to 0.20."""
    PYDATA.do_without(f"icons of each style in {ICON_SCRIPT}", "pages load the script of all icons")


def write_code_colours(app: Sphinx) -> None:
    """Let the theme write now the style sheet of highlighted code, as it does again at the end of a build.

    It replaces Sphinx's, which knows only one of light and dark. pydata-sphinx-theme 0.15 to 0.20 do so in
    `pygments.overwrite_pygments_css`. Raise UpstreamChanged without it: code would be dark on dark.
    """
    module = sys.modules.get("pydata_sphinx_theme.pygments")
    PYDATA.method(module, "overwrite_pygments_css", "code is legible on light and on dark pages")
    getattr(module, "overwrite_pygments_css")(app, None)  # noqa: B009  (its module has no types)


def theme_folders(builder: StandaloneHTMLBuilder) -> list[Path]:
    """Return the folders of the builder's theme and of those on which it is based."""
    return [Path(folder) for folder in builder.theme.get_theme_dirs()]


def is_pydata(builder: StandaloneHTMLBuilder) -> bool:
    """Return whether a builder's theme is pydata-sphinx-theme or based on it."""
    return any(folder.name == "pydata_sphinx_theme" for folder in theme_folders(builder))


def sheets_of_all_pages(builder: StandaloneHTMLBuilder) -> Sequence[Any]:
    """Return the style sheets that each page loads. Sphinx 9.0 to 9.2 keep them in `_orig_css_files`.

    Raise UpstreamChanged without them.
    """
    return SPHINX.attribute(builder, "_orig_css_files", list, "style sheets are joined into one")


def scripts_of_all_pages(builder: StandaloneHTMLBuilder) -> Sequence[Any]:
    """Return the scripts that each page loads. Sphinx 9.0 to 9.2 keep them in `_orig_js_files`.

    Raise UpstreamChanged without them.
    """
    return SPHINX.attribute(builder, "_orig_js_files", list, "scripts are joined into one")


def without_search_scripts(head: str) -> str:
    """Return what the theme writes into a page's head without the scripts and the index of the search.

    pydata-sphinx-theme 0.16 to 0.20 load them on each page, so that results can be shown there while the reader types,
    which `search_as_you_type` switches on. What is not found stays: then only speed is lost.
    """
    return SEARCH_SCRIPT.sub("", head)
