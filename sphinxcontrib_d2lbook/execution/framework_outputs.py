"""Read a page in several frameworks with the outputs of all of its runs.

MyST-NB makes one cell of each code cell, with one list of outputs. Here a cell that only some frameworks have, and one
whose outputs differ between frameworks, becomes a directive in the text, `{d2lbook-cell}`, which shows the cell for
each of them (`elements/frameworks/cells.py`). The outputs follow in cells that MyST-NB does not show. All other cells
stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from ..common.current_frameworks import current_frameworks
from ..common.errors import BookError
from ..notebook import Cell, Notebook, Syntax, read_notebook
from ..notebook.frameworks import CELL_DIRECTIVE, CELL_NOTES, run_name, runs
from ..upstream.myst_nb import GLUE_PREFIX, ExecutionResult, NbParserConfig, glued_in
from .attached_outputs import (
    REMOVED,
    add_language,
    as_myst_nb_reads,
    execution_result,
    forget_mode,
    make_plain,
    read_json,
)
from .committed_outputs import KEPT_METADATA
from .inline_values import expression_values, page_cells, value_at
from .plan import PlannedPage
from .session import BuildExecution
from .store import Store
from .tasks import PageReport, State

FRAMEWORKS_READER = f"{__name__}.read_frameworks"
"""Reader of pages in several frameworks, by its dotted name as in MyST-NB's `nb_custom_formats`."""
STATES: tuple[State, ...] = ("failed", "ran", "cached", "none")
"""States of runs, the most telling first: that is the state of their page."""


@dataclass(frozen=True)
class ShownOutputs:
    """Outputs of a cell that one or several frameworks have in common."""

    frameworks: tuple[str, ...]
    outputs: Sequence[Mapping[str, Any]]
    count: int | None
    """Execution count in the first of the frameworks."""


def read_frameworks(
    text: str, *, entries: Mapping[str, str], source: str, syntax: Syntax, attachments: str, sources: str
) -> nbformat.NotebookNode:
    """Read a page in several frameworks.

    ``entries`` maps the framework of each run to its file of the store, and is empty for a page that did not run. The
    other arguments and the errors are as for `read_executed`.
    """
    page = read_notebook(text, "", source, syntax=syntax, folder=Path(source).parent, sources=Path(sources))
    is_json = source.endswith(".ipynb")
    notebook = read_json(text) if is_json else as_myst_nb_reads(page)
    stored = {name: _stored(Path(file)) for name, file in entries.items()}
    shown = _shown_outputs(page, stored, source)
    starts = notebook.metadata["source_map"]
    cells: list[nbformat.NotebookNode] = []
    lines: list[int] = []
    for cell, node, start in zip(page.cells, notebook.cells, starts, strict=True):
        if cell.kind != "markdown":
            node.source = cell.source
            if not stored and is_json:
                shown[cell.index] = [ShownOutputs((), node.get("outputs", ()), node.get("execution_count"))]
        made = [node] if cell.kind == "markdown" else _cells(cell, node, shown.get(cell.index, []))
        cells += made
        lines += [start] * len(made)
    notebook.cells, notebook.metadata["source_map"] = cells, lines
    for run in list(stored.values())[:1]:
        notebook.metadata.update({name: run.metadata[name] for name in KEPT_METADATA if name in run.metadata})
    add_language(notebook)
    forget_mode(notebook)
    make_plain(notebook, Path(attachments), Path(sources))
    return notebook


def _stored(entry: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.from_dict(Store(entry.parent).load(entry)["notebook"])
    return notebook


def _shown_outputs(
    page: Notebook, stored: Mapping[str, nbformat.NotebookNode], source: str
) -> dict[int, list[ShownOutputs]]:
    """Return the outputs of each code cell, by its index. Raise BookError if the stored cells are not the page's."""
    shown: dict[int, list[ShownOutputs]] = {}
    for name, notebook in stored.items():
        ran = [cell for cell in page_cells(notebook) if cell.cell_type == "code"]
        own = [cell for cell in page.code_cells if cell.is_for(name)]
        if [cell.source for cell in own] != [cell.source for cell in ran]:
            raise BookError(f"{source}: changed while its cells ran; build again")
        for cell, done in zip(own, ran, strict=True):
            groups = shown.setdefault(cell.index, [])
            same = next((item for item in groups if _plain(item.outputs) == _plain(done.outputs)), None)
            if same is None:
                groups.append(ShownOutputs((name,), done.outputs, done.execution_count))
            else:
                groups[groups.index(same)] = ShownOutputs((*same.frameworks, name), same.outputs, same.count)
    return shown


def _plain(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what a cell shows: without counts, which differ if other cells ran before, and without glued values."""
    shown = [output for output in outputs if not _is_glued(output)]
    return [{name: value for name, value in output.items() if name != "execution_count"} for output in shown]


def _cells(cell: Cell, node: nbformat.NotebookNode, shown: Sequence[ShownOutputs]) -> list[nbformat.NotebookNode]:
    """Return the cells that MyST-NB gets for one of the page."""
    first = shown[0] if shown else ShownOutputs((), (), None)
    if cell.kind == "code":
        node.outputs, node.execution_count = list(first.outputs), first.count
    node.metadata[CELL_NOTES] = nbformat.from_dict(
        {"cell": cell.index, "frameworks": list(cell.frameworks), "shown": [list(item.frameworks) for item in shown]}
    )
    if not cell.frameworks and len(shown) < 2:
        return [node]
    others = [_output_cell(node, number, item) for number, item in enumerate(shown[1:], 1)]
    if cell.nested:
        return [node, *others]
    place = f"```{{{CELL_DIRECTIVE}}} {cell.index}\n```"
    text = {"cell_type": "markdown", "id": f"place-{cell.index}", "metadata": {}, "source": place}
    _hide(node)
    return [nbformat.from_dict(text), node, *others]


def _output_cell(node: nbformat.NotebookNode, number: int, shown: ShownOutputs) -> nbformat.NotebookNode:
    """Return a cell for the outputs of further frameworks; what they glue is that of the first."""
    cell: nbformat.NotebookNode = nbformat.from_dict(
        {
            "cell_type": "code",
            "id": f"{node.id}-{number}",
            "metadata": {"tags": list(node.metadata.get("tags", ()))},
            "source": node.source,
            "execution_count": shown.count,
            "outputs": [_without_name(output) for output in shown.outputs if not _is_glued(output)],
        }
    )
    _hide(cell)
    return cell


def _is_glued(output: Mapping[str, Any]) -> bool:
    return any(str(kind).startswith(GLUE_PREFIX) for kind in output.get("data", ()))


def _without_name(output: Mapping[str, Any]) -> dict[str, Any]:
    """Return an output without the name under which it is glued as well as shown."""
    metadata = {name: value for name, value in output.get("metadata", {}).items() if name != "scrapbook"}
    return {**output, "metadata": metadata} if "metadata" in output else dict(output)


def _hide(cell: nbformat.NotebookNode) -> None:
    tags = cell.metadata.get("tags", ())
    cell.metadata["tags"] = list(dict.fromkeys([*tags, REMOVED]))


@dataclass(frozen=True)
class FrameworkEntries:
    """Stored outputs of the runs of a page in several frameworks."""

    keys: Mapping[str, str]
    """Framework -> key of the outputs that the page shows."""
    files: Mapping[str, Path]
    """Framework -> file of the outputs in the store."""

    @classmethod
    def of_page(cls, session: BuildExecution, page: Notebook) -> FrameworkEntries:
        """Return the outputs that a page shows, of those of its runs that have some."""
        entries = {name: entry for name in runs(page) if (entry := session.entry(run_name(page.docname, name)))}
        keys = {name: key for name, (key, _) in entries.items()}
        return cls(keys, {name: file for name, (_, file) in entries.items()})

    def expressions(self, store: Store, text: str) -> Callable[[str, Sequence[Any]], Any] | None:
        """Return a function that finds the values of `{eval}` as each framework has them; None for a page without any.

        Raise OSError and ValueError as `Store.load`.
        """
        if not self.files or "{eval" not in text:
            return None
        values = {name: expression_values(store.load(file)["notebook"]) for name, file in self.files.items()}

        def find(expression: str, cells: Sequence[Mapping[str, Any]]) -> Any:
            name = next(iter(current_frameworks()), next(iter(values)))
            before = (cell["metadata"].get(CELL_NOTES) for cell in cells if cell["cell_type"] == "code")
            own = [notes for notes in before if notes and (not notes["frameworks"] or name in notes["frameworks"])]
            return value_at(values.get(name, {}), expression, len(own))

        return find

    def glued(self, store: Store) -> Callable[[], Mapping[str, Any] | None]:
        """Return a function that gives the glued values of the framework that is read; None for a part for all.

        Outputs are loaded when a value is asked for. The function raises OSError and ValueError as `Store.load`.
        """

        @cache
        def values(name: str) -> Mapping[str, Any] | None:
            file = self.files.get(name)
            return glued_in(nbformat.from_dict(store.load(file)["notebook"])) if file else None

        return lambda: values(next(iter(current_frameworks()), ""))

    def result(self, session: BuildExecution, docname: str, config: NbParserConfig) -> ExecutionResult:
        """Return what MyST-NB itself would have noted of all runs together. Raise OSError and ValueError."""
        results = [
            execution_result(session, run_name(docname, name), file, config) for name, file in self.files.items()
        ]
        seconds = [result["runtime"] for result in results if result["runtime"] is not None]
        return {
            **results[0],
            "mtime": max(result["mtime"] for result in results),
            "runtime": sum(seconds) if seconds else None,
            "succeeded": all(result["succeeded"] for result in results),
            "error": next((result["error"] for result in results if result["error"]), None),
        }


def pages_to_read(session: BuildExecution, known: Mapping[str, str], *, is_child: bool) -> set[str]:
    """Return the pages that must be read again, since they show other outputs or must run.

    ``known`` maps each page to the key of the outputs with which it was read. In a process that writes one output
    (``is_child``) no page runs again.
    """
    keys: dict[str, dict[str, str]] = {}
    for name in session.decisions:
        task = session.plans[name].task
        if entry := session.entry(name):
            keys.setdefault(task.page, {})[task.framework] = entry[0]
    to_read = {page for page, of_page in keys.items() if known.get(page) != shown_key(of_page)}
    return to_read if is_child else to_read | {session.plans[name].task.page for name in session.stale}


def shown_key(keys: Mapping[str, str]) -> str:
    """Return the key of what a page shows of all of its runs; ``keys`` maps the framework of each to its key."""
    return ",".join(f"{name}={key}" if name else key for name, key in sorted(keys.items()))


def joint_reports(plans: Mapping[str, PlannedPage], reports: Mapping[str, PageReport]) -> dict[str, PageReport]:
    """Return docname -> entry of the page in report.json, from ``reports`` of runs by their names.

    ``plans`` are those of the build, by the same names.
    """
    of_pages: dict[str, dict[str, PageReport]] = {}
    for name, plan in plans.items():
        if name in reports:
            of_pages.setdefault(plan.task.page, {})[plan.task.framework] = reports[name]
    return {page: of_runs[""] if "" in of_runs else _joint(of_runs) for page, of_runs in of_pages.items()}


def _joint(reports: Mapping[str, PageReport]) -> PageReport:
    """Return the entry of a page in several frameworks."""
    states = [report.execution for report in reports.values()]
    reasons = [f"{name}: {report.reason}" for name, report in reports.items() if report.reason]
    peaks = [report.peak_bytes for report in reports.values() if report.peak_bytes is not None]
    return PageReport(
        next(state for state in STATES if state in states),
        "; ".join(reasons) or None,
        round(sum(report.seconds for report in reports.values()), 3),
        max(peaks, default=None),
        unseen=tuple(dict.fromkeys(item for report in reports.values() for item in report.unseen)),
        frameworks=dict(reports),
    )
