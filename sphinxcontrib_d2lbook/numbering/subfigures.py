"""The node of a figure's part, which has a letter of its own."""

from __future__ import annotations

from docutils import nodes


class subfigure(nodes.General, nodes.Element):  # noqa: N801
    """An image of a figure, and a `caption` if it has one. Attribute: `letter`."""
