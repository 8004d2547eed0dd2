"""The one build: read once, write every output in a process of its own, bring the results together, report.

builder.py is the `book` builder; output_process.py writes one output; stamps.py knows what an output still owes and
whether its inputs changed; damaged_files.py finds files that were changed since they were written; assemble.py puts
downloads into the site; gate.py checks what was written; report.py says what happened. Nothing here knows which outputs
there are: see ../base.py.
"""
