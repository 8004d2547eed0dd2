"""Compare the numbers of two editions of a book: what has another number, what is new, what is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..common.file_formats import NUMBERS
from .manifest import number_key

Row = Mapping[str, Any]
"""Row of a numbers.json."""
NEEDED = ("kind", "number", "id", "docname", "title", "label")


@dataclass(frozen=True)
class NumberChanges:
    """Differences between two editions, each list sorted by kind and number."""

    moved: tuple[tuple[Row, Row], ...]
    """Pairs of the old and the new row of each item that has another number."""
    appeared: tuple[Row, ...]
    vanished: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.moved or self.appeared or self.vanished)


def read_manifest(file: Path) -> list[Row]:
    """Return the rows of a `numbers.json`, also of one of version 0.1.0, which was the list alone.

    Raise OSError, ValueError if the file is not valid, NewerFormatError.
    """
    value = json.loads(file.read_text(encoding="utf-8"))
    rows = value
    if isinstance(value, dict):
        if "version" in value:
            NUMBERS.check(value["version"], file)
        rows = value.get("numbers")
    if not isinstance(rows, list):
        raise ValueError("it is not a list of rows")
    for position, row in enumerate(rows, 1):
        lacking = [key for key in NEEDED if not isinstance(row, dict) or key not in row]
        if lacking:
            raise ValueError(f"row {position} has no {lacking[0]!r}")
        if not all(isinstance(row[key], str) for key in NEEDED if key != "label"):
            raise ValueError(f"row {position} has a value that is not text where text belongs")
    return rows


def changes(old: Sequence[Row], new: Sequence[Row]) -> NumberChanges:
    """Match the rows of two editions by label; rows without one by page and anchor, then by page and title."""
    before, after = list(old), list(new)
    pairs: list[tuple[Row, Row]] = []
    for key in (_label, _anchor, _title):
        pairs += _matched(before, after, key)
    moved = [(was, now) for was, now in pairs if was["number"] != now["number"]]
    return NumberChanges(
        tuple(sorted(moved, key=lambda pair: row_key(pair[1]))),
        tuple(sorted(after, key=row_key)),
        tuple(sorted(before, key=row_key)),
    )


def _matched(before: list[Row], after: list[Row], key: Callable[[Row], Hashable | None]) -> list[tuple[Row, Row]]:
    """Return pairs of rows whose key is unique on either side, and remove them from both lists."""
    olds, news = _unique(before, key), _unique(after, key)
    pairs = [(olds[name], news[name]) for name in olds if name in news]
    for was, now in pairs:
        before.remove(was)
        after.remove(now)
    return pairs


def _unique(rows: Sequence[Row], key: Callable[[Row], Hashable | None]) -> dict[Hashable, Row]:
    rows_by_key: dict[Hashable, list[Row]] = {}
    for row in rows:
        name = key(row)
        if name is not None:
            rows_by_key.setdefault(name, []).append(row)
    return {name: same[0] for name, same in rows_by_key.items() if len(same) == 1}


def _label(row: Row) -> Hashable | None:
    return (row["kind"], row["label"]) if row["label"] else None


def _anchor(row: Row) -> Hashable:
    return row["kind"], row["docname"], row["id"]


def _title(row: Row) -> Hashable | None:
    return (row["kind"], row["docname"], row["title"]) if row["title"] else None


def row_key(row: Row) -> tuple[Any, ...]:
    """Return the sort key of a row: kind and number, then page and anchor."""
    return row["kind"], number_key(row["number"]), row["docname"], row["id"]
