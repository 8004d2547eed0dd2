"""Set the exit code of a build in which an output failed or was refused."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.util import logging

from ...upstream.sphinx.application import call_last

logger = logging.getLogger(__name__)
_refused: WeakKeyDictionary[Sphinx, list[str]] = WeakKeyDictionary()


def refuse(app: Sphinx, reason: str) -> None:
    """Let the build end with 2, whatever warnings there are besides. Call this before the end of `build-finished`.

    ``reason`` has been logged with its place; the last line of the log repeats it.
    """
    app.statuscode = 2
    reasons = _refused.setdefault(app, [])
    reasons.append(reason)
    if len(reasons) > 1:
        return

    def refuse_at_end() -> None:
        app.statuscode = 2
        logger.error("refused: %s", "; ".join(reasons))

    call_last(app, refuse_at_end)  # Under -W, Sphinx sets 1 for warnings after `build-finished`.
