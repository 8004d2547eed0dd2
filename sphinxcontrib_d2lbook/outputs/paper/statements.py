"""Theorems and their family, proofs, exercises: what is the same in every engine."""

from __future__ import annotations

from docutils import nodes

UPRIGHT = ("definition", "remark", "example", "notation", "algorithm", "observation", "assumption")
"""What is stated upright; theorems and what is proved are slanted."""


def drop_word(proof: nodes.Element) -> None:
    """Take the word "Proof." out of the text, where sphinx-proof puts it: each engine says it in its own way."""
    first = next(iter(proof.findall(nodes.Text)), None)
    if first is not None and first.astext().startswith("Proof."):
        first.parent.replace(first, nodes.Text(first.astext().removeprefix("Proof.").lstrip()))


def title_and_body(node: nodes.Element) -> tuple[nodes.Element | None, list[nodes.Node]]:
    """The title, if there is one, and what is stated."""
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    return title, [child for child in node.children if child is not title]
