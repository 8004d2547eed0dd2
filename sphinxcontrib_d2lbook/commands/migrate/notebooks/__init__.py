"""Convert a Sphinx project with nbsphinx or MyST-NB to one with this extension.

`known_settings` says what becomes of each value of conf.py, `conf_file` reads and changes that file without running it,
`notebook_cells` converts notebooks, `rst_pages` converts pages of reStructuredText, and `sphinx_project` plans the
whole. https://nbsphinx.readthedocs.io describes what nbsphinx reads.
"""
