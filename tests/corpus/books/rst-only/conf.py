project = "Salt Roads"
author = "The Carters"
html_theme = "alabaster"
exclude_patterns = ["_build"]
