"""Records that are sent to a worker and back.

*Home* is the machine of the build: names of files are absolute paths there. File contents are sent separately, by their
digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...tasks import Task


@dataclass(frozen=True)
class File:
    """File that is sent, without its content."""

    digest: str
    """SHA-256 of its bytes."""
    executable: bool = False


@dataclass(frozen=True)
class Parcel:
    """Files and folders that a page needs where it runs."""

    base: str
    """Folder at home that contains the project and the page; the worker makes a copy of it."""
    files: Mapping[str, File]
    """Absolute path at home -> file."""
    folders: tuple[str, ...]
    """Folders that exist even if they are empty."""
    packages: Mapping[str, Mapping[str, File]]
    """Folder of the search path at home -> its files, relative to it. A worker makes each once."""

    @property
    def digests(self) -> set[str]:
        """Digests of all contents that a worker needs."""
        return {file.digest for files in (self.files, *self.packages.values()) for file in files.values()}


@dataclass(frozen=True)
class RunOrder:
    """Order to run a page once. It is sent pickled, so that the scheduler need not know this class."""

    key: str
    """Key of the dask task; each submission of the page has another."""
    versions: Mapping[str, str]
    """Result of `cluster_checks.page_versions` at home."""
    site_packages: str
    """Folder of installed packages at home, since tracebacks show it."""
    task: Task
    parcel: Parcel
    lease: float
    """Seconds that the page may go on without a message from the client."""


@dataclass(frozen=True)
class Reply:
    """Reply of a worker, which sends it as a dict of its fields: plain data, which can always be unpickled."""

    result: Mapping[str, Any] | None = None
    """`Result` as JSON with paths of home; None if the page did not run to an end."""
    files: Mapping[str, bytes | None] | None = None
    """Name of a file that the page wrote, relative to the root -> content; None for a file that it removed."""
    ended: bool = False
    """Whether the client stopped the page, or its lease ran out."""
    mismatch: str = ""
    """Versions that differ, if some do; then nothing ran."""
    log: str = ""
    """End of what the kernel printed outside of cells."""
