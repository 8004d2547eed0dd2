"""Translate figures, images, and the map of the book, which the template draws at the positions of its layout."""

from __future__ import annotations

import re

from docutils import nodes

from ....elements.book_map import of_node
from ....elements.map_layout import DOT, LINE, NUMBER, TEXT_SIZE, TITLE, lay_out_for_paper
from ....numbering.subfigures import layout_areas
from ...paper.destination_names import key
from ...paper.figures import RASTER, is_in_text, parts_of, subfigures_of
from .. import markup
from .floats import TypstFloatVisitors

_LENGTH = re.compile(r"\s*([\d.]+)\s*([a-z%]*)\s*", re.IGNORECASE)
# Typst's name of a unit, and how many of it make one CSS unit; CSS pixels are 96 to the inch.
UNITS = {
    "": ("pt", 0.75),
    "px": ("pt", 0.75),
    "pc": ("pt", 12.0),
    "ex": ("em", 0.5),
    "%": ("%", 1.0),
    **{unit: (unit, 1.0) for unit in ("pt", "em", "cm", "mm", "in")},
}
MEASURES = {"dot": DOT, "number": NUMBER, "title": TITLE, "line": LINE, "size": TEXT_SIZE}
"""Measures of the map of the book, which the template needs."""


def length(text: str, scale: float = 1.0) -> markup.TypstExpression | None:
    """Return a CSS length as Typst writes it; None if ``text`` is no length that Typst has."""
    match = _LENGTH.fullmatch(text)
    if not match or match[2].lower() not in UNITS:
        return None
    unit, factor = UNITS[match[2].lower()]
    return markup.TypstExpression(f"{float(match[1]) * factor * scale:.4g}{unit}")


class TypstFigureVisitors(TypstFloatVisitors):
    def visit_figure(self, node: nodes.figure) -> None:
        label = self.caption_label(node, "figure")
        parts = parts_of(node)
        alt = next((image["alt"] for image in node.findall(nodes.Element) if image.get("alt")), None)
        self.emit_block(
            "captioned-figure",
            self.content(parts.body),
            label=label,
            caption=self.content(parts.caption.children) if parts.caption is not None else None,
            legend=self.content(parts.legend.children) if parts.legend is not None else None,
            side=markup.TypstExpression(node["align"]) if node.get("align") in ("left", "right", "center") else None,
            width=length(str(node["width"])) if node.get("width") else None,
            alt=alt,
            listed=self.listed("figures", label, parts.caption),
            **self.placing(node, "figure", label),
        )
        raise nodes.SkipNode

    def visit_subfigures(self, node: nodes.Element) -> None:
        areas = layout_areas(node["layout"])
        parts, rest = subfigures_of(node)
        self.emit(self.rendered(rest))
        self.emit_block(
            "parts-of-figure",
            len(node["layout"][0]),
            [(*areas[letter], self._subfigure(part)) for letter, part in parts.items()],
        )
        raise nodes.SkipNode

    def _subfigure(self, part: nodes.Element) -> markup.TypstExpression:
        """Return the anchors, image and caption of a sub-figure, its letter before the caption."""
        parts = parts_of(part)
        anchors = self.anchors(part["ids"], named=True)
        blocks = [self.rendered([child]) for child in parts.body]
        letter = f"({part['letter']})"
        caption = markup.call("part-caption", letter, self.content(parts.caption.children) if parts.caption else None)
        blocks.insert(0 if parts.caption_first else len(blocks), caption)
        return markup.content(anchors + "\n\n".join(blocks))

    def visit_caption(self, node: nodes.caption) -> None:
        """Emit the caption of something that does not show its caption itself."""
        self.wrap_block("small-heading", node)

    def visit_image(self, node: nodes.image) -> None:
        picture = self.picture(node)
        alt = node.get("alt", "")
        if picture is None:
            self.emit(markup.call("missing-image", markup.content(self.text(alt or node["uri"], node))))
            raise nodes.SkipNode
        scale = float(node.get("scale", 100)) / 100
        width, height = (length(str(node[side]), scale) if node.get(side) else None for side in ("width", "height"))
        if width is None and height is None and picture.pixels:
            width = markup.TypstExpression(f"{picture.pixels * RASTER * scale:.4g}pt")
        inline = is_in_text(node)
        image = markup.call(
            "inline-image" if inline else "picture",
            f"/images/{picture.name}",
            width=width,
            height=height,
            scale=scale if width is None and height is None and scale != 1 else None,
            alt=alt or None,
        )
        if not inline and node.get("align") in ("left", "center", "right"):
            image = markup.call("beside", markup.TypstExpression(node["align"]), markup.content(image))
        self.emit(image)
        raise nodes.SkipNode

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
                "planned": row.chapter.is_planned,
                "lines": self._lines(row.lines, node),
                "target": self._target(row.chapter.docname),
            }
            for row in layout.rows
        ]
        arcs: list[markup.Value] = [
            {
                "start": arc.start,
                "end": arc.end,
                "bend": arc.bend,
                "part": arc.part,
                "planned": arc.before.is_planned or arc.after.is_planned,
            }
            for arc in layout.arcs
        ]
        self.emit_block("book-map", heads, rows, arcs, width=layout.width, height=layout.height, measures=MEASURES)
        raise nodes.SkipNode

    def _lines(self, lines: tuple[str, ...], node: nodes.Node) -> list[markup.Value]:
        return [markup.content(self.text(line, node)) for line in lines]

    def _target(self, docname: str) -> markup.TypstExpression | None:
        return markup.expression("label", key(docname)) if docname in self.facts.anchors else None
