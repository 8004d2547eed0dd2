"""The exit code of a build in which an output failed or was refused."""

from __future__ import annotations

from sphinx.application import Sphinx


def refuse(app: Sphinx) -> None:
    """Let the build end with 2, whatever warnings there are besides. Called until the end of `build-finished`."""
    app.statuscode = 2
    cleanup = app.builder.cleanup

    def last() -> None:
        cleanup()
        app.statuscode = 2

    # Sphinx gives 1 for warnings under -W after `build-finished`, and calls only this after that.
    app.builder.cleanup = last  # type: ignore[method-assign]
