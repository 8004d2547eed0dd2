import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinx.ext.autosummary"]
project = "Kettle"
html_title = "Kettle"
html_theme = "alabaster"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
