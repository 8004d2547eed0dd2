"""Find the columns of a table that have numbers alone, which are set with their decimal signs below one another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes

COMMA = frozenset(
    {"cs", "da", "de", "el", "es", "fi", "fr", "hu", "it", "nb", "nl", "no", "pl", "pt", "ru", "sv", "tr"}
)
"""Languages whose decimal sign is a comma."""
GAPS = frozenset({"", "-", "–", "—", "…"})
"""Texts of cells that have no number in a column of numbers."""


def missing_digits(rows: Iterable[nodes.Node], count: int, language: str) -> list[dict[str, str]]:
    """Return, for each column, what the fractions of its numbers lack of the longest; {} where not all are numbers.

    A column with one number is none of numbers, and neither is one with cells that reach over several columns or have
    an alignment that their author gave. Tables with cells that reach over several rows have none at all.
    """
    texts: list[set[str] | None] = [set() for _column in range(count)]
    numbers = [0] * count
    sign = "," if language in COMMA else "."
    number = re.compile(rf"[-+−±]?\d[\d \u202f\u2009\u00a0{'.' if sign == ',' else ','}]*(?:\{sign}\d+)?")
    for row in rows:
        if any(isinstance(entry, nodes.entry) and entry.get("morerows") for entry in row.children):
            return [{}] * count  # The rows below have fewer cells than columns.
        column = 0
        for entry in row.children:
            if not isinstance(entry, nodes.entry) or column >= count:
                continue
            text, there = entry.astext().strip(), texts[column]
            if there is not None and _is_plain(entry) and (text in GAPS or number.fullmatch(text)):
                there.add(text)
                numbers[column] += text not in GAPS
            else:
                texts[column] = None
            column += 1 + entry.get("morecols", 0)
    return [
        _missing(there - GAPS, sign) if there and amount > 1 else {}
        for there, amount in zip(texts, numbers, strict=True)
    ]


def _is_plain(entry: nodes.entry) -> bool:
    """Check whether a cell has text alone, and no alignment or size of its own."""
    kinds = {type(node) for node in entry.findall() if node is not entry}
    aligned = {"text-center", "text-left"} & set(entry["classes"])
    return kinds <= {nodes.paragraph, nodes.Text} and not (aligned or entry.get("morecols"))


def _missing(texts: set[str], sign: str) -> dict[str, str]:
    fractions = {text: text[text.index(sign) :] if sign in text else "" for text in texts}
    longest = max(map(len, fractions.values()))
    zeros = sign + "0" * (longest - 1) if longest else ""
    return {text: zeros[len(fraction) :] for text, fraction in fractions.items()}
