project = "Mills"
html_title = "Mills"
html_theme = "alabaster"
numfig = True
exclude_patterns = ["_build", "shared"]
highlight_language = "python"
