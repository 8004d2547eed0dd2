"""Read a page again if the content of its files has changed, whatever their times say.

Sphinx reads a page again if its source, or a file that it includes, is newer than the last reading. A draft that is
moved back, a branch that is checked out or a copy that keeps its time has new text with an old time. So a digest of
each of these files is stored with the page, and compared if anything else about the file has changed.

One build makes one edition: each source is read once, before anything runs, and all outputs are made from that text. If
a source has changed by the end of the build, the build says so, and the next one reads it again.
"""

from __future__ import annotations

import os
from collections.abc import Set
from pathlib import Path
from typing import cast
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ..common.files import bytes_digest, file_digest
from ..common.per_page_domain import PerPageDomain
from ..common.warning_types import Warn, warn

Status = tuple[int, int, int, int]
"""Status of a file: the times of its last write and of its last change of any kind, in ns; its size; its inode."""


class ContentsDomain(PerPageDomain[dict[str, tuple[Status, str]]]):
    """Stores the files from which each page was made and that existed: status and digest by path."""

    name = "d2lcontents"
    label = "contents of sources"
    data_version = 1


def _domain(env: BuildEnvironment) -> ContentsDomain:
    return cast("ContentsDomain", env.domains[ContentsDomain.name])


def _status(path: Path) -> Status:
    status = path.stat()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


_sources: WeakKeyDictionary[Sphinx, dict[str, tuple[Status, str]]] = WeakKeyDictionary()
"""Status and digest of each source that `read_source` has read, by path. The status is from before the reading."""

_last_digests: dict[str, str] = {}


def read_source(app: Sphinx, path: Path) -> bytes:
    """Return the bytes of a source, and record their digest. Raise OSError if it cannot be read."""
    status = _status(path)
    data = path.read_bytes()
    name = os.path.normpath(path)
    _last_digests[name] = bytes_digest(data)
    _sources.setdefault(app, {})[name] = status, _last_digests[name]
    return data


def last_digests() -> dict[str, str]:
    """Return the digest of each source as this process has read it last, by path."""
    return dict(_last_digests)


def changed_sources(app: Sphinx) -> set[str]:
    """Return the paths of the sources that have changed since they were read."""
    return {name for name, seen in _sources.get(app, {}).items() if _differs(Path(name), *seen)}


def forget_source(app: Sphinx, path: str) -> None:
    """Forget the content of a source, so that Sphinx reads the file when it comes to it."""
    del _sources[app][path]
    _last_digests.pop(path, None)


def unreadable_sources() -> list[str]:
    """Return the paths of sources that this process has read, and that are now gone or not UTF-8."""
    return sorted({name for known in _sources.values() for name in known if not _is_text(Path(name))})


def _is_text(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True


def reads_nothing() -> bool:
    """Return whether this process writes an output from what another process has read."""
    return "D2LBOOK_CHILD" in os.environ


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Store the files from which a page was made. Handle `doctree-read`."""
    env = app.env
    docname = env.docname
    paths = {Path(env.doc2path(docname))} | {Path(app.srcdir, name) for name in env.dependencies.get(docname, ())}
    contents = {}
    known = _sources.get(app, {})
    for path in paths:
        name = os.path.normpath(path)
        if name in known:
            contents[name] = known[name]
        elif path.is_file():
            contents[name] = (_status(path), file_digest(path))
    _domain(env).pages[docname] = contents


def other_contents(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """Return the pages whose files have changed since they were read. Handle `env-get-outdated`."""
    pages = _domain(env).pages
    return sorted(
        docname
        for docname in env.found_docs - added - changed
        if any(_differs(Path(name), *content) for name, content in pages.get(docname, {}).items())
    )


def _differs(path: Path, status: Status, digest: str) -> bool:
    try:
        return _status(path) != status and file_digest(path) != digest
    except FileNotFoundError:
        return True


def tell_changes(app: Sphinx, error: Exception | None) -> None:
    """Warn of files that have changed since the build read them. Handle `build-finished`."""
    if error is not None or reads_nothing():
        return
    pages = _domain(app.env).pages
    changed = {name for contents in pages.values() for name, seen in contents.items() if _differs(Path(name), *seen)}
    for name in sorted(changed):
        message = "%s changed after this build had read it, so the book has its earlier text; build again"
        warn(Warn.OUTPUT, message, os.path.relpath(name, app.confdir))


def setup(app: Sphinx) -> None:
    app.add_domain(ContentsDomain)
    app.connect("env-get-outdated", other_contents)
    # After the collectors of dependencies, which have the default priority (500).
    app.connect("doctree-read", note, priority=900)
    # Before other extensions (500) remove pages that they have written.
    app.connect("build-finished", tell_changes, priority=100)
