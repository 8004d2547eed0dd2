"""References: within the book to labels, out of it to addresses."""

from __future__ import annotations

from docutils import nodes

from ....addresses.permanent import page_address
from ....log import Warn
from ...paper import keys
from .. import markup
from .base import BaseTranslator


class ReferenceVisitors(BaseTranslator):
    def visit_reference(self, node: nodes.reference) -> None:
        classes = node.get("classes", ())
        if "sd-hide-link-text" in classes:  # the link of a whole card; the card shows it
            raise nodes.SkipNode
        self._linked(node, "button" if "sd-btn" in classes else None)

    def visit_number_reference(self, node: nodes.reference) -> None:
        self._linked(node, None)

    def visit_download_reference(self, node: nodes.Element) -> None:
        self._linked(node, None)

    def visit_pending_xref(self, node: nodes.Element) -> None:
        """One that Sphinx could not resolve, and has warned of."""
        self.emit(self.render(node.children))
        raise nodes.SkipNode

    def _linked(self, node: nodes.Element, look: str | None) -> None:
        body = self.render(node.children)
        if look:
            body = markup.call(look, markup.content(body))
        place = self.destination(node)
        if place is None or not body.strip():
            self.emit(body)
        else:
            self.emit(markup.call("go", place, markup.content(body)))
        raise nodes.SkipNode

    def destination(self, node: nodes.Element) -> markup.Code | None:
        """Where a reference leads: a label of the book, an address, or nowhere on paper."""
        if node.get("refid"):
            return self._label_of(keys.key(self.scope.docname, node["refid"]), node)
        uri = str(node.get("refuri", ""))
        inner = keys.target(uri)
        if inner is None:
            if uri.startswith(("http:", "https:", "mailto:", "ftp:", "doi:", "tel:")):
                return markup.value(uri)
            return None
        docname, anchor = inner
        docname = docname or self.scope.docname
        if docname in self.facts.pages:
            return self._label_of(keys.key(docname, anchor), node)
        address = page_address(self.config, docname, anchor)
        return markup.value(address) if address else None

    def _label_of(self, name: str, node: nodes.Element) -> markup.Code | None:
        if name in self.facts.anchors:
            return markup.expression("label", name)
        self.warn(Warn.OUTPUT, "the PDF has no place %r to link to; the text stands without a link", name, node=node)
        return None

    def visit_target(self, node: nodes.target) -> None:
        """Its ids are set by `dispatch_visit`; inline targets hold text too."""
        self.emit(self.render(node.children))
        raise nodes.SkipNode
