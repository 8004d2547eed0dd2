"""References: within the book to places, out of it to addresses."""

from __future__ import annotations

from docutils import nodes

from ....addresses.permanent import page_address
from ....log import Warn
from ...paper import keys
from .. import tex
from .base import BaseTranslator

SCHEMES = ("http:", "https:", "mailto:", "ftp:", "doi:", "tel:")


class ReferenceVisitors(BaseTranslator):
    def visit_reference(self, node: nodes.Element) -> None:
        if "sd-hide-link-text" in node.get("classes", ()):  # the link of a whole card; the card shows it
            raise nodes.SkipNode
        body = self.content(node.children)
        name, target = ("", "") if self.scope.plain else self.destination(node)
        if not name or not body.strip():
            self.emit(body)
        elif not self.is_inline(node):
            self.emit("\n" + tex.command(name, target, body) + "\n")
        else:
            self.emit(tex.command(name, target, body))
        raise nodes.SkipNode

    visit_number_reference = visit_reference
    visit_download_reference = visit_reference

    def destination(self, node: nodes.Element) -> tuple[str, str]:
        """Command and target: a place of the book, an address, or twice "" for what leads nowhere on paper."""
        if node.get("refid"):
            return self._place(keys.key(self.docname, node["refid"]), node)
        uri = str(node.get("refuri", ""))
        inner = keys.target(uri)
        if inner is None:
            return ("href", address(uri)) if uri.startswith(SCHEMES) else ("", "")
        docname, anchor = inner
        docname = docname or self.docname
        if docname in self.facts.pages:
            return self._place(keys.key(docname, anchor), node)
        outside = page_address(self.config, docname, anchor)
        return ("href", address(outside)) if outside else ("", "")

    def _place(self, name: str, node: nodes.Element) -> tuple[str, str]:
        if name in self.facts.anchors:
            docname, _, anchor = name.partition("#")
            return "booklink", tex.destination(docname, anchor)
        self.warn(Warn.OUTPUT, "the PDF has no place %r to link to; the text stands without a link", name, node=node)
        return "", ""

    def visit_target(self, node: nodes.Element) -> None:
        """Its ids are placed by `dispatch_visit`; inline targets hold text too."""
        self.through(node)


def address(uri: str) -> str:
    """An address as hyperref takes it: what TeX reads as a sign of its own, with a backslash."""
    text = tex.clean(uri).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D").replace("\n", "%0A")
    return "".join(f"\\{char}" if char in "%#&_$" else "\\string^" if char == "^" else char for char in text)
