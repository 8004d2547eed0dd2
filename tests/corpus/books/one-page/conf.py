extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "A Sheet"
html_theme = "alabaster"
