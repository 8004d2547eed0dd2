extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "ספר קטן"
html_theme = "alabaster"
language = "he"
exclude_patterns = ["_build"]
