extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Plates"
html_theme = "alabaster"
numfig = True
numfig_secnum_depth = 0
numfig_format = {"figure": "Plate %s", "table": "Roster no. %s", "code-block": "Program %s", "section": "Part %s"}
exclude_patterns = ["_build"]
