extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Stews"
html_theme = "alabaster"
exclude_patterns = ["_build", "snippets"]
myst_enable_extensions = ["colon_fence"]
