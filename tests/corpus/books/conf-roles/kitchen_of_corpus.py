"""Nodes, roles and directives for recipes."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole


class dish(nodes.General, nodes.Element):
    """A node that only the website has visitors for."""


class amount(nodes.Inline, nodes.TextElement):
    """And one in a line."""


class Dish(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self):
        node = dish("", name=self.arguments[0])
        node += nodes.strong("", self.arguments[0])
        node += self.parse_content_to_nodes()
        return [node]


class Amount(SphinxRole):
    def run(self):
        return [amount("", self.text + " grams")], []


class Shouting(SphinxDirective):
    has_content = True

    def run(self):
        return [nodes.paragraph("", nodes.Text(word.upper())) for word in self.content]


def setup(app):
    app.add_node(
        dish,
        html=(
            lambda self, node: self.body.append(self.starttag(node, "section")),
            lambda self, node: self.body.append("</section>"),
        ),
    )
    app.add_node(
        amount,
        html=(
            lambda self, node: self.body.append(self.starttag(node, "b", "")),
            lambda self, node: self.body.append("</b>"),
        ),
    )
    app.add_directive("dish", Dish)
    app.add_directive("shouting", Shouting)
    app.add_role("amount", Amount())
    app.add_crossref_type("spice", "spice", "single: %s; spice")
    app.add_object_type("pot", "pot", "pair: %s; pot")
