"""Translate references: within the book to destinations, out of it to addresses."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes

from .. import escape
from .base import LatexTranslatorBase

CODE = (nodes.literal, nodes.literal_block, addnodes.literal_emphasis, addnodes.literal_strong, addnodes.manpage)
"""Text in which LaTeX gives a meaning to characters of addresses, as it breaks lines there."""


class LatexReferenceVisitors(LatexTranslatorBase):
    def visit_reference(self, node: nodes.Element) -> None:
        if "sd-hide-link-text" in node.get("classes", ()):  # This is the link of a whole card; the card shows it.
            raise nodes.SkipNode
        body = self.rendered(node.children)
        name, target = ("", "") if self.scope.plain else self.destination(node)
        if name == "href" and _is_in_code(node):
            name = "sphinxhref"  # Sphinx's own command takes the address as it is.
        if not name or not body.strip():
            self.emit(body)
        elif not self.is_inline(node):
            self.emit("\n" + escape.command(name, target, body) + "\n")
        else:
            self.emit(escape.command(name, target, body))
        raise nodes.SkipNode

    visit_number_reference = visit_reference
    visit_download_reference = visit_reference

    def destination(self, node: nodes.Element) -> tuple[str, str]:
        """Return the command and the target: a destination of the book, an address, or "" and "" for neither."""
        target = self.leads_to(node)
        if target is None:
            return "", ""
        if target.address:
            self.facts.addresses.add(target.address)
            return "href", escape.address(target.address)
        docname, _, anchor = target.key.partition("#")
        return "booklink", escape.destination(docname, anchor)

    def visit_target(self, node: nodes.Element) -> None:
        """Emit the text of an inline target; `dispatch_visit` has emitted its ids."""
        self.through(node)


def _is_in_code(node: nodes.Node) -> bool:
    place = node.parent
    while isinstance(place, nodes.TextElement):
        if isinstance(place, CODE):
            return True
        place = place.parent
    return False
