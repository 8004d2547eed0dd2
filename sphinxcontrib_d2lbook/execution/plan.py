"""What a page's outputs depend on: from pages and library to tasks, as far as it is known before anything runs."""

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
from . import code_inputs
from .file_states import States, relative
from .inline_values import asked, value_cell
from .mystnb_settings import NbSettings
from .page_options import PageOptions, page_options
from .tasks import Limits, Resources, Task

NOWHERE = Path(os.devnull, "nothing")
"""A folder in which there is no file."""
EXPRESSIONS = "expressions in the text"
"""Among a task's parts: what the text of the page asks for, and where."""
RUN_TAGS = frozenset({"raises-exception", "skip-execution"})
"""Tags of cells that change what a run does; all others change only the look."""

FIXED_ENVIRONMENT: Mapping[str, str] = {
    "D2LBOOK_SEED": "0",  # of Python's and NumPy's random numbers
    "PYTHONHASHSEED": "0",  # sets print in one order
    "OMP_NUM_THREADS": "1",  # sums in one order, and kernels that run side by side do not fight for processors
    "SOURCE_DATE_EPOCH": "315532800",  # figures carry this date, the first day that zip files know, not the build's
}
"""Set in every kernel, so that two runs give the same outputs; `d2lbook_environment` goes over it."""


@dataclass(frozen=True)
class BuildContext:
    """What all tasks of a build share."""

    library: Library
    root: Path
    """The project's folder."""
    unobserved: tuple[str, ...]
    search_path: str
    """Folder that holds the generated package, or ""."""
    environment: Mapping[str, str]
    """`d2lbook_environment`."""
    limits: Limits
    settings: NbSettings
    """Of conf.py."""
    states: States


@dataclass(frozen=True)
class PlannedPage:
    """One page that can run, with what a decision whether it must run needs besides its task."""

    task: Task
    known: Mapping[str, str]
    """Files that its code names, imports or declares, relative to the root -> `states.state`."""
    machine: tuple[str, ...]
    """Names in the task's parts that tell of this machine, not of the sources."""
    through: Mapping[str, str] = field(default_factory=dict)
    """Name in the task's parts of a saved object -> the object by which the page reaches it."""
    searched: tuple[str, ...] = ()
    """Folders where a file that is new can match what the page declares, relative to the root."""
    notes: tuple[str, ...] = ()
    """What is odd, as "path:line" and a sentence, separated by a tab."""


def make_plan(page: Notebook, file: Path, around: BuildContext) -> tuple[PlannedPage, list[str]]:
    """The plan of one page and the faults of its options. ``file`` is its source. Raises OSError."""
    options, faults = page_options(page)
    folder = file.parent
    settings = around.settings.of_page(page)
    kernel = settings.kernel(page)
    environment = {**FIXED_ENVIRONMENT, **around.environment}
    parts = {f"code of cell {number}": _cell_digest(cell) for number, cell in enumerate(page.code_cells, 1)}
    parts |= {f"environment variable {name}": digest(value) for name, value in sorted(environment.items())}
    parts["kernel"] = kernel
    evaluated = list(asked(page, settings.expressions))
    if evaluated:
        parts[EXPRESSIONS] = digest(*(f"{after} {name}" for _, after, name in evaluated))
    if settings.allow_errors:
        parts["execution_allow_errors"] = "true"
    if settings.in_temp:
        parts["execution_in_temp"] = "true"
    if options.gpus:
        parts["number of GPUs"] = str(options.gpus)
    here = NOWHERE if settings.in_temp else folder
    python = _python(page, here, around.library, settings) if page.language == "python" else _Python()
    declared, searched, notes = _declared(page, options, folder, around.root)
    files = {relative(path, around.root) for path in python.files | declared}
    if around.search_path:
        environment["PYTHONPATH"] = around.search_path
    cells = _cells(page, evaluated)
    task = Task(
        docname=page.docname,
        path=page.path,
        parts={**parts, **python.symbols, **python.versions},
        notebook=_to_run(page, kernel, cells),
        lines=tuple(line for line, _ in cells),
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
    )
    known = {name: around.states(name) for name in sorted(files)}
    places = tuple(sorted(relative(path, around.root) for path in searched))
    return PlannedPage(task, known, tuple(python.versions), python.through, places, tuple(notes)), faults


@dataclass(frozen=True)
class _Python:
    """What the text of a page's Python tells."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    through: Mapping[str, str] = field(default_factory=dict)
    files: frozenset[Path] = frozenset()
    imports: tuple[str, ...] = ()
    preparation: str = ""


def _python(page: Notebook, folder: Path, library: Library, settings: NbSettings) -> _Python:
    code = [cell.code for cell in page.code_cells]
    beside = code_inputs.local_modules(code, folder)
    code += beside.values()
    # A traceback that is shown has lines of saved code in it.
    raises = settings.allow_errors or any(
        "raises-exception" in (cell.metadata.get("tags") or ()) for cell in page.code_cells
    )
    reach = library.reached(code, as_text=raises)
    uses_package = bool(reach.symbols) or reach.everything
    # What the package imports counts for every page that uses it: importing one of its modules imports it all.
    modules = code_inputs.imported(code) | (set(library.imported) if uses_package else set())
    versions = code_inputs.versions(modules)
    files = code_inputs.named_files(code, folder) | beside.keys()
    settings_of_figures = folder / "matplotlibrc"  # read at the import, which another page may have done for this one
    if "matplotlib" in versions and settings_of_figures.is_file():
        files |= {settings_of_figures}
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
    """The files that match what is declared, the folders of such files, and a note for each glob without a match."""
    found: set[Path] = set()
    searched: set[Path] = set()
    notes = []
    for pattern, line in options.reads.items():
        start = root if pattern.startswith("/") else folder
        # Unlike Path.glob, it takes `..` and does not fail on a pattern that is none.
        names = glob.glob(pattern.lstrip("/"), root_dir=start, recursive=True)  # noqa: PTH207
        above = pattern.lstrip("/").rpartition("/")[0]
        searched.update(start / name for name in glob.glob(above or ".", root_dir=start, recursive=True))  # noqa: PTH207
        files = {path for name in names if (path := start / name).is_file()}
        if not files:
            where = "the project's folder" if start == root else "the page's folder"
            notes.append(
                f"{page.path}:{line}\tno file in {where} matches {pattern!r}, which the page says that it reads; "
                "correct the pattern, or remove it"
            )
        found |= files
    return frozenset(found), frozenset(searched), notes


def _cell_digest(cell: Cell) -> str:
    tags = sorted(RUN_TAGS & set(cell.metadata.get("tags") or ()))
    return digest(cell.source, *tags)


def _cells(page: Notebook, evaluated: Iterable[tuple[int, int, str]]) -> list[tuple[int, dict[str, Any]]]:
    """Return line and JSON of each cell that runs: before a text those that evaluate what it asks for."""
    before: dict[int, list[tuple[int, str]]] = {}
    for index, after, name in evaluated:
        before.setdefault(index, []).append((after, name))
    cells = []
    for cell in page.cells:
        for number, (after, name) in enumerate(before.get(cell.index, ())):
            cells.append((cell.line, value_cell(f"{cell.index}-{number}", after, name)))
        cells.append((cell.line, cell_json(cell, _tags(cell))))
    return cells


def _to_run(page: Notebook, kernel: str, cells: Iterable[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """As nbformat 4.5 writes a notebook; put together by hand, since its constructors check each cell by a schema."""
    return {
        "cells": [cell for _, cell in cells],
        "metadata": {
            "kernelspec": {"name": kernel, "display_name": kernel},
            # A kernel that starts tells more; where it does not, this says how cells are highlighted.
            "language_info": {"name": _lexer(page.language)},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@lru_cache
def _lexer(language: str) -> str:
    """Pygments' name for a language, which may be a kernel's own name; "text" where it knows none."""
    try:
        return str(find_lexer_class_by_name(language).aliases[0])
    except ClassNotFound:
        return "text"


def _tags(cell: Cell) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags") or ())
    return {"tags": tags} if tags else {}


def cell_json(cell: Cell, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A cell as nbformat 4.5 writes it before it has run."""
    found: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": f"cell-{cell.index}",
        "metadata": metadata,
        "source": cell.source,
    }
    return found | {"execution_count": None, "outputs": []} if cell.kind == "code" else found
