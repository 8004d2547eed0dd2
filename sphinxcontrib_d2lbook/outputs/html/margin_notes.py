"""Load a script that keeps sphinx-book-theme from failing on pages with notes in the margin and without contents."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

SCRIPT = "margin-notes.js"
IN_MARGIN = re.compile(r"""class="[^"]*\b(?:margin|margin-caption|marginnote|sidenote|sidebar|full-width|popout)\b""")
"""Matches an element beside which the theme hides the contents."""


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Load the script on pages that have anything in their margin. Handle `html-page-context`."""
    if app.config.html_theme == "sphinx_book_theme" and IN_MARGIN.search(str(context.get("body", ""))):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_script)
