"""The stack that all visitors write to. Visitors of other extensions (`app.add_node(…, notebook=(visit, depart))`) use
the public methods of `Writer` and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util.docutils import SphinxTranslator

from ...addresses.internal_uris import internal_target
from ...common.fallback_rendering import is_paragraph, place_of
from ...common.warning_types import Warn, warn
from ...numbering.table import caption_label, heading_number, node_number, with_title
from . import markdown
from .content_stack import Block, Blocks, InlineContext, Prose
from .links import Links
from .markdown import Piece


class Writer(SphinxTranslator):
    """Contexts, and what puts content into the innermost one."""

    def __init__(self, document: nodes.document, builder: Builder, docname: str, links: Links) -> None:
        super().__init__(document, builder)
        self.docname = docname
        self.links = links
        self.contexts: list[Blocks | InlineContext] = [Blocks()]
        self.attachments: dict[str, Path] = {}
        """Images of the page: name in the notebook -> file."""
        self.notes: list[Prose] = []
        """Footnotes, in the order of their definitions."""
        self.cited: list[str] = []
        """Addresses of citations, as `docname#id`, in the order of their first use."""

    # what visitors call

    def add_text(self, text: str) -> None:
        """Plain text."""
        self.add_piece(markdown.escape(text, at_start=self.line().at_start))

    def add_piece(self, piece: Piece) -> None:
        """Markdown inside a line."""
        self.line().pieces.append(piece)

    def add_block(self, text: str, *, heading: bool = False, attachments: tuple[str, ...] = ()) -> None:
        """Markdown that stands by itself."""
        if text:
            self.add(Prose(text, heading=heading, attachments=attachments))

    def add(self, *blocks: Block) -> None:
        top = self.contexts[-1]
        if isinstance(top, InlineContext):
            top.pieces.extend(block for block in blocks if isinstance(block, Prose))
        else:
            top.add(*blocks)

    def open_blocks(self, *, nested: bool = True, pipe_table: bool = False) -> None:
        self.contexts.append(Blocks(nested, pipe_table))

    def close_blocks(self) -> Blocks:
        context = self.contexts.pop()
        while isinstance(context, InlineContext):  # a visitor of another extension that left a line open
            context = self.contexts.pop()
        context.end_paragraph()
        return context

    def open_line(self, *, inner: bool = False) -> None:
        self.contexts.append(InlineContext(inner))

    def close_line(self) -> InlineContext:
        return cast("InlineContext", self.contexts.pop())

    # what they ask

    def line(self) -> InlineContext:
        """The line that inline content goes to."""
        top = self.contexts[-1]
        if isinstance(top, InlineContext):
            return top
        if top.loose is None:
            top.loose = InlineContext()
        return top.loose

    @property
    def nested(self) -> bool:
        return any(isinstance(context, Blocks) and context.nested for context in self.contexts)

    @property
    def in_pipe_table(self) -> bool:
        return any(isinstance(context, Blocks) and context.pipe_table for context in self.contexts)

    def number(self, node: nodes.Element, figtype: str) -> str:
        """Return "3.1"; "" for what has no number."""
        return node_number(self.builder.env, self.docname, node, figtype)

    def section_number(self, section: nodes.Element) -> str:
        """Return "3.2"; "" for a section without a number."""
        return heading_number(self.builder.env, self.docname, section)

    def numbered_name(self, node: nodes.Element, figtype: str) -> str:
        """Return "Figure 3.1"; "" for what has no number."""
        return caption_label(self.builder.env, self.docname, node, figtype)

    def address(self, node: nodes.Element) -> str:
        """Where a reference leads to: on the site where that has an address, else in the neighbouring notebook."""
        if node.get("refid"):
            return self.links.address(self.docname, self.docname, node["refid"])
        uri: str = node.get("refuri", "")
        page = internal_target(uri)
        return self.links.address(self.docname, *page) if page else uri

    def attach(self, path: Path) -> str:
        """Take an image into the notebook; its name there."""
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem) or "image"
        name, count = f"{stem}{path.suffix.lower()}", 1
        while self.attachments.setdefault(name, path) != path:
            count += 1
            name = f"{stem}-{count}{path.suffix.lower()}"
        return name

    def result(self) -> list[Block]:
        """All blocks of the page, once it was walked."""
        while len(self.contexts) > 1:
            self.contexts.pop()
        page = cast("Blocks", self.contexts[0])
        page.end_paragraph()
        return page.items

    def rendered(self, node: nodes.Node) -> list[Block]:
        """A node that is not part of the page, as blocks."""
        self.open_blocks(nested=False)
        node.walkabout(self)
        return self.close_blocks().items

    def unknown_visit(self, node: nodes.Node) -> None:
        name = type(node).__name__
        warn(
            Warn.NOTEBOOK,
            "%s: notebooks have no rule for %r: only its text is kept."
            " Register one: app.add_node(%s, notebook=(visit, depart))",
            self.docname,
            name,
            name,
            location=place_of(node, self.docname),
        )
        if isinstance(node, nodes.Element):
            with_title(self.builder.env, self.docname, node)
        if is_paragraph(node):
            self.open_line()

    def unknown_departure(self, node: nodes.Node) -> None:
        if is_paragraph(node):
            self.add(*self.close_line().blocks())
