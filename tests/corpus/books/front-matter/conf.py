extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Title Pages"
html_theme = "alabaster"
exclude_patterns = ["_build"]
myst_title_to_header = True
