"""Read figures and images alike for every engine."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes

from ...numbering.subfigures import subfigure

RASTER = 0.75
"""Points per pixel of an image without a width, as browsers show it."""


@dataclass(frozen=True)
class Parts:
    """Parts of a figure."""

    body: list[nodes.Node]
    caption: nodes.caption | None
    legend: nodes.legend | None
    caption_first: bool
    """Whether the caption stands above everything else."""


def parts_of(figure: nodes.Element) -> Parts:
    """Return the parts of a figure, of a part of one, or of code with a caption."""
    caption = next((child for child in figure.children if isinstance(child, nodes.caption)), None)
    legend = next((child for child in figure.children if isinstance(child, nodes.legend)), None)
    body = [child for child in figure.children if child is not caption and child is not legend]
    return Parts(body, caption, legend, caption is not None and figure.children[0] is caption)


def subfigures_of(figure: nodes.Element) -> tuple[dict[str, nodes.Element], list[nodes.Node]]:
    """Return the sub-figures of a figure by their letters, sorted, and its other children."""
    parts = {part["letter"].upper(): part for part in figure.findall(subfigure)}
    return dict(sorted(parts.items())), [child for child in figure.children if not isinstance(child, subfigure)]


def is_in_text(image: nodes.Element) -> bool:
    """Check whether an image stands in a line: in a title, in literal text, or in a paragraph of more than images."""
    place: nodes.Node | None = image.parent
    while isinstance(place, nodes.Element) and isinstance(place, nodes.Inline):
        place = place.parent
    if not isinstance(place, nodes.paragraph):
        return isinstance(place, nodes.TextElement)
    # Text inside an image node is its alternative text.
    return any(text.strip() for text in place.findall(nodes.Text))
