extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Riddles"
html_theme = "sphinx_book_theme"
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["_build"]
