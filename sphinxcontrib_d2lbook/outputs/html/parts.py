"""The colours of parts on pages: a style sheet made from their one definition."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from ...colours import style_sheet
from ...execution.extension import work_folder
from ...files import write_if_changed

FILE = "d2lbook-parts.css"


def add_colours(app: Sphinx, config: Config) -> None:
    """Handler of `config-inited`."""
    folder = work_folder(app) / "static"
    write_if_changed(folder / FILE, style_sheet())
    config.html_static_path = [str(folder), *config.html_static_path]


def setup_extension(app: Sphinx) -> None:
    app.add_css_file(FILE)
    app.connect("config-inited", add_colours)
