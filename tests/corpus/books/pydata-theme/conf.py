extensions = ["myst_nb", "sphinx_design"]
nb_execution_mode = "off"
project = "Orchard"
version = "1.2"
html_theme = "pydata_sphinx_theme"
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher", "navbar-icon-links"],
    "icon_links": [{"name": "Code", "url": "https://example.org/orchard", "icon": "fa-brands fa-git-alt"}],
    "external_links": [{"name": "Cider", "url": "https://example.org/cider"}],
    "footer_start": ["copyright", "sphinx-version"],
    "secondary_sidebar_items": ["page-toc", "sourcelink"],
    "article_header_start": ["breadcrumbs"],
    "show_prev_next": True,
    "announcement": "Apples are in",
    "use_edit_page_button": False,
    "header_links_before_dropdown": 2,
    "back_to_top_button": False,
}
html_sidebars = {"trees/*": ["sidebar-nav-bs", "sourcelink"], "index": []}
html_show_sourcelink = True
exclude_patterns = ["_build"]
