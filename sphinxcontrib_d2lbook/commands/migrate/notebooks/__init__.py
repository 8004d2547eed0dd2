"""A project of Sphinx with nbsphinx or MyST-NB -> one with this plugin.

`known_settings` says what becomes of each value of conf.py, `conf_file` reads and changes that file without running it,
`notebook_cells` brings over notebooks, `rst_pages` pages of reStructuredText, and `sphinx_project` puts all together.
What nbsphinx takes is told by https://nbsphinx.readthedocs.io.
"""
