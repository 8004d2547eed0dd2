"""A project of Sphinx with nbsphinx or MyST-NB -> one with this plugin.

`settings` says what becomes of each value of conf.py, `conf` reads and changes that file without running it, `cells`
brings over notebooks, `restructured` pages of reStructuredText, and `project` puts all together. What nbsphinx takes is
told by https://nbsphinx.readthedocs.io.
"""
