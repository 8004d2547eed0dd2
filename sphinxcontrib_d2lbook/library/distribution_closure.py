"""List the distributions that others need, directly or not, as they are installed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from ..common.installed_distributions import installed


@dataclass(frozen=True, order=True)
class Pin:
    """Installed distribution with its version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}=={self.public}"

    @property
    def is_own_build(self) -> bool:
        """Whether it was built otherwise than what package indexes have, so that theirs may require other things."""
        return "+" in self.version

    @property
    def public(self) -> str:
        """Version without what its builder added, as in "2.9.1+cpu", which is not on package indexes."""
        return self.version.partition("+")[0]


def closure(names: Iterable[str]) -> list[Pin]:
    """Return ``names`` and all distributions that they require, directly or not, as installed here; sorted.

    Requirements that are not installed are left out: their marker applies to another platform, or they are optional.
    """
    distributions = installed().distributions
    pins: dict[str, Pin] = {}
    todo: list[tuple[str, tuple[str, ...]]] = [(canonicalize_name(name), ()) for name in names]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while todo:
        key, extras = todo.pop()
        if (key, extras) in seen or key not in distributions:
            continue
        seen.add((key, extras))
        distribution = distributions[key]
        pins[key] = Pin(key, distribution.version)
        for extra in extras or ("",):
            todo += distribution.needs(extra)
    return sorted(pins.values())
