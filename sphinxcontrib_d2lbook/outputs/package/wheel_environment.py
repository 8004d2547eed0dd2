"""Make an environment that has a closure of distributions and nothing else, by links to what is installed here.

pip cannot make one without a network, and copying MXNet takes longer than the whole check. The folder holds a link for
each top-level file and package in the distributions' own records, so a package that they do not require cannot be
imported by accident.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath

from ...library.distribution_closure import Pin


def link_closure(folder: Path, pins: Iterable[Pin]) -> None:
    """Fill an empty ``folder`` like a `site-packages` that has exactly ``pins``. Raise OSError if a link fails."""
    for pin in pins:
        distribution = metadata.distribution(pin.name)
        root = Path(str(distribution.locate_file("")))
        for parts in sorted({PurePosixPath(str(file)).parts for file in distribution.files or ()}):
            if parts[0] in ("..", "/") or parts[0] == "__pycache__":
                continue  # These are scripts and manuals, which are in other folders.
            _link(folder, root, parts)


def _link(folder: Path, root: Path, parts: tuple[str, ...]) -> None:
    """Link the outermost folder that belongs to one distribution alone; folders without `__init__.py` may be shared."""
    for depth in range(1, len(parts) + 1):
        source, target = root.joinpath(*parts[:depth]), folder.joinpath(*parts[:depth])
        if target.is_symlink():
            return
        is_own = (source / "__init__.py").exists() or source.suffix in (".dist-info", ".egg-info", ".libs")
        if depth == len(parts) or is_own:
            if source.exists():
                target.symlink_to(source)
            return
        target.mkdir(exist_ok=True)
