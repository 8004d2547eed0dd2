"""Use the inventories of other books that intersphinx has loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sphinx.environment import BuildEnvironment

from .versions import SPHINX

USE = "the numbers of other books are found"


class InventoryEntry(Protocol):
    """Attributes of an inventory's entry that are used; Sphinx's class for it is private."""

    @property
    def project_name(self) -> str: ...
    @property
    def project_version(self) -> str: ...
    @property
    def uri(self) -> str: ...
    @property
    def display_name(self) -> str: ...


Inventory = Mapping[str, Mapping[str, InventoryEntry]]
"""Entries by kind, such as "std:label", and by name."""


def inventories(env: BuildEnvironment) -> Mapping[str, Inventory]:
    """Return the inventories of this build, by their names in `intersphinx_mapping`. Raise UpstreamChanged.

    intersphinx documents its roles only. Sphinx 9.0 to 9.2 have the entries in `InventoryAdapter.named_inventory`.
    """
    with SPHINX.imports(USE):
        from sphinx.ext.intersphinx import InventoryAdapter
    by_name: Mapping[str, Inventory] = SPHINX.attribute(InventoryAdapter(env), "named_inventory", dict, USE)
    for inventory in by_name.values():
        for entries in inventory.values():
            for entry in entries.values():
                for name in ("project_name", "project_version", "uri", "display_name"):
                    SPHINX.attribute(entry, name, str, USE)
                return by_name  # one entry stands for all, since they are of one class
    return by_name
