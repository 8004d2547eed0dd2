"""What each output still owes, and whether its inputs are those of its last complete writing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from sphinx.application import Sphinx

from ...addresses.extension import file_of
from ...files import digest, file_digest, stable_text, write_if_changed
from ...library.closure import closure
from ...library.extension import collected
from ...library.requirements import providers_of

PACKAGE = Path(__file__).parents[2]
"""Our own code: who works on it wants to see what changed."""


class Ledger:
    """A folder with, for each output, the pages that it owes and the signature of what it was written from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def owed(self, name: str) -> frozenset[str]:
        """Pages read since ``name`` was last written whole. A build that was killed leaves them here."""
        try:
            return frozenset(json.loads(self._journal(name).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return frozenset()

    def owe(self, name: str, docnames: Set[str]) -> None:
        """Add to what ``name`` owes; on disk before the writing starts. Raises OSError."""
        write_if_changed(self._journal(name), json.dumps(sorted(self.owed(name) | docnames)))

    def settle(self, name: str, signature: str) -> None:
        """``name`` was written whole from what ``signature`` stands for. Raises OSError."""
        write_if_changed(self._stamp(name), signature)
        self._journal(name).unlink(missing_ok=True)

    def settled(self, name: str, signature: str) -> bool:
        """Whether ``name`` was last written from just this."""
        try:
            return not self.owed(name) and self._stamp(name).read_text(encoding="utf-8") == signature
        except FileNotFoundError:
            return False

    def changed(self, what: str, value: str) -> bool:
        """Whether ``value`` differs from the one noted last under ``what``; notes it. Raises OSError."""
        return write_if_changed(self.folder / f"{what}.digest", value)

    def stale(self, what: str, views: Mapping[str, str]) -> frozenset[str]:
        """Pages whose view differs from the one noted last under ``what``."""
        try:
            noted = json.loads(self._views(what).read_text(encoding="utf-8"))
        except FileNotFoundError:
            noted = {}
        return frozenset(docname for docname, view in views.items() if noted.get(docname) != view)

    def note_views(self, what: str, views: Mapping[str, str]) -> None:
        """``what`` shows, or is known to owe, all that ``views`` stand for. Raises OSError."""
        write_if_changed(self._views(what), json.dumps(views))

    def _views(self, what: str) -> Path:
        return self.folder / f"{what}.views.json"

    def _journal(self, name: str) -> Path:
        return self.folder / f"{name}.owed.json"

    def _stamp(self, name: str) -> Path:
        return self.folder / f"{name}.stamp"


def signature(app: Sphinx) -> str:
    """Digest of what outputs are made from: the surroundings, and when each page was read."""
    return digest(surroundings(app), stable_text(app.env.all_docs))


def surroundings(app: Sphinx) -> str:
    """Digest of what all pages are made from: configuration, extensions, package, requirements, files beside them."""
    env, config = app.env, app.config
    values = {item.name: item.value for item in config if item.name not in _DERIVED}
    extensions = {name: extension.version for name, extension in app.extensions.items()}
    files = {Path(env.srcdir, name) for name in (*env.images, *env.dlfiles)}
    folders = [*config.html_static_path, *config.html_extra_path, *config.templates_path]
    files |= set(_walk(Path(app.confdir, folder) for folder in folders))
    files |= set(_walk([PACKAGE]))
    stats = [_stat(file) for file in sorted(files)]
    conf = Path(app.confdir, "conf.py")
    stats.append(file_digest(conf) if conf.is_file() else "")
    addresses = file_of(app.confdir, config)
    stats.append(file_digest(addresses) if addresses and addresses.is_file() else "")
    library = collected(app).library
    package = [part for item in sorted(library.files().items()) for part in item]
    pins = map(str, closure(providers_of(library.imported)))
    return digest(stable_text(values), stable_text(extensions), *package, *pins, *stats)


_DERIVED = frozenset({"html_context", "html_static_path", "mathjax3_config", "mathjax4_config"})
"""Values that themes and extensions change while building."""


def _walk(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_file():
            yield folder
        for top, names, files in os.walk(folder):
            names[:] = [name for name in names if name != "__pycache__"]
            yield from (Path(top, file) for file in files)


def _stat(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        return f"{file} is missing"
    return f"{file} {status.st_mtime_ns} {status.st_size}"
