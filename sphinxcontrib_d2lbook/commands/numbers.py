"""Provide `sphinx-d2lbook numbers`: list things whose number differs from an older edition.

Printed books and lecture notes cite numbers. Whoever keeps the `numbers.json` of an edition can list what has moved.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ..common.files import json_text
from ..numbering.editions import NumberChanges, Row, changes, read_manifest


def compare(old: Path, new: Path, *, as_json: bool) -> int:
    """Print what moved, appeared and vanished between two `numbers.json`; return 1 if anything did, else 0.

    Return 2 if a file cannot be read. Raise NewerFormatError if one has a later format.
    """
    editions: list[list[Row]] = []
    for file, remedy in (
        (old, "keep it with each edition"),
        (new, "build the book by -M book first, or name it by --new"),
    ):
        try:
            editions.append(read_manifest(file))
        except OSError as err:
            print(
                f"{file}: cannot be read: {err.strerror or err}; it is written by -M book ({remedy})", file=sys.stderr
            )
            return 2
        except ValueError as err:
            print(f"{file}: this is no numbers.json of a book: {err}", file=sys.stderr)
            return 2
    changed = changes(*editions)
    sys.stdout.write(json_text(as_data(changed)) if as_json else as_text(changed))
    return 1 if changed else 0


def as_data(found: NumberChanges) -> dict[str, list[dict[str, str | None]]]:
    """Return the changes as data for programs."""
    moved = [{**_named(now), "old": was["number"], "new": now["number"]} for was, now in found.moved]
    return {
        "moved": moved,
        "appeared": [{**_named(row), "new": row["number"]} for row in found.appeared],
        "vanished": [{**_named(row), "old": row["number"]} for row in found.vanished],
    }


def _named(row: Row) -> dict[str, str | None]:
    return {key: row[key] for key in ("kind", "label", "id", "docname", "title")}


def as_text(found: NumberChanges) -> str:
    """Return the changes as text: a line for each, in columns."""
    lines = [("moved", f"{now['kind']} {was['number']} -> {now['number']}", now) for was, now in found.moved]
    lines += [("appeared", f"{row['kind']} {row['number']}", row) for row in found.appeared]
    lines += [("vanished", f"{row['kind']} {row['number']}", row) for row in found.vanished]
    if not lines:
        return "every number is what it was\n"
    wide = max(len(what) for _, what, _ in lines)
    names = [row["label"] or f"{row['docname']}#{row['id']}" for _, _, row in lines]
    widest = max(map(len, names))
    return "".join(
        f"{change:8}  {what:{wide}}  {name:{widest}}  {' '.join(row['title'].split())}".rstrip() + "\n"
        for (change, what, row), name in zip(lines, names, strict=True)
    )
