"""What is installed here: which distribution provides a module, its version, what it needs.

Reading the metadata of all distributions takes longer than all else that planning does, so it is remembered (see
`keep_in`) and read anew when anything was installed, upgraded or removed.
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
"""Of the files of modules."""


@dataclass(frozen=True)
class Distribution:
    """One installed distribution."""

    name: str
    """As its metadata write it."""
    version: str
    requires: tuple[str, ...]
    """What it requires, as its metadata write it, with markers."""

    def needs(self, extra: str = "") -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Canonical name and extras of each requirement that applies on this platform, with an extra or without."""
        return _needs(self.requires, extra)


@lru_cache(maxsize=1024)
def _needs(requires: tuple[str, ...], extra: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for line in requires:
        try:
            item = Requirement(line)
        except InvalidRequirement:  # old metadata that today's tools no longer read; pip skips it too
            continue
        if item.marker is None or item.marker.evaluate({"extra": extra}):
            found.append((canonicalize_name(item.name), tuple(sorted(item.extras))))
    return tuple(found)


@dataclass(frozen=True)
class InstalledDistributions:
    """All of an environment."""

    distributions: Mapping[str, Distribution]
    """By canonical name."""
    modules: Mapping[str, tuple[str, ...]]
    """Top-level module -> names of the distributions that provide it."""


@dataclass
class _Memory:
    """Of this process, whose environment is one."""

    entry: StateEntry | None = None
    found: InstalledDistributions | None = None


_memory = _Memory()


def keep_in(work: Path) -> None:
    """Remember in the work folder what is installed, from one process to the next, and look anew in this one."""
    _memory.entry, _memory.found = StateEntry(work, KNOWN), None


def installed() -> InstalledDistributions:
    """What is installed; looked up once a build. Raises OSError where it cannot be remembered."""
    if _memory.found is None:
        entry, now = _memory.entry, stamp()
        known = entry.load(now) if entry else None
        _memory.found = _read() if known is None else _from_json(known)
        if entry and known is None:
            entry.save(now, _as_json(_memory.found))
    return _memory.found


def stamp() -> str:
    """Digest of the names and times of all metadata folders on the path."""
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
    for found in metadata.distributions():
        known = _headers(found)
        name = known["Name"]
        if not name:
            continue
        if canonicalize_name(name) not in distributions:  # the first on the path is the one that is imported
            requires = known.get_all("Requires-Dist") or found.requires or ()
            distributions[canonicalize_name(name)] = Distribution(name, known["Version"], tuple(requires))
        for module in (found.read_text("top_level.txt") or "").split() or _recorded_modules(found):
            modules[module].add(name)
    return InstalledDistributions(distributions, {module: tuple(sorted(names)) for module, names in modules.items()})


def _headers(found: metadata.Distribution) -> Message:
    """Its metadata, without the description, which is the most of it."""
    text = found.read_text("METADATA") or found.read_text("PKG-INFO")
    return HeaderParser().parsestr(text.partition("\n\n")[0]) if text else cast("Message", found.metadata)


def _recorded_modules(found: metadata.Distribution) -> set[str]:
    """Top-level modules, by the list of its files.

    `packages_distributions`, which gives the same, looks on the disk for each of the files.
    """
    record = found.read_text("RECORD")
    files = [row[0] for row in csv.reader(record.splitlines()) if row] if record else map(str, found.files or ())
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
