"""Collect a page as blocks of Markdown and code cells in reading order, on a stack of contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import markdown
from .markdown import Piece


@dataclass(frozen=True)
class Prose:
    """Block of Markdown, without blank lines around it."""

    markdown: str
    paragraph: bool = False
    """Whether it is a plain paragraph, which a title may run into."""
    heading: bool = False
    """Whether it begins a new Markdown cell."""
    attachments: tuple[str, ...] = ()
    """Names of the images that it shows as `attachment:name`."""


@dataclass(frozen=True)
class CodeCell:
    """Code cell of the page."""

    index: int
    """Position among all cells of the page's source, as MyST-NB counts them."""
    source: str | None
    """Source that the page shows; None if the page removes it."""
    metadata: Mapping[str, Any]


Block = Prose | CodeCell


@dataclass
class InlineContext:
    """Context of inline content: pieces of one line, or of several lines with displayed formulas between them."""

    inner: bool = False
    """Whether it is a part of a line, such as what a link or emphasis encloses."""
    pieces: list[Piece | Prose] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)

    @property
    def at_start(self) -> bool:
        """Whether the next character begins a line."""
        if self.inner:
            return False
        last = next((piece for piece in reversed(self.pieces) if piece != ""), None)
        return last is None or isinstance(last, Prose) or (isinstance(last, str) and last.endswith("\n"))

    def one(self, *, inside_emphasis: bool = False) -> str:
        """Return all content as one line, displayed formulas too."""
        pieces = [" ".join(piece.markdown.split()) if isinstance(piece, Prose) else piece for piece in self.pieces]
        text = markdown.joined(pieces, inside_emphasis=inside_emphasis)
        return text if self.inner else text.strip()

    def blocks(self) -> list[Prose]:
        """Return the paragraphs, and the blocks between them."""
        blocks: list[Prose] = []
        run: list[Piece] = []

        def end_run() -> None:
            text = markdown.joined(run).strip(" \n")
            if text:
                blocks.append(Prose(text, paragraph=True, attachments=tuple(self.attachments)))
            run.clear()

        for piece in self.pieces:
            if isinstance(piece, Prose):
                end_run()
                blocks.append(piece)
            else:
                run.append(piece)
        end_run()
        return blocks


@dataclass
class Blocks:
    """Context of block content."""

    nested: bool = False
    """Whether it is inside a quote, a list or a table, whose marks stand before each line."""
    pipe_table: bool = False
    """Whether it is inside a cell of a pipe table."""
    items: list[Block] = field(default_factory=list)
    loose: InlineContext | None = None
    """Inline content that stands among blocks."""
    title: str = ""
    """Title that a `title` node in it has set, as Markdown."""

    def end_paragraph(self) -> None:
        """Turn inline content that stands among blocks into paragraphs."""
        if self.loose is not None:
            loose, self.loose = self.loose, None
            self.items.extend(loose.blocks())

    def add(self, *blocks: Block) -> None:
        """Add blocks, after the paragraph that they end."""
        self.end_paragraph()
        self.items.extend(blocks)


def mapped(blocks: Iterable[Block], change: Callable[[str], str]) -> list[Block]:
    """Join neighbouring blocks of Markdown and apply ``change`` (which quotes, indents) to each group.

    Code cells stay cells.
    """
    result: list[Block] = []
    group: list[Prose] = []

    def end_group() -> None:
        if group:
            text = "\n\n".join(prose.markdown for prose in group)
            result.append(Prose(change(text), attachments=tuple(n for prose in group for n in prose.attachments)))
            group.clear()

    for block in blocks:
        if isinstance(block, Prose):
            group.append(block)
        else:
            end_group()
            result.append(block)
    end_group()
    return result


def quoted(title: str, blocks: Iterable[Block], *, run_in: bool = False) -> list[Block]:
    """Return a block quote under a title in Markdown; with ``run_in``, a first paragraph continues the title's line."""
    blocks = list(blocks)
    if title and run_in and blocks and isinstance(blocks[0], Prose) and blocks[0].paragraph:
        blocks[0] = replace(blocks[0], markdown=f"{title} {blocks[0].markdown}")
    elif title:
        blocks.insert(0, Prose(title, paragraph=True))
    return mapped(blocks, markdown.quoted)
