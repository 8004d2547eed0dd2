"""Cells of notebooks: code, what it printed, what it showed."""

from __future__ import annotations

from docutils import nodes

from ....elements.saved_as import saved_as
from ....log import Warn
from ...paper.htmltables import LOST, text_of
from .base import BaseTranslator


class CellVisitors(BaseTranslator):
    def cell_part(self, node: nodes.container) -> None:
        """What folds on the screen (hide-input and its like) is open on paper: paper cannot be clicked."""
        part = node["nb_element"]
        if part == "cell_code_source":
            self.emit("".join(self._source(child) for child in node.children))
        elif part == "cell_code":
            self.emit_block("cell", self.content(node.children))
        else:
            self.emit(self.rendered(node.children))

    def _source(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.literal_block):
            after = node.parent.next_node(descend=False, siblings=True)
            return self.code(node, kind="input", followed=isinstance(after, saved_as))
        return self.rendered([node])

    def visit_saved_as(self, node: nodes.Element) -> None:
        self.wrap_block("saved-as", node)

    def visit_HideCodeCellNode(self, node: nodes.Element) -> None:  # noqa: N802
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def lost_html(self, node: nodes.raw) -> None:
        """An output that is only HTML, and no table: its text is what paper can show."""
        self.warn(Warn.NODE, LOST, node=node)
        text = text_of(node.astext())
        if text:
            self.emit(self.code(nodes.literal_block(text, text, language="none"), kind="output"))
