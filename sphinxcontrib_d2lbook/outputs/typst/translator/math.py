"""Translate formulas, with the code that the mathematics room makes and the numbers of the table."""

from __future__ import annotations

from docutils import nodes

from ....common.warning_types import Warn
from ....mathematics import convert
from ....mathematics.extension import macros_of
from ....mathematics.tags import as_printed
from ....numbering.equations import numbered
from .. import escape, markup
from .base import TypstTranslatorBase
from .inline import CUT

NARROW = 16
"""Width, in characters, of a formula that fits wherever formulas stand; wider ones are measured."""


class TypstMathVisitors(TypstTranslatorBase):
    def visit_math(self, node: nodes.math) -> None:
        self.emit(self.formula(node, node.astext(), display=False, number=None))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        tex, number = numbered(self.builder.env, self.scope.docname, node)
        self.emit("\n" + self.formula(node, tex, display=True, number=as_printed(number) or None) + "\n\n")
        raise nodes.SkipNode

    visit_displaymath = visit_math_block

    def formula(self, node: nodes.Element, tex: str, *, display: bool, number: str | None) -> str:
        """Return the markup of a formula. One that nothing understands is printed as TeX."""
        self.facts.glyphs.check(tex, self.location(node))
        formula = convert(tex, display=display, macros=macros_of(self.config, node))
        if formula.problem:
            # The message is the same as for HTML, so that a build that makes both says it once.
            self.warn(Warn.MATH, "formula shown as TeX: %s", formula.problem, node=node)
            shown = CUT.join(map(escape.markup, escape.breakable(tex)))
            return markup.call("tex", markup.content(shown), display=display, number=number)
        if display:
            code = markup.TypstExpression(f"$ {formula.typst} $")
            measured: dict[str, markup.Value] = {}
            if formula.size.width > NARROW:
                docname, line = self.location(node)
                measured = {
                    "unbroken": round(formula.size.unbroken, 2),
                    "place": f"{docname}:{line}" if line else docname,
                }
            return markup.call("display-formula", code, number=number, alt=node.astext(), **measured)
        tall: dict[str, markup.Value] = {"tall": True} if formula.size.tall else {}
        return markup.call("formula", markup.TypstExpression(f"${formula.typst}$"), alt=tex, **tall)
