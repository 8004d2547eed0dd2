extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Wells"
html_theme = "alabaster"
exclude_patterns = ["_build"]
