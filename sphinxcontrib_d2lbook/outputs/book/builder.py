"""Build the `book`: read once, then have each output written in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from sphinx.builders import Builder
from sphinx.util import logging

from ...common.file_formats import NUMBERS
from ...common.files import json_text, write_if_changed
from ...execution.extension import work_folder
from ...lifecycle.unchanged_build import write_afterwards
from ...numbering.manifest import manifest
from ...upstream.sphinx.application import app_of
from ..base import Output, Written
from ..html.downloads import offer
from ..registry import chosen_outputs, in_order_of_needs
from . import gate, output_process, read_as_html, stamps
from .assemble import copy_into_site
from .changed_configuration import keep_values_of
from .companion_files import note_book_files
from .damaged_files import find_damaged, pages_of
from .exit_status import refuse
from .report import measure, report, report_of_nothing

logger = logging.getLogger(__name__)


class BookBuilder(Builder):
    """Builder of every output of the book, from one reading and one execution."""

    name = "book"
    format = ""  # No format of its own: tags such as `html` belong to the outputs.
    epilog = "The book is in %(outdir)s."
    # The same as that of the outputs' builders, or each change of builder would read everything again.
    versioning_method = "none"
    # All types that any output takes; each output chooses when it writes.
    supported_image_types: ClassVar[list[str]] = [
        "image/svg+xml",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "application/pdf",
    ]

    def init(self) -> None:
        self.ledger = stamps.Ledger(work_folder(app_of(self)))
        self.todo: frozenset[str] = frozenset()
        self.broken: list[str] = []
        # Outputs that resolve the same page log the same warnings, which are relayed once.
        self._relayed: set[output_process.LoggedMessage] = set()
        # Found before the website's builder is initialized, as extensions then copy files into its folder.
        self._damaged = {name: find_damaged(self.ledger, self._folder(name)) for name in chosen_outputs(app_of(self))}
        read_as_html.begin(app_of(self), self.env, Path(self.outdir))

    def get_outdated_docs(self) -> list[str]:
        """Return no pages: each output knows which of its own are outdated."""
        return []

    def get_asset_paths(self) -> list[str]:
        """Return the folders that HTML does not read as pages, or Markdown in static folders would be read as pages."""
        return [*self.config.html_extra_path, *self.config.html_static_path]

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return docname

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Record that each output owes the pages that were read, through crashes too, until it is written whole.

        It also owes the pages of files that something other than a build has changed in its folder. An output that is
        given only the pages that it owes, owes all of them when something has changed that all are made from.
        """
        self.todo = frozenset(docnames)
        for name, output in chosen_outputs(app_of(self)).items():
            damaged = pages_of(self._damaged[name], self.env)
            self.ledger.owe(name, self.todo | damaged if self.ledger.knows(name) else self.env.found_docs)
            if output.is_beside_site:
                around = stamps.around(app_of(self), output)
                self.ledger.owe_all_unless_around(name, around, self.env.found_docs)

    def write_documents(self, docnames: Set[str]) -> None:
        """Do nothing: `finish` writes the outputs."""

    def finish(self) -> None:
        chosen = chosen_outputs(app_of(self))
        ordered = in_order_of_needs(chosen)
        signatures = self._signatures(chosen)
        skipped = [name for name in chosen if self._is_settled(name, signatures[name])]
        if skipped:
            logger.info("book: nothing new for %s", ", ".join(skipped))
        note_book_files(app_of(self), in_site=any(output.is_site for output in chosen.values()))
        offer(app_of(self), [download for output in chosen.values() for download in output.downloads(self.config)])
        jobs = [
            output_process.Job(
                name, self._folder(name), self.ledger.owed(name) & self.env.found_docs, exact=output.is_beside_site
            )
            for name, output in chosen.items()
            if name not in skipped
        ]
        outputs: dict[str, dict[str, Any]] = {}
        with closing(output_process.write_all(app_of(self), jobs)) as outcomes:
            for outcome in outcomes:
                self._note(outcome, signatures[outcome.name])
                state = "failed" if outcome.error else "written"
                outputs[outcome.name] = {"state": state, "seconds": round(outcome.seconds, 3)}
        self._assemble(ordered)
        self._check(chosen)
        for name in chosen:
            entry = outputs.setdefault(name, {"state": "unchanged", "seconds": 0.0})
            entry.update(measure(self._folder(name)))
            if name not in self.broken:
                entry.update(chosen[name].notes(self._written(chosen[name])))
                self.ledger.note_files(self._folder(name))
                keep_values_of(app_of(self), self._folder(name))
        self._write_tables(chosen, outputs)

    def _signatures(self, chosen: Mapping[str, Output]) -> dict[str, str]:
        """Return for each output a digest of what it is made from, by name."""
        shared = stamps.signature(app_of(self))
        return {name: stamps.output_signature(app_of(self), output, shared) for name, output in chosen.items()}

    def _is_settled(self, name: str, signature: str) -> bool:
        return self.ledger.is_up_to_date(name, signature) and self._folder(name).is_dir()

    def _folder(self, name: str) -> Path:
        return Path(self.outdir) / name

    def _written(self, output: Output) -> Written:
        return Written(app_of(self), self._folder(output.name))

    def _note(self, outcome: output_process.JobOutcome, signature: str) -> None:
        for message in outcome.messages:
            if message not in self._relayed:
                self._relayed.add(message)
                output_process.relay(message)
        if outcome.error:
            self.broken.append(outcome.name)
            logger.error("the output %r failed:\n%s", outcome.name, outcome.error)
            refuse(app_of(self), f"the output {outcome.name!r} failed")
            return
        app_of(self).statuscode = max(app_of(self).statuscode, outcome.status)
        self.ledger.record_written(outcome.name, signature)
        logger.info("book: %s written in %.1f s", outcome.name, outcome.seconds)

    def _assemble(self, ordered: Sequence[Output]) -> None:
        """Have outputs take files of each other, and put downloads into the site."""
        present = [output for output in ordered if output.name not in self.broken]
        names = {output.name for output in present}
        for output in present:
            others = {name: self._folder(name) for name in output.needs if name in names}
            output.assemble(self._written(output), others)
        for site in [output for output in present if output.is_site]:
            written = [(output, self._written(output)) for output in present]
            copy_into_site(app_of(self), self._folder(site.name), written, self.broken)

    def _check(self, chosen: Mapping[str, Output]) -> None:
        """Read the numbers back from every output that was written."""
        if not gate.is_number_check_due(app_of(self)):
            return
        present = [output for name, output in chosen.items() if name not in self.broken]
        if not gate.check_numbers(app_of(self), [(output, self._written(output)) for output in present]):
            refuse(app_of(self), gate.REFUSED)

    def _write_tables(self, chosen: Mapping[str, Output], outputs: dict[str, dict[str, Any]]) -> None:
        places = {output.field: output.places(self._written(output)) for output in chosen.values() if output.field}
        rows = manifest(self.env, places)
        write_if_changed(Path(self.outdir) / "numbers.json", json_text({"version": NUMBERS.version, "numbers": rows}))
        write_if_changed(Path(self.outdir) / "report.json", json_text(report(app_of(self), outputs)))
        write_afterwards("report.json", json_text(report_of_nothing(app_of(self), outputs)))
