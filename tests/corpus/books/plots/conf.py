extensions = ["matplotlib.sphinxext.plot_directive", "matplotlib.sphinxext.mathmpl"]
extensions.pop()  # its formulas are images
project = "Curves by Program"
html_title = "Curves by Program"
html_theme = "alabaster"
numfig = True
numfig_format = {"figure": "Figure %s"}
exclude_patterns = ["_build"]
plot_include_source = True
plot_html_show_formats = False
plot_html_show_source_link = False
plot_formats = [("png", 40)]
