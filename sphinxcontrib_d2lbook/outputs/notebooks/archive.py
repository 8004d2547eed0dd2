"""Write all notebooks, and what is needed to run them, into one zip archive."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

ARCHIVED = ".archived"
"""Folder of notebooks that are other in the archive than alone: their links lead to notebooks beside them."""
MOMENT = (1980, 1, 1, 0, 0, 0)
"""Date of every file in the archive: the earliest that zip can express."""


def assemble_archive(notebooks_dir: Path, wheel: Path | None, target: Path) -> None:
    """Write ``target``: every file of ``notebooks_dir`` in one folder, with the wheel beside them.

    The same files give the same bytes, and an archive that holds them already is left alone. Raise OSError if a file
    cannot be read or written.
    """
    root = target.stem
    files = readers_files(notebooks_dir, wheel)
    archived = notebooks_dir / ARCHIVED
    files |= {name: archived / name for name in files if (archived / name).is_file()}
    contents = {f"{root}/{name}": path.read_bytes() for name, path in sorted(files.items())}
    if _holds(target, contents):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, content in contents.items():
                entry = zipfile.ZipInfo(name, MOMENT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def readers_files(notebooks_dir: Path, wheel: Path | None) -> dict[str, Path]:
    """Return all files that readers need, by their names in the folder of the notebooks."""
    files = {
        path.relative_to(notebooks_dir).as_posix(): path
        for path in notebooks_dir.rglob("*")
        if _belongs(path, notebooks_dir)
    }
    return files | ({wheel.name: wheel} if wheel is not None else {})


def _holds(archive: Path, contents: Mapping[str, bytes]) -> bool:
    """Check by its list of sizes and checksums whether an archive holds these files; compressing takes far longer."""
    try:
        with zipfile.ZipFile(archive) as opened:
            listed = [(entry.filename, entry.file_size, entry.CRC) for entry in opened.infolist()]
    except (FileNotFoundError, zipfile.BadZipFile):
        return False
    return listed == [(name, len(content), zlib.crc32(content)) for name, content in contents.items()]


def _belongs(path: Path, folder: Path) -> bool:
    """Check whether a file belongs in the archive: no archive, hidden file, or style sheet of an extension."""
    parts = path.relative_to(folder).parts
    return (
        path.is_file() and path.suffix != ".zip" and parts[0] != "_static" and not any(p.startswith(".") for p in parts)
    )
