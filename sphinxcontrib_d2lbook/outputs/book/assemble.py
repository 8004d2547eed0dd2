"""Assemble the outputs: copy downloads into the site, so that `html/` can be deployed alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from ...addresses.book_downloads import FOLDER
from ...common.build_state import StateEntry, StateKind, files_in
from ...common.files import remove_left
from ...execution.extension import work_folder
from ..base import Output, Written
from ..registry import refuse_address
from .stamps import folder_name

CARRIED = StateKind(
    "html/downloads",
    of="a website's folder: the files that it carries of each output",
    stale="nothing: those that an output no longer names are removed, and those of outputs that the book no longer "
    "has. Where it is damaged, single files that were renamed in that same build stay",
)


def copy_into_site(
    app: Sphinx, site: Path, outputs: Iterable[tuple[Output, Written]], failed: Iterable[str] = ()
) -> None:
    """Copy the files of all outputs that the site carries, and remove those that it no longer carries.

    Files of the outputs named by ``failed`` stay. Raise OSError if a file cannot be copied or removed, and OutputError
    if an output gives an address that it cannot have.
    """
    folder, entry = site / FOLDER, StateEntry(work_folder(app), CARRIED, folder_name(site))
    before: dict[str, list[str]] = entry.load() or {}
    obsolete = {address for addresses in before.values() for address in addresses}
    carried = {name: before[name] for name in failed if name in before}
    for output, written in outputs:
        files = output.site_files(written)
        for address, source in files.items():
            refuse_address(app, output, address)
            copy_if_newer(source, folder / address)
        carried[output.name] = sorted(files)
        obsolete |= {f"{output.name}/{name}" for name in files_in(folder / output.name)}
    remove_left(obsolete, folder, {address for addresses in carried.values() for address in addresses})
    if carried or before:
        entry.save(str(site), carried)


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
