"""A log of dated posts with archives, as ablog makes of a project."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["log_of_corpus"]
project = "A Sailor's Log"
html_title = "A Sailor's Log"
html_theme = "alabaster"
exclude_patterns = ["_build"]
templates_path = ["_templates"]
