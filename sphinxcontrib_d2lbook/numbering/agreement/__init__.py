"""The agreement check: numbers are read back out of what was written, and compared with the table.

`entries` says what the table gives; read_html.py, read_pdf.py, read_notebooks.py and read_docstrings.py each read one
output and know nothing of how it was written; `readback` has the files of any output read, by a reader of its own, and
`compare` finds where they differ. What runs the check is in outputs/book.
"""
