"""Translate code, in cells of notebooks and outside them, and the outputs of cells.

Code is split into coloured tokens by Pygments, as in HTML; the template wraps long lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from pygments.filters import ErrorToken
from pygments.token import Token
from sphinx.highlighting import PygmentsBridge

from ....elements.code_links import KEY, CodeLink, Piece, linked_tokens
from ....elements.saved_notes import saved_as
from ....upstream.pygments import TokenType
from ...paper.figures import parts_of
from .. import markup
from .floats import TypstFloatVisitors

# Kinds of token that the template has colours for; the first match wins.
KINDS: tuple[tuple[TokenType, str], ...] = (
    (Token.Comment.Preproc, "k"),
    (Token.Comment, "c"),
    (Token.Keyword.Constant, "m"),
    (Token.Keyword, "k"),
    (Token.Literal.String.Escape, "m"),
    (Token.Literal.String.Interpol, "m"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "m"),
    (Token.Operator.Word, "k"),
    (Token.Name.Decorator, "d"),
    (Token.Name.Function.Magic, "f"),
    (Token.Name.Function, "f"),
    (Token.Name.Class, "f"),
    (Token.Name.Exception, "e"),
    (Token.Name.Builtin.Pseudo, ""),
    (Token.Name.Builtin, "b"),
    (Token.Name.Tag, "k"),
    (Token.Name.Attribute, "f"),
    (Token.Generic.Prompt, "p"),
    (Token.Generic.Traceback, "e"),
    (Token.Generic.Error, "e"),
    (Token.Generic.Deleted, "e"),
    (Token.Generic.Inserted, "s"),
    (Token.Generic.Heading, "k"),
    (Token.Generic.Subheading, "k"),
)

TAB = 8


def token_kind(token: TokenType) -> str:
    """Return the template's name for a kind of token; "" for what is printed plainly."""
    if token in Token.Color:  # Colours of terminals, from MyST-NB's lexer.
        names = [str(part).lower() for part in token]
        return next((f"ansi-{name}" for name in names if name in ANSI), "")
    return next((kind for parent, kind in KINDS if token in parent), "")


ANSI = ("red", "green", "yellow", "blue", "magenta", "cyan")


Part = tuple[str, str, CodeLink | None]
"""Characters of a line that look alike and lead to the same target: kind, text, link."""


def split_lines(pieces: Iterable[Piece]) -> list[list[Part]]:
    """Return the parts of each line, with neighbours that look alike joined and tabs expanded."""
    lines: list[list[Part]] = [[]]
    column = 0
    for token, text, link in pieces:
        kind = token_kind(token)
        for number, piece in enumerate(text.split("\n")):
            if number:
                lines.append([])
                column = 0
            plain = _without_tabs(piece, column)
            column += len(plain)
            if plain:
                line = lines[-1]
                if line and line[-1][2] == link and (line[-1][0] == kind or not plain.strip()):
                    line[-1] = (line[-1][0], line[-1][1] + plain, link)
                else:
                    line.append((kind, plain, link))
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def _without_tabs(text: str, column: int) -> str:
    """Return ``text``, which begins at ``column``, with each tab expanded to the next tab stop."""
    return (" " * column + text).expandtabs(TAB)[column:]


class TypstCodeVisitors(TypstFloatVisitors):
    def visit_literal_block(self, node: nodes.literal_block) -> None:
        if node.rawsource and node.rawsource != node.astext():  # In a parsed literal, the children are markup.
            with self.within(verbatim=True):
                self.emit_block("preformatted", self.content(node.children))
            raise nodes.SkipNode
        self.emit(self.code(node))
        raise nodes.SkipNode

    def visit_doctest_block(self, node: nodes.doctest_block) -> None:
        self.emit(self.code(node, language="pycon"))
        raise nodes.SkipNode

    def code(self, node: nodes.Element, language: str = "", kind: str = "", *, followed: bool = False) -> str:
        """Return the markup of a block of code.

        ``kind`` is "input" or the kind of an output of a cell, "" for code that is only shown. ``followed`` keeps the
        block together with something that belongs to it and stands directly below.
        """
        source = node.astext()
        arguments: dict[str, Any] = dict(node.get("highlight_args", {}))
        language = language or node.get("language", "") or self.config.highlight_language
        tokens = self._tokens(source, language, node)
        lines = split_lines(linked_tokens(tokens, arguments.get(KEY, ())))
        # The printed text is checked, not the source: in a source, a terminal's colour codes are tokens of their own.
        shown = "".join(text for line in lines for _kind, text, _link in line)
        self.facts.glyphs.check(shown, self.location(node))
        return markup.block(
            "code",
            [[self._part(part) for part in line] for line in lines],
            kind=kind or self._output_kind(node),
            numbers=arguments.get("linenostart", 1) if node.get("linenos") else None,
            marked=list(arguments.get("hl_lines", ())),
            followed=followed,
            place=self._place_of(node),
        )

    def _place_of(self, node: nodes.Element) -> str:
        docname, line = self.location(node)
        return f"{docname}:{line}" if line else docname

    def _part(self, part: Part) -> tuple[markup.Value, ...]:
        """Return a part as the template takes it: kind and text, and for a link its target."""
        kind, text, link = part
        place = self.destination(nodes.reference(refuri=link.uri)) if link else None
        return (kind, text, place) if place else (kind, text)

    def _output_kind(self, node: nodes.Element) -> str:
        classes = node.get("classes", ())
        if "output" not in classes:
            return ""
        return "error" if "traceback" in classes else "stderr" if "stderr" in classes else "output"

    def _tokens(self, source: str, language: str, node: nodes.Element) -> list[tuple[TokenType, str]]:
        bridge = PygmentsBridge("html")
        force = bool(node.get("force", False))
        location = self.location(node)
        options = self.config.highlight_options.get(language, {})
        lexer = bridge.get_lexer(source, language, options, force=force, location=location)
        try:
            return list(lexer.get_tokens(source))
        except ErrorToken:
            # The code is not in that language. Sphinx warns of it in HTML; here it is shown all the same.
            lexer = bridge.get_lexer(source, language, options, force=True, location=location)
            return list(lexer.get_tokens(source))

    def captioned_code(self, node: nodes.container) -> None:
        label = self.caption_label(node, "code-block")
        parts = parts_of(node)
        self.emit_block(
            "listing",
            self.content(parts.body),
            label=label,
            caption=self.content(parts.caption.children) if parts.caption else None,
            listed=self.listed("code", label, parts.caption),
        )

    def cell_part(self, node: nodes.container) -> None:
        """Emit a cell or a part of it. What folds on the screen (hide-input and its like) is open on paper."""
        part = node["nb_element"]
        if part == "cell_code_source":
            self.emit("".join(self._source(child) for child in node.children))
        elif part == "cell_code":
            self.emit(self.cell_in_pieces(node))
        else:
            self.emit(self.rendered(node.children))

    def _source(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.literal_block):
            after = node.parent.next_node(descend=False, siblings=True)
            return self.code(node, kind="input", followed=isinstance(after, saved_as))
        return self.rendered([node])

    def visit_saved_as(self, node: nodes.Element) -> None:
        self.wrap_block("saved-as", node)

    def visit_HideCodeCellNode(self, node: nodes.Element) -> None:  # noqa: N802
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode
