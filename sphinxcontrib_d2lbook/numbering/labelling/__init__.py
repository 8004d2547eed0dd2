"""Make lasting labels for sections that have none.

`myst_headings` finds the sections of a source and puts labels above them; `json_strings` inserts text into the JSON of
a notebook; `page_labels` labels a page of either kind; `label_names` makes the labels; `required` lets a build insist
on them. Only sections at the top level of a page count: those inside a directive are left to its author.
"""
