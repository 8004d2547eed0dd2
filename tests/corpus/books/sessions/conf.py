extensions = ["IPython.sphinxext.ipython_console_highlighting", "IPython.sphinxext.ipython_directive"]
project = "Sessions"
html_title = "Sessions"
html_theme = "alabaster"
exclude_patterns = ["_build"]
ipython_warning_is_error = False
ipython_execlines = []
