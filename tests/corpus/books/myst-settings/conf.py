extensions = ["myst_nb", "sphinx.ext.autosectionlabel"]
nb_execution_mode = "off"
project = "Locks"
html_theme = "alabaster"
numfig = True
html_permalinks_icon = "§"
html_secnumber_suffix = " "
html_split_index = True
exclude_patterns = ["_build"]
suppress_warnings = ["autosectionlabel.*"]
myst_enable_extensions = [
    "amsmath",
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
    "fieldlist",
    "html_admonition",
    "html_image",
    "replacements",
    "smartquotes",
    "strikethrough",
    "tasklist",
]
myst_heading_anchors = 4
myst_heading_slug_func = "docutils.nodes.make_id"
myst_footnote_transition = False
myst_dmath_double_inline = True
myst_dmath_allow_labels = True
myst_links_external_new_tab = True
myst_number_code_blocks = ["python"]
myst_url_schemes = {
    "http": None,
    "https": None,
    "wiki": {"url": "https://wiki.example/{{path}}#{{fragment}}", "title": "Wiki: {{path}}", "classes": ["wiki"]},
}
myst_words_per_minute = 100
smartquotes_action = "qe"
