"""Where outputs are kept: one file a key, named by it, and an index of the last run of each page.

entries/ab/abcd….json    {"notebook", "seconds", "peak_bytes"}
failed/<docname>.json    the same, and "failure": kept for showing, never for reuse
pages.json               docname -> {"key", "parts", "seconds"}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..files import json_text, write_if_changed
from .model import Result, Task


class Store:
    """A folder of executed outputs. Written by the process that builds, and by no other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "pages.json"

    def entry(self, key: str) -> Path:
        return self.folder / "entries" / key[:2] / f"{key}.json"

    def failed_entry(self, docname: str) -> Path:
        return self.folder / "failed" / f"{docname}.json"

    def __contains__(self, key: str) -> bool:
        return self.entry(key).is_file()

    def load(self, path: Path) -> dict[str, Any]:
        """Raises OSError and ValueError."""
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return value

    def pages(self) -> dict[str, Any]:
        """The last run of each page; empty where there was none or the index cannot be read."""
        try:
            return self.load(self.index)
        except (FileNotFoundError, ValueError):
            return {}

    def save(self, task: Task, result: Result) -> None:
        """Keep what a task gave. Raises OSError."""
        entry: dict[str, Any] = {
            "notebook": result.notebook,
            "seconds": round(result.seconds, 3),
            "peak_bytes": result.peak_bytes,
        }
        failed = self.failed_entry(task.docname)
        if result.failure:
            write_if_changed(failed, json_text({**entry, "failure": asdict(result.failure)}))
            return
        write_if_changed(self.entry(task.key), json_text(entry))
        failed.unlink(missing_ok=True)

    def note_pages(self, pages: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the index. Raises OSError."""
        write_if_changed(self.index, json_text(pages))
