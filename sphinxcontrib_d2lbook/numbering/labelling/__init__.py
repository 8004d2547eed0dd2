"""Labels that last, for sections that have none.

myst_headings.py finds the sections of a source and puts labels above them; json_strings.py does the same in the JSON of
a notebook; label_names.py makes the labels; required.py lets a build insist on them. Only sections at the top level of
a page count: what stands inside a directive is its author's.
"""
