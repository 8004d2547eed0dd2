"""All distributions that some need, directly or not, as they are installed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name


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
    found: dict[str, Pin] = {}
    todo: list[tuple[str, frozenset[str]]] = [(name, frozenset()) for name in names]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        name, extras = todo.pop()
        key = canonicalize_name(name)
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        installed = _installed(key)
        if installed is None:
            continue
        version, requirements = installed
        found[key] = Pin(key, version)
        todo += [
            (requirement.name, frozenset(requirement.extras))
            for requirement in requirements
            if _applies(requirement, extras)
        ]
    return sorted(found.values())


@cache
def _installed(name: str) -> tuple[str, tuple[Requirement, ...]] | None:
    """Version and requirements of a distribution; None if it is not installed."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    parsed = []
    for line in distribution.requires or ():
        try:
            parsed.append(Requirement(line))
        except InvalidRequirement:  # old metadata that today's tools no longer read; pip skips it too
            continue
    return distribution.version, tuple(parsed)


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in extras or {""})
