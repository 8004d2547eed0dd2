extensions = ["myst_nb", "sphinx_proof"]
nb_execution_mode = "off"
project = "Small Proofs"
html_theme = "sphinx_book_theme"
myst_enable_extensions = ["dollarmath", "amsmath"]
exclude_patterns = ["_build"]
