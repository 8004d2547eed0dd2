"""Translate references: within the book to labels, out of it to addresses."""

from __future__ import annotations

from docutils import nodes

from .. import markup
from .base import TypstTranslatorBase


class TypstReferenceVisitors(TypstTranslatorBase):
    def visit_reference(self, node: nodes.reference) -> None:
        classes = node.get("classes", ())
        if "sd-hide-link-text" in classes:  # This is the link of a whole card; the card shows it.
            raise nodes.SkipNode
        self._linked(node, "button" if "sd-btn" in classes else None)

    def visit_number_reference(self, node: nodes.reference) -> None:
        self._linked(node, None)

    def visit_download_reference(self, node: nodes.Element) -> None:
        self._linked(node, None)

    def visit_pending_xref(self, node: nodes.Element) -> None:
        """Emit the text of a reference that Sphinx could not resolve and has warned of."""
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def _linked(self, node: nodes.Element, look: str | None) -> None:
        body = self.rendered(node.children)
        if look:
            body = markup.call(look, markup.content(body))
        place = self.destination(node)
        if place is None or not body.strip():
            self.emit(body)
        elif self.scope.title:  # Titles come again in lists, where an address at the foot of the page says nothing.
            self.emit(markup.call("go", place, markup.content(body), noted=False))
        else:
            self.emit(markup.call("go", place, markup.content(body)))
        raise nodes.SkipNode

    def destination(self, node: nodes.Element) -> markup.TypstExpression | None:
        """Return the target of a reference: a label of the book, an address, or None for one that leads nowhere."""
        target = self.leads_to(node)
        if target is None:
            return None
        return markup.value(target.address) if target.address else markup.expression("label", target.key)

    def visit_target(self, node: nodes.target) -> None:
        """Emit the text of an inline target; `dispatch_visit` has emitted its ids."""
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode
