"""Build the whole book: read once, write every output in a process of its own, assemble the results, and report.

`builder` is the `book` builder and `output_process` writes one output. `stamps` knows which pages an output still owes
and whether its inputs changed, and `damaged_files` finds files that were changed since they were written. `assemble`
puts downloads into the site, `gate` checks what was written, and `report` writes report.json. Nothing here knows which
outputs there are: see `..base`.
"""
