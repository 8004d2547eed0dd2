extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Margins"
html_theme = "alabaster"
exclude_patterns = ["_build"]
