"""Give out all numbers of the book once, in one table from which every output prints.

Sphinx's `env.toc_secnumbers` and `env.toc_fignumbers` are that table. `collector` fills them by the book's rules:
chapters run on across parts, appendices have letters, front and back matter have no numbers. `table` reads them.
"""
