r"""Split equations with text between their lines into equations and paragraphs, so that pages can break there.

Neither MathML, nor Typst, nor MathJax has an equivalent of `\\intertext`.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms import SphinxTransform

from ..mathematics.intertext import EquationPart, parts


class SplitAtWords(SphinxTransform):
    """Split equations at `\\intertext`."""

    # Runs before labels are put in place (10), because each part has the labels of its own lines.
    default_priority = 9

    def apply(self, **_options: object) -> None:
        for node in list(self.document.findall(nodes.math_block)):
            equation_parts = parts(node.astext())
            if equation_parts:
                self._split(node, equation_parts)

    def _split(self, node: nodes.math_block, equation_parts: list[EquationPart]) -> None:
        """Put the parts in place of the equation. The last part with lines keeps the number of the whole, if any."""
        last = max(at for at, part in enumerate(equation_parts) if part.tex)
        own_labels = any("\\label" in part.tex for part in equation_parts)
        parent = node.parent
        targets = self._targets(node)
        for target in targets:
            parent.remove(target)
        new_nodes: list[nodes.Node] = []
        for at, part in enumerate(equation_parts):
            if not part.tex:
                new_nodes.append(self._paragraph(node, part))
                continue
            if at == last:
                new_nodes += targets
                tex = part.tex if own_labels or node.get("label") is None else part.tex.replace("*}", "}")
                new_nodes.append(node)
                node.children = []
                node.append(nodes.Text(tex))
                if own_labels:
                    self._forget_label(node)
                continue
            before = nodes.math_block(part.tex, part.tex, nowrap=True, number=None, classes=["amsmath"])
            before.source, before.line = node.source, node.line
            new_nodes.append(before)
        position = parent.index(node)
        parent.remove(node)
        parent.insert(position, new_nodes)

    def _targets(self, node: nodes.math_block) -> list[nodes.Node]:
        """Return the targets right before an equation, which stay with its number."""
        position = node.parent.index(node)
        first = position
        while first and isinstance(node.parent[first - 1], nodes.target):
            first -= 1
        return list(node.parent.children[first:position])

    def _forget_label(self, node: nodes.math_block) -> None:
        """Remove the random label that MyST-Parser gave to the whole, because the lines have labels of their own."""
        equations = self.env.domains.math_domain.equations
        if "amsmath" in node["classes"] and node.get("label") in equations and "\\label" not in node.astext():
            equations.pop(node["label"])
            del node["label"]
            node["number"] = None

    def _paragraph(self, node: nodes.math_block, part: EquationPart) -> nodes.paragraph:
        paragraph = nodes.paragraph("", "")
        paragraph.source, paragraph.line = node.source, node.line
        for text, is_math in part.words:
            paragraph += nodes.math(text, text) if is_math else nodes.Text(text)
        return paragraph
