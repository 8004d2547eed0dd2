"""Translate code, coloured and wrapped as Sphinx does it, with captions and numbers of ours; cells; raw text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from docutils import nodes

from ....elements.code_links import KEY, CodeLink
from ...paper.figures import parts_of
from .. import escape
from ..code_highlighting import LatexLinkFormatter
from .base import LatexTranslatorBase

TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Matches the escape sequences with which programs colour their output on a terminal."""
MARKS = {"stderr": "bookdanger", "traceback": "bookdanger"}


class LatexCodeVisitors(LatexTranslatorBase):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.highlighter.formatter = LatexLinkFormatter

    def visit_literal_block(self, node: nodes.Element) -> None:
        if any(isinstance(child, nodes.Element) for child in node.children):  # A parsed literal is not highlighted.
            node.rawsource = ""
            self.emit(self.waiting_places())
            super().visit_literal_block(node)
            return
        self.emit(self.code(node))
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    def code(self, node: nodes.Element) -> str:
        """Return a block of code. An output of a cell stands in an environment of its own."""
        source = escape.clean(TERMINAL.sub("", node.astext()))
        node.rawsource = source
        node.children = [nodes.Text(source)]
        node["ids"] = []
        if KEY in node.get("highlight_args", ()):
            node["highlight_args"] = {**node["highlight_args"], KEY: self._links(node["highlight_args"][KEY])}
        place = self.waiting_places()
        self.pushbody([])
        try:
            super().visit_literal_block(node)
        except nodes.SkipNode:
            content = "".join(self.body)
        finally:
            self.popbody()
        kinds: list[str] = node.get("classes", [])
        if "output" in kinds:
            colour = next((MARKS[name] for name in kinds if name in MARKS), "bookfaint")
            content = f"\n\\begin{{bookoutput}}{{{colour}}}{content}\\end{{bookoutput}}\n"
        return (f"{place}%\n" if place else "") + content

    def _links(self, links: Iterable[CodeLink]) -> tuple[CodeLink, ...]:
        """Return the links that lead somewhere in print, with a command in the place of the address."""
        printed = []
        for link in links:
            target = self.leads_to(nodes.reference(refuri=link.uri))
            if target is not None and target.address:
                printed.append(
                    link._replace(uri=escape.command("bookcodehref", escape.address_in_code(target.address)))
                )
            elif target is not None:
                place = escape.destination(*target.key.partition("#")[::2])
                printed.append(link._replace(uri=escape.command("bookcodelink", place)))
        return tuple(printed)

    def visit_captioned_literal_block(self, node: nodes.Element) -> None:
        label = self.caption_label(node, "code-block")
        parts = parts_of(node)
        place = self.waiting_places()
        text = self.rendered(parts.caption.children) if parts.caption else ""
        self.emit("\n" + escape.command("booklistingcaption", place + escape.escape(label), text) + "\n")
        self.note_listed("code", label, parts.caption, node["ids"])
        self.emit(self.rendered(parts.body))
        raise nodes.SkipNode

    def visit_desc_signature(self, node: nodes.Element) -> None:
        self.emit("\n\n" + self.waiting_places())
        super().visit_desc_signature(node)

    def visit_abbreviation(self, node: nodes.Element) -> None:
        if self.in_desc_signature:  # Sphinx explains the signs of a signature in this way, for the screen.
            self.emit(self.rendered(node.children))
            raise nodes.SkipNode
        super().visit_abbreviation(node)

    def visit_literal(self, node: nodes.Element) -> Any:
        if node.get("language") and "code" in node["classes"]:
            source = escape.clean(node.astext())
            node.children = [nodes.Text(source)]
        super().visit_literal(node)

    def visit_container(self, node: nodes.Element) -> None:
        """Emit the content. What folds on the screen (hide-input and its like) is open, as paper cannot be clicked."""
        if node.get("design_component"):
            self.design_component(node)
        elif "d2lbook-qrcode" in node["classes"]:
            self.code_beside(node)
        else:
            self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def visit_compound(self, node: nodes.Element) -> None:
        self.through(node)

    visit_HideCodeCellNode = visit_compound  # noqa: N815
    visit_only = visit_compound
    visit_ifconfig = visit_compound

    def visit_saved_as(self, node: nodes.Element) -> None:
        self.emit("\n" + escape.command("booksaved", self.rendered(node.children)) + "\n\n")
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.Element) -> None:
        """Emit raw text for this output only; the author chose to leave out what is meant for others."""
        if {"latex", "pdf"} & set(node.get("format", "").split()):
            if isinstance(node.parent, nodes.TextElement):
                self.emit(node.astext())
            else:
                self.mark(self.location(node)[1] or 1)
                self.emit(f"{node.astext()}\n")
        raise nodes.SkipNode
