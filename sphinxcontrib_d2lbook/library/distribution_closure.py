"""All distributions that some need, directly or not, as they are installed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from ..common.installed_distributions import installed


@dataclass(frozen=True, order=True)
class Pin:
    """A distribution as it is installed."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def closure(names: Iterable[str]) -> list[Pin]:
    """``names`` and all that they require, directly or not, as installed here; sorted.

    What is required but not installed (a marker that another platform meets, an optional part) is left out.
    """
    distributions = installed().distributions
    found: dict[str, Pin] = {}
    todo: list[tuple[str, tuple[str, ...]]] = [(canonicalize_name(name), ()) for name in names]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while todo:
        key, extras = todo.pop()
        if (key, extras) in seen or key not in distributions:
            continue
        seen.add((key, extras))
        distribution = distributions[key]
        found[key] = Pin(key, distribution.version)
        for extra in extras or ("",):
            todo += distribution.needs(extra)
    return sorted(found.values())
