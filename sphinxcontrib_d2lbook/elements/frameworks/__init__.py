"""Show what only some frameworks have, and cells whose outputs differ between frameworks.

`directive.py` makes `{framework}` blocks, `cells.py` the cells of a page in several frameworks, and `grouping.py` puts
what stands side by side into one place with tabs. `values.py` pastes values into text as each framework has them.
`html.py` writes the tabs; other outputs choose one framework (`choice.py`), so that they need no visitors.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from . import choice, directive, grouping, html, values


def setup(app: Sphinx) -> None:
    directive.setup(app)
    grouping.setup(app)
    choice.setup(app)
    values.setup(app)
    html.setup(app)
