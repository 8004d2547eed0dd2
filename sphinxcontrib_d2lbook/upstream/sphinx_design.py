"""Use sphinx-design beyond its documented interface: the nodes of its icons."""

from __future__ import annotations

from docutils import nodes
from sphinx.writers.latex import LaTeXTranslator

from .relied import Upstream

DESIGN = Upstream("sphinx-design", ">=0.6,<0.9")
"""The tests run with 0.8."""
USE = "icons are printed"

with DESIGN.imports(USE):
    from sphinx_design.icons import fontawesome, visit_fontawesome_latex

__all__ = ["fontawesome", "print_icon"]


def print_icon(translator: LaTeXTranslator, node: nodes.Element) -> None:
    """Write an icon as sphinx-design does for LaTeX, with its visitor, which ours has replaced."""
    visit_fontawesome_latex(translator, node)  # type: ignore[no-untyped-call]
