"""Gather the facts about an assembled book that the translator needs."""

from __future__ import annotations

from collections.abc import Mapping

from docutils import nodes

from ...addresses.internal_uris import internal_target
from ...common.ancestors import ancestors
from ..paper.destination_names import key
from ..paper.images import Picture
from ..paper.structure import anchors_by_page, elements
from .font_coverage import GlyphCheck
from .translator import TypstBookFacts


def gather(tree: nodes.document, pictures: Mapping[str, Picture], glyphs: GlyphCheck) -> TypstBookFacts:
    """Return the facts about an assembled book that the translator needs."""
    notes: dict[str, nodes.Element] = {}
    wanted: set[str] = set()
    referenced: set[str] = set()
    for docname, node in elements(tree):
        if isinstance(node, nodes.footnote):
            notes.update({key(docname, item): node for item in node["ids"]})
        elif isinstance(node, nodes.footnote_reference) and not _in_heading(node):
            wanted.add(key(docname, node.get("refid", "")))
        elif isinstance(node, nodes.reference):
            inner = ("", node["refid"]) if node.get("refid") else internal_target(str(node.get("refuri", "")))
            if inner is not None:
                referenced.add(key(inner[0] or docname, inner[1]))
    return TypstBookFacts(
        anchors=anchors_by_page(tree),
        footnotes={name: note for name, note in notes.items() if name in wanted},
        pictures=pictures,
        glyphs=glyphs,
        referenced=referenced,
    )


def _in_heading(node: nodes.Node) -> bool:
    return any(isinstance(place, nodes.title) and isinstance(place.parent, nodes.section) for place in ancestors(node))
