"""The `book` builder: reads once, then has each output written in a process of its own."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any, ClassVar

from sphinx.builders import Builder
from sphinx.util import logging

from ...config import book_name
from ...execution.extension import work_folder
from ...files import json_text, write_if_changed
from ...formats import NUMBERS
from ...numbering.manifest import manifest
from ...unchanged import write_afterwards
from ..html.downloads import book_offer, offer
from ..notebooks.archive import assemble_archive
from . import child, gate, stamps
from .assemble import into_site, notebook_names
from .damage import find_damaged, pages_of
from .report import measure, report, report_of_nothing
from .status import refuse
from ...upstream.sphinx.application import app_of

logger = logging.getLogger(__name__)


class BookBuilder(Builder):
    """Every output of the book, from one reading and one execution."""

    name = "book"
    format = ""  # neutral: tags such as `html` belong to the outputs
    epilog = "The book is in %(outdir)s."
    versioning_method = "none"  # as that of the outputs' builders, or each switch would read everything again
    # What any of the outputs takes; each chooses for itself when it writes.
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
        # Outputs that resolve the same page warn of the same things.
        self._shown: set[child.Message] = set()

    def get_outdated_docs(self) -> list[str]:
        """None by itself: each output knows its own."""
        return []

    def get_asset_paths(self) -> list[str]:
        """What HTML would not take for pages, or Markdown in static folders would be read as pages."""
        return [*self.config.html_extra_path, *self.config.html_static_path]

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return docname

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Remember what was read: each output owes it, through crashes too, until it is written whole.

        It also owes what something else than a build changed in its folder since.
        """
        self.todo = frozenset(docnames)
        for name in self.config.d2lbook_outputs:
            damaged = pages_of(find_damaged(self.ledger, self._folder(name)), self.env)
            self.ledger.owe(name, self.todo | damaged if self.ledger.knows(name) else self.env.found_docs)

    def write_documents(self, docnames: Set[str]) -> None:
        """Nothing here: see `finish`."""

    def finish(self) -> None:
        names = list(self.config.d2lbook_outputs)
        signature = stamps.signature(app_of(self))
        skipped = [name for name in names if self.ledger.settled(name, signature) and self._folder(name).is_dir()]
        if skipped:
            logger.info("book: nothing new for %s", ", ".join(skipped))
        offer(app_of(self), book_offer(self.config))
        jobs = [child.Job(name, self._folder(name), self.ledger.owed(name)) for name in names if name not in skipped]
        outputs: dict[str, dict[str, Any]] = {}
        for outcome in child.write_all(app_of(self), jobs):
            self._note(outcome, signature)
            state = "failed" if outcome.error else "written"
            outputs[outcome.name] = {"state": state, "seconds": round(outcome.seconds, 3)}
        self._assemble()
        self._check()
        for name in names:
            entry = outputs.setdefault(name, {"state": "unchanged", "seconds": 0.0})
            entry.update(measure(self._folder(name)))
            if name not in self.broken:
                self.ledger.note_files(self._folder(name))
        self._write_tables(outputs)

    def _folder(self, name: str) -> Path:
        return Path(self.outdir) / name

    def _note(self, outcome: child.Outcome, signature: str) -> None:
        for message in outcome.messages:
            if message not in self._shown:
                self._shown.add(message)
                child.relay(message)
        if outcome.error:
            self.broken.append(outcome.name)
            logger.error("the output %r failed:\n%s", outcome.name, outcome.error)
            refuse(app_of(self))
            return
        app_of(self).statuscode = max(app_of(self).statuscode, outcome.status)
        self.ledger.settle(outcome.name, signature)
        logger.info("book: %s written in %.1f s", outcome.name, outcome.seconds)

    def _assemble(self) -> None:
        """Downloads into the site; the archive beside the notebooks."""
        outputs = set(self.config.d2lbook_outputs) - set(self.broken)
        files: list[Path] = []
        wheel = next(iter(sorted(self._folder("package").glob("*.whl"))), None) if "package" in outputs else None
        if wheel:
            files.append(wheel)
        if "pdf" in outputs:
            files += sorted(self._folder("pdf").glob("*.pdf"))
        notebooks = self._folder("notebooks") if "notebooks" in outputs else None
        if notebooks is not None:
            archive = notebooks / f"{book_name(self.config)}-notebooks.zip"
            assemble_archive(notebooks, wheel, archive)
            files.append(archive)
        if "html" in outputs:
            into_site(self._folder("html"), notebooks, files)

    def _check(self) -> None:
        """Read the numbers back out of every output that is there."""
        if not gate.wanted(app_of(self)):
            return
        present = {name: self._folder(name) for name in self.config.d2lbook_outputs if name not in self.broken}
        written = gate.Written(
            gate.html_site(app_of(self), present["html"]) if "html" in present else None,
            present.get("notebooks"),
            gate.one_file(present["pdf"], "*.pdf") if "pdf" in present else None,
            gate.one_file(present["package"], "*.whl") if "package" in present else None,
        )
        if not gate.passes(app_of(self), written):
            refuse(app_of(self))

    def _write_tables(self, outputs: dict[str, dict[str, Any]]) -> None:
        present = set(self.config.d2lbook_outputs)
        html = {docname: f"{docname}.html" for docname in self.env.found_docs} if "html" in present else None
        names = notebook_names(self._folder("notebooks")) if "notebooks" in present else []
        rows = manifest(
            self.env,
            html=html,
            pdf=gate.destinations(app_of(self)) if "pdf" in present else {},
            notebooks={docname: f"{docname}.ipynb" for docname in names},
        )
        write_if_changed(Path(self.outdir) / "numbers.json", json_text({"version": NUMBERS.version, "numbers": rows}))
        write_if_changed(Path(self.outdir) / "report.json", json_text(report(app_of(self), outputs)))
        write_afterwards("report.json", json_text(report_of_nothing(app_of(self), outputs)))
