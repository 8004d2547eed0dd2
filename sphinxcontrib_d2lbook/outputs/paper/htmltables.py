"""Outputs that are HTML: the tables among them (data frames) become tables, others are asked for their text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

SILENT = ("style", "script", "template")
BLOCKS = ("p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre")
PLACEHOLDER = re.compile(r"<[\w.]+(?: object)?(?: at 0x[0-9a-f]+)?>")
"""What Python prints of an object that has nothing to say of itself."""
LOST = (
    "an output of this cell is HTML only; the PDF shows its text (give the object a text/plain, image/svg+xml "
    "or text/latex form, or tag the cell `remove-output`)"
)
"""Warning of an output that is only HTML, and no table."""
FEW_MEDIA = ("image/svg+xml", "image/png", "image/jpeg", "text/latex", "text/markdown")


@dataclass
class Cell:
    """A cell of a table."""

    header: bool
    columns: int = 1
    rows: int = 1
    text: str = ""


@dataclass
class Table:
    """The first table of some HTML, and what stands around it."""

    head: list[list[Cell]] = field(default_factory=list)
    body: list[list[Cell]] = field(default_factory=list)
    after: str = ""


class _Reader(HTMLParser):
    """Collects one table without tables inside; anything else makes `simple` false."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.table = Table()
        self.text: list[str] = []
        self.simple = True
        self._silent = 0
        self._state = "before"
        self._rows = self.table.body
        self._cell: Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag == "table":
            self.simple = self.simple and self._state == "before"
            self._state = "in"
        elif tag in ("img", "svg", "iframe", "video", "audio", "canvas"):
            self.simple = False
        elif tag in ("thead", "tbody", "tfoot"):
            self._rows = self.table.head if tag == "thead" else self.table.body
        elif tag == "tr" and self._state == "in":
            self._rows.append([])
        elif tag in ("td", "th") and self._state == "in":
            if not self._rows:
                self._rows.append([])
            values = dict(attrs)
            self._cell = Cell(tag == "th", _count(values.get("colspan")), _count(values.get("rowspan")))
            self._rows[-1].append(self._cell)
        if tag in BLOCKS:
            self.text.append("\n")
        elif tag in ("td", "th"):
            self.text.append("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "table":
            self._state = "after"
        if tag in BLOCKS:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text.append(data)
        if self._cell is not None:
            self._cell.text += data
        elif self._state == "after":
            self.table.after += data
        elif data.strip():
            self.simple = False


def _count(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and int(text) > 0 else 1


def read_table(html: str) -> Table | None:
    """The table that ``html`` consists of, a line of text after it allowed; None if it is anything else."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    table = reader.table
    return table if reader.simple and (table.head or table.body) and any(table.body + table.head) else None


def text_of(html: str) -> str:
    """What a reader of ``html`` sees, as plain lines."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split(" ")).strip() for line in "".join(reader.text).split("\n"))
    return "\n".join(line for line in lines if line)


def table_node(table: Table) -> nodes.table:
    """The table as docutils has them; leading columns of header cells are stubs."""
    rows = table.head + table.body
    count = max(sum(cell.columns for cell in row) for row in rows)
    # Cells that reach down from rows above take places that the row itself does not list.
    stubs = min(
        (_leading(row) for row in table.body if row and not any(cell.rows > 1 for cell in row)),
        default=0,
    )
    group = nodes.tgroup("", cols=count)
    group += [nodes.colspec("", colwidth=1, **({"stub": 1} if index < stubs else {})) for index in range(count)]
    if table.head:
        group += _part(nodes.thead(), table.head)
    group += _part(nodes.tbody(), table.body)
    return nodes.table("", group, classes=["dataframe"])


def _leading(row: list[Cell]) -> int:
    return next((index for index, cell in enumerate(row) if not cell.header), len(row))


def _part(part: nodes.Element, rows: list[list[Cell]]) -> nodes.Element:
    for row in rows:
        line = nodes.row()
        for cell in row:
            text = " ".join(cell.text.split())
            entry = nodes.entry("", nodes.paragraph(text, text))
            if cell.columns > 1:
                entry["morecols"] = cell.columns - 1
            if cell.rows > 1:
                entry["morerows"] = cell.rows - 1
            line += entry
        part += line
    return part


class TablesOfOutputs(SphinxPostTransform):
    """In a bundle of one output's forms, a table in HTML takes the place of its plain text."""

    # MyST-NB chooses one form at 4.
    default_priority = 3
    formats = ("typst", "latex")

    def run(self, **_kwargs: Any) -> None:
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") == "mime_bundle":
                self._replace(bundle)

    def _replace(self, bundle: nodes.container) -> None:
        forms = {form["mime_type"]: form for form in bundle.children if isinstance(form, nodes.Element)}
        html = forms.get("text/html")
        if html is None or any(kind in forms for kind in FEW_MEDIA):
            return
        plain = forms.get("text/plain")
        if plain is not None and PLACEHOLDER.fullmatch(plain.astext().strip()):
            bundle.remove(plain)  # it says nothing; the text of the HTML says at least something
        raw = next(iter(html.findall(nodes.raw)), None)
        table = read_table(raw.astext()) if raw is not None else None
        if table is None or raw is None:
            return
        made: list[nodes.Node] = [table_node(table)]
        after = " ".join(table.after.split())
        if after:
            made.append(nodes.paragraph(after, after, classes=["output"]))
        for node in made:
            node.source, node.line = bundle.source, bundle.line
        bundle.replace_self(made)
