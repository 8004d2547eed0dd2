"""Read what the HTML in an output shows: tables, text, pictures, and addresses of embedded content."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from docutils import nodes

SILENT = ("style", "script", "template", "noscript", "head")
BLOCKS = ("p", "div", "br", "tr", "li", "table", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "summary")
EMBEDDED = ("iframe", "video", "audio", "embed", "object", "source")
DRAWN = ("svg", "canvas", "math")


@dataclass
class HtmlTableCell:
    """Cell of a table."""

    header: bool
    columns: int = 1
    rows: int = 1
    text: str = ""
    """Text of the cell, with a line end for each break."""


@dataclass
class HtmlTable:
    """Table, and the text after it up to the next one."""

    head: list[list[HtmlTableCell]] = field(default_factory=list)
    body: list[list[HtmlTableCell]] = field(default_factory=list)
    caption: str = ""
    after: str = ""


@dataclass(frozen=True)
class Embedded:
    """Content that a page shows in a frame or plays."""

    address: str
    title: str


@dataclass(frozen=True)
class Image:
    """Image element, `img`."""

    address: str
    """Address on another host, or `data:` with the picture itself."""
    alt: str
    width: str


@dataclass
class HtmlContent:
    """Content of a piece of HTML."""

    before: str = ""
    """Text before the first table."""
    tables: list[HtmlTable] = field(default_factory=list)
    is_simple: bool = True
    """Whether there are only tables, none inside another, and text around them."""
    embedded: list[Embedded] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    has_frame: bool = False
    """Whether it embeds any content, with or without an address."""
    has_script: bool = False
    title: str = ""
    text: str = ""
    """Text that readers see, in lines, without the text in drawings."""


class _Reader(HTMLParser):
    """Parser that fills an `HtmlContent`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = HtmlContent()
        self.lines: list[str] = []
        self._silent: list[str] = []
        self._state = "before"
        self._rows: list[list[HtmlTableCell]] = []
        self._cell: HtmlTableCell | None = None
        self._caption = False
        self._title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        reading = self.reading
        if tag == "title" and not set(self._silent) & set(DRAWN):
            self._title = True
        elif tag in SILENT or tag in DRAWN:
            reading.has_script = reading.has_script or tag in ("script", "canvas")
            reading.is_simple = reading.is_simple and tag not in DRAWN
            self._silent.append(tag)
        elif tag in EMBEDDED:
            self._embed(tag, values)
        elif tag == "img":
            reading.is_simple = False
            reading.images.append(Image(values.get("src", ""), values.get("alt", ""), values.get("width", "")))
        elif tag == "table":
            reading.is_simple = reading.is_simple and self._state != "in"
            self._state = "in"
            reading.tables.append(HtmlTable())
            self._rows = reading.tables[-1].body
        elif reading.tables and self._state == "in":
            self._in_table(tag, values)
        if tag in BLOCKS and not self._silent:
            self.lines.append("\n")
            if self._cell is not None:
                self._cell.text += "\n"
        elif tag in ("td", "th"):
            self.lines.append("\t")

    def _embed(self, tag: str, values: dict[str, str]) -> None:
        reading = self.reading
        reading.is_simple, reading.has_frame = False, True
        address = values.get("data" if tag == "object" else "src", "")
        title = " ".join((values.get("title") or values.get("aria-label") or "").split())
        if address.startswith("//"):
            address = f"https:{address}"
        if address and not address.startswith(("data:", "about:", "javascript:")):
            reading.embedded.append(Embedded(address, title))
        reading.title = reading.title or title

    def _in_table(self, tag: str, values: dict[str, str]) -> None:
        table = self.reading.tables[-1]
        if tag == "caption":
            self._caption = True
        elif tag in ("thead", "tbody", "tfoot"):
            self._rows = table.head if tag == "thead" else table.body
        elif tag == "tr":
            self._rows.append([])
            self._cell = None
        elif tag in ("td", "th"):
            if not self._rows:
                self._rows.append([])
            self._cell = HtmlTableCell(tag == "th", _count(values.get("colspan")), _count(values.get("rowspan")))
            self._rows[-1].append(self._cell)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._title = False
        elif tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "caption":
            self._caption = False
        elif tag == "table":
            self._state, self._cell, self._caption = "after", None, False
        if tag in BLOCKS and not self._silent:
            self.lines.append("\n")
            if self._cell is not None:
                self._cell.text += "\n"

    def handle_data(self, data: str) -> None:
        reading = self.reading
        if self._title:
            reading.title += data
        elif self._silent:
            return
        else:
            self.lines.append(data)
            if self._cell is not None:
                self._cell.text += " ".join(data.split("\n"))
            elif self._caption:
                reading.tables[-1].caption += data
            elif self._state == "before":
                reading.before += data
            elif self._state == "after":
                reading.tables[-1].after += data
            elif data.strip():
                reading.is_simple = False


def _count(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and int(text) > 0 else 1


def read(html: str) -> HtmlContent:
    """Read a piece of HTML, however malformed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reading = reader.reading
    lines = (" ".join(line.split(" ")).strip() for line in "".join(reader.lines).split("\n"))
    reading.text = "\n".join(line for line in lines if line)
    reading.title = " ".join(reading.title.split())
    reading.tables = [table for table in reading.tables if any(table.head) or any(table.body)]
    reading.is_simple = reading.is_simple and bool(reading.tables)
    return reading


def table_node(table: HtmlTable) -> nodes.table:
    """Return a table as docutils nodes; leading columns of header cells become stubs."""
    rows = table.head + table.body
    count = max(sum(cell.columns for cell in row) for row in rows)
    # Cells of rows above that span several rows take places that the row itself does not list.
    stubs = min(
        (_leading(row) for row in table.body if row and not any(cell.rows > 1 for cell in row)),
        default=0,
    )
    group = nodes.tgroup("", cols=count)
    group += [nodes.colspec("", colwidth=1, **({"stub": 1} if index < stubs else {})) for index in range(count)]
    if table.head:
        group += _part(nodes.thead(), table.head)
    group += _part(nodes.tbody(), table.body)
    result = nodes.table("", classes=["dataframe"])
    caption = " ".join(table.caption.split())
    if caption:
        result += nodes.title(caption, caption)
    result += group
    return result


def _leading(row: list[HtmlTableCell]) -> int:
    return next((index for index, cell in enumerate(row) if not cell.header), len(row))


def _part(part: nodes.Element, rows: list[list[HtmlTableCell]]) -> nodes.Element:
    for row in rows:
        line = nodes.row()
        for cell in row:
            texts = [text for text in (" ".join(line.split()) for line in cell.text.split("\n")) if text] or [""]
            entry = nodes.entry("", *(nodes.paragraph(text, text) for text in texts))
            if cell.columns > 1:
                entry["morecols"] = cell.columns - 1
            if cell.rows > 1:
                entry["morerows"] = cell.rows - 1
            line += entry
        part += line
    return part


def read_table(html: str) -> HtmlTable | None:
    """Return the table that ``html`` consists of; None if it is anything else.

    Text after the table is allowed.
    """
    reading = read(html)
    is_one = reading.is_simple and len(reading.tables) == 1 and not reading.before.strip()
    return reading.tables[0] if is_one else None


def text_of(html: str) -> str:
    """Return what a reader of ``html`` sees, as plain lines."""
    return read(html).text
