"""The book's Sphinx configuration. `make book` builds it; see README.md."""

project = "Deep Learning by Working Example"
author = "The d2lbook authors"
copyright = "2026, the d2lbook authors; text and figures CC BY 4.0, code Apache License 2.0"
release = version = "0.1.0"
language = "en"

extensions = ["sphinxcontrib_d2lbook"]

d2lbook_name = "deep-learning-by-working-example"
d2lbook_package = "d2l"
d2lbook_default_module = "mxnet"
d2lbook_frameworks = {
    "mxnet": {"label": "MXNet"},
    "numpy": {"label": "NumPy", "module": "arrays"},
    "pytorch": {"label": "PyTorch"},  # its outputs are in book/outputs, so that a build does not need it
}
d2lbook_appendices = "numbers"  # the appendix is the chapter after the last
d2lbook_require_alt = True  # for readers who cannot see
d2lbook_require_labels = True  # readers cite sections, and numbers move
d2lbook_distribution = "d2lbook-mxnet"
d2lbook_pdf_page_faults = ["short", "orphan", "widow", "heading", "wide"]
d2lbook_requirements = {
    "ipython": "",  # matplotlib-inline imports it without requiring it
    "matplotlib": "",
    "matplotlib-inline": "",
    "mxnet": "==1.9.1",
    "numpy": ">=1.26,<3",  # wider than what is here: restore_numpy_names makes MXNet run on all of these
    "scikit-learn": "",
    "setuptools": ">=75",  # MXNet imports distutils, which Python 3.12 and later take from here
}

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["book/_static"]
html_css_files = ["book.css"]
html_baseurl = "https://d2lbook.github.io/mxnet/"
html_theme_options = {
    "repository_url": "https://github.com/d2lbook/sphinxcontrib-d2lbook",
    "repository_branch": "main",
    "path_to_docs": "book",
    "use_edit_page_button": True,
    "use_issues_button": True,
    "use_download_button": True,
}

d2lbook_forum = {"url": "https://github.com/d2lbook/sphinxcontrib-d2lbook/discussions"}
