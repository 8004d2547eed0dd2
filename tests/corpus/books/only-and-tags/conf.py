extensions = ["sphinx.ext.ifconfig"]
project = "Doors"
html_title = "Doors"
html_theme = "alabaster"
exclude_patterns = ["_build"]
tags.add("oak")  # noqa: F821
season = "winter"


def setup(app):
    app.add_config_value("season", "", "env")
