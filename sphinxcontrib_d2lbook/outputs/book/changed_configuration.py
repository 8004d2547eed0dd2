"""Find the configuration values that differ from those of the last build.

Sphinx compares the configuration as conf.py sets it with that of the last build as extensions left it, and reports a
change in nearly each build. Here the values are recorded before extensions change them.
"""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from ...common.build_state import StateEntry, StateKind
from ...common.files import digest, stable_text
from ...execution.extension import work_folder
from .process_role import in_child
from .stamps import folder_name

CONFIGURED = StateKind(
    "configuration",
    of="the values of the configuration with which the pages were read, by digests, before extensions changed them",
    stale="nothing: it only tells whether the log has to say that values have changed",
)
MADE_WITH = StateKind(
    "made-with",
    of="one output folder: the values of the configuration with which the last build of the book left it, by digests",
    stale="nothing: `sphinx-d2lbook publish` compares them with those of `conf.py`",
)
_values: WeakKeyDictionary[Sphinx, dict[str, str]] = WeakKeyDictionary()


def note_values(app: Sphinx, config: Config) -> None:
    """Record the values of the configuration. Handle `config-inited`, as its last handler."""
    _values[app] = {option.name: digest(stable_text(option.value))[:16] for option in config}


def _entry(app: Sphinx) -> StateEntry:
    return StateEntry(work_folder(app), CONFIGURED, digest(str(Path(app.doctreedir).resolve()))[:8])


def changed_values(app: Sphinx) -> list[str] | None:
    """Return the names of the values that differ from those of the last reading; None if those are not known."""
    before = _entry(app).load()
    now = _values.get(app)
    if before is None or now is None:
        return None
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def keep_values(app: Sphinx, env: BuildEnvironment) -> None:
    """Keep the values for the next build, as Sphinx has just done. Handle `env-check-consistency`."""
    if app in _values and not in_child():
        _entry(app).save("", _values[app])


def keep_values_of(app: Sphinx, folder: Path) -> None:
    """Record that an output folder is as the present configuration makes it. Raise OSError if that fails."""
    if app in _values:
        StateEntry(work_folder(app), MADE_WITH, folder_name(folder)).save("", _values[app])


def values_changed_since(app: Sphinx, folder: Path) -> list[str] | None:
    """Return the values that differ from those that an output folder was made with; None if those are not known."""
    before = StateEntry(work_folder(app), MADE_WITH, folder_name(folder)).load()
    now = _values.get(app)
    if before is None or now is None:
        return None
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
