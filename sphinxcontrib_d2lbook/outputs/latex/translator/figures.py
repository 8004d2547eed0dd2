"""Translate images, figures, sub-figures and captions."""

from __future__ import annotations

from docutils import nodes
from sphinx.builders.latex.nodes import captioned_literal_block

from ....numbering.subfigures import layout_areas
from ...paper.figures import RASTER, is_in_text, parts_of, subfigures_of
from .. import escape
from ..sources import IMAGES
from .base import LatexTranslatorBase

Area = tuple[int, int, int, int]
"""Column, row, number of columns, number of rows."""


class LatexFigureVisitors(LatexTranslatorBase):
    def visit_figure(self, node: nodes.Element) -> None:
        label = self.caption_label(node, "figure")
        parts = parts_of(node)
        place = self.waiting_places()
        floats = not (self.no_latex_floats or self.table or self.in_minipage or self.scope.fixed)
        with self.without_floats():
            body = self.rendered(parts.body)
            text = self.rendered(parts.caption.children) if parts.caption is not None else ""
            more = self.rendered(parts.legend.children) if parts.legend is not None else ""
        content = place + body.strip()
        self.note_listed("figures", label, parts.caption, node["ids"])
        if label or text:
            content += "\n" + escape.command("bookcaption", escape.escape(label), text)
        if more:
            content += f"\n\\begin{{booklegend}}\n{more.strip()}\n\\end{{booklegend}}"
        if floats:
            self.emit(f"\n\\begin{{figure}}[htbp]\\centering\n{content}\n\\end{{figure}}\n")
        elif self.table:  # A cell of a table is as wide as its content.
            self.emit(f"\n{{\\centering\n{content}\\par}}\n")
        else:
            self.block("bookfixed", body=content)
        raise nodes.SkipNode

    def visit_caption(self, node: nodes.Element) -> None:
        """Emit the caption of something that does not show its caption itself."""
        if isinstance(node.parent, captioned_literal_block):
            raise nodes.SkipNode  # Code has its caption above it.
        self.emit("\n" + escape.command("bookcaption", "", self.rendered(node.children)) + "\n")
        raise nodes.SkipNode

    def visit_legend(self, node: nodes.Element) -> None:
        self.through(node)

    # Sub-figures -----------------------------------------------------------------------------------------------------

    def visit_subfigures(self, node: nodes.Element) -> None:
        areas = layout_areas(node["layout"])
        parts, rest = subfigures_of(node)
        self.emit(self.rendered(rest))
        content_by_letter = {letter: self._part(part) for letter, part in parts.items()}
        self.emit("\n" + grid(areas, content_by_letter, (0, 0, len(node["layout"][0]), len(node["layout"]))) + "\n")
        raise nodes.SkipNode

    def _part(self, part: nodes.Element) -> str:
        """Return the destination, image and caption of a sub-figure, its letter before the caption."""
        parts = parts_of(part)
        self.waiting += part["ids"]
        place = self.waiting_places()
        blocks = [self.rendered([child]).strip() for child in parts.body]
        text = self.rendered(parts.caption.children) if parts.caption else ""
        caption = escape.command("bookcaption", "", f"({part['letter']}) {text}".strip())
        blocks.insert(0 if parts.caption_first else len(blocks), caption)
        return place + "\n".join(blocks)

    # Images ----------------------------------------------------------------------------------------------------------

    def visit_image(self, node: nodes.Element) -> None:
        if self.scope.plain:
            self.emit(escape.escape(node.get("alt", "")))
        elif picture := self.picture(node):
            self.facts.shown_images.add(node["uri"])
            self._picture(node, picture.name, picture.pixels)
        else:
            self.emit(escape.command("bookmissing", escape.escape(node.get("alt", "") or node["uri"])))
        raise nodes.SkipNode

    def _picture(self, node: nodes.Element, name: str, pixels: int) -> None:
        scale = round(float(node.get("scale", 100)))
        options = []
        for side in ("width", "height"):
            length = self.latex_image_length(str(node[side]), scale) if node.get(side) else None
            if length:
                options.append(f"{side}={length}")
        if not options and pixels:
            options.append(f"width={pixels * RASTER * scale / 100:.4g}bp")
        elif not options and scale != 100:
            options.append(f"scale={scale / 100:g}")
        picture = f"\\bookpicture[{','.join(options)}]{{{IMAGES}/{name}}}"
        if is_in_text(node):
            # In literal text, some characters would be commands.
            plain = "\\bookplain" if isinstance(node.parent, nodes.FixedTextElement) else ""
            self.emit(f"{{{plain}\\raisebox{{-0.2\\height}}{{{picture}}}}}")
            return
        sides = {"center": "\\centering", "right": "\\raggedleft"}
        side = sides.get(node.get("align", ""), "")
        self.emit(f"{{{side}{picture}\\par}}" if side else picture)


def grid(areas: dict[str, Area], contents: dict[str, str], whole: Area) -> str:
    """Return boxes beside and above each other.

    A rectangle is cut into rows, or else into columns, until one part is left. What cannot be cut in this way, as a
    pinwheel, stands in rows by where each part begins.
    """
    inside = {letter: area for letter, area in areas.items() if _is_inside(area, whole)}
    if len(inside) <= 1:
        return "".join(contents[letter] for letter in inside)
    left, top, width, height = whole
    for row in range(top + 1, top + height):
        if not any(area[1] < row < area[1] + area[3] for area in inside.values()):
            parts = ((left, top, width, row - top), (left, row, width, top + height - row))
            return "\\par\\vskip 1em\n".join(grid(inside, contents, part) for part in parts)
    for column in range(left + 1, left + width):
        if not any(area[0] < column < area[0] + area[2] for area in inside.values()):
            parts = ((left, top, column - left, height), (column, top, left + width - column, height))
            boxes = (_box(part[2] / width, grid(inside, contents, part)) for part in parts)
            return "\\hfill\n".join(boxes)
    rows = sorted({area[1] for area in inside.values()})
    return "\\par\\vskip 1em\n".join(
        "\\hfill\n".join(_box(area[2] / width, contents[letter]) for letter, area in inside.items() if area[1] == row)
        for row in rows
    )


def _is_inside(area: Area, whole: Area) -> bool:
    return (
        whole[0] <= area[0] < whole[0] + whole[2]
        and whole[1] <= area[1] < whole[1] + whole[3]
        and area[0] + area[2] <= whole[0] + whole[2]
    )


def _box(part: float, content: str) -> str:
    return f"\\begin{{bookcell}}{{{part:.3f}}}\n{content}\n\\end{{bookcell}}"
