"""Translate theorems and their family, proofs, exercises and solutions (sphinx-proof, sphinx-exercise)."""

from __future__ import annotations

from docutils import nodes
from sphinx.locale import get_translation

from ....common.translations import proof_word
from ...paper.boxes import UPRIGHT, drop_word, title_and_body
from .. import markup
from .base import TypstTranslatorBase

_ = get_translation("proof")


class TypstStatementVisitors(TypstTranslatorBase):
    def _statement(self, node: nodes.Element) -> None:
        title, body = title_and_body(node)
        kind = node.get("realtype", "")
        number = self.number(node, node.get("countertype", ""))
        label = f"{_(kind.title())} {number}".strip()
        self.emit_block(
            "statement",
            self.content(body),
            kind=kind,
            label=label,
            title=self._title(title),
            slanted=kind not in UPRIGHT,
            listed=self.listed("statements", label, title),
        )
        raise nodes.SkipNode

    visit_axiom_node = _statement
    visit_theorem_node = _statement
    visit_lemma_node = _statement
    visit_algorithm_node = _statement
    visit_definition_node = _statement
    visit_remark_node = _statement
    visit_conjecture_node = _statement
    visit_corollary_node = _statement
    visit_criterion_node = _statement
    visit_example_node = _statement
    visit_property_node = _statement
    visit_observation_node = _statement
    visit_proposition_node = _statement
    visit_assumption_node = _statement
    visit_notation_node = _statement
    visit_unenumerable_node = _statement

    def visit_proof_node(self, node: nodes.Element) -> None:
        drop_word(node)
        inner = [child for box in node.children for child in box.children]
        anchors = "".join(self.anchors(box["ids"]) for box in node.children if isinstance(box, nodes.Element))
        self.emit_block("proof", markup.content(anchors + self.rendered(inner)), word=proof_word())
        raise nodes.SkipNode

    def visit_exercise_enumerable_node(self, node: nodes.Element) -> None:
        title, body = title_and_body(node)
        label = self.caption_label(node, "exercise")
        self.emit_block("exercise", self.content(body), label=label, title=self._title(title))
        raise nodes.SkipNode

    def visit_exercise_node(self, node: nodes.Element) -> None:
        """Emit an exercise without a number; its title begins with the word itself."""
        title, body = title_and_body(node)
        self.emit_block("exercise", self.content(body), label="", title=self._title(title))
        raise nodes.SkipNode

    visit_solution_node = visit_exercise_node

    def _title(self, title: nodes.Element | None) -> markup.TypstExpression | None:
        if title is None or not title.astext().strip():
            return None
        return markup.content(self.anchors(title["ids"]) + self.rendered(title.children))

    def _nothing(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    visit_exercise_end_node = _nothing
    visit_solution_start_node = _nothing
    visit_solution_end_node = _nothing
