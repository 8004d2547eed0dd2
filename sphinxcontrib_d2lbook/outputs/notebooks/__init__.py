"""A reader's notebook a page: the resolved doctree as CommonMark, code cells with their outputs, and what runs them.

`translator` turns nodes into blocks, `assembly` turns blocks into a notebook, `builder` writes them.
"""
