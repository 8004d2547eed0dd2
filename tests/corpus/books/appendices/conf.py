extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Knots"
html_theme = "alabaster"
numfig = True
