"""A discussion in print, set by LaTeX."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from .placing import title


def visit(self: Any, node: nodes.Element) -> None:
    self.discussed(title(), node)
