"""Translate tables."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from docutils import nodes

from ....mathematics import convert
from ....mathematics.extension import macros_of
from .. import escape, markup
from .floats import TypstFloatVisitors, is_long
from .number_columns import missing_digits

ALIGNMENTS = {"text-left": "left", "text-center": "center", "text-right": "right"}

MOST_LETTERS = 55
"""Sum of the letters of each column's longest word that fits in a line; a table with more is measured."""


class TypstTableVisitors(TypstFloatVisitors):
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
            long=is_long(node),
            listed=self.listed("tables", label, title),
            **self.placing(node, "table", label),
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
            long=is_long(node),
            listed=self.listed("tables", label, caption),
            **self.placing(node, "table", label),
        )
        raise nodes.SkipNode

    def _group(self, table: nodes.table, group: nodes.tgroup) -> str:
        specs = [child for child in group.children if isinstance(child, nodes.colspec)]
        head = [row for part in group.children if isinstance(part, nodes.thead) for row in part.children]
        rows = [row for part in group.children if isinstance(part, nodes.tbody) for row in part.children]
        given = "colwidths-given" in table.get("classes", ())
        stubs = [bool(spec.get("stub")) for spec in specs]
        longest = self._longest_words([*head, *rows], len(specs))
        language = (self.config.language or "en").partition("_")[0]
        # Tables of data have their numbers as the library that made them wrote them.
        is_data = "dataframe" in table.get("classes", ())
        numbers = [{}] * len(specs) if is_data else missing_digits(rows, len(specs), language)
        crowded = sum(longest) + 2 * len(longest) > MOST_LETTERS
        widths = [spec.get("colwidth", 1) for spec in specs]
        shares = [MOST_LETTERS * width / sum(widths) for width in widths]
        narrow = [column for column, letters in enumerate(longest) if given and letters + 2 > shares[column]]
        return markup.block(
            "grid-table",
            widths=widths if given else len(specs),
            head=[cell for row in head for cell in self._cells(row, [], numbers)],
            rows=[cell for row in rows for cell in self._cells(row, stubs, numbers)],
            data=is_data,
            **({"heads": len(head)} if len(head) > 1 else {}),
            **({"longest": longest} if crowded else {"narrow": narrow} if narrow else {}),
        )

    def _cells(self, row: nodes.Node, stubs: list[bool], numbers: list[dict[str, str]]) -> list[markup.Value]:
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
            missing = numbers[column] if column < len(numbers) and not entry.get("morecols") else {}
            text = entry.astext().strip()
            if text in missing:
                self.facts.glyphs.check(text, self.location(entry))
                body = self.anchors(entry["ids"]) + markup.call("number", text, missing[text])
            else:
                body = self.anchors(entry["ids"]) + self.rendered(entry.children)
            if missing and not side:
                named["align"] = markup.TypstExpression("right")
            if column < len(stubs) and stubs[column]:
                body = markup.call("bold", markup.content(body))
            cells.append(markup.expression("table.cell", markup.content(body), **named))
            column += 1 + entry.get("morecols", 0)
        return cells

    def _longest_words(self, rows: Iterable[nodes.Node], count: int) -> list[int]:
        """Return how many letters the longest word of each column has; cells over several columns are left out."""
        longest = [1] * count
        for row in rows:
            column = 0
            for entry in row.children:
                if not isinstance(entry, nodes.entry) or entry.get("morecols") or column >= count:
                    column += 1 + (entry.get("morecols", 0) if isinstance(entry, nodes.entry) else 0)
                    continue
                longest[column] = max([longest[column], *map(self._longest_word, entry.findall(nodes.Text))])
                column += 1
        return longest

    def _longest_word(self, text: nodes.Text) -> int:
        """Return how many letters wide the longest part of a text or formula is that is not broken between lines."""
        if isinstance(text.parent, nodes.math):
            formula = convert(text, display=False, macros=macros_of(self.config, text.parent))
            if not formula.problem:
                return ceil(formula.size.width * formula.size.unbroken)
        code = isinstance(text.parent, nodes.literal | nodes.math)
        pieces = escape.breakable(text) if code else [text]
        return max((len(word) for piece in pieces for word in piece.split()), default=1)
