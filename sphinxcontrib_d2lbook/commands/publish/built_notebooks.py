"""Find the notebooks of the last build, and refuse them if a build would make others now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from ...common.errors import BookError
from ...execution.extension import decide, work_folder
from ...outputs.book.changed_configuration import values_changed_since
from ...outputs.book.stamps import Ledger
from ..book_loading import OVERRIDES

NOTEBOOKS, PACKAGE = "notebooks", "package"
"""Names of the outputs of which something is published."""


def folder_of(build: Path) -> Path:
    """Return the folder of the notebooks that `-M book` writes."""
    return build / "book" / NOTEBOOKS


def wheel_of(build: Path) -> Path | None:
    """Return the wheel of the book's package; None if the book has none."""
    return next(iter(sorted((build / "book" / PACKAGE).glob("*.whl"))), None)


def check_built(app: Sphinx, build: Path) -> None:
    """Check that the notebooks below ``build`` are what a build would write now. Raise BookError if they are not."""
    folder = folder_of(build)
    if NOTEBOOKS not in app.config.d2lbook_outputs:
        raise BookError(f"{app.confdir}/conf.py: d2lbook_outputs lists no {NOTEBOOKS!r}, so there are none to publish")
    if not any(folder.glob("*.zip")):
        raise BookError(
            f"{folder}: there are no notebooks to publish; build the book first: "
            f"sphinx-build -M book {app.srcdir} {build} -c {app.confdir}"
        )
    fault = (
        _changed_pages(app)
        or _changed_values(app, folder)
        or _failed_parts(build)
        or _pages_to_run(app)
        or _unfinished(app, build)
    )
    if fault:
        raise BookError(f"{folder}: {fault}. Build the book again, without an error, and then publish")


def _changed_pages(app: Sphinx) -> str:
    added, changed, removed = app.env.get_outdated_files(config_changed=False)
    pages = sorted({*added, *changed, *removed})
    return f"these notebooks are older than {_named(pages)}" if pages else ""


def _changed_values(app: Sphinx, folder: Path) -> str:
    changed = values_changed_since(app, folder)
    if changed is None:
        return "it is not known how these notebooks were built"
    names = [name for name in changed if name not in OVERRIDES]
    return f"conf.py has other values now than these notebooks were built with: {_named(names)}" if names else ""


def _failed_parts(build: Path) -> str:
    try:
        report = json.loads((build / "book" / "report.json").read_text("utf-8"))
        pages = sorted(docname for docname, page in report["pages"].items() if page["execution"] == "failed")
        outputs = sorted(name for name in (NOTEBOOKS, PACKAGE) if _state(report, name) == "failed")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        return f"the report of the build cannot be read ({err})"
    if outputs:
        return f"the output {_named(outputs)} failed"
    return f"a cell failed on {_named(pages)}" if pages else ""


def _state(report: Any, output: str) -> Any:
    return report["outputs"].get(output, {}).get("state")


def _pages_to_run(app: Sphinx) -> str:
    session = decide(app).session
    stale = sorted(session.stale)
    if not stale:
        return ""
    return f"{_named(stale)} would run again ({session.decisions[stale[0]].reason})"


def _unfinished(app: Sphinx, build: Path) -> str:
    ledger = Ledger(work_folder(app))
    if not ledger.knows(NOTEBOOKS) or ledger.owed(NOTEBOOKS):
        return "the last build did not finish these notebooks"
    folders = [folder_of(build), *([] if (wheel := wheel_of(build)) is None else [wheel.parent])]
    for folder in folders:
        altered = ledger.altered(folder)
        if altered is None or altered:
            return f"{_named(altered or ['something'])} in {folder} was changed after the build"
    return ""


def _named(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]!r}{more}"
