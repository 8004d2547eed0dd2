"""What travels to a worker and back. Names are absolute paths at home; contents are sent apart, by their digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...tasks import Task


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    digest: str
    """SHA-256 of its bytes."""
    executable: bool = False


@dataclass(frozen=True)
class Parcel:
    """What a page finds around itself where it runs."""

    base: str
    """The folder at home that the worker makes a copy of: it holds the project and the page."""
    files: Mapping[str, File]
    folders: tuple[str, ...]
    """Folders that are there even if they are empty."""
    packages: Mapping[str, Mapping[str, File]]
    """Folder of the search path at home -> its files, relative to it. A worker makes each once."""

    @property
    def digests(self) -> set[str]:
        """Of all contents that a worker needs."""
        return {file.digest for files in (self.files, *self.packages.values()) for file in files.values()}


@dataclass(frozen=True)
class Errand:
    """All that a worker is told of one run of a page. Sent pickled, so that the scheduler need not know this class."""

    key: str
    """Of the dask task; another one for each time that the page is submitted."""
    versions: Mapping[str, str]
    """`checks.page_versions` at home."""
    site_packages: str
    """Where home has installed packages: tracebacks show it."""
    task: Task
    parcel: Parcel
    lease: float
    """Seconds that the page may go on without word from the client."""


@dataclass(frozen=True)
class Reply:
    """What a worker gives back, as its fields in a dict: plain data, for which a worker's loss is the only error."""

    result: Mapping[str, Any] | None = None
    """`Result` as JSON with the paths of home; None where the page did not run to an end."""
    files: Mapping[str, bytes | None] | None = None
    """What the page wrote, relative to the root; None for a file that it removed."""
    ended: bool = False
    """Whether the client stopped it, or its lease ran out."""
    mismatch: str = ""
    """Which versions differ; then nothing ran."""
    log: str = ""
    """The end of what the kernel printed past its cells."""
