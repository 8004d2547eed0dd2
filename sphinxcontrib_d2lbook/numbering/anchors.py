"""Prepare anchors and local links for numbering, while a page is read."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from .equations import LINES


class PreferLabels(SphinxTransform):
    """Put the label that an author gave before the `id3` that docutils made up, since only the label lasts."""

    # Runs after docutils has given targets before a figure to the figure (260) and MyST has sorted sections (262).
    default_priority = 263

    def apply(self, **_options: Any) -> None:
        explicit = {self.document.nameids[name] for name, is_explicit in self.document.nametypes.items() if is_explicit}
        for node in self.document.findall(nodes.Element):
            if isinstance(node, nodes.General) and len(node["ids"]) > 1 and LINES not in node:
                node["ids"] = sorted(node["ids"], key=lambda item: item not in explicit)
        slugs = getattr(
            self.document, "myst_slugs", {}
        )  # MyST's table of the sections that links such as `#title` mean
        for section in self.document.findall(nodes.section):
            slug = slugs.get(section.get("slug"))
            if slug is not None and section["ids"] and slug[1] not in section["ids"]:  # a label has taken its anchor
                slugs[section["slug"]] = (slug[0], section["ids"][0], *slug[2:])
            if not any(isinstance(child, nodes.title) for child in section.children):
                section["ids"] = []  # a wrapper of sphinx-exercise: all have the same id, and no link leads to it


class KeepLocalLinks(SphinxTransform):
    """Resolve `[](#label)` to a place on the same page as late as other references, so that it can show a number."""

    # Runs before MyST (879), which would put in the title as it is at this time.
    default_priority = 878

    def apply(self, **_options: Any) -> None:
        for node in list(self.document.findall(nodes.reference)):
            label = str(node.get("refuri", "")).removeprefix("#")
            if not node.get("id_link") or not self.document.nametypes.get(label):
                continue
            link = addnodes.pending_xref(
                refdoc=self.env.docname,
                refdomain=None,
                reftype="myst",
                reftarget=label,
                refexplicit=bool(node.children),
            )
            if "reftitle" in node:
                link["reftitle"] = node["reftitle"]
            link.source, link.line = node.source, node.line
            link += nodes.inline("", "", *node.children, classes=["xref", "myst"])
            node.replace_self(link)
