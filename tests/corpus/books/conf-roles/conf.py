import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["kitchen_of_corpus"]
project = "Recipes"
html_title = "Recipes"
html_theme = "alabaster"
exclude_patterns = ["_build"]
