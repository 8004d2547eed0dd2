project = "Tools"
html_title = "Tools"
html_theme = "alabaster"
exclude_patterns = ["_build"]
primary_domain = None
