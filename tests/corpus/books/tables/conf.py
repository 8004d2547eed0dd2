project = "Ledgers"
html_title = "Ledgers"
html_theme = "alabaster"
numfig = True
exclude_patterns = ["_build"]
