"""Numbers: one table that every output prints from.

Sphinx's `env.toc_secnumbers` and `env.toc_fignumbers` are that table. The collector here fills them by the book's
rules (chapters run on across parts, appendices have letters, front and back matter have none); `table` reads them.
"""
