"""What must run, and why: from pages and library to tasks with keys, and from two keys' parts to a reason."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from ..files import digest
from ..library import Library
from ..notebook import Cell, Notebook
from . import inputs
from .model import Task

RUN_TAGS = frozenset({"raises-exception", "skip-execution"})
"""Tags of cells that change what a run does; all others change only the look."""

FIXED_ENVIRONMENT: Mapping[str, str] = {
    "PYTHONHASHSEED": "0",  # sets print in one order
    "OMP_NUM_THREADS": "1",  # sums in one order, and kernels that run side by side do not fight for processors
    "SOURCE_DATE_EPOCH": "315532800",  # figures carry this date, the first day that zip files know, not the build's
}
"""Set in every kernel, so that two runs give the same outputs; `d2lbook_environment` goes over it."""


@dataclass(frozen=True)
class Surroundings:
    """What all tasks of a build share."""

    library: Library
    search_path: str
    """Folder that holds the generated package, or ""."""
    environment: Mapping[str, str]
    """`d2lbook_environment`."""
    timeout: float


def make_task(page: Notebook, file: Path, root: Path, around: Surroundings) -> Task:
    """The task of one page. ``file`` is its source, ``root`` the project's folder. Raises OSError."""
    folder = file.parent
    kernel = str(page.metadata.get("kernelspec", {}).get("name") or "python3")
    environment = {**FIXED_ENVIRONMENT, **around.environment}
    parts = {f"code of cell {number}": _cell_digest(cell) for number, cell in enumerate(page.code_cells, 1)}
    parts |= {f"environment variable {name}": digest(value) for name, value in sorted(environment.items())}
    if page.language == "python":
        parts |= _python_parts(page, folder, root, around.library)
        parts["Python"] = platform.python_version()
    parts["kernel"] = kernel
    key = digest(page.docname, *(text for item in sorted(parts.items()) for text in item))
    if around.search_path:
        environment["PYTHONPATH"] = around.search_path
    return Task(
        docname=page.docname,
        path=page.path,
        key=key,
        parts=parts,
        notebook=_to_run(page, kernel),
        lines=tuple(cell.line for cell in page.cells),
        folder=str(folder),
        kernel=kernel,
        environment=environment,
        timeout=around.timeout,
    )


def _cell_digest(cell: Cell) -> str:
    tags = sorted(RUN_TAGS & set(cell.metadata.get("tags") or ()))
    return digest(cell.source, *tags)


def _python_parts(page: Notebook, folder: Path, root: Path, library: Library) -> dict[str, str]:
    sources = [cell.source for cell in page.code_cells]
    beside = inputs.local_modules(sources, folder)
    sources += beside.values()
    reach = library.reached(sources)
    # What the package imports counts for every page that uses it: importing one of its modules imports it all.
    imported = [*sources, *library.files().values()] if reach.symbols or reach.everything else sources
    files = inputs.named_files(sources, folder) | beside.keys()
    return {**reach.symbols, **inputs.digests(sorted(files), root), **inputs.versions(imported)}


def _to_run(page: Notebook, kernel: str) -> Mapping[str, Any]:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": kernel}})
    for cell in page.cells:
        make: Callable[..., Any] = {
            "code": nbformat.v4.new_code_cell,
            "markdown": nbformat.v4.new_markdown_cell,
            "raw": nbformat.v4.new_raw_cell,
        }[cell.kind]
        tags = list(cell.metadata.get("tags") or ())
        notebook.cells.append(make(cell.source, id=f"cell-{cell.index}", metadata={"tags": tags} if tags else {}))
    result: Mapping[str, Any] = nbformat.from_dict(notebook)
    return result


def why(parts: Mapping[str, str], last: Mapping[str, Any] | None) -> str:
    """One reason, the most telling first, why a page with ``parts`` is not what ``last`` (of the store's index) ran."""
    if last is None:
        return "not run before"
    old: Mapping[str, str] = last.get("parts", {})
    changed = [name for name in parts if name in old and parts[name] != old[name]]
    added = [name for name in parts if name not in old]
    gone = [name for name in old if name not in parts]
    if not (changed or added or gone):
        return "its outputs are missing from the store"
    ranked = _ranked([(name, f"{name} changed") for name in changed])
    ranked += _ranked([(name, f"{name} is new") for name in added])
    ranked += _ranked([(name, f"{name} is gone") for name in gone])
    name, sentence = ranked[0]
    if name in changed and len(parts[name]) < 32 and len(old[name]) < 32:
        sentence = f"{name} {old[name]} -> {parts[name]}"
    more = len(ranked) - 1
    return sentence + (f" (and {more} more)" if more else "")


def _ranked(items: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(items, key=lambda item: (not item[0].startswith("code of cell"), item[0]))
