"""The map of the book: drawn by the template, where the layout has put things."""

from __future__ import annotations

from docutils import nodes

from ....elements.book_map import of_node
from ....elements.map_layout import DOT, LINE, NUMBER, TEXT_SIZE, TITLE, lay_out_for_paper
from ...paper.keys import key
from .. import markup
from .base import BaseTranslator

MEASURES = {"dot": DOT, "number": NUMBER, "title": TITLE, "line": LINE, "size": TEXT_SIZE}


class BookMapVisitors(BaseTranslator):
    def visit_book_map(self, node: nodes.Element) -> None:
        shown, _alt = of_node(self.builder.env, self.scope.docname, node)
        layout = lay_out_for_paper(shown)
        heads: list[markup.Value] = [
            {"y": head.y, "part": head.part, "lines": self._lines(head.lines, node)} for head in layout.heads
        ]
        rows: list[markup.Value] = [
            {
                "y": row.y,
                "part": row.part,
                "number": row.chapter.number,
                "lines": self._lines(row.lines, node),
                "target": self._target(row.chapter.docname),
            }
            for row in layout.rows
        ]
        arcs: list[markup.Value] = [
            {"start": arc.start, "end": arc.end, "bend": arc.bend, "part": arc.part} for arc in layout.arcs
        ]
        self.emit_block("book-map", heads, rows, arcs, width=layout.width, height=layout.height, measures=MEASURES)
        raise nodes.SkipNode

    def _lines(self, lines: tuple[str, ...], node: nodes.Node) -> list[markup.Value]:
        return [markup.content(self.text(line, node)) for line in lines]

    def _target(self, docname: str) -> markup.Code | None:
        return markup.expression("label", key(docname)) if docname in self.facts.anchors else None
