extensions = ["myst_parser"]
project = "Kites"
html_theme = "alabaster"
html_title = "Kites"
myst_enable_extensions = ["dollarmath", "deflist"]
exclude_patterns = ["_build"]
