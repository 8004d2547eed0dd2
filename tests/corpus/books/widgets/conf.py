extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_ipywidgets_js = {}
project = "Dials"
html_theme = "alabaster"
exclude_patterns = ["_build"]
