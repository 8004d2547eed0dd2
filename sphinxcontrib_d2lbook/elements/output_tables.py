"""Make tables of figures that show a table: MyST-NB's option `figure` makes figures of all outputs.

```{code-cell}
---
mystnb:
  figure:
    caption: Rents of ten towns
    name: tab_rents
---
frame
```
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator


class output_table(nodes.General, nodes.Element):  # noqa: N801
    """Table with a `caption`, and a `legend` if there is one, before the output of the cell."""


class TablesFromFigures(SphinxTransform):
    """Replace figures that show a table by tables."""

    default_priority = 150  # before figures are given anchors (210)

    def apply(self, **_options: Any) -> None:
        for figure in list(self.document.findall(nodes.figure)):
            if any(_is_table(child) for child in figure.children):
                texts = [child for child in figure.children if isinstance(child, nodes.caption | nodes.legend)]
                table = output_table("", *texts, *[child for child in figure.children if child not in texts])
                table.update_all_atts(figure)
                table.source, table.line = figure.source, figure.line
                for node_id in table["ids"]:
                    self.document.ids[node_id] = table
                figure.replace_self(table)


def _is_table(node: nodes.Node) -> bool:
    """Return whether an output has a table among its forms, and no image."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "mime_bundle":
        return False
    forms = {form["mime_type"]: form for form in node.children if isinstance(form, nodes.Element)}
    html = forms.get("text/html")
    return html is not None and "<table" in html.astext() and not any(kind.startswith("image/") for kind in forms)


def visit_output_table(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "figure", CLASS="d2lbook-table"))
    texts = [child for child in node.children if isinstance(child, nodes.caption | nodes.legend)]
    if texts:
        self.body.append("<figcaption>\n")
        for child in texts:
            child.walkabout(self)
        self.body.append("</figcaption>\n")
    for part in node.children[len(texts) :]:
        part.walkabout(self)
    self.body.append("</figure>\n")
    raise nodes.SkipNode


def depart_output_table(self: HTML5Translator, node: nodes.Element) -> None:
    """Do nothing. Never called, since the visitor writes the whole node."""


def setup(app: Sphinx) -> None:
    app.add_enumerable_node(output_table, "table", html=(visit_output_table, depart_output_table))
    app.add_transform(TablesFromFigures)
