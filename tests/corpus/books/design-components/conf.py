extensions = ["myst_nb", "sphinx_design"]
nb_execution_mode = "off"
project = "Boxes"
html_theme = "sphinx_book_theme"
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["_build"]
