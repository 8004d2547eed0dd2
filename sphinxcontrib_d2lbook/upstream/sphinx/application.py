"""Use the application of a build: find it, and read its configuration, status stream and number of warnings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

from sphinx.application import Sphinx
from sphinx.config import Config

from .versions import SPHINX

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment


def app_of(owner: BuildEnvironment | Builder) -> Sphinx:
    """Return the application to which an environment or a builder belongs.

    Directives, transforms and builders get an environment or a builder. The public way from there, `.app`, warns since
    Sphinx 9.0 that it will be removed, and nothing replaces it yet. Sphinx 9.0 to 9.2 itself uses `._app`.
    """
    return SPHINX.attribute(owner, "_app", Sphinx, "directives, transforms and builders find the build")


def given_values(config: Config) -> Mapping[str, Any]:
    """Return the values that conf.py and the command line set, by name; those of the command line as they were typed.

    `Config` returns the default of a value that nobody set, and does not tell the difference. A default of ours must
    not replace an author's value. Sphinx 9.0 to 9.2 keep the namespace of conf.py in `_raw_config`.
    """
    raw: dict[str, Any] = SPHINX.attribute(
        config, "_raw_config", dict, "a build tells an author's value from a default"
    )
    return {**raw, **config.overrides}


def status_stream(app: Sphinx) -> IO[str] | None:
    """Return the stream of status messages; None if it is unknown, and then there is no live display.

    The stream is an argument of `Sphinx`, which Sphinx 9.0 to 9.2 keep in `_status`; with `-q` it drops everything.
    `sys.stdout` would be another stream.
    """
    stream: IO[str] | None = getattr(app, "_status", None)
    if stream is None:
        SPHINX.do_without("Sphinx._status", "running pages are listed without a live display")
    return stream


def count_warnings(app: Sphinx) -> int | None:
    """Return the number of warnings of the build; None if it is unknown.

    Without it, no build counts as free of warnings, and the next one checks everything again. Sphinx 9.0 to 9.2 count
    in `_warncount`, without suppressed warnings, and publish no number.
    """
    count: int | None = getattr(app, "_warncount", None)
    if count is None:
        SPHINX.do_without("Sphinx._warncount", "a build in which nothing has changed takes as long as any")
    return count


def call_last(app: Sphinx, last: Callable[[], None]) -> None:
    """Call ``last`` when a build is over and its exit code is decided. Several functions may be added until then.

    Sphinx 9.0 to 9.2 decide the exit code for `-W` after `build-finished`, the last event, and call only
    `Builder.cleanup` after that. So this method of the one builder is replaced by a function that calls both.
    """
    SPHINX.method(app.builder, "cleanup", "a build that failed ends with 2")
    cleanup = app.builder.cleanup

    def cleanup_and_call() -> None:
        cleanup()
        last()

    setattr(app.builder, "cleanup", cleanup_and_call)  # noqa: B010  (mypy takes no assignment to a method)
