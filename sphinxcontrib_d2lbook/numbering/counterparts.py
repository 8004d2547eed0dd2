"""Pair the numbered things that stand for each other in the variants of one place, so that they share a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

SAME = "same"
"""Attribute of a `framework_variants`: anchor of a thing -> anchor of the first thing that it stands for."""


class Counterparts:
    """Pairs in one place: the first figure of a framework with the first figure of each other one, and so on."""

    def __init__(self) -> None:
        self.same: dict[str, str] = {}
        """Anchor of a thing -> anchor of the first of those that share its number, which has no entry itself."""
        self._first: dict[tuple[str, int], str] = {}
        self._count: Counter[tuple[str, str]] = Counter()

    def first_of(self, anchor: str, figtype: str, frameworks: Iterable[str]) -> str:
        """Note a numbered thing that ``frameworks`` have, and return the first that it stands for; "" if it is that."""
        names = list(frameworks)
        order = max(self._count[name, figtype] for name in names)
        self._count.update({(name, figtype): order + 1 - self._count[name, figtype] for name in names})
        first = self._first.setdefault((figtype, order), anchor)
        if first == anchor:
            return ""
        self.same[anchor] = first
        return first
