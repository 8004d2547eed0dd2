"""Treat notes of `sphinx.ext.todo` alike in every output: they are shown only if `todo_include_todos` is set."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.ext.todo import todo_node
from sphinx.transforms.post_transforms import SphinxPostTransform


class UnshownTodos(SphinxPostTransform):
    """Remove the notes that are not to be shown. For HTML, the visitors of `sphinx.ext.todo` do so."""

    # Runs before images and outputs in such a note are examined (2 and later), which may warn of them.
    default_priority = 1
    formats = ("typst", "latex", "notebook")

    def run(self, **_options: object) -> None:
        if "todo_include_todos" not in self.config or self.config.todo_include_todos:
            return
        for node in list(self.document.findall(todo_node)):
            node.parent.remove(node)


def setup(app: Sphinx) -> None:
    app.add_post_transform(UnshownTodos)
