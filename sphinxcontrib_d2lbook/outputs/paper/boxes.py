"""Read admonitions, components of sphinx-design, theorems, proofs and exercises alike for every engine."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.locale import admonitionlabels

from ...common.translations import proof_word

TONES = {
    "attention": "warning",
    "caution": "warning",
    "danger": "danger",
    "error": "danger",
    "hint": "tip",
    "important": "important",
    "note": "note",
    "seealso": "note",
    "tip": "tip",
    "todo": "warning",
    "warning": "warning",
}
"""Colour of the templates for each kind of admonition."""
_COLUMNS = re.compile(r"sd-row-cols-(?:xs|sm|md|lg)-(\d+)")
_WIDE = (nodes.literal_block, nodes.table, nodes.math_block, nodes.figure)
MOST_COLUMNS = 3
UPRIGHT = ("definition", "remark", "example", "notation", "algorithm", "observation", "assumption")
"""Kinds of statements that are set upright; theorems and everything that is proved are slanted."""


def tone_of(node: nodes.Element, other: str) -> str:
    """Return the colour of an admonition with a title of its own by its class; ``other`` if no class names a kind."""
    return next((TONES[name] for name in node["classes"] if name in TONES), other)


def tone_and_label(node: nodes.Element) -> tuple[str, str]:
    """Return the colour and the label of an admonition that is named by its kind; the default is that of a note."""
    name = node.__class__.__name__.removesuffix("_node")
    return TONES.get(name, "note"), str(admonitionlabels.get(name, name.title()))


def rubric_and_body(node: nodes.Element) -> tuple[nodes.rubric | None, list[nodes.Node]]:
    """Return the title of a tab or a dropdown, if it has one, and the rest."""
    first = node[0] if node.children else None
    rubric = first if isinstance(first, nodes.rubric) else None
    return rubric, [child for child in node.children if child is not rubric]


def sidebar_title_and_body(sidebar: nodes.Element) -> tuple[nodes.Element | None, list[nodes.Node]]:
    """Return the title, if there is one, and what stands below it. A subtitle becomes a paragraph in bold letters."""
    for subtitle in [child for child in sidebar.children if isinstance(child, nodes.subtitle)]:
        words = nodes.strong("", "", *subtitle.children)
        paragraph = nodes.paragraph("", "", words, ids=subtitle["ids"])
        paragraph.source, paragraph.line = subtitle.source, subtitle.line
        subtitle.replace_self(paragraph)
    title = next((child for child in sidebar.children if isinstance(child, nodes.title)), None)
    return title, [child for child in sidebar.children if child is not title]


def link_of_card(node: nodes.Element) -> nodes.reference | None:
    """Return the link that a click on the whole card follows."""
    references = node.findall(nodes.reference)
    return next((link for link in references if "sd-stretched-link" in link.get("classes", ())), None)


def columns_of(row: nodes.Element) -> int:
    """Return the columns of a grid's row on a wide screen; 1 if its content needs the whole width of the page."""
    if any(isinstance(inner, _WIDE) for inner in row.findall()):
        return 1
    counts = [int(match[1]) for name in row["classes"] if (match := _COLUMNS.fullmatch(name))]
    return min(counts[-1] if counts else 2, MOST_COLUMNS)


def drop_word(proof: nodes.Element) -> None:
    """Remove the word "Proof." from the text, which reading has put there: each engine prints it in its own way."""
    first, word = next(iter(proof.findall(nodes.Text)), None), f"{proof_word()}."
    if first is not None and first.astext().startswith(word):
        first.parent.replace(first, nodes.Text(first.astext().removeprefix(word).lstrip()))


def title_and_body(node: nodes.Element) -> tuple[nodes.Element | None, list[nodes.Node]]:
    """Return the title, if there is one, and the other children."""
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    return title, [child for child in node.children if child is not title]
