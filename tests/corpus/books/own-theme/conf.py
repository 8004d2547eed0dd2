project = "Paper Boats"
html_title = "Paper Boats"
html_theme = "folded"
html_theme_path = ["themes"]
html_theme_options = {"motto": "Fold and float"}
html_sidebars = {"**": ["tide.html", "localtoc.html"]}
templates_path = ["_templates"]
exclude_patterns = ["_build"]
