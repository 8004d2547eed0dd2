"""Connect execution to Sphinx: plan when it looks for outdated pages, run before it reads, attach while it reads."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Set
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ..common import build_news, garbage_collection
from ..common.byte_sizes import parse_size
from ..common.current_document import parsing
from ..common.errors import BookError, BookProblems
from ..common.per_page_domain import PerPageDomain
from ..common.terminal_text import for_terminal
from ..common.warning_types import Warn, warn
from ..config.frameworks import frameworks
from ..library.extension import collected, syntax_of
from ..lifecycle import unchanged_build
from ..notebook import Notebook
from ..notebook.frameworks import run_name
from ..upstream.myst_nb import Parser, config_of, note_execution, page_config, stored_values
from ..upstream.sphinx.application import app_of, status_stream
from .attached_outputs import (
    CELLS_READER,
    READER,
    STORED_READER,
    execution_result,
    values_in_text,
    without_invalid,
)
from .book_plans import make_plans
from .executors import make_executor
from .executors.base import Executor, ExecutorError, Settings
from .failure_messages import describe, in_one_line
from .file_digests import Digests
from .file_states import States
from .framework_outputs import FRAMEWORKS_READER, FrameworkEntries, joint_reports, pages_to_read, shown_key
from .freshness import circular_dependencies
from .inline_values import page_cells
from .kernel_languages import lacks_language
from .mystnb_settings import cell_seconds, settings_of
from .output_handover import CHILD_VARIABLE, take_over
from .page_dependencies import resolve_depends
from .page_options import stores_of
from .plan import BuildContext, PlannedPage
from .progress_display import open_display
from .run_warnings import run_warnings
from .running_cells import running_cell
from .session import BuildExecution, Finished
from .store import Store
from .tasks import CellProgress, Limits, PageReport, Started

logger = logging.getLogger(__name__)

ATTACHMENTS = "attachments"
"""Name of the work folder's folder for images that are pasted into pages."""


@dataclass
class Execution:
    """Execution of one build, and what to report of it."""

    session: BuildExecution
    reports: dict[str, PageReport] = field(default_factory=dict)
    """Name of a run -> report of it, for those that ran or were cached."""
    failures: dict[str, str] = field(default_factory=dict)
    """Name of a failed run -> line for the end of the log."""


_executions: WeakKeyDictionary[Sphinx, Execution] = WeakKeyDictionary()


def execution(app: Sphinx) -> Execution:
    """Return the execution of this build; it has no plans before `env-get-outdated`."""
    if app not in _executions:
        _executions[app] = Execution(
            BuildExecution(
                Store(work_folder(app) / "execution", complain=_complain),
                committed=Path(app.confdir, app.config.d2lbook_store) if app.config.d2lbook_store else None,
                # A process that writes one output shows what the build ran, and asks for no run.
                mode="auto" if CHILD_VARIABLE in os.environ else app.config.d2lbook_execute,
                complain=_complain,
            )
        )
        take_over(_executions[app].session)
    return _executions[app]


def _complain(message: str) -> None:
    warn(Warn.STORE, "%s", message)


def work_folder(app: Sphinx) -> Path:
    """Return the folder in which a project keeps what is neither source nor output."""
    return Path(app.doctreedir) / "d2lbook"


class OutputsDomain(PerPageDomain[str]):
    """Sphinx domain that remembers the key of the outputs with which each page was read; others are read again."""

    name = "d2loutputs"
    label = "executed outputs"
    data_version = 2


def _domain(env: BuildEnvironment) -> OutputsDomain:
    return cast("OutputsDomain", env.domains[OutputsDomain.name])


class ExecutedPageParser(Parser):  # type: ignore[misc]
    """MyST-NB's parser, which gives pages that ran their stored outputs and does not run them again."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a page with MyST-NB, with its stored outputs if it has some."""
        env = document.settings.env
        app, docname = app_of(env), env.docname
        run = execution(app)
        page = collected(app).notebooks.get(docname)
        if page is not None and page.frameworks:
            self._parse_frameworks(inputstring, document, page)
            return
        entry = run.session.entry(docname)
        config = config_of(env)
        changes: dict[str, Any] = {}
        source = str(env.doc2path(docname))
        suffix = Path(source).suffix
        if suffix == ".ipynb" and suffix not in config.custom_formats:
            changes = {"custom_formats": {**config.custom_formats, suffix: (STORED_READER, _places(app), False)}}
        elif page is not None and (lacks_language(page) or page.has_nested) and suffix not in config.custom_formats:
            values = {"source": source, "syntax": syntax_of(app), "sources": str(app.srcdir)}
            changes = {"custom_formats": {**config.custom_formats, suffix: (CELLS_READER, values, False)}}
        if entry is not None:
            key, file = entry
            values = {"entry": str(file), "source": source, "syntax": syntax_of(app), **_places(app)}
            formats = {**config.custom_formats, suffix: (READER, values, False)}
            changes = {"custom_formats": formats, "execution_mode": "off"}
            _domain(env).pages[docname] = key
            # For the directive `nb-exec-table`.
            note_execution(env, docname, execution_result(run.session, docname, file, config))
        elif config.execution_mode != "off" and page is not None and page.executable and not page.code_cells:
            changes["execution_mode"] = "off"  # else MyST-NB starts a kernel for nothing
        if entry is None and page is not None and source.endswith(".ipynb"):
            inputstring = _without_invalid(app, page, inputstring)
        values_of = values_in_text(run.session.store, entry, page.with_included(inputstring) if page else inputstring)
        with page_config(env, **changes), stored_values(values_of), parsing(document):
            super().parse(inputstring, document)

    def _parse_frameworks(self, inputstring: str, document: nodes.document, page: Notebook) -> None:
        """Parse a page in several frameworks, with the stored outputs of all of its runs."""
        env = document.settings.env
        app, config, source = app_of(env), config_of(env), str(env.doc2path(page.docname))
        session = execution(app).session
        shown = FrameworkEntries.of_page(session, page)
        entries = {name: str(file) for name, file in shown.files.items()}
        values = {"entries": entries, "source": source, "syntax": syntax_of(app), **_places(app)}
        formats = {**config.custom_formats, Path(source).suffix: (FRAMEWORKS_READER, values, False)}
        if shown.files:
            _domain(env).pages[page.docname] = shown_key(shown.keys)
            note_execution(env, page.docname, shown.result(session, page.docname, config))
        elif source.endswith(".ipynb"):
            inputstring = _without_invalid(app, page, inputstring)
        find, glued = shown.expressions(session.store, page.with_included(inputstring)), shown.glued(session.store)
        changes = {"custom_formats": formats, "execution_mode": "off"}
        with page_config(env, **changes), stored_values(find, glued), parsing(document):
            super().parse(inputstring, document)


def _places(app: Sphinx) -> dict[str, str]:
    return {"attachments": str(work_folder(app) / ATTACHMENTS), "sources": str(app.srcdir)}


def _without_invalid(app: Sphinx, page: Notebook, text: str) -> str:
    """Return the text of an `.ipynb` without the stored outputs that no page can show, and warn of these."""
    text, faults = without_invalid(text)
    for index, fault in faults:
        message = "a stored output of this cell cannot be shown: %s; run the notebook again"
        warn(Warn.CELL, message, fault, location=f"{app.confdir}/{page.place(page.cells[index])}")
        app.statuscode = 1
    return text


def plan(app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]) -> list[str]:
    """Decide which pages must run, and return those whose doctree shows other outputs. Handle `env-get-outdated`.

    Raise BookProblems for faults in the options of pages.
    """
    session = decide(app).session
    if CHILD_VARIABLE not in os.environ:
        session.check_entries()
    return sorted(pages_to_read(session, _domain(env).pages, is_child=CHILD_VARIABLE in os.environ))


def decide(app: Sphinx) -> Execution:
    """Plan all pages and find out which must run, after `builder-inited`. Raise BookProblems for faults in options."""
    run = execution(app)
    states = States(Path(app.confdir), Digests(work_folder(app)))
    with garbage_collection.paused():
        plans, faults = _plans(app, states)
    faults += resolve_depends(plans) or circular_dependencies(plans)
    if faults:
        raise BookProblems(faults)
    for plan in plans.values():
        for note in plan.notes:
            place, _, text = note.partition("\t")
            warn(Warn.EXECUTION, "%s", text, location=f"{app.confdir}/{place}")
    run.session.decide(plans, states)
    return run


def _plans(app: Sphinx, states: States) -> tuple[dict[str, PlannedPage], list[str]]:
    book = collected(app)
    config = app.config
    around = BuildContext(
        library=book.library,
        root=Path(app.confdir),
        unobserved=_unobserved(app),
        search_path=str(book.library.snapshot(work_folder(app) / "packages")) if book.library.modules else "",
        environment=config.d2lbook_environment,
        limits=Limits(
            cell_seconds=cell_seconds(config),
            page_seconds=config.d2lbook_page_timeout,
            memory=parse_size(config.d2lbook_kernel_memory),
            output=parse_size(config.d2lbook_output_limit),
        ),
        settings=settings_of(config),
        states=states,
        plot_style=config.d2lbook_plot_style,
    )
    files = {docname: Path(app.env.doc2path(docname)) for docname in book.notebooks}
    return make_plans(book.notebooks, files, around, frameworks(config), config.nb_execution_excludepatterns)


def _unobserved(app: Sphinx) -> tuple[str, ...]:
    """Return the folders whose files do not count: those of builds, installed software, and version control."""
    root = Path(app.confdir)
    folders = [Path(app.outdir).parent, Path(app.outdir), Path(app.doctreedir), root / ".git", Path(sys.prefix)]
    stores = {app.config.d2lbook_store, *stores_of(collected(app).notebooks.values())} - {""}
    folders += [root / store for store in stores]
    sources = Path(app.srcdir)
    # `sphinx-build source source/_build` puts the output into the source folder: a folder with sources is observed.
    return tuple(sorted({str(folder) for folder in folders if not sources.is_relative_to(folder)}))


def run_stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the pages that must run and store their outputs. Handle `env-before-read-docs`."""
    run = execution(app)
    session = run.session
    if build_news.is_heard() and app.config.d2lbook_executor == "local" and app.config.d2lbook_kernels != "cold":
        from .next_run import tell_next_run  # which a build by command does not need

        tell_next_run(session, env.doc2path, work_folder(app))
    for docname, decision in session.decisions.items():
        if decision.run is not None:
            run.reports[docname] = PageReport("cached", None, decision.run.seconds, None, unseen=decision.run.unseen)
    stale = session.stale
    try:
        if stale and app.config.d2lbook_execute == "never":
            raise BookProblems(
                f"{session.plans[docname].task.path}:1: there are no stored outputs for this page ({reason}), and "
                "d2lbook_execute = 'never' does not allow to run it; build with d2lbook_execute = 'auto', or bring the "
                "store up to date"
                for docname, reason in stale.items()
            )
        if stale:
            _run_stale(app, run)
            _raise_on_error(app, run)
        if CHILD_VARIABLE not in os.environ:
            session.note_uses()
            session.prune({*env.found_docs, *session.plans})
    except OSError as err:
        raise BookError(f"the outputs of the notebooks cannot be stored: {err}; make room or grant access") from err
    unchanged_build.note_dependencies(app, session.paths(), written=session.written())
    for message in run_warnings(session, run.reports):
        if message.level == "warning":
            warn(Warn.EXECUTION, "%s", message.text, location=f"{app.confdir}/{message.place}")
        elif message.level == "info":
            logger.info("%s", for_terminal(message.text))
        else:
            logger.verbose("%s", for_terminal(message.text))


def _raise_on_error(app: Sphinx, run: Execution) -> None:
    """Raise BookProblems if a page failed for which `nb_execution_raise_on_error` holds."""
    settings = settings_of(app.config)
    pages = collected(app).notebooks
    page_of = {name: pages[plan.task.page] for name, plan in run.session.plans.items()}
    faults = [line for name, line in run.failures.items() if settings.of_page(page_of[name]).raise_on_error]
    if faults:
        raise BookProblems(faults)


def _run_stale(app: Sphinx, run: Execution) -> None:
    session = run.session
    stale = session.stale
    expected = {task.docname: task.seconds for task in session.to_run() if task.seconds is not None}
    logger.info("running %d of %d pages", len(stale), len(session.plans))
    start, done = time.monotonic(), 0
    try:
        with (
            open_display(status_stream(app), logger.info, len(stale), expected) as display,
            closing(session.run(_executor(app))) as events,
        ):
            for event in events:
                if isinstance(event, Started):
                    display.started(event.docname, session.plans[event.docname].task.page)
                elif isinstance(event, CellProgress):
                    display.runs(running_cell(session.plans[event.docname].task, event))
                elif isinstance(event, Finished):
                    done += 1
                    docname, reason = event.task.docname, stale[event.task.docname]
                    display.finished(docname, _note(app, run, event, reason), event.result.seconds, reason)
                else:
                    display.tick()
    except ExecutorError as err:
        raise BookError(f"the notebooks cannot run: {err}") from err
    logger.info("ran %d pages in %.1f s", done, time.monotonic() - start)


def _executor(app: Sphinx) -> Executor:
    settings = Settings(app.config, Path(app.confdir), work_folder(app))
    return make_executor(app.config.d2lbook_executor, settings)


def _note(app: Sphinx, run: Execution, event: Finished, reason: str) -> Literal["ran", "failed"]:
    """Add a page that has run to the report, warn of what went wrong in it, and return how it ended."""
    task, result, failure = event.task, event.result, event.result.failure
    state: Literal["ran", "failed"] = "failed" if failure else "ran"
    run.reports[task.docname] = PageReport(
        state, reason, round(result.seconds, 3), result.peak_bytes, differs=event.differs, unseen=result.unseen
    )
    if failure:
        place, text = describe(task, failure, run.session.kept_in(task.docname), reason)
        run.failures[task.docname] = in_one_line(place, failure, task.framework)
        warn(Warn.CELL, "%s", text, location=f"{app.confdir}/{place}")
        app.statuscode = 1
    for process in result.leftovers:
        message = "the page left a process behind, which was ended: %s"
        warn(Warn.EXECUTION, message, process.command, location=f"{app.confdir}/{task.place(process.cell)}")
    for file in event.replaced:
        message = "%s was edited, and the page wrote it again; the edited file was moved to %s; give it another name"
        warn(Warn.EXECUTION, message, file.name, file.kept, location=f"{app.confdir}/{task.path}:1")
    if event.differs:
        numbers = ", ".join(map(str, event.differs))
        message = "with equal inputs, code cells %s gave other outputs than last time; set seeds and print no times"
        warn(Warn.EXECUTION, message, numbers, location=f"{app.confdir}/{task.path}:1")
    return state


def page_reports(app: Sphinx) -> dict[str, PageReport]:
    """Return docname -> entry of report.json, for every page of the book."""
    joint = joint_reports(execution(app).session.plans, execution(app).reports)
    none = PageReport("none", None, 0.0, None)
    return {name: joint.get(name, none) for name in sorted(app.env.found_docs)}


def executed_notebook(app: Sphinx, docname: str, framework: str = "") -> Mapping[str, Any] | None:
    """Return a page that ran (in ``framework``, if it has several), as nbformat JSON with outputs, or None.

    Raise OSError and ValueError as `Store.load`.
    """
    session = execution(app).session
    entry = session.entry(run_name(docname, framework))
    if entry is None:
        return None
    notebook = session.store.load(entry[1])["notebook"]
    return {**notebook, "cells": page_cells(notebook)}


def files_read(app: Sphinx, docname: str, framework: str = "") -> list[Path]:
    """Return the files of the project whose content the shown run of a page read, and that it did not write."""
    return execution(app).session.files_read(run_name(docname, framework), Path(app.confdir))


def list_failures(app: Sphinx, error: Exception | None) -> None:
    """List the failed pages at the end of the log, where they are seen. Handle `build-finished`."""
    failures = execution(app).failures
    if failures:
        logger.error(
            "%d of %d pages failed:\n%s", len(failures), len(execution(app).session.plans), "\n".join(failures.values())
        )


def setup(app: Sphinx) -> None:
    app.add_domain(OutputsDomain)
    app.add_source_parser(ExecutedPageParser, override=True)
    app.connect("env-get-outdated", plan)
    app.connect("env-before-read-docs", run_stale)
    # After all others (default 500), so that the list is at the end of the log, where the author looks.
    app.connect("build-finished", list_failures, priority=990)
