"""The exit code of a build in which an output failed or was refused."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.util import logging

from ...upstream.sphinx.application import call_last

logger = logging.getLogger(__name__)
_refused: WeakKeyDictionary[Sphinx, list[str]] = WeakKeyDictionary()


def refuse(app: Sphinx, what: str) -> None:
    """Let the build end with 2, whatever warnings there are besides. Called until the end of `build-finished`.

    ``what`` was told at its place; the last line of the log says it once more.
    """
    app.statuscode = 2
    told = _refused.setdefault(app, [])
    told.append(what)
    if len(told) > 1:
        return

    def last() -> None:
        app.statuscode = 2
        logger.error("refused: %s", "; ".join(told))

    call_last(app, last)  # Sphinx gives 1 for warnings under -W after `build-finished`
