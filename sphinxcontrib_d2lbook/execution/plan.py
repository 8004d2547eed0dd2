"""Plan the pages: make a task of each, with all that its outputs are known to depend on before anything runs.

The tags of cells are part of that, as far as they change what a run does: a tag may let a cell fail, or skip it.
"""

from __future__ import annotations

import glob
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from ..common.files import digest
from ..library import Library
from ..notebook import Cell, Notebook
from ..notebook.frameworks import page_of_framework, run_name
from . import code_inputs, plot_style
from .file_states import States, relative
from .inline_values import page_expressions, value_cell
from .mystnb_settings import NbSettings
from .page_options import PageOptions, page_options
from .tasks import Limits, Resources, Task

NOWHERE = Path(os.devnull, "nothing")
"""Path of a folder that does not exist."""
EXPRESSIONS = "expressions in the text"
"""Name of the part of a task for the `{eval}` expressions of the page's text and their places."""
RUN_TAGS = frozenset({"raises-exception", "skip-execution"})
"""Tags of cells that change what a run does; all others change only the look."""

FIXED_ENVIRONMENT: Mapping[str, str] = {
    "D2LBOOK_SEED": "0",  # seeds Python's and NumPy's random numbers
    "PYTHONHASHSEED": "0",  # sets print in the same order
    "OMP_NUM_THREADS": "1",  # sums have the same order, and kernels that run side by side do not fight for processors
    "SOURCE_DATE_EPOCH": "315532800",  # figures carry this date, the first that zip files know, not the build's
}
"""Environment variables of every kernel, so that two runs give the same outputs; `d2lbook_environment` overrides it."""
DRAWING = frozenset({"matplotlib", "pandas"})
"""Distributions that can draw with Matplotlib; pandas does so without requiring it."""
FRAMEWORK_VARIABLE = "D2LBOOK_FRAMEWORK"
"""Environment variable by which cells of a page in several frameworks know for which of them they run."""


@dataclass(frozen=True)
class BuildContext:
    """Settings and sources that all tasks of a build share."""

    library: Library
    root: Path
    """Path of the project's folder."""
    unobserved: tuple[str, ...]
    """Folders whose files do not count: builds, virtual environments."""
    search_path: str
    """Folder that holds the generated package, or ""."""
    environment: Mapping[str, str]
    """Value of `d2lbook_environment`."""
    limits: Limits
    settings: NbSettings
    """MyST-NB's settings of execution, of conf.py."""
    states: States
    plot_style: str = "none"
    """Value of `d2lbook_plot_style`: a key of `plot_style.STYLES`, or "none"."""


@dataclass(frozen=True)
class PlannedPage:
    """Page that can run: its task, and what else is needed to decide whether it must run."""

    task: Task
    known: Mapping[str, str]
    """File that the page's code names or imports, or that the page declares, relative to the root -> its state (see
    file_states.py)."""
    machine: tuple[str, ...]
    """Names of the task's parts that describe this machine, not the sources."""
    through: Mapping[str, str] = field(default_factory=dict)
    """Name of the part of a saved object -> the object through which the page reaches it."""
    searched: tuple[str, ...] = ()
    """Folders in which a new file can match what the page declares, relative to the root."""
    store: str = ""
    """Folder of the run's committed outputs, relative to the root; "" if its page names none."""
    notes: tuple[str, ...] = ()
    """Warnings to give, each as "path:line" and a sentence, separated by a tab."""


def make_plan(
    page: Notebook, file: Path, around: BuildContext, framework: str = "", kernel: str = ""
) -> tuple[PlannedPage, list[str]]:
    """Return the plan of one run of a page, and a message for each fault in its options.

    ``file`` is the page's source, ``framework`` the one for which it runs, if it has several, and ``kernel`` the name
    of the kernelspec, "" for that of the page. Raise OSError if a file that the page depends on cannot be read.
    """
    page = page_of_framework(page, framework)
    options, faults = page_options(page)
    folder = file.parent
    settings = around.settings.of_page(page)
    kernel = kernel or settings.kernel(page)
    environment = {**FIXED_ENVIRONMENT, **around.environment}
    if framework:
        environment[FRAMEWORK_VARIABLE] = framework
    parts = {f"code of cell {number}": _cell_digest(cell) for number, cell in enumerate(page.code_cells, 1)}
    parts |= {f"environment variable {name}": digest(value) for name, value in sorted(environment.items())}
    parts["kernel"] = kernel
    evaluated = list(page_expressions(page, settings.expressions))
    if evaluated:
        parts[EXPRESSIONS] = digest(*(f"{after} {name}" for _, after, name in evaluated))
    if settings.allow_errors:
        parts["execution_allow_errors"] = "true"
    if settings.in_temp:
        parts["execution_in_temp"] = "true"
    if options.gpus:
        parts["number of GPUs"] = str(options.gpus)
    here = NOWHERE if settings.in_temp else folder
    python = _python(page, here, around.library, settings, framework) if page.language == "python" else _Python()
    if around.plot_style in plot_style.STYLES and not DRAWING.isdisjoint(python.versions):
        parts[plot_style.PART] = digest(around.plot_style, plot_style.STYLES[around.plot_style], plot_style.IPYTHON)
        environment[plot_style.VARIABLE] = around.plot_style
    declared, searched, notes = _declared(page, options, folder, around.root)
    files = {relative(path, around.root) for path in python.files | declared}
    if around.search_path:
        environment["PYTHONPATH"] = around.search_path
    cells = _cells(page, evaluated)
    task = Task(
        docname=run_name(page.docname, framework),
        path=page.path,
        parts={**parts, **python.symbols, **python.versions},
        notebook=_to_run(page, kernel, cells),
        lines=tuple(line for _, line, _ in cells),
        folder=str(folder),
        root=str(around.root),
        unobserved=around.unobserved,
        kernel=kernel,
        environment=environment,
        limits=Limits(
            cell_seconds=around.limits.cell_seconds if settings.cell_seconds is None else settings.cell_seconds,
            page_seconds=options.timeout or around.limits.page_seconds,
            memory=options.memory or around.limits.memory,
            output=around.limits.output,
        ),
        resources=Resources(options.gpus, options.memory, options.alone),
        allow_errors=settings.allow_errors,
        in_temp=settings.in_temp,
        after=options.depends,
        imports=python.imports,
        preparation=python.preparation,
        paths=tuple(path for path, _, _ in cells) if page.included else (),
        framework=framework,
    )
    known = {name: around.states(name) for name in sorted(files)}
    places = tuple(sorted(relative(path, around.root) for path in searched))
    store = options.store(framework)
    return PlannedPage(task, known, tuple(python.versions), python.through, places, store, tuple(notes)), faults


@dataclass(frozen=True)
class _Python:
    """Dependencies of a page that can be read from its Python code."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    """Name of a saved object that the page reaches -> its digest."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Python or distribution -> version."""
    through: Mapping[str, str] = field(default_factory=dict)
    """Name of a saved object -> the object through which the page reaches it."""
    files: frozenset[Path] = frozenset()
    imports: tuple[str, ...] = ()
    preparation: str = ""


def _python(page: Notebook, folder: Path, library: Library, settings: NbSettings, framework: str) -> _Python:
    code = [cell.code for cell in page.code_cells]
    beside = code_inputs.local_modules(code, folder)
    code += beside.values()
    # A traceback on the page shows lines of saved code, so that comments in it count too.
    raises = settings.allow_errors or any("raises-exception" in cell.tags for cell in page.code_cells)
    reach = library.reached(code, as_text=raises, framework=framework)
    uses_package = bool(reach.symbols) or reach.everything
    # What the package imports counts too for a page that uses it.
    modules = code_inputs.imported(code) | set(library.imported_through(reach, framework))
    versions = code_inputs.versions(modules)
    files = code_inputs.named_files(code, folder) | beside.keys()
    # Matplotlib reads it when it is imported, which a stage may have done before the page starts.
    matplotlibrc = folder / "matplotlibrc"
    if "matplotlib" in versions and matplotlibrc.is_file():
        files |= {matplotlibrc}
    return _Python(
        symbols={library.shown(name): value for name, value in reach.symbols.items()},
        versions={"Python": platform.python_version(), **versions},
        through={library.shown(name): library.shown(origin) for name, origin in reach.through.items()},
        files=frozenset(files),
        imports=code_inputs.installed(modules),
        preparation=library.preparation if uses_package else "",
    )


def _declared(
    page: Notebook, options: PageOptions, folder: Path, root: Path
) -> tuple[frozenset[Path], frozenset[Path], list[str]]:
    """Return the files that a page declares, the folders that were searched, and a note for each glob without match."""
    declared: set[Path] = set()
    searched: set[Path] = set()
    notes = []
    for pattern, place in options.reads.items():
        start = root if pattern.startswith("/") else folder
        # Unlike Path.glob, glob.glob accepts `..` and does not fail on a malformed pattern.
        names = glob.glob(pattern.lstrip("/"), root_dir=start, recursive=True)  # noqa: PTH207
        above = pattern.lstrip("/").rpartition("/")[0]
        searched.update(start / name for name in glob.glob(above or ".", root_dir=start, recursive=True))  # noqa: PTH207
        files = {path for name in names if (path := start / name).is_file()}
        if not files:
            where = "the project's folder" if start == root else "the page's folder"
            notes.append(
                f"{place}\tno file in {where} matches {pattern!r}, which the page says that it reads; "
                "correct the pattern, or remove it"
            )
        declared |= files
    return frozenset(declared), frozenset(searched), notes


def _cell_digest(cell: Cell) -> str:
    return digest(cell.source, *sorted(RUN_TAGS.intersection(cell.tags)))


def _cells(page: Notebook, evaluated: Iterable[tuple[int, int, str]]) -> list[tuple[str, int, dict[str, Any]]]:
    """Return file, line and JSON of each cell that runs; a text comes after the cells that evaluate its expressions."""
    before: dict[int, list[tuple[int, str]]] = {}
    for index, after, name in evaluated:
        before.setdefault(index, []).append((after, name))
    cells = []

    def evaluate(index: int, cell: Cell) -> None:
        for number, (after, name) in enumerate(before.get(index, ())):
            cells.append((page.path_of(cell), cell.line, value_cell(f"{index}-{number}", after, name)))

    for cell in page.cells:
        evaluate(cell.index, cell)
        cells.append((page.path_of(cell), cell.line, cell_json(cell, _tags(cell))))
    if page.cells:  # expressions of the last text, if a nested cell stands before them
        evaluate(len(page.cells), page.cells[-1])
    return cells


def _to_run(page: Notebook, kernel: str, cells: Iterable[tuple[str, int, dict[str, Any]]]) -> dict[str, Any]:
    """Return a notebook as nbformat 4.5 JSON; made by hand, since nbformat's constructors validate each cell."""
    return {
        "cells": [cell for _, _, cell in cells],
        "metadata": {
            "kernelspec": {"name": kernel, "display_name": kernel},
            # The kernel replaces this when it starts; if it does not start, cells are highlighted by it.
            "language_info": {"name": _lexer(page.language)},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@lru_cache
def _lexer(language: str) -> str:
    """Return Pygments' name for a language, which may be a kernel's own name; "text" if Pygments has none."""
    try:
        return str(find_lexer_class_by_name(language).aliases[0])
    except ClassNotFound:
        return "text"


def _tags(cell: Cell) -> dict[str, Any]:
    return {"tags": list(cell.tags)} if cell.tags else {}


def cell_json(cell: Cell, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cell that has not run as nbformat 4.5 JSON."""
    value: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": f"cell-{cell.index}",
        "metadata": metadata,
        "source": cell.source,
    }
    return value | {"execution_count": None, "outputs": []} if cell.kind == "code" else value
