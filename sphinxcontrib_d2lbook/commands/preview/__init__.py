"""Provide `sphinx-d2lbook preview`: show the website in a browser, and build it again after each edit.

Two processes and copies of the second work together. This one watches the files (`file_watcher.py`) and serves the site
(`server.py`), with a script that shows the state of the build and loads a page again when it has changed. The second
(`warm_process.py`) has imported all modules that builds need. It forks a copy of itself for each build, which is an
ordinary `sphinx-build -M`; it has no threads, so that it can be forked.
"""

from __future__ import annotations

import contextlib
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.tags import Tags

from ...common.errors import BookError
from ...common.terminal_text import for_terminal
from ...upstream.sphinx.application import given_values
from .build_process import Builder, written
from .file_watcher import FileChanges
from .messages import PageMessage, read_messages
from .server import ServedSite, serve


def preview(folder: Path, source: Path, build: Path, *, port: int, pdf: bool, open_browser: bool) -> int:
    """Build the book, serve it, and build it again after each edit, until it is interrupted. Return 0.

    ``folder`` contains conf.py, ``source`` the pages, and ``build`` is the folder given to `sphinx-build -M`. With
    ``pdf``, the page of the PDF is shown beside that of the website. Raise BookError if the port cannot be used.
    """
    output = build / "book" if pdf else build
    site = ServedSite(output / "html", output / "pdf" if pdf else None)
    try:
        server = serve(site, port)
    except OSError as err:
        raise BookError(f"port {port} cannot be used ({err}); name another by --port") from err
    options = ["-D", "d2lbook_outputs=html,pdf"] if pdf else []
    with (
        server,
        Builder(["-M", "book" if pdf else "html", str(source), str(build), "-c", str(folder), *options]) as builder,
        contextlib.suppress(KeyboardInterrupt),
    ):
        print(f"preview: {server.address} (Ctrl-C ends it)", flush=True)
        if open_browser:
            webbrowser.open(server.address)
        changes = FileChanges({folder, source}, without={build, *_generated(folder)})
        while True:
            build_once(site, changes, builder, folder, source, build)
            print(changes.wait(folder), flush=True)
    print("preview ended", file=sys.stderr)
    return 0


def build_once(
    site: ServedSite, changes: FileChanges, builder: Builder, folder: Path, source: Path, build: Path
) -> None:
    """Make one build, and tell the browsers and the watcher of files what came of it; `preview` has the folders."""
    changes.begin()
    site.begin()
    built = builder.build(site)
    messages = read_messages(built, source, build / "doctrees")
    print(built.summary, *map(_on_terminal, messages), sep="\n", flush=True)
    changes.end(built.read, written(folder, build))
    site.end(built.code, built.seconds, messages)


def _on_terminal(message: PageMessage) -> str:
    """Return a message in a line, or as a whole if it says why there is no website."""
    text = message.text if message.level == "error" and not message.place else message.text.partition("\n")[0]
    return for_terminal(f"  {message.place}: {text}" if message.place else f"  {text}")


def _generated(folder: Path) -> Iterator[Path]:
    """Yield the folders among the sources that builds write, if conf.py can be read."""
    try:
        values = given_values(Config.read(folder, overrides={}, tags=Tags()))
    except ConfigError:  # the build reports it
        return
    for name in ("d2lbook_package", "d2lbook_store"):
        if isinstance(values.get(name), str) and values[name]:
            yield folder / values[name]
