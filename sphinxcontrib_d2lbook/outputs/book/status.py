"""The exit code of a build in which an output failed or was refused."""

from __future__ import annotations

from sphinx.application import Sphinx

from ...upstream.sphinx.application import call_last


def refuse(app: Sphinx) -> None:
    """Let the build end with 2, whatever warnings there are besides. Called until the end of `build-finished`."""
    app.statuscode = 2

    def last() -> None:
        app.statuscode = 2

    call_last(app, last)  # Sphinx gives 1 for warnings under -W after `build-finished`
