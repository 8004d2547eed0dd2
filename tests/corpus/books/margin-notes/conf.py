extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Tides"
html_theme = "sphinx_book_theme"
numfig = True
html_theme_options = {"use_sidenotes": True}
exclude_patterns = ["_build"]
