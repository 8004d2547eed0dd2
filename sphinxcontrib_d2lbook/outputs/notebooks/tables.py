"""Visit tables: pipe tables if each cell is one line, else HTML tables with Markdown in their cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from docutils import nodes
from sphinx import addnodes

from . import markdown
from .base import Writer
from .content_stack import Block, CodeCell, Prose
from .markdown import Marked


@dataclass(frozen=True)
class MarkdownTableCell:
    """Cell of a table, with the number of columns and rows that it spans."""

    blocks: tuple[Block, ...]
    columns: int
    rows: int


@dataclass
class MarkdownTable:
    """Table that is being visited."""

    pipes: bool
    head: list[list[MarkdownTableCell]] = field(default_factory=list)
    body: list[list[MarkdownTableCell]] = field(default_factory=list)


class NotebookTableVisitors(Writer):
    def visit_table(self, node: nodes.Element) -> None:
        self._tables.append(MarkdownTable(pipes=_fits_pipes(node)))
        self.open_blocks(nested=False)

    @property
    def _tables(self) -> list[MarkdownTable]:
        tables: list[MarkdownTable] = self.__dict__.setdefault("_open_tables", [])
        return tables

    def depart_table(self, node: nodes.Element) -> None:
        context, table = self.close_blocks(), self._tables.pop()
        name = self.numbered_name(node, "table")
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        if title is not None:
            self.open_line()
            if name:
                self.add_text(f"{name}: ")
            for child in title.children:
                child.walkabout(self)
            self.add_block(markdown.joined([Marked("*", self.close_line().one(inside_emphasis=True))]))
        text = _as_pipes(table) if table.pipes else _as_html(table)
        rows = [*table.head, *table.body]
        images = [n for row in rows for cell in row for b in cell.blocks if isinstance(b, Prose) for n in b.attachments]
        self.add_block(text, attachments=tuple(images))
        self.add(*context.items)
        self.add(*(b for row in rows for cell in row for b in cell.blocks if isinstance(b, CodeCell)))

    def visit_tgroup(self, node: nodes.Element) -> None:
        pass

    depart_tgroup = visit_thead = depart_thead = visit_tbody = depart_tbody = visit_tgroup

    def visit_colspec(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    visit_tabular_col_spec = visit_colspec

    def visit_row(self, node: nodes.Element) -> None:
        table = self._tables[-1]
        (table.head if isinstance(node.parent, nodes.thead) else table.body).append([])

    depart_row = visit_tgroup

    def visit_entry(self, node: nodes.Element) -> None:
        self.open_blocks(pipe_table=self._tables[-1].pipes)

    def depart_entry(self, node: nodes.Element) -> None:
        table = self._tables[-1]
        rows = table.head if isinstance(node.parent.parent, nodes.thead) else table.body
        rows[-1].append(
            MarkdownTableCell(
                tuple(self.close_blocks().items), node.get("morecols", 0) + 1, node.get("morerows", 0) + 1
            )
        )


def _fits_pipes(table: nodes.Element) -> bool:
    groups = [child for child in table.children if isinstance(child, nodes.tgroup)]
    rows = [row for group in groups for row in group.findall(nodes.row)]
    return len(groups) == 1 and all(_fits_line(entry) for row in rows for entry in row.children)


def _fits_line(entry: nodes.Node) -> bool:
    if not isinstance(entry, nodes.Element) or entry.get("morecols") or entry.get("morerows"):
        return False
    shown = [child for child in entry.children if not isinstance(child, nodes.Invisible)]
    if len(shown) > 1 or not all(isinstance(child, (nodes.paragraph, addnodes.compact_paragraph)) for child in shown):
        return False
    return not any(isinstance(child, (nodes.math_block, nodes.image)) for child in entry.findall())


def _line(cell: MarkdownTableCell) -> str:
    return " ".join(block.markdown for block in cell.blocks if isinstance(block, Prose)).replace("\n", " ")


def _as_pipes(table: MarkdownTable) -> str:
    head, body = table.head, table.body
    lines = [[_line(cell) for cell in row] for row in [*head, *body]]
    if not lines:
        return ""
    return markdown.pipe_table(lines[0], lines[1:]) if head else markdown.pipe_table([], lines)


def _as_html(table: MarkdownTable) -> str:
    """Return an HTML table; blank lines around the content of a cell let Markdown be read in it."""
    lines = ["<table>"]
    for tag, rows in (("th", table.head), ("td", table.body)):
        for row in rows:
            lines.append("<tr>")
            for cell in row:
                spans = "".join(
                    f' {name}="{count}"'
                    for name, count in (("colspan", cell.columns), ("rowspan", cell.rows))
                    if count > 1
                )
                content = "\n\n".join(block.markdown for block in cell.blocks if isinstance(block, Prose))
                lines += [f"<{tag}{spans}>", "", content, "", f"</{tag}>"] if content else [f"<{tag}{spans}></{tag}>"]
            lines.append("</tr>")
    return "\n".join([*lines, "</table>"])
