"""Shorten outputs that are too long for paper: set their beginning and their end, and say what is left out between.

A cell that prints in a loop writes tens of thousands of lines, which nobody reads on paper and which an engine needs
minutes and gigabytes for. The website has them whole, in a box that scrolls.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from ...addresses.permanent_addresses import page_address

logger = logging.getLogger(__name__)

WIDTH = 80
"""Characters of a line on paper; longer lines take several."""
END = 3
"""One in so many of the rows that are set comes from the end of the output, where results and exceptions stand."""


def split_rows(text: str) -> list[tuple[int, int]]:
    """Return the start and the end in ``text`` of each row on paper; a line of the text is one row or several."""
    rows: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        cuts = [*range(start, max(end, start + 1), WIDTH), end]
        rows += pairwise(cuts)
        start = end + 1
    return rows


def shortened(text: str, limit: int) -> tuple[str, int, str] | None:
    """Return the beginning of a text, the number of rows left out, and the end; None for a text that fits.

    ``limit`` is the number of rows that are set of a text that does not fit.
    """
    if len(text) < limit:  # Each row has at least one character, or its end.
        return None
    text = text.removesuffix("\n")
    rows = split_rows(text)
    if len(rows) <= limit:
        return None
    last = limit // END
    first = limit - last
    beginning = text[: rows[first - 1][1]]
    end = text[rows[-last][0] :] if last else ""
    return beginning, len(rows) - limit, end


def short_form(node: nodes.literal_block, limit: int, address: str) -> list[nodes.Element]:
    """Return what is set of an output: its beginning, a line that says what is left out, its end; or ``node`` alone.

    ``address`` is that of the page that has the whole output, or "".
    """
    pieces = shortened(node.astext(), limit) if limit else None
    if pieces is None:
        return [node]
    beginning, count, end = pieces
    parts: list[nodes.Element] = [_block(node, beginning), left_out(count, address, node)]
    return [*parts, _block(node, end)] if end else parts


def left_out(count: int, address: str, node: nodes.Element) -> nodes.paragraph:
    """Return the line that stands in ``node`` where lines are left out."""
    text = f"… {count:,} lines of this output are left out" + ("; all of it is at " if address else "")
    emphasis = nodes.emphasis("", "", nodes.Text(text))
    if address:
        emphasis += nodes.reference(address, address, refuri=address)
    paragraph = nodes.paragraph("", "", emphasis, classes=["output", "left-out"])
    paragraph.source, paragraph.line = node.source, node.line
    return paragraph


def _block(node: nodes.literal_block, text: str) -> nodes.literal_block:
    """Return a block like ``node`` with another text."""
    block = nodes.literal_block(text, text, **node.attributes)
    block.source, block.line = node.source, node.line
    return block


class ShortenOutputs(SphinxPostTransform):
    """Transform that shortens the outputs of cells to `d2lbook_pdf_output_lines`."""

    # Runs after MyST-NB, which chooses one form of an output at 4, and after the transforms that add forms of their
    # own.
    default_priority = 6
    formats = ("typst", "latex")

    def run(self, **_kwargs: Any) -> None:
        limit: int = self.config.d2lbook_pdf_output_lines
        if not limit:
            return
        for node in list(self.document.findall(nodes.literal_block)):
            if "output" in node["classes"]:
                self._shorten(node, limit)
        for table in list(self.document.findall(nodes.table)):
            if "dataframe" in table["classes"]:
                self._shorten_table(table, limit)

    def _shorten(self, node: nodes.literal_block, limit: int) -> None:
        parts = short_form(node, limit, page_address(self.config, self.env.docname))
        if len(parts) > 1:
            self._tell(parts[1].astext())
            node.replace_self(parts)

    def _shorten_table(self, table: nodes.table, limit: int) -> None:
        body = next(iter(table.findall(nodes.tbody)), None)
        if body is None or len(body) <= limit or any("morerows" in entry for entry in body.findall(nodes.entry)):
            return
        notice = left_out(len(body) - limit, page_address(self.config, self.env.docname), table)
        self._tell(notice.astext())
        body.children = body.children[:limit]
        table.parent.insert(table.parent.index(table) + 1, notice)

    def _tell(self, text: str) -> None:
        logger.info("%s: in the PDF, %s (d2lbook_pdf_output_lines)", self.env.docname, text)
