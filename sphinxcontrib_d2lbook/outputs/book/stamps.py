"""Record which pages each output still owes, and whether its inputs are those of its last complete writing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from sphinx.application import Sphinx

from ...addresses.extension import file_of
from ...common.build_state import (
    StateEntry,
    StateKind,
    altered_files,
    file_states,
    files_in,
    is_written_since,
    none_damaged,
)
from ...common.files import digest, file_digest, stable_text
from ...library.distribution_closure import closure
from ...library.extension import collected
from ...library.requirements import providers_of
from ...numbering.frameworks import frameworks_domain
from ..base import Output
from ..registry import stamp_of

STARTED = time.time() - 2.0
"""Time when this process began, less the seconds by which the times of files may lie behind the clock."""
COPIES = ("_downloads/", "_images/", "_sources/", "_static/")
"""Folders of a website with copies of files. Sphinx does not overwrite each of them; it overwrites all other files."""
PACKAGE = Path(__file__).parents[2]
"""Folder of our own code, which is an input too: who works on it wants to see the effect."""


WRITTEN = StateKind(
    "written",
    of="one output: the signature of what it was last written whole from, and the pages that it owes since",
    stale="any page that was read again; other values of `conf.py`, extensions, package, requirements, images, "
    "downloads, static files or templates; another version of this software",
)
AROUND = StateKind(
    "around",
    of="what all the files of an output with a file for each page are made from, besides their own page",
    stale="values of `conf.py`, extensions, package, requirements, images, downloads, static files or templates; code "
    "on any page, or the frameworks of any; another version of this software",
)
SHOWN = StateKind(
    "shown",
    of="one builder's output folder: what each page shows of other pages, by a digest",
    stale="for one page, another number, title or address that it shows; for all pages, another table of contents",
)
FILES = StateKind(
    "files",
    of="one output folder: size and time of change of every file that the last build left in it",
    stale="a file that is gone or that something else than a build wrote: it is deleted, and written again",
)


class Ledger:
    """Record of the pages that the outputs of a project owe. ``work`` is the project's work folder."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def knows(self, name: str) -> bool:
        """Check whether it is known which pages ``name`` owes. If not, it owes every page."""
        return self._written(name).load() is not None

    def owed(self, name: str) -> frozenset[str]:
        """Return the pages read since ``name`` was last written whole. A build that was killed leaves them here."""
        state = self._written(name).load()
        return frozenset(state["owed"] if state else ())

    def owe(self, name: str, docnames: Set[str]) -> None:
        """Add pages to those that ``name`` owes; they are on disk before the writing starts. Raise OSError."""
        entry = self._written(name)
        state = entry.load() or {"signature": None, "owed": []}
        entry.save(name, {**state, "owed": sorted({*state["owed"], *docnames})})

    def owe_all_unless_around(self, name: str, around: str, docnames: Set[str]) -> None:
        """Add all pages to those that ``name`` owes, unless it was written from these things around. Raise OSError."""
        entry = StateEntry(self.work, AROUND, name)
        if not self.knows(name) or entry.load(around) is None:
            self.owe(name, docnames)
            entry.save(around, True)

    def record_written(self, name: str, signature: str) -> None:
        """Record that ``name`` was written whole from what ``signature`` stands for. Raise OSError if that fails."""
        self._written(name).save(name, {"signature": signature, "owed": []})

    def is_up_to_date(self, name: str, signature: str) -> bool:
        """Check whether ``name`` was last written from this signature, owes nothing, and has no damaged record."""
        known = self._written(name).load() == {"signature": signature, "owed": []}
        return none_damaged(self.work, name) and known

    def stale(self, name: str, views: Mapping[str, str]) -> frozenset[str]:
        """Return the pages whose view differs from the one recorded last under ``name``."""
        noted = StateEntry(self.work, SHOWN, name).load() or {}
        return frozenset(docname for docname, view in views.items() if noted.get(docname) != view)

    def note_views(self, name: str, views: Mapping[str, str]) -> None:
        """Record that ``name`` shows, or is known to owe, all that ``views`` stand for. Raise OSError if that fails."""
        StateEntry(self.work, SHOWN, name).save(name, dict(views))

    def altered(self, folder: Path) -> list[str] | None:
        """Return the files of an output folder that are not as the last build left them; None if that is not known."""
        noted = self._files(folder).load()
        return None if noted is None else altered_files(folder, noted)

    def note_files(self, folder: Path) -> None:
        """Record what builds have written into an output folder, not what somebody put there. Raise OSError.

        If the last record is lost, copies of files count as written by builds: this build, which writes all pages, has
        compared each with its original, and left those alone that are right.
        """
        entry = self._files(folder)
        before = entry.load()

        def is_known(name: str) -> bool:
            return name.startswith(COPIES) if before is None else name in before

        names = [name for name in files_in(folder) if is_known(name) or is_written_since(folder / name, STARTED)]
        entry.save(str(folder), file_states(folder, names))

    def _written(self, name: str) -> StateEntry:
        return StateEntry(self.work, WRITTEN, name)

    def _files(self, folder: Path) -> StateEntry:
        return StateEntry(self.work, FILES, folder_name(folder))


def folder_name(folder: Path | str) -> str:
    """Return the name under which an output folder's state is stored; a project may have several with equal names."""
    return f"{Path(folder).name}-{digest(str(folder))[:8]}"


def signature(app: Sphinx) -> str:
    """Return a digest of what all outputs are made from: that of `surroundings`, and when each page was read."""
    return digest(surroundings(app), stable_text(app.env.all_docs))


def output_signature(app: Sphinx, output: Output, shared: str) -> str:
    """Return a digest of what an output is made from; ``shared`` is that of `signature`."""
    return digest(shared, stamp_of(app, output), *(_stat(file) for file in sorted(output.inputs(app))))


def around(app: Sphinx, output: Output) -> str:
    """Return a digest of what each file of an output is made from besides its own page.

    The first cell of notebooks lists what any page imports, and links lead to the notebooks of the pages' frameworks.
    """
    env = app.env
    code = [cell.source for page in collected(app).notebooks.values() for cell in page.code_cells]
    variants = [frameworks_domain(env).pages, frameworks_domain(env).anchors]
    elsewhere = {address: known[:2] for address, known in getattr(env, "intersphinx_cache", {}).items()}
    return digest(surroundings(app), stamp_of(app, output), stable_text(variants), stable_text(elsewhere), *code)


def surroundings(app: Sphinx) -> str:
    """Return a digest of what all pages are made from: configuration, extensions, package, requirements, files."""
    env, config = app.env, app.config
    values = {item.name: item.value for item in config if item.name not in _DERIVED}
    extensions = {name: extension.version for name, extension in app.extensions.items()}
    files = {Path(env.srcdir, name) for name in (*env.images, *env.dlfiles)}
    folders = [*config.html_static_path, *config.html_extra_path, *config.templates_path]
    folders += [folder for folder in [config.d2lbook_pdf_fonts.get("folder")] if folder]
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
"""Values that themes and extensions change during a build."""


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
