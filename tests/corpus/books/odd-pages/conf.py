extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Oddments"
html_theme = "alabaster"
exclude_patterns = ["_build"]
root_doc = "contents"
source_suffix = {".rst": "restructuredtext", ".txt": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}
