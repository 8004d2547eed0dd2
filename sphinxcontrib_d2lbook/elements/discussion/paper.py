"""Show a discussion in print: its QR code, what to do with it, and the address for readers without a camera."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from .placing import title


def visit_typst(self: Any, node: nodes.Element) -> None:
    *codes, text = node.children
    self.emit_block("discussion", title(), self.content(codes) if codes else None, self.content([text]))
    raise nodes.SkipNode


def visit_latex(self: Any, node: nodes.Element) -> None:
    self.discussed(title(), node)
