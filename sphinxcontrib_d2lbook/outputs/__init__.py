"""Outputs of a book: one folder for each, and `book/`, which writes them together.

`base` defines what an output is, for ours and for those of other distributions; `registry` finds all that are
installed.
"""
