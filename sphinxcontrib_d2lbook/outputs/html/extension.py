"""How the website meets Sphinx."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from . import code, downloads, mathematics, parts

STATIC = Path(__file__).parent / "static"


def add_static(app: Sphinx, config: Config) -> None:
    """Serve our style sheets, script and font with the site."""
    config.html_static_path = [str(STATIC), *config.html_static_path]
    if "bibtex_reference_style" in config and config.bibtex_reference_style.startswith("author_year"):
        app.add_css_file("author-year.css")


def setup_extension(app: Sphinx) -> None:
    mathematics.setup_extension(app)
    code.setup_extension(app)
    app.connect("config-inited", add_static)
    parts.setup_extension(app)
    app.add_css_file("d2lbook.css")
    # After the theme (501 and 502) has made its buttons.
    app.connect("html-page-context", downloads.add_buttons, priority=600)
