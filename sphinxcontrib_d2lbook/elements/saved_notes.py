"""Add a line below a cell whose block is saved, "saved as d2l.train", which links to the entry in the reference."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..config.frameworks import printed_framework
from ..library import SavedBlock
from ..library.public_objects import names_saved
from ..numbering.frameworks import shown_frameworks
from ..upstream.sphinx.application import app_of
from .book_objects import BookObjects, book_objects
from .saved_domain import saved_domain

FORMATS = ("html", "typst", "latex")
"""Formats with the line; in a reader's notebook the mark itself is visible."""


class saved_as(nodes.General, nodes.TextElement):  # noqa: N801
    """Line below a cell. Children: text and references."""


def cell_parts(document: nodes.document, kind: str) -> list[nodes.container]:
    """Return the containers of MyST-NB of one kind, such as "cell_code"."""
    return [node for node in document.findall(nodes.container) if node.get("nb_element") == kind]


class ShowWhatIsSaved(SphinxPostTransform):
    """Add the line after the code of each cell that saves something."""

    # Runs after MyST-NB (199) has put hidden code into a box of its own, so that the line goes into the box.
    default_priority = 205

    def run(self, **kwargs: Any) -> None:
        if app_of(self.env).builder.format not in FORMATS:
            return
        book = book_objects(app_of(self.env))
        saved = book.saved(self.env.docname)
        if not saved:
            return
        there = shown_frameworks(self.env, self.env.docname)
        printed = printed_framework(self.config, there) if there and app_of(self.env).builder.format != "html" else ""
        names = book.library.about.names
        for cell in cell_parts(self.document, "cell_code"):
            blocks = [
                block
                for block in saved.get(cell["cell_index"], ())
                if not printed or names.framework_of(block.module) in ("", printed)
            ]
            source = next((part for part in cell.findall(nodes.container) if _is_source(part)), None)
            if blocks and source is not None:
                source.parent.insert(source.parent.index(source) + 1, self.line(blocks, book))

    def line(self, blocks: list[SavedBlock], book: BookObjects) -> saved_as:
        """Return the line for the saved blocks of a cell, with links to entries that exist."""
        names: dict[str, str] = {}
        for block in blocks:
            names |= names_saved(block, book.library.about.names)
        entries = saved_domain(self.env).entries
        builder = app_of(self.env).builder
        line = saved_as("", "saved as " if names else "saved in ")
        for count, (name, shown) in enumerate((names or {"": book.library.package}).items()):
            if count:
                line += nodes.Text(", ")
            label = nodes.literal("", shown)
            if name in entries:
                uri = f"{builder.get_relative_uri(self.env.docname, entries[name])}#{name}"
                line += nodes.reference("", "", label, refuri=uri, internal=True)
            else:
                line += label
        return line


def _is_source(node: nodes.Element) -> bool:
    return bool(node.get("nb_element") == "cell_code_source")


def visit_html(self: Any, node: nodes.Element) -> None:
    self.body.append(self.starttag(node, "div", CLASS="d2lbook-saved"))


def depart_html(self: Any, node: nodes.Element) -> None:
    self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    app.add_node(saved_as, html=(visit_html, depart_html))
    app.add_post_transform(ShowWhatIsSaved)
