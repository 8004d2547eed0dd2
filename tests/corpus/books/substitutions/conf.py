extensions = ["myst_nb"]
nb_execution_mode = "off"
project = "Names"
version = "2.4"
release = "2.4.1"
today = "the first of May"
html_theme = "alabaster"
exclude_patterns = ["_build"]
myst_enable_extensions = ["substitution", "replacements", "smartquotes"]
myst_substitutions = {"town": "*Fenwick*", "warning": "```{warning}\nMind the step.\n```", "years": [1402, 1511]}
rst_prolog = """
.. |lord| replace:: Lord **Ashby**
"""
rst_epilog = """
.. |end| replace:: so it ends
"""
