"""Write `report.json`: what ran and why, what was written, what was warned of."""

from __future__ import annotations

import logging as python_logging
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config

from ...common.file_formats import REPORT
from ...common.notebook_positions import CELL, readable
from ...execution.extension import page_reports
from ...execution.tasks import PageReport
from ...lifecycle.build_folders import MARK
from ...upstream.sphinx.logs import build_logger, is_suppressed


class WarningList(python_logging.Handler):
    """Log handler that keeps every warning of a build, as text without colours."""

    def __init__(self, app: Sphinx, config: Config) -> None:
        super().__init__(python_logging.WARNING)
        self.app = app
        self.config = config
        self.texts: list[str] = []

    def emit(self, record: python_logging.LogRecord) -> None:
        if is_suppressed(record, self.config):
            return
        place = _place(getattr(record, "location", None), self.app)
        self.texts.append(readable(f"{place}: {record.getMessage()}" if place else record.getMessage()))


def _place(location: Any, app: Sphinx) -> str:
    """Return a location of Sphinx's logger as text: pages by their docnames, notebooks in JSON by their files."""
    if location is None or isinstance(location, str):
        return location or ""
    if isinstance(location, tuple) and location[1] and location[1] > CELL and hasattr(app, "env"):
        return f"{app.env.doc2path(location[0], False)}:{location[1]}"
    if isinstance(location, tuple):
        return ":".join(str(part) for part in location if part is not None)
    source, line = getattr(location, "source", None), getattr(location, "line", None)
    return f"{source or ''}:{line}" if line else str(source or "")


_lists: WeakKeyDictionary[Sphinx, WarningList] = WeakKeyDictionary()


def keep_warnings(app: Sphinx, config: Config) -> None:
    """Keep the warnings of the build for the report. Handle `config-inited`."""
    _lists[app] = WarningList(app, config)
    build_logger().addHandler(_lists[app])


def report(app: Sphinx, outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of report.json. ``outputs`` maps names to {"seconds", "bytes", "files", "state"}."""
    return {
        "version": REPORT.version,
        "pages": {docname: _page(entry) for docname, entry in page_reports(app).items()},
        "outputs": dict(outputs),
        "warnings": list(_lists[app].texts) if app in _lists else [],
    }


def _page(entry: PageReport) -> dict[str, Any]:
    """Return the entry of a page; it names frameworks only if the page runs in several."""
    value = asdict(entry)
    of_runs = value.pop("frameworks")
    for run in of_runs.values():
        del run["frameworks"]
    return value | {"frameworks": of_runs} if of_runs else value


def report_of_nothing(app: Sphinx, outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the report that a build after this one writes if it finds nothing to do."""
    value = report(app, {name: {**entry, "state": "unchanged", "seconds": 0.0} for name, entry in outputs.items()})
    entries = [run for page in value["pages"].values() for run in (page, *page.get("frameworks", {}).values())]
    for page in entries:
        if page["execution"] == "ran":
            page |= {"execution": "cached", "reason": None, "peak_bytes": None, "differs": []}
    return value


def measure(folder: Path) -> dict[str, int]:
    """Return the size in bytes and the number of files in ``folder``, without the mark of a build."""
    files = (Path(top, name) for top, _names, names in os.walk(folder) for name in names if name != MARK)
    sizes = [file.stat().st_size for file in files]
    return {"bytes": sum(sizes), "files": len(sizes)}
