"""Define the stack of contexts that all visitors write to.

Visitors of other extensions (`app.add_node(…, notebook=(visit, depart))`) use the public methods of `Writer` and
nothing else.
"""

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
    """Translator with a stack of contexts, and methods that add content to the innermost one."""

    def __init__(self, document: nodes.document, builder: Builder, docname: str, links: Links) -> None:
        super().__init__(document, builder)
        self.docname = docname
        self.links = links
        self.contexts: list[Blocks | InlineContext] = [Blocks()]
        self.attachments: dict[str, Path] = {}
        """File of each image of the page, by its name in the notebook."""
        self.notes: list[Prose] = []
        """Footnotes, in the order of their definitions."""
        self.cited: list[str] = []
        """Keys of the citations, as `docname#id`, in the order of their first use."""

    # Methods that visitors call to add content.

    def add_text(self, text: str) -> None:
        """Add plain text."""
        self.add_piece(markdown.escape(text, at_start=self.line().at_start))

    def add_piece(self, piece: Piece) -> None:
        """Add Markdown inside a line."""
        self.line().pieces.append(piece)

    def add_block(self, text: str, *, heading: bool = False, attachments: tuple[str, ...] = ()) -> None:
        """Add a block of Markdown."""
        if text:
            self.add(Prose(text, heading=heading, attachments=attachments))

    def add(self, *blocks: Block) -> None:
        """Add blocks to the innermost context; a line takes only blocks of Markdown."""
        top = self.contexts[-1]
        if isinstance(top, InlineContext):
            top.pieces.extend(block for block in blocks if isinstance(block, Prose))
        else:
            top.add(*blocks)

    def open_blocks(self, *, nested: bool = True, pipe_table: bool = False) -> None:
        """Open a context of block content; see `Blocks` for the arguments."""
        self.contexts.append(Blocks(nested, pipe_table))

    def close_blocks(self) -> Blocks:
        """Close the innermost context of block content, and return it."""
        context = self.contexts.pop()
        while isinstance(context, InlineContext):  # A visitor of another extension has left a line open.
            context = self.contexts.pop()
        context.end_paragraph()
        return context

    def open_line(self, *, inner: bool = False) -> None:
        """Open a context of inline content; ``inner`` for a part of a line, such as the text of a link."""
        self.contexts.append(InlineContext(inner))

    def close_line(self) -> InlineContext:
        """Close the innermost context, which is a line, and return it."""
        return cast("InlineContext", self.contexts.pop())

    # Methods that visitors call to look something up.

    def line(self) -> InlineContext:
        """Return the line that inline content goes to."""
        top = self.contexts[-1]
        if isinstance(top, InlineContext):
            return top
        if top.loose is None:
            top.loose = InlineContext()
        return top.loose

    @property
    def nested(self) -> bool:
        """Whether content is added inside a quote, a list or a table."""
        return any(isinstance(context, Blocks) and context.nested for context in self.contexts)

    @property
    def in_pipe_table(self) -> bool:
        """Whether content is added inside a cell of a pipe table."""
        return any(isinstance(context, Blocks) and context.pipe_table for context in self.contexts)

    def number(self, node: nodes.Element, figtype: str) -> str:
        """Return the number of a node, as "3.1"; "" if it has none."""
        return node_number(self.builder.env, self.docname, node, figtype)

    def section_number(self, section: nodes.Element) -> str:
        """Return the number of a section, as "3.2"; "" if it has none."""
        return heading_number(self.builder.env, self.docname, section)

    def numbered_name(self, node: nodes.Element, figtype: str) -> str:
        """Return the label of a caption, as "Figure 3.1"; "" if it has no number."""
        return caption_label(self.builder.env, self.docname, node, figtype)

    def address(self, node: nodes.Element) -> str:
        """Return the address of a reference: on the site if that has an address, else of the notebook beside it."""
        if node.get("refid"):
            return self.links.address(self.docname, self.docname, node["refid"])
        uri: str = node.get("refuri", "")
        page = internal_target(uri)
        return self.links.address(self.docname, *page) if page else uri

    def attach(self, path: Path) -> str:
        """Attach an image to the notebook, and return its name there."""
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem) or "image"
        name, count = f"{stem}{path.suffix.lower()}", 1
        while self.attachments.setdefault(name, path) != path:
            count += 1
            name = f"{stem}-{count}{path.suffix.lower()}"
        return name

    def result(self) -> list[Block]:
        """Return all blocks of the page, after it was walked."""
        while len(self.contexts) > 1:
            self.contexts.pop()
        page = cast("Blocks", self.contexts[0])
        page.end_paragraph()
        return page.items

    def rendered(self, node: nodes.Node) -> list[Block]:
        """Return a node that is not part of the page as blocks."""
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
