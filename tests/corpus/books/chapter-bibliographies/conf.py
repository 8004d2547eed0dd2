extensions = ["myst_nb", "sphinxcontrib.bibtex"]
nb_execution_mode = "off"
project = "Sources"
html_theme = "alabaster"
bibtex_bibfiles = ["a.bib", "b.bib"]
exclude_patterns = ["_build"]
