"""Translate tables: Sphinx's, with captions of ours; data frames are set narrow, and smaller where they are wide."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from .. import escape
from .base import LatexTranslatorBase

LONG = 45
"""Number of rows above which a data frame is set as a table that continues over pages."""


class LatexTableVisitors(LatexTranslatorBase):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._captions: list[tuple[str, str]] = []
        """Destinations and label of each open table."""

    def visit_table(self, node: nodes.Element) -> None:
        rows = list(node.findall(nodes.row))
        if "dataframe" in node["classes"] and len(rows) <= LONG and not self.tables:
            self._frame(node)
            raise nodes.SkipNode
        label = self.caption_label(node, "table")
        self._captions.append((self.waiting_places(), label))
        self._note(node, label)
        super().visit_table(node)

    def depart_table(self, node: nodes.Element) -> None:
        table = self.tables[-1]
        (place, label), caption = self._captions.pop(), "".join(table.caption)
        table.caption = []
        self.emit("\n" + escape.command("bookcontinued", escape.escape(label)) + "%\n")
        if label or caption:
            self.emit("\n" + escape.command("booktopcaption", place + escape.escape(label), caption.strip()) + "\n")
        else:
            self.emit(f"\n\n{place}")
        super().depart_table(node)
        if self.tables:  # The content of this table decides how the table around it is set.
            self.tables[-1].has_verbatim |= table.has_verbatim
            self.tables[-1].has_problematic = True

    def _note(self, node: nodes.Element, label: str) -> None:
        title = next((child for child in node.children if isinstance(child, nodes.title | nodes.caption)), None)
        self.note_listed("tables", label, title, node["ids"])

    def _frame(self, node: nodes.Element) -> None:
        group = next(iter(node.findall(nodes.tgroup)))
        columns = [child for child in group.children if isinstance(child, nodes.colspec)]
        kinds = "".join("l" if column.get("stub") else "r" for column in columns)
        lines = []
        for part in group.children:
            if isinstance(part, nodes.thead | nodes.tbody):
                lines += self._rows(part, len(columns))
                if isinstance(part, nodes.thead):
                    lines.append("\\midrule")
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        if title is not None:
            caption = self.rendered(title.children)
            label = self.caption_label(node, "table")
            self.emit(
                "\n" + escape.command("booktopcaption", self.waiting_places() + escape.escape(label), caption) + "\n"
            )
            self._note(node, label)
        self.block("bookframe", kinds, body=self.waiting_places() + "\n".join(lines))

    def _rows(self, part: nodes.Element, columns: int) -> list[str]:
        """Return lines of a tabular; a cell that spans rows leaves its columns empty in the rows below."""
        lines = []
        below: dict[int, int] = {}
        head = isinstance(part, nodes.thead)
        for row in part.children:
            entries = [entry for entry in row.children if isinstance(entry, nodes.entry)]
            cells, column = [], 0
            while column < columns:
                if below.get(column, 0):
                    below[column] -= 1
                    cells.append("")
                    column += 1
                    continue
                if not entries:
                    break
                entry = entries.pop(0)
                text = escape.escape(" ".join(entry.astext().split()))
                text = f"\\textbf{{{text}}}" if head and text else text
                width = 1 + entry.get("morecols", 0)
                if entry.get("morerows"):
                    below |= dict.fromkeys(range(column, column + width), entry["morerows"])
                cells.append(f"\\multicolumn{{{width}}}{{l}}{{{text}}}" if width > 1 else text)
                column += width
            lines.append(" & ".join(cells) + r" \\")
        return lines

    def visit_output_table(self, node: nodes.Element) -> None:
        """Emit an output that is a table, with the caption that its cell gives it."""
        label = self.caption_label(node, "table")
        texts = [child for child in node.children if isinstance(child, nodes.caption | nodes.legend)]
        place = self.waiting_places()
        caption = "".join(self.rendered(child.children) for child in texts if isinstance(child, nodes.caption))
        self.emit("\n" + escape.command("booktopcaption", place + escape.escape(label), caption) + "\n")
        self._note(node, label)
        self.emit(self.rendered(child for child in node.children if child not in texts))
        for child in texts:
            if isinstance(child, nodes.legend):
                self.block("booklegend", body=self.rendered(child.children))
        raise nodes.SkipNode
