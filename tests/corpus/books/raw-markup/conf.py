extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Type Cases"
html_theme = "alabaster"
exclude_patterns = ["_build"]
myst_enable_extensions = ["html_admonition", "html_image"]
suppress_warnings = []
