project = "Herbs"
html_title = "Herbs"
html_theme = "alabaster"
exclude_patterns = ["_build"]
