extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "ספר קטן"
html_theme = "alabaster"
language = "he_IL"
exclude_patterns = ["_build"]
