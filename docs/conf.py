"""The manual's Sphinx configuration. `make docs` builds it; the plugin itself sets it."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "The d2lbook Manual"
author = "The d2lbook developers"
copyright = "2026, the d2lbook developers"
release = version = installed_version("sphinxcontrib-d2lbook")
language = "en"

extensions = ["sphinxcontrib_d2lbook", "manual"]

d2lbook_name = "d2lbook-manual"
d2lbook_outputs = ["html", "pdf", "notebooks"]
d2lbook_require_labels = True

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["manual.css"]
html_baseurl = "https://d2lbook.github.io/manual/"
html_theme_options = {
    "repository_url": "https://github.com/d2lbook/sphinxcontrib-d2lbook",
    "repository_branch": "main",
    "path_to_docs": "docs",
    "use_edit_page_button": True,
    "use_issues_button": True,
    "use_download_button": True,
}
