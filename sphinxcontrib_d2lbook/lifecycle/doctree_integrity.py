"""Check that the files in which Sphinx stores what it has read are unchanged since the last build.

Sphinx writes the environment and the doctrees in place, and stops with a traceback at a file that a crash or a full
disk cut short. So their sizes and times are noted after they are written. The next build reads again what has changed:
one page for a doctree or an image of its outputs, all pages for the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ..common.build_state import StateEntry, StateKind, altered_files, file_states
from ..upstream.myst_nb import config_of

logger = logging.getLogger(__name__)

READ = StateKind(
    "read",
    of="the environment, the doctrees and the images of outputs: their sizes and times of change",
    stale="a file that is gone or that something else than a build wrote: its page is read again, and all pages for "
    "the environment",
)
SUFFIX = ".doctree"


def _entry(app: Sphinx) -> StateEntry:
    return StateEntry(Path(app.doctreedir, "d2lbook"), READ)


def _leads(app: Sphinx) -> bool:
    """Return whether this process reads sources. A process that writes an output relies on the one that has read."""
    return "D2LBOOK_CHILD" not in os.environ


def remove_damaged(app: Sphinx, config: Config) -> None:
    """Delete the environment and images of outputs if they are damaged. Handle `config-inited`.

    That is the last event before the environment is loaded. A page is read again if an image of it is gone, while
    MyST-NB does not overwrite an image that exists.
    """
    folder = Path(app.doctreedir)
    if not _leads(app) or not (folder / ENV_PICKLE_FILENAME).exists():
        return
    noted = _entry(app).load()
    if noted is None:
        logger.info("the state of the doctrees after the last build is not known: all pages are read again")
        (folder / ENV_PICKLE_FILENAME).unlink()
        return
    for name in altered_files(folder, noted):
        if not name.endswith(SUFFIX) and (folder / name).is_file():
            logger.info("%s has changed since the last build wrote it: its pages are read again", folder / name)
            (folder / name).unlink()


def find_damaged(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """Return the pages whose doctree is damaged. Handle `env-get-outdated`."""
    if not _leads(app):
        return []
    names = altered_files(Path(app.doctreedir), _entry(app).load() or {})
    docnames = {name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)} & env.found_docs
    damaged = sorted(docnames - added - changed)
    if damaged:
        logger.info("read again, because their doctrees have changed since the last build: %s", ", ".join(damaged))
    return damaged


def note(app: Sphinx, env: BuildEnvironment) -> None:
    """Note the files that Sphinx has just written. Handle `env-check-consistency`, which follows at once."""
    if _leads(app):
        _entry(app).save("", file_states(Path(app.doctreedir), _files(app, env)))


def _files(app: Sphinx, env: BuildEnvironment) -> Iterator[str]:
    """Yield the names of the files, relative to the doctrees."""
    yield ENV_PICKLE_FILENAME
    yield from (f"{docname}{SUFFIX}" for docname in env.all_docs)
    outputs = Path(config_of(env).output_folder).resolve()  # where MyST-NB writes images, without overwriting any
    for uri in env.images:
        image = Path(app.srcdir, uri).resolve()
        if image.is_relative_to(outputs):
            yield os.path.relpath(image, app.doctreedir)


def setup(app: Sphinx) -> None:
    app.connect("config-inited", remove_damaged)
    app.connect("env-get-outdated", find_damaged)
    # Before all handlers that may write there (500), so that the files are noted as Sphinx has just written them.
    app.connect("env-check-consistency", note, priority=100)
