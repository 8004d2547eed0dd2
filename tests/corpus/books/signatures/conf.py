import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["sphinx.ext.autodoc", "shapes_of_corpus"]
project = "Gears"
html_title = "Gears"
html_theme = "alabaster"
numfig = True
numfig_format = {"figure": "Figure %s"}
exclude_patterns = ["_build"]
add_module_names = False
add_function_parentheses = False
python_maximum_signature_line_length = 20
maximum_signature_line_length = 30
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
show_authors = True
trim_footnote_reference_space = True
modindex_common_prefix = ["gear."]
option_emphasise_placeholders = True
default_role = "any"
highlight_options = {"python": {"stripall": False}}
html_codeblock_linenos_style = "table"
manpages_url = "https://man.example/{path}"
