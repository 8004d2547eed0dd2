"""Components of sphinx-design, as paper can show them: tabs one after the other, cards boxed, dropdowns open."""

from __future__ import annotations

import re

from docutils import nodes

from .. import markup
from .base import BaseTranslator

_COLUMNS = re.compile(r"sd-row-cols-(?:xs|sm|md|lg)-(\d+)")
WIDE = (nodes.literal_block, nodes.table, nodes.math_block, nodes.figure)


class DesignVisitors(BaseTranslator):
    def design_component(self, node: nodes.container) -> None:
        name = node["design_component"]
        if name == "tab-item":
            self._titled("tab", node)
        elif name == "dropdown":
            self._titled("dropdown", node)
        elif name == "card":
            self._card(node)
        elif name == "card-title":
            self.emit_block("small-heading", self.content(node.children))
        elif name == "grid-row":
            self._row(node)
        else:
            self.emit(self.render(node.children))

    def _titled(self, name: str, node: nodes.container) -> None:
        """A box with the rubric that it begins with, if it does, as its title."""
        rubric = node[0] if node.children and isinstance(node[0], nodes.rubric) else None
        title = None
        if rubric is not None:
            title = markup.content(self.anchors(rubric["ids"]) + self.render(rubric.children))
        body = [child for child in node.children if child is not rubric]
        self.emit_block(name, self.content(body), title=title)

    def _card(self, node: nodes.container) -> None:
        link = next(
            (ref for ref in node.findall(nodes.reference) if "sd-stretched-link" in ref.get("classes", ())), None
        )
        place = self.destination(link) if link is not None else None
        self.emit_block("card", self.content(node.children), place=place)

    def _row(self, node: nodes.container) -> None:
        """Columns as on a wide screen, but for what needs the page's whole width."""
        counts = [int(match[1]) for name in node["classes"] if (match := _COLUMNS.fullmatch(name))]
        wide = any(isinstance(inner, WIDE) for inner in node.findall())
        items = [self.content([child]) for child in node.children if isinstance(child, nodes.Element)]
        self.emit_block("grid-of", items, columns=1 if wide else min(counts[-1] if counts else 2, 3))

    def _silent(self, node: nodes.Element) -> None:
        raise nodes.SkipNode  # icons: ornaments of the screen

    visit_fontawesome = _silent
