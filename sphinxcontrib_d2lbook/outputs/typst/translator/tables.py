"""Translate tables."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes

from .. import escape, markup
from .base import TypstTranslatorBase

ALIGNMENTS = {"text-left": "left", "text-center": "center", "text-right": "right"}

LONG = 14
"""Number of rows above which a table may continue on the next page."""
MOST_LETTERS = 55
"""Sum of the letters of each column's longest word that fits in a line; a table with more is measured."""


class TypstTableVisitors(TypstTranslatorBase):
    def visit_table(self, node: nodes.table) -> None:
        label = self.caption_label(node, "table")
        title = next((child for child in node.children if isinstance(child, nodes.title | nodes.caption)), None)
        groups = [child for child in node.children if isinstance(child, nodes.tgroup)]
        rest = [child for child in node.children if child is not title and child not in groups]
        body = "".join(self._group(node, group) for group in groups)
        self.emit_block(
            "captioned-table",
            markup.content(body + self.rendered(rest)),
            label=label,
            caption=self.content(title.children) if title is not None else None,
            long=sum(isinstance(part, nodes.row) for part in node.findall()) > LONG,
        )
        raise nodes.SkipNode

    def visit_output_table(self, node: nodes.Element) -> None:
        """Emit the table that a cell showed, under its caption."""
        label = self.caption_label(node, "table")
        caption = next((child for child in node.children if isinstance(child, nodes.caption)), None)
        self.emit_block(
            "captioned-table",
            self.content([child for child in node.children if child is not caption]),
            label=label,
            caption=self.content(caption.children) if caption is not None else None,
            long=sum(isinstance(part, nodes.row) for part in node.findall()) > LONG,
        )
        raise nodes.SkipNode

    def _group(self, table: nodes.table, group: nodes.tgroup) -> str:
        specs = [child for child in group.children if isinstance(child, nodes.colspec)]
        head = [row for part in group.children if isinstance(part, nodes.thead) for row in part.children]
        rows = [row for part in group.children if isinstance(part, nodes.tbody) for row in part.children]
        given = "colwidths-given" in table.get("classes", ())
        stubs = [bool(spec.get("stub")) for spec in specs]
        longest = _longest_words([*head, *rows], len(specs))
        crowded = sum(longest) + 2 * len(longest) > MOST_LETTERS
        return markup.block(
            "grid-table",
            widths=[spec.get("colwidth", 1) for spec in specs] if given else len(specs),
            head=[cell for row in head for cell in self._cells(row, [])],
            rows=[cell for row in rows for cell in self._cells(row, stubs)],
            data="dataframe" in table.get("classes", ()),
            **({"longest": longest} if crowded else {}),
        )

    def _cells(self, row: nodes.Node, stubs: list[bool]) -> list[markup.Value]:
        cells: list[markup.Value] = []
        column = 0
        for entry in row.children:
            if not isinstance(entry, nodes.entry):
                continue
            named: dict[str, markup.Value] = {}
            if entry.get("morecols"):
                named["colspan"] = entry["morecols"] + 1
            if entry.get("morerows"):
                named["rowspan"] = entry["morerows"] + 1
            classes: list[str] = entry.get("classes", [])
            side = next((ALIGNMENTS[name] for name in classes if name in ALIGNMENTS), None)
            if side:
                named["align"] = markup.TypstExpression(side)
            body = self.anchors(entry["ids"]) + self.rendered(entry.children)
            if column < len(stubs) and stubs[column]:
                body = markup.call("bold", markup.content(body))
            cells.append(markup.expression("table.cell", markup.content(body), **named))
            column += 1 + entry.get("morecols", 0)
        return cells


def _longest_words(rows: Iterable[nodes.Node], count: int) -> list[int]:
    """Return how many letters the longest word of each column has; cells over several columns are left out."""
    longest = [1] * count
    for row in rows:
        column = 0
        for entry in row.children:
            if not isinstance(entry, nodes.entry) or entry.get("morecols") or column >= count:
                column += 1 + (entry.get("morecols", 0) if isinstance(entry, nodes.entry) else 0)
                continue
            for text in entry.findall(nodes.Text):
                pieces = escape.breakable(text) if isinstance(text.parent, nodes.literal) else text.split()
                longest[column] = max([longest[column], *(len(piece) for part in pieces for piece in part.split())])
            column += 1
    return longest
