import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.apidoc", "sphinx.ext.linkcode"]
project = "Sundial"
html_title = "Sundial"
html_theme = "alabaster"
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
autosummary_generate = True
apidoc_modules = [{"path": "src/sundial_of_corpus", "destination": "modules", "automodule_options": {"members"}}]


def linkcode_resolve(domain, info):
    return f"https://example.org/{info['module']}#{info['fullname']}"
