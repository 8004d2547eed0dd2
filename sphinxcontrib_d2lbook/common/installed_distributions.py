"""Look up the installed distributions: the modules that each provides, its version and its requirements.

Reading the metadata of all distributions takes longer than all other planning. So it is remembered (see `keep_in`), and
read again after anything was installed, upgraded or removed.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from email.message import Message
from email.parser import HeaderParser
from functools import lru_cache
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from pathlib import Path
from typing import Any, cast

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from .build_state import StateEntry, StateKind
from .files import digest

KNOWN = StateKind(
    "installed",
    of="which distribution provides which module, their versions and what they require",
    stale="anything that was installed, upgraded or removed, another Python",
)
SUFFIXES = (*SOURCE_SUFFIXES, *EXTENSION_SUFFIXES)
"""Suffixes of the files of modules."""


@dataclass(frozen=True)
class Distribution:
    """Installed distribution."""

    name: str
    """Name as the distribution's metadata write it."""
    version: str
    requires: tuple[str, ...]
    """Requirements as the metadata write them, with markers."""

    def needs(self, extra: str = "") -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return canonical name and extras of each requirement that applies on this platform."""
        return _needs(self.requires, extra)


@lru_cache(maxsize=1024)
def _needs(requires: tuple[str, ...], extra: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    needs = []
    for line in requires:
        try:
            item = Requirement(line)
        except InvalidRequirement:  # old metadata that current tools cannot read; pip skips it too
            continue
        if item.marker is None or item.marker.evaluate({"extra": extra}):
            needs.append((canonicalize_name(item.name), tuple(sorted(item.extras))))
    return tuple(needs)


@dataclass(frozen=True)
class InstalledDistributions:
    """Distributions of an environment."""

    distributions: Mapping[str, Distribution]
    """Distributions by canonical name."""
    modules: Mapping[str, tuple[str, ...]]
    """Names of the distributions that provide each top-level module."""


@dataclass
class _Memory:
    """Environment as this process has read it."""

    entry: StateEntry | None = None
    distributions: InstalledDistributions | None = None


_memory = _Memory()


def keep_in(work: Path) -> None:
    """Remember the environment in the work folder, for later processes, and read it again in this one."""
    _memory.entry, _memory.distributions = StateEntry(work, KNOWN), None


def installed() -> InstalledDistributions:
    """Return the installed distributions, read once a build. Raise OSError if they cannot be remembered."""
    if _memory.distributions is None:
        entry, now = _memory.entry, stamp()
        known = entry.load(now) if entry else None
        _memory.distributions = _read() if known is None else _from_json(known)
        if entry and known is None:
            entry.save(now, _as_json(_memory.distributions))
    return _memory.distributions


def stamp() -> str:
    """Return a digest of the names and times of all metadata folders on the path."""
    parts = [sys.version]
    for folder in sys.path:
        try:
            entries = sorted(_metadata_folders(folder or "."))
        except OSError:  # an entry of the path that is not a folder
            continue
        parts += [folder, *entries]
    return digest(*parts)


def _metadata_folders(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".dist-info", ".egg-info", ".egg-link")):
                yield f"{entry.name} {entry.stat().st_mtime_ns}"


def _read() -> InstalledDistributions:
    distributions: dict[str, Distribution] = {}
    modules: dict[str, set[str]] = defaultdict(set)
    for distribution in metadata.distributions():
        known = _headers(distribution)
        name = known["Name"]
        if not name:
            continue
        if canonicalize_name(name) not in distributions:  # the first on the path is the one that is imported
            requires = known.get_all("Requires-Dist") or distribution.requires or ()
            distributions[canonicalize_name(name)] = Distribution(name, known["Version"], tuple(requires))
        for module in (distribution.read_text("top_level.txt") or "").split() or _recorded_modules(distribution):
            modules[module].add(name)
    return InstalledDistributions(distributions, {module: tuple(sorted(names)) for module, names in modules.items()})


def _headers(distribution: metadata.Distribution) -> Message:
    """Return the metadata of a distribution without its description, which is the largest part."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO")
    return HeaderParser().parsestr(text.partition("\n\n")[0]) if text else cast("Message", distribution.metadata)


def _recorded_modules(distribution: metadata.Distribution) -> set[str]:
    """Return the top-level modules of a distribution, from its list of files.

    `packages_distributions` gives the same result, but looks each file up on the disk.
    """
    record = distribution.read_text("RECORD")
    files = [row[0] for row in csv.reader(record.splitlines()) if row] if record else map(str, distribution.files or ())
    tops = {file.partition("/") for file in files if file.endswith(SUFFIXES)}
    return {name for name in (top if slash else top.partition(".")[0] for top, slash, _ in tops) if name.isidentifier()}


def _as_json(found: InstalledDistributions) -> dict[str, Any]:
    return {"distributions": {key: asdict(item) for key, item in found.distributions.items()}, "modules": found.modules}


def _from_json(value: dict[str, Any]) -> InstalledDistributions:
    distributions = {
        key: Distribution(item["name"], item["version"], tuple(item["requires"]))
        for key, item in value["distributions"].items()
    }
    return InstalledDistributions(distributions, {name: tuple(names) for name, names in value["modules"].items()})
