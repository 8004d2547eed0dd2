extensions = ["myst_nb", "sphinx_exercise"]
nb_execution_mode = "off"
project = "Drills"
html_theme = "sphinx_book_theme"
myst_enable_extensions = ["dollarmath"]
exclude_patterns = ["_build"]
