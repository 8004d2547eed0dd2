"""Notes of `sphinx.ext.todo`, which a book shows where `todo_include_todos` says so, in every output alike."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.ext.todo import todo_node
from sphinx.transforms.post_transforms import SphinxPostTransform


class UnshownTodos(SphinxPostTransform):
    """Leaves out the notes that are not to be shown. For HTML, visitors of `sphinx.ext.todo` do so."""

    # Before images and outputs in such a note are looked at (2 and later), so that nothing is said of them.
    default_priority = 1
    formats = ("typst", "latex", "notebook")

    def run(self, **_options: object) -> None:
        if "todo_include_todos" not in self.config or self.config.todo_include_todos:
            return
        for node in list(self.document.findall(todo_node)):
            node.parent.remove(node)


def setup(app: Sphinx) -> None:
    app.add_post_transform(UnshownTodos)
