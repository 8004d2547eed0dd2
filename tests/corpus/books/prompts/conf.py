extensions = ["myst_nb", "sphinx_copybutton"]
nb_execution_mode = "off"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
project = "Consoles"
html_theme = "alabaster"
exclude_patterns = ["_build"]
