extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "작은 책"
html_theme = "alabaster"
numfig = True
language = "ko"
exclude_patterns = ["_build"]
