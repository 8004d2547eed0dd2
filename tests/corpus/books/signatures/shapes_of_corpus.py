"""Nodes nested as other extensions nest them: numpydoc's parameters, a table in a term, a list in a title's place."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Parameters(SphinxDirective):
    """`.. parameters::` with lines of `name : kind`, each followed by an indented text."""

    has_content = True

    def run(self):
        items = nodes.definition_list(classes=["simple"])
        for name, kind in (line.split(" : ") for line in self.content):
            term = nodes.term("", "", nodes.strong(name, name), nodes.classifier(kind, kind))
            items += nodes.definition_list_item("", term, nodes.definition("", nodes.paragraph("", f"About {name}.")))
        return [items]


class Boxed(SphinxDirective):
    """`.. boxed::` puts blocks where docutils has none."""

    has_content = True

    def run(self):
        box = nodes.container("", classes=["boxed"])
        box += nodes.Text("bare text in a container")
        box += nodes.inline("", "inline in a container")
        box += self.parse_content_to_nodes()
        figure = nodes.figure("", nodes.paragraph("", "a figure without an image"), nodes.caption("", "its caption"))
        return [box, figure]


def setup(app):
    app.add_directive("parameters", Parameters)
    app.add_directive("boxed", Boxed)
