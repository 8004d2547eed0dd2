"""Theorems and their family, exercises: what is the same in every engine."""

from __future__ import annotations

from docutils import nodes

UPRIGHT = ("definition", "remark", "example", "notation", "algorithm", "observation", "assumption")
"""What is stated upright; theorems and what is proved are slanted."""


def title_and_body(node: nodes.Element) -> tuple[nodes.Element | None, list[nodes.Node]]:
    """The title, if there is one, and what is stated."""
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    return title, [child for child in node.children if child is not title]
