"""The gate of numbers: what was written is read back, and a build whose outputs disagree fails.

`-M book`, and any build in CI, read everything back. A daily `-M html` reads the pages that it has just written, and
their notebooks.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from weakref import WeakKeyDictionary
from zipfile import BadZipFile

from sphinx.application import Sphinx
from sphinx.util import logging

from ...addresses.permanent import page_address
from ...execution.extension import work_folder
from ...library.extension import collected
from ...numbering.agreement.compare import Difference
from ...numbering.agreement.docstrings import Origins, check_wheel
from ...numbering.agreement.entries import Table, table_of
from ...numbering.agreement.html import Site, check_pages
from ...numbering.agreement.memory import Memory
from ...numbering.agreement.notebooks import check_notebooks
from ...numbering.agreement.pdf import check_pdf
from ...numbering.places import label_place
from ..paper.record import Record
from . import child
from .status import refuse

logger = logging.getLogger(__name__)

MOST = 20
"""So many differences are told; more have the same cause."""


@dataclass(frozen=True)
class Written:
    """Outputs that are there to be read back; None for those that are not."""

    site: Site | None = None
    notebooks: Path | None = None
    pdf: Path | None = None
    wheel: Path | None = None
    since: float = 0.0
    """Pages and notebooks that are older, in seconds since 1970, are left alone."""


def wanted(app: Sphinx) -> bool:
    chosen = app.config.d2lbook_checks
    return (chosen == "auto" or "numbers" in chosen) and not child.in_child()


def passes(app: Sphinx, written: Written) -> bool:
    """Whether all outputs print the numbers of the table; says where they do not."""
    try:
        found = list(dict.fromkeys(differences(app, written)))
    except (OSError, ValueError, BadZipFile) as err:
        logger.error("the outputs cannot be read back to compare their numbers: %s", err)
        return False
    for one in found[:MOST]:
        logger.error("the outputs do not agree: %s", one)
    if len(found) > MOST:
        logger.error("the outputs do not agree: %d more differences are not shown", len(found) - MOST)
    if found:
        logger.error(
            "d2lbook_checks: build again with -E; where a difference stays, an extension prints numbers of its own"
        )
    return not found


def differences(app: Sphinx, written: Written) -> Iterator[Difference]:
    """Every number that an output prints otherwise than the table has it. Raises OSError."""
    table = table_of(app.env)
    docnames = sorted(app.env.found_docs)
    addresses = _addresses(app)
    places = sorted({**addresses, **(written.site.addresses if written.site else {})}.items())
    memory = Memory(work_folder(app), app.builder.name, table, repr(places))
    if written.site:
        yield from check_pages(table, written.site, _since(written, docnames, written.site.file), memory)
    if written.notebooks:
        folder = written.notebooks
        chosen = _since(written, docnames, lambda docname: folder / f"{docname}.ipynb")
        yield from check_notebooks(table, folder, chosen, addresses, memory)
    if written.pdf:
        yield from _check_pdf(app, table, written.pdf, memory)
    if written.wheel:
        yield from check_wheel(table, written.wheel, _origins(app))
    memory.keep()


def _check_pdf(app: Sphinx, table: Table, file: Path, memory: Memory) -> Iterator[Difference]:
    keys = destinations(app)
    contents = file.read_bytes(), json.dumps(keys, sort_keys=True).encode("utf-8")
    if memory.knows(str(file), *contents):
        return
    found = list(check_pdf(table, file, keys))
    if not found:
        memory.note(str(file), *contents)
    yield from found


def destinations(app: Sphinx) -> dict[str, dict[str, object]]:
    """Where in the PDF things are, as its builder noted; empty without a PDF."""
    return Record.of(app.doctreedir, app.config.d2lbook_pdf_engine).destinations


def _since(written: Written, docnames: Iterable[str], file_of: Callable[[str], Path]) -> list[str]:
    return [name for name in docnames if not written.since or _time(file_of(name)) >= written.since]


def _time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")  # to be read, and found to be missing


def _addresses(app: Sphinx) -> dict[str, str]:
    """Address on the web -> docname; empty without `html_baseurl`."""
    found = {page_address(app.config, docname): docname for docname in app.env.found_docs}
    return {address: docname for address, docname in found.items() if address}


def _origins(app: Sphinx) -> Origins:
    library = collected(app).library
    found = {}
    for module in library.modules.values():
        file = f"{library.package}/{module.name}.py"
        for item in module.items:
            for name in item.names:
                named = [(name, item), *((f"{name}.{method.method}", method) for method in item.methods)]
                for qualified, one in named:
                    place = label_place(app.env, one.label, one.docname)
                    found[file, qualified] = (place.docname, place.node_id)
    return found


_started: WeakKeyDictionary[Sphinx, float] = WeakKeyDictionary()
CLOCK = 2.0
"""Seconds by which the times of files may lie behind the clock."""


def note_start(app: Sphinx) -> None:
    """Handler of `builder-inited`."""
    _started.setdefault(app, time.time())


def check_single_output(app: Sphinx, error: Exception | None) -> None:
    """Read back an output that is built alone. Handler of `build-finished`."""
    builder = app.builder
    if error is not None or not wanted(app) or not (builder.format == "html" or builder.name in SINGLE):
        return
    folder, thorough = Path(app.outdir), "CI" in os.environ
    since = 0.0 if thorough else _started.get(app, 0.0) - CLOCK
    if builder.format == "html":
        paired = work_folder(app) / "notebooks" if "notebooks" in app.config.d2lbook_outputs else None
        written = Written(
            _site(app, folder),
            paired if paired and paired.is_dir() else None,
            since=since,
        )
    elif builder.name == "notebooks":
        written = Written(notebooks=folder, since=since)
    elif builder.name == "package":
        written = Written(wheel=one_file(folder, "*.whl"))
    else:
        written = Written(pdf=one_file(folder, "*.pdf")) if thorough else Written()
    if not passes(app, written):
        refuse(app)


def _site(app: Sphinx, folder: Path) -> Site | None:
    """Of the builder; None for those, as singlehtml, that have no page for each document."""
    if app.builder.name == "html":
        return html_site(app, folder)
    if app.builder.name == "dirhtml":
        return Site(folder, {name: unquote(app.builder.get_target_uri(name)) for name in app.env.found_docs})
    return None


def html_site(app: Sphinx, folder: Path) -> Site:
    """What the builder `html` writes into a folder."""
    files = app.config.html_file_suffix or ".html"
    links = files if app.config.html_link_suffix is None else app.config.html_link_suffix
    return Site(folder, {docname: f"{docname}{links}" for docname in app.env.found_docs}, files)


SINGLE = frozenset({"pdf", "notebooks", "package"})


def one_file(folder: Path, pattern: str) -> Path | None:
    return next(iter(sorted(folder.glob(pattern))), None)
