"""Cells of notebooks, containers of all kinds, raw content."""

from __future__ import annotations

import re

from docutils import nodes

from .. import tex
from .base import BaseTranslator

LINE_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)


class CellVisitors(BaseTranslator):
    def visit_container(self, node: nodes.Element) -> None:
        """What folds on the screen (hide-input and its like) is open on paper: paper cannot be clicked."""
        if node.get("design_component"):
            self.design_component(node)
        elif "d2lbook-qrcode" in node["classes"]:
            self.code_beside(node)
        else:
            self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def visit_compound(self, node: nodes.Element) -> None:
        self.through(node)

    visit_HideCodeCellNode = visit_compound  # noqa: N815
    visit_only = visit_compound
    visit_ifconfig = visit_compound

    def visit_saved_as(self, node: nodes.Element) -> None:
        self.emit("\n" + tex.command("booksaved", self.rendered(node.children)) + "\n\n")
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.Element) -> None:
        """Only what is meant for this output; what is meant for others, its author chose to leave out."""
        if {"latex", "pdf"} & set(node.get("format", "").split()):
            if isinstance(node.parent, nodes.TextElement):
                self.emit(node.astext())
            else:
                self.mark(self.location(node)[1] or 1)
                self.emit(f"{node.astext()}\n")
        elif {"output", "text_html"} <= set(node["classes"]):
            self.lost_html(node)
        raise nodes.SkipNode
