"""Write a notebook for readers of each page: Markdown, code cells with their outputs, and what is needed to run them.

Visitors (`blocks`, `inline`, `tables`, `special`) turn nodes of the resolved doctree into blocks, `notebook_assembly`
turns blocks into a notebook, `builder` writes it.
"""
