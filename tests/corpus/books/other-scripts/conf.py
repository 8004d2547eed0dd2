extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Βιβλίο · Книга"
html_theme = "alabaster"
exclude_patterns = ["_build"]
numfig = True
