"""What sphinx-book-theme does for every website, taken back where the site has another theme.

The theme is an extension, too: it comes with this one for its `{margin}` notes, whatever theme a project has. Then it
puts its script into each page, which only its own sites have, and drops the suffix of the copies of sources.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...upstream.sphinx.application import given_values
from ...upstream.theme import book_theme_folder

SCRIPT = "scripts/sphinx-book-theme.js"
SUFFIX = ".txt"
"""Sphinx's default of `html_sourcelink_suffix`."""


def _has_other(app: Sphinx) -> bool:
    """Return whether this build writes a website whose theme is neither sphinx-book-theme nor made on it."""
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return False
    return book_theme_folder() not in map(str, app.builder.theme.get_theme_dirs())


def keep_suffix(app: Sphinx) -> None:
    """Handler of `builder-inited`."""
    if _has_other(app) and "html_sourcelink_suffix" not in given_values(app.config):
        app.config.html_sourcelink_suffix = SUFFIX


def leave_out_script(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Handler of `html-page-context`."""
    if _has_other(app):
        scripts = context.get("script_files", [])
        context["script_files"] = [one for one in scripts if not str(getattr(one, "filename", one)).endswith(SCRIPT)]


def setup_extension(app: Sphinx) -> None:
    # Behind the theme (500).
    app.connect("builder-inited", keep_suffix, priority=600)
    app.connect("html-page-context", leave_out_script, priority=600)
