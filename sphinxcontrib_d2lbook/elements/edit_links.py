"""Find the folder of the pages in its repository, to which sphinx-book-theme's button "edit this page" leads."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from .git_history import folder_in_repository

THEME = "sphinx_book_theme"
BUTTONS = ("use_edit_page_button", "use_source_button")
"""Options of the theme for buttons that lead to the source of a page."""


def add_folder(app: Sphinx, config: Config) -> None:
    """Set the theme's option `path_to_docs` if conf.py does not, and a button needs it. Handle `config-inited`.

    Without git the option stays as it is; then the theme takes the root of the repository.
    """
    options = config["html_theme_options"]
    if config["html_theme"] != THEME or "path_to_docs" in options or not options.get("repository_url"):
        return
    if any(options.get(button) for button in BUTTONS):
        folder = folder_in_repository(Path(app.srcdir))
        if folder:
            config["html_theme_options"] = {**options, "path_to_docs": folder}


def setup(app: Sphinx) -> None:
    app.connect("config-inited", add_folder)
