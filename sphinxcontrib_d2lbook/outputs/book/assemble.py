"""Bringing the outputs together: downloads go into the site, so that `html/` can be deployed alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ..html.downloads import FOLDER, notebook_address


def into_site(site: Path, notebooks: Path | None, files: Iterable[Path]) -> None:
    """Copy the pages' notebooks and single ``files`` (PDF, archive, wheel) into the site. Raises OSError."""
    if notebooks is not None:
        wanted = {
            site / notebook_address(docname): notebooks / f"{docname}.ipynb" for docname in notebook_names(notebooks)
        }
        for target, source in wanted.items():
            copy_if_newer(source, target)
        for left in (site / FOLDER / "notebooks").rglob("*.ipynb"):
            if left not in wanted:
                left.unlink()
    for file in files:
        copy_if_newer(file, site / FOLDER / file.name)


def notebook_names(folder: Path) -> list[str]:
    """Docnames of the notebooks in ``folder``."""
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.ipynb"))


def copy_if_newer(source: Path, target: Path) -> bool:
    """Copy with the time of change, unless size and time agree already; whether it was copied. Raises OSError."""
    old, new = source.stat(), target.stat() if target.exists() else None
    if new is not None and (new.st_size, new.st_mtime_ns) == (old.st_size, old.st_mtime_ns):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return True
