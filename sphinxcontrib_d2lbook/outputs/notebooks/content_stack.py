"""What a page becomes: blocks of Markdown and code cells in reading order, gathered on a stack of contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import markdown
from .markdown import Piece


@dataclass(frozen=True)
class Prose:
    """One block of Markdown, without blank lines around it."""

    markdown: str
    paragraph: bool = False
    """A plain paragraph: a title may run into it."""
    heading: bool = False
    """A Markdown cell begins here."""
    attachments: tuple[str, ...] = ()
    """Names of the images that it shows as `attachment:name`."""


@dataclass(frozen=True)
class CodeCell:
    """A code cell of the page."""

    index: int
    """Position among all cells of the page's source, as MyST-NB counts them."""
    source: str | None
    """As the page shows it; None where the page removes it."""
    metadata: Mapping[str, Any]


Block = Prose | CodeCell


@dataclass
class InlineContext:
    """Context of inline content: pieces of one line, or of several between which displays stand."""

    inner: bool = False
    """A part of a line: what a link or emphasis encloses."""
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
        """All of it as one line, a display in it too."""
        pieces = [" ".join(piece.markdown.split()) if isinstance(piece, Prose) else piece for piece in self.pieces]
        text = markdown.joined(pieces, inside_emphasis=inside_emphasis)
        return text if self.inner else text.strip()

    def blocks(self) -> list[Prose]:
        """Paragraphs, and what stands between them."""
        found: list[Prose] = []
        run: list[Piece] = []

        def end_run() -> None:
            text = markdown.joined(run).strip(" \n")
            if text:
                found.append(Prose(text, paragraph=True, attachments=tuple(self.attachments)))
            run.clear()

        for piece in self.pieces:
            if isinstance(piece, Prose):
                end_run()
                found.append(piece)
            else:
                run.append(piece)
        end_run()
        return found


@dataclass
class Blocks:
    """Context of block content."""

    nested: bool = False
    """Inside a quote, a list or a table, whose marks stand before each line."""
    pipe_table: bool = False
    """Inside a cell of a pipe table."""
    items: list[Block] = field(default_factory=list)
    loose: InlineContext | None = None
    """Inline content that stands among blocks."""
    title: str = ""
    """Set by a `title` node in it, as Markdown."""

    def end_paragraph(self) -> None:
        if self.loose is not None:
            loose, self.loose = self.loose, None
            self.items.extend(loose.blocks())

    def add(self, *blocks: Block) -> None:
        self.end_paragraph()
        self.items.extend(blocks)


def mapped(blocks: Iterable[Block], change: Callable[[str], str]) -> list[Block]:
    """Neighbouring blocks of Markdown put together and changed (quoted, indented); code cells stay cells."""
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
    """A block quote under a title in Markdown; with ``run_in`` a first paragraph goes on after the title."""
    blocks = list(blocks)
    if title and run_in and blocks and isinstance(blocks[0], Prose) and blocks[0].paragraph:
        blocks[0] = replace(blocks[0], markdown=f"{title} {blocks[0].markdown}")
    elif title:
        blocks.insert(0, Prose(title, paragraph=True))
    return mapped(blocks, markdown.quoted)
