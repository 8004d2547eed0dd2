"""How execution meets Sphinx: plan when outdated pages are found, run before they are read, attach while they are."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

import nbformat
from docutils import nodes
from myst_nb.sphinx_ import Parser
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ..errors import BookError
from ..library.extension import collected
from ..log import Warn, warn
from ..notebook import Notebook
from .attach import READER
from .executors.base import Executor, ExecutorError
from .executors.local import LocalExecutor
from .model import Failure, PageReport, Result, Task
from .plan import Surroundings, make_task, why
from .store import Store

logger = logging.getLogger(__name__)

EVAL = re.compile(r"\{eval(?::[a-z]+)?\}")
"""MyST-NB's `eval` needs a live kernel while a page is parsed."""


CHILD_VARIABLE = "D2LBOOK_CHILD"
"""Set in a process that writes one output of a build: what ran there, or failed, is not to be run again here."""


@dataclass
class Execution:
    """The state of one build."""

    store: Store
    tasks: dict[str, Task] = field(default_factory=dict)
    """Every page that can run."""
    stale: dict[str, str] = field(default_factory=dict)
    """docname -> reason, for pages that must run."""
    reports: dict[str, PageReport] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    """A line for each failed page, for the end of the log."""

    def entry(self, docname: str) -> Path | None:
        """The stored outputs that the page shows; None if it has none."""
        task = self.tasks.get(docname)
        if task is None:
            return None
        for path in (self.store.entry(task.key), self.store.failed_entry(docname)):
            if path.is_file():
                return path
        return None


_executions: WeakKeyDictionary[Sphinx, Execution] = WeakKeyDictionary()


def execution(app: Sphinx) -> Execution:
    """The execution of this build; without tasks before `env-get-outdated`."""
    if app not in _executions:
        folder = app.confdir / app.config.d2lbook_store if app.config.d2lbook_store else work_folder(app) / "execution"
        _executions[app] = Execution(Store(Path(folder)))
    return _executions[app]


def work_folder(app: Sphinx) -> Path:
    """Where this project keeps what is neither source nor output."""
    return Path(app.doctreedir) / "d2lbook"


class OutputsDomain(Domain):
    """Remembers with which outputs each page was read, so that a page is read again when they change."""

    name = "d2loutputs"
    label = "executed outputs"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {"keys": {}}

    @property
    def keys(self) -> dict[str, str]:
        """docname -> key of the outputs in its doctree."""
        return cast("dict[str, str]", self.data["keys"])

    def clear_doc(self, docname: str) -> None:
        self.keys.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.keys.update((docname, key) for docname, key in otherdata["keys"].items() if docname in docnames)

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Nothing here is a target."""
        return []


def _domain(env: BuildEnvironment) -> OutputsDomain:
    return cast("OutputsDomain", env.domains[OutputsDomain.name])


class ExecutedPageParser(Parser):  # type: ignore[misc]
    """MyST-NB's parser; pages that ran get their stored outputs and are not run by it."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        env = self._env  # `env` without the deprecation
        docname = env.docname
        run = execution(env._app)
        entry = run.entry(docname)
        config = env.mystnb_config
        source = str(env.doc2path(docname))
        if entry is not None:
            reader = (READER, {"entry": str(entry), "source": source, "config": env.myst_config}, False)
            formats = {**config.custom_formats, Path(source).suffix: reader}
            env.mystnb_config = config.copy(custom_formats=formats, execution_mode="off")
            _domain(env).keys[docname] = run.tasks[docname].key
        elif EVAL.search(inputstring) and config.execution_mode not in ("off", "inline"):
            env.mystnb_config = config.copy(execution_mode="inline")
        try:
            super().parse(inputstring, document)
        finally:
            env.mystnb_config = config


def plan(app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]) -> list[str]:
    """Make all tasks; the pages whose doctree shows other outputs than it should. Handler of `env-get-outdated`."""
    run = execution(app)
    run.tasks = {task.docname: task for task in _tasks(app)}
    last = run.store.pages()
    known = _domain(env).keys
    to_read = []
    for docname, task in run.tasks.items():
        if task.key not in run.store and CHILD_VARIABLE not in os.environ:
            run.stale[docname] = why(task.parts, last.get(docname))
            if run.store.failed_entry(docname).is_file() and last.get(docname, {}).get("key") == task.key:
                run.stale[docname] = "it failed when it last ran"
        if docname in run.stale or known.get(docname) != task.key:
            to_read.append(docname)
    return to_read


def _tasks(app: Sphinx) -> Iterator[Task]:
    mode = app.config.nb_execution_mode
    if mode in ("off", "inline"):
        return
    book = collected(app)
    around = Surroundings(
        library=book.library,
        search_path=str(book.library.snapshot(work_folder(app) / "packages")) if book.library.modules else "",
        environment=app.config.d2lbook_environment,
        timeout=app.config.d2lbook_cell_timeout,
    )
    for docname, page in sorted(book.notebooks.items()):
        file = Path(app.env.doc2path(docname))
        if _runs(page, file, app):
            yield make_task(page, file, Path(app.confdir), around)


def _runs(page: Notebook, file: Path, app: Sphinx) -> bool:
    """Whether a page is ours to run: MyST-NB's own settings are honoured."""
    if not (page.executable and page.code_cells):
        return False
    settings = page.metadata.get("mystnb")
    mode = (settings.get("execution_mode") if isinstance(settings, Mapping) else None) or app.config.nb_execution_mode
    if mode in ("off", "inline"):
        return False
    if any(PurePosixPath(file.as_posix()).match(pattern) for pattern in app.config.nb_execution_excludepatterns):
        return False
    if any(EVAL.search(cell.source) for cell in page.cells if cell.kind == "markdown"):
        return False
    return not (mode == "auto" and file.suffix == ".ipynb" and _has_outputs(file))


def _has_outputs(file: Path) -> bool:
    """MyST-NB's rule for `auto`: a notebook of which every code cell has outputs is shown as it is."""
    cells = nbformat.read(file, as_version=4).cells
    return all(cell.outputs for cell in cells if cell.cell_type == "code")


def run_stale(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run what must run and store what it gave. Handler of `env-before-read-docs`."""
    run = execution(app)
    last = run.store.pages()
    stale = [run.tasks[docname] for docname in run.stale]
    for docname in run.tasks:
        if docname not in run.stale:
            seconds = last.get(docname, {}).get("seconds", 0.0)
            run.reports[docname] = PageReport("cached", None, seconds, None)
    if not stale:
        return
    if app.config.d2lbook_execute == "never":
        names = ", ".join(task.docname for task in stale)
        raise BookError(
            f"no stored outputs for {names}, and d2lbook_execute = 'never' forbids to run them; "
            "build with d2lbook_execute = 'auto', or bring the store up to date"
        )
    # The longest first: the last to finish then leaves no processor idle for long.
    stale.sort(key=lambda task: (-last.get(task.docname, {}).get("seconds", float("inf")), task.docname))
    logger.info("running %d of %d pages", len(stale), len(run.tasks))
    _run_tasks(app, run, stale, last)


def _run_tasks(app: Sphinx, run: Execution, stale: list[Task], last: dict[str, Any]) -> None:
    tasks = {task.docname: task for task in stale}
    start = time.monotonic()
    try:
        for done, result in enumerate(_executor(app).run(stale), 1):
            task = tasks[result.docname]
            run.store.save(task, result)
            last[task.docname] = {"key": task.key, "parts": dict(task.parts), "seconds": round(result.seconds, 3)}
            _note(app, run, task, result, f"[{done}/{len(stale)}]")
    except ExecutorError as err:
        raise BookError(f"the notebooks cannot run: {err}") from err
    finally:
        run.store.note_pages({name: entry for name, entry in last.items() if name in run.tasks})
    logger.info("ran %d pages in %.1f s", len(stale), time.monotonic() - start)


def _executor(app: Sphinx) -> Executor:
    return LocalExecutor(work_folder(app) / "kernels.log", app.config.d2lbook_execution_jobs)


def _note(app: Sphinx, run: Execution, task: Task, result: Result, progress: str) -> None:
    reason = run.stale[task.docname]
    failure = result.failure
    state = "failed" if failure and not app.config.nb_execution_allow_errors else "ran"
    report = PageReport("failed" if state == "failed" else "ran", reason, round(result.seconds, 3), result.peak_bytes)
    run.reports[task.docname] = report
    logger.info("%s %s %s in %.1f s: %s", progress, task.docname, state, result.seconds, reason)
    if failure and state == "failed":
        place, text = describe(task, failure)
        run.failures.append(f"{place}: {failure.name}: {failure.message}".rstrip(": "))
        warn(Warn.CELL, "%s", text, location=f"{app.confdir}/{place}")
        app.statuscode = 1


def describe(task: Task, failure: Failure) -> tuple[str, str]:
    """Where a page failed, as "path:line", and what to tell the author: the cell's line and a short traceback."""
    if failure.cell is None:
        return f"{task.path}:1", f"the page cannot run: {failure.name}: {failure.message}"
    line = task.lines[failure.cell] + (failure.line or 1) - 1
    source = str(task.notebook["cells"][failure.cell]["source"]).splitlines()
    shown = source[failure.line - 1].strip() if failure.line and failure.line <= len(source) else "\n".join(source[:1])
    number = sum(cell["cell_type"] == "code" for cell in task.notebook["cells"][: failure.cell + 1])
    text = f"code cell {number} failed with {failure.name}: {failure.message}\n    {shown}"
    trace = [row for row in failure.traceback.splitlines() if row.strip()]
    if len(trace) > 12:
        trace = [*trace[:5], "...", *trace[-6:]]
    return f"{task.path}:{line}", "\n".join([text, *(f"    | {row}" for row in trace)])


def list_failures(app: Sphinx, error: Exception | None) -> None:
    """Say at the end of the log what failed, where it can be seen. Handler of `build-finished`."""
    failures = execution(app).failures
    if failures:
        logger.error("%d of %d pages failed:\n%s", len(failures), len(execution(app).tasks), "\n".join(failures))


def page_reports(app: Sphinx) -> dict[str, PageReport]:
    """docname -> its part of report.json, for every page of the book."""
    reports = execution(app).reports
    return {name: reports.get(name, PageReport("none", None, 0.0, None)) for name in sorted(app.env.found_docs)}


def executed_notebook(app: Sphinx, docname: str) -> Mapping[str, Any] | None:
    """The page as it ran, as nbformat JSON with outputs; None where it did not run. Raises OSError and ValueError."""
    run = execution(app)
    entry = run.entry(docname)
    return run.store.load(entry)["notebook"] if entry is not None else None


def setup_extension(app: Sphinx) -> None:
    app.add_domain(OutputsDomain)
    app.add_source_parser(ExecutedPageParser, override=True)
    app.connect("env-get-outdated", plan)
    app.connect("env-before-read-docs", run_stale)
    # Last of all (default 500), so that the list stands where the author looks.
    app.connect("build-finished", list_failures, priority=990)
