"""Translate formulas: LaTeX sets them from the author's TeX, with the numbers of the table of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from docutils import nodes

from ....common.warning_types import Warn
from ....mathematics import convert
from ....mathematics import latex_source as formulas
from ....mathematics.extension import macros_of
from ....mathematics.macros import Value
from ....mathematics.tags import as_printed
from ....mathematics.tex_tokens import TexError
from ....numbering.equations import line_numbers, number_of
from .. import escape
from .base import LatexTranslatorBase


class LatexMathVisitors(LatexTranslatorBase):
    def visit_math(self, node: nodes.math) -> None:
        source = node.astext()
        macros = macros_of(self.config, node)
        problem = convert(source, display=False, macros=macros).problem or ""
        try:
            formula = "" if problem else formulas.inline(source, macros)
        except TexError as error:
            problem = str(error)
        if problem:
            self._refused(node, source, problem)
            raise nodes.SkipNode
        self.facts.formulas[source] += 1
        if self.in_title:
            self.emit(f"\\texorpdfstring{{\\({formula}\\)}}{{{escape.escape(self._in_letters(source, macros))}}}")
        else:
            self.emit(f"\\({formula}\\)")
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        source, env = node.astext(), self.builder.env
        macros = macros_of(self.config, node)
        # A formula that the other outputs cannot show is shown as TeX in all of them.
        problem = convert(source, display=True, macros=macros).problem or ""
        place = self.waiting_places("bookline")
        # No empty line is emitted: the formula belongs to the text before it.
        self.line(f"{place}%\n" if place else "")
        number, lines = number_of(env, self.docname, node), line_numbers(env, self.docname, node)
        try:
            formula = "" if problem else formulas.display(source, number, lines, macros)
        except TexError as error:
            problem = str(error)
        if problem:
            self._refused(node, source, problem)
            shown = ", ".join(as_printed(item) for item in [number, *lines.values()] if item)
            self.emit(f"\\hfill{{{escape.escape(shown)}}}\n" if shown else "\n")
        else:
            self.facts.formulas[source] += 1
            self.emit(f"{formula}\n")
        raise nodes.SkipNode

    visit_displaymath = visit_math_block

    def _refused(self, node: nodes.Element, source: str, problem: str) -> None:
        # The message is the same as for HTML, so that a build that makes both says it once.
        self.warn(Warn.MATH, "formula shown as TeX: %s", problem, node=node)
        self.emit(f"\\texttt{{{escape.escape(' '.join(source.split()))}}}")

    def _in_letters(self, source: str, macros: Mapping[str, Value]) -> str:
        """Return a formula in letters, for bookmarks."""
        converted = convert(source, display=False, macros=macros)
        return "".join(_texts(ET.fromstring(converted.mathml)))


def _texts(element: ET.Element) -> list[str]:
    if element.tag.rpartition("}")[2] == "annotation":
        return []
    texts = [element.text or ""]
    for child in element:
        texts += [*_texts(child), child.tail or ""]
    return [text.strip() for text in texts]
