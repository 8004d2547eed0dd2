"""Divide tables in outputs that are wider than a page into parts of their columns, as pandas prints them."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

ROOM = 410.0
"""Width of the text on a page, in points."""
CHARACTER, PADDING = 3.1, 5.2
"""Width of a character, and of the space around a column, in points, in the smallest legible letters.

These have a size of 6.2 points.
"""


def split_wide_table(table: nodes.table) -> list[nodes.table]:
    """Return tables that fit the page in legible letters: the given one, or parts of its columns.

    Leading columns that are headers of their rows begin each part. Only the first part has the title.
    """
    group = next(iter(table.findall(nodes.tgroup)))
    specs = [child for child in group.children if isinstance(child, nodes.colspec)]
    rows = {part: list(_placed(part)) for part in group.children if isinstance(part, nodes.thead | nodes.tbody)}
    widths = [0.0] * len(specs)
    for placed in rows.values():
        for row in placed:
            for entry, start, count in row:
                if count == 1 and start < len(widths):
                    longest = max((len(line.astext()) for line in entry.children), default=0)
                    widths[start] = max(widths[start], longest * CHARACTER + PADDING)
    stubs = [index for index, spec in enumerate(specs) if spec.get("stub")]
    chunks = list(_chunks(widths, stubs))
    if len(chunks) < 2:
        return [table]
    divided = []
    for number, chunk in enumerate(chunks):
        columns = [*stubs, *chunk]
        inner = nodes.tgroup("", cols=len(columns))
        inner += [specs[column].deepcopy() for column in columns]
        for part, placed in rows.items():
            inner += _part_of(part, placed, columns)
        part_table = nodes.table("", classes=list(table["classes"]))
        if number == 0:
            part_table += [child.deepcopy() for child in table.children if isinstance(child, nodes.title)]
        part_table += inner
        divided.append(part_table)
    return divided


def _chunks(widths: list[float], stubs: list[int]) -> Iterator[list[int]]:
    """Yield the columns of each part."""
    room = ROOM - sum(widths[stub] for stub in stubs)
    chunk: list[int] = []
    used = 0.0
    for column, width in enumerate(widths):
        if column in stubs:
            continue
        if chunk and used + width > room:
            yield chunk
            chunk, used = [], 0.0
        chunk.append(column)
        used += width
    if chunk:
        yield chunk


def _placed(part: nodes.Element) -> Iterator[list[tuple[nodes.entry, int, int]]]:
    """Yield for each row its entries, with the column where each begins and how many it covers."""
    below: dict[int, int] = {}
    for row in part.children:
        placed = []
        column = 0
        for entry in (child for child in row.children if isinstance(child, nodes.entry)):
            while below.get(column, 0):
                below[column] -= 1
                column += 1
            count = 1 + entry.get("morecols", 0)
            placed.append((entry, column, count))
            if entry.get("morerows"):
                below |= dict.fromkeys(range(column, column + count), entry["morerows"])
            column += count
        for rest in range(column, max(below, default=-1) + 1):
            if below.get(rest, 0):
                below[rest] -= 1
        yield placed


def _part_of(
    part: nodes.Element, placed: list[list[tuple[nodes.entry, int, int]]], columns: list[int]
) -> nodes.Element:
    """Return head or body with some of its columns."""
    result: nodes.Element = type(part)()
    for row in placed:
        line = nodes.row()
        for entry, start, count in row:
            covered = sum(start <= column < start + count for column in columns)
            if covered:
                copy = entry.deepcopy()
                copy.attributes.pop("morecols", None)
                if covered > 1:
                    copy["morecols"] = covered - 1
                line += copy
        result += line
    return result
