"""Translate theorems and their family, proofs, exercises and solutions (sphinx-proof, sphinx-exercise)."""

from __future__ import annotations

from docutils import nodes
from sphinx.locale import get_translation

from ....common.translations import proof_word
from ...paper.boxes import UPRIGHT, drop_word, title_and_body
from .. import escape
from .base import LatexTranslatorBase

_ = get_translation("proof")


class LatexStatementVisitors(LatexTranslatorBase):
    def statement(self, node: nodes.Element) -> None:
        title, body = title_and_body(node)
        kind = node.get("realtype", "")
        number = self.number(node, node.get("countertype", ""))
        look = "" if kind in UPRIGHT else "\\itshape"
        label = f"{_(kind.title())} {number}".strip()
        shown = self.waiting_places() + escape.escape(label)
        self.note_listed("statements", label, title, node["ids"])
        self._boxed("bookstatement", look, shown, self._title(title), body=body)

    def exercise(self, node: nodes.Element) -> None:
        """Emit an exercise; the title of one without a number begins with the word itself."""
        title, body = title_and_body(node)
        label = self.caption_label(node, "exercise")
        if title is not None and label and title.astext().startswith(label):
            del title[0]  # Sphinx-exercise has put the label into the title, for LaTeX alone.
        self._boxed("bookexercise", self.waiting_places() + escape.escape(label), self._title(title), body=body)

    def _boxed(self, name: str, *arguments: str, body: list[nodes.Node]) -> None:
        with self.without_floats():
            content = self.rendered(body)
        self.block(name, *arguments, body=content)
        raise nodes.SkipNode

    def proof(self, node: nodes.Element) -> None:
        drop_word(node)
        for box in node.children:
            if isinstance(box, nodes.Element):
                self.waiting += box["ids"]
        body = [child for box in node.children for child in box.children]
        with self.without_floats():
            # The first paragraph continues the line of the word "Proof".
            content = "".join(
                self.rendered(child.children if child is body[0] and isinstance(child, nodes.paragraph) else [child])
                for child in body
            )
        self.block("bookproof", escape.escape(proof_word()), body=content.strip())
        raise nodes.SkipNode

    def _title(self, title: nodes.Element | None) -> str:
        """Return a title as it follows the label, with a space before it."""
        if title is None or not title.astext().strip():
            return ""
        text = self.rendered(title.children).strip()
        return f" {text}"
