"""The inventories of other books, as intersphinx has loaded them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sphinx.environment import BuildEnvironment

from .versions import SPHINX

USE = "the numbers of other books are found"


class InventoryEntry(Protocol):
    """What is used of one entry; Sphinx's class for it is private."""

    @property
    def project_name(self) -> str: ...
    @property
    def project_version(self) -> str: ...
    @property
    def uri(self) -> str: ...
    @property
    def display_name(self) -> str: ...


Inventory = Mapping[str, Mapping[str, InventoryEntry]]
"""Kind, such as "std:label" -> name -> entry."""


def inventories(env: BuildEnvironment) -> Mapping[str, Inventory]:
    """Return the inventories of this build, by their names in `intersphinx_mapping`. Raises UpstreamChanged.

    intersphinx documents its roles only. Sphinx 9.0 to 9.2 have the entries in `InventoryAdapter.named_inventory`.
    """
    with SPHINX.imports(USE):
        from sphinx.ext.intersphinx import InventoryAdapter
    found: Mapping[str, Inventory] = SPHINX.attribute(InventoryAdapter(env), "named_inventory", dict, USE)
    for inventory in found.values():
        for entries in inventory.values():
            for entry in entries.values():
                for name in ("project_name", "project_version", "uri", "display_name"):
                    SPHINX.attribute(entry, name, str, USE)
                return found  # all are made alike
    return found
