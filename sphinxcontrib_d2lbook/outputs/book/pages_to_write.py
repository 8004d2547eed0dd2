"""Find pages that an output folder shows with outdated views of other pages, and write them again.

A view is what a page shows of others. Views are recorded for each builder and folder: all of them share one
environment, so it cannot tell that the website was last built three edits ago, and the book since.
"""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from ...common.files import digest
from ...execution.extension import work_folder
from ...numbering.page_views import page_views
from . import stamps
from .damaged_files import find_damaged, pages_of
from .process_role import in_child

_views: WeakKeyDictionary[Sphinx, dict[str, str]] = WeakKeyDictionary()
_damaged: WeakKeyDictionary[Sphinx, list[str] | None] = WeakKeyDictionary()


def _ledger(app: Sphinx) -> stamps.Ledger:
    return stamps.Ledger(work_folder(app))


def _name(app: Sphinx) -> str:
    return f"{app.builder.name}-{digest(str(app.outdir))[:8]}"


def _is_site(app: Sphinx) -> bool:
    """Check whether this build writes a website by itself, whose pages are written one by one."""
    return app.builder.format == "html"


def look_for_damage(app: Sphinx, config: Config) -> None:
    """Find the damaged files of a site. Handle `config-inited`, before any extension writes into the folder."""
    if not in_child():
        _damaged[app] = find_damaged(_ledger(app), Path(app.outdir))


def find_unwritten(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages to write again. Handle `env-get-updated`."""
    if in_child():
        return []
    views = _views[app] = page_views(env)
    damaged = pages_of(_damaged.pop(app), env) if _is_site(app) and app in _damaged else frozenset()
    return sorted(_ledger(app).stale(_name(app), views) | damaged)


def record_views(app: Sphinx, error: Exception | None) -> None:
    """Record the views: their pages are written, or owed by an output. Handle `build-finished`."""
    if error is None and app in _views and not in_child():
        _ledger(app).note_views(_name(app), _views.pop(app))


def note_files(app: Sphinx, error: Exception | None) -> None:
    """Record the files of a site as the build left them. Handle `build-finished`."""
    if error is None and _is_site(app) and not in_child():
        _ledger(app).note_files(Path(app.outdir))
