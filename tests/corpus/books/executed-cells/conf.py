extensions = ["myst_nb"]
nb_execution_mode = "auto"
nb_execution_timeout = 60
project = "Sums"
html_theme = "alabaster"
exclude_patterns = ["_build"]
