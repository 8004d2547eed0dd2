"""Make our elements plain for builders without visitors for them: text, man pages, Texinfo, XML, and others.

Our nodes become docutils nodes, with the numbers that all outputs print.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..numbering.subfigures import subfigure, subfigures
from ..numbering.table import caption_label, node_number
from ..upstream.proofs import NODE_TYPES, exercise_enumerable_node, exercise_node, solution_node, unenumerable_node
from ..upstream.sphinx.application import app_of
from .output_tables import output_table

THEOREMS = (*NODE_TYPES.values(), unenumerable_node)
EXERCISES = (exercise_enumerable_node, exercise_node, solution_node)

WITH_VISITORS = frozenset({"html", "typst", "latex", "notebook"})
"""Formats whose translators have visitors for our nodes."""


class PlainForms(SphinxPostTransform):
    """Replace our nodes by their content, below captions or titles with numbers."""

    # Runs after MyST-NB (199), which chooses among the forms of a cell's output.
    default_priority = 210

    def run(self, **_options: object) -> None:
        if app_of(self.env).builder.format in WITH_VISITORS:
            return
        docname = self.env.current_document.docname
        for table in list(self.document.findall(output_table)):
            label = caption_label(self.env, docname, table, "table")
            table.replace_self(_without_captions(table, f"{label} " if label else ""))
        for part in list(self.document.findall(subfigure)):
            part.replace_self(_without_captions(part, f"({part['letter']}) "))
        for parts in list(self.document.findall(subfigures)):
            parts.replace_self(nodes.container("", *parts.children, ids=parts["ids"]))
        for statement in [node for node in self.document.findall(nodes.Element) if isinstance(node, THEOREMS)]:
            number = node_number(self.env, docname, statement, statement["countertype"])
            name = get_translation("proof")(statement["realtype"].title())
            statement.replace_self(_titled(statement, f"{name} {number}".strip()))
        for exercise in [node for node in self.document.findall(nodes.Element) if isinstance(node, EXERCISES)]:
            exercise.replace_self(_titled(exercise, caption_label(self.env, docname, exercise, "exercise")))


def _without_captions(node: nodes.Element, label: str) -> nodes.container:
    """Return a container in which captions are paragraphs, the first of them after ``label``."""
    container = nodes.container("", ids=node["ids"])
    for child in node.children:
        if isinstance(child, nodes.caption):
            container += nodes.paragraph("", "", nodes.Text(label), *child.children)
        elif isinstance(child, nodes.legend):
            container += child.children
        else:
            container += child
    if label and not any(isinstance(child, nodes.caption) for child in node.children):
        container += nodes.paragraph("", label.strip())
    return container


def _titled(node: nodes.Element, label: str) -> nodes.container:
    """Return a container that begins with a line of ``label`` and the title of the node."""
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    words: list[nodes.Node] = list(title.children) if title is not None and title.astext().strip() else []
    if words and isinstance(words[0], nodes.Text):
        words[0] = nodes.Text(words[0].lstrip())
    if words and isinstance(words[-1], nodes.Text):
        words[-1] = nodes.Text(words[-1].rstrip())
    head = nodes.strong(
        "", "", *([nodes.Text(label)] if label else []), *([nodes.Text(" ")] if label and words else [])
    )
    head += words
    rest = [child for child in node.children if child is not title]
    return nodes.container("", nodes.paragraph("", "", head), *rest, ids=node["ids"])


def setup(app: Sphinx) -> None:
    app.add_post_transform(PlainForms)
