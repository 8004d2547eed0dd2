"""Read the sources of a book that is migrated."""

from __future__ import annotations

from pathlib import Path

from ...common.errors import BookError


def read_text(path: Path) -> str:
    """Return the text of a source. Raise BookError if it cannot be read, or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as err:
        line = err.object[: err.start].count(b"\n") + 1
        raise BookError(f"{path}:{line}: is not UTF-8; save it in that encoding, and migrate again") from err
    except OSError as err:
        raise BookError(f"{path}: cannot be read: {err.strerror}") from err
