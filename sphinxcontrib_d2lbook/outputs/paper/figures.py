"""Figures and images: what is the same in every engine."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes

RASTER = 0.75
"""Points to a pixel of an image without a width, as browsers show it."""


@dataclass(frozen=True)
class Parts:
    """What a figure is made of."""

    body: list[nodes.Node]
    caption: nodes.caption | None
    legend: nodes.legend | None


def parts_of(figure: nodes.Element) -> Parts:
    caption = next((child for child in figure.children if isinstance(child, nodes.caption)), None)
    legend = next((child for child in figure.children if isinstance(child, nodes.legend)), None)
    return Parts([child for child in figure.children if child is not caption and child is not legend], caption, legend)


def is_in_text(image: nodes.Element) -> bool:
    """Whether there is anything but images in the paragraph around an image."""
    place: nodes.Node | None = image.parent
    while isinstance(place, nodes.Element) and isinstance(place, nodes.Inline):
        place = place.parent
    # An image's own text is its alternative.
    return isinstance(place, nodes.paragraph) and any(text.strip() for text in place.findall(nodes.Text))
