"""Put discussions into the page that is written, at the end of their sections, in the form for its format."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from ...addresses.permanent_addresses import permanent_address
from ...common.errors import BookProblems
from ...common.translations import _
from ...upstream.sphinx.application import app_of
from ..qr_svg import fault, smallest_size
from ..qrcode import PRINTED, qrcode
from .directive import discussion
from .discussion_facts import ShownDiscussion, discussion_domain

CODE_SIZE = 20
"""Side length of a code in millimetres; more if the address needs it."""


class PlaceDiscussions(SphinxPostTransform):
    """Remove discussions that are not shown, and place the others.

    For formats without visitors of ours, these become plain nodes.
    """

    # Runs before DrawQRCodes (190), which draws the codes that are made here.
    default_priority = 180

    def run(self, **kwargs: Any) -> None:
        shown = discussion_domain(self.env).shown.get(self.env.docname, [])
        written = {node["ids"][0]: node for node in list(self.document.findall(discussion))}
        for item in shown:
            node = written.pop(item.node_id, None) or discussion(ids=[item.node_id], label=item.label)
            self._put(node, item)
        for node in written.values():
            node.parent.remove(node)

    def _put(self, node: discussion, item: ShownDiscussion) -> None:
        section = next(
            candidate for candidate in self.document.findall(nodes.section) if item.section in candidate["ids"]
        )
        if node.parent is not section:
            if node.parent is not None:
                node.parent.remove(node)
            section.append(node)
        node["shown"] = item
        node["level"] = _depth(section) + 1
        builder = app_of(self.env).builder
        if builder.format == "html":
            return
        if builder.format == "notebook":
            links = self._linked(item)
            if links:
                node.replace_self(links)
            else:  # no address: the book does not say where it is published, of which the build has warned
                section.remove(node)
            return
        node.extend(self._printed(item))
        if builder.format not in PRINTED:
            node.replace_self(nodes.container("", nodes.rubric("", title()), *node.children))

    def _linked(self, item: ShownDiscussion) -> list[nodes.Node]:
        """Return a link to the permanent address if there is one, because copies of notebooks may be kept for long."""
        address = permanent_address(self.config, item.label) or item.thread
        if not address:
            return []
        link = nodes.reference("", invitation(), refuri=address)
        return [nodes.rubric("", title()), nodes.paragraph("", "", link)]

    def _printed(self, item: ShownDiscussion) -> list[nodes.Node]:
        """Return the QR code, if the edition has codes, and the printed address.

        Raise BookProblems if there is no address, or it cannot be a code.
        """
        address = permanent_address(self.config, item.label)
        problem = fault(address) if address else "the book does not say where it is published"
        if problem:
            raise BookProblems(self._refusals(problem))
        link = nodes.reference("", address, refuri=address)
        if not self.config.d2lbook_pdf_codes:
            return [nodes.paragraph("", f"{invitation()}: ", link)]
        size = max(CODE_SIZE, smallest_size(address))
        code = qrcode(address=address, size=size, title=f"{scan()}: {address}")
        code.line = item.line
        return [code, nodes.paragraph("", f"{scan()}: ", link)]

    def _refusals(self, problem: str) -> list[str]:
        """Return one message for each page with discussions, so that all are reported at once."""
        return [
            f"{self.env.doc2path(docname)}:{items[0].line}: no code can be printed for a discussion: {problem}. "
            "Set html_baseurl in conf.py to the address at which the book will stay: printed codes lead there"
            for docname, items in discussion_domain(self.env).shown.items()
        ]


def _depth(section: nodes.Element | None) -> int:
    """Return the depth of a section, 1 for the outermost."""
    return 0 if section is None else isinstance(section, nodes.section) + _depth(section.parent)


def title() -> str:
    """Return the heading of a discussion."""
    return _("Discussion")


def invitation() -> str:
    """Return the text of the link to a discussion."""
    return _("Discuss this section")


def scan() -> str:
    """Return the text beside a QR code in print."""
    return _("Scan the QR code to discuss")
