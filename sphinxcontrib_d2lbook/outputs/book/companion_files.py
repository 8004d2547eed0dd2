"""Write the files of other outputs that the pages of a website offer when it is built alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...addresses.book_downloads import are_in_site, note_files
from ...execution.extension import work_folder
from ...numbering.page_views import page_views
from ..base import Output, Written
from ..html.downloads import offer
from ..registry import chosen_outputs, written_by_builder
from . import output_process, stamps
from .assemble import copy_into_site
from .damaged_files import find_damaged, pages_of
from .exit_status import refuse
from .process_role import in_child

FOLDER = "beside-html"
"""Folder of these files in the work folder, with a folder for each output."""


def companion_outputs(app: Sphinx) -> Iterator[tuple[Output, Written]]:
    """Yield the outputs that are written beside the website of this build; none for builds of anything else."""
    if not _is_site_alone(app):
        return
    for name, output in chosen_outputs(app).items():
        if output.is_beside_site:
            yield output, Written(app, work_folder(app) / FOLDER / name)


def _is_site_alone(app: Sphinx) -> bool:
    """Check whether this build is of a website alone, with a page for each document."""
    return not in_child() and any(output.has_page_for_each(app.builder) for output in written_by_builder(app))


def _ledger(app: Sphinx) -> stamps.Ledger:
    return stamps.Ledger(work_folder(app))


def _entry(output: Output) -> str:
    """Return the name of these files in the ledger, where the output's own name stands for the files of the book."""
    return f"{FOLDER}-{output.name}"


def owe(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Record the pages that are about to be read as owed. Handle `env-before-read-docs`."""
    for output, _written in companion_outputs(app):
        _ledger(app).owe(_entry(output), set(docnames))


def note_book_files(app: Sphinx, *, in_site: bool) -> None:
    """Tell links which file of the whole book each output writes. ``in_site``: whether the site carries them."""
    whole = {
        name: next(
            (file.address for file in output.downloads(app.config) if not file.is_per_page and file.is_offered_by(app)),
            "",
        )
        for name, output in chosen_outputs(app).items()
    }
    note_files(app, {name: file for name, file in whole.items() if file}, in_site=in_site)


def announce(app: Sphinx) -> None:
    """Tell the pages of the website which files they can offer. Handle `builder-inited`."""
    if not are_in_site(app):  # a forked process inherits what the build knows
        note_book_files(app, in_site=in_child())
    if in_child():
        offer(app, [download for output in chosen_outputs(app).values() for download in output.downloads(app.config)])
    elif any(output.is_site for output in written_by_builder(app)):
        downloads = [
            download for output, _written in companion_outputs(app) for download in output.downloads(app.config)
        ]
        offer(app, [download for download in downloads if download.is_per_page])


def add_files(app: Sphinx, error: Exception | None) -> None:
    """Write the files that changed, and put all of them into the site. Handle `build-finished`."""
    if error is not None or not _is_site_alone(app):
        return
    outputs = list(companion_outputs(app))
    for output, written in outputs:
        _bring_up_to_date(app, output, written)
    copy_into_site(app, Path(app.outdir), outputs)


def _bring_up_to_date(app: Sphinx, output: Output, written: Written) -> None:
    name, ledger = _entry(output), _ledger(app)
    ledger.owe_all_unless_around(name, stamps.around(app, output), app.env.found_docs)
    ledger.owe(name, pages_of(find_damaged(ledger, written.folder), app.env))
    views = page_views(app.env)
    ledger.owe(name, ledger.stale(name, views))
    ledger.note_views(name, views)
    signature = stamps.output_signature(app, output, stamps.signature(app))
    if ledger.is_up_to_date(name, signature) and written.folder.is_dir():
        return
    job = output_process.Job(output.name, written.folder, ledger.owed(name) & app.env.found_docs, exact=True)
    with closing(output_process.write_all(app, [job])) as outcomes:
        for outcome in outcomes:
            for message in outcome.messages:
                output_process.relay(message)
            if outcome.error:
                refuse(app, f"the output {output.name!r} beside the pages failed")
                output_process.logger.error("the output %r beside the pages failed:\n%s", output.name, outcome.error)
            else:
                ledger.record_written(name, signature)
                ledger.note_files(written.folder)
