"""Define `{subfigure}`, a figure of several images, each with a letter that text can refer to ("Figure 3.2a").

The syntax is that of sphinx-subfigure: a layout of areas (`AA|BC`, rows divided by bars, a full stop for an empty
place), then images, then the caption. In addition, each image may have a label, before it (`(fig_left)=`) or on it
(`{#fig_left}`), and `{figure}` may take the place of an image, with a caption of any inline markup.
"""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from ..numbering.subfigures import layout_areas, subfigure, subfigures
from .foreign_nodes import lists_subfigures


def _side(argument: str | None) -> str:
    return directives.choice(argument or "", ("left", "center", "right"))


def _captions(argument: str | None) -> str:
    return directives.choice(argument or "below", ("above", "below"))


class SubfigureDirective(SphinxDirective):
    """Directive `{subfigure}`. Its option `:subcaptions:` shows the alternative texts of images as captions."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "name": directives.unchanged,
        "class": directives.class_option,
        "align": _side,
        "width": directives.length_or_percentage_or_unitless,
        "subcaptions": _captions,
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        parts = subfigures()
        caption: nodes.paragraph | None = None
        legend: list[nodes.Node] = []
        for node in self.parse_content_to_nodes():
            images = _images(node)
            if images:
                for image in images:
                    parts += self._part(image, len(list(parts.findall(subfigure))))
            elif isinstance(node, nodes.target | nodes.comment):
                parts += node
            elif caption is None and isinstance(node, nodes.paragraph):
                caption = node
            else:
                legend.append(node)
        figure_parts = list(parts.findall(subfigure))
        if not figure_parts:
            raise self.error("{subfigure} has no image; put one a line, and the caption after a blank line")
        parts["layout"] = self._layout(len(figure_parts))
        figure = nodes.figure("", parts, classes=["d2lbook-subfigures", *self.options.get("class", [])])
        for name in ("align", "width"):
            if name in self.options:
                figure[name] = self.options[name]
        if caption is not None:
            figure += nodes.caption(caption.rawsource, "", *caption.children)
            figure[-1].source, figure[-1].line = caption.source, caption.line
        if legend:
            figure += nodes.legend("", *legend)
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]

    def _layout(self, count: int) -> list[str]:
        """Return the rows of the layout as strings of letters; all in one row if none is given."""
        expected = ascii_uppercase[:count]
        if count > len(ascii_uppercase):
            raise self.error(f"{{subfigure}} has {count} images; there are letters for {len(ascii_uppercase)}")
        layout = [row.strip() for row in self.arguments[0].split("|")] if self.arguments else [expected]
        try:
            areas = layout_areas(layout)
        except ValueError as err:
            raise self.error(f"the layout {self.arguments[0]!r} of {{subfigure}} is not possible: {err}") from err
        if "".join(areas) != expected:
            raise self.error(
                f"the layout {self.arguments[0]!r} of {{subfigure}} has areas {', '.join(areas)}; its {count} images "
                f"are {', '.join(expected)}"
            )
        return layout

    def _part(self, image: nodes.Element, position: int) -> subfigure:
        """Return an image, or a figure with its caption, as a part. Labels on it become labels of the part."""
        letter = ascii_lowercase[position % len(ascii_lowercase)]
        part = subfigure("", letter=letter)
        part.source, part.line = image.source, image.line or self.lineno
        for name in ("ids", "names"):
            part[name], image[name] = image[name], []
        for node_id in part["ids"]:
            self.state.document.ids[node_id] = part
        if isinstance(image, nodes.figure):
            part += image.children
        else:
            part += image
            alt = image.get("alt")
            if alt and "subcaptions" in self.options:
                part += nodes.caption(alt, alt)
        if self.options.get("subcaptions") == "above":
            part.children.sort(key=lambda child: not isinstance(child, nodes.caption))
        return part


def _images(node: nodes.Node) -> list[nodes.Element]:
    """Return the images that a block consists of; none if it has other content."""
    if isinstance(node, nodes.image | nodes.figure):
        return [node]
    if not isinstance(node, nodes.paragraph | nodes.reference):
        return []
    shown = [child for child in node.children if not (isinstance(child, nodes.Text) and not child.strip())]
    images: list[nodes.Element] = [child for child in shown if isinstance(child, nodes.image)]
    return images if len(images) == len(shown) else []


def visit_subfigures(self: HTML5Translator, node: nodes.Element) -> None:
    rows = " ".join('"' + " ".join(row) + '"' for row in node["layout"])
    self.body.append(self.starttag(node, "div", CLASS="d2lbook-subfigure-grid", style=f"grid-template-areas: {rows}"))


def depart_subfigures(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</div>\n")


def visit_subfigure(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a part; its letter comes before the caption, or alone."""
    area = f"grid-area: {node['letter'].upper()}"
    self.body.append(self.starttag(node, "figure", CLASS="d2lbook-subfigure", style=area))
    captioned = any(isinstance(child, nodes.caption) for child in node.children)
    for child in node.children:
        if isinstance(child, nodes.caption):
            _caption(self, node, child)
        else:
            child.walkabout(self)
    if not captioned:
        _caption(self, node, None)
    self.body.append("</figure>\n")
    raise nodes.SkipNode


def depart_subfigure(self: HTML5Translator, node: nodes.Element) -> None:
    """Do nothing. Never called, since the visitor writes the whole node."""


def _caption(self: HTML5Translator, node: nodes.Element, caption: nodes.caption | None) -> None:
    self.body.append(f'<figcaption><p><span class="caption-number">({node["letter"]})</span>')
    if caption is not None:
        self.body.append(' <span class="caption-text">')
        for child in caption.children:
            child.walkabout(self)
        self.body.append("</span>")
    self.body.append("</p></figcaption>\n")


def setup(app: Sphinx) -> None:
    app.add_node(subfigures, html=(visit_subfigures, depart_subfigures))
    app.add_enumerable_node(subfigure, "subfigure", html=(visit_subfigure, depart_subfigure))
    if not lists_subfigures(app):
        app.add_directive("subfigure", SubfigureDirective)
