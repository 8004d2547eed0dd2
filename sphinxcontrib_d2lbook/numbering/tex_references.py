r"""Support LaTeX's `\ref` and `\eqref`: in formulas they print numbers, in text they become links.

Authors of notebooks write them because MathJax resolves them on one page. Here they can refer to the whole book.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..mathematics.references import FormulaReference, lone_reference, references, with_references
from .page_facts import Reference
from .reference_names import find_target
from .references import number_of_tex, warn_of_unknown

LABELS = "d2lbook_references"
"""Attribute of a formula: pairs of the command (`ref` or `eqref`) and the label, for each reference in it."""
IN_TEXT = re.compile(r"\\(eqref|ref)\{([^{}\s]+)\}")
VERBATIM = (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw, nodes.Invisible, addnodes.pending_xref)
"""Nodes whose text stays as it is."""


class ReadReferencesOfTex(SphinxTransform):
    """Turn references in text, and formulas that consist of one reference, into links. Note those in other formulas."""

    # Runs right after the labels of equations were put in place (10).
    default_priority = 11

    def apply(self, **_options: object) -> None:
        for node in list(self.document.findall(lambda item: isinstance(item, nodes.math | nodes.math_block))):
            tex = node.astext()
            if "ref" not in tex:
                continue
            lone = lone_reference(tex) if isinstance(node, nodes.math) else None
            if lone is not None:
                node.parent.replace(node, self._link(lone, tex, node))
            elif formula_references := references(tex):
                node[LABELS] = [tuple(reference) for reference in formula_references]  # type: ignore[index]
        for text in list(self.document.findall(nodes.Text)):
            if "ref{" in text and not _is_verbatim(text):
                text.parent.replace(text, self._split(text))

    def _split(self, text: nodes.Text) -> list[nodes.Node]:
        parts: list[nodes.Node] = []
        last = 0
        for match in IN_TEXT.finditer(text):
            if match.start() > last:
                parts.append(nodes.Text(text[last : match.start()]))
            parts.append(self._link(FormulaReference(match[1], match[2]), match[0], text.parent))
            last = match.end()
        return [*parts, nodes.Text(text[last:])] if text[last:] or not parts else parts

    def _link(self, reference: FormulaReference, shown: str, at: nodes.Node) -> addnodes.pending_xref:
        link = addnodes.pending_xref(
            "",
            nodes.Text(shown),
            refdomain="math",
            reftype=reference.command,
            reftarget=reference.label,
            refexplicit=False,
            refdoc=self.env.docname,
        )
        link.source, link.line = at.source, at.line
        return link


class ResolveInFormulas(SphinxPostTransform):
    """Replace references in formulas by numbers."""

    default_priority = 4  # as for all other references to numbers

    def run(self, **_options: object) -> None:
        for node in list(self.document.findall(lambda item: isinstance(item, nodes.math | nodes.math_block))):
            if LABELS not in node:  # type: ignore[operator]
                continue
            tex = with_references(node.astext(), lambda reference, at=node: self._number(reference, at))  # type: ignore[misc]
            node.children = []
            node.append(nodes.Text(tex))  # type: ignore[attr-defined]

    def _number(self, reference: FormulaReference, node: nodes.Node) -> str:
        wanted = Reference("math", reference.command, reference.label)
        target = find_target(self.env, wanted)
        if target is not None:
            return number_of_tex(wanted, target)
        warn_of_unknown(self.env, wanted, node)
        return f"({reference.label})" if reference.command == "eqref" else reference.label


def _is_verbatim(node: nodes.Node) -> bool:
    parent = node.parent
    while parent is not None:
        if isinstance(parent, VERBATIM):
            return True
        parent = parent.parent
    return False


def setup(app: Sphinx) -> None:
    app.add_transform(ReadReferencesOfTex)
    app.add_post_transform(ResolveInFormulas)
