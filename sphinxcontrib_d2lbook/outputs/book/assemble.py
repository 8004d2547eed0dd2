"""Assemble the outputs: copy downloads into the site, so that `html/` can be deployed alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..base import Output, Written
from ..html.downloads import FOLDER


def copy_into_site(site: Path, output: Output, written: Written) -> None:
    """Copy the files of an output that the site carries, and remove those that it no longer carries.

    Raise OSError if a file cannot be copied or removed.
    """
    wanted = {site / FOLDER / address: source for address, source in output.site_files(written).items()}
    for target, source in wanted.items():
        copy_if_newer(source, target)
    for path in (site / FOLDER / output.name).rglob("*"):
        if path not in wanted and path.is_file():
            path.unlink()


def copy_if_newer(source: Path, target: Path) -> bool:
    """Copy a file with its time of change, unless size and time agree; return whether it was copied.

    Raise OSError if it cannot be copied.
    """
    old, new = source.stat(), target.stat() if target.exists() else None
    if new is not None and (new.st_size, new.st_mtime_ns) == (old.st_size, old.st_mtime_ns):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return True
