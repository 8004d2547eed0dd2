import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["myst_nb"]
project = "Bells"
html_theme = "alabaster"
numfig = True
exclude_patterns = ["_build"]
nb_execution_mode = "off"
nb_custom_formats = {".ring": ["bells_of_corpus.read", {"title": "Read by conf.py"}]}
nb_merge_streams = True
nb_number_source_lines = True
nb_output_stderr = "remove"
nb_remove_code_source = False
nb_code_prompt_show = "Look at the {type}"
nb_code_prompt_hide = "Put the {type} away"
nb_render_text_lexer = "none"
nb_render_markdown_format = "gfm"
nb_render_image_options = {"width": "30px", "alt": "a picture of a bell"}
nb_cell_metadata_key = "bells"
nb_scroll_outputs = False
