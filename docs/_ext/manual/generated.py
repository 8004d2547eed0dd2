"""A directive whose content is MyST text that is made from a module of the plugin."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Generated(SphinxDirective):
    """Shows the lines of `text`; the page is read again when one of `modules` changes, or the file of the directive."""

    required_arguments = 1
    modules: ClassVar[tuple[ModuleType, ...]] = ()

    def run(self) -> list[nodes.Node]:
        for source in (*self.modules, type(self)):
            self.env.note_dependency(inspect.getfile(source))
        return self.parse_text_to_nodes("\n".join(self.text()) + "\n")

    def text(self) -> Iterator[str]:
        """Yield lines of MyST."""
        raise NotImplementedError
