project = "Star Lists"
html_title = "Star Lists"
html_theme = "alabaster"
exclude_patterns = ["_build", "stars/hidden*"]
