"""Check that outputs agree: read numbers back from finished files, and compare them with the table.

`expected_numbers` lists what the table says; `read_html`, `read_pdf`, `read_notebooks` and `read_docstrings` read one
output each and know nothing of how it was written; `readback` reads the files of any output through its own reader,
and `compare` finds differences. `outputs/book` runs the check.
"""
