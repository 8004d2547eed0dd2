"""Bringing the outputs together: downloads go into the site, so that `html/` can be deployed alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..base import Output, Written
from ..html.downloads import FOLDER


def into_site(site: Path, output: Output, written: Written) -> None:
    """Copy what the site carries of an output. What it had in the folder of that output and has not now is removed.

    Raises OSError.
    """
    wanted = {site / FOLDER / address: source for address, source in output.site_files(written).items()}
    for target, source in wanted.items():
        copy_if_newer(source, target)
    for left in (site / FOLDER / output.name).rglob("*"):
        if left not in wanted and left.is_file():
            left.unlink()


def copy_if_newer(source: Path, target: Path) -> bool:
    """Copy with the time of change, unless size and time agree already; whether it was copied. Raises OSError."""
    old, new = source.stat(), target.stat() if target.exists() else None
    if new is not None and (new.st_size, new.st_mtime_ns) == (old.st_size, old.st_mtime_ns):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return True
