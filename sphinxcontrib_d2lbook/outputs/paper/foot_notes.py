"""Move margin notes into the paragraphs before them, for pages that have their notes at the foot."""

from __future__ import annotations

from docutils import nodes

AT_FOOT = "at-foot"
"""Attribute of a margin note that stands in a paragraph and is set at the foot of the page."""


def move_notes_to_foot(tree: nodes.document) -> None:
    """Move each margin note to the end of the paragraph before it, or else of the one after it.

    A note without a paragraph beside it stays where it is, and is set as a box.
    """
    for note in [node for node in tree.findall(nodes.sidebar) if "margin" in node["classes"]]:
        siblings = note.parent.children
        at = siblings.index(note)
        before, after = siblings[at - 1] if at else None, siblings[at + 1] if at + 1 < len(siblings) else None
        paragraph = next((node for node in (before, after) if isinstance(node, nodes.paragraph)), None)
        if paragraph is not None:
            note.parent.remove(note)
            note[AT_FOOT] = True
            paragraph.append(note)
