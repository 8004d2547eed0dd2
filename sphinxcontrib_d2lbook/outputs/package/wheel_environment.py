"""An environment that has a closure of distributions and nothing else: links to what is installed here.

pip cannot make one without a network; copying MXNet takes longer than the whole check. The folder holds a link for each
top-level file and package that the distributions' own records name, so a package that they do not require is not there
to be imported by accident.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath

from ...library.distribution_closure import Pin


def link_closure(folder: Path, pins: Iterable[Pin]) -> None:
    """Fill ``folder``, which is empty, as `site-packages` is after installing exactly ``pins``. Raises OSError."""
    for pin in pins:
        distribution = metadata.distribution(pin.name)
        root = Path(str(distribution.locate_file("")))
        for parts in sorted({PurePosixPath(str(file)).parts for file in distribution.files or ()}):
            if parts[0] in ("..", "/") or parts[0] == "__pycache__":
                continue  # scripts and manuals, which lie elsewhere
            _link(folder, root, parts)


def _link(folder: Path, root: Path, parts: tuple[str, ...]) -> None:
    """Link the outermost folder that belongs to one distribution alone; those without `__init__.py` may be shared."""
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
