r"""Equations with words between their lines become equations with paragraphs between them, which break and can be read.

Neither MathML, nor Typst, nor MathJax has anything like `\\intertext`.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms import SphinxTransform

from ..mathematics.intertext import EquationPart, parts


class SplitAtWords(SphinxTransform):
    """Splits equations at `\\intertext`."""

    # Before labels are put in place (10): each part has those of its own lines.
    default_priority = 9

    def apply(self, **_options: object) -> None:
        for node in list(self.document.findall(nodes.math_block)):
            found = parts(node.astext())
            if found:
                self._split(node, found)

    def _split(self, node: nodes.math_block, found: list[EquationPart]) -> None:
        """The number of the whole, if there is one, stands at the last lines."""
        last = max(at for at, part in enumerate(found) if part.tex)
        own_labels = any("\\label" in part.tex for part in found)
        parent = node.parent
        targets = self._targets(node)
        for target in targets:
            parent.remove(target)
        made: list[nodes.Node] = []
        for at, part in enumerate(found):
            if not part.tex:
                made.append(self._paragraph(node, part))
                continue
            if at == last:
                made += targets
                tex = part.tex if own_labels or node.get("label") is None else part.tex.replace("*}", "}")
                made.append(node)
                node.children = []
                node.append(nodes.Text(tex))
                if own_labels:
                    self._forget_label(node)
                continue
            before = nodes.math_block(part.tex, part.tex, nowrap=True, number=None, classes=["amsmath"])
            before.source, before.line = node.source, node.line
            made.append(before)
        position = parent.index(node)
        parent.remove(node)
        parent.insert(position, made)

    def _targets(self, node: nodes.math_block) -> list[nodes.Node]:
        """The targets right before an equation, which stay with its number."""
        position = node.parent.index(node)
        first = position
        while first and isinstance(node.parent[first - 1], nodes.target):
            first -= 1
        return list(node.parent.children[first:position])

    def _forget_label(self, node: nodes.math_block) -> None:
        """Lines have their own labels, so that the whole has none that MyST-Parser drew by lot."""
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
