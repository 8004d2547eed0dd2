"""Formulas: made by the mathematics room, numbered by the table."""

from __future__ import annotations

from docutils import nodes

from ....log import Warn
from ....mathematics import convert
from ....numbering.equations import numbered
from .. import markup
from .base import BaseTranslator


class MathVisitors(BaseTranslator):
    def visit_math(self, node: nodes.math) -> None:
        self.emit(self.formula(node, node.astext(), display=False, number=None))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        tex, number = numbered(self.builder.env, self.scope.docname, node)
        self.emit("\n" + self.formula(node, tex, display=True, number=number or None) + "\n\n")
        raise nodes.SkipNode

    visit_displaymath = visit_math_block

    def formula(self, node: nodes.Element, tex: str, *, display: bool, number: str | None) -> str:
        """A formula in markup. One that nothing understands is printed as TeX."""
        self.facts.glyphs.check(tex, self.location(node))
        made = convert(tex, display=display, macros=self.config.d2lbook_math_macros)
        if made.problem:
            # The same words as for HTML: one build that makes both says it once.
            self.warn(Warn.MATH, "formula shown as TeX: %s", made.problem, node=node)
            return markup.call("tex", tex, display=display, number=number)
        if display:
            return markup.call("display-formula", markup.Code(f"$ {made.typst} $"), number=number, alt=node.astext())
        return markup.call("formula", markup.Code(f"${made.typst}$"), alt=tex)
