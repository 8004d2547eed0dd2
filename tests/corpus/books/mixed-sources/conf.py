extensions = ["myst_nb"]
project = "Two Hands"
html_theme = "alabaster"
numfig = True
nb_execution_mode = "off"
myst_enable_extensions = [
    "colon_fence",
    "deflist",
    "fieldlist",
    "tasklist",
    "strikethrough",
    "attrs_inline",
    "attrs_block",
]
exclude_patterns = ["_build"]
