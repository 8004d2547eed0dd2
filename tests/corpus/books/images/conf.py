extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Pictures"
html_theme = "alabaster"
numfig = True
myst_enable_extensions = ["html_image", "colon_fence"]
exclude_patterns = ["_build"]
