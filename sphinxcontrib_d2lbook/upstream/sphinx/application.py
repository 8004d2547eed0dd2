"""The application of a build: how to get to it, and what it knows of its configuration, terminal and warnings."""

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

    Directives, transforms and builders are handed an environment or a builder, and the public way from there, `.app`,
    warns since Sphinx 9.0 that it will be removed; nothing takes its place yet. Sphinx 9.0 to 9.2 itself uses `._app`.
    """
    return SPHINX.attribute(owner, "_app", Sphinx, "directives, transforms and builders find the build")


def given_values(config: Config) -> Mapping[str, Any]:
    """Return what conf.py and the command line set, by name; values of the command line are as they were typed.

    `Config` gives the default of a value that nobody set, without a way to tell; a default of ours must not take the
    place of an author's value. Sphinx 9.0 to 9.2 keep the namespace of conf.py in `_raw_config`.
    """
    raw: dict[str, Any] = SPHINX.attribute(
        config, "_raw_config", dict, "a build tells an author's value from a default"
    )
    return {**raw, **config.overrides}


def status_stream(app: Sphinx) -> IO[str] | None:
    """Return the stream to which messages go, None where it is not known: then no live display is shown.

    The stream is an argument of `Sphinx` and is kept in `_status` by Sphinx 9.0 to 9.2, with `-q` as one that drops
    all; `sys.stdout` would be another one.
    """
    stream: IO[str] | None = getattr(app, "_status", None)
    if stream is None:
        SPHINX.do_without("Sphinx._status", "running pages are listed without a live display")
    return stream


def count_warnings(app: Sphinx) -> int | None:
    """Return how many warnings the build has given; None where that is not known.

    Without it no build counts as one without a warning, and the next one looks at everything again. Sphinx 9.0 to 9.2
    count in `_warncount` after suppressed warnings are left out, and publish no number.
    """
    count: int | None = getattr(app, "_warncount", None)
    if count is None:
        SPHINX.do_without("Sphinx._warncount", "a build in which nothing has changed takes as long as any")
    return count


def call_last(app: Sphinx, last: Callable[[], None]) -> None:
    """Call ``last`` when a build is over, after the exit code was decided. May be called until then, also repeatedly.

    Sphinx 9.0 to 9.2 set the exit code for `-W` after `build-finished`, the last event, and call only
    `Builder.cleanup` after that. So the method of this one builder is replaced by one that calls both.
    """
    SPHINX.method(app.builder, "cleanup", "a build that failed ends with 2")
    cleanup = app.builder.cleanup

    def cleanup_and_call() -> None:
        cleanup()
        last()

    setattr(app.builder, "cleanup", cleanup_and_call)  # noqa: B010  (mypy takes no assignment to a method)
