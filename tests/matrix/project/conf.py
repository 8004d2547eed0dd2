"""A small book that uses every directive that a book gets with the one extension line."""

project = "A Book of Every Directive"
author = "A. Author"
copyright = "2026, A. Author"
extensions = ["sphinxcontrib_d2lbook"]
html_baseurl = "https://book.example/"
exclude_patterns = ["**/shared.txt"]
d2lbook_package = "pocket"
d2lbook_frameworks = {"lists": {}, "signs": {}}
d2lbook_forum = {"url": "https://forum.example/{label}"}
myst_enable_extensions = [
    "amsmath",
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
    "fieldlist",
    "substitution",
    "tasklist",
]
myst_substitutions = {"edition": "first edition"}
