"""A reader's notebook a page: the resolved doctree as CommonMark, code cells with their outputs, and what runs them.

Visitors (`blocks`, `inline`, `tables`, `special`) turn nodes into blocks, `assembly` turns blocks into a notebook,
`builder` writes them.
"""
