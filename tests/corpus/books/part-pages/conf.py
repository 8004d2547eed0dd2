extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Four Seasons"
html_theme = "alabaster"
numfig = True
