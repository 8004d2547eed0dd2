"""Translate running text."""

from __future__ import annotations

import re
from typing import cast

from docutils import nodes

from ....common.ancestors import ancestors
from .. import escape, markup
from .base import TypstTranslatorBase

_WHITE = re.compile(r"[ \t\r\n\f\v]+")
CUT = f"#{markup.TEMPLATE}.may-break"
CODE_SPACE = f"#{markup.TEMPLATE}.code-space"
LINE_BREAK = re.compile(r"<br */?>\s*")

BEFORE_SIGN = re.compile(r" (?=[;:!?»])|(?<=«) ")


def french_spaces(text: str) -> str:
    """Return French text whose spaces before signs are as wide as these ask for, and never end a line."""
    return BEFORE_SIGN.sub(lambda space: "\u00a0" if text[space.end() :][:1] == ":" else "\u202f", text)


def _is_behind_space(node: nodes.Element) -> bool:
    """Check whether a node stands after text that ends with a space, in the same line."""
    while node.parent is not None and node.parent[0] is node and isinstance(node.parent, nodes.Inline):
        node = cast("nodes.Element", node.parent)
    at = node.parent.index(node) if node.parent is not None else 0
    before = node.parent[at - 1] if at > 0 else None
    return isinstance(before, nodes.Text) and before.astext()[-1:].isspace()


class TypstInlineVisitors(TypstTranslatorBase):
    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802
        text = node.astext()
        if self.scope.code and text.strip() and text.isascii():
            self.emit(self._code(text, node))
        elif self.scope.verbatim:
            self.emit(CUT.join(self.text(piece, node) for piece in escape.breakable(text)))
        else:
            shown = _WHITE.sub(" ", text)
            self.emit(self.text(french_spaces(shown) if self._is_french else shown, node))
        raise nodes.SkipNode

    @property
    def _is_french(self) -> bool:
        return (self.config.language or "").partition("_")[0] == "fr"

    def _code(self, text: str, node: nodes.Node) -> str:
        """Return code that stands in a line, in pieces that stay whole. Its spaces have one width in every line."""
        self.facts.glyphs.check(text, self.location(node))
        words = [
            CUT.join(
                markup.call("whole", piece) if escape.is_breakable(piece) else escape.markup(piece) for piece in pieces
            )
            for pieces in escape.code_words(text)
        ]
        before, after = text[0].isspace(), text[-1].isspace()
        return CODE_SPACE.join([*[""] * before, *words, *[""] * after])

    def visit_emphasis(self, node: nodes.Element) -> None:
        self.wrap("em", node)

    visit_literal_emphasis = visit_emphasis
    visit_title_reference = visit_emphasis

    def visit_strong(self, node: nodes.Element) -> None:
        self.wrap("bold", node)

    visit_literal_strong = visit_strong

    def visit_subscript(self, node: nodes.Element) -> None:
        self.wrap("lower", node)

    def visit_superscript(self, node: nodes.Element) -> None:
        self.wrap("raised", node)

    def visit_literal(self, node: nodes.Element) -> None:
        if "kbd" in node["classes"]:
            self.wrap("key", node)
        if node.astext()[:1] in escape.NO_START and _is_behind_space(node):
            self.emit(CUT)
        # The cells of a table and the margin are narrow, and code there is broken wherever it must be.
        narrow = self.scope.aside or any(isinstance(place, nodes.entry) for place in ancestors(node))
        with self.within(verbatim=True, code=not narrow):
            self.wrap("lit", node)

    def visit_inline(self, node: nodes.Element) -> None:
        """Emit the text of a role that has no node of its own, recognized by its class."""
        classes = node["classes"]
        if "guilabel" in classes or "menuselection" in classes:
            self.wrap("ui", node)
        elif any(name.startswith("sd-badge") for name in classes):
            self.wrap("badge", node)
        elif {"highlight", "code"} & set(classes) or {"output", "text_plain"} <= set(classes):
            self.wrap("lit", node)

    def depart_inline(self, node: nodes.Element) -> None:
        pass

    def visit_generated(self, node: nodes.Element) -> None:
        pass

    depart_generated = depart_inline

    def visit_abbreviation(self, node: nodes.Element) -> None:
        """Emit the explanation in parentheses, once, as paper has no tooltip."""
        self.emit(self.rendered(node.children))
        if node.get("explanation") and not self.scope.verbatim:
            self.emit(self.text(f" ({node['explanation']})", node))
        raise nodes.SkipNode

    visit_acronym = visit_abbreviation

    def visit_manpage(self, node: nodes.Element) -> None:
        self.wrap("em", node)

    def visit_problematic(self, node: nodes.Element) -> None:
        self.wrap("problem", node)

    def visit_system_message(self, node: nodes.Element) -> None:
        raise nodes.SkipNode  # Docutils has logged it, and Sphinx's HTML shows none of it either.

    def visit_raw(self, node: nodes.raw) -> None:
        """Emit raw text for this output only; the author chose to leave out what is meant for others."""
        if {"typst", "pdf"} & set(node.get("format", "").split()):
            self.emit(node.astext())
        elif node.get("format") == "html" and LINE_BREAK.fullmatch(node.astext()):
            self.emit(markup.call("newline"))  # This is Markdown's hard line break, which MyST gives as HTML and LaTeX.
        raise nodes.SkipNode

    def visit_comment(self, node: nodes.Node) -> None:
        raise nodes.SkipNode

    visit_substitution_definition = visit_comment
    visit_tabular_col_spec = visit_comment
    visit_highlightlang = visit_comment
    visit_pending = visit_comment

    def visit_PassthroughTextElement(self, node: nodes.Element) -> None:  # noqa: N802
        pass

    depart_PassthroughTextElement = depart_inline  # noqa: N815

    def plain(self, text: str, node: nodes.Node) -> markup.TypstExpression:
        """Return the text of an attribute as content."""
        return markup.content(self.text(text, node))
