"""Say which figures and tables may float, and place them so that nothing around them holds them."""

from __future__ import annotations

from collections.abc import Mapping

from docutils import nodes
from sphinx import addnodes

from ....elements.output_tables import output_table
from ...paper.destination_names import key
from .. import markup
from .base import TypstTranslatorBase

FLOATING = (nodes.figure, nodes.table, output_table)
_PAGES = (nodes.document, nodes.section, addnodes.start_of_file)
_PARTS_OF_CELLS = ("cell_code", "cell_code_output")


LONG = 14
"""Number of rows above which a table may continue on the next page."""


def is_long(table: nodes.Element) -> bool:
    """Check whether a table may continue on the next page."""
    return sum(isinstance(part, nodes.row) for part in table.findall()) > LONG


class TypstFloatVisitors(TypstTranslatorBase):
    def placing(self, node: nodes.Element, kind: str, label: str) -> Mapping[str, markup.Value]:
        """Return the arguments of a figure or a table that say what it is called and whether it may float."""
        anchors = markup.content(self.anchors(node["ids"], named=True))
        if not label or not node["ids"]:
            return {"anchors": anchors}
        name = key(self.scope.docname, node["ids"][0])
        return {"anchors": anchors, "thing": name, "kind": kind, "movable": self.may_float(node)}

    def may_float(self, node: nodes.Node) -> bool:
        """Check whether a figure or a table may leave its place: a reference leads to it, and no box holds it.

        The output of a cell may leave the cell.
        """
        if not isinstance(node, FLOATING) or self.scope.aside or self.config.d2lbook_pdf_floats == "never":
            return False
        if is_long(node) or not any(isinstance(child, nodes.caption | nodes.title) for child in node.children):
            return False
        around = node.parent
        while isinstance(around, nodes.container) and around.get("nb_element") in _PARTS_OF_CELLS:
            around = around.parent
        names = (key(self.scope.docname, item) for part in node.findall(nodes.Element) for item in part["ids"])
        return isinstance(around, _PAGES) and any(name in self.facts.referenced for name in names)

    def cell_in_pieces(self, cell: nodes.container) -> str:
        """Return the markup of a cell. Outputs that may float stand between its pieces, as no box lets them go."""
        text, piece = "", ""
        for part in cell.children:
            if not isinstance(part, nodes.container) or not any(map(self.may_float, part.children)):
                piece += self.rendered([part])
                continue
            piece += self.anchors(part["ids"])
            for child in part.children:
                if self.may_float(child):
                    text += _piece_of_cell(piece) + self.rendered([child])
                    piece = ""
                else:
                    piece += self.rendered([child])
        return text + _piece_of_cell(piece)


def _piece_of_cell(text: str) -> str:
    return markup.block("cell", markup.content(text)) if text.strip() else text
