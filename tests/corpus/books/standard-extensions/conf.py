extensions = [
    "sphinx.ext.todo",
    "sphinx.ext.extlinks",
    "sphinx.ext.autosectionlabel",
    "sphinx.ext.coverage",
    "sphinx.ext.duration",
    "sphinx.ext.githubpages",
    "sphinx.ext.doctest",
    "sphinx.ext.graphviz",
    "sphinx.ext.inheritance_diagram",
    "sphinx.ext.mathjax",
]
extensions = [name for name in extensions if "graphviz" not in name and "inheritance" not in name]
project = "Errands"
html_title = "Errands"
html_theme = "alabaster"
exclude_patterns = ["_build"]
todo_include_todos = True
extlinks = {"issue": ("https://example.org/issue/%s", "issue %s")}
